#include "store/examine.h"

#include <functional>
#include <optional>

#include "gateway/state.h"
#include "store/pack.h"
#include "store/secret_note.h"

namespace gateway {
namespace {

constexpr int kRows = 256;

class Examination {
public:
    Examination(sqlite::Connection& connection, const Seal& seal, const Ids& ids)
        : connection_(connection),
          seal_(seal),
          ids_(ids),
          chunks_(connection,
                  "SELECT id, key_id, encoding, bytes FROM body WHERE id BETWEEN ? AND ?"
                  " ORDER BY id") {}

    Damage run() {
        const std::function<void()> parts[] = {[&] { file(); },       [&] { messages(); },
                                               [&] { deliveries(); }, [&] { events(); },
                                               [&] { plans(); },      [&] { notes(); }};
        for (const auto& part : parts) try {
                part();
            } catch (const sqlite::Failure& failure) {
                found("store", sqlite::toError(failure).reason());
            }
        return std::move(damage_);
    }

private:
    void found(std::string id, Reason why) { damage_.emplace_back(std::move(id), std::move(why)); }

    void file() {
        sqlite::Statement check(connection_, "PRAGMA integrity_check(20)");
        auto rows = check();
        while (rows.step())
            if (rows.text(0) != "ok") {
                const std::string what = rows.string(0);
                found("store", say("the file: {0}", "le fichier : {0}", {what}));
            }
    }

    template <class Read>
    static bool opens(Read read) {
        try {
            read();
            return true;
        } catch (const Error&) {
            return false;
        } catch (const sqlite::Failure& failure) {  // of one row's pages: the others are looked at
            if ((failure.code & 0xff) != SQLITE_CORRUPT) throw;
            return false;
        }
    }

    enum class State { good, damaged, missing };

    /// Chunk by chunk: it may be large.
    State read(std::int64_t number, std::optional<std::uint64_t> size) {
        ChunkedBody chunks(number);
        std::string bytes;
        auto rows = chunks_(number * 65536, number * 65536 + 65535);
        const bool whole = opens([&] {
            for (; rows.step(); bytes.clear())
                chunks.append(bytes, seal_,
                              {rows.number<std::uint64_t>(0), rows.number<std::uint16_t>(1),
                               rows.number<int>(2), rows.blob(3)});
            chunks.end(size);
        });
        if (whole) return State::good;
        return chunks.none() ? State::missing : State::damaged;
    }

    /// What still waits has its bytes; retention takes them from what is finished.
    void waitingBody(const std::string& id, const sqlite::Query& row, const Reason& what) {
        const auto size = row.number<std::uint64_t>(5);
        if (row.null(1) && size != 0 && row.integer(6) != 0)
            found(id, say("{0} missing", "{0} : absents", {what}));
        body(id, row, 1, size, what);
    }

    /// @param size  of the whole, when it is known
    void body(const std::string& id, const sqlite::Query& row, int column,
              std::optional<std::uint64_t> size, const Reason& what) {
        if (row.null(column)) return;
        // Deliveries of one message that have the same bytes stand side by side.
        if (const std::int64_t number = row.integer(column); number != lastBody_) {
            lastBody_ = number;
            last_ = read(number, size);
        }
        if (last_ == State::missing)
            found(id, say("{0} missing", "{0} : absents", {what}));
        else if (last_ == State::damaged)
            found(id, say("{0} damaged", "{0} : endommagés", {what}));
    }

    void text(const std::string& id, const sqlite::Query& row, int column, Seal::Purpose purpose,
              const Reason& what) {
        const auto number = row.number<std::uint64_t>(0);
        if (!opens([&] { seal_.text(purpose, number, row, column); })) found(id, what);
    }

