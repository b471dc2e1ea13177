/// replay() and close().
#include "store/store_parts.h"
#include "words/state_word.h"

namespace gateway {

namespace {

using Result = std::optional<Reason>;  ///< why not; nothing: done

Reason unknownId() { return {"unknown id", "identifiant inconnu"}; }

Reason byWhom(std::string_view by) { return {"by " + std::string(by), "par " + std::string(by)}; }

/// What stands between a delivery and the end of its lane, found before the change is written.
struct Newer {
    std::uint64_t id = 0;
    std::uint64_t message = 0;
};

class Person {
public:
    Person(Transaction& transaction, std::string_view by) : transaction_(transaction), by_(by) {}

    Result replayMessage(std::uint64_t seq) {
        std::string keys;
        {
            auto row = transaction_.sql().getMessage(seq);
            if (!row.step()) return unknownId();
            const auto state = row.number<MessageState>(0);
            if (state != MessageState::held) return notHeld(state);
            source_ = row.integer(1);
            keys = row.blob(5);
        }
        change(seq, MessageState::received, 1, message_flag::replayed, {});
        transaction_.event(seq, 0, What::replay(), {}, byWhom(by_));
        transaction_.event(seq, 0, What::of(MessageState::received));
        transaction_.after([seq, brief = briefKeys(keys)](Board& board) {
            ++board.replays;
            if (board.messages.blocked(seq))
                board.messages.unblock(seq);
            else
                board.messages.add(seq, brief);
        });
        return {};
    }

    Result closeMessage(std::uint64_t seq, const Reason& why) {
        {
            auto row = transaction_.sql().getMessage(seq);
            if (!row.step()) return unknownId();
            const auto state = row.number<MessageState>(0);
            if (state != MessageState::held) return notHeld(state);
            source_ = row.integer(1);
        }
        change(seq, MessageState::closed, {}, 0, why);
        transaction_.event(seq, 0, What::of(MessageState::closed), {}, why);
        transaction_.after([seq](Board& board) { board.messages.remove(seq); });
        return {};
    }

    Result replayDelivery(std::uint64_t id, const std::optional<Newer>& newer) {
        const auto row = readDelivery(transaction_, id);
        if (!row) return unknownId();
        switch (row->state) {
            case DeliveryState::held: return makeAgain(*row);
            case DeliveryState::setAside:
            case DeliveryState::uncertain: return sendAgain(*row, newer);
            default:
                return say("is {0}: only what is held, set aside or uncertain can be replayed",
                           "est {0} : seul ce qui est retenu, mis de côté ou incertain peut être "
                           "rejoué",
                           {stateWord(toText(row->state))});
        }
    }

    /// Of a delivery set aside, by today's configuration; held ones are always.
    Result translateAnew(std::uint64_t id) {
        const auto row = readDelivery(transaction_, id);
        if (!row) return unknownId();
        if (row->state == DeliveryState::held) return makeAgain(*row);
        if (row->state == DeliveryState::uncertain)
            return Reason{"perhaps it has arrived: only the same bytes may go again",
                          "peut-être est-il arrivé : seuls les mêmes octets peuvent repartir"};
        if (row->state != DeliveryState::setAside)
            return say("is {0}: only what is held or set aside can be translated anew",
                       "est {0} : seul ce qui est retenu ou mis de côté peut être traduit de "
                       "nouveau",
                       {stateWord(toText(row->state))});
        if (gone("SELECT body IS NULL AND size > 0 FROM message WHERE seq = ?", row->message))
            return Reason{"the message that it was made from is no longer kept",
                          "le message dont il est issu n'est plus conservé"};
        return makeAgain(*row);
    }

    Result closeDelivery(std::uint64_t id, const Reason& why) {
        const auto row = readDelivery(transaction_, id);
        if (!row) return unknownId();
        if (finished(row->state))
            return say("is {0} already", "est déjà {0}", {stateWord(toText(row->state))});
        if (row->state == DeliveryState::inflight)
            return Reason{"is being sent", "est en cours d'envoi"};
        gateway::closeDelivery(transaction_, *row, why);
        leaveLane(transaction_, *row);
        return {};
    }

private:
    static Result notHeld(MessageState state) {
        return say("is {0}: nothing of it waits for a person",
                   "est {0} : rien n'y attend une personne", {stateWord(toText(state))});
    }

    void change(std::uint64_t seq, MessageState to, std::optional<int> open, std::int64_t flags,
                const Reason& reason) {
        if (!allowed(MessageState::held, to))
            throw Error(Fault::internal, "store", "a change of a message that is not allowed");
        transaction_.sql()
            .reopenMessage(to, open, flags, transaction_.now(),
                           transaction_.seal().words(Seal::Purpose::message, seq, reason), seq)
            .run();
        transaction_.move(TallyKey::message, source_, static_cast<int>(MessageState::held),
                          static_cast<int>(to), seq);
    }

    Result makeAgain(const DeliveryRow& row) {
        if (row.flags & delivery_flag::redo)
            return Reason{"is waiting to be made again already", "attend déjà d'être refait"};
        transaction_.sql().markDelivery(row.flags | delivery_flag::redo, row.id).run();
        transaction_.event(row.message, row.id, What::replay(), {}, byWhom(by_));
        transaction_.after(
            [message = row.message](Board& board) { board.messages.addRedo(message); });
        return {};
    }

