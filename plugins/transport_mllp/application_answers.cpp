#include "application_answers.h"

namespace transport_mllp {
using namespace gateway;
using mllp::Verdict;

Verdict verdictOf(const Progress& outcome) {
    if (!outcome.refused) return Verdict::accepted();
    Issue why;
    why.text = outcome.reason;
    why.code = "207";
    Verdict refused;
    refused.kind = Verdict::Kind::error;
    refused.text = why.text.en;
    refused.code = why.code;
    refused.findings.push_back(std::move(why));
    return refused;
}

bool asksApplicationLater(const mllp::Head& head) {
    return mllp::isEnhanced(head) && (mllp::asksApplication(head, Verdict::Kind::accept) ||
                                      mllp::asksApplication(head, Verdict::Kind::error));
}

std::optional<Bytes> ApplicationAnswers::write(const Bytes& message, const Progress& outcome,
                                               const std::string& controlId) const {
    const mllp::Head head(message.view());
    if (!asksApplicationLater(head)) return std::nullopt;
    std::string answer =
        mllp::applicationAcknowledgement(head, verdictOf(outcome), currentTime(), controlId);
    if (answer.empty()) return std::nullopt;
    return Bytes(std::move(answer));
}

}  // namespace transport_mllp
