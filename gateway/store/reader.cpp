#include "store/reader.h"

#include <algorithm>

#include "store/pack.h"

namespace gateway {

#define MESSAGE_COLUMNS                                                                    \
    "seq, state, source, codec, config, received_at, changed_at, size, body, type, facts," \
    " flags, words"
#define DELIVERY_COLUMNS                                                                     \
    "id, message, state, flags, partner, destination, media, extension, map, attempts,"      \
    " queued_at, changed_at, retry_at, size, body, answer_body, answer_summary, control_id," \
    " plan, edition, words, lane"

#define PLAN_COLUMNS                                                                      \
    "p.id, p.key, p.network, p.edition, p.state, p.due, p.due_reason, p.barred, p.facts," \
    " p.message, p.changed_at, p.revision"
#define REFUSAL_COLUMNS "id, at, source, peer, control, fault, place"

ReadStatements::ReadStatements(sqlite::Connection& c)
    : begin(c, "BEGIN"),
      body(c, "SELECT id, key_id, encoding, bytes FROM body WHERE id BETWEEN ? AND ? ORDER BY id"),
      lastChunk(c, "SELECT max(id) FROM body WHERE id BETWEEN ? AND ?"),
      name(c, "SELECT text FROM name WHERE id = ?"),
      message(c, "SELECT " MESSAGE_COLUMNS " FROM message WHERE seq = ?"),
      messagesBefore(
          c, "SELECT " MESSAGE_COLUMNS " FROM message WHERE seq < ? ORDER BY seq DESC LIMIT ?"),
      openMessages(c,
                   "SELECT seq FROM message INDEXED BY message_open"
                   " WHERE open = 1 AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?"),
      openOfDeliveries(c,
                       "SELECT DISTINCT message FROM delivery INDEXED BY delivery_open WHERE open "
                       "= 1 AND state = ?"
                       " AND message < ? ORDER BY message DESC"),
      messagesIn(c,
                 "SELECT seq FROM message INDEXED BY message_state"
                 " WHERE state = ? AND state >= 1 AND seq < ? ORDER BY seq DESC LIMIT ?"),
      messagesFrom(c,
                   "SELECT seq FROM message INDEXED BY message_source"
                   " WHERE source = ? AND seq < ? ORDER BY seq DESC LIMIT ?"),
      deliveriesIn(c,
                   "SELECT DISTINCT message FROM delivery INDEXED BY delivery_state"
                   " WHERE state = ? AND state >= 2 AND message < ?"
                   " ORDER BY message DESC LIMIT ?"),
      deliveriesTo(c,
                   "SELECT DISTINCT message FROM delivery INDEXED BY delivery_partner"
                   " WHERE partner = ?1 AND message < ?2 AND (?3 IS NULL OR state = ?3)"
                   " ORDER BY message DESC LIMIT ?4"),
      deliveriesStill(c,
                      "SELECT DISTINCT message FROM delivery INDEXED BY delivery_message"
                      " WHERE state = ? AND message < ? ORDER BY message DESC LIMIT ?"),
      delivery(c, "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE id = ?"),
      deliveriesOf(c, "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE message = ? ORDER BY id"),
      redosOf(c,
              "SELECT id FROM delivery WHERE message = ? AND state IN (?, ?) AND flags & 4"
              " ORDER BY id"),
      newerDelivered(c,
                     "SELECT id, message FROM delivery INDEXED BY delivery_partner"
                     " WHERE partner = ?6 AND message > ?1 AND destination = ?3"
                     " AND state = ?4 AND (lane = ?2"
                     " OR lane IN (SELECT lane FROM other_lane WHERE delivery = ?5)"
                     " OR EXISTS (SELECT 1 FROM other_lane o WHERE o.delivery = delivery.id AND"
                     " (o.lane = ?2"
                     " OR o.lane IN (SELECT lane FROM other_lane WHERE delivery = ?5))))"
                     " ORDER BY message LIMIT 1"),
      events(c,
             "SELECT id, delivery, at, what, words FROM event WHERE message = ?"
             " ORDER BY id"),
      queuedAt(c, "SELECT queued_at FROM delivery WHERE id = ?"),
      messageAbout(c, "SELECT 1 FROM message WHERE seq = ? AND instr(subjects, ?) > 0"),
      messageCalled(c, "SELECT 1 FROM message WHERE seq = ? AND control_hash = ?"),
      deliveryCalled(c, "SELECT message FROM delivery WHERE id = ? AND sent_hash = ?"),
      offered(c, "SELECT " DELIVERY_COLUMNS
                 " FROM delivery INDEXED BY delivery_offered"
                 " WHERE destination = ? AND state = 6"
                 " AND ord > coalesce((SELECT ord FROM delivery WHERE id = ?), 0)"
                 " ORDER BY ord LIMIT ?"),
      offeredUntil(c,
                   "SELECT id, retry_at FROM delivery INDEXED BY delivery_until"
                   " WHERE state = 6 AND retry_at > 0 AND retry_at <= ?"
                   " AND destination NOT IN (SELECT name.id FROM pause JOIN name"
                   " ON name.text = pause.end WHERE pause.source = 0)"
                   " ORDER BY retry_at LIMIT ?"),
      oldestReceived(c,
                     "SELECT seq, received_at FROM message INDEXED BY message_open WHERE open = 1"
                     " AND seq >= ? AND source = ? AND state = ? ORDER BY seq LIMIT 1"),
      refusals(c, "SELECT " REFUSAL_COLUMNS " FROM refusal WHERE id < ? ORDER BY id DESC"),
      refusalsOf(c, "SELECT " REFUSAL_COLUMNS
                    " FROM refusal INDEXED BY refusal_source"
                    " WHERE source = ? AND id < ? ORDER BY id DESC"),
      oldestRefusals(c, "SELECT id, at FROM refusal ORDER BY id"),
      pauses(c,
             "SELECT pause.end, pause.source, pause.event, event.at, event.words FROM pause"
             " JOIN event ON event.message = 0 AND event.id = pause.event ORDER BY pause.end"),
      pauseEvents(c,
                  "SELECT id, at, what, words FROM event WHERE message = 0 AND what IN (48, 49)"
                  " ORDER BY id"),
      happened(c, "SELECT id, life, at, bytes FROM happened WHERE id > ? ORDER BY id"),
      plan(c, "SELECT " PLAN_COLUMNS " FROM plan p WHERE p.key = ?"),
      receipts(c,
               "SELECT partner, edition, delivery, at FROM plan_receipt WHERE key = ?"
               " ORDER BY at, delivery"),
      due(c, "SELECT " PLAN_COLUMNS " FROM plan p WHERE p.due < ? ORDER BY p.due"),
      plansKnownBy(c, "SELECT " PLAN_COLUMNS
                      " FROM plan_subject s CROSS JOIN plan p ON p.key = s.key"
                      " WHERE s.hash = ? AND s.key > ? ORDER BY s.key"),
      plansOf(c, "SELECT " PLAN_COLUMNS
                 " FROM plan p INDEXED BY plan_network"
                 " WHERE p.network = ? AND p.key > ? ORDER BY p.key"),
      plansFrom(c, "SELECT " PLAN_COLUMNS " FROM plan p WHERE p.key > ? ORDER BY p.key"),
      waitingOf(c,
                "SELECT id, partner, destination, edition, state, queued_at, changed_at"
                " FROM delivery INDEXED BY delivery_plan WHERE plan = ? AND open = 1 ORDER BY id"),
      hashes(c) {}

#undef PLAN_COLUMNS
#undef REFUSAL_COLUMNS
#undef MESSAGE_COLUMNS
#undef DELIVERY_COLUMNS

Reader::Reader(const std::string& path, const std::string& vfs, const Seal& seal)
    : connection_(path, sqlite::Connection::Use::read, vfs), sql_(connection_), seal_(seal) {
    connection_.run("PRAGMA cache_size = -2048");
}

Reader::Snapshot::Snapshot(Reader& reader) : reader_(reader) { reader_.sql_.begin().run(); }

Reader::Snapshot::~Snapshot() {
    // A read transaction has nothing to lose: the end of it cannot matter.
    sqlite3_exec(reader_.connection_.get(), "COMMIT", nullptr, nullptr, nullptr);
}

Bytes Reader::body(std::int64_t number, std::optional<std::size_t> size) {
    std::string bytes;
    bytes.reserve(roomFor(number, size.value_or(0)));
    ChunkedBody chunks(number);
    auto rows = sql_.body(number * 65536, number * 65536 + 65535);
    while (rows.step())
        chunks.append(bytes, seal_,
                      {rows.number<std::uint64_t>(0), rows.number<std::uint16_t>(1),
                       rows.number<int>(2), rows.blob(3)});
    chunks.end(size);
    return Bytes(std::move(bytes));
}

/// No more than its chunks can have, whatever its row says.
std::size_t Reader::roomFor(std::int64_t number, std::size_t size) {
    if (size <= kChunkSize) return size;
    auto row = sql_.lastChunk(number * 65536, number * 65536 + 65535);
    const std::int64_t last = row.step() ? row.integer(0) % 65536 : 0;
    return std::min(size, static_cast<std::size_t>(last + 1) * kChunkSize);
}

Bytes Reader::bodyOrEmpty(const sqlite::Query& row, int column, std::optional<std::size_t> size) {
    if (!row.null(column)) return body(row.integer(column), size);
    if (size.value_or(0) != 0)
        throw Error(Fault::unavailable, "store", {"its bytes are missing", "ses octets manquent"});
    return {};
}

Readers::Readers(const std::string& path, const std::string& vfs, std::size_t count,
                 const Seal& seal) {
    for (std::size_t i = 0; i < count; ++i)
        free_.push_back(std::make_unique<Reader>(path, vfs, seal));
}

Readers::Loan::Loan(Readers& readers) : readers_(readers) {
    std::unique_lock lock(readers_.mutex_);
    readers_.returned_.wait(lock, [&] { return !readers_.free_.empty(); });
    reader_ = std::move(readers_.free_.back());
    readers_.free_.pop_back();
}

Readers::Loan::~Loan() {
    {
        const std::lock_guard lock(readers_.mutex_);
        readers_.free_.push_back(std::move(reader_));
    }
    readers_.returned_.notify_one();
}

}  // namespace gateway
