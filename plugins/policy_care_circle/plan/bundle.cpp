#include "plan/bundle.h"

#include "fhir_tree.h"
#include "gateway/error.h"

namespace care_circle {
namespace {
using namespace gateway;

Node onlyOne(const std::vector<Node>& all, const Reason& several) {
    if (all.size() > 1) throw Error(Fault::rejected, all[1].path(), several);
    return all.empty() ? Node() : all.front();
}

bool isOurs(std::string_view url, std::string_view before, std::string_view name) {
    return url.size() == before.size() + name.size() && url.starts_with(before) &&
           url.ends_with(name);
}

}  // namespace

Bundle::Bundle(Node root) {
    for (const Node entry : root.children()) {
        if (entry.name() != "entry") continue;
        const Node resource = entry.child("resource");
        byType_[resource.type()].push_back(resource);
        const std::string_view url = entry.child("fullUrl").text();
        if (!url.empty() && !byUrl_.emplace(url, resource).second)
            throw Error(Fault::rejected, entry.path(),
                        {"two entries of the plan have this fullUrl: each needs its own",
                         "deux entrées du plan ont ce fullUrl : chacune doit avoir le sien"});
    }
    plan_ = onlyOne(all("CarePlan"), {"the bundle holds several plans: send each in its own",
                                      "le lot contient plusieurs plans : en envoyer un par lot"});
    patient_ = onlyOne(all("Patient"), {"the bundle holds several patients: a plan is of one",
                                        "le lot contient plusieurs patients : un plan en a un"});
}

Node Bundle::at(std::string_view url) const {
    const auto found = byUrl_.find(url);
    return found == byUrl_.end() ? Node() : found->second;
}

Node Bundle::referred(Node from, std::string_view name) const {
    return at(from.child(name).child("reference").text());
}

const std::vector<Node>& Bundle::all(std::string_view type) const {
    static const std::vector<Node> kNone;
    const auto found = byType_.find(type);
    return found == byType_.end() ? kNone : found->second;
}

Node extensionOf(Node element, std::string_view name) {
    for (const Node extension : element.children())
        if (extension.name() == "extension" &&
            isOurs(extension.child("url").text(), kExtensions, name))
            return extension.child("value") ? extension.child("value") : extension;
    return {};
}

std::string_view codeOf(Node concept_, std::string_view system) {
    for (const Node coding : concept_.children())
        if (coding.name() == "coding" && isOurs(coding.child("system").text(), kCodes, system))
            return coding.child("code").text();
    return {};
}

std::string_view wordsOf(Node concept_) {
    if (const Node text = concept_.child("text")) return text.text();
    return concept_.child("coding").child("display").text();
}

}  // namespace care_circle
