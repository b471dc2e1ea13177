/// @file  POST [base]/$validate and [base]/TYPE/$validate: what would become of a resource, and
/// nothing is kept (http://hl7.org/fhir/R4/resource-operation-validate.html).
#pragma once

#include "fhir_interactions.h"
#include "fhir_sources.h"

namespace transport_http {

class FhirValidate final : public FhirPart {
public:
    explicit FhirValidate(const FhirSources& sources) : sources_(sources) {}

    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities& all, gateway::Gateway& gateway) const override;

private:
    gateway::http::Response validate(const FhirRequest& request) const;

    const FhirSources& sources_;  ///< of the same base
};

}  // namespace transport_http
