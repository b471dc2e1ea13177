/// reserve() and translated().
#include <algorithm>
#include <map>

#include "core/spoken_place.h"
#include "store/pack.h"
#include "store/reconcile.h"
#include "store/register_changes.h"
#include "store/store_parts.h"

namespace gateway {

namespace {

constexpr std::uint64_t kReserveBlock = 65536;

struct PreparedDelivery {
    std::uint64_t id = 0;
    std::uint64_t lane = 0;
    std::vector<std::uint64_t> otherLanes;
    std::uint64_t instead = 0;
    std::string sent;                    ///< hash; empty when the bytes have its own id
    std::size_t sameBody = 0;            ///< index of the first delivery with these bytes
    bool ofMessage = false;              ///< it has its message's
    PreparedBody body;                   ///< of that one
    std::optional<DeliveryClaim> fresh;  ///< for whoever claims it
};

std::optional<DeliveryClaim> freshOf(const NewDelivery& in, const std::string& message, Time now) {
    if (in.state != DeliveryState::queued || in.body.size() > Handover<DeliveryClaim>::kLargest)
        return {};
    DeliveryClaim fresh;
    fresh.message = message;
    fresh.partner = in.partner;
    fresh.destination = in.destination;
    fresh.controlId = in.controlId;
    fresh.mediaType = in.mediaType;
    fresh.extension = in.extension;
    fresh.plan = in.plan;
    fresh.edition = in.edition;
    fresh.body = in.body;
    fresh.queued = now;
    return fresh;
}

struct Prepared {
    std::uint64_t seq = 0;
    std::vector<PreparedDelivery> deliveries;
    std::vector<PreparedChange> changes;
    Bytes own;  ///< the message's
};

class Part {
public:
    Part(Transaction& transaction, const Translation& translation, Prepared& prepared,
         Handover<DeliveryClaim>& claims)
        : transaction_(transaction), in_(translation), prepared_(prepared), claims_(claims) {}

    Settled run() {
        MessageBoard::Standing standing;
        std::vector<std::uint64_t> redoIds;
        {
            const std::lock_guard lock(transaction_.board().mutex);
            auto& messages = transaction_.board().messages;
            standing = messages.standing(prepared_.seq, in_.epoch);
            redoIds = messages.redoIds(prepared_.seq);
        }
        if (standing == MessageBoard::Standing::lost) {
            transaction_.after([seq = prepared_.seq, epoch = in_.epoch](Board& board) {
                board.messages.release(seq, epoch);
            });
            return Settled::lost;
        }
        if (overtaken(transaction_, in_.changes)) return Settled::overtaken;
        redo_ = standing == MessageBoard::Standing::redo;
        if (!redo_ && !changeMessage()) return Settled::lost;
        for (const DeliveryEnd& end : in_.ends) endDeliveries(transaction_, end);
        addDeliveries();
        addNotes();
        applyChanges(transaction_, in_.changes, prepared_.changes, prepared_.seq);
        if (redo_) endRedo(redoIds);
        return Settled::done;
    }

private:
    bool changeMessage() {
        if (!allowed(MessageState::received, in_.state))
            throw Error(Fault::internal, "store",
                        "a translation cannot make a message " + std::string(toText(in_.state)));
        const bool held = in_.state == MessageState::held;
        const std::int64_t flags = held && in_.blocks ? message_flag::blocks : 0;
        std::int64_t source = 0;
        {
            const sqlite::Cell words =
                transaction_.seal().words(Seal::Purpose::message, prepared_.seq, in_.reason);
            auto row = transaction_.sql().setMessage(
                in_.state, held ? std::optional<int>(1) : std::nullopt, flags, transaction_.now(),
                transaction_.nameOrNull(in_.configVersion), words, prepared_.seq,
                MessageState::received);
            if (!row.step()) return false;
            source = row.integer(0);
            if (!row.null(1)) messageBody_ = row.integer(1);
        }
        transaction_.move(TallyKey::message, source, static_cast<int>(MessageState::received),
                          static_cast<int>(in_.state), prepared_.seq);
        transaction_.event(prepared_.seq, 0, What::of(in_.state), {}, in_.reason);
        if (in_.state == MessageState::ignored) erase();
        const std::uint64_t seq = prepared_.seq;
        if (flags != 0) {
            transaction_.after([seq](Board& board) { board.messages.block(seq); });
        } else {
            transaction_.leaves(seq);
            transaction_.after([seq](Board& board) { board.messages.remove(seq); });
        }
        return true;
    }

