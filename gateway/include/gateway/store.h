/// @file  Store: holds messages from inbox to delivery.
///
/// Every call takes a batch and may be called from many threads at once: they share durable
/// commits. Every item has its own result: one lost lease fails no other. What a call returned is
/// durable. Claims are leases with an epoch; a change under a lease that ran out is refused
/// (Settled::lost). No correctness rests on memory of one process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/message.h"
#include "gateway/policy.h"
#include "gateway/register.h"
#include "gateway/state.h"
#include "gateway/time.h"

namespace gateway {

/// A message to be stored. It gets the next sequence number.
struct Incoming {
    std::string source;
    std::string codec;
    Bytes body;
    Facts facts;
    Time received;
    std::string sender;
    std::string controlId;
    std::string type;
    std::vector<std::string> orderKeys;  ///< with their scope ("source:chu-adt", "chu-adt/12345");
                                         ///< stored as keyed hashes
    std::vector<std::string> subjects;   ///< stored as keyed hashes
    std::string
        repeatKey;  ///< source + sender + control id; empty: never a repeat; stored as a keyed hash
    std::string content;              ///< SHA-256 of the body without its unstable parts (32 bytes)
    bool refuseOtherContent = false;  ///< same repeatKey, other content: conflict instead of fresh
    Time repeatSince{};               ///< what came before that instant is no repeat
    MessageState state =
        MessageState::received;           ///< or held: a malformed file that nobody waits for
    Reason reason;                        ///< when held
    std::vector<RegisterChange> changes;  ///< committed with a fresh one; a changed `expected`
                                          ///< makes it a Stored::Kind::overtaken
};

struct Stored {
    /// overtaken: not stored, its register entries have changed meanwhile
    enum class Kind { fresh, repeat, conflict, overtaken };
    std::string id;  ///< of the message; of the first one for a repeat
    Kind kind = Kind::fresh;
    bool reused = false;  ///< fresh, but the same repeatKey came with other content before
};

/// Proof that something was refused at the door: no body.
struct Refusal {
    Time at;
    std::string source;
    std::string peer;
    std::string controlId;  ///< stored as a keyed hash
    Fault fault = Fault::malformed;
    std::string where;
    std::uint64_t number = 0;  ///< of a stored one: later ones have greater numbers
};

struct Lease {
    Milliseconds length{60'000};
    Milliseconds wait{0};  ///< how long to wait when there is nothing to claim
};

struct MessageClaim {
    std::string id;
    std::uint64_t epoch = 0;
    std::string source;
    std::string codec;
    Bytes body;
    Facts facts;
    Time received;
    std::vector<std::string> held;  ///< not empty: only these are to be made again: held deliveries
                                    ///< (replay), deliveries set aside (retranslate)
    bool replay = false;
};

/// One new delivery, or a held one made again.
struct NewDelivery {
    std::string id;       ///< from reserve(), or of the held delivery that is made again
    std::string instead;  ///< the delivery set aside that this one replaces: that one is closed and
                          ///< points here
    std::string partner;
    std::string destination;  ///< "chu-toulouse/plans"
    std::string controlId;
    std::string sentId;  ///< in the bytes, by which the partner's answers name them; empty:
                         ///< controlId; stored as a keyed hash
    std::string codec;
    std::string mediaType;
    std::string extension;
    std::string lane;                     ///< order key; stored as a keyed hash
    std::vector<std::string> otherLanes;  ///< of a message with several (a merge): it is sent when
                                          ///< it is first in each; stored as keyed hashes
    Bytes body;                           ///< empty when held or closed
    DeliveryState state = DeliveryState::queued;  ///< queued, or held with a reason
    Reason reason;
    std::string plan;
    std::string edition;
    std::string mapVersion;
    Issues issues;  ///< kept on the timeline
};

/// A note on a message's timeline beside its state changes: who was left out and why, a warning of
/// a map.
struct Note {
    std::string partner;
    Reason text;
};

/// What became of a claimed message.
struct Translation {
    std::string id;
    std::uint64_t epoch = 0;
    MessageState state = MessageState::translated;  ///< translated, ignored or held
    Reason reason;
    bool blocks = false;  ///< held, and its order keys stop until it is replayed or closed
    std::vector<NewDelivery> deliveries;
    std::vector<Note> notes;
    std::vector<RegisterChange> changes;
    std::vector<DeliveryEnd> ends;  ///< before the new deliveries are made
    std::string configVersion;
};

/// overtaken (of translated() alone): a register entry has changed since it was read; this one and
/// those behind it in the batch are still claimed, to be translated again in the same order.
enum class Settled { done, lost, overtaken };

struct DeliveryClaim {
    std::string id;
    std::uint64_t epoch = 0;
    std::string message;
    std::string partner;
    std::string destination;
    std::string controlId;
    std::string mediaType;
    std::string extension;
    std::string plan;
    std::string edition;
    Bytes body;
    unsigned attempts = 0;   ///< made so far
    bool uncertain = false;  ///< perhaps the partner has it: sent, and no answer is known
    Time queued;
};

/// Several deliveries of one lane, oldest first. Nobody else gets this lane until all are settled
/// or released.
struct LaneClaim {
    std::string lane;  ///< a short name fit for logs
    std::vector<DeliveryClaim> deliveries;
};

struct ClaimId {
    std::string id;
    std::uint64_t epoch = 0;
};

/// What became of a delivery in flight (or, for `closed`, of one claimed and not sent because the
/// policy says no).
struct Outcome {
    std::string id;
    std::uint64_t epoch = 0;
    DeliveryState state =
        DeliveryState::delivered;  ///< delivered, queued, uncertain, setAside, closed
    std::optional<Answer> answer;
    Reason reason;
    Time retryAt{};       ///< for queued and uncertain: the lane waits until then
    bool hold = false;    ///< for uncertain: blocks the lane until a person decides
    bool blocks = false;  ///< for setAside: blocks the lane likewise
};

/// What a partner said of a delivery apart from the answer that settled it.
struct LateWord {
    std::string controlId;  ///< in the bytes that were sent
    std::string partner;    ///< who said it; empty: not known, any may be meant
    std::string delivery;   ///< ours, where the connection tells; else empty
    bool accepted = true;
    Answer answer;
    Reason reason;  ///< for the timeline
};

/// Which delivery it was about, and what became of that.
struct LateResult {
    /// unknown: nothing of ours that was sent has this id; repeat: known already; noted: an event
    /// on the timeline; setAside: refused, it waits for a person; kept: its first answer is still
    /// to come, and is then settled with this one.
    enum class Kind { unknown, repeat, noted, kept, setAside };
    Kind kind = Kind::unknown;
    std::string message;
    std::string delivery;
    std::string destination;
};

// What people ask.
// --------------------------------------------------------------------------------------------------

struct Filter {
    std::optional<std::string>
        state;  ///< of the message or of one of its deliveries: "held", "set-aside", …
    std::optional<std::string> source;
    std::optional<std::string> partner;
    std::optional<std::string> subject;    ///< an identifier of a person; compared as a keyed hash
    std::optional<std::string> controlId;  ///< of the message, or in the bytes of a delivery
    std::optional<std::string> why;        ///< a part of the reason why it waits, either language
    std::optional<Time> since;
    std::optional<std::string> before;  ///< page on: id of the last message seen
    std::size_t most = 100;
};

struct DeliveryView {
    std::string id, partner, destination, controlId, plan, edition, mapVersion;
    DeliveryState state = DeliveryState::queued;
    bool unread = false;  ///< set aside because nobody fetched it in time
    Reason reason;
    unsigned attempts = 0;
    Time changed{}, retryAt{};
    std::uint64_t bytes = 0;
    std::optional<Answer> answer;
};

struct EventView {
    Time at{};
    std::string delivery;  ///< empty: of the message
    std::string what;      ///< a state, or "left-out", "note", "replay", "repeat"
    std::string partner;
    Reason text;
};

struct MessageView {
    std::string id, source, codec, type;
    Facts facts;  ///< of its arrival; empty in lists
    MessageState state = MessageState::received;
    Reason reason;
    Time received{}, changed{};
    std::uint64_t bytes = 0;
    std::string configVersion;
    std::vector<DeliveryView> deliveries;
    std::vector<EventView> timeline;  ///< in order
};

struct Counts {
    std::map<std::string, std::map<std::string, std::uint64_t>>
        messages;  ///< source → state → how many
    std::map<std::string, std::map<std::string, std::uint64_t>>
        deliveries;                              ///< destination → state → how many
    std::map<std::string, Time> oldestWaiting;   ///< destination → oldest not settled
    std::map<std::string, Time> oldestReceived;  ///< source → oldest not translated
    std::uint64_t refused = 0, repeats = 0, leftOut = 0;
    std::uint64_t reused = 0;  ///< taken as new though its id was seen with other content
    std::map<std::string, std::uint64_t> reusedOf;  ///< source → the same
};

/// What was counted when it came in, beside what lies in the store now. Where the sums differ,
/// something was lost, and `gap()` is not 0.
struct Reconciled {
    struct Account {
        std::uint64_t in = 0;  ///< accepted messages; recipients that were intended
        std::map<std::string, std::uint64_t> states;  ///< as they lie in the store, by state
        std::uint64_t finished = 0;  ///< taken away by retention: their proof lines
        std::uint64_t leftOut = 0;   ///< recipients that the policy left out, with a reason each

