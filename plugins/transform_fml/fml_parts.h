/// @file  The rules of a program and the rows of its tables, numbered for trace and coverage.
#pragma once

#include <optional>
#include <string>

#include "fml_program.h"
#include "fml_syntax.h"

namespace fml {

/// Numbers all rules and rows of a compiled program.
void numberParts(Program& program);

/// A rule as people call it: its name, else what it takes and makes, "src.a -> tgt.b".
std::string calledRule(const RuleSyntax& rule);

/// What a comment `@ignore reason` of the rule says; nothing when there is none.
std::optional<gateway::Reason> ignoreReason(const RuleSyntax& rule);

/// The lines `/// lossy = "path reason"` of a map.
std::vector<gateway::MapFacts::Lossy> lossyOf(const MapSyntax& map);

}  // namespace fml
