#include "store/sqlite_store.h"

#include <random>

#include "store/store_file.h"
#include "store/store_parts.h"
#include "store/waiting.h"

namespace gateway {

namespace {

constexpr std::uint64_t kPageSize = 4096;
constexpr std::uint64_t kLogsKept = 4;  ///< so many times as long as it is when it is due

int onCommit(void* checkpointer, sqlite3*, const char*, int pages) {
    static_cast<Checkpointer*>(checkpointer)->grown(static_cast<std::uint64_t>(pages) * kPageSize);
    return SQLITE_OK;
}

/// Whether what is counted so has `open` set in its row.
bool isOpen(const TallyKey& key) {
    if (key.kind == TallyKey::delivery) return !finished(static_cast<DeliveryState>(key.state));
    const auto state = static_cast<MessageState>(key.state);
    return key.kind == TallyKey::message &&
           (state == MessageState::received || state == MessageState::held);
}

/// Fits an integer of SQLite.
std::uint64_t newLife() {
    std::random_device random;
    return ((static_cast<std::uint64_t>(random()) << 31) ^ random()) | 1;
}

}  // namespace

Time evenTime() {
    return Time(std::chrono::duration_cast<Milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch()));
}

std::unique_ptr<Store> openSqliteStore(const SqliteOptions& options, Log* log) {
    try {
        return std::make_unique<SqliteStore>(options, log);
    } catch (const sqlite::Failure& failure) {
        throw Error(Fault::unavailable, options.path, sqlite::toError(failure).reason());
    }
}

SqliteStore::SqliteStore(const SqliteOptions& options, Log* log)
    : options_(options),
      log_(log),
      life_(options.happenings ? newLife() : 0),
      room_(options.path, options.reserve, log),
      hashes_(options.hashesAtOnce, log),
      freshMessages_(options.handedOver),
      freshDeliveries_(options.handedOver) {
    preparePlace(options_.path);
    lock_ = std::make_unique<FileLock>(options_.path + ".lock");
    if (!prepareLog(options_.path, log_).empty()) ++damaged_;
    upgradeStore(options_, log_);
    Writer::Host host;
    host.open = [this] { return openForWriting(); };
    host.now = options_.clock;
    host.gate = &gate_;
    host.notify = [this] { notify(); };
    host.failed = [this](const Error& error) {
        if (log_) log_->error("store failed", {{"reason", error.what()}});
    };
    writer_ = std::make_unique<Writer>(Writer::Limits{options_.groupMost, options_.groupBytes},
                                       std::move(host));
    writer_->start();
    staged_ = std::make_unique<StagedBodies>(*writer_, *seal_);
    hashes_.start(*writer_);
    resealer_ = std::make_unique<Resealer>(*writer_, *seal_, log_);
    retention_ = std::make_unique<Retention>(*writer_, *readers_, names_);
    reconciler_ = std::make_unique<Reconciler>(*readers_, names_, board_, gate_);
}

SqliteStore::~SqliteStore() {
    resealer_.reset();
    hashes_.stop();
    writer_.reset();
    checkpointer_.reset();
    readers_.reset();
    connection_.reset();
}

