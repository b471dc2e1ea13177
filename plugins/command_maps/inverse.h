/// @file  The way back of a map, as far as it follows from the map alone.
#pragma once

#include <string>

#include "fml_syntax.h"
#include "gateway/error.h"

namespace maps {

struct Inverse {
    fml::MapSyntax map;  ///< with a comment "TODO reverse: …" for each rule that is not inverted
    std::size_t rules = 0;
    std::size_t left = 0;  ///< how many of them are to do by hand
};

/// Inverts copies, code tables (their way back), constants (as conditions), creates, the parts of
/// cc, c, id, cp and qty, and calls of groups of the same map.
Inverse inverseOf(const fml::SourceText& source, const fml::MapSyntax& map,
                  gateway::Spoken language);

/// "relai-to-plan" is "plan-to-relai"; of other names "NAME-reverse".
std::string reversedName(const std::string& name);

}  // namespace maps
