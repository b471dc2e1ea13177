#include "store/write_statements.h"

namespace gateway {

WriteStatements::WriteStatements(sqlite::Connection& c)
    : begin(c, "BEGIN IMMEDIATE"),
      commit(c, "COMMIT"),
      setMeta(c, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"),
      getMeta(c, "SELECT value FROM meta WHERE key = ?"),
      addName(c, "INSERT INTO name (id, text) VALUES (?, ?)"),
      addTally(c,
               "INSERT INTO tally (kind, name, state, n) VALUES (?, ?, ?, ?)"
               " ON CONFLICT DO UPDATE SET n = n + excluded.n"),
      addBody(c, "INSERT INTO body (id, key_id, encoding, bytes) VALUES (?, ?, ?, ?)"),
      eraseBody(c, "DELETE FROM body WHERE id BETWEEN ? AND ?"),
      addMessage(c,
                 "INSERT INTO message (seq, state, open, source, codec, received_at, changed_at,"
                 " size, body, type, order_keys, subjects, repeat_hash, content_hash,"
                 " control_hash, facts, words)"
                 " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      knownBy(c, "SELECT repeat_hash, content_hash, received_at FROM message WHERE seq = ?"),
      addRefusal(c,
                 "INSERT INTO refusal (at, source, peer, control, fault, place)"
                 " VALUES (?, ?, ?, ?, ?, ?)"),
      getMessage(c,
                 "SELECT state, source, body, subjects, flags, order_keys FROM message"
                 " WHERE seq = ?"),
      setMessage(c,
                 "UPDATE message SET state = ?, open = ?, flags = ?, changed_at = ?, config = ?,"
                 " words = ? WHERE seq = ? AND state = ?"
                 " RETURNING source, body"),
      eraseMessage(c,
                   "UPDATE message SET body = NULL, subjects = NULL, order_keys = NULL"
                   " WHERE seq = ?"),
      reopenMessage(c,
                    "UPDATE message SET state = ?, open = ?, flags = ?, changed_at = ?,"
                    " words = ? WHERE seq = ?"),
      addEvent(c,
               "INSERT INTO event (message, id, delivery, at, what, words)"
               " VALUES (?, ?, ?, ?, ?, ?)"),
      eventsLike(c,
                 "SELECT count(*) FROM (SELECT 1 FROM event WHERE message = ? AND what = ?"
                 " LIMIT ?)"),
      addDelivery(c,
                  "INSERT INTO delivery (id, message, state, open, flags, ord, lane, partner,"
                  " destination, media, extension, map, queued_at, changed_at, size, body,"
                  " control_id, sent_hash, plan, edition, words)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      remakeDelivery(c,
                     "UPDATE delivery SET state = ?, open = ?, flags = ?, ord = ?, lane = ?,"
                     " partner = ?, destination = ?, media = ?, extension = ?, map = ?,"
                     " queued_at = ?, changed_at = ?, size = ?, body = ?, control_id = ?,"
                     " sent_hash = ?, plan = ?,"
                     " edition = ?, words = ? WHERE id = ?"),
      getDelivery(c,
                  "SELECT message, state, flags, lane, partner, destination, ord, plan, edition,"
                  " attempts, answer_body, answer_summary, words, sent_hash IS NULL,"
                  " changed_at FROM delivery WHERE id = ?"),
      sentAs(c, "SELECT sent_hash FROM delivery WHERE id = ? AND attempts > 0"),
      sendDelivery(c,
                   "UPDATE delivery SET state = ?, attempts = attempts + ?, changed_at = ?"
                   " WHERE id = ?"),
      offerDelivery(c,
                    "UPDATE delivery SET state = ?, flags = ?, ord = ?, changed_at = ?,"
                    " retry_at = ?, words = NULL WHERE id = ?"),
      settleDelivery(c,
                     "UPDATE delivery SET state = ?, open = ?, flags = ?, changed_at = ?,"
                     " retry_at = ?, answer_body = ?, answer_summary = ?, words = ?"
                     " WHERE id = ?"),
      markDelivery(c, "UPDATE delivery SET flags = ? WHERE id = ?"),
      remarkDelivery(c, "UPDATE delivery SET flags = ?, words = ? WHERE id = ?"),
      replayDelivery(c,
                     "UPDATE delivery SET state = ?, flags = ?, ord = ?, changed_at = ?,"
                     " retry_at = 0, words = NULL WHERE id = ?"),
      addOtherLane(c, "INSERT OR IGNORE INTO other_lane (delivery, lane) VALUES (?, ?)"),
      eraseOtherLanes(c, "DELETE FROM other_lane WHERE delivery = ?"),
      otherLanes(c, "SELECT lane FROM other_lane WHERE delivery = ?"),
      getPlan(c,
              "SELECT id, ord, revision, network, due, subjects, labels FROM plan WHERE key = ?"),
      addPlan(c,
              "INSERT INTO plan (id, key, ord, network, edition, state, due, due_reason, barred,"
              " facts, subjects, labels, message, changed_at, revision)"
              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"),
      setPlan(c,
              "UPDATE plan SET ord = ?, edition = ?, state = ?, due_reason = ?, barred = ?,"
              " facts = ?, subjects = ?, labels = ?, message = ?, changed_at = ?, revision = ?"
              " WHERE id = ?"),
      setPlanDue(c, "UPDATE plan SET due = ? WHERE id = ?"),
      setPlanNetwork(c, "UPDATE plan SET network = ? WHERE id = ?"),
      removePlan(c, "DELETE FROM plan WHERE id = ?"),
      eraseSubjectOfPlan(c, "DELETE FROM plan_subject WHERE hash = ? AND key = ?"),
      addSubjectOfPlan(c, "INSERT OR IGNORE INTO plan_subject (hash, key) VALUES (?, ?)"),
      addReceipt(c,
                 "INSERT OR REPLACE INTO plan_receipt (key, delivery, partner, edition, at)"
                 " VALUES (?, ?, ?, ?, ?)"),
      eraseReceipt(c, "DELETE FROM plan_receipt WHERE key = ? AND delivery = ?"),
      eraseReceiptsOf(c, "DELETE FROM plan_receipt WHERE key = ?"),
      openOfPlan(c,
                 "SELECT id FROM delivery INDEXED BY delivery_plan"
                 " WHERE plan = ? AND open = 1 ORDER BY id"),
      setPause(c, "INSERT OR REPLACE INTO pause (end, source, event) VALUES (?, ?, ?)"),
      erasePause(c, "DELETE FROM pause WHERE end = ?"),
      setNote(c,
              "INSERT INTO note (key, text) VALUES (?, ?)"
              " ON CONFLICT DO UPDATE SET text = excluded.text"),
      eraseNote(c, "DELETE FROM note WHERE key = ?"),
      addHappened(c, "INSERT INTO happened (id, life, at, bytes) VALUES (?, ?, ?, ?)"),
      eraseHappened(c, "DELETE FROM happened WHERE id <= ?"),
      hashes(c) {}

}  // namespace gateway
