#include "care_circle.h"

#include "matter.h"
#include "plan/plan.h"

namespace care_circle {
using namespace gateway;

Decisions CareCircle::decide(const Document& pivot, const Context& about,
                             const Directory& directory, const Register& plans) const {
    return matterOf(pivot.root()).decide({pivot, about, directory, plans, rules_});
}

Decision CareCircle::recheck(const DeliveryHead& delivery, const Directory& directory,
                             const Register& plans) const {
    return recheckPlan(delivery, directory, plans);
}

}  // namespace care_circle
