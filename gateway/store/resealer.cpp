#include "store/resealer.h"

#include <array>

#include "store/pack.h"
#include "store/schema.h"
#include "store/secret_note.h"
#include "store/transaction.h"

namespace gateway {
namespace {

constexpr int kRows = 64;                     ///< of one portion
constexpr std::size_t kBytes = 1u << 20;      ///< of one portion
constexpr Milliseconds kPause{2};             ///< between portions: others write meanwhile
constexpr Milliseconds kPatience{10'000};     ///< when the disk does not take it
constexpr const char* kDone = "sealed-with";  ///< the key under which all is
constexpr const char* kAt = "resealing";      ///< "KEY TABLE ROW ROW DAMAGED": where it is

struct Cursor {
    std::uint16_t key = 0;
    std::size_t table = 0;
    std::int64_t first = -1, second = -1;
    std::size_t damaged = 0;  ///< rows that stay under an older key
};

Cursor cursorOf(sqlite::Connection& connection, std::uint16_t key) {
    Cursor at;
    unsigned known = 0;
    long long first = 0, second = 0;
    const std::string text = metaOf(connection, kAt);
    if (std::sscanf(text.c_str(), "%u %zu %lld %lld %zu", &known, &at.table, &first, &second,
                    &at.damaged) != 5 ||
        known != key)
        return {key};
    at.key = key;
    at.first = first;
    at.second = second;
    return at;
}

std::string textOf(const Cursor& at) {
    return std::to_string(at.key) + " " + std::to_string(at.table) + " " +
           std::to_string(at.first) + " " + std::to_string(at.second) + " " +
           std::to_string(at.damaged);
}

/// Nothing needs the older keys any more. @return whether there were any
bool forgetOlder(sqlite::Connection& connection, std::uint16_t key) {
    const bool any =
        connection.integer("SELECT count(*) FROM meta WHERE key GLOB 'seal-check-*'") > 1;
    sqlite::Statement erase(connection,
                            "DELETE FROM meta WHERE key GLOB 'seal-check-*' AND key <> ?");
    erase("seal-check-" + std::to_string(key)).run();
    return any;
}

/// One portion of one table; whatever cannot be opened stays as it is.
class Portion {
public:
    Portion(Transaction& transaction, Cursor& at)
        : connection_(transaction.connection()), seal_(transaction.seal()), at_(at) {}

    /// @return whether the table is at its end
    bool run() {
        switch (at_.table) {
            case 0: return bodies();
            case 1:
                return cells(
                    "SELECT seq, facts, words FROM message WHERE seq > ? ORDER BY seq LIMIT ?",
                    "UPDATE message SET facts = ?, words = ? WHERE seq = ?",
                    {Seal::Purpose::facts, Seal::Purpose::message});
            case 2:
                return cells(
                    "SELECT id, answer_summary, words FROM delivery WHERE id > ?"
                    " ORDER BY id LIMIT ?",
                    "UPDATE delivery SET answer_summary = ?, words = ? WHERE id = ?",
                    {Seal::Purpose::answer, Seal::Purpose::delivery});
            case 3: return events();
            case 4:
                return cells("SELECT id, facts, NULL FROM plan WHERE id > ? ORDER BY id LIMIT ?",
                             "UPDATE plan SET facts = ?1 WHERE id = ?3 AND ?2 IS NULL",
                             {Seal::Purpose::entry, Seal::Purpose::entry});
            default: return notes();
        }
    }

private:
    bool bodies() {
        struct Row {
            std::int64_t id;
            Chunk chunk;
        };
        std::vector<Row> rows;
        std::size_t bytes = 0;
        int seen = 0;
        bool full = false;
        {
            sqlite::Statement select(connection_,
                                     "SELECT id, key_id, encoding, bytes FROM body WHERE id > ?"
                                     " ORDER BY id LIMIT ?");
            auto query = select(at_.first, kRows);
            while (!full && query.step()) {
                ++seen;
                at_.first = query.integer(0);
                if (query.number<std::uint16_t>(1) == at_.key) continue;
                const StoredChunk stored{query.number<std::uint64_t>(0),
                                         query.number<std::uint16_t>(1), query.number<int>(2),
                                         query.blob(3)};
                try {
                    rows.push_back({at_.first, plainChunk(seal_, stored)});
                    bytes += stored.bytes.size();
                } catch (const Error&) {
                    ++at_.damaged;
                }
                full = bytes > kBytes;
            }
        }
        sqlite::Statement update(
            connection_, "UPDATE body SET key_id = ?, encoding = ?, bytes = ? WHERE id = ?");
        for (Row& row : rows) {
            row.chunk.bytes = row.chunk.packed;
            const ChunkRow sealed = toRow(row.chunk, seal_, static_cast<std::uint64_t>(row.id));
            update(sealed.key, sealed.encoding, sqlite::Blob{sealed.bytes}, row.id).run();
        }
        return !full && seen < kRows;
    }

    bool old(const sqlite::Query& query, int column) const {
        return !query.null(column) &&
               (!query.isBlob(column) || Seal::keyOf(query.blob(column)) != at_.key);
    }

    bool cells(const char* select, const char* update, std::array<Seal::Purpose, 2> purposes) {
        struct Row {
            std::int64_t id;
            sqlite::Cell one, other;
        };
        std::vector<Row> rows;
        int seen = 0;
        {
            sqlite::Statement statement(connection_, select);
            auto query = statement(at_.first, kRows);
            while (query.step()) {
                ++seen;
                at_.first = query.integer(0);
                if (!old(query, 1) && !old(query, 2)) continue;
                const auto id = query.number<std::uint64_t>(0);
                try {
                    rows.push_back(
                        {at_.first,
                         seal_.cell(purposes[0], id, seal_.text(purposes[0], id, query, 1)),
                         seal_.cell(purposes[1], id, seal_.text(purposes[1], id, query, 2))});
                } catch (const Error&) {
                    ++at_.damaged;
                }
            }
        }
        sqlite::Statement statement(connection_, update);
        for (const Row& row : rows) statement(row.one, row.other, row.id).run();
        return seen < kRows;
    }

    bool events() {
        struct Row {
            std::int64_t message, id;
            sqlite::Cell words;
        };
        std::vector<Row> rows;
        int seen = 0;
        {
            sqlite::Statement select(connection_,
                                     "SELECT message, id, words FROM event"
                                     " WHERE (message, id) > (?, ?) ORDER BY message, id LIMIT ?");
            auto query = select(at_.first, at_.second, kRows);
            while (query.step()) {
                ++seen;
                at_.first = query.integer(0);
                at_.second = query.integer(1);
                if (!old(query, 2)) continue;
                const auto id = query.number<std::uint64_t>(1);
                try {
                    rows.push_back({at_.first, at_.second,
                                    seal_.cell(Seal::Purpose::event, id,
                                               seal_.text(Seal::Purpose::event, id, query, 2))});
                } catch (const Error&) {
                    ++at_.damaged;
                }
            }
        }
        sqlite::Statement update(connection_,
                                 "UPDATE event SET words = ? WHERE message = ? AND id = ?");
        for (const Row& row : rows) update(row.words, row.message, row.id).run();
        return seen < kRows;
    }

    /// Those that are done are not among them any more; those that cannot be opened, whose number
    /// is kept, stay at their beginning.
    bool notes() {
        std::vector<std::pair<std::string, std::string>> rows;
        int seen = 0;
        const std::string done = beginOfSealed(at_.key);
        if (at_.second < 0) at_.second = 0;
        {
            sqlite::Statement select(connection_,
                                     "SELECT key, text FROM note WHERE key >= 'secret ' AND key <"
                                     " 'secret!' AND text <> '' AND substr(text, 1, ?) <> ?"
                                     " ORDER BY key LIMIT ? OFFSET ?");
            auto query = select(done.size(), done, kRows, at_.second);
            while (query.step()) {
                ++seen;
                std::string key = query.string(0);
                try {
                    std::string plain = openedNote(seal_, key, query.text(1));
                    rows.emplace_back(std::move(key), std::move(plain));
                } catch (const Error&) {
                    ++at_.damaged;
                    ++at_.second;
                }
            }
        }
        sqlite::Statement update(connection_, "UPDATE note SET text = ? WHERE key = ?");
        for (const auto& [key, plain] : rows) update(sealedNote(seal_, key, plain), key).run();
        return seen < kRows;
    }

    sqlite::Connection& connection_;
    const Seal& seal_;
    Cursor& at_;
};

}  // namespace

Resealer::Resealer(Writer& writer, const Seal& seal, Log* log)
    : writer_(writer), seal_(seal), log_(log), thread_([this] { run(); }) {}

Resealer::~Resealer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Resealer::again() {
    {
        const std::lock_guard lock(mutex_);
        wanted_ = true;
    }
    changed_.notify_all();
}

void Resealer::forget(sqlite::Connection& connection) {
    sqlite::Statement erase(connection, "DELETE FROM meta WHERE key IN (?, ?)");
    erase(kDone, kAt).run();
}

void Resealer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopping_ || wanted_; });
        if (stopping_) return;
        wanted_ = false;
        lock.unlock();
        bool more = false;
        Milliseconds pause = kPause;
        try {
            more = portion();
        } catch (const Error& error) {
            if (log_) log_->warning("resealing-waits", {{"why", error.what()}});
            more = true;
            pause = kPatience;
        }
        lock.lock();
        if (!more) continue;
        wanted_ = true;
        changed_.wait_for(lock, pause, [&] { return stopping_; });
    }
}