    /// Nothing that tells of a person stays of a message that was ignored.
    void erase() {
        std::optional<std::int64_t> body;
        std::string subjects;
        {
            auto row = transaction_.sql().getMessage(prepared_.seq);
            if (!row.step()) return;
            if (!row.null(2)) body = row.integer(2);
            subjects = row.blob(3);
        }
        if (body) transaction_.eraseBody(*body);
        for (std::size_t at = 0; at < subjects.size(); at += KeyedHash::kSize)
            transaction_.hashes().erase(transaction_.connection(),
                                        std::string_view(subjects).substr(at, KeyedHash::kSize),
                                        prepared_.seq);
        transaction_.sql().eraseMessage(prepared_.seq).run();
    }

    std::optional<std::int64_t> bodyOf(PreparedDelivery& prepared) {
        return prepared.ofMessage ? messageBody_ : prepared.body.put(transaction_);
    }

    void addDeliveries() {
        std::map<std::size_t, std::optional<std::int64_t>> bodies;
        for (std::size_t i = 0; i < in_.deliveries.size(); ++i) {
            const NewDelivery& in = in_.deliveries[i];
            PreparedDelivery& prepared = prepared_.deliveries[i];
            const auto former =
                readDelivery(transaction_, prepared.instead ? prepared.instead : prepared.id);
            if (decidedMeanwhile(in, former)) continue;
            const auto [body, fresh] = bodies.try_emplace(prepared.sameBody);
            if (fresh) body->second = bodyOf(prepared_.deliveries[prepared.sameBody]);
            if (!in.instead.empty())
                replace(in, prepared, body->second, *former);
            else if (former)
                remake(in, prepared, body->second, *former);
            else
                insert(in, prepared, body->second, transaction_.take(Transaction::Counter::tick));
            const bool made = in.instead.empty() || in.state == DeliveryState::queued;
            for (const Issue& issue : in.issues.all())
                addIssue(made ? prepared.id : former->id, issue);
        }
    }

    /// What was to be made again and a person has closed, or sent again as it was.
    bool decidedMeanwhile(const NewDelivery& in, const std::optional<DeliveryRow>& former) const {
        if (in.instead.empty())
            return redo_ && former && former->message == prepared_.seq &&
                   former->state != DeliveryState::held;
        return !former || former->message != prepared_.seq ||
               former->state != DeliveryState::setAside || !(former->flags & delivery_flag::redo);
    }

    /// A delivery set aside, made anew: that one is closed, and both point to each other. What
    /// blocks its lane gives its place.
    void replace(const NewDelivery& in, PreparedDelivery& prepared,
                 std::optional<std::int64_t> body, const DeliveryRow& old) {
        if (in.state != DeliveryState::queued) return keepAside(old, in.reason);
        const Reason closing =
            say("translated anew as {0}", "traduit de nouveau en {0}", {std::string_view(in.id)});
        closeDelivery(transaction_, old, closing);
        const bool sameEnd = transaction_.nameText(old.destination) == in.destination;
        const bool inPlace =
            waitsInLane(old.state, old.flags) && sameEnd && old.lane == prepared.lane;
        if (!inPlace) leaveLane(transaction_, old);
        insert(in, prepared, body,
               inPlace ? old.ord : transaction_.take(Transaction::Counter::tick), &old);
    }

