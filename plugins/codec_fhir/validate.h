/// @file  Base validation of FHIR R4: what every server may ask of a resource before any profile.
#pragma once

#include "gateway/codec.h"

namespace fhir {

/// Finds elements that R4 lacks, wrong types, cardinalities, formats of primitives, codes outside
/// required value sets, references to what an element may not refer to, and the constraints of R4.
/// Each finding has its FHIRPath location, and a code of FHIR's issue-type: structure, required,
/// value, code-invalid, invariant.
class BaseChecker final : public gateway::Checker {
public:
    /// What decode() has reported of an untouched document is not reported again.
    void check(const gateway::Document& tree, gateway::Issues& issues) const override;
};

}  // namespace fhir
