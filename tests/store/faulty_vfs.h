/// @file  SQLite's file layer with faults that a test turns on.
#pragma once

#include <atomic>

namespace store_suite {

/// Registered in SQLite as "faulty".
struct FaultyFiles {
    enum class Fault { none, full, write, sync, stall };
    static const char* name();
    static std::atomic<Fault> fault;  ///< of the write-ahead log, from now on
    static std::atomic<int> met;      ///< how often it struck
    static std::atomic<int> syncs;    ///< how often the write-ahead log was made durable
};

}  // namespace store_suite
