#include "store/hash_index.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "gateway/error.h"
#include "store/keyed_hash.h"
#include "store/writer.h"

namespace gateway {
namespace {

/// Of a file from before.
constexpr std::size_t kBuiltAtOnce = 1u << 20;
constexpr std::size_t kBlock = 240;  ///< marks: with its row it fills a page
constexpr std::int64_t kBlocksOfRun = 65'536;
constexpr std::size_t kSlice = 16 * kBlock;  ///< written in one go, between the commits of others
constexpr Milliseconds kAgain{100};
constexpr const char* kSentFrom = "hash-sent-from";

using Clock = std::chrono::steady_clock;

std::string packed(const std::vector<std::int64_t>& fences) {
    return {reinterpret_cast<const char*>(fences.data()), fences.size() * sizeof fences[0]};
}

std::vector<std::int64_t> unpacked(std::string_view bytes) {
    std::vector<std::int64_t> fences(bytes.size() / sizeof(std::int64_t));
    std::copy_n(bytes.data(), fences.size() * sizeof fences[0],
                reinterpret_cast<char*>(fences.data()));
    return fences;
}

/// The last block that may have a hash: the one before it may too, when this one begins with it.
std::optional<std::int64_t> lastBlock(std::int64_t run, const std::vector<std::int64_t>& fences,
                                      std::int64_t hash) {
    const auto after = std::upper_bound(fences.begin(), fences.end(), hash);
    if (after == fences.begin()) return {};
    return run * kBlocksOfRun + (after - fences.begin() - 1);
}

bool goesOn(const std::vector<Mark>& block, std::int64_t id, std::int64_t hash) {
    return id % kBlocksOfRun != 0 && (block.empty() || block.front().hash >= hash);
}

}  // namespace

HashIndex::Statements::Statements(sqlite::Connection& connection)
    : block(connection, "SELECT marks FROM hash_block WHERE id = ?"),
      singles(connection, "SELECT row FROM hash_single WHERE hash = ? ORDER BY row DESC") {}

HashIndex::~HashIndex() { stop(); }

Mark HashIndex::markOf(Kind kind, std::string_view hash, std::uint64_t row) {
    return {static_cast<std::int64_t>(KeyedHash::brief(hash)),
            static_cast<std::int64_t>(row) * kKinds + static_cast<std::int64_t>(kind)};
}

void HashIndex::load(sqlite::Connection& connection) {
    const std::lock_guard lock(mutex_);
    ++opened_;
    loadRuns(connection);
    loadRows(connection, [] {});
    wanted_.notify_one();
}

void HashIndex::build(sqlite::Connection& connection) {
    HashIndex index(kBuiltAtOnce, nullptr);
    index.loadRuns(connection);
    const auto write = [&] {
        const Batch& batch = *index.batches_.front();
        std::vector<Mark> sorted = batch.marks.all();
        std::sort(sorted.begin(), sorted.end());
        const auto run = std::make_shared<const Run>(index.runOf(batch.extent, sorted));
        writeBlocks(connection, *run, sorted, 0, sorted.size());
        index.finish(connection, *run, batch);
        index.runs_.push_back(run);
        index.batches_.pop_front();
    };
    index.loadRows(connection, write);
    index.nextBatch();
    write();
}

void HashIndex::loadRuns(sqlite::Connection& connection) {
    runs_.clear();
    batches_.clear();
    taken_ = written_ = false;
    writing_.reset();
    erasedMeanwhile_.clear();
    erased_.clear();
    sqlite::Statement select(connection,
                             "SELECT run, first_message, last_message, newest, fences, filter"
                             " FROM hash_run ORDER BY run");
    auto rows = select();
    while (rows.step())
        runs_.push_back(std::make_shared<const Run>(
            Run{rows.integer(0), rows.number<std::uint64_t>(1), rows.number<std::uint64_t>(2),
                rows.time(3), unpacked(rows.blob(4)), HashFilter(std::string(rows.blob(5)))}));
    // What a crash left of one that was being written.
    const std::int64_t end = (runs_.empty() ? 1 : runs_.back()->number + 1) * kBlocksOfRun;
    sqlite::Statement any(connection, "SELECT EXISTS (SELECT 1 FROM hash_block WHERE id >= ?)");
    bool left = false;
    {
        auto row = any(end);
        left = row.step() && row.integer(0) != 0;
    }
    if (left) sqlite::Statement(connection, "DELETE FROM hash_block WHERE id >= ?")(end).run();
}

template <class Action>
void HashIndex::loadRows(sqlite::Connection& connection, Action action) {
    const std::uint64_t last = runs_.empty() ? 0 : runs_.back()->last;
    batches_.push_back(std::make_shared<Batch>(last + 1));
    sqlite::Statement from(connection, "SELECT value FROM meta WHERE key = ?");
    sentFrom_ = 0;
    if (auto row = from(kSentFrom); row.step()) sentFrom_ = row.number<std::uint64_t>(0);
    const std::uint64_t sentFrom = sentFrom_;  // a run that is made meanwhile changes it
    const auto next = [&] {
        if (!full()) return;
        nextBatch();
        action();
    };
    sqlite::Statement messages(connection,
                               "SELECT seq, received_at, repeat_hash, control_hash, subjects"
                               " FROM message WHERE seq > ? ORDER BY seq");
    auto rows = messages(last);
    for (; rows.step(); next()) {
        const auto seq = rows.number<std::uint64_t>(0);
        Extent& extent = batches_.back()->extent;
        extent.last = seq;
        extent.newest = std::max(extent.newest, rows.time(1));
        if (!rows.null(2)) add(markOf(Kind::repeat, rows.blob(2), seq));
        if (!rows.null(3)) add(markOf(Kind::control, rows.blob(3), seq));
        const std::string_view subjects = rows.blob(4);
        for (std::size_t at = 0; at < subjects.size(); at += KeyedHash::kSize)
            add(markOf(Kind::subject, subjects.substr(at, KeyedHash::kSize), seq));
    }
    sqlite::Statement deliveries(connection,
                                 "SELECT id, sent_hash FROM delivery WHERE id >= ?"
                                 " AND sent_hash IS NOT NULL ORDER BY id");
    auto sent = deliveries(sentFrom);
    for (; sent.step(); next()) {
        const auto id = sent.number<std::uint64_t>(0);
        Extent& extent = batches_.back()->extent;
        if (extent.sentLeast == 0) extent.sentLeast = id;
        add(markOf(Kind::sent, sent.blob(1), id));
    }
}

bool HashIndex::full() const {
    const Batch& batch = *batches_.back();
    return batch.marks.size() >= most_ || batch.extent.last - batch.extent.first + 1 >= most_;
}

void HashIndex::nextBatch() {
    batches_.push_back(std::make_shared<Batch>(batches_.back()->extent.last + 1));
}

void HashIndex::message(std::uint64_t seq, Time received) {
    const std::lock_guard lock(mutex_);
    Extent& extent = batches_.back()->extent;
    extent.last = seq;
    extent.newest = std::max(extent.newest, received);
}

void HashIndex::add(Kind kind, std::string_view hash, std::uint64_t row) {
    if (hash.empty()) return;
    const std::lock_guard lock(mutex_);
    add(markOf(kind, hash, row));
}

void HashIndex::addSent(sqlite::Connection& connection, std::string_view hash,
                        std::uint64_t delivery) {
    if (hash.empty()) return;
    const Mark mark = markOf(Kind::sent, hash, delivery);
    const std::lock_guard lock(mutex_);
    if (delivery < sentFrom_) {
        sqlite::Statement(connection,
                          "INSERT OR IGNORE INTO hash_single (hash, row) VALUES (?, ?)")(mark.hash,
                                                                                         mark.row)
            .run();
        return;
    }
    Extent& extent = batches_.back()->extent;
    extent.sentLeast = extent.sentLeast == 0 ? delivery : std::min(extent.sentLeast, delivery);
    add(mark);
}

void HashIndex::erase(sqlite::Connection& connection, std::string_view hash,
                      std::uint64_t message) {
    const Mark mark = markOf(Kind::subject, hash, message);
    const std::lock_guard lock(mutex_);
    for (const auto& batch : batches_) {
        if (message < batch->extent.first || message > batch->extent.last) continue;
        if (const std::size_t at = batch->marks.erase(mark); at != Marks::kNowhere)
            erased_.push_back({batch, at, mark});
        if (!taken_ || batch != batches_.front()) return;
        erasedMeanwhile_.push_back(mark);
        if (writing_) eraseWritten(connection, *writing_, mark);
        return;
    }
    for (const auto& run : runs_)
        if (message >= run->first && message <= run->last) eraseWritten(connection, *run, mark);
}

void HashIndex::eraseWritten(sqlite::Connection& connection, const Run& run, Mark mark) {
    sqlite::Statement select(connection, "SELECT marks FROM hash_block WHERE id = ?");
    sqlite::Statement update(connection, "UPDATE hash_block SET marks = ? WHERE id = ?");
    auto id = lastBlock(run.number, run.fences, mark.hash);
    for (bool more = id.has_value(); more; --*id) {
        std::vector<Mark> block;
        {
            auto row = select(*id);
            if (!row.step()) return;  // not written yet
            block = fromBlock(row.blob(0));
        }
        const auto found = std::lower_bound(block.begin(), block.end(), mark);
        if (found != block.end() && *found == mark) {
            block.erase(found);
            update(sqlite::Blob{toBlock(block.data(), block.data() + block.size())}, *id).run();
            return;
        }
        more = goesOn(block, *id, mark.hash);
    }
}

void HashIndex::begin() {
    const std::lock_guard lock(mutex_);
    sizeBefore_ = batches_.back()->marks.size();
    extentBefore_ = batches_.back()->extent;
    sentFromBefore_ = sentFrom_;
}

void HashIndex::rollback() {
    const std::lock_guard lock(mutex_);
    for (const Erased& one : erased_) one.batch->marks.putBack(one.at, one.mark);
    erased_.clear();
    batches_.back()->marks.shrink(sizeBefore_);
    batches_.back()->extent = extentBefore_;
    sentFrom_ = sentFromBefore_;
    written_ = false;
}

void HashIndex::committed() {
    const std::lock_guard lock(mutex_);
    erased_.clear();
    if (written_) {
        runs_.push_back(std::move(writing_));
        batches_.pop_front();
        erasedMeanwhile_.clear();
        taken_ = written_ = false;
    }
    if (!full()) return;
    nextBatch();
    wanted_.notify_one();
}

HashIndex::Places HashIndex::places(Kind kind, std::string_view hash, Time since) const {
    Places places;
    places.mark = {static_cast<std::int64_t>(KeyedHash::brief(hash)),
                   static_cast<std::int64_t>(kind)};
    const bool filtered = kind == Kind::repeat || kind == Kind::sent;
    const std::lock_guard lock(mutex_);
    for (auto batch = batches_.rbegin(); batch != batches_.rend(); ++batch)
        for (const std::int64_t row : (*batch)->marks.rows(places.mark.hash))
            places.memory.push_back(row);
    for (auto at = runs_.rbegin(); at != runs_.rend(); ++at) {
        const Run& run = **at;
        if (kind == Kind::repeat && run.newest < since) continue;
        if (filtered && !run.filter.mayHave(places.mark.hash)) continue;
        if (const auto block = lastBlock(run.number, run.fences, places.mark.hash))
            places.blocks.push_back(*block);
    }
    return places;
}

std::vector<std::int64_t> HashIndex::rowsOf(Statements& sql, std::int64_t id, std::int64_t hash) {
    std::vector<std::int64_t> rows;
    for (bool more = true; more; --id) {
        auto row = sql.block(id);
        if (!row.step()) break;
        const std::vector<Mark> block = fromBlock(row.blob(0));
        const auto [from, to] = std::equal_range(
            block.begin(), block.end(), Mark{hash, 0},
            [](const Mark& one, const Mark& other) { return one.hash < other.hash; });
        for (auto at = to; at != from;) rows.push_back((--at)->row);
        more = goesOn(block, id, hash);
    }
    return rows;
}

std::vector<std::int64_t> HashIndex::singles(Statements& sql, std::int64_t hash) {
    std::vector<std::int64_t> rows;
    auto found = sql.singles(hash);
    while (found.step()) rows.push_back(found.integer(0));
    return rows;
}

HashIndex::Run HashIndex::runOf(const Extent& extent, const std::vector<Mark>& sorted) const {
    Run run;
    run.number = runs_.empty() ? 1 : runs_.back()->number + 1;
    run.first = extent.first;
    run.last = extent.last;
    run.newest = extent.newest;
    std::vector<std::int64_t> asked;
    for (std::size_t at = 0; at < sorted.size(); ++at) {
        if (at % kBlock == 0) run.fences.push_back(sorted[at].hash);
        const auto kind = static_cast<Kind>(sorted[at].row % kKinds);
        if (kind == Kind::repeat || kind == Kind::sent) asked.push_back(sorted[at].hash);
    }
    run.filter = HashFilter::of(asked);
    return run;
}

void HashIndex::writeBlocks(sqlite::Connection& connection, const Run& run,
                            const std::vector<Mark>& sorted, std::size_t from, std::size_t most) {
    sqlite::Statement insert(connection,
                             "INSERT OR REPLACE INTO hash_block (id, marks) VALUES (?, ?)");
    const std::size_t end = std::min(sorted.size(), from + most);
    for (std::size_t at = from; at < end; at += kBlock) {
        const std::string block =
            toBlock(sorted.data() + at, sorted.data() + std::min(end, at + kBlock));
        insert(run.number * kBlocksOfRun + static_cast<std::int64_t>(at / kBlock),
               sqlite::Blob{block})
            .run();
    }
}

void HashIndex::finish(sqlite::Connection& connection, const Run& run, const Batch& batch) {
    // What was rolled back stays: the row has it still.
    sqlite::Statement gone(connection, "SELECT 1 FROM message WHERE seq = ? AND subjects IS NULL");
    for (const Mark& mark : erasedMeanwhile_) {
        const bool erased = [&] {
            auto row = gone(mark.row / kKinds);
            return row.step();
        }();
        if (erased) eraseWritten(connection, run, mark);
    }
    sqlite::Statement insert(
        connection,
        "INSERT INTO hash_run (run, first_message, last_message, newest, fences, filter)"
        " VALUES (?, ?, ?, ?, ?, ?)");
    insert(run.number, run.first, run.last, run.newest, sqlite::Blob{packed(run.fences)},
           sqlite::Blob{run.filter.bytes()})
        .run();
    // Those that have no id of their own in their bytes are not looked at again either.
    auto from =
        static_cast<std::uint64_t>(connection.integer("SELECT ifnull(max(id), 0) FROM delivery")) +
        1;
    for (const auto& other : batches_)
        if (other.get() != &batch && other->extent.sentLeast != 0)
            from = std::min(from, other->extent.sentLeast);
    sentFrom_ = std::max(sentFrom_, from);
    sqlite::Statement set(connection, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    set(kSentFrom, sentFrom_).run();
}

void HashIndex::start(Writer& writer) {
    writer_ = &writer;
    thread_ = std::thread([this] { run(); });
}

void HashIndex::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wanted_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void HashIndex::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wanted_.wait(lock, [&] { return stopping_ || batches_.size() > 1; });
        if (stopping_) return;
        const auto batch = batches_.front();
        lock.unlock();
        bool done = false;
        try {
            done = writeRun(batch);
        } catch (const std::exception& error) {  // without memory too
            // The rows have it all; memory has it until it can be written.
            if (log_) log_->warning("hash-run-waits", {{"reason", error.what()}});
        }
        lock.lock();
        if (!done) wanted_.wait_for(lock, kAgain, [&] { return stopping_; });
    }
}

