/// @file  The rules for an edition of a plan, one file each, in the order in which they are asked.
#pragma once

#include "plan/edition.h"
#include "plan/outcome.h"

namespace care_circle {

/// identity.cpp: test identities are held, an INS that may not travel is told of.
/// @throws Error(rejected)
void checkIdentity(const Edition& edition, Outcome& outcome);

/// consent.cpp: why nobody may get this edition; empty: its team may.
/// @throws Error(rejected) when no consent is recorded and that holds the plan
gateway::Reason whyNobody(const Edition& edition, Outcome& outcome);

/// refusals.cpp: whom the person refused, and what is still on its way to them.
void applyRefusals(const Edition& edition, Outcome& outcome);

/// team.cpp: those who take part in the care on this day.
void shareWithTeam(const Edition& edition, const gateway::Reason& nobody, Outcome& outcome);

/// outside.cpp: recipients outside the team whom a recorded consent names.
void shareOutside(const Edition& edition, const gateway::Reason& nobody, Outcome& outcome);

/// patient.cpp: the person gets the plan by hand.
void shareWithPatient(const Edition& edition, const gateway::Reason& nobody, Outcome& outcome);

/// former.cpp: the end of a plan, or that it was a mistake, reaches those who had an edition.
void reachFormer(const Edition& edition, const gateway::Reason& nobody, Outcome& outcome);

/// leaving.cpp: who is no longer in the team is told so once, and gets nothing any more.
void endSharing(const Edition& edition, Outcome& outcome);

/// handed_over.cpp: what the network itself says that it handed over need not wait any more.
void settleHandedOver(const Edition& edition, Outcome& outcome);

/// same_person.cpp: the same person in another network, or one with the same traits.
void findSamePerson(const Edition& edition, Outcome& outcome);

/// review.cpp: when the plan is to be reviewed next.
void planReview(const Edition& edition, Outcome& outcome);

/// quality.cpp: what the network should correct.
void checkQuality(const Edition& edition, Outcome& outcome);

/// entry.cpp: what the register is to know.
gateway::RegisterChange entryOf(const Edition& edition, const Outcome& outcome);

/// telling.cpp: Tasks and the report go to the network.
void tellNetwork(const Edition& edition, Outcome& outcome);

}  // namespace care_circle
