#include "store/retention.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "store/keyed_hash.h"
#include "store/reconcile.h"
#include "store/schema.h"

namespace gateway {
namespace {

constexpr int kRows = 1024;  ///< looked at in one statement
/// Of bytes that one commit takes away, unless one message has more: others wait for it.
constexpr std::int64_t kBytes = 4u << 20;
/// Who is finished so soon after its turn is waited for; what takes longer is looked at again.
constexpr Milliseconds kSlackMost{3'600'000};
/// Pages of 4 KiB that stay free, to be used again; and a part of the file.
constexpr std::int64_t kFreePages = 1024, kFreePart = 8;
constexpr std::string_view kLastTimes = "kept-for-";  ///< and the source: body, metadata
constexpr const char* kPagesAtOnce = "PRAGMA incremental_vacuum(64)";

Milliseconds slackOf(Milliseconds age) { return std::min(kSlackMost, age / 10); }

std::string cursorKey(int stage, std::int64_t source) {
    return "purged-" + std::to_string(stage) + "-" + std::to_string(source);
}

enum class Age { old, young, unfinished };

/// A message and all its deliveries, when nothing of it changed since a time.
class Judge {
public:
    explicit Judge(sqlite::Connection& connection)
        : deliveries_(connection,
                      "SELECT count(open), max(changed_at),"
                      " sum(CASE WHEN body IS NULL THEN 0 ELSE size END)"
                      " FROM delivery WHERE message = ?") {}

    Age operator()(std::uint64_t seq, bool open, Time changed, Time before) {
        if (open) return Age::unfinished;
        auto row = deliveries_(seq);
        if (row.step()) {
            if (row.integer(0) != 0) return Age::unfinished;
            if (!row.null(1)) changed = std::max(changed, row.time(1));
            bytes_ = row.integer(2);
        }
        return changed < before ? Age::old : Age::young;
    }
    /// What lies in the store of the deliveries of the last one that was old or young.
    std::int64_t bytes() const { return bytes_; }

private:
    std::int64_t bytes_ = 0;
    sqlite::Statement deliveries_;
};

/// On the writer's thread.
class Eraser {
public:
    explicit Eraser(Transaction& transaction)
        : transaction_(transaction),
          connection_(transaction.connection()),
          message_(connection_,
                   "SELECT open, changed_at, body, subjects FROM message WHERE seq = ?"),
          held_(connection_, "SELECT body, answer_body FROM delivery WHERE message = ?"),
          judge_(connection_) {}

    /// Its bytes, or all but its proof line.
    /// @return whether it was taken; what became young again or waits in the meantime stays
    bool take(std::uint64_t seq, Time before, bool whole) {
        std::set<std::int64_t> gone;
        if (!read(seq, before, gone)) return false;
        for (const std::int64_t body : gone) transaction_.eraseBody(body);
        run("UPDATE message SET body = NULL WHERE seq = ?", seq);
        run("UPDATE delivery SET body = NULL, answer_body = NULL WHERE message = ?", seq);
        if (whole) metadata(seq);
        return true;
    }

private:
    void metadata(std::uint64_t seq) {
        countErased(transaction_, seq);
        for (std::size_t at = 0; at < subjects_.size(); at += KeyedHash::kSize)
            transaction_.hashes().erase(
                connection_, std::string_view(subjects_).substr(at, KeyedHash::kSize), seq);
        run("DELETE FROM event WHERE message = ?", seq);
        // Who got what of a plan that is still in the register is part of the register.
        run("DELETE FROM plan_receipt WHERE (key, delivery) IN"
            " (SELECT plan, id FROM delivery WHERE message = ? AND plan IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM plan WHERE plan.key = delivery.plan))",
            seq);
        run("DELETE FROM other_lane WHERE delivery IN (SELECT id FROM delivery WHERE message = ?)",
            seq);
        run("UPDATE message SET type = NULL, config = NULL, order_keys = NULL, subjects = NULL,"
            " facts = NULL, words = NULL WHERE seq = ?",
            seq);
        run("UPDATE delivery SET lane = 0, media = NULL, extension = NULL, map = NULL,"
            " answer_summary = NULL, plan = NULL, edition = NULL, words = NULL WHERE message = ?",
            seq);
    }