/// @return whether it is done, or the file was opened anew
bool HashIndex::writeRun(const std::shared_ptr<Batch>& batch) {
    std::uint64_t opened = 0;
    bool here = false;
    std::vector<Mark> sorted;
    Extent extent;
    const auto asIs = [&] { return here = opened == opened_ && !stopping_; };
    // On the writer's thread: nothing that is not committed is half done there.
    writer_->write(1, 0, [&](Transaction&) {
        const std::lock_guard lock(mutex_);
        here = !batches_.empty() && batches_.front() == batch;
        if (!here) return;
        opened = opened_;
        taken_ = true;
        sorted = batch->marks.all();
        extent = batch->extent;
    });
    if (!here) return true;
    std::sort(sorted.begin(), sorted.end());
    std::shared_ptr<const Run> run;
    {
        const std::lock_guard lock(mutex_);
        if (!asIs()) return true;
        run = writing_ = std::make_shared<const Run>(runOf(extent, sorted));
    }
    for (std::size_t at = 0; at < sorted.size() && here; at += kSlice) {
        const auto began = Clock::now();
        writer_->write(1, kSlice * sizeof(Mark), [&](Transaction& transaction) {
            const std::lock_guard lock(mutex_);
            if (asIs()) writeBlocks(transaction.connection(), *run, sorted, at, kSlice);
        });
        std::unique_lock lock(mutex_);
        const bool hurry = batches_.back()->marks.size() > most_ / 2;
        if (!hurry) wanted_.wait_for(lock, Clock::now() - began, [&] { return stopping_; });
    }
    if (!here) return true;
    writer_->write(1, 0, [&](Transaction& transaction) {
        const std::lock_guard lock(mutex_);
        if (!asIs()) return;
        finish(transaction.connection(), *run, *batch);
        written_ = true;
    });
    return true;
}

}  // namespace gateway
