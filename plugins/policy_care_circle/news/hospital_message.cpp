#include "news/hospital_message.h"

#include "news/fhir.h"
#include "plan/identifiers.h"

namespace care_circle {
using namespace gateway;

namespace {

/// Only a qualified identity may be found by its INS (RNIV): VALI with INS (fr-core-1), or QUAL.
bool isQualified(Node patient, bool onlyQual) {
    if (onlyQual) return at(patient, {"meta", "tag", "code"}).text() == "QUAL";
    const Node status =
        extensionIn(extensionIn(patient, "fr-core-identity-reliability"), "identityStatus");
    const std::string_view code = at(status, {"value", "code"}).text();
    return code == "VALI" || code == "QUAL";
}

/// v3-Confidentiality: restricted, very restricted.
bool isConfidential(Node bundle) {
    for (const Node meta : bundle.children())
        if (meta.name() == "meta")
            for (const Node label : meta.children())
                if (label.name() == "security")
                    if (const std::string_view code = label.child("code").text();
                        code == "R" || code == "V")
                        return true;
    return false;
}

/// MSH-11: T, D.
bool isTest(Node bundle) {
    const std::string_view processing = at(bundle, {"meta", "tag", "code"}).text();
    return !processing.empty() && processing != "P";
}

std::string knownTo(std::string_view hospital, Node identifier) {
    return "hospital:" + std::string(hospital) + "/" +
           std::string(at(identifier, {"assigner", "display"}).text()) + spelled(identifier);
}

constexpr std::string_view kEvents = "http://terminology.hl7.org/CodeSystem/v2-0003";

}  // namespace

PersonIds idsOf(Node patient, std::string_view hospital, bool onlyQual) {
    PersonIds ids;
    bool usual = false;
    const bool qualified = isQualified(patient, onlyQual);
    for (const Node one : patient.children()) {
        if (one.name() != "identifier" || one.child("value").text().empty()) continue;
        const std::string_view system = one.child("system").text();
        if (const InsKind kind = insKind(system); kind != InsKind::none) {
            if (qualified && kind != InsKind::former) ids.ins.push_back(spelled(one));
            continue;
        }
        const std::string number =
            system.empty() ? knownTo(hospital, one) : spelled(one);  // to that hospital alone
        const bool first = ids.own.empty() || (!usual && one.child("use").text() == "usual");
        if (first && !ids.own.empty()) ids.others.push_back(ids.own);
        (first ? ids.own : ids.others.emplace_back()) = number;
        usual = usual || one.child("use").text() == "usual";
    }
    return ids;
}

HospitalMessage::HospitalMessage(Node bundle, bool onlyQual)
    : communication(resourceOf(bundle, "Communication")),
      task(resourceOf(bundle, "Task")),
      patient(resourceOf(bundle, "Patient")),
      hospital(resourceOf(bundle, "Organization")),
      stay(resourceOf(bundle, "Encounter")),
      id(at(communication, {"identifier", "value"}).text()),
      kind(codeIn(communication, "category", "pps-notice")),
      event(codeIn(communication, "reasonCode", kEvents)),
      action("INSERT"),
      text(at(communication, {"payload", "content"}).text()),
      toDo(task.child("description").text()),
      recorded(communication.child("sent").text()),
      ward(valueIn(extensionIn(communication, "movement"), "ward")),
      confidential(isConfidential(bundle)),
      test(isTest(bundle)),
      person(idsOf(patient, hospital.child("name").text(), onlyQual)) {
    const Node movement = extensionIn(stay, "pam-movement");
    if (const std::string_view said = valueIn(movement, "action"); !said.empty()) action = said;
    if (communication.child("status").text() == "entered-in-error") action = "CANCEL";
    historic = valueIn(movement, "historic") == "true";
    numbered = static_cast<bool>(extensionIn(movement, "start"));
    for (const Node entry : bundle.children())
        if (const Node other = entry.child("resource");
            other.type() == "Patient" && other.child("active").text() == "false")
            gone = idsOf(other, hospital.child("name").text(), onlyQual);
}

std::string HospitalMessage::happened() const {
    return std::string(valueIn(extensionIn(communication, "movement"), "date"));
}

bool isHospitalMessage(Node bundle) {
    return bundle.type() == "Bundle" &&
           !codeIn(resourceOf(bundle, "Communication"), "reasonCode", kEvents).empty();
}

}  // namespace care_circle
