/// @file  Whether a resource keeps to a profile. Base validation is asked for apart.
#pragma once

#include "gateway/codec.h"
#include "profiles.h"

namespace fhir {

/// Finds what breaks `profile`, and in every extension what breaks its definition, where it has
/// one. Findings have FHIRPath locations, and codes of FHIR's issue-type: required, structure,
/// value, code-invalid, invariant, extension.
void checkProfile(const gateway::Document& tree, const Profile& profile, const Profiles& profiles,
                  gateway::Issues& issues);

}  // namespace fhir
