/// @file  The inbox: split, decode, recognise repeats, store. What it returned is durable.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "gateway/log.h"
#include "gateway/parts.h"
#include "gateway/store.h"
#include "gateway/transport.h"
#include "pipeline/current.h"
#include "pipeline/paused.h"
#include "pipeline/pipeline.h"
#include "pipeline/progress.h"
#include "pipeline/traffic.h"

namespace gateway {

/// How many accepted messages wait for a translator: over the limit accept() says "try later".
/// Counted along the way between two counts of the store, which knows of what people and damage
/// change as well.
class Backlog {
public:
    explicit Backlog(std::uint64_t most) : most_(most) {}
    void add(std::uint64_t count) { waiting_ += static_cast<std::int64_t>(count); }
    void remove(std::uint64_t count) { waiting_ -= static_cast<std::int64_t>(count); }
    /// As the store has it now.
    void count(Store& store);
    bool full() const { return waiting_.load() >= static_cast<std::int64_t>(most_); }

private:
    const std::uint64_t most_;
    std::atomic<std::int64_t> waiting_{0};
};

/// The order keys of a message as the store gets them: within its network, else its source; a
/// message without keys keeps the order of its source. Inbox and translator must agree on them.
std::vector<std::string> scopedKeys(const SourceSetup& source,
                                    const std::vector<std::string>& keys);

/// What the configuration says of a message, over what its codec says.
Envelope envelopeOf(const SourceSetup& source, const Document& document, const Context& context);

/// The context of a source tree: what expressions and the map to the pivot may know.
/// @param facts  of the arrival: who sent it, where that is known, is its `sender` (a partner),
///   `sender-endpoint` and `sender-network`
Context contextOf(const Setup& setup, const SourceSetup& source, Time received, const Facts& facts);
/// The source of an arrival. @throws Error(unavailable) when there is none, Error(unsupported) when
/// it is too large for it
const SourceSetup& sourceOf(const Setup& setup, const Arrival& arrival);
/// The messages of a body; what cannot be split is read, and judged, as one.
std::vector<Part> messagesOf(const SourceSetup& source, const Bytes& body, Issues& issues);
/// Bodies over this are counted: all that are in hand share a budget.
inline constexpr std::size_t kBigBody = 1u << 20;
/// Why a message that no codec could read is held, in both languages.
Reason unreadable(const Error& error);

/// The fact of a message that time causes: by what it is known again.
inline constexpr const char* kOnceFact = "due";
/// Beside that: the same was caused before, so nothing is made of this one.
inline constexpr const char* kBeforeFact = "due.before";

class StoringInbox final : public Inbox {
public:
    /// What would become of a message.
    using DryRun = std::function<Translation(const Setup& setup, const MessageClaim& claim)>;

    StoringInbox(Store& store, Log& log, Current& current, ProgressBoard& board, Backlog& backlog,
                 const Paused& paused, Traffic& traffic, std::uint64_t bigBodyBudget,
                 DryRun dryRun);

    std::vector<Accepted> accept(std::span<const Arrival> arrivals) override;
    Progress wait(const std::string& messageId, Stage stage, Time deadline) override {
        return board_.wait(messageId, stage, deadline);
    }
    bool answered(const LateAnswer& answer) override;
    Accepted examine(const Arrival& arrival) override;  // examine.cpp

    /// What time causes, as messages of that source: each is stored once, with the changes of the
    /// register that keep it from being caused again. What another change has overtaken is an
    /// Error(unavailable). Never throws.
    /// @param before  they were caused before: only the changes still count, the messages are
    /// ignored
    std::vector<Accepted> caused(const std::string& source, std::span<const DueMessage> due,
                                 Time now, bool before = false);

private:
    struct Pending;
    std::vector<Accepted> accept(std::span<const Arrival> arrivals, Time now,
                                 std::span<const DueMessage> due);
    void take(const Setup& setup, const Arrival& arrival, Time now, Accepted& accepted,
              std::vector<Pending>& pending, std::vector<Refusal>& refusals);
    Incoming read(const Setup& setup, const SourceSetup& source, const Arrival& arrival, Bytes body,
                  Time now, Accepted::One& one);
    void examine(const Setup& setup, const SourceSetup& source, const Arrival& arrival,
                 const Bytes& body, Accepted::One& one);
    bool tooLarge(const Arrival& arrival) const;
    void once(const Arrival& arrival, const DueMessage& due, std::span<Pending> parts);
    void store(std::vector<Pending>& pending);
    void count(std::span<const Arrival> arrivals, const std::vector<Accepted>& accepted, Time now);

    Store& store_;
    Log& log_;
    Current& current_;
    ProgressBoard& board_;
    Backlog& backlog_;
    const Paused& paused_;
    Traffic& traffic_;
    const std::uint64_t bigBodyBudget_;
    const DryRun dryRun_;
    std::atomic<std::uint64_t> bigBodies_{0};
};

}  // namespace gateway
