/// @file  What a reader reports about a resource, bounded.
#pragma once

#include <array>

#include "gateway/error.h"
#include "gateway/tree.h"
#include "location.h"

namespace fhir {

class Reports {
public:
    explicit Reports(gateway::Issues& issues) : issues_(issues) {}
    /// At the FHIRPath of `node`; from some number of one severity on, nothing more of it is kept
    /// but that there is more.
    void add(gateway::Severity severity, gateway::Node node, gateway::Reason text);

private:
    gateway::Issues& issues_;
    Places places_;
    std::array<std::size_t, 4> counts_{};  ///< by severity
};

}  // namespace fhir
