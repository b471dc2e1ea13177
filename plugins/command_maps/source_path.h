/// @file  Where a value stands in the source, as a sheet says it: "problemes[]/objectifs[]/etat".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace maps {

/// One step down. Of a filter, `[type=MOBILE]`, only what has that value is meant.
struct Step {
    std::string name;
    bool repeated = false;
    std::vector<std::string> filter;  ///< names down to what is compared
    std::string wanted;               ///< its value

    friend bool operator==(const Step&, const Step&) = default;
};
using Steps = std::vector<Step>;

/// What one cell of the column "source" says. "a/b + a/c" joins with a space, "a/b & a/c" without.
struct SourcePath {
    Steps steps;                ///< to the value; of several, to what they lie in
    std::vector<Steps> joined;  ///< of several: from there to each
    std::vector<bool> spaced;   ///< whether a space stands before each
    bool constant() const { return steps.empty() && joined.empty(); }
};

/// @throws gateway::Error that says what was found and expected
SourcePath parseSourcePath(std::string_view text);
std::string toText(const Steps& steps);

/// Whether `whole` begins with `front`.
bool beginsWith(const Steps& whole, const Steps& front);
bool repeats(const Steps& steps);

}  // namespace maps
