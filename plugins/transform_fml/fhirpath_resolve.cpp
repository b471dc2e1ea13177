#include "fhirpath_resolve.h"

namespace fhirpath {
namespace {

using gateway::Name;
using gateway::Node;

const Name kContained = Name::permanent("contained");
const Name kEntry = Name::permanent("entry");
const Name kFullUrl = Name::permanent("fullUrl");
const Name kId = Name::permanent("id");
const Name kResource = Name::permanent("resource");

bool isBundle(Node node) {
    return node.type() == "Bundle" || (!node.parent() && node.name() == "Bundle");
}

Node bundleAround(Node node) {
    Node found;
    for (; node; node = node.parent())
        if (isBundle(node)) found = node;
    return found;
}

Node contained(Machine& machine, Node from, std::string_view id) {
    for (Node at = from; at; at = at.parent()) {
        // A resource inside `contained` points to its siblings, or with "#" alone to the one that
        // holds them.
        if (id.empty() && at.child(kContained)) return at;
        for (const Node child : at.children()) {
            machine.work();
            if (child.nameOf() == kContained && child.child(kId).text() == id) return child;
        }
    }
    return {};
}

std::string_view withoutVersion(std::string_view reference) {
    return reference.substr(0, reference.find("/_history/"));
}

/// The last two parts of a URL: "Patient/1".
std::string_view typeAndId(std::string_view url) {
    const std::size_t slash = url.rfind('/');
    if (slash == url.npos || slash == 0) return {};
    const std::size_t before = url.rfind('/', slash - 1);
    return before == url.npos ? url : url.substr(before + 1);
}

void index(Machine& machine, BundleIndex& to) {
    for (const Node entry : to.bundle.children()) {
        machine.work();
        if (!(entry.nameOf() == kEntry)) continue;
        const Node resource = entry.child(kResource);
        if (!resource) continue;
        if (const Node url = entry.child(kFullUrl); url.hasText()) {
            to.entries.emplace(url.text(), resource);
            if (const auto local = typeAndId(url.text()); !local.empty())
                to.entries.emplace(local, resource);
        }
        if (const Node id = resource.child(kId); id.hasText() && !resource.type().empty())
            to.entries.emplace(std::string(resource.type()) + "/" + std::string(id.text()),
                               resource);
    }
}

}  // namespace

Node resolved(Machine& machine, Node from, std::string_view reference) {
    Environment& environment = machine.environment();
    if (reference.front() == '#')
        return contained(machine, from ? from : environment.resource, reference.substr(1));
    Node bundle = bundleAround(from);
    if (!bundle) bundle = bundleAround(environment.rootResource);
    if (!bundle) bundle = bundleAround(environment.resource);
    if (!bundle) return {};
    if (!environment.bundle || !(environment.bundle->bundle == bundle)) {
        auto made = std::make_shared<BundleIndex>();
        made->bundle = bundle;
        index(machine, *made);
        environment.bundle = std::move(made);
    }
    const auto& entries = environment.bundle->entries;
    std::string key(withoutVersion(reference));
    auto found = entries.find(key);
    if (found == entries.end() && key.find("://") == key.npos) {
        found = entries.find(std::string(typeAndId(key)));
    }
    return found == entries.end() ? Node() : found->second;
}

}  // namespace fhirpath
