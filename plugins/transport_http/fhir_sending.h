/// @file  What is sent to a FHIR base: each create, update, transaction and entry of a batch
/// becomes a message of one of its sources.
#pragma once

#include <string>
#include <vector>

#include "fhir_interactions.h"

namespace transport_http {

/// A source of a base.
struct FhirSource {
    gateway::SourceOptions options;
    std::string network;                 ///< may be empty
    std::vector<std::string> resources;  ///< types that it takes
    bool json = true, xml = true;        ///< what its codec reads

    bool takes(std::string_view type) const;
};

class FhirSending final : public FhirPart {
public:
    void add(FhirSource source) { sources_.push_back(std::move(source)); }

    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities& all, gateway::Gateway& gateway) const override;

private:
    std::vector<FhirSource> sources_;  ///< in the order of the configuration
};

}  // namespace transport_http
