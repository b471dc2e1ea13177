#include "store/checkpointer.h"

namespace gateway {

Checkpointer::Checkpointer(std::string path, std::string vfs, std::uint64_t at, std::mutex& gate,
                           Log* log)
    : path_(std::move(path)),
      vfs_(std::move(vfs)),
      at_(at),
      gate_(gate),
      log_(log),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wanted_.notify_all();
    thread_.join();
}

void Checkpointer::grown(std::uint64_t bytes) {
    if (bytes < at_) return;
    {
        const std::lock_guard lock(mutex_);
        due_ = true;
    }
    wanted_.notify_one();
}

void Checkpointer::checkpoint(sqlite::Connection& connection) {
    // SQLite opens the log of a connection with the first statement that reads.
    connection.integer("SELECT count(*) FROM meta");
    const auto passive = [&] {
        const int code = sqlite3_wal_checkpoint_v2(connection.get(), nullptr,
                                                   SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        if (code != SQLITE_OK && code != SQLITE_BUSY)
            throw sqlite::Failure(code, sqlite3_errmsg(connection.get()));
    };
    passive();
    const std::lock_guard gate(gate_);
    passive();
}

void Checkpointer::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wanted_.wait(lock, [&] { return stopping_ || due_; });
            if (stopping_) return;
            due_ = false;
        }
        try {
            // A connection for each time: one that met a failing disk is not used again.
            sqlite::Connection connection(path_, sqlite::Connection::Use::write, vfs_);
            checkpoint(connection);
        } catch (const sqlite::Failure& failure) {
            // The log only grows until the next time; the writer meets a broken disk itself.
            if (log_) log_->warning("checkpoint failed", {{"reason", failure.what()}});
        } catch (const std::exception& failure) {  // without memory: likewise
            if (log_) log_->warning("checkpoint failed", {{"reason", failure.what()}});
        }
    }
}

}  // namespace gateway
