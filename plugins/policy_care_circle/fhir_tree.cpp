#include "fhir_tree.h"

#include <array>

namespace care_circle {
namespace {
using namespace gateway;

constexpr std::string_view kNetworks = "https://passerelle.example/networks/";

/// FNV-1a, 64 bits.
std::uint64_t hashOf(std::string_view text, std::uint64_t hash) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

std::string_view issueCode(std::string_view code) {
    if (code == "NUMERO_MANQUANT") return "required";
    if (code == "CODE_INCONNU") return "code-invalid";
    if (code == "DESTINATAIRE_INCONNU") return "not-found";
    if (code == "NUMERO_FAUX" || code == "DATE_IMPOSSIBLE") return "value";
    return "business-rule";
}

void planReference(FhirTree& tree, FhirTree::Place reference, const PlanName& plan) {
    tree.text(reference, "type", "CarePlan");
    tree.identifier(reference, plan.system, plan.number);
}

/// Whom it is about, by the network's own id alone.
void patientEntry(FhirTree& tree, const PlanName& plan, const std::string& url) {
    const auto patient = tree.entry(url, "Patient");
    if (plan.patient.empty())
        tree.identifier(patient, plan.system + "/patient", plan.number + "/patient");
    else
        tree.identifier(patient, plan.system + "/patient", plan.patient);
}

}  // namespace

std::string networkSystem(std::string_view network) {
    return std::string(kNetworks) + std::string(network);
}

std::string urnOf(std::string_view name) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const std::array<std::uint64_t, 2> halves{hashOf(name, 14695981039346656037ULL),
                                              hashOf(name, 7809847782465536322ULL)};
    std::string uuid;
    for (const std::uint64_t half : halves)
        for (int shift = 60; shift >= 0; shift -= 4) uuid += kHex[(half >> shift) & 15];
    uuid[12] = '8';
    uuid[16] = kHex[8 + (halves[1] >> 60) % 4];
    for (const std::size_t at : {20, 16, 12, 8}) uuid.insert(at, "-");
    return "urn:uuid:" + uuid;
}

FhirTree::FhirTree(std::string_view resourceType) : tree_(resourceType) {
    tree_.type(tree_.root(), tree_.intern(resourceType));
}

void FhirTree::text(Place in, std::string_view name, std::string_view value) {
    if (!value.empty()) tree_.text(tree_.add(in, name), value);
}

FhirTree::Place FhirTree::choice(Place in, std::string_view name, std::string_view type) {
    const Place value = tree_.add(in, name);
    tree_.type(value, tree_.intern(type));
    return value;
}

void FhirTree::choice(Place in, std::string_view name, std::string_view type,
                      std::string_view value) {
    if (!value.empty()) tree_.text(choice(in, name, type), value);
}

FhirTree::Place FhirTree::extension(Place in, std::string_view name) {
    const Place extension = group(in, "extension");
    text(extension, "url", std::string(kExtensions) + std::string(name));
    return extension;
}

void FhirTree::identifier(Place in, std::string_view system, std::string_view value) {
    const Place identifier = group(in, "identifier");
    text(identifier, "system", system);
    text(identifier, "value", value);
}

void FhirTree::concept_(Place in, std::string_view name, std::string_view system,
                        std::string_view code, std::string_view display) {
    const Place coding = group(group(in, name), "coding");
    const bool ours = system.find(':') == system.npos;
    text(coding, "system", (ours ? std::string(kCodes) : std::string()) + std::string(system));
    text(coding, "code", code);
    text(coding, "display", display);
}

void FhirTree::reference(Place in, std::string_view name, std::string_view url) {
    text(group(in, name), "reference", url);
}

void FhirTree::copy(Place in, Node element) {
    if (element) tree_.copy(in, element.nameOf(), element);
}

FhirTree::Place FhirTree::entry(std::string_view fullUrl, std::string_view resourceType) {
    const Place entry = group(root(), "entry");
    text(entry, "fullUrl", fullUrl);
    return choice(entry, "resource", resourceType);
}

