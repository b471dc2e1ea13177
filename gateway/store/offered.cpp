/// offer(), offered(), pickedUp() and expire().
#include <algorithm>

#include "store/pack.h"
#include "store/store_parts.h"
#include "words/state_word.h"

namespace gateway {

namespace {

using Result = std::optional<Reason>;  ///< why not; nothing: done

/// Lays a claimed delivery out; its lane goes on.
void layOut(Transaction& transaction, const DeliveryRow& row, Time until) {
    recordSteps(transaction, row, DeliveryState::offered, {});
    transaction.sql()
        .offerDelivery(DeliveryState::offered, row.flags & delivery_flag::born,
                       transaction.take(Transaction::Counter::tick), transaction.now(), until,
                       row.id)
        .run();
    leaveLane(transaction, row);
}

Reason wordsOf(const PickUp& pickUp) {
    if (pickUp.by.empty()) return pickUp.reason;
    if (pickUp.reason.empty())
        return say("picked up by {0}", "retiré par {0}", {std::string_view(pickUp.by)});
    return say("{0} (by {1})", "{0} (par {1})", {pickUp.reason, std::string_view(pickUp.by)});
}

Result pickUpOne(Transaction& transaction, std::uint64_t id, const PickUp& pickUp,
                 const std::vector<Chunk>& answer) {
    const auto row = readDelivery(transaction, id);
    if (!row) return Reason{"unknown id", "identifiant inconnu"};
    if (row->state != DeliveryState::offered)
        return say("is {0}: does not wait to be picked up", "est {0} : n'attend pas d'être retiré",
                   {stateWord(toText(row->state))});
    const Reason reason = wordsOf(pickUp);
    if (pickUp.answer && pickUp.state != DeliveryState::delivered)
        recordAnswer(transaction, *row, *pickUp.answer);
    recordSteps(transaction, *row, pickUp.state, reason);
    const bool delivered = pickUp.state == DeliveryState::delivered;
    const bool open = !finished(pickUp.state);
    const Seal& seal = transaction.seal();
    if (row->answerBody) transaction.eraseBody(*row->answerBody);
    transaction.sql()
        .settleDelivery(pickUp.state, open ? std::optional<int>(1) : std::nullopt,
                        row->flags & delivery_flag::born, transaction.now(), 0,
                        transaction.body(answer),
                        seal.cell(Seal::Purpose::answer, id,
                                  pickUp.answer ? std::string_view(pickUp.answer->summary)
                                                : std::string_view()),
                        seal.words(Seal::Purpose::delivery, id, delivered ? Reason() : reason), id)
        .run();
    if (delivered) addReceipt(transaction, *row, transaction.now());
    return {};
}

/// Fetched in the meantime, and perhaps laid out again until another day: then not.
bool waitsUntil(Transaction& transaction, std::uint64_t id, Time until) {
    sqlite::Statement select(transaction.connection(),
                             "SELECT retry_at FROM delivery WHERE id = ? AND state = ?");
    auto row = select(id, DeliveryState::offered);
    return row.step() && row.time(0) == until;
}

/// Whether what it was made from is still there, to make it anew.
bool hasSource(Transaction& transaction, const DeliveryRow& row) {
    sqlite::Statement select(transaction.connection(),
                             "SELECT body IS NOT NULL OR size = 0 FROM message WHERE seq = ?");
    auto found = select(row.message);
    return found.step() && found.integer(0) != 0;
}

void expireOne(Transaction& transaction, std::uint64_t id, Time until,
               std::span<const std::string> onward) {
    if (!waitsUntil(transaction, id, until)) return;
    const auto row = readDelivery(transaction, id);
    const bool goesOn = std::find(onward.begin(), onward.end(),
                                  transaction.nameText(row->destination)) != onward.end() &&
                        hasSource(transaction, *row);
    const Reason reason =
        goesOn ? say("nobody picked it up until {0}: it goes its other way",
                     "personne ne l'a retiré avant le {0} : il part par son autre voie",
                     {toText(until)})
               : say("nobody picked it up until {0}", "personne ne l'a retiré avant le {0}",
                     {toText(until)});
    recordSteps(transaction, *row, DeliveryState::setAside, reason);
    if (row->answerBody) transaction.eraseBody(*row->answerBody);
    transaction.sql()
        .settleDelivery(DeliveryState::setAside, 1,
                        (row->flags & delivery_flag::born) | delivery_flag::unread |
                            (goesOn ? delivery_flag::redo : 0),
                        transaction.now(), 0, nullptr, nullptr,
                        transaction.seal().words(Seal::Purpose::delivery, id, reason), id)
        .run();
    if (goesOn)
        transaction.after(
            [message = row->message](Board& board) { board.messages.addRedo(message); });
}

}  // namespace

std::vector<Settled> SqliteStore::offer(std::span<const OfferedClaim> batch) {
    std::vector<Settled> settled(batch.size(), Settled::lost);
    if (batch.empty()) return settled;
    writer_->write(batch.size(), 0, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            settled[i] = Settled::lost;
            const auto row = firstOfClaim(transaction, batch[i].claim);
            if (!row) continue;
            layOut(transaction, *row, batch[i].until);
            settled[i] = Settled::done;
        }
    });
    return settled;
}

