#include "matter.h"

#include "needs/needs.h"
#include "news/answer.h"
#include "news/document.h"
#include "news/hospital_news.h"
#include "plan/plan.h"
#include "plan/timer.h"

namespace care_circle {
using namespace gateway;

namespace {

/// The first that fits takes it.
constexpr Matter kMatters[] = {
    {isHospitalNews, decideHospitalNews},
    {isAnswer, decideAnswer},
    {isDocument, decideDocument},
    {isPlan, decidePlan},
    {isTimer, decideTimer},
    {isNeeds, decideNeeds},
};

}  // namespace

const Matter& matterOf(Node pivot) {
    for (const Matter& matter : kMatters)
        if (matter.is(pivot)) return matter;
    throw Error(Fault::rejected, std::string(pivot.type()),
                {"neither a plan nor anything else that care_circle decides on: check the map of "
                 "the route",
                 "ni un plan ni rien d'autre dont care_circle décide : vérifier la transformation "
                 "de la route"});
}

}  // namespace care_circle
