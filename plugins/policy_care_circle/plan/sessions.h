/// @file  Sessions to come. Those that a newer edition has no more, and all of somebody who died,
/// go out as cancelled, so that nobody waits for them.
#pragma once

#include <string>
#include <vector>

#include "plan/edition.h"

namespace care_circle {

class Sessions {
public:
    explicit Sessions(const Edition& edition);

    /// Appointments of this edition that will not take place, since the person has died.
    const std::vector<gateway::Node>& ended() const { return ended_; }
    /// Those that an earlier edition had, this one has not, and whose day is still to come.
    const std::vector<ComingSession>& gone() const { return gone_; }
    /// For the register: what is to come, and what is gone with this edition, as it may be sent
    /// again.
    std::vector<std::string> facts() const;

private:
    void read(const Edition& edition, const std::string& last);
    void compare(const Edition& edition, const std::string& last);

    std::vector<gateway::Node> ended_;
    std::vector<ComingSession> coming_, gone_;
};

}  // namespace care_circle