std::unique_ptr<Transaction> SqliteStore::openForWriting() {
    connection_.reset();
    auto connection = std::make_unique<sqlite::Connection>(
        options_.path, sqlite::Connection::Use::write, options_.vfs);
    if (connection->integer("PRAGMA page_count") == 0) {  // it writes, be it the same
        connection->run("PRAGMA page_size = " + std::to_string(kPageSize));
        connection->run("PRAGMA auto_vacuum = INCREMENTAL");
    }
    connection->run("PRAGMA journal_mode = WAL");
    connection->run("PRAGMA synchronous = FULL");
    connection->run("PRAGMA wal_autocheckpoint = 0");
    // Whoever read for long has made it long; what it was is given back.
    connection->run("PRAGMA journal_size_limit = " +
                    std::to_string(kLogsKept * options_.checkpointAt));
    connection->run("PRAGMA secure_delete = FAST");
    connection->run("PRAGMA temp_store = MEMORY");
    connection->run("PRAGMA cache_size = -" + std::to_string(options_.cacheBytes / 1024));
    const Ids ids = prepareSchema(*connection, options_.path);
    if (!hash_) {
        ids_ = ids;
        StoreKeys keys = takeKeys(*connection);
        hash_ = std::make_unique<KeyedHash>(keys.hash);
        seal_ = std::make_unique<Seal>(std::move(keys), options_.encrypt);
        readers_ = std::make_unique<Readers>(options_.path, options_.vfs, options_.readers, *seal_);
        register_ = std::make_unique<PlanRegister>(
            *readers_, ids_, names_, *hash_,
            [this](std::string_view id, const std::string& what) { tellDamage(id, what); });
        checkpointer_ = std::make_unique<Checkpointer>(options_.path, options_.vfs,
                                                       options_.checkpointAt, gate_, log_);
    }
    sqlite3_wal_hook(connection->get(), &onCommit, checkpointer_.get());
    names_.load(*connection);
    if (staged_) staged_->reopened();
    StagedBodies::clean(*connection);
    hashes_.load(*connection);
    freshMessages_.clear();
    freshDeliveries_.clear();
    auto transaction =
        std::make_unique<Transaction>(*connection, names_, board_, ids_, *seal_, hashes_, life_);
    surrender(*transaction, loadBoard(*connection));
    connection_ = std::move(connection);
    return transaction;
}

void SqliteStore::surrender(Transaction& transaction, const std::vector<std::uint64_t>& inflight) {
    const Reason reason{"found in flight after a restart: perhaps sent",
                        "trouvé en cours d'envoi après un redémarrage : peut-être envoyé"};
    const std::lock_guard gate(gate_);
    board_.recount.running = false;  // what it counted is not what the file has now
    transaction.begin(options_.clock());
    for (const std::uint64_t id : inflight) makeUncertain(transaction, id, reason);
    forgetNotes(transaction);
    transaction.commit();
    const std::lock_guard lock(board_.mutex);
    transaction.publish();
    notify();
}

std::vector<std::uint64_t> SqliteStore::loadBoard(sqlite::Connection& connection) {
    const std::lock_guard lock(board_.mutex);
    board_.tally.clear();
    sqlite::Statement select(connection, "SELECT kind, name, state, n FROM tally");
    auto rows = select();
    while (rows.step())
        board_.tally[{rows.number<int>(0), rows.integer(1), rows.number<int>(2)}] = rows.integer(3);
    loadPauses(connection);
    std::vector<std::uint64_t> inflight;
    bool whole = false;
    try {
        whole = loadOpen(connection, inflight);
    } catch (const sqlite::Failure& failure) {
        if ((failure.code & 0xff) != SQLITE_CORRUPT) throw;
    }
    if (whole) return inflight;
    // What is open is found over two indexes. One that is damaged would hide it for ever, though
    // the rows are good.
    if (log_) log_->error("store-indexes-damaged", {{"what", "made anew from the rows"}});
    connection.run("REINDEX message_open; REINDEX delivery_open");
    for (const char* const sql :
         {"PRAGMA integrity_check('message')", "PRAGMA integrity_check('delivery')"}) {
        sqlite::Statement check(connection, sql);
        auto row = check();
        if (row.step() && row.text(0) != "ok")
            throw sqlite::Failure(SQLITE_CORRUPT, "what waits cannot be read");
    }
    if (!loadOpen(connection, inflight)) {
        ++damaged_;
        if (log_)
            log_->error("store-account",
                        {{"what", "not as many wait as were counted: store check"}});
    }
    return inflight;
}

bool SqliteStore::loadOpen(sqlite::Connection& connection, std::vector<std::uint64_t>& inflight) {
    std::int64_t left = 0;
    for (const auto& [key, n] : board_.tally)
        if (isOpen(key)) left += n;
    inflight.clear();
    left -= loadMessages(connection);
    left -= loadDeliveries(connection, inflight);
    return left == 0;
}

