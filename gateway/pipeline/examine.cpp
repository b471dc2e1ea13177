/// What would become of an arrival, and nothing is kept.
#include <algorithm>
#include <atomic>

#include "pipeline/inbox.h"

namespace gateway {
namespace {

/// What the format's own rules find and its codec has not told already.
void check(const Codec& codec, const Document& document, Issues& issues) {
    if (codec.checker() == nullptr) return;
    Issues found;
    codec.checker()->check(document, found);
    const std::vector<Issue> told = issues.all();
    for (const Issue& issue : found.all())
        if (std::none_of(told.begin(), told.end(), [&](const Issue& one) {
                return one.where == issue.where && one.text == issue.text;
            }))
            issues.add(issue);
}

/// A large body, while it is in hand.
class Counted {
public:
    Counted(std::atomic<std::uint64_t>& all, std::uint64_t size, std::uint64_t most)
        : all_(all), size_(size > kBigBody ? size : 0) {
        if (size_ == 0 || all_.fetch_add(size_) + size_ <= most) return;
        all_ -= size_;
        throw Error(Fault::unavailable, "inbox",
                    {"too many large messages at once, try later",
                     "trop de gros messages à la fois, réessayer plus tard"});
    }
    ~Counted() { all_ -= size_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    std::atomic<std::uint64_t>& all_;
    const std::uint64_t size_;
};

bool isHeld(const NewDelivery& delivery) { return delivery.state == DeliveryState::held; }

void tell(Issues& issues, const NewDelivery& delivery) {
    const Reason& to = delivery.destination;
    if (isHeld(delivery))
        issues.add(Severity::warning, {},
                   say("{0} would wait for a person: {1}", "{0} attendrait une personne : {1}",
                       {to, delivery.reason}));
    else
        issues.add(Severity::information, {}, say("would go to {0}", "irait à {0}", {to}));
    issues.append(delivery.issues);
}

/// What tells people to add a row to a table is for those who can: it may name a code.
void tell(Issues& issues, const Translation& translation) {
    const auto& deliveries = translation.deliveries;
    const bool held = translation.state == MessageState::held ||
                      std::any_of(deliveries.begin(), deliveries.end(), isHeld);
    for (const Note& note : translation.notes)
        if (!note.partner.empty())
            issues.add(Severity::information, {},
                       say("{0}: {1}", "{0} : {1}", {note.partner, note.text}));
        else if (!held)
            issues.add(Severity::information, {}, note.text);
    for (const NewDelivery& delivery : deliveries) tell(issues, delivery);
}

}  // namespace

void StoringInbox::examine(const Setup& setup, const SourceSetup& source, const Arrival& arrival,
                           const Bytes& body, Accepted::One& one) {
    Incoming incoming = read(setup, source, arrival, body, currentTime(), one);
    one.receipt.reset();
    Issues again;
    check(*source.codec.codec, source.codec.codec->decode(body, again), one.issues);
    MessageClaim claim;
    claim.id = "examined";
    claim.source = incoming.source;
    claim.codec = incoming.codec;
    claim.body = std::move(incoming.body);
    claim.facts = std::move(incoming.facts);
    claim.received = incoming.received;
    const Translation translation = dryRun_(setup, claim);
    tell(one.issues, translation);
    if (translation.state == MessageState::held)
        one.error.emplace(Fault::rejected, std::string(), translation.reason);
    if (translation.state == MessageState::ignored)
        one.issues.add(Severity::information, {}, translation.reason);
}

Accepted StoringInbox::examine(const Arrival& arrival) {
    const std::shared_ptr<const Setup> setup = current_.get();
    Accepted accepted;
    try {
        const Counted counted(bigBodies_, arrival.body.size(), bigBodyBudget_);
        const SourceSetup& source = sourceOf(*setup, arrival);
        Issues issues;
        const std::vector<Part> parts = messagesOf(source, arrival.body, issues);
        accepted.messages.resize(parts.size());
        accepted.messages.front().issues = issues;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            Accepted::One& one = accepted.messages[i];
            one.where = parts[i].where;
            try {
                examine(*setup, source, arrival, parts[i].body, one);
            } catch (const Error& error) {
                one.receipt.reset();
                one.error.emplace(error);
            }
        }
    } catch (const Error& error) {
        accepted.messages.resize(1);
        accepted.messages.front().error.emplace(error);
    } catch (const std::exception& failure) {
        log_.error("examine-failed", {{"source", arrival.source}, {"what", failure.what()}});
        accepted.messages.clear();
        accepted.messages.emplace_back().error.emplace(
            Fault::internal, "inbox", Reason{"internal failure", "erreur interne"});
    }
    return accepted;
}

}  // namespace gateway
