/// Policy "care_circle": a plan goes to the members of its care team who are partners, and to
/// nobody whom the person refused. Reads the plan bundle (FHIR R4). A refusal beats every rule and
/// is asked again before each first byte. Options: consent_missing (hold: nobody gets a plan
/// without a recorded consent, default; team-only: its members do), filters (category: map, the
/// minimum that category gets; `others` is every category that is not named).
#include "gateway/plugin.h"

#include "care_circle.h"

GATEWAY_PLUGIN("policy_care_circle", "1.0.0", [](gateway::Registry& registry) {
    registry.policy("care_circle", [](gateway::Config& config) {
        return std::make_unique<care_circle::CareCircle>(config);
    });
})
