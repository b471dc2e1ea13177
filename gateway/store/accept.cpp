/// put() and refused().
#include "store/pack.h"
#include "store/register_changes.h"
#include "store/store_parts.h"

namespace gateway {

namespace {

/// What can be made ready on the caller's thread.
struct Prepared {
    std::string orderKeys, subjects, repeat, content, control, facts;
    PreparedBody body;
    std::optional<MessageClaim> fresh;  ///< for whoever claims it
    std::vector<PreparedChange> changes;
};

std::optional<MessageClaim> freshOf(const Incoming& in) {
    if (in.state != MessageState::received || in.body.size() > Handover<MessageClaim>::kLargest)
        return {};
    MessageClaim fresh;
    fresh.source = in.source;
    fresh.codec = in.codec;
    fresh.body = Bytes::copy(in.body.view());  // a part of something larger would keep all of that
    fresh.facts = in.facts;
    fresh.received = in.received;
    return fresh;
}

void addHashes(HashIndex& hashes, const Incoming& in, const Prepared& prepared, std::uint64_t seq) {
    hashes.message(seq, in.received);
    hashes.add(HashIndex::Kind::repeat, prepared.repeat, seq);
    hashes.add(HashIndex::Kind::control, prepared.control, seq);
    for (std::size_t at = 0; at < prepared.subjects.size(); at += KeyedHash::kSize)
        hashes.add(HashIndex::Kind::subject,
                   std::string_view(prepared.subjects).substr(at, KeyedHash::kSize), seq);
}

/// A message that is known by the same key.
struct Known {
    std::uint64_t seq = 0;
    Time received{};
    std::string content;
};

/// The newest alone: X, Y, X under one id is a correction taken back.
std::optional<Known> findRepeat(Transaction& transaction, const std::string& repeat, Time since) {
    std::optional<Known> known;
    HashIndex::search(transaction.sql().hashes,
                      transaction.hashes().places(HashIndex::Kind::repeat, repeat, since),
                      [&](std::uint64_t seq) {
                          auto row = transaction.sql().knownBy(seq);
                          if (!row.step() || row.blob(0) != repeat) return false;
                          known = Known{seq, row.time(2), std::string(row.blob(1))};
                          return true;
                      });
    if (known && known->received < since) known.reset();
    return known;
}

/// Who sent it, for the audit: the endpoint and who is signed in there; else the address.
void tell(Transaction& transaction, const Incoming& in, std::int64_t source, std::uint64_t seq) {
    std::string by(in.facts.get("who.endpoint"));
    if (const auto person = in.facts.get("who.person"); !person.empty())
        by.append(by.empty() ? "" : " ").append(person);
    if (by.empty()) by = in.facts.get("peer");
    HappeningRow told{Happening::Kind::received, seq};
    told.end = source;
    if (const auto partner = in.facts.get("who.partner"); !partner.empty())
        told.partner = transaction.name(partner);
    told.by = by;
    transaction.happened(told);
}

void addMessage(Transaction& transaction, const Incoming& in, Prepared& prepared, std::uint64_t seq,
                Handover<MessageClaim>& claims) {
    const auto state = in.state;
    if (state != MessageState::received && state != MessageState::held)
        throw Error(Fault::internal, "store", "a message can only begin as received or held");
    const std::int64_t source = transaction.name(in.source);
    const auto body = prepared.body.put(transaction);
    transaction.sql()
        .addMessage(seq, state, source, transaction.name(in.codec), in.received, transaction.now(),
                    in.body.size(), body, sqlite::Text{in.type}, sqlite::Blob{prepared.orderKeys},
                    sqlite::Blob{prepared.subjects}, sqlite::Blob{prepared.repeat},
                    sqlite::Blob{prepared.content}, sqlite::Blob{prepared.control},
                    transaction.seal().cell(Seal::Purpose::facts, seq, prepared.facts),
                    transaction.seal().words(Seal::Purpose::message, seq, in.reason))
        .run();
    addHashes(transaction.hashes(), in, prepared, seq);
    transaction.count({TallyKey::message, source, static_cast<int>(state)}, 1, seq);
    transaction.count({TallyKey::accepted, source, 0}, 1);
    tell(transaction, in, source, seq);
    if (state == MessageState::held)
        transaction.event(seq, 0, What::of(state), {}, in.reason);
    else
        transaction.after([seq, &prepared, &claims](Board& board) {
            if (prepared.fresh) {
                const std::size_t size = prepared.fresh->body.size();
                claims.add(seq, *std::move(prepared.fresh), size);
            }
            board.messages.add(seq, briefKeys(prepared.orderKeys));
        });
}

/// Whoever sends the same for days does not make a timeline that nobody can read any more.
void tellRepeat(Transaction& transaction, std::uint64_t seq) {
    constexpr std::int64_t kTold = 100;
    transaction.count({TallyKey::ever, 0, TallyKey::repeats}, 1);
    std::int64_t told = 0;
    {
        auto row = transaction.sql().eventsLike(seq, What::repeat().code, kTold);
        if (row.step()) told = row.integer(0);
    }
    if (told >= kTold) return;
    const bool last = told + 1 == kTold;
    transaction.event(seq, 0, What::repeat(), {},
                      last ? Reason{"those that follow are only counted",
                                    "ceux qui suivent sont seulement comptés"}
                           : Reason());
}

Stored store(Transaction& transaction, const Incoming& in, Prepared& prepared,
             Handover<MessageClaim>& claims) {
    std::optional<std::uint64_t> same, other;
    if (!prepared.repeat.empty()) {
        if (const auto known = findRepeat(transaction, prepared.repeat, in.repeatSince))
            (known->content == prepared.content ? same : other) = known->seq;
    }
    Stored stored;
    if (same) {
        tellRepeat(transaction, *same);
        stored.kind = Stored::Kind::repeat;
        stored.id = transaction.ids().message(*same);
    } else if (other && in.refuseOtherContent) {
        stored.kind = Stored::Kind::conflict;
        stored.id = transaction.ids().message(*other);
    } else if (overtaken(transaction, in.changes)) {
        stored.kind = Stored::Kind::overtaken;
    } else {
        const std::uint64_t seq = transaction.take(Transaction::Counter::seq);
        applyChanges(transaction, in.changes, prepared.changes, seq);
        addMessage(transaction, in, prepared, seq, claims);
        stored.id = transaction.ids().message(seq);
        stored.reused = other.has_value();
        if (other) {
            transaction.count({TallyKey::reused, transaction.name(in.source), 0}, 1);
            const std::string before = transaction.ids().message(*other);
            transaction.event(seq, 0, What::note(), {},
                              {"its control id came before with other content: " + before,
                               "son identifiant est déjà venu avec un autre contenu : " + before});
        }
    }
    return stored;
}

}  // namespace

std::vector<Stored> SqliteStore::put(std::span<const Incoming> batch) {
    std::vector<Prepared> prepared(batch.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Incoming& in = batch[i];
        for (const auto& key : in.orderKeys)
            prepared[i].orderKeys += (*hash_)(Purpose::orderKey, key);
        for (const auto& subject : in.subjects)
            prepared[i].subjects += (*hash_)(Purpose::subject, subject);
        if (!in.repeatKey.empty()) {
            prepared[i].repeat = (*hash_)(Purpose::repeat, in.repeatKey);
            prepared[i].content = (*hash_)(Purpose::content, in.content);
        }
        if (!in.controlId.empty()) prepared[i].control = (*hash_)(Purpose::control, in.controlId);
        prepared[i].facts = packFacts(in.facts);
        prepared[i].changes = prepare(*hash_, in.changes);
        prepared[i].fresh = freshOf(in);
        bytes += in.body.size();
    }
    std::vector<Stored> stored(batch.size());
    if (batch.empty()) return stored;
    room_.claim(bytes);
    for (std::size_t i = 0; i < batch.size(); ++i)
        prepared[i].body = PreparedBody(*staged_, batch[i].body.view());
    std::uint64_t written = 0;  // of the others nothing is left to be
    for (const Incoming& in : batch)
        if (in.body.size() <= kChunkSize) written += in.body.size();
    writer_->write(batch.size(), written, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i)
            stored[i] = store(transaction, batch[i], prepared[i], freshMessages_);
    });
    return stored;
}

void SqliteStore::refused(std::span<const Refusal> batch) {
    std::vector<Refusal> refusals(batch.begin(), batch.end());
    for (Refusal& refusal : refusals)
        if (!refusal.controlId.empty())
            refusal.controlId = (*hash_)(Purpose::control, refusal.controlId);
    // What nobody accepted does not use up the room that what was accepted needs.
    const bool counted = room_.low();
    writer_->writeLater([refusals = std::move(refusals), counted](Transaction& transaction) {
        for (const Refusal& refusal : refusals) {
            if (!counted)
                transaction.sql()
                    .addRefusal(refusal.at, transaction.name(refusal.source),
                                sqlite::Text{refusal.peer}, sqlite::Blob{refusal.controlId},
                                refusal.fault, sqlite::Text{refusal.where})
                    .run();
            transaction.count({TallyKey::ever, 0, TallyKey::refused}, 1);
            HappeningRow told{Happening::Kind::refused};
            told.end = transaction.name(refusal.source);
            told.by = refusal.peer;
            told.place = refusal.where;
            transaction.happened(told);
        }
    });
}

}  // namespace gateway
