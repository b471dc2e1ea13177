#include "envelope.h"

#include <algorithm>

namespace fhir {
using namespace gateway;

namespace {

std::string keyOf(Node identifier) {
    const std::string_view value = identifier.child("value").text();
    if (value.empty()) return {};
    return std::string(identifier.child("system").text()) + "|" + std::string(value);
}

void addOnce(std::vector<std::string>& to, std::string key) {
    if (!key.empty() && std::find(to.begin(), to.end(), key) == to.end())
        to.push_back(std::move(key));
}

template <class Found>
void eachResource(Node root, const Found& found) {
    found(root);
    for (const Node entry : root.children())
        if (entry.name() == "entry" && root.type() == "Bundle") found(entry.child("resource"));
}

/// The first identifier that has a value, of each resource of that type.
std::vector<std::string> firstKeys(Node root, std::string_view type) {
    std::vector<std::string> keys;
    eachResource(root, [&](Node resource) {
        if (resource.type() != type) return;
        for (const Node child : resource.children()) {
            if (child.name() != "identifier" || keyOf(child).empty()) continue;
            addOnce(keys, keyOf(child));
            return;
        }
    });
    return keys;
}

std::string controlIdOf(Node bundle) {
    const std::string_view value = bundle.child("identifier").child("value").text();
    return std::string(value.empty() ? bundle.child("id").text() : value);
}

}  // namespace

Envelope envelopeOf(const Document& document) {
    const Node root = document.root();
    Envelope envelope;
    envelope.type = root.type();
    if (root.type() == "Bundle") envelope.controlId = controlIdOf(root);
    eachResource(root, [&](Node resource) {
        if (resource.type() != "Patient") return;
        for (const Node child : resource.children())
            if (child.name() == "identifier") addOnce(envelope.subjects, keyOf(child));
    });
    envelope.orderKeys = firstKeys(root, "Patient");
    if (envelope.orderKeys.empty()) envelope.orderKeys = firstKeys(root, "CarePlan");
    for (const Node stamp : {root.child("timestamp"), root.child("meta").child("lastUpdated")})
        if (document.untouched() && stamp.hasText() && !stamp.where().empty())
            envelope.unstable.push_back(stamp.where());
    std::sort(envelope.unstable.begin(), envelope.unstable.end(),
              [](Span a, Span b) { return a.begin < b.begin; });
    return envelope;
}

}  // namespace fhir
