/// @file  What a FHIR base says of itself: CapabilityStatement, SMART's configuration.
#pragma once

#include <string>

#include "fhir_interactions.h"

namespace transport_http {

/// GET /metadata and GET /.well-known/smart-configuration, for anybody.
class FhirMetadata final : public FhirPart {
public:
    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities&, gateway::Gateway&) const override {}
    void start(gateway::Gateway&) override;

private:
    std::string since_;  ///< when the listener began
};

}  // namespace transport_http
