/// @file  What decide() was asked, handed to the rules as one.
#pragma once

#include <string>
#include <string_view>

#include "gateway/policy.h"
#include "rules.h"

namespace care_circle {

struct Question {
    const gateway::Document& pivot;
    const gateway::Context& about;  ///< source, network, time
    const gateway::Directory& partners;
    const gateway::Register& plans;
    const Rules& rules;

    std::string_view network() const { return about.get("network"); }
    /// Who was connected when it came, as a partner; empty: not known.
    std::string_view sender() const { return about.get("sender"); }
    std::string_view source() const { return about.get("source"); }
    /// When the message was accepted, and its date.
    std::string_view time() const { return about.get("time"); }
    /// Id of the message; the same when it is translated again.
    std::string_view message() const { return about.seed; }
    std::string_view today() const { return time().substr(0, 10); }
};

}  // namespace care_circle
