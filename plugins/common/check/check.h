/// @file  The option `check:` of codecs, and what is done about what a check found.
///
///   check: none                               # the default
///   check: NAME                               # a check that the codec knows; what fails is
///   refused check: {profile: NAME, on_error: warn}    # findings are warnings only
#pragma once

#include <string>

#include "gateway/config.h"
#include "gateway/error.h"

namespace check {

enum class OnError { ignore, warn, refuse };

/// What `check:` says.
struct Asked {
    std::string name;  ///< empty: none
    gateway::Place where;
    OnError onError = OnError::ignore;
};

/// Reads `check:`, reporting a shape that it cannot have.
Asked ask(gateway::Config& config);

/// The fault of a message because of one finding.
using FaultOf = gateway::Fault (*)(const gateway::Issue& first);

/// Adds what was found to `issues`, as warnings at most when that is asked.
/// @throws Error at the first error among them when that is asked
void judge(const gateway::Issues& found, OnError onError, gateway::Issues& issues, FaultOf faultOf);

}  // namespace check
