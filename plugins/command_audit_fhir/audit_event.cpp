#include "audit_event.h"

#include <algorithm>

#include "audit_codes.h"

namespace audit_fhir {
using namespace gateway;
using json::Told;

namespace {

using Place = Told::Place;

constexpr std::string_view kGateway = "passerelle";
constexpr std::string_view kPlans = "https://passerelle.example/fhir/NamingSystem/plan";
constexpr std::string_view kMessages = "https://passerelle.example/fhir/NamingSystem/message";
constexpr Code kServer{"http://terminology.hl7.org/CodeSystem/security-source-type", "4",
                       "Application Server"};
constexpr Code kSystemObject{"http://terminology.hl7.org/CodeSystem/audit-entity-type", "2",
                             "System Object"};
constexpr Code kDomainResource{"http://terminology.hl7.org/CodeSystem/object-role", "4",
                               "Domain Resource"};
constexpr Code kReport{"http://terminology.hl7.org/CodeSystem/object-role", "3", "Report"};
constexpr Code kResource{"http://terminology.hl7.org/CodeSystem/object-role", "20", "Job"};

std::string_view textOf(Node entry, std::string_view name) { return entry.child(name).text(); }

std::string_view detailOf(Node entry, std::string_view name) {
    return entry.child("details").child(name).text();
}

void tellCode(Told& told, Place coding, const Code& code) {
    told.text(coding, "system", code.system);
    told.text(coding, "code", code.code);
    told.text(coding, "display", code.display);
}

void tellConcept(Told& told, Place concept_, const Code& code) {
    tellCode(told, told.item(concept_, "coding"), code);
}

/// "192.0.2.7:51234", "[2001:db8::1]:443", "2001:db8::1" without the port; empty: no address.
std::string_view addressOf(std::string_view by) {
    if (by.starts_with("[")) {
        const std::size_t end = by.find(']');
        return end == by.npos ? std::string_view() : by.substr(1, end - 1);
    }
    const bool hex = by.find_first_not_of("0123456789abcdefABCDEF:.") == by.npos;
    const auto colons = std::count(by.begin(), by.end(), ':');
    if (hex && colons > 1) return by;
    const std::string_view host = by.substr(0, by.find(':'));
    const bool numbers = host.find_first_not_of("0123456789.") == host.npos;
    return numbers && std::count(host.begin(), host.end(), '.') == 3 ? host : std::string_view();
}

void tellAgent(Told& told, Place event, Node entry, std::string_view who, const Code& part,
               bool requestor) {
    const Place agent = told.item(event, "agent");
    if (!part.code.empty()) tellConcept(told, told.object(agent, "type"), part);
    told.text(told.object(agent, "who"), "display", who);
    if (requestor) told.text(agent, "altId", detailOf(entry, "person"));
    told.flag(agent, "requestor", requestor);
    const std::string_view peer = requestor ? detailOf(entry, "peer") : std::string_view();
    const std::string_view address = addressOf(peer.empty() ? who : peer);
    if (address.empty()) return;
    const Place network = told.object(agent, "network");
    told.text(network, "address", address);
    told.text(network, "type", "2");  // an IP address
}

void tellAgents(Told& told, Place event, Node entry, const Meaning& meaning) {
    const std::string_view by = textOf(entry, "by").empty() ? kGateway : textOf(entry, "by");
    const std::string_view partner = detailOf(entry, "partner");
    switch (meaning.way) {
        case Meaning::Way::out:
            tellAgent(told, event, entry, by, kSourceRole, true);
            if (!partner.empty()) tellAgent(told, event, entry, partner, kDestinationRole, false);
            return;
        case Meaning::Way::in:
            tellAgent(told, event, entry, by, kSourceRole, true);
            tellAgent(told, event, entry, kGateway, kDestinationRole, false);
            return;
        case Meaning::Way::none:
            tellAgent(told, event, entry, by, by == kGateway ? kApplication : Code(), true);
            if (!partner.empty() && partner != by)
                tellAgent(told, event, entry, partner, {}, false);
    }
}

/// "0" done, "4" in part, "8" not.
std::string_view outcomeOf(Node entry) {
    const std::string_view result = textOf(entry, "result"), what = textOf(entry, "what");
    if (result == "refused") return "8";
    return result == "partly" || what == "uncertain" || what == "left-out" ? "4" : "0";
}

/// Whether it is what the entry calls so, or has the form of it.
bool isPlan(Node entry, std::string_view one) {
    if (one == detailOf(entry, "plan")) return true;
    return detailOf(entry, "end").empty() && one.find('/') != one.npos;
}

void tellDetails(Told& told, Place entity, Node entry) {
    for (const Node one : entry.child("details").children()) {
        if (one.text().empty()) continue;
        const Place detail = told.item(entity, "detail");
        told.text(detail, "type", one.name());
        told.text(detail, "valueString", one.text());
    }
}

void tellEntities(Told& told, Place event, Node entry) {
    Place first;
    const std::string_view end = detailOf(entry, "end"), partner = detailOf(entry, "partner");
    for (const Node one : entry.children()) {
        const std::string_view text = one.text();
        if (one.name() != "about" || text.empty() || text == partner) continue;
        const Place entity = told.item(event, "entity");
        if (!first) first = entity;
        const bool plan = text != end && isPlan(entry, text);
        const Place identifier = told.object(told.object(entity, "what"), "identifier");
        told.text(identifier, "system", plan ? kPlans : kMessages);
        told.text(identifier, "value", text);
        tellCode(told, told.object(entity, "type"), kSystemObject);
        tellCode(told, told.object(entity, "role"),
                 plan          ? kDomainResource
                 : text == end ? kResource
                               : kReport);
    }
    if (entry.child("details").children().empty()) return;
    if (!first) {
        first = told.item(event, "entity");
        tellCode(told, told.object(first, "type"), kSystemObject);
    }
    tellDetails(told, first, entry);
}

}  // namespace

std::string idOf(Node entry) {
    std::string id(textOf(entry, "n"));
    const std::string_view what = textOf(entry, "what");
    if (what == "refused") return {};  // of many in one line
    const std::string_view message = detailOf(entry, "message"),
                           delivery = detailOf(entry, "delivery");
    if (message.empty() && delivery.empty()) return what == "left-out" ? std::string() : id;
    if (what == "left-out") return {};  // several of one message
    id += '-';
    id += what;
    id += '-';
    id += delivery.empty() ? message : delivery;
    return id.size() > 64 ? std::string() : id;
}

void tellEvent(Told& told, Place event, Node entry) {
    const Meaning& meaning = meaningOf(textOf(entry, "what"));
    told.text(event, "resourceType", "AuditEvent");
    told.text(event, "id", idOf(entry));
    tellCode(told, told.object(event, "type"), meaning.type);
    if (!meaning.subtype.code.empty()) tellCode(told, told.item(event, "subtype"), meaning.subtype);
    const Place word = told.item(event, "subtype");
    told.text(word, "system", "https://passerelle.example/fhir/CodeSystem/audit");
    told.text(word, "code", textOf(entry, "what"));
    told.text(event, "action", std::string_view(&meaning.action, 1));
    told.text(event, "recorded", textOf(entry, "at"));
    told.text(event, "outcome", outcomeOf(entry));
    const bool refused = outcomeOf(entry) == "8";
    told.text(event, "outcomeDesc",
              refused && detailOf(entry, "place").empty() ? textOf(entry, "why")
                                                          : detailOf(entry, "place"));
    const std::string_view why = textOf(entry, "why");
    if (!meaning.purpose.code.empty() || !why.empty()) {
        const Place purpose = told.item(event, "purposeOfEvent");
        if (!meaning.purpose.code.empty()) tellConcept(told, purpose, meaning.purpose);
        told.text(purpose, "text", why);
    }
    tellAgents(told, event, entry, meaning);
    const Place source = told.object(event, "source");
    told.text(told.object(source, "observer"), "display", kGateway);
    tellCode(told, told.item(source, "type"), kServer);
    tellEntities(told, event, entry);
}

}  // namespace audit_fhir
