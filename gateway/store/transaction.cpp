#include "store/transaction.h"

#include <algorithm>

namespace gateway {

namespace {

constexpr std::uint64_t kBlock = 65536;
/// Clocks that are corrected go back so far without anybody noticing.
constexpr Milliseconds kDisorder{1'000};

}  // namespace

std::string toText(What what) {
    constexpr std::string_view others[] = {"left-out", "note", "replay", "repeat", "answer"};
    if (what.code < 16) return std::string(toText(static_cast<MessageState>(what.code)));
    if (what.code < 32) return std::string(toText(static_cast<DeliveryState>(what.code - 16)));
    const auto other = static_cast<std::size_t>(what.code - 32);
    return std::string(other < std::size(others) ? others[other] : "note");
}

Transaction::Transaction(sqlite::Connection& connection, Names& names, Board& board, const Ids& ids,
                         const Seal& seal, HashIndex& hashes, std::uint64_t life)
    : connection_(connection),
      names_(names),
      board_(board),
      ids_(ids),
      seal_(seal),
      hashes_(hashes),
      life_(life),
      sql_(connection) {
    numbers_.counters = {Number{"next-seq", kBlock}, Number{"next-delivery", 1},
                         Number{"next-tick", kBlock}};
    for (Number& number : numbers_.counters) {
        auto row = sql_.getMeta(number.key);
        if (row.step()) number.next = number.leased = row.number<std::uint64_t>(0);
    }
    // Whatever became of what was noted: no number is given that a row has.
    for (const auto& [counter, last] :
         {std::pair{Counter::seq, "SELECT max(seq) FROM message"},
          std::pair{Counter::delivery, "SELECT max(id) FROM delivery"}}) {
        Number& number = numbers_.counters[static_cast<std::size_t>(counter)];
        const auto free = static_cast<std::uint64_t>(connection.integer(last)) + 1;
        if (number.next < free) number.next = number.leased = free;
    }
    numbers_.body = connection.integer("SELECT max(id) FROM body") / 65536 + 1;
    numbers_.name = names.last();
}

void Transaction::begin(Time now) {
    // One that is put back further is believed: what is stamped with a day to come would never grow
    // old.
    now_ = now + kDisorder < now_ ? now : std::max(now, now_);
    before_ = numbers_;
    hashes_.begin();
    sql_.begin().run();
}

void Transaction::happened(const HappeningRow& row) {
    if (life_ != 0) pack(happened_, row);
}

void Transaction::commit() {
    if (!happened_.empty()) {
        sql_.addHappened(take(Counter::tick), life_, now_, sqlite::Blob{happened_}).run();
        after([](Board& board) {
            if (board.happened) board.happened();
        });
        happened_.clear();
    }
    for (const auto& [key, change] : changes_)
        if (change != 0) sql_.addTally(key.kind, key.name, key.state, change).run();
    sql_.commit().run();
}

void Transaction::rollback() noexcept {
    // After some failures SQLite has rolled back by itself; then this one has nothing to do.
    if (!sqlite3_get_autocommit(connection_.get()))
        sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    numbers_ = before_;
    hashes_.rollback();
    newNames_.clear();
    changes_.clear();
    recounted_.clear();
    after_.clear();
    const std::lock_guard lock(board_.mutex);
    for (const auto seq : leaving_) board_.messages.leaving(seq, false);
    leaving_.clear();
    happened_.clear();
}

void Transaction::publish() {
    hashes_.committed();
    for (auto& [id, text] : newNames_) names_.add(id, std::move(text));
    newNames_.clear();
    for (const auto& [key, change] : changes_)
        if (change != 0) board_.tally[key] += change;
    changes_.clear();
    board_.recount.add(recounted_);
    recounted_.clear();
    leaving_.clear();
    for (const auto& change : after_) change(board_);
    after_.clear();
}

std::uint64_t Transaction::takeMany(Counter counter, std::uint64_t count) {
    Number& number = numbers_.counters[static_cast<std::size_t>(counter)];
    if (number.next + count > number.leased) {
        number.leased = number.next + std::max(count, number.block);
        sql_.setMeta(number.key, number.leased).run();
    }
    const std::uint64_t first = number.next;
    number.next += count;
    return first;
}

std::uint64_t Transaction::take(Counter counter) { return takeMany(counter, 1); }

std::int64_t Transaction::name(std::string_view text) {
    if (const auto known = names_.id(text)) return *known;
    for (const auto& [id, fresh] : newNames_)
        if (fresh == text) return id;
    const std::int64_t id = ++numbers_.name;
    sql_.addName(id, text).run();
    newNames_.emplace_back(id, text);
    return id;
}

std::string Transaction::nameText(std::int64_t id) const {
    for (const auto& [fresh, text] : newNames_)
        if (fresh == id) return text;
    return names_.text(id).value_or("");
}

std::optional<std::int64_t> Transaction::nameOrNull(std::string_view text) {
    if (text.empty()) return {};
    return name(text);
}

std::optional<std::int64_t> Transaction::body(const std::vector<Chunk>& chunks) {
    if (chunks.empty()) return {};
    const std::int64_t body = newBody();
    std::int64_t id = body * 65536;
    for (const Chunk& chunk : chunks) {
        const ChunkRow row = toRow(chunk, seal_, static_cast<std::uint64_t>(id));
        sql_.addBody(id++, row.key, row.encoding, sqlite::Blob{row.bytes}).run();
    }
    return body;
}

void Transaction::eraseBody(std::int64_t body) {
    sql_.eraseBody(body * 65536, body * 65536 + 65535).run();
}

std::uint64_t Transaction::event(std::uint64_t message, std::uint64_t delivery, What what,
                                 std::string_view partner, const Reason& reason) {
    const std::uint64_t id = take(Counter::tick);
    const bool silent = partner.empty() && reason.empty();
    sql_.addEvent(
            message, id, delivery == 0 ? std::optional<std::uint64_t>() : delivery, now_, what.code,
            silent ? sqlite::Cell()
                   : seal_.cell(Seal::Purpose::event, id, joined({partner, reason.en, reason.fr})))
        .run();
    return id;
}

void Transaction::count(const TallyKey& key, std::int64_t change, std::uint64_t id) {
    changes_[key] += change;
    if (board_.recount.running && id != 0) recounted_.push_back({key, id, change});
}

void Transaction::move(int kind, std::int64_t name, int from, int to, std::uint64_t id) {
    count({kind, name, from}, -1, id);
    count({kind, name, to}, 1, id);
}

void Transaction::leaves(std::uint64_t seq) {
    const std::lock_guard lock(board_.mutex);
    board_.messages.leaving(seq, true);
    leaving_.push_back(seq);
}

}  // namespace gateway
