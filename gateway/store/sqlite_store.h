/// @file  The built-in store: one SQLite file, opened by one process
/// (docs/decisions/0002-store-schema.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/log.h"
#include "gateway/store.h"
#include "store/store_keys.h"

namespace gateway {

/// Goes on evenly, whatever people do to the time of day. Says nothing but how long something took.
Time evenTime();

struct SqliteOptions {
    std::string path;
    std::size_t groupMost = 256;                 ///< items that share one commit
    std::uint64_t groupBytes = 8u << 20;         ///< bytes of bodies that share one commit
    std::uint64_t checkpointAt = 16u << 20;      ///< size of the write-ahead log
    std::uint64_t reserve = 0;                   ///< put() leaves so many bytes of its disk free
    std::size_t readers = 4;                     ///< connections for reading
    std::size_t cacheBytes = 16u << 20;          ///< pages that the writer keeps
    std::size_t handedOver = 8u << 20;           ///< bytes of messages, and of deliveries, that
                                                 ///< are kept for those who claim them next
    std::size_t hashesAtOnce = 196'608;          ///< written sorted when there are so many
    std::function<Time()> clock = &currentTime;  ///< for stamps and retries
    std::function<Time()> leaseClock = &evenTime;
    KeyPlace keys;            ///< without one: a file beside the store, PATH.key
    bool encrypt = true;      ///< false: new rows are written as they are
    bool happenings = false;  ///< kept for the audit (store/happenings.h)
    std::string vfs;          ///< SQLite's file layer; empty: the system's
};

/// Opens the store, making file and folder when they are missing. What was in flight when the last
/// process ended is uncertain from now on.
/// @param log  may be null; outlives the store
/// @throws Error(unavailable) when the file is in use by another process, damaged, of another
///         program or written by a newer version
std::unique_ptr<Store> openSqliteStore(const SqliteOptions& options, Log* log);

}  // namespace gateway
