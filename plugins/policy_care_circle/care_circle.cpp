#include "care_circle.h"

#include "asked/answers.h"
#include "matter.h"
#include "news/hospital_news.h"
#include "news/news_facts.h"
#include "plan/plan.h"
#include "plan/timer.h"

namespace care_circle {
using namespace gateway;

Decisions CareCircle::decide(const Document& pivot, const Context& about,
                             const Directory& directory, const Register& plans) const {
    const Question question{pivot, about, directory, plans, rules_};
    if (!about.has("held")) return matterOf(pivot.root()).decide(question);
    return isPlan(pivot.root()) ? endForHeldPlan(question) : Decisions();
}

Decision CareCircle::recheck(const DeliveryHead& delivery, const Directory& directory,
                             const Register& plans) const {
    if (isNoticeKey(delivery.plan)) return recheckNotice(delivery, directory, plans);
    return recheckPlan(delivery, directory, plans);
}

std::vector<DueMessage> CareCircle::due(Time now, const Register& plans, std::size_t most) const {
    return duePlans(now, plans, most);
}

std::optional<std::string> CareCircle::answer(std::string_view question, const Asked& asked,
                                              const Answering& with) const {
    return answered(question, asked, with, rules_);
}

}  // namespace care_circle
