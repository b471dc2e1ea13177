/// @file  The way of a message as pure data: what is in the file, what is in memory, what senders
/// and partners know, and every step from one to the next. gateway/state.h says which changes of
/// state are allowed; the rest is docs/decisions/0001-states-and-order.md.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "gateway/state.h"

namespace model {

constexpr int kMessages = 3;
constexpr int kRecipients = 2;  ///< of each message
constexpr int kDeliveries = kMessages * kRecipients;
constexpr int kWorkers = 2;  ///< of each kind
constexpr int kHand = 2;     ///< what one worker claims at once

/// Faults put into the gateway on purpose: the explorer must find each.
enum class Mutation {
    none,
    ackBeforeCommit,          ///< the sender hears "accepted" before the file has the message
    noRepeatCheck,            ///< what is sent again after a lost answer is stored again
    claimIgnoresKeys,         ///< a message is given out while an older one of its key waits
    translatePastGap,         ///< a run goes on although its first message was given back
    lateTranslation,          ///< a translation counts although its lease ran out
    noInflightCommit,         ///< bytes are sent before the file says so
    crashMakesQueued,         ///< what was in flight at a crash is queued as if never sent
    crashForgetsInflight,     ///< what was in flight at a crash stays so
    expiryMakesQueued,        ///< what was in flight when a lease ran out is queued
    twoOwners,                ///< a lane is given to a second worker
    lateSettle,               ///< an outcome counts although its lease ran out
    sendPastTrouble,          ///< the rest of a lane is sent although its first could not be
    noRecheck,                ///< the policy is not asked before sending
    closeLate,                ///< what the policy refuses is closed after its successors were sent
    heldDropsOut,             ///< a held message is forgotten
    inflightStaysWhenUnsent,  ///< what could not be sent is not queued again
    wordForgotten,     ///< a refusal that came before the first answer was settled is dropped
    pauseIgnored,      ///< a lane is given out although it is paused
    pauseForgotten,    ///< after a crash nothing is paused any more
    sendPastPause,     ///< what is in hand when a pause begins is sent to its end
    yesForgotten,      ///< an acceptance that came before the first answer is dropped
    mergeInOneLane,    ///< what has several lanes stands in the first of them alone
    blockStopsOthers,  ///< nothing of a destination is given out while one of its lanes is blocked
    pickUpUnasked,     ///< the policy is not asked when something is picked up
    offersPastOthers,  ///< what is laid out is not the oldest of its lane
    endsInSilence,     ///< what is closed has no event
    expiryInSilence,   ///< what nobody picked up has no event
    probeKept,         ///< who probed and was told nothing keeps the probe
    allProbe,          ///< everybody probes a partner that is away
    anewAtTheEnd,      ///< what is made anew of what blocks its lane goes to the end
    overtakenCommits,  ///< a decision counts although the register has changed since it was read
    overtakenHalf,     ///< of a decision that is overtaken the deliveries are made
    pastOvertaken,     ///< what follows one that is overtaken is translated before it
    endForgets,        ///< what ends without its partner's doing is forgotten
    endOfInflight,     ///< what is being sent is closed by another message
    endLeavesClaim,    ///< what was closed by another message is still in its sender's hand
    endsItsOwn         ///< a message closes what it brings itself
};

/// What may go wrong in one exploration, and how often.
struct Luck {
    int crashes = 0;
    int expiries = 0;
    int givenBack = 0;     ///< a translator gives back the first of its run
    int holds = 0;         ///< a message is held, or one of its deliveries
    int refusals = 0;      ///< a partner says no
    int noAnswers = 0;     ///< a partner takes it and no answer comes
    int unreachable = 0;   ///< nothing could be sent
    int persons = 0;       ///< a person replays or closes
    int lateRefusals = 0;  ///< a partner refuses what it took, apart from its first answer
    int pauses = 0;        ///< a person pauses a lane's destination, and resumes it later
    int lateYes = 0;       ///< a partner accepts what it took, apart from its first answer
    int ignores = 0;       ///< a route ignores a message
    int unread = 0;        ///< nobody picks up what is laid out
    bool anew = false;     ///< a person has what is set aside translated anew
    bool holdBlocks = false;
    bool refusalBlocks = false;
    bool uncertainHolds = false;
};

struct Scenario {
    const char* name = "";
    int messages = 2;
    /// Bit k: the message has order key k.
    std::array<std::uint8_t, kMessages> keys{};
    /// Lane of each message's deliveries, by recipient; -1: it does not get this message.
    std::array<std::array<std::int8_t, kRecipients>, kMessages> lanes{};
    /// Bit l: a lane beside its own in which each message's deliveries stand (a merge).
    std::array<std::array<std::uint8_t, kRecipients>, kMessages> otherLanes{};
    /// Bit r: what recipient r gets is laid out for it.
    std::uint8_t mailboxes = 0;
    /// Bit r: this message says that recipient r may not get anything any more.
    std::array<std::uint8_t, kMessages> bars{};
    /// Bit r: this message closes what still waits for recipient r of those before it.
    std::array<std::uint8_t, kMessages> ends{};
    /// Whether each message changes the plan in the register that it was decided on.
    std::array<bool, kMessages> remembers{};
    Luck luck;
};

enum class Sender : std::uint8_t { silent, inHand, stored, acked, unanswered, ackedUnstored };

/// How far a delivery is in a worker's hand.
enum class Phase : std::uint8_t {
    claimed,
    inflight,
    taken,
    refused,
    noAnswer,
    unsent,
    giveBack,
    toClose
};

struct Message {
    std::uint8_t exists;
    gateway::MessageState state;
    std::uint8_t seq;            ///< order of acceptance
    std::uint8_t place;          ///< in its keys' queues; in memory, `seq` after a restart
    std::uint8_t blocks;         ///< held, and its keys wait
    std::uint8_t everHeld;       ///< so that its order is not promised any more
    gateway::MessageState told;  ///< by the last event on its timeline
};

struct Delivery {
    std::uint8_t exists;
    gateway::DeliveryState state;
    std::uint8_t ord;  ///< place in its lane
    std::uint8_t blocks;
    std::uint8_t redo;           ///< held, to be made again
    std::uint8_t replayed;       ///< so that its order is not promised any more
    std::uint8_t everUncertain;  ///< its timeline says that it may come twice
    std::uint8_t presented;      ///< the partner saw it
    std::uint8_t taken;          ///< how often the partner took it
    std::uint8_t leftOut;        ///< never made: the policy said no
    std::uint8_t word;           ///< 1 refused, 2 accepted while in flight: kept
    std::uint8_t refusedLater;   ///< so that it must not end as delivered
    std::uint8_t anew;           ///< stands for one that its partner refused
    std::uint8_t
        saidYes;  ///< accepted while in flight: when that try is settled it must not go again
    gateway::DeliveryState told;  ///< by the last event on its timeline
};

/// One thing in a worker's hand. `what` 0: nothing.
struct InHand {
    std::uint8_t what;  ///< message or delivery + 1; for a translator 8 + delivery: made again
    Phase phase;
    std::uint8_t valid;  ///< the lease holds
    std::uint8_t probe;  ///< the one that tries a partner that was away
    std::uint8_t read;   ///< the plan's revision that was decided on, plus 1
};

using Hand = std::array<InHand, kHand>;

/// Bytes only, so that equal states are equal bytes.
struct State {
    std::array<Sender, kMessages> senders;
    std::array<Message, kMessages> messages;
    std::array<Delivery, kDeliveries> deliveries;
    std::array<Hand, kWorkers> translators;
    std::array<Hand, kWorkers> dispatchers;
    std::uint8_t barred;    ///< bit r; in the register
    std::uint8_t revision;  ///< of the plan in the register
    std::uint8_t lastSeq, lastPlace, lastOrd;
    std::uint8_t crashes, expiries, givenBack, holds, refusals, noAnswers, unreachable, persons,
        lateRefusals, pauses, lateYes, ignores, unread;
    std::array<std::uint8_t, kRecipients> away;     ///< the breaker is open; in memory
    std::array<std::uint8_t, kRecipients> probing;  ///< somebody has the probe; in memory
    std::uint8_t paused;                            ///< bit l: lane l, in the file
    std::uint8_t pausedBy;                          ///< what a person was told

    friend bool operator==(const State& a, const State& b) {
        return std::memcmp(&a, &b, sizeof(State)) == 0;
    }
};
static_assert(std::has_unique_object_representations_v<State>);

enum class Kind { progress, misfortune };

/// What a step is called: "m% held" and the number.
struct Label {
    const char* words = "";
    std::int8_t first = -1;
    std::int8_t second = -1;
    std::string text() const;
};

struct Step {
    State next;
    Label label;
    const char* broken = nullptr;  ///< the promise that this step broke
    Kind kind = Kind::progress;
};

State start(const Scenario& scenario);
/// All that can happen next.
std::vector<Step> steps(const State& state, const Scenario& scenario, Mutation mutation);
/// What must hold in every state; the broken promise or null.
const char* check(const State& state, const Scenario& scenario);
/// What must hold when nothing happens by itself any more.
const char* checkQuiet(const State& state, const Scenario& scenario);

}  // namespace model