std::vector<OfferedDelivery> SqliteStore::offered(std::string_view destination,
                                                  std::string_view after, std::size_t most) {
    const auto name = names_.id(std::string(destination));
    const auto id = ids_.delivery(after);
    if (!after.empty() && !id)
        throw Error(Fault::rejected, "after", {"unknown id", "identifiant inconnu"});
    std::vector<OfferedDelivery> all;
    if (!name) return all;  // nothing was ever sent there
    readers_->with([&](Reader& reader) {
        const Reader::Snapshot snapshot(reader);
        auto rows = reader.sql().offered(*name, id.value_or(0), most);
        while (rows.step()) {
            OfferedDelivery one;
            one.id = ids_.delivery(rows.number<std::uint64_t>(0));
            one.message = ids_.message(rows.number<std::uint64_t>(1));
            one.partner = nameOf(reader, rows, 4);
            one.destination = destination;
            one.mediaType = nameOf(reader, rows, 6);
            one.extension = nameOf(reader, rows, 7);
            one.since = rows.time(11);
            one.until = rows.time(12);
            one.controlId = rows.string(17);
            one.plan = rows.string(18);
            one.edition = rows.string(19);
            all.push_back(std::move(one));
        }
    });
    return all;
}

std::vector<std::optional<Reason>> SqliteStore::pickedUp(std::span<const PickUp> batch) {
    std::vector<std::vector<Chunk>> answers(batch.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!allowed(DeliveryState::offered, batch[i].state))
            throw Error(Fault::internal, "store", "nothing that is picked up becomes that");
        if (!batch[i].answer) continue;
        answers[i] = toChunks(batch[i].answer->body.view());
        bytes += batch[i].answer->body.size();
    }
    std::vector<Result> results(batch.size());
    if (batch.empty()) return results;
    writer_->write(batch.size(), bytes, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i)
            results[i] = pickUpOne(transaction, ids_.delivery(batch[i].id).value_or(0), batch[i],
                                   answers[i]);
    });
    return results;
}

std::size_t SqliteStore::expire(Time now, std::span<const std::string> onward, std::size_t most) {
    std::vector<std::pair<std::uint64_t, Time>> over;
    readers_->with([&](Reader& reader) {
        auto rows = reader.sql().offeredUntil(now, most);
        while (rows.step()) over.emplace_back(rows.number<std::uint64_t>(0), rows.time(1));
    });
    if (over.empty()) return 0;
    writer_->write(over.size(), 0, [&](Transaction& transaction) {
        for (const auto& [id, until] : over) expireOne(transaction, id, until, onward);
    });
    return over.size();
}

}  // namespace gateway