    void keepAside(const DeliveryRow& row, const Reason& why) {
        transaction_.sql().markDelivery(row.flags & ~delivery_flag::redo, row.id).run();
        const Reason& reason = why.empty() ? notMadeAgain() : why;
        transaction_.event(
            row.message, row.id, What::note(), {},
            say("not translated anew: {0}", "pas traduit de nouveau : {0}", {reason}));
    }

    static const Reason& notMadeAgain() {
        static const Reason none{"not made again", "non refait"};
        return none;
    }

    void insert(const NewDelivery& in, PreparedDelivery& prepared, std::optional<std::int64_t> body,
                std::uint64_t ord, const DeliveryRow* instead = nullptr) {
        const bool queued = in.state == DeliveryState::queued;
        if (!queued && in.state != DeliveryState::held && in.state != DeliveryState::closed)
            throw Error(Fault::internal, "store", "a delivery begins queued, held or closed");
        const std::int64_t destination = transaction_.name(in.destination);
        transaction_.sql()
            .addDelivery(
                prepared.id, prepared_.seq, in.state, open(in.state),
                queued && !instead ? delivery_flag::born : 0, ord, prepared.lane,
                transaction_.name(in.partner), destination, transaction_.nameOrNull(in.mediaType),
                transaction_.nameOrNull(in.extension), transaction_.nameOrNull(in.mapVersion),
                transaction_.now(), transaction_.now(), in.body.size(), body,
                sqlite::Text{in.controlId}, sqlite::Blob{prepared.sent}, sqlite::Text{in.plan},
                sqlite::Text{in.edition},
                transaction_.seal().words(Seal::Purpose::delivery, prepared.id, in.reason))
            .run();
        transaction_.hashes().addSent(transaction_.connection(), prepared.sent, prepared.id);
        countNew(destination, in.state, prepared.id, 1);
        addOtherLanes(prepared);
        if (instead)
            takePlace(prepared, *instead, ord == instead->ord);
        else if (queued)
            handOver(in, prepared);
        else
            transaction_.event(prepared_.seq, prepared.id, What::of(in.state), {}, in.reason);
    }

    void takePlace(const PreparedDelivery& prepared, const DeliveryRow& old, bool inPlace) {
        const std::string before = transaction_.ids().delivery(old.id);
        transaction_.event(prepared_.seq, prepared.id, What::of(DeliveryState::queued), {},
                           say("translated anew, instead of {0}",
                               "traduit de nouveau, à la place de {0}", {before}));
        if (!inPlace) return enqueue(in_.deliveries[indexOf(prepared)], prepared);
        transaction_.after([end = endOf(transaction_, old), old = old.id, &prepared](Board& board) {
            board.lanes.replace(end, prepared.lane, old, {prepared.id});
        });
    }

    std::size_t indexOf(const PreparedDelivery& prepared) const {
        return static_cast<std::size_t>(&prepared - prepared_.deliveries.data());
    }

    void addOtherLanes(const PreparedDelivery& prepared) {
        for (const std::uint64_t lane : prepared.otherLanes)
            transaction_.sql().addOtherLane(prepared.id, lane).run();
    }

    /// A held delivery made again, under its id.
    void remake(const NewDelivery& in, const PreparedDelivery& prepared,
                std::optional<std::int64_t> body, const DeliveryRow& row) {
        if (row.message != prepared_.seq || row.state != DeliveryState::held)
            throw Error(Fault::internal, "store",
                        "only a held delivery of its message is made again");
        const std::int64_t destination = transaction_.name(in.destination);
        if (in.state == DeliveryState::held)
            transaction_.event(row.message, row.id, What::of(in.state), {}, in.reason);
        else
            recordSteps(transaction_, row, in.state, in.reason);
        if (destination != row.destination) {
            countNew(row.destination, in.state, row.id, -1);
            countNew(destination, in.state, row.id, 1);
        }
        transaction_.sql()
            .remakeDelivery(
                in.state, open(in.state), 0, transaction_.take(Transaction::Counter::tick),
                prepared.lane, transaction_.name(in.partner), destination,
                transaction_.nameOrNull(in.mediaType), transaction_.nameOrNull(in.extension),
                transaction_.nameOrNull(in.mapVersion), transaction_.now(), transaction_.now(),
                in.body.size(), body, sqlite::Text{in.controlId}, sqlite::Blob{prepared.sent},
                sqlite::Text{in.plan}, sqlite::Text{in.edition},
                transaction_.seal().words(Seal::Purpose::delivery, row.id, in.reason), row.id)
            .run();
        transaction_.sql().eraseOtherLanes(row.id).run();
        addOtherLanes(prepared);
        transaction_.hashes().addSent(transaction_.connection(), prepared.sent, row.id);
        if (in.state == DeliveryState::queued) enqueue(in, prepared);
    }

