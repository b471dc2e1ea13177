/// @file  Since when the members, problems and goals of a plan are known, for those that the plan
/// gives no start.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plan/edition.h"

namespace care_circle {

class FirstSeen {
public:
    explicit FirstSeen(const Edition& edition);

    /// An element that lacks its start.
    struct Undated {
        gateway::Node in;          ///< CareTeam.participant, its period, a Goal, a Condition
        std::string_view element;  ///< "period", "start", "recordedDate"
        std::string day;           ///< on which the gateway first saw it
    };
    const std::vector<Undated>& undated() const { return undated_; }

    /// For the register: "2026-03-02 KEY KEY …", a line for each day.
    std::vector<std::string> facts() const;

private:
    void participants(gateway::Node team);
    void resources(std::string_view type, std::string_view element);
    /// Notes that it is there. @return the day on which it was first
    const std::string& day(const std::string& name);

    const Edition& edition_;
    std::map<std::string, std::string, std::less<>> before_;  ///< key → day
    std::map<std::string, std::string> now_;
    std::vector<Undated> undated_;
};

}  // namespace care_circle