        std::int64_t gap() const {
            auto left = static_cast<std::int64_t>(in - finished - leftOut);
            for (const auto& [state, number] : states) left -= static_cast<std::int64_t>(number);
            return left;
        }
    };
    std::map<std::string, Account> sources;
    std::map<std::string, Account> destinations;  ///< "partner/name", or the partner left out
};

/// A delivery that waits to be picked up by its partner.
struct OfferedDelivery {
    std::string id;
    std::string message;
    std::string partner;
    std::string destination;
    std::string controlId;
    std::string mediaType;
    std::string extension;
    std::string plan;
    std::string edition;
    Time since{};
    Time until{};  ///< set aside when nobody fetched it by then; zero: waits for ever
};

/// A claimed delivery that is laid out for its partner instead of sent.
struct OfferedClaim {
    ClaimId claim;
    Time until{};
};

/// What became of an offered delivery.
struct PickUp {
    std::string id;
    DeliveryState state = DeliveryState::delivered;  ///< or setAside; closed: the policy says no
    std::string by;  ///< who fetched or refused it; empty: the gateway itself
    std::optional<Answer> answer;
    Reason reason;
};

/// A source that takes nothing, or a destination that sends nothing, by a person's will.
struct Pause {
    std::string end;  ///< name of the source, or "partner/destination"
    bool source = false;
    std::string by, why;
    Time at{};
};

/// A pause that is over.
struct PastPause {
    Pause pause;
    Time until{};
    std::string endedBy;
};

/// Which refusals; newest first.
struct RefusalFilter {
    std::optional<std::string> source;
    std::optional<Time> since;
    std::optional<std::uint64_t> before;  ///< page on: number of the last one seen
    std::size_t most = 100;
};

/// How long what is finished stays. Zero: for ever.
struct Keep {
    std::string source;
    Milliseconds body{};      ///< messages, deliveries and answers
    Milliseconds metadata{};  ///< all but the proof line: ids, times, hashes
};

/// What the store can tell of itself.
struct Vitals {
    std::uint64_t fileBytes = 0;  ///< with its log
    std::uint64_t freeBytes = 0;  ///< of the disk
    std::uint64_t commits = 0;
    std::uint64_t commitMicroseconds = 0;   ///< of all commits
    std::uint64_t slowestMicroseconds = 0;  ///< since it was last asked
    std::uint64_t damaged = 0;              ///< values that could not be opened since the start
    /// How many commits took at most so many microseconds, ascending; each counts those before too.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> commitTimes;
};

class GATEWAY_API Store {
public:
    virtual ~Store();

