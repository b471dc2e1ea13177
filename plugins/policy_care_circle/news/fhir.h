/// @file  Reading FHIR resources: where their identifiers, codes and extensions stand.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "gateway/tree.h"

namespace care_circle {

/// The first entry of that type, or an empty Node.
gateway::Node resourceOf(gateway::Node bundle, std::string_view type);
/// What stands behind those names, the first of each.
gateway::Node at(gateway::Node node, std::initializer_list<std::string_view> names);
/// The code of that system among the codings of an element's CodeableConcepts of that name;
/// `system`: the name of one of ours, or a whole url.
std::string_view codeIn(gateway::Node element, std::string_view name, std::string_view system);
/// The extension of ours of that name; empty: none.
gateway::Node extensionIn(gateway::Node element, std::string_view name);
/// Its `value`, as text.
std::string_view valueIn(gateway::Node element, std::string_view name);
/// "SYSTEM|VALUE" of an Identifier.
std::string spelled(gateway::Node identifier);

}  // namespace care_circle