    void messages() {
        std::int64_t after = -1;
        for (int seen = kRows; seen == kRows;) {
            sqlite::Statement select(
                connection_,
                "SELECT seq, body, facts, words, NULL, size, state IN (?, ?) FROM message"
                " WHERE seq > ? ORDER BY seq LIMIT ?");
            auto rows = select(MessageState::received, MessageState::held, after, kRows);
            for (seen = 0; rows.step(); ++seen) {
                after = rows.integer(0);
                const std::string id = ids_.message(rows.number<std::uint64_t>(0));
                waitingBody(id, rows, {"its bytes are", "ses octets"});
                text(id, rows, 2, Seal::Purpose::facts,
                     {"what the transport knew of it is damaged",
                      "ce que le transport en savait est endommagé"});
                text(id, rows, 3, Seal::Purpose::message,
                     {"the reason of its state is damaged", "le motif de son état est endommagé"});
            }
        }
    }

    void deliveries() {
        std::int64_t after = -1;
        for (int seen = kRows; seen == kRows;) {
            sqlite::Statement select(
                connection_,
                "SELECT id, body, answer_body, answer_summary, words, size, state IN (?, ?, ?)"
                " FROM delivery WHERE id > ? ORDER BY id LIMIT ?");
            auto rows = select(DeliveryState::queued, DeliveryState::inflight,
                               DeliveryState::uncertain, after, kRows);
            for (seen = 0; rows.step(); ++seen) {
                after = rows.integer(0);
                const std::string id = ids_.delivery(rows.number<std::uint64_t>(0));
                waitingBody(id, rows, {"its bytes are", "ses octets"});
                body(id, rows, 2, {}, {"the bytes of its answer are", "les octets de sa réponse"});
                text(id, rows, 3, Seal::Purpose::answer,
                     {"the summary of its answer is damaged",
                      "le résumé de sa réponse est endommagé"});
                text(id, rows, 4, Seal::Purpose::delivery,
                     {"the reason of its state is damaged", "le motif de son état est endommagé"});
            }
        }
    }

    void events() {
        std::int64_t message = -1, event = -1;
        for (int seen = kRows; seen == kRows;) {
            sqlite::Statement select(connection_,
                                     "SELECT id, message, words FROM event"
                                     " WHERE (message, id) > (?, ?) ORDER BY message, id LIMIT ?");
            auto rows = select(message, event, kRows);
            for (seen = 0; rows.step(); ++seen) {
                event = rows.integer(0);
                message = rows.integer(1);
                text(ids_.message(rows.number<std::uint64_t>(1)), rows, 2, Seal::Purpose::event,
                     {"a line of its timeline is damaged",
                      "une ligne de sa chronologie est endommagée"});
            }
        }
    }

    /// Named by the message that made the entry: the plan's number is not for a log.
    void plans() {
        std::int64_t after = -1;
        for (int seen = kRows; seen == kRows;) {
            sqlite::Statement select(connection_,
                                     "SELECT id, facts, message, barred FROM plan WHERE id > ?"
                                     " ORDER BY id LIMIT ?");
            auto rows = select(after, kRows);
            for (seen = 0; rows.step(); ++seen) {
                after = rows.integer(0);
                if (!opens([&] {
                        unpackTexts(seal_.text(Seal::Purpose::entry, rows.number<std::uint64_t>(0),
                                               rows, 1));
                        unpackTexts(rows.blob(3));
                    }))
                    found(rows.null(2) ? "store" : ids_.message(rows.number<std::uint64_t>(2)),
                          {"the entry that it made in the register is damaged",
                           "l'inscription qu'il a faite au registre est endommagée"});
            }
        }
    }

    void notes() {
        sqlite::Statement select(connection_, "SELECT key, text FROM note");
        auto rows = select();
        while (rows.step()) {
            const std::string key = rows.string(0);
            if (isSecretNote(key) && !opens([&] { openedNote(seal_, key, rows.text(1)); }))
                found("store", {"a note that holds a secret is damaged",
                                "une note qui contient un secret est endommagée"});
        }
    }

    sqlite::Connection& connection_;
    const Seal& seal_;
    const Ids& ids_;
    sqlite::Statement chunks_;
    std::int64_t lastBody_ = 0;
    State last_ = State::good;
    Damage damage_;
};

}  // namespace

Damage examine(sqlite::Connection& connection, const Seal& seal, const Ids& ids) {
    return Examination(connection, seal, ids).run();
}

}  // namespace gateway
