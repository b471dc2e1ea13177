/// @file  What the register keeps of a plan: names of its facts, spelling of its labels. Written by
/// the rules for plans, read by the news, the lists and the indicators.
///
/// Dates are written 2026-04-12. A fact without a value is not written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/register.h"

namespace care_circle {

namespace fact {
inline constexpr std::string_view kNumber = "number";    ///< the plan's business number
inline constexpr std::string_view kSystem = "system";    ///< of that number
inline constexpr std::string_view kPatient = "patient";  ///< the network's own id of the person
/// OID of the authority of the INS, of a qualified identity.
inline constexpr std::string_view kInsOid = "ins-oid";
inline constexpr std::string_view kCoordinator = "coordinator";  ///< name, as the plan shows it
inline constexpr std::string_view kCoordinatorId = "coordinator-id";
inline constexpr std::string_view kSector = "sector";
inline constexpr std::string_view kOpened = "opened";  ///< date of entry, else of its first edition
inline constexpr std::string_view kClosed =
    "closed";                                      ///< date of exit, else of the closing edition
inline constexpr std::string_view kExit = "exit";  ///< code of pps-exit-reason
inline constexpr std::string_view kDied = "died";  ///< "yes": the person died
inline constexpr std::string_view kReview = "review";  ///< date of the next review
/// Which Task of that review was made last: a code of pps-due.
inline constexpr std::string_view kAsked = "asked";
inline constexpr std::string_view kActions = "actions";  ///< how many actions are under way
/// Id of the message that brought the edition: others change the entry too.
inline constexpr std::string_view kMessage = "message";
inline constexpr std::string_view kGp = "gp";            ///< name of a partner
inline constexpr std::string_view kMember = "member";    ///< repeated: a Membership
inline constexpr std::string_view kSharing = "sharing";  ///< "refused": nobody may get it
inline constexpr std::string_view kRefusedKind =
    "refused-kind";                                           ///< repeated: code of pps-function
inline constexpr std::string_view kRefusedId = "refused-id";  ///< repeated: "scheme|value"
/// Repeated, "PLAN-KEY": the plan of another network for the same person, or of one with the same
/// traits, that was told of.
inline constexpr std::string_view kSamePerson = "same-person";
/// Repeated, "DAY KEY KEY …": members, problems and goals of the edition that were first seen on
/// that day.
inline constexpr std::string_view kSeen = "seen";
inline constexpr std::string_view kReport = "report";      ///< repeated: a line of the data quality
inline constexpr std::string_view kSession = "session";    ///< repeated: a ComingSession
inline constexpr std::string_view kApproach = "approach";  ///< repeated: an Approach
}  // namespace fact

/// What plans are found by, beside the subjects "SYSTEM|VALUE" of the person.
namespace label {
std::string coordinator(std::string_view network, std::string_view id);
std::string sector(std::string_view network, std::string_view name);
std::string open(std::string_view network);  ///< only while the plan is open
/// @param month  of the next review, "2026-04"; of all networks, only while the plan is open
std::string review(std::string_view month);
/// @param traits  normalised: birth name, first given name, sex, birth date, INSEE of birth
std::string traits(const std::vector<std::string>& traits);
/// @param family  normalised; the birth name and the used name, each
std::string named(std::string_view family, std::string_view born);
/// A plan's own business identifier, as FHIR searches for it: "SYSTEM|NUMBER".
std::string identifier(std::string_view system, std::string_view number);
/// @param oid     without "urn:oid:"
/// @param number  15 characters
std::string ins(std::string_view oid, std::string_view number);
}  // namespace label

/// Key of a plan in the register.
std::string planKey(std::string_view network, std::string_view number);

/// Id of the message that brought the edition: others change the entry too, a review for one.
inline std::string_view broughtBy(const gateway::RegisterEntry& plan) {
    const std::string_view named = plan.fact(fact::kMessage);
    return named.empty() ? std::string_view(plan.message) : named;
}

/// Whether a plan in that state of FHIR (RegisterEntry::state) is open: draft, active, on-hold.
bool isOpen(std::string_view state);

/// A partner that is, or was, in the care team of the plan, or to whom the person lets it be given.
struct Membership {
    std::string partner;
    std::string since;  ///< stated date, else that of the edition that named it first
    std::string until;  ///< last day, may be to come; empty: none is stated
    std::string ended;  ///< edition, or date, with which it was told that it is over
    bool hasLeft() const { return !ended.empty(); }

    friend bool operator==(const Membership&, const Membership&) = default;
};

/// A complementary approach, or a psychologist or occupational therapist whom the network pays.
struct Approach {
    std::string code;     ///< of pps-approach, else of pps-function of who does it
    bool carer = false;   ///< for a carer, not for the person
    std::string planned;  ///< sessions
    std::string done;
    std::string unitCost;  ///< euros
    std::string payer;     ///< code of pps-payer, else the network's words
    std::string rest;      ///< euros left to pay for each
    bool evaluated = false;
    std::string asked = {};               ///< date of the prescription
    std::vector<std::string> dates = {};  ///< of sessions done, as far as they are stated

    friend bool operator==(const Approach&, const Approach&) = default;
};

/// A session to come of which partners were told.
struct ComingSession {
    std::string url;       ///< fullUrl of its entry
    std::string id;        ///< "SYSTEM|VALUE"
    std::string from, to;  ///< days, or instants
    std::string what;      ///< as the plan calls it
    std::string action;    ///< fullUrl of what it is a session of
    std::string actionId;  ///< "SYSTEM|VALUE"
    bool carer = false;    ///< it is a carer's, not the person's
    std::string gone;      ///< edition in which it was there no more; empty: it stands

    friend bool operator==(const ComingSession&, const ComingSession&) = default;
};

std::string written(const Membership& member);
std::string written(const Approach& approach);
std::string written(const ComingSession& session);
/// Empty when it was written otherwise.
std::optional<Membership> membership(std::string_view fact);
std::optional<Approach> approach(std::string_view fact);
std::optional<ComingSession> comingSession(std::string_view fact);

/// Every value of a fact that repeats.
std::vector<std::string_view> factsOf(const gateway::RegisterEntry& entry, std::string_view name);
std::vector<Membership> membersOf(const gateway::RegisterEntry& entry);
std::vector<Approach> approachesOf(const gateway::RegisterEntry& entry);
std::vector<ComingSession> sessionsOf(const gateway::RegisterEntry& entry);

}  // namespace care_circle