    // Accept.
    virtual std::vector<Stored> put(std::span<const Incoming> batch) = 0;
    virtual void refused(std::span<const Refusal> batch) = 0;  ///< need not be durable on return

    // Translate. Only messages that are first in each of their order keys are given out; a run of
    // consecutive messages of one key may go to one claimer, who works in the order given.
    virtual std::vector<MessageClaim> claimMessages(std::size_t most, Lease lease) = 0;
    /// Ids for deliveries to come, and for control ids: unique over all nodes, at most 20
    /// characters.
    virtual std::vector<std::string> reserve(std::size_t count) = 0;
    virtual std::vector<Settled> translated(std::span<const Translation> batch) = 0;
    /// Gives claimed messages back unchanged.
    virtual void releaseMessages(std::span<const ClaimId> batch) = 0;

    // Deliver.
    virtual std::vector<LaneClaim> claimLanes(std::string_view destination, std::size_t lanes,
                                              std::size_t perLane, Lease lease) = 0;
    virtual std::vector<Settled> inflight(
        std::span<const ClaimId> batch) = 0;  ///< before the first byte is sent
    virtual std::vector<Settled> settle(std::span<const Outcome> batch) = 0;
    /// A partner's word after (or before) the answer that settled a delivery; the newest delivery
    /// with that id that was sent is meant.
    virtual std::vector<LateResult> answered(std::span<const LateWord> batch) = 0;
    /// Gives claimed deliveries back: what was put in flight and certainly not sent is queued
    /// again.
    virtual void release(std::span<const ClaimId> batch) = 0;
    /// Claimed deliveries now wait for pick-up, and their lanes go on.
    virtual std::vector<Settled> offer(std::span<const OfferedClaim> batch);
    /// What waits at a destination, in the order in which it was offered, after that id.
    virtual std::vector<OfferedDelivery> offered(std::string_view destination,
                                                 std::string_view after, std::size_t most);
    /// @return per id nothing when it was done, else why not: it is not offered (any more)
    virtual std::vector<std::optional<Reason>> pickedUp(std::span<const PickUp> batch);
    /// Sets aside what nobody fetched in time. What lay at one of the destinations `onward` is
    /// given out at once to be translated anew, marked as unread. @return how many; fewer than
    /// `most`: none is left
    virtual std::size_t expire(Time now, std::span<const std::string> onward, std::size_t most);
    /// Wakes all who wait in claimMessages and claimLanes; they return what they have.
    virtual void wake() = 0;

