/// @file  Value sets that stand in the document itself.
#pragma once

#include <optional>
#include <string_view>

#include "fhirpath_machine.h"

namespace fhirpath {

/// A code as memberOf() asks for it; without a system only the code is compared.
struct Coded {
    std::string_view system, code;
};

/// Whether the value set of that URL has the code: Environment::valueSets is asked first, then the
/// ValueSets (and CodeSystems) contained in the resources around `from` and in the Bundle around
/// it. Nothing when no such set is known, or it cannot be told (a filter, a code system that is not
/// there).
std::optional<bool> memberOf(Machine& machine, gateway::Node from, std::string_view url,
                             const Coded& coded);

}  // namespace fhirpath
