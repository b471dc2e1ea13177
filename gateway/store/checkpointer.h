/// @file  Moves what is committed from the write-ahead log into the database, beside the writer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/log.h"
#include "store/sqlite.h"

namespace gateway {

/// Waits until the log has grown to a limit, copies most of it while the writer goes on, then the
/// little rest between two groups: so that SQLite starts the log again from its beginning and it
/// does not grow for ever.
class Checkpointer {
public:
    /// @param gate  held by the writer while it writes a group
    Checkpointer(std::string path, std::string vfs, std::uint64_t at, std::mutex& gate, Log* log);
    ~Checkpointer();

    /// Tells how long the log is; called by the writer after each commit.
    void grown(std::uint64_t bytes);

private:
    void run();
    void checkpoint(sqlite::Connection& connection);

    const std::string path_, vfs_;
    const std::uint64_t at_;
    std::mutex& gate_;
    Log* const log_;
    std::mutex mutex_;  ///< guards due_ and stopping_
    std::condition_variable wanted_;
    bool due_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gateway
