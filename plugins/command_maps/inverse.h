/// @file  The way back of a map, as far as it follows from the map alone.
#pragma once

#include <functional>
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
/// @param oneWayBack  whether each target code of the table of that name leads back to one code
Inverse inverseOf(const fml::SourceText& source, const fml::MapSyntax& map,
                  const std::function<bool(const std::string& table)>& oneWayBack,
                  gateway::Spoken language);

/// The map as text, without those rules that do not compile: what `mistakes` finds in a text. Each
/// is left as a comment.
std::string compilable(const std::string& file, Inverse& inverse,
                       const std::function<gateway::Findings(const std::string& text)>& mistakes,
                       gateway::Spoken language);

/// "relai-to-plan" is "plan-to-relai"; of other names "NAME-reverse".
std::string reversedName(const std::string& name);

}  // namespace maps
