/// @file  What the column "table" of a sheet says beside the name of a code table: how a value is
/// written anew.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace maps {

/// One step, as FHIRPath. `%x` in it stands for the value before, a text.
struct Rewriting {
    std::string condition;     ///< that the value must meet; may be empty
    gateway::Reason expected;  ///< what to say when it does not
    std::string expression;    ///< empty: the value as it is
    /// Whether a sample meets the condition; empty: any does.
    std::function<bool(const std::string&)> takes = {};
};

struct Rewrite {
    std::vector<Rewriting> steps;
    std::string table;                    ///< the code table at the end; may be empty
    std::optional<std::string> constant;  ///< the value, whatever the source has
    std::string separator;                ///< the value holds several, with that between them
    bool asIs = false;
    bool date = false;
    bool time = false, zone = false;  ///< of a date
    bool empty() const { return steps.empty() && !constant && separator.empty(); }
};

/// Steps are separated by "puis" or "then". Whatever is no keyword is the name of a table.
/// @throws gateway::Error that says what was found and expected
Rewrite parseRewrite(std::string_view text);

/// `text` as a FHIRPath or FML string, with its quotes.
std::string literal(std::string_view text);

}  // namespace maps
