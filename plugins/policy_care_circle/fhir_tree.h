/// @file  FHIR resources that the policy writes itself, node by node; and the three that networks
/// get: something to do (Bundle of Task and Patient), a notice (Bundle of Communication and
/// Patient), a report (OperationOutcome). Their forms: profiles pps-to-do, pps-notice, pps-report.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"

namespace care_circle {

/// Code systems and extensions of the plan bundle (docs/plan-model.md).
inline constexpr std::string_view kCodes = "https://passerelle.example/fhir/CodeSystem/";
inline constexpr std::string_view kExtensions =
    "https://passerelle.example/fhir/StructureDefinition/";
/// Of the network of that name; the system of its plans' numbers.
std::string networkSystem(std::string_view network);

/// "urn:uuid:" and a UUID that is the same for the same name (RFC 9562, version 8).
std::string urnOf(std::string_view name);

/// A resource under construction. Nothing is written of an empty text.
class FhirTree {
public:
    using Place = gateway::Builder::Handle;

    explicit FhirTree(std::string_view resourceType);
    Place root() const { return tree_.root(); }

    Place group(Place in, std::string_view name) { return tree_.add(in, name); }
    void text(Place in, std::string_view name, std::string_view value);
    /// The value of a choice: value(extension, "value", "string", words).
    void choice(Place in, std::string_view name, std::string_view type, std::string_view value);
    /// The same for a value with parts.
    Place choice(Place in, std::string_view name, std::string_view type);
    Place extension(Place in, std::string_view name);  ///< of ours
    void identifier(Place in, std::string_view system, std::string_view value);
    /// A CodeableConcept of one coding; `system` is the name of one of ours, or a whole url.
    void concept_(Place in, std::string_view name, std::string_view system, std::string_view code,
                  std::string_view display);
    void reference(Place in, std::string_view name, std::string_view url);
    /// An element of another resource, as it stands there.
    void copy(Place in, gateway::Node element);
    /// One more entry of a Bundle; @return its resource
    Place entry(std::string_view fullUrl, std::string_view resourceType);

    std::shared_ptr<const gateway::Document> take();

private:
    gateway::Builder tree_;
};

/// Which plan, for people and for the folder of a network.
struct PlanName {
    std::string system;  ///< of its number
    std::string number;
    std::string edition;  ///< may be empty
    std::string patient;  ///< the network's own id of the person
};

/// A Task for a person of the network.
struct ToDo {
    PlanName plan;
    std::string name;  ///< of this one among those of the plan: "review/2026-04-12"
    std::string code;  ///< of pps-task
    std::string display;
    std::string nearness;  ///< of pps-due, for reviews
    std::string nearnessDisplay;
    std::string text;      ///< in French; no health content
    std::string until;     ///< date, may be empty
    std::string handOver;  ///< what `messages settle` takes for what is handed over, may be empty
    std::string owner;     ///< the referent's name, may be empty
    std::string at;        ///< instant at which it was made
};
std::shared_ptr<const gateway::Document> written(const ToDo& task);

/// A Communication without health content.
struct Notice {
    PlanName plan;
    std::string name;  ///< of this one among those of the plan
    std::string code;  ///< of pps-notice
    std::string display;
    std::string text;  ///< in French
    std::string sender;
    std::string at;
};
std::shared_ptr<const gateway::Document> written(const Notice& notice);

/// One line of a report on a plan.
struct Finding {
    gateway::Severity severity = gateway::Severity::warning;
    std::string code;  ///< of pps-report
    std::string display;
    gateway::Reason text;
    gateway::Reason remedy;  ///< what to do, may be empty
    std::string where;       ///< in the plan bundle, may be empty
};
std::shared_ptr<const gateway::Document> written(const PlanName& plan,
                                                 const std::vector<Finding>& findings,
                                                 std::string_view at);

/// 2026-04-12 as people in France read it: 12/04/2026. Other texts stay.
std::string frenchDate(std::string_view date);

}  // namespace care_circle
