#include "pipeline/sender_answer.h"

#include <algorithm>

namespace gateway {
namespace {

/// As ProgressBoard sees the message once `result` is committed.
Progress outcomeOf(Store& store, const MessageClaim& claim, const Translation& result) {
    if (result.state == MessageState::held) return {true, true, result.reason};
    for (const NewDelivery& delivery : result.deliveries)
        if (delivery.state == DeliveryState::held) return {true, true, delivery.reason};
    if (claim.held.empty()) return {true, false, {}};
    // Some were made again: others of this message may still be held.
    if (const std::optional<MessageView> message = store.show(claim.id))
        for (const DeliveryView& other : message->deliveries)
            if (other.state == DeliveryState::held &&
                std::find(claim.held.begin(), claim.held.end(), other.id) == claim.held.end())
                return {true, true, other.reason};
    return {true, false, {}};
}

}  // namespace

void tellSender(const Translations& shared, const Setup& setup, const MessageClaim& claim,
                Translation& result) {
    if (claim.facts.get(kReplyFact) != kReplyApart) return;
    const auto found = setup.sources.find(claim.source);
    if (found == setup.sources.end() || !found->second.answers) return;
    const SourceSetup& source = found->second;
    const Progress outcome = outcomeOf(shared.store, claim, result);
    if (outcome.refused && claim.replay) return;
    NewDelivery answer;
    answer.id = answer.controlId = shared.ids.next();
    try {
        std::optional<Bytes> body = source.answers->write(claim.body, outcome, answer.controlId);
        if (!body) return;
        answer.body = std::move(*body);
    } catch (const std::exception& failure) {
        shared.log.error("answer-not-written", {{"message", claim.id}, {"what", failure.what()}});
        result.notes.push_back({{},
                                {"the answer to the sender could not be written, see the log",
                                 "la réponse à l'émetteur n'a pu être écrite, voir le journal"}});
        return;
    }
    answer.destination = source.answersTo;
    answer.partner = source.answersTo.substr(0, source.answersTo.find('/'));
    answer.codec = source.codec.name;
    answer.mediaType = source.codec.codec->mediaType();
    answer.extension = source.codec.codec->extension();
    answer.lane = "answers:" + source.name;
    result.deliveries.push_back(std::move(answer));
}

}  // namespace gateway
