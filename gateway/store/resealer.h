/// @file  Brings what lies in the store under its newest key, beside the work that goes on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "gateway/log.h"
#include "store/seal.h"
#include "store/writer.h"

namespace gateway {

/// A thread that goes through all tables in small portions of the writer's time, and ends when all
/// is done. After a restart it goes on where it stopped.
class Resealer {
public:
    Resealer(Writer& writer, const Seal& seal, Log* log);
    ~Resealer();
    /// There is another key: begins again.
    void again();
    /// Rows are written unsealed from now on: what was done is not done any more.
    static void forget(sqlite::Connection& connection);

private:
    void run();
    bool portion();

    Writer& writer_;
    const Seal& seal_;
    Log* const log_;
    std::mutex mutex_;  ///< guards the two below
    std::condition_variable changed_;
    bool stopping_ = false, wanted_ = true;
    std::thread thread_;
};

}  // namespace gateway