std::int64_t SqliteStore::loadMessages(sqlite::Connection& connection) {
    std::int64_t count = 0;
    MessageBoard messages;
    messages.startEpochs(board_.messages);
    sqlite::Statement select(connection,
                             "SELECT seq, state, flags, order_keys FROM message"
                             " WHERE open = 1 ORDER BY seq");
    auto rows = select();
    for (; rows.step(); ++count) {
        const bool held = rows.number<MessageState>(1) == MessageState::held;
        const bool blocks = held && (rows.integer(2) & message_flag::blocks);
        if (!held || blocks)
            messages.add(rows.number<std::uint64_t>(0), briefKeys(rows.blob(3)), blocks);
    }
    board_.messages = std::move(messages);
    return count;
}

std::int64_t SqliteStore::loadDeliveries(sqlite::Connection& connection,
                                         std::vector<std::uint64_t>& inflight) {
    const Time now = options_.clock();
    std::int64_t count = 0;
    LaneBoard lanes;
    lanes.startEpochs(board_.lanes);
    std::unordered_map<std::int64_t, LaneBoard::Destination> ends;
    std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> others;
    {
        sqlite::Statement merges(connection,
                                 "SELECT o.delivery, o.lane FROM other_lane o JOIN delivery d"
                                 " ON d.id = o.delivery WHERE d.open = 1");
        auto rows = merges();
        while (rows.step())
            others[rows.number<std::uint64_t>(0)].push_back(rows.number<std::uint64_t>(1));
    }
    sqlite::Statement select(
        connection,
        "SELECT id, message, state, flags, destination, lane, retry_at, changed_at"
        " FROM delivery WHERE open = 1 ORDER BY ord");
    auto rows = select();
    for (; rows.step(); ++count) {
        const auto id = rows.number<std::uint64_t>(0);
        const auto state = rows.number<DeliveryState>(2);
        const std::int64_t flags = rows.integer(3);
        if (state == DeliveryState::inflight) inflight.push_back(id);
        if (flags & delivery_flag::redo) board_.messages.addRedo(rows.number<std::uint64_t>(1));
        if (!waitsInLane(state, flags)) continue;
        // What was changed in the future has its time to be tried again from another clock.
        const auto [end, fresh] = ends.try_emplace(rows.integer(4), 0);
        if (fresh) end->second = board_.end(names_.text(rows.integer(4)).value_or("")).number;
        const LaneBoard::Waiting waiting{id, state, blocked(flags),
                                         rows.time(7) > now ? Time{} : rows.time(6)};
        const auto further = others.find(id);
        if (further == others.end())
            lanes.add(end->second, rows.number<std::uint64_t>(5), waiting);
        else
            lanes.add(end->second, rows.number<std::uint64_t>(5), further->second, waiting);
    }
    board_.lanes = std::move(lanes);
    return count;
}

void SqliteStore::notify() {
    if (board_.messages.anyReady()) board_.messagesReady.notify_one();
    const Time now = options_.clock();
    for (const auto& [name, end] : board_.ends)
        if (!end->paused && board_.lanes.anyReady(end->number, now)) end->ready.notify_one();
}

void SqliteStore::wake() {
    const std::lock_guard lock(board_.mutex);
    ++board_.wakes;
    board_.messagesReady.notify_all();
    for (const auto& [name, end] : board_.ends) end->ready.notify_all();
}

Milliseconds SqliteStore::untilExpiry() const { return until(nextExpiry(), options_.leaseClock()); }

void SqliteStore::expireLeases(std::unique_lock<std::mutex>& lock) {
    const Time now = options_.leaseClock();
    if (nextExpiry() > now) return;
    lock.unlock();
    // As large as a group, so that it is alone in its own: no claim ends while a change under it is
    // being written.
    writer_->write(options_.groupMost, 0, [&](Transaction& transaction) {
        std::vector<std::uint64_t> sent;
        {
            const std::lock_guard inner(board_.mutex);
            board_.messages.expire(now);
            sent = board_.lanes.expire(now);
        }
        const Reason reason{"the lease of its sender ran out: perhaps sent",
                            "le bail de son expéditeur a expiré : peut-être envoyé"};
        for (const std::uint64_t id : sent) makeUncertain(transaction, id, reason);
    });
    lock.lock();
}

}  // namespace gateway