    /// A recipient that is intended, and where its delivery is.
    void countNew(std::int64_t destination, DeliveryState state, std::uint64_t id,
                  std::int64_t change) {
        transaction_.count({TallyKey::delivery, destination, static_cast<int>(state)}, change, id);
        transaction_.count({TallyKey::intended, destination, 0}, change);
    }

    static std::optional<int> open(DeliveryState state) {
        return finished(state) ? std::nullopt : std::optional<int>(1);
    }

    /// As enqueue(); its bytes are at hand for whoever claims it.
    void handOver(const NewDelivery& in, PreparedDelivery& prepared) {
        transaction_.after([&claims = claims_, &prepared](Board&) {
            if (!prepared.fresh) return;
            const std::size_t size = prepared.fresh->body.size();
            claims.add(prepared.id, *std::move(prepared.fresh), size);
        });
        enqueue(in, prepared);
    }

    void enqueue(const NewDelivery& in, const PreparedDelivery& prepared) {
        transaction_.after([destination = in.destination, prepared = &prepared](Board& board) {
            board.lanes.add(board.end(destination).number, prepared->lane, prepared->otherLanes,
                            {prepared->id});
        });
    }

    void addIssue(std::uint64_t delivery, const Issue& issue) {
        Reason text = saidOf(issue.where, issue.text);
        if (!issue.rule.empty()) text.en += " (" + issue.rule + ")";
        if (!issue.rule.empty() && !text.fr.empty()) text.fr += " (" + issue.rule + ")";
        transaction_.event(prepared_.seq, delivery, What::note(), {}, text);
    }

    void addNotes() {
        for (const Note& note : in_.notes) {
            const bool leftOut = !note.partner.empty();
            transaction_.event(prepared_.seq, 0, leftOut ? What::leftOut() : What::note(),
                               note.partner, note.text);
            if (!leftOut) continue;
            const std::int64_t who =
                ofDirectory(note.partner) ? transaction_.name(note.partner) : 0;
            transaction_.count({TallyKey::ever, 0, TallyKey::leftOut}, 1);
            transaction_.count({TallyKey::leftOutOf, who, 0}, 1, prepared_.seq);
            HappeningRow told{Happening::Kind::leftOut, prepared_.seq};
            told.partner = who;
            transaction_.happened(told);
        }
    }

    void endRedo(const std::vector<std::uint64_t>& asked) {
        const std::uint64_t seq = prepared_.seq;
        for (const std::uint64_t id : asked) {
            const auto row = readDelivery(transaction_, id);
            if (!row || !(row->flags & delivery_flag::redo)) continue;
            if (row->state == DeliveryState::setAside) {
                keepAside(*row, in_.reason);
                continue;
            }
            const Reason& reason = in_.reason.empty() ? notMadeAgain() : in_.reason;
            transaction_.sql()
                .remarkDelivery(row->flags & ~delivery_flag::redo,
                                transaction_.seal().words(Seal::Purpose::delivery, id, reason), id)
                .run();
            transaction_.event(seq, id, What::of(DeliveryState::held), {}, reason);
        }
        transaction_.after([seq](Board& board) { board.messages.removeRedo(seq); });
    }

