#include "late_answers.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "mllp/stream.h"

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr std::size_t kMostUnsaved = 1'000;

/// All destinations that have started, for the listeners.
std::mutex registryMutex;  // guards registry; taken before that of a LateAnswers
std::vector<LateAnswers*> registry;

LateAnswer lateAnswer(std::string_view frame, const mllp::Ack& ack) {
    LateAnswer answer;
    answer.controlId = ack.controlId;
    answer.accepted = ack.positive();
    answer.where = codesOf(ack);
    answer.answer = {Bytes::copy(frame), ack.code};
    return answer;
}

std::string hostOf(const Facts& facts) {
    const std::string_view peer = facts.get("peer");
    return peer.empty() ? std::string() : mllp::parseAddress(peer).host;
}

}  // namespace

std::string codesOf(const mllp::Ack& ack) {
    std::string codes;
    for (const std::string& code : ack.errorCodes)
        codes += (codes.empty() ? "ERR-3 " : ", ") + code;
    return codes.substr(0, 100);
}

LateAnswers::~LateAnswers() {
    const std::lock_guard lock(registryMutex);
    std::erase(registry, this);
}

void LateAnswers::start(Gateway& gateway) {
    const std::lock_guard lock(registryMutex);
    gateway_ = &gateway;
    std::erase(registry, this);
    registry.push_back(this);
}

void LateAnswers::inherit(LateAnswers& former) {
    AwaitedAnswers awaited, answered;
    std::deque<LateAnswer> unsaved;
    {
        const std::lock_guard lock(former.mutex_);
        awaited = std::exchange(former.awaited_, {});
        answered = std::exchange(former.answered_, {});
        unsaved = std::exchange(former.unsaved_, {});
    }
    const std::lock_guard lock(mutex_);
    awaited_.follow(std::move(awaited));
    answered_.follow(std::move(answered));
    unsaved_.insert(unsaved_.begin(), std::move_iterator(unsaved.begin()),
                    std::move_iterator(unsaved.end()));
}

std::string LateAnswers::likely(const Gateway& gateway, const mllp::Ack& ack,
                                const mllp::Head& head, const std::string& host,
                                const std::string& partner) {
    const std::string answerId(head.controlId());
    const Speaker speaker = Speaker::of(head, host);
    const std::lock_guard lock(registryMutex);
    std::string delivery;
    int most = 0;
    for (LateAnswers* const each : registry) {
        if (each->gateway_ != &gateway) continue;
        const std::lock_guard lockEach(each->mutex_);
        const Awaited* const one = each->awaited_.meant(ack.controlId, answerId);
        if (one == nullptr || (!partner.empty() && one->partner != partner)) continue;
        const int likeness = one->to.likeness(speaker);
        if (likeness > most)
            delivery = one->delivery;
        else if (likeness == most)
            delivery.clear();
        most = std::max(most, likeness);
    }
    return delivery;
}

bool LateAnswers::allAnswered(const Gateway& gateway, const std::string& controlId) {
    const std::lock_guard lock(registryMutex);
    bool any = false;
    for (LateAnswers* const each : registry) {
        if (each->gateway_ != &gateway) continue;
        const std::lock_guard lockEach(each->mutex_);
        if (each->awaited_.meant(controlId, {}) != nullptr) return false;
        any = any || each->answered_.meant(controlId, {}) != nullptr;
    }
    return any;
}

bool LateAnswers::isYesToPart(const Gateway& gateway, const mllp::Ack& ack) {
    if (!ack.positive()) return false;
    const std::lock_guard lock(registryMutex);
    return std::any_of(registry.begin(), registry.end(), [&](LateAnswers* const each) {
        if (each->gateway_ != &gateway) return false;
        const std::lock_guard lockEach(each->mutex_);
        const Awaited* const one = each->awaited_.meant(ack.controlId, {});
        return one != nullptr && !one->partOf.empty();
    });
}

std::string LateAnswers::knownAs(const Gateway& gateway, const std::string& controlId,
                                 const std::string& delivery) {
    const std::lock_guard lock(registryMutex);
    for (LateAnswers* const each : registry) {
        if (each->gateway_ != &gateway) continue;
        const std::lock_guard lockEach(each->mutex_);
        const Awaited* const one = each->awaited_.find(controlId, delivery);
        if (one != nullptr && !one->partOf.empty()) return one->partOf;
    }
    return controlId;
}

void LateAnswers::heard(const Gateway& gateway, const mllp::Ack& ack, const mllp::Head& head,
                        const std::string& delivery) {
    const std::string answerId(head.controlId());
    const std::lock_guard lock(registryMutex);
    for (LateAnswers* const each : registry) {
        if (each->gateway_ != &gateway) continue;
        const std::lock_guard lockEach(each->mutex_);
        if (Awaited* const one = each->awaited_.find(ack.controlId, delivery))
            each->awaited_.hear(*one, answerId);
    }
}

void LateAnswers::speakWith(const std::string& partner) {
    const std::lock_guard lock(mutex_);
    partner_ = partner;
}

void LateAnswers::await(const std::string& controlId, Awaited one) {
    if (controlId.empty()) return;
    const std::lock_guard lock(mutex_);
    awaited_.add(controlId, std::move(one));
}

void LateAnswers::answered(const std::string& controlId, Awaited one) {
    if (controlId.empty()) return;
    const std::lock_guard lock(mutex_);
    answered_.add(controlId, std::move(one));
}

