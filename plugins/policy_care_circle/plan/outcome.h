/// @file  What becomes of one edition, as the rules add to it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fhir_tree.h"
#include "gateway/policy.h"
#include "plan_facts.h"

namespace care_circle {

struct Outcome {
    gateway::Decisions decisions;
    std::set<std::string> decided;        ///< partners about whom it is decided
    std::set<std::string> refused;        ///< partners that the person refused, of this edition
    std::vector<Membership> members;      ///< as they are to stand in the register
    std::vector<Finding> findings;        ///< of the report
    std::vector<ToDo> toDo;               ///< for the network
    std::vector<std::string> samePerson;  ///< facts
    std::optional<std::string> review;    ///< date of the next one
    std::vector<std::string> seen;        ///< facts: since when its parts are known
    std::vector<std::string> sessions;    ///< facts: those to come

    bool isDecided(const std::string& partner) const { return decided.contains(partner); }
    void leaveOut(std::string partner, std::string who, gateway::Reason why);
    /// @return what can be said further of it
    gateway::Decision& send(const gateway::Partner& to, std::string who, gateway::Reason why);
    /// A Task, or a report, for the network; without it as a partner nobody can be told.
    void give(const gateway::Directory& partners, const std::string& network, std::string_view kind,
              gateway::Reason why, std::shared_ptr<const gateway::Document> what);
    void close(const std::string& plan, const std::string& partner, gateway::Reason why);
};

/// The destination of the network, or of another partner, for what is of that kind ("tasks",
/// "reports", "notices"): the one of that name, else its only one, else that name, which the
/// gateway then misses.
std::string channelOf(const gateway::Partner& partner, std::string_view kind);

}  // namespace care_circle
