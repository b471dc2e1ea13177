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
    /// When the message was accepted, UTC.
    std::string_view time() const { return about.get("time"); }
    /// The same as clocks show it there, with its offset: people read it.
    std::string moment() const;
    /// Id of the message; the same when it is translated again.
    std::string_view message() const { return about.seed; }
    /// That date where the message came from: an hour after midnight in France it is not yet there
    /// in UTC.
    std::string_view today() const { return day; }

    const std::string day = localDay(about);

    static std::string localDay(const gateway::Context& about);
};

}  // namespace care_circle