    bool gone(const char* sql, std::uint64_t number) {
        sqlite::Statement select(transaction_.connection(), sql);
        auto row = select(number);
        return row.step() && row.integer(0) != 0;
    }

    /// What blocks its lane keeps its place there, so that order holds; all else goes to the end.
    Result sendAgain(const DeliveryRow& row, const std::optional<Newer>& newer) {
        // A late word can set aside what retention has taken the bytes of.
        if (gone("SELECT body IS NULL AND size > 0 FROM delivery WHERE id = ?", row.id))
            return Reason{"its bytes are no longer kept", "ses octets ne sont plus conservés"};
        const bool inPlace = waitsInLane(row.state, row.flags);
        transaction_.event(row.message, row.id, What::replay(), {}, byWhom(by_));
        recordSteps(transaction_, row, DeliveryState::queued, {});
        const std::uint64_t ord = inPlace ? row.ord : transaction_.take(Transaction::Counter::tick);
        transaction_.sql()
            .replayDelivery(DeliveryState::queued, row.flags & delivery_flag::born, ord,
                            transaction_.now(), row.id)
            .run();
        if (newer && !inPlace) tellBoth(row, *newer);
        transaction_.after([end = endOf(transaction_, row), lane = row.lane,
                            others = otherLanesOf(transaction_, row.id), id = row.id,
                            inPlace](Board& board) {
            const LaneBoard::Waiting waiting{id};
            inPlace ? board.lanes.change(end, lane, waiting)
                    : board.lanes.add(end, lane, others, waiting);
        });
        return {};
    }

    void tellBoth(const DeliveryRow& row, const Newer& newer) {
        const auto& ids = transaction_.ids();
        const std::string mine = ids.delivery(row.id), other = ids.delivery(newer.id);
        transaction_.event(row.message, row.id, What::note(), {},
                           {"replayed after something newer of its lane was delivered: " + other,
                            "rejoué après la remise d'un envoi plus récent de sa file : " + other});
        transaction_.event(newer.message, newer.id, What::note(), {},
                           {"something older of its lane was replayed after it: " + mine,
                            "un envoi plus ancien de sa file a été rejoué après lui : " + mine});
    }

    Transaction& transaction_;
    const std::string_view by_;
    std::int64_t source_ = 0;
};

/// Looks beside the writer, since it may have to look at all that came later.
std::optional<Newer> findNewer(Reader& reader, std::uint64_t id) {
    auto& sql = reader.sql();
    auto row = sql.delivery(id);
    if (!row.step() || row.number<DeliveryState>(2) != DeliveryState::setAside) return {};
    auto rows = sql.newerDelivered(row.integer(1), row.integer(21), row.integer(5),
                                   DeliveryState::delivered, id, row.integer(4));
    if (!rows.step()) return {};
    return Newer{rows.number<std::uint64_t>(0), rows.number<std::uint64_t>(1)};
}

}  // namespace

std::vector<std::optional<Reason>> SqliteStore::replay(std::span<const std::string> ids,
                                                       std::string_view by) {
    std::vector<Result> results(ids.size());
    if (ids.empty()) return results;
    std::vector<std::optional<Newer>> newer(ids.size());
    readers_->with([&](Reader& reader) {
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (const auto id = ids_.delivery(ids[i])) newer[i] = findNewer(reader, *id);
    });
    writer_->write(ids.size(), 0, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            Person person(transaction, by);
            if (const auto seq = ids_.message(ids[i]))
                results[i] = person.replayMessage(*seq);
            else if (const auto id = ids_.delivery(ids[i]))
                results[i] = person.replayDelivery(*id, newer[i]);
            else
                results[i] = unknownId();
        }
    });
    return results;
}

std::vector<std::optional<Reason>> SqliteStore::retranslate(std::span<const std::string> ids,
                                                            std::string_view by) {
    std::vector<Result> results(ids.size());
    if (ids.empty()) return results;
    writer_->write(ids.size(), 0, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            Person person(transaction, by);
            if (const auto seq = ids_.message(ids[i]))
                results[i] = person.replayMessage(*seq);
            else
                results[i] = person.translateAnew(ids_.delivery(ids[i]).value_or(0));
        }
    });
    return results;
}

std::vector<std::optional<Reason>> SqliteStore::close(std::span<const std::string> ids,
                                                      const Reason& why, std::string_view by) {
    std::vector<Result> results(ids.size());
    if (ids.empty()) return results;
    const Reason reason = say("{0} ({1})", "{0} ({1})", {why, byWhom(by)});
    writer_->write(ids.size(), 0, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            Person person(transaction, by);
            if (const auto seq = ids_.message(ids[i]))
                results[i] = person.closeMessage(*seq, reason);
            else if (const auto id = ids_.delivery(ids[i]))
                results[i] = person.closeDelivery(*id, reason);
            else
                results[i] = unknownId();
        }
    });
    return results;
}

}  // namespace gateway
