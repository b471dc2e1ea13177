/// @file  The sources of a FHIR base: which of them takes what somebody sends.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "fhir_request.h"

namespace transport_http {

struct FhirSource {
    gateway::SourceOptions options;
    std::string network;                 ///< may be empty
    std::vector<std::string> resources;  ///< types that it takes
    bool json = true, xml = true;        ///< what its codec reads

    bool takes(std::string_view type) const;
};

/// In the order of the configuration.
class FhirSources {
public:
    void add(FhirSource source) { all_.push_back(std::move(source)); }
    const std::vector<FhirSource>& all() const { return all_; }

    /// The first that takes that type and that this one may use; else why not: 404, 401, 403, 415.
    std::variant<const FhirSource*, gateway::http::Response> choose(const FhirRequest& request,
                                                                    std::string_view type,
                                                                    gateway::Wanted::Act act) const;
    /// The same of any type that some source takes.
    std::optional<gateway::http::Response> refuse(const FhirRequest& request,
                                                  gateway::Wanted::Act act) const;

private:
    std::vector<FhirSource> all_;
};

}  // namespace transport_http
