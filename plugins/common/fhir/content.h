/// @file  What both writers ask of a tree.
#pragma once

#include <string>
#include <string_view>

#include "gateway/error.h"
#include "gateway/tree.h"
#include "r4_model.h"

namespace fhir {

inline constexpr int kMostDepth = 512;

/// @throws gateway::Error(rejected) at the path of `node`
[[noreturn]] void refuse(gateway::Node node, const gateway::Reason& what);

/// Whether anything is left of it: FHIR has neither empty objects nor empty arrays. Of a resource
/// its type is left.
inline bool hasContent(gateway::Node node);
/// The same of what is below it.
bool hasContentBelow(gateway::Node node);

/// The type of a resource, by the type of its node or its name. @throws as refuse() does
const Type& resourceType(gateway::Node node);

/// Whether a text is one that a primitive can have: a number, true or false.
bool isValue(const Type& type, std::string_view text);

inline bool hasContent(gateway::Node node) {
    return node.hasText() || node.isNull() || hasContentBelow(node);
}

}  // namespace fhir
