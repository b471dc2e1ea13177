/// @file  What is found again by a hash: repeats, control ids, persons.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/log.h"
#include "gateway/time.h"
#include "store/marks.h"
#include "store/sqlite.h"

namespace gateway {

class Transaction;
class Writer;

/// Rows are found by hashes that fit nowhere in an order, so that a b-tree of them costs every
/// message a page for each, however much lies in the store already. Here accept writes nothing: the
/// rows have their hashes, memory finds what is new, and a thread of its own writes so and so many
/// of them sorted into a run, in full blocks at the end of a table. What no run has yet is read
/// from the rows when the store opens.
///
/// Changed by the writer's thread alone; looked at by many.
class HashIndex {
public:
    enum class Kind : std::uint8_t { repeat, control, subject, sent };

    /// @param most  hashes that are kept in memory until they are written; twice as many while
    ///              they are
    HashIndex(std::size_t most, Log* log) : most_(most), log_(log) {}
    ~HashIndex();
    /// Makes runs of all that the rows of a file have and no run yet: of one from before.
    static void build(sqlite::Connection& connection);
    /// From the file, when it is opened; also anew, after the disk failed.
    void load(sqlite::Connection& connection);
    /// Runs are written from now on.
    void start(Writer& writer);
    void stop();

    // In a transaction.
    /// A new message; all messages, with hashes or without.
    void message(std::uint64_t seq, Time received);
    void add(Kind kind, std::string_view hash, std::uint64_t row);
    /// Of a delivery.
    void addSent(sqlite::Connection& connection, std::string_view hash, std::uint64_t delivery);
    /// A subject of a message goes.
    void erase(sqlite::Connection& connection, std::string_view hash, std::uint64_t message);
    void begin();
    void rollback();
    void committed();

    /// Where a hash is looked for, taken before the snapshot that it is looked for in.
    struct Places {
        Mark mark;                         ///< its hash, and the kind
        std::vector<std::int64_t> memory;  ///< rows, the newest first
        std::vector<std::int64_t> blocks;  ///< one of each run that may have it, the newest first
    };
    /// @param since  what was accepted before is not looked for
    Places places(Kind kind, std::string_view hash, Time since = {}) const;

    /// The statements of one connection that look.
    struct Statements {
        explicit Statements(sqlite::Connection& connection);
        sqlite::Statement block, singles;
    };
    /// Calls `test` with the number of each row that may have the hash, until it says true; of
    /// messages the newest first.
    template <class Test>
    static void search(Statements& sql, const Places& places, Test test) {
        const auto kind = places.mark.row;
        const auto each = [&](const std::vector<std::int64_t>& rows) {
            for (const std::int64_t row : rows)
                if (row % kKinds == kind && test(static_cast<std::uint64_t>(row / kKinds)))
                    return true;
            return false;
        };
        if (each(places.memory)) return;
        for (const std::int64_t block : places.blocks)
            if (each(rowsOf(sql, block, places.mark.hash))) return;
        if (kind == static_cast<std::int64_t>(Kind::sent)) each(singles(sql, places.mark.hash));
    }

private:
    static constexpr std::int64_t kKinds = 4;
    struct Run {
        std::int64_t number = 0;
        std::uint64_t first = 0, last = 0;  ///< messages
        Time newest{};
        std::vector<std::int64_t> fences;  ///< the first hash of each block
        HashFilter filter;
    };
    /// What becomes one run.
    struct Extent {
        std::uint64_t first = 0, last = 0;  ///< messages; none while `last` is below `first`
        Time newest{};
        std::uint64_t sentLeast = 0;  ///< delivery; 0: none
    };
    struct Batch {
        explicit Batch(std::uint64_t first) { extent.first = first, extent.last = first - 1; }
        Marks marks;
        Extent extent;
    };
    struct Erased {
        std::shared_ptr<Batch> batch;
        std::size_t at;
        Mark mark;
    };

    static Mark markOf(Kind kind, std::string_view hash, std::uint64_t row);
    static std::vector<std::int64_t> rowsOf(Statements& sql, std::int64_t block, std::int64_t hash);
    static std::vector<std::int64_t> singles(Statements& sql, std::int64_t hash);
    void loadRuns(sqlite::Connection& connection);
    /// @param action  when a batch is full
    template <class Action>
    void loadRows(sqlite::Connection& connection, Action action);
    void add(Mark mark) { batches_.back()->marks.add(mark); }
    bool full() const;
    void nextBatch();
    static void eraseWritten(sqlite::Connection& connection, const Run& run, Mark mark);
    Run runOf(const Extent& extent, const std::vector<Mark>& sorted) const;
    static void writeBlocks(sqlite::Connection& connection, const Run& run,
                            const std::vector<Mark>& sorted, std::size_t from, std::size_t most);
    void finish(sqlite::Connection& connection, const Run& run, const Batch& batch);
    void run();
    bool writeRun(const std::shared_ptr<Batch>& batch);

    const std::size_t most_;
    Log* const log_;
    Writer* writer_ = nullptr;
    mutable std::mutex mutex_;  ///< guards all below but the thread
    std::condition_variable wanted_;
    bool stopping_ = false;
    std::uint64_t opened_ = 0;                      ///< how many times
    std::vector<std::shared_ptr<const Run>> runs_;  ///< the oldest first
    std::deque<std::shared_ptr<Batch>> batches_;    ///< the oldest first; the last one still grows
    bool taken_ = false;                            ///< the first batch is being written
    std::shared_ptr<const Run> writing_;            ///< its run, since the first block
    bool written_ = false;                          ///< in this transaction
    std::vector<Mark> erasedMeanwhile_;             ///< of that batch
    /// Deliveries below it that have an id in their bytes are in runs, or single.
    std::uint64_t sentFrom_ = 0;
    // For rollback().
    std::size_t sizeBefore_ = 0;
    Extent extentBefore_;
    std::uint64_t sentFromBefore_ = 0;
    std::vector<Erased> erased_;
    std::thread thread_;
};

}  // namespace gateway