    bool read(std::uint64_t seq, Time before, std::set<std::int64_t>& gone) {
        {
            auto row = message_(seq);
            if (!row.step() || judge_(seq, !row.null(0), row.time(1), before) != Age::old)
                return false;
            if (!row.null(2)) gone.insert(row.integer(2));
            subjects_ = row.blob(3);
        }
        auto rows = held_(seq);
        while (rows.step())
            for (const int column : {0, 1})
                if (!rows.null(column)) gone.insert(rows.integer(column));
        return true;
    }

    void run(const char* sql, std::uint64_t seq) {
        sqlite::Statement statement(connection_, sql);
        statement(seq).run();
    }

    Transaction& transaction_;
    sqlite::Connection& connection_;
    sqlite::Statement message_, held_;
    Judge judge_;
    std::string subjects_;
};

}  // namespace

Retention::Retention(Writer& writer, Readers& readers, const Names& names)
    : writer_(writer), readers_(readers), names_(names) {}

std::size_t Retention::purge(Time now, std::span<const Keep> keep, std::size_t most) {
    const std::lock_guard lock(mutex_);
    std::size_t touched = 0;
    for (const Keep& one : withFormer(keep)) {
        const auto source = names_.id(one.source);
        if (!source) continue;  // nothing came from it yet
        for (const auto& [stage, age] :
             {std::pair{bodies, one.body}, std::pair{metadata, one.metadata}})
            if (age > Milliseconds(0) && touched < most)
                touched += purge({stage, *source, age, now}, most - touched);
    }
    // What was touched is told apart from what is left to be given back by the sum alone.
    return touched < most && giveBack() ? most : touched;
}

std::vector<Keep> Retention::withFormer(std::span<const Keep> keep) {
    if (!loaded_) load();
    std::vector<Keep> changed, all(keep.begin(), keep.end());
    for (const Keep& one : keep) {
        const auto known = last_.find(one.source);
        if (known == last_.end() || known->second != std::pair(one.body, one.metadata))
            changed.push_back(one);
    }
    if (!changed.empty())
        writer_.write(1, 0, [&](Transaction& transaction) {
            for (const Keep& one : changed)
                transaction.sql()
                    .setMeta(std::string(kLastTimes) + one.source,
                             std::to_string(one.body.count()) + " " +
                                 std::to_string(one.metadata.count()))
                    .run();
        });
    for (const Keep& one : changed) last_[one.source] = {one.body, one.metadata};
    for (const auto& [source, times] : last_)
        if (std::none_of(keep.begin(), keep.end(),
                         [&](const Keep& one) { return one.source == source; }))
            all.push_back({source, times.first, times.second});
    return all;
}

void Retention::load() {
    readers_.with([&](Reader& reader) {
        sqlite::Statement select(
            reader.connection(),
            "SELECT substr(key, ?), value FROM meta WHERE key GLOB 'kept-for-*'");
        for (auto rows = select(kLastTimes.size() + 1); rows.step();) {
            const std::string text = rows.string(1);
            const std::size_t cut = std::min(text.find(' '), text.size());
            const auto times = [](const std::string& number) {
                return Milliseconds(std::strtoll(number.c_str(), nullptr, 10));
            };
            last_[rows.string(0)] = {times(text.substr(0, cut)), times(text.substr(cut))};
        }
    });
    loaded_ = true;
}

std::size_t Retention::purge(const Task& task, std::size_t most) {
    const std::size_t touched = first(task, most);
    return touched < most ? touched + second(task, most - touched) : touched;
}

std::size_t Retention::first(const Task& task, std::size_t most) {
    std::size_t touched = 0;
    for (bool end = false; !end && touched < most;) {
        const Found found = findAlong(task, most - touched);
        end = found.end;
        if (found.cursor == 0) break;
        std::size_t taken = 0;
        writer_.write(1, 0, [&](Transaction& transaction) {
            taken = 0;
            Eraser eraser(transaction);
            sqlite::Statement keep(
                transaction.connection(),
                "INSERT OR IGNORE INTO kept_back (stage, source, message) VALUES (?, ?, ?)");
            std::vector<std::uint64_t> early = found.early;
            for (const std::uint64_t seq : found.old) {
                if (eraser.take(seq, task.now - task.age, task.stage == metadata))
                    ++taken;
                else
                    early.push_back(seq);
            }
            for (const std::uint64_t seq : early) keep(task.stage, task.source, seq).run();
            transaction.sql().setMeta(cursorKey(task.stage, task.source), found.cursor).run();
        });
        touched += taken;
    }
    return touched;
}

std::size_t Retention::second(const Task& task, std::size_t most) {
    SecondLook& look = second_[{task.stage, task.source}];
    if (task.now < look.next) return 0;
    std::size_t touched = 0;
    for (bool end = false; !end && touched < most;) {
        const Found found = findPassed(task, look.cursor, most - touched);
        end = found.end;
        look.cursor = end ? 0 : found.cursor;
        if (end) look.next = task.now + slackOf(task.age);
        if (found.old.empty()) continue;
        std::size_t taken = 0;
        writer_.write(1, 0, [&](Transaction& transaction) {
            taken = 0;
            Eraser eraser(transaction);
            sqlite::Statement done(
                transaction.connection(),
                "DELETE FROM kept_back WHERE stage = ? AND source = ? AND message = ?");
            for (const std::uint64_t seq : found.old) {
                if (!eraser.take(seq, task.now - task.age, task.stage == metadata)) continue;
                done(task.stage, task.source, seq).run();
                ++taken;
            }
        });
        touched += taken;
    }
    return touched;
}

Retention::Found Retention::findAlong(const Task& task, std::size_t most) {
    Found found;
    const Time before = task.now - task.age;
    readers_.with([&](Reader& reader) {
        sqlite::Connection& connection = reader.connection();
        std::uint64_t after = 0;
        {
            sqlite::Statement cursor(connection, "SELECT value FROM meta WHERE key = ?");
            auto row = cursor(cursorKey(task.stage, task.source));
            if (row.step()) after = row.number<std::uint64_t>(0);
        }
        Judge judge(connection);
        sqlite::Statement along(
            connection,
            "SELECT seq, open, received_at, changed_at, iif(body IS NULL, 0, size) FROM message"
            " INDEXED BY message_source WHERE source = ? AND seq > ? ORDER BY seq LIMIT ?");
        auto rows = along(task.source, after, kRows);
        int seen = 0;
        std::int64_t bytes = 0;
        while (bytes < kBytes && rows.step()) {
            ++seen;
            const Time received = rows.time(2);
            // One from another clock's future does not stop those that came after it.
            const bool strange = received > task.now;
            if (received >= before && !strange) return;
            const auto seq = rows.number<std::uint64_t>(0);
            const Age age = judge(seq, !rows.null(1), rows.time(3), before);
            if (age != Age::old && !strange && received + slackOf(task.age) >= before) return;
            (age == Age::old ? found.old : found.early).push_back(seq);
            found.cursor = seq;
            if (age == Age::old) bytes += rows.integer(4) + judge.bytes();
            if (found.old.size() >= most) break;
        }
        found.end = seen < kRows && found.old.size() < most && bytes < kBytes;
    });
    return found;
}

Retention::Found Retention::findPassed(const Task& task, std::uint64_t after, std::size_t most) {
    Found found;
    found.cursor = after;
    readers_.with([&](Reader& reader) {
        sqlite::Connection& connection = reader.connection();
        Judge judge(connection);
        sqlite::Statement passed(
            connection,
            "SELECT k.message, m.open, m.changed_at, iif(m.body IS NULL, 0, m.size)"
            " FROM kept_back k JOIN message m ON m.seq = k.message"
            " WHERE k.stage = ? AND k.source = ? AND k.message > ? ORDER BY k.message LIMIT ?");
        auto rows = passed(task.stage, task.source, after, kRows);
        int seen = 0;
        std::int64_t bytes = 0;
        while (bytes < kBytes && found.old.size() < most && rows.step()) {
            ++seen;
            found.cursor = rows.number<std::uint64_t>(0);
            if (judge(found.cursor, !rows.null(1), rows.time(2), task.now - task.age) != Age::old)
                continue;
            found.old.push_back(found.cursor);
            bytes += rows.integer(3) + judge.bytes();
        }
        found.end = seen < kRows && found.old.size() < most && bytes < kBytes;
    });
    return found;
}

bool Retention::giveBack() {
    bool more = false;
    writer_.write(1, 0, [&](Transaction& transaction) {
        sqlite::Connection& connection = transaction.connection();
        const std::int64_t free = connection.integer("PRAGMA freelist_count");
        const std::int64_t pages = connection.integer("PRAGMA page_count");
        constexpr std::int64_t kIncremental = 2;
        more = free > std::max(kFreePages, pages / kFreePart) &&
               connection.integer("PRAGMA auto_vacuum") == kIncremental;
        if (more) connection.run(kPagesAtOnce);
    });
    return more;
}

}  // namespace gateway
