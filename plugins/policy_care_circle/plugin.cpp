/// Policy "care_circle": who gets what of a plan (FHIR R4 bundle, docs/plan-model.md), and what
/// time causes (docs/life-of-a-plan.md). A plan goes to the members of its care team who are
/// partners, to whom a consent names, and to nobody whom the person refused; a refusal beats every
/// rule and is asked again before each first byte. Options:
///   mode (production: identities and messages that are tests are held; test: they are let through,
///   as without it, which `check` warns of),
///   consent_missing (hold: a plan without a recorded consent is held; team-only: its team gets
///   it), filters (category: map, the minimum that category gets; `others`: every category not
///   named), ins_when (vali: a sender's VALI with an INS is qualified; qual: only its QUAL is; or a
///   section source: vali|qual, `others`), review_months (3: from an edition that names no review
///   to the next), forget_after (24: months after the end of a plan, and after news, at which the
///   register forgets them), active_file (130: open plans of one coordinator above which lists say
///   so), ward (false: news say in which ward of the hospital the person is), aliases (networks:
///   folder with NETWORK/aliases.csv, which partner a member is).
#include "gateway/plugin.h"

#include "asked/commands.h"
#include "care_circle.h"

GATEWAY_PLUGIN("policy_care_circle", "1.0.0", [](gateway::Registry& registry) {
    registry.policy("care_circle", [](gateway::Config& config) {
        return std::make_unique<care_circle::CareCircle>(config);
    });
    registry.command(care_circle::plansList());
    registry.command(care_circle::where());
    registry.command(care_circle::indicators());
})