    Transaction& transaction_;
    const Translation& in_;
    Prepared& prepared_;
    Handover<DeliveryClaim>& claims_;
    bool redo_ = false;
    std::optional<std::int64_t> messageBody_;
};

}  // namespace

void SqliteStore::holdDamaged(const MessageBoard::Claim& claim) {
    Translation held;
    held.id = ids_.message(claim.seq);
    held.epoch = claim.epoch;
    held.state = MessageState::held;
    held.reason = damage();
    writer_->writeLater([this, held = std::move(held), seq = claim.seq](Transaction& transaction) {
        Prepared prepared;
        prepared.seq = seq;
        Part(transaction, held, prepared, freshDeliveries_).run();
    });
}

std::vector<std::string> SqliteStore::reserve(std::size_t count) {
    const std::lock_guard lock(reserveMutex_);
    if (reserveEnd_ - reserveNext_ < count) {
        const std::uint64_t block = std::max<std::uint64_t>(kReserveBlock, count);
        writer_->write(1, 0, [&](Transaction& transaction) {
            reserveNext_ = transaction.takeMany(Transaction::Counter::delivery, block);
            reserveEnd_ = reserveNext_;
        });
        reserveEnd_ = reserveNext_ + block;
    }
    std::vector<std::string> ids;
    ids.reserve(count);
    while (ids.size() < count) ids.push_back(ids_.delivery(reserveNext_++));
    return ids;
}

std::vector<Settled> SqliteStore::translated(std::span<const Translation> batch) {
    const Time now = options_.clock();
    std::vector<Prepared> prepared(batch.size());
    std::size_t items = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Translation& in = batch[i];
        prepared[i].seq = ids_.message(in.id).value_or(0);
        prepared[i].deliveries.resize(in.deliveries.size());
        const Bytes& own = prepared[i].own = takeClaimedBody(prepared[i].seq);
        for (std::size_t d = 0; d < in.deliveries.size(); ++d) {
            const NewDelivery& delivery = in.deliveries[d];
            PreparedDelivery& one = prepared[i].deliveries[d];
            const auto id = ids_.delivery(delivery.id);
            if (!id) throw Error(Fault::internal, "store", "a delivery's id is not from reserve()");
            one.id = *id;
            one.lane = KeyedHash::brief((*hash_)(Purpose::lane, delivery.lane));
            for (const std::string& lane : delivery.otherLanes)
                one.otherLanes.push_back(KeyedHash::brief((*hash_)(Purpose::lane, lane)));
            if (!delivery.instead.empty())
                one.instead = ids_.delivery(delivery.instead).value_or(0);
            const std::string& sent =
                delivery.sentId.empty() ? delivery.controlId : delivery.sentId;
            if (sent != delivery.id) one.sent = (*hash_)(Purpose::control, sent);
            one.sameBody = 0;
            while (in.deliveries[one.sameBody].body.view() != delivery.body.view()) ++one.sameBody;
            one.ofMessage = !own.empty() && own.size() == delivery.body.size() &&
                            own.view().data() == delivery.body.view().data();
            if (one.sameBody == d && !one.ofMessage)
                one.body = PreparedBody(*staged_, delivery.body.view());
            one.fresh = freshOf(delivery, in.id, now);
            if (!one.ofMessage && delivery.body.size() <= kChunkSize) bytes += delivery.body.size();
        }
        prepared[i].changes = prepare(*hash_, in.changes);
        items += 1 + in.deliveries.size();
    }
    std::vector<Settled> settled(batch.size());
    if (batch.empty()) return settled;
    writer_->write(items, bytes, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            settled[i] = Part(transaction, batch[i], prepared[i], freshDeliveries_).run();
            if (settled[i] != Settled::overtaken) continue;
            // What comes behind it waits, so that nothing goes past it.
            std::fill(settled.begin() + static_cast<std::ptrdiff_t>(i), settled.end(),
                      Settled::overtaken);
            break;
        }
    });
    for (std::size_t i = 0; i < batch.size(); ++i)
        if (settled[i] == Settled::overtaken) putClaimedBody(prepared[i].seq, prepared[i].own);
    return settled;
}

}  // namespace gateway
