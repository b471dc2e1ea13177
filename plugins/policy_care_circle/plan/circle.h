/// @file  What a plan bundle says of its care circle: members, refusals, consents.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/directory.h"
#include "plan/bundle.h"

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
    std::string structureName, personName;
    bool professional = false;  ///< a professional or structure; relatives get nothing by wire
    std::string since, until;   ///< dates of its participation, where they are stated

    /// On that day; a participation that has begun and is not over.
    bool takesPart(std::string_view today) const;
    bool has(std::string_view function) const;
};

/// A recipient outside the team to whom the person lets the plan be given.
struct Permission {
    Member to;
    std::string given, until;  ///< dates
    bool collected = false;    ///< it stands how it was collected
    std::string where;         ///< of the provision
};

/// Reads once through a plan bundle (R4: CarePlan, CareTeam, Consent, PractitionerRole, …).
class Circle {
public:
    explicit Circle(const Bundle& bundle);

    /// @throws Error(rejected) when a consent or a refusal is of somebody whom the bundle does not
    /// hold: then nobody knows who may, or must not, get it
    void mustKnowWhoIsMeant() const;
    /// Whether somebody is refused whom the bundle does not hold.
    bool refusesSomebodyUnknown() const { return refusesSomebodyUnknown_; }

    const std::vector<Member>& members() const { return members_; }
    const std::vector<Member>& refused() const { return refused_; }
    const std::vector<std::string>& refusedKinds() const { return refusedKinds_; }
    const std::vector<Permission>& permissions() const { return permissions_; }
    /// Whether an active consent permits sharing in the team.
    bool consentRecorded() const { return consentRecorded_; }
    bool sharingRefused() const { return sharingRefused_; }
    Member memberOf(std::string_view url, gateway::Node role = {}) const;

private:
    void readTeam(gateway::Node team);
    void readConsent(gateway::Node consent);
    void readProvision(gateway::Node consent, gateway::Node provision, bool outer);
    void refuseKinds();
    Member actorOf(gateway::Node actor) const;

    const Bundle& bundle_;
    std::vector<Member> members_, refused_;
    std::vector<Permission> permissions_;
    std::vector<std::string> refusedKinds_;  ///< codes of pps-function
    std::vector<gateway::Node> unknown_;     ///< actors of consents who are nobody of the bundle
    bool refusesSomebodyUnknown_ = false;
    bool sharingRefused_ = false, consentRecorded_ = false;
};

/// Whether one of the refused kinds has this category of the directory.
bool refusesCategory(const std::vector<std::string>& kinds, std::string_view category);

/// Scheme of the directory for a FHIR identifier (CI-SIS: RPPS, FINESS, IDNPS, IDNST); others keep
/// their system.
Identifier schemeOf(std::string_view system, std::string_view value);

/// The partner that a member is: by the person's identifiers first, then by the structure's; null
/// when there is none.
const gateway::Partner* partnerOf(const Member& member, const gateway::Directory& directory);

}  // namespace care_circle