bool LateAnswers::awaitsBeside(const std::string& controlId, const std::string& delivery) const {
    const std::lock_guard lock(mutex_);
    return awaited_.awaitsBeside(controlId, delivery);
}

bool LateAnswers::due() const {
    const std::lock_guard lock(mutex_);
    return awaited_.due() != 0;
}

bool LateAnswers::unsaved() const {
    const std::lock_guard lock(mutex_);
    return !unsaved_.empty();
}

LateAnswers::Taken LateAnswers::take(const std::string& frame, const mllp::Ack& ack,
                                     const std::string& peer, bool beyond) {
    LateAnswer answer = lateAnswer(frame, ack);
    answer.facts.set("peer", peer);
    const std::string answerId(mllp::Head(frame).controlId());
    bool known = false, yesToPart = false;
    {
        const std::lock_guard lock(mutex_);
        Awaited* const found = awaited_.meant(ack.controlId, answerId);
        known = found != nullptr;
        if (!known && (!beyond || ack.accepts())) return Taken::no;
        answer.partner = known ? found->partner : partner_;
        if (known) {
            answer.facts.set("delivery", found->delivery);
            if (!found->partOf.empty()) answer.controlId = found->partOf;
            yesToPart = !found->partOf.empty() && ack.positive();
            awaited_.hear(*found, answerId);
        }
    }
    if (yesToPart) return Taken::noted;
    if (gateway_ == nullptr) return known ? Taken::noted : Taken::no;
    try {
        return gateway_->inbox().answered(answer) || known ? Taken::noted : Taken::no;
    } catch (const Error& error) {
        return keep(std::move(answer), ack.controlId, error);
    }
}

LateAnswers::Taken LateAnswers::keep(LateAnswer answer, const std::string& controlId,
                                     const Error& why) {
    const std::string peer(answer.facts.get("peer"));
    const auto kept = [&] {
        const std::lock_guard lock(mutex_);
        const bool room = unsaved_.size() < kMostUnsaved;
        const std::string delivery(answer.facts.get("delivery"));
        if (room)
            unsaved_.push_back(std::move(answer));
        else if (Awaited* const one = awaited_.find(controlId, delivery))
            awaited_.unhear(*one);
        return room;
    }();
    if (kept)
        gateway_->log().warning("late-answer-waits", {{"peer", peer}, {"what", why.what()}});
    else
        gateway_->log().error("late-answer-dropped", {{"peer", peer}, {"what", why.what()}});
    return kept ? Taken::unsaved : Taken::dropped;
}

bool LateAnswers::retry() {
    for (;;) {
        LateAnswer next;
        {
            const std::lock_guard lock(mutex_);
            if (unsaved_.empty()) return false;
            next = unsaved_.front();
        }
        try {
            gateway_->inbox().answered(next);
        } catch (const Error&) {  // told when it came first
            return true;
        }
        const std::lock_guard lock(mutex_);
        unsaved_.pop_front();
    }
}

bool isAnswer(std::string_view frame, const mllp::Head& head) {
    if (head.component(9, 1) == "ACK") return true;
    constexpr std::size_t kHeader = 8192;
    frame = frame.substr(0, kHeader);
    constexpr std::string_view kEnds = "\r\n";
    for (;;) {
        frame.remove_prefix(std::min(frame.find_first_of(kEnds), frame.size()));
        frame.remove_prefix(std::min(frame.find_first_not_of(kEnds), frame.size()));
        if (frame.starts_with("MSA")) return true;
        if (!frame.starts_with("SFT") && !frame.starts_with("UAC")) return false;
    }
}

std::optional<Heard> hearAnswer(Gateway& gateway, std::string_view frame, const mllp::Head& head,
                                const Facts& facts, const std::string& partner) {
    const mllp::Ack ack = mllp::parseAck(frame);
    if (ack.code.empty()) return std::nullopt;
    LateAnswer answer = lateAnswer(frame, ack);
    answer.partner = partner;
    answer.facts = facts;
    const std::string delivery = LateAnswers::likely(gateway, ack, head, hostOf(facts), partner);
    if (!delivery.empty()) {
        answer.facts.set("delivery", delivery);
        answer.controlId = LateAnswers::knownAs(gateway, ack.controlId, delivery);
    }
    mllp::Verdict verdict = mllp::Verdict::accepted();
    Heard heard;
    try {
        const bool refusedAgain =
            partner.empty() && !ack.positive() && LateAnswers::allAnswered(gateway, ack.controlId);
        if (refusedAgain)
            gateway.log().warning("late-answer-not-applied",
                                  {{"peer", facts.get("peer")}, {"summary", ack.code}});
        if (!refusedAgain &&
            (LateAnswers::isYesToPart(gateway, ack) || gateway.inbox().answered(answer))) {
            LateAnswers::heard(gateway, ack, head, delivery);
        } else {
            // An answer of another kind (RSP, ORR) may be on its way through us to somebody else.
            if (head.component(9, 1) != "ACK") return std::nullopt;
            verdict =
                mllp::Verdict::of(Error(Fault::rejected, "MSA-2",
                                        {"no message of ours, or more than one, awaits this",
                                         "aucun de nos messages, ou plus d'un, n'attend cela"}));
        }
    } catch (const Error&) {  // the store has told the log
        verdict = mllp::Verdict::of(Error(
            Fault::unavailable, {}, {"cannot be stored now", "ne peut être gardé pour l'instant"}));
        heard.stored = false;
    }
    heard.acknowledgement =
        mllp::acceptAcknowledgement(head, verdict, currentTime(), mllp::newControlId());
    return heard;
}

}  // namespace transport_mllp
