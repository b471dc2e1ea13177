/// @file  GET [base]/$status/ID: what became of a message, for whoever sent it. A Task without
/// content: states, times, recipients, who was left out and why.
#pragma once

#include "fhir_interactions.h"

namespace transport_http {

class FhirStatus final : public FhirPart {
public:
    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities&, gateway::Gateway&) const override {}
};

}  // namespace transport_http
