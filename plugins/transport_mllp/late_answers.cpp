#include "late_answers.h"

#include <algorithm>

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr std::size_t kRemembered = 10'000;
constexpr std::size_t kMostUnsaved = 1'000;

LateAnswer lateAnswer(std::string_view frame, const mllp::Ack& ack) {
    LateAnswer answer;
    answer.controlId = ack.controlId;
    answer.accepted = ack.positive();
    answer.where = codesOf(ack);
    answer.answer = {Bytes::copy(frame), ack.code};
    return answer;
}

}  // namespace

std::string codesOf(const mllp::Ack& ack) {
    std::string codes;
    for (const std::string& code : ack.errorCodes)
        codes += (codes.empty() ? "ERR-3 " : ", ") + code;
    return codes.substr(0, 100);
}

void LateAnswers::speakWith(const std::string& partner) {
    const std::lock_guard lock(mutex_);
    partner_ = partner;
}

void LateAnswers::await(const std::string& controlId, const Delivery& delivery, bool due) {
    if (controlId.empty()) return;
    const std::lock_guard lock(mutex_);
    const auto [at, fresh] = awaited_.try_emplace(controlId);
    if (fresh) order_.push_back(controlId);
    due_ += due;
    due_ -= at->second.due;
    at->second = {delivery.partner, delivery.id, due};
    if (order_.size() <= kRemembered) return;
    const auto oldest = awaited_.find(order_.front());
    due_ -= oldest->second.due;
    awaited_.erase(oldest);
    order_.pop_front();
}

bool LateAnswers::due() const {
    const std::lock_guard lock(mutex_);
    return due_ != 0;
}

bool LateAnswers::unsaved() const {
    const std::lock_guard lock(mutex_);
    return !unsaved_.empty();
}

LateAnswers::Taken LateAnswers::take(const std::string& frame, const mllp::Ack& ack,
                                     const std::string& peer, bool beyond) {
    LateAnswer answer = lateAnswer(frame, ack);
    answer.facts.set("peer", peer);
    bool known = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = awaited_.find(ack.controlId);
        known = found != awaited_.end();
        if (!known && (!beyond || ack.accepts())) return Taken::no;
        answer.partner = known ? found->second.partner : partner_;
        if (known) {
            answer.facts.set("delivery", found->second.delivery);
            due_ -= found->second.due;
            found->second.due = false;
        }
    }
    if (gateway_ == nullptr) return known ? Taken::noted : Taken::no;
    try {
        return gateway_->inbox().answered(answer) || known ? Taken::noted : Taken::no;
    } catch (const Error& error) {
        gateway_->log().warning("late-answer-waits", {{"peer", peer}, {"what", error.what()}});
        const std::lock_guard lock(mutex_);
        if (unsaved_.size() < kMostUnsaved) unsaved_.push_back(std::move(answer));
        return Taken::unsaved;
    }
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
    mllp::Verdict verdict = mllp::Verdict::accepted();
    Heard heard;
    try {
        if (!gateway.inbox().answered(answer)) {
            // An answer of another kind (RSP, ORR) may be on its way through us to somebody else.
            if (head.component(9, 1) != "ACK") return std::nullopt;
            verdict = mllp::Verdict::of(
                Error(Fault::rejected, "MSA-2", "no message of ours has this id"));
        }
    } catch (const Error&) {  // the store has told the log
        verdict = mllp::Verdict::of(Error(Fault::unavailable, {}, "cannot be stored now"));
        heard.stored = false;
    }
    heard.acknowledgement =
        mllp::acceptAcknowledgement(head, verdict, currentTime(), mllp::newControlId());
    return heard;
}

}  // namespace transport_mllp