    virtual const Register& plans() const = 0;

    // People.
    virtual std::vector<MessageView> list(
        const Filter& filter) = 0;  ///< newest first, without timelines
    virtual std::optional<MessageView> show(std::string_view messageId) = 0;
    virtual std::optional<Bytes> body(std::string_view messageOrDeliveryId) = 0;
    /// Held message → received; held delivery → made again; set-aside or uncertain delivery →
    /// queued, same bytes, at the end of its lane. @return per id nothing when it was done, else
    /// why not
    virtual std::vector<std::optional<Reason>> replay(std::span<const std::string> ids,
                                                      std::string_view by) = 0;
    virtual std::vector<std::optional<Reason>> close(std::span<const std::string> ids,
                                                     const Reason& why, std::string_view by) = 0;
    /// Set-aside delivery → translated anew (NewDelivery::instead); held ones as by replay().
    virtual std::vector<std::optional<Reason>> retranslate(std::span<const std::string> ids,
                                                           std::string_view by);
    virtual std::vector<Refusal> refusals(const RefusalFilter& filter);  ///< control ids are hashes
    virtual Counts counts() = 0;

    // Running it. What a store does not offer throws Error(unsupported).
    virtual void pause(const Pause& pause);
    virtual void resume(std::string_view end, std::string_view by);
    virtual std::vector<Pause> pauses();  ///< default: none
    /// Those that are over, newest first.
    virtual std::vector<PastPause> pastPauses(std::size_t most);
    /// Takes away what is finished and older than said, at most so many messages in one call.
    /// @return how many were touched; fewer than `most`: nothing is left to do now
    virtual std::size_t purge(Time now, std::span<const Keep> keep, std::size_t most);
    /// Takes away refusals from before that instant, the oldest first. @return how many; fewer
    /// than `most`: none is left
    virtual std::size_t purgeRefusals(Time before, std::size_t most);
    /// A copy that opens by itself, while work goes on. @throws Error(unavailable)
    virtual void backup(const std::string& file);
    /// Reads everything. @return what is damaged: id and why
    virtual std::vector<std::pair<std::string, Reason>> check();
    virtual Vitals vitals();  ///< default: nothing is known
    /// Counts what lies in the store, a part of it in each call. @return the last full count;
    /// nothing until one is complete
    virtual std::optional<Reconciled> reconcile();
    /// Reads again what lies outside the store and may have changed: its keys.
    virtual void refresh();
};

}  // namespace gateway