std::shared_ptr<const Document> FhirTree::take() {
    return std::make_shared<const Document>(tree_.finish());
}

std::shared_ptr<const Document> written(const ToDo& task) {
    FhirTree tree("Bundle");
    tree.text(tree.root(), "type", "collection");
    const std::string id = task.plan.number + "/" + task.name;
    const std::string about = urnOf(task.plan.system + "/" + id + "/patient");
    const auto made = tree.entry(urnOf(task.plan.system + "/" + id), "Task");
    tree.identifier(made, task.plan.system, id);
    tree.text(made, "status", "requested");
    if (!task.nearness.empty())
        tree.concept_(made, "businessStatus", "pps-due", task.nearness, task.nearnessDisplay);
    tree.text(made, "intent", "order");
    tree.concept_(made, "code", "pps-task", task.code, task.display);
    tree.text(made, "description", task.text);
    planReference(tree, tree.group(made, "focus"), task.plan);
    tree.reference(made, "for", about);
    tree.text(made, "authoredOn", task.at);
    if (!task.owner.empty()) tree.text(tree.group(made, "owner"), "display", task.owner);
    if (!task.until.empty())
        tree.text(tree.group(tree.group(made, "restriction"), "period"), "end", task.until);
    const auto input = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        const auto one = tree.group(made, "input");
        tree.text(tree.group(one, "type"), "text", name);
        tree.choice(one, "value", "string", value);
    };
    input("edition", task.plan.edition);
    input("remise", task.handOver);
    patientEntry(tree, task.plan, about);
    return tree.take();
}

std::shared_ptr<const Document> written(const Notice& notice) {
    FhirTree tree("Bundle");
    tree.text(tree.root(), "type", "collection");
    const std::string id = notice.plan.number + "/" + notice.name;
    const std::string about = urnOf(notice.plan.system + "/" + id + "/patient");
    const auto made = tree.entry(urnOf(notice.plan.system + "/" + id), "Communication");
    tree.identifier(made, notice.plan.system, id);
    tree.text(made, "status", "completed");
    tree.concept_(made, "category", "pps-notice", notice.code, notice.display);
    tree.reference(made, "subject", about);
    planReference(tree, tree.group(made, "about"), notice.plan);
    tree.text(made, "sent", notice.at);
    if (!notice.sender.empty()) tree.text(tree.group(made, "sender"), "display", notice.sender);
    tree.choice(tree.group(made, "payload"), "content", "string", notice.text);
    patientEntry(tree, notice.plan, about);
    return tree.take();
}

std::shared_ptr<const Document> written(const PlanName& plan, const std::vector<Finding>& findings,
                                        std::string_view at) {
    FhirTree tree("OperationOutcome");
    const auto about = tree.choice(tree.extension(tree.root(), "about"), "value", "Reference");
    planReference(tree, about, plan);
    tree.text(about, "display", plan.edition);
    tree.choice(tree.extension(tree.root(), "reported"), "value", "instant", at);
    for (const Finding& one : findings) {
        const auto issue = tree.group(tree.root(), "issue");
        tree.text(issue, "severity", toText(one.severity));
        tree.text(issue, "code", issueCode(one.code));
        const auto details = tree.group(issue, "details");
        const auto coding = tree.group(details, "coding");
        tree.text(coding, "system", std::string(kCodes) + "pps-report");
        tree.text(coding, "code", one.code);
        tree.text(coding, "display", one.display);
        tree.text(details, "text", one.text.in(Spoken::french));
        tree.text(issue, "diagnostics", one.remedy.in(Spoken::french));
        tree.text(issue, "expression", one.where);
    }
    return tree.take();
}

std::string frenchDate(std::string_view date) {
    if (date.size() < 10 || date[4] != '-' || date[7] != '-') return std::string(date);
    return std::string(date.substr(8, 2)) + "/" + std::string(date.substr(5, 2)) + "/" +
           std::string(date.substr(0, 4));
}

}  // namespace care_circle
