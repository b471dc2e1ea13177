/// pause(), resume(), pauses() and pastPauses().
#include <algorithm>
#include <map>

#include "store/pack.h"
#include "store/store_parts.h"

namespace gateway {
namespace {

/// Nobody could fetch what lay in a mailbox meanwhile: it lies there longer by as much.
void lieLonger(Transaction& transaction, std::string_view end) {
    sqlite::Statement longer(
        transaction.connection(),
        "UPDATE delivery INDEXED BY delivery_until SET retry_at = retry_at + max(0, ?1 -"
        " (SELECT event.at FROM pause JOIN event ON event.message = 0 AND event.id = pause.event"
        " WHERE pause.end = ?2)) WHERE state = 6 AND retry_at > 0"
        " AND destination = (SELECT id FROM name WHERE text = ?2)"
        " AND EXISTS (SELECT 1 FROM pause WHERE end = ?2 AND source = 0)");
    longer(transaction.now(), end).run();
}

/// Which end, why and who. A damaged line of it does not hide that something stands still.
std::vector<std::string> wordsOf(const Reader& reader, const sqlite::Query& row,
                                 std::uint64_t event, int column) {
    try {
        return parted(reader.seal().text(Seal::Purpose::event, event, row, column), 3);
    } catch (const Error&) {
        return {"", "(damaged in the store)", ""};
    }
}

}  // namespace

void SqliteStore::pause(const Pause& pause) {
    writer_->write(1, 0, [&](Transaction& transaction) {
        const std::uint64_t event =
            transaction.event(0, 0, What::paused(), pause.end, {pause.why, pause.by});
        transaction.sql().setPause(pause.end, pause.source ? 1 : 0, event).run();
        if (pause.source) return;
        transaction.after([end = pause.end](Board& board) { board.end(end).paused = true; });
    });
}

void SqliteStore::resume(std::string_view end, std::string_view by) {
    writer_->write(1, 0, [&](Transaction& transaction) {
        lieLonger(transaction, end);
        transaction.sql().erasePause(end).run();
        if (transaction.changes() == 0) return;
        transaction.event(0, 0, What::resumed(), end, {"", std::string(by)});
        transaction.after([name = std::string(end)](Board& board) {
            if (const auto found = board.ends.find(name); found != board.ends.end()) {
                found->second->paused = false;
                found->second->ready.notify_all();
            }
        });
    });
}

std::vector<Pause> SqliteStore::pauses() {
    return readers_->with([](Reader& reader) {
        std::vector<Pause> all;
        auto rows = reader.sql().pauses();
        while (rows.step()) {
            const auto words = wordsOf(reader, rows, rows.number<std::uint64_t>(2), 4);
            all.push_back({rows.string(0), rows.integer(1) != 0, words[2], words[1], rows.time(3)});
        }
        return all;
    });
}

std::vector<PastPause> SqliteStore::pastPauses(std::size_t most) {
    std::vector<PastPause> past;
    readers_->with([&](Reader& reader) {
        std::map<std::string, PastPause> open;
        auto rows = reader.sql().pauseEvents();
        while (rows.step()) {
            auto words = wordsOf(reader, rows, rows.number<std::uint64_t>(0), 3);
            if (words[0].empty()) continue;
            const auto former = open.find(words[0]);
            if (former != open.end()) {
                former->second.until = rows.time(1);
                former->second.endedBy = words[2];
                past.push_back(std::move(former->second));
                open.erase(former);
            }
            if (rows.number<int>(2) != What::paused().code) continue;
            Pause& pause = open[words[0]].pause;
            pause.end = words[0];
            pause.source = words[0].find('/') == std::string::npos;
            pause.why = words[1];
            pause.by = words[2];
            pause.at = rows.time(1);
        }
    });
    std::reverse(past.begin(), past.end());
    if (past.size() > most) past.resize(most);
    return past;
}

void SqliteStore::loadPauses(sqlite::Connection& connection) {
    for (const auto& [name, end] : board_.ends) end->paused = false;
    sqlite::Statement select(connection, "SELECT end FROM pause WHERE source = 0");
    auto rows = select();
    while (rows.step()) board_.end(rows.string(0)).paused = true;
}

}  // namespace gateway
