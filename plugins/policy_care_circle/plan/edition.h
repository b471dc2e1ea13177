/// @file  One edition of a plan, as it came, and what is known of the plan from those before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir_tree.h"
#include "plan/circle.h"
#include "plan_facts.h"
#include "question.h"

namespace care_circle {

struct Edition {
    /// @throws Error(rejected) when the bundle is no plan with a number
    explicit Edition(const Question& question);

    const Question& question;
    const Bundle bundle;
    const Circle circle;
    std::string number;
    std::string key;     ///< in the register
    std::string name;    ///< of the edition: "3", else when it was made or accepted
    std::int64_t order;  ///< higher is later
    std::string status;  ///< CarePlan.status
    std::string date;    ///< of the edition, else that of its acceptance
    std::optional<gateway::RegisterEntry> known;
    std::int64_t knownOrder = 0;
    std::vector<Membership> knownMembers;

    bool isNew() const { return !known || knownOrder < order; }
    /// An older one than what is known.
    bool isLate() const { return known && knownOrder > order; }
    bool closes() const { return status == "completed" || status == "revoked"; }
    /// The person refuses all sharing: by this edition, or by what stood when it came again.
    bool sharingRefused() const;
    bool isMistake() const { return status == "entered-in-error"; }
    /// The person has died.
    bool saysDeath() const;
    /// The day from which nothing goes on any more: of the death, or the end; else today.
    std::string lastDay() const;
    PlanName plan() const;
    std::string referent() const;  ///< name, may be empty
    /// The network as a partner; null: there is none.
    const gateway::Partner* network() const;
    /// Partners that got an edition, or may have got one.
    std::vector<std::string> former() const;
};

/// Number by which editions are compared: higher is later. "3" and "1.10" count editions; dates
/// and instants are compared as such.
std::int64_t orderOf(std::string_view edition);

}  // namespace care_circle
