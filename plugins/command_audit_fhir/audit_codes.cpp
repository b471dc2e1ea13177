#include "audit_codes.h"

#include <map>

namespace audit_fhir {
namespace {

constexpr std::string_view kDicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kRest = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view kLifecycle = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
constexpr std::string_view kReasons = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

constexpr Code kActivity{kDicom, "110100", "Application Activity"};
constexpr Code kAuditUsed{kDicom, "110101", "Audit Log Used"};
constexpr Code kExport{kDicom, "110106", "Export"};
constexpr Code kImport{kDicom, "110107", "Import"};
constexpr Code kRecord{kDicom, "110110", "Patient Record"};
constexpr Code kQuery{kDicom, "110112", "Query"};
constexpr Code kAlert{kDicom, "110113", "Security Alert"};
constexpr Code kAuthentication{kDicom, "110114", "User Authentication"};
constexpr Code kStart{kDicom, "110120", "Application Start"};
constexpr Code kStop{kDicom, "110121", "Application Stop"};
constexpr Code kLogin{kDicom, "110122", "Login"};
constexpr Code kSoftware{kDicom, "110131", "Software Configuration"};
constexpr Code kRestricted{kDicom, "110132", "Use of Restricted Function"};
constexpr Code kOverride{kDicom, "110127", "Emergency Override Started"};
constexpr Code kNode{kDicom, "110126", "Node Authentication"};

constexpr Code kRead{kRest, "read", "read"};
constexpr Code kCreate{kRest, "create", "create"};
constexpr Code kSearch{kRest, "search-type", "search-type"};
constexpr Code kUpdate{kRest, "update", "update"};
constexpr Code kReceive{kLifecycle, "receive", "Receive/Retain Record Lifecycle Event"};
constexpr Code kTransmit{kLifecycle, "transmit", "Transmit Record Lifecycle Event"};
constexpr Code kArchive{kLifecycle, "archive", "Archive Record Lifecycle Event"};
constexpr Code kDestroy{kLifecycle, "destroy", "Destroy/Delete Record Lifecycle Event"};

constexpr Code kTreatment{kReasons, "TREAT", "treatment"};
constexpr Code kOperations{kReasons, "HOPERAT", "healthcare operations"};
constexpr Code kSystem{kReasons, "HSYSADMIN", "health system administration"};
constexpr Code kGlass{kReasons, "BTG", "break the glass"};
constexpr Code kPatient{kReasons, "PATRQT", "patient requested"};

using Way = Meaning::Way;

const std::map<std::string_view, Meaning> kMeanings = {
    {"received", {kImport, kReceive, 'C', kTreatment, Way::in}},
    {"delivered", {kExport, kTransmit, 'R', kTreatment, Way::out}},
    {"picked-up", {kExport, kTransmit, 'R', kTreatment, Way::out}},
    {"set-aside", {kExport, kTransmit, 'R', kTreatment, Way::out}},
    {"uncertain", {kExport, kTransmit, 'R', kTreatment, Way::out}},
    {"offered", {kRecord, kCreate, 'C', kTreatment, Way::none}},
    {"closed", {kRecord, kUpdate, 'U', kOperations, Way::none}},
    {"left-out", {kAlert, kRestricted, 'E', kTreatment, Way::none}},
    {"refused", {kAlert, kRestricted, 'E', {}, Way::in}},
    {"refusal", {kAlert, kNode, 'E', {}, Way::none}},
    {"sign-in", {kAuthentication, kLogin, 'E', {}, Way::none}},
    {"read", {kRecord, kRead, 'R', kTreatment, Way::none}},
    {"show", {kRecord, kRead, 'R', kOperations, Way::none}},
    {"ask", {kQuery, kSearch, 'E', kTreatment, Way::none}},
    {"search", {kQuery, kSearch, 'E', kOperations, Way::none}},
    {"break-glass", {kAlert, kOverride, 'R', kGlass, Way::none}},
    {"access-report", {kAuditUsed, kSearch, 'R', kPatient, Way::none}},
    {"replay", {kRecord, kUpdate, 'E', kOperations, Way::none}},
    {"retranslate", {kRecord, kUpdate, 'E', kOperations, Way::none}},
    {"close", {kRecord, kUpdate, 'U', kOperations, Way::none}},
    {"settle", {kRecord, kUpdate, 'U', kOperations, Way::none}},
    {"edit", {kRecord, kUpdate, 'U', kOperations, Way::none}},
    {"pause", {kActivity, kSoftware, 'E', kSystem, Way::none}},
    {"resume", {kActivity, kSoftware, 'E', kSystem, Way::none}},
    {"reload", {kActivity, kSoftware, 'U', kSystem, Way::none}},
    {"start", {kActivity, kStart, 'E', kSystem, Way::none}},
    {"stop", {kActivity, kStop, 'E', kSystem, Way::none}},
    {"backup", {kExport, kArchive, 'R', kSystem, Way::none}},
    {"removed", {kAuditUsed, kDestroy, 'D', kSystem, Way::none}},
    {"part", {kAuditUsed, kArchive, 'U', kSystem, Way::none}},
    {"missing", {kAlert, {}, 'E', {}, Way::none}},
    {"mended", {kAuditUsed, {}, 'U', kSystem, Way::none}},
    {"overflow", {kAlert, {}, 'E', {}, Way::none}},
};

}  // namespace

const Code kApplication{kDicom, "110150", "Application"};
const Code kSourceRole{kDicom, "110153", "Source Role ID"};
const Code kDestinationRole{kDicom, "110152", "Destination Role ID"};

const Meaning& meaningOf(std::string_view what) {
    static const Meaning other{kActivity, {}, 'E', {}, Way::none};
    const auto found = kMeanings.find(what);
    return found == kMeanings.end() ? other : found->second;
}

}  // namespace audit_fhir
