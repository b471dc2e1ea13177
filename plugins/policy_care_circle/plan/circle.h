/// @file  What a plan bundle says of its care circle: members, refusals, edition.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/directory.h"
#include "gateway/time.h"
#include "gateway/tree.h"

namespace care_circle {

using Identifier = std::pair<std::string, std::string>;  ///< scheme of the directory ("rpps",
                                                         ///< "finess", "mss"), value

/// Somebody of the plan who may be a partner.
struct Member {
    std::string url;                      ///< fullUrl of its entry
    std::string role;                     ///< for people: "Pharmacien", never a name
    std::vector<Identifier> identifiers;  ///< the person's first, then the structure's
    std::vector<std::string> functions;   ///< codes of pps-function
    std::string structure;                ///< fullUrl of the structure it works for
    bool professional = false;  ///< a professional or structure; relatives get nothing by wire
    bool left = false;          ///< its participation has ended
};

/// Reads once through a plan bundle (R4: CarePlan, CareTeam, Consent, PractitionerRole, …).
class Circle {
public:
    /// @throws Error(rejected) when somebody is refused whom the bundle does not hold: then nobody
    /// knows who must not get it
    Circle(gateway::Node bundle, std::string_view today);

    bool hasPlan() const { return static_cast<bool>(plan_); }
    std::string number() const;  ///< the plan's business number
    std::string edition()
        const;                   ///< its edition, "3"; its date when it has no number; may be empty
    std::string status() const;  ///< CarePlan.status
    std::vector<std::string> subjects() const;  ///< identifiers of the person, "system|value"

    const std::vector<Member>& members() const { return members_; }
    const std::vector<Member>& refused() const { return refused_; }
    /// Whether an active consent permits sharing.
    bool consentRecorded() const { return consentRecorded_; }
    bool sharingRefused() const { return sharingRefused_; }
    /// Whether the person refused a kind of recipient that has this category of the directory.
    bool refusesCategory(std::string_view category) const;

private:
    Member memberOf(std::string_view url, gateway::Node role) const;
    void readConsent(gateway::Node consent);
    void readProvision(gateway::Node provision);
    void refuseKinds();

    std::map<std::string, gateway::Node, std::less<>> byUrl_;
    gateway::Node plan_;
    std::vector<gateway::Node> patients_;
    std::vector<Member> members_, refused_;
    std::vector<std::string> refusedKinds_;  ///< codes of pps-function
    bool sharingRefused_ = false, consentRecorded_ = false;
};

/// The partner that a member is: by the person's identifiers first, then by the structure's; null
/// when there is none.
const gateway::Partner* partnerOf(const Member& member, const gateway::Directory& directory);

/// Number by which editions are compared: higher is later.
std::int64_t orderOf(std::string_view edition);

}  // namespace care_circle