bool Resealer::portion() {
    const std::uint16_t key = seal_.current();
    bool more = false, retired = false;
    std::size_t damaged = 0;
    writer_.write(1, 0, [&](Transaction& transaction) {
        sqlite::Connection& connection = transaction.connection();
        more = key != 0 && metaOf(connection, kDone) != std::to_string(key);
        if (!more) return;
        Cursor at = cursorOf(connection, key);
        const std::size_t before = at.damaged;
        if (Portion(transaction, at).run()) at = {key, at.table + 1, -1, -1, at.damaged};
        damaged = at.damaged - before;
        constexpr std::size_t kTables = 6;
        more = at.table < kTables;
        sqlite::Statement put(connection, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
        put(kAt, textOf(at)).run();
        if (more) return;
        put(kDone, std::to_string(key)).run();
        if (at.damaged == 0) retired = forgetOlder(connection, key);
    });
    if (retired && log_)
        log_->info("store-sealed-anew", {{"key", static_cast<std::int64_t>(key)},
                                         {"what", "older keys may be taken out of the key file"}});
    if (damaged != 0 && log_)
        log_->error("store cannot read", {{"rows", static_cast<std::int64_t>(damaged)},
                                          {"reason", "damaged, left as they are"}});
    return more;
}

}  // namespace gateway
