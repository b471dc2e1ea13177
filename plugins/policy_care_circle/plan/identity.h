/// @file  The identifiers of the person, and which of them may travel.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/tree.h"
#include "question.h"

namespace care_circle {

/// RNIV: only a qualified identity travels with its INS.
struct Identity {
    std::string ins;     ///< of a qualified identity: 15 characters; else empty
    std::string insOid;  ///< of its authority
    std::vector<std::string>
        subjects;  ///< "SYSTEM|VALUE" that mean this person, the INS among them
    bool testIns = false;
    bool qualified() const { return !ins.empty(); }
};

/// Of a Patient. A sender's VALI with a right INS is qualified, unless the rules want QUAL of that
/// source; QUAL with a right INS always is.
Identity identityOf(gateway::Node patient, const Rules& rules, std::string_view source);

/// Status of the identity (PROV, RECUP, VALI, QUAL), empty when none is said.
gateway::Node identityStatus(gateway::Node patient);

/// Identifiers anywhere below a node that are an INS.
std::vector<gateway::Node> insBelow(gateway::Node node);

/// Whether a bundle is marked as a test (HL7 table 0103: T or D), as MSH-11 says it.
bool isMarkedAsTest(gateway::Node bundle);

/// Whether it is marked as one, or has an INS of tests.
bool isOfTests(gateway::Node bundle);

}  // namespace care_circle
