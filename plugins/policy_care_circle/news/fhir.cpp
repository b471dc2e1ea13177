#include "news/fhir.h"

#include "fhir_tree.h"

namespace care_circle {
using namespace gateway;

Node resourceOf(Node bundle, std::string_view type) {
    for (const Node entry : bundle.children())
        if (entry.name() == "entry")
            if (const Node resource = entry.child("resource"); resource.type() == type)
                return resource;
    return {};
}

Node at(Node node, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) node = node.child(name);
    return node;
}

std::string_view codeIn(Node element, std::string_view name, std::string_view system) {
    const bool ours = system.find(':') == system.npos;
    const std::string url = (ours ? std::string(kCodes) : std::string()) + std::string(system);
    for (const Node one : element.children()) {
        if (one.name() != name) continue;
        for (const Node coding : one.children())
            if (coding.name() == "coding" && coding.child("system").text() == url)
                return coding.child("code").text();
    }
    return {};
}

Node extensionIn(Node element, std::string_view name) {
    for (const Node one : element.children())
        if (one.name() == "extension")
            if (const std::string_view url = one.child("url").text();
                url == name || url.ends_with("/" + std::string(name)))
                return one;
    return {};
}

std::string_view valueIn(Node element, std::string_view name) {
    return extensionIn(element, name).child("value").text();
}

std::string spelled(Node identifier) {
    return std::string(identifier.child("system").text()) + "|" +
           std::string(identifier.child("value").text());
}

}  // namespace care_circle
