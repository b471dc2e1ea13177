/// Navigation (FHIRPath N1 §5.8), types (§6.3), values of nodes and their paths.
#include <array>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "fhirpath_functions.h"
#include "fhirpath_values.h"

namespace fhirpath {

/// Where nodes stand among their siblings of one name. Few siblings are counted each time; those of
/// a node with many are noted once, so that a long document takes no longer than its length.
struct SiblingPlaces {
    struct Place {
        std::size_t at = 0;
        bool alone = true;
    };
    void note(Machine& machine, gateway::Node parent);

    gateway::Node root;  ///< of the document
    std::unordered_set<const void*> parents;
    std::unordered_map<const void*, Place> of;
};

namespace {

using gateway::Node;
using Type = Item::Type;

void children(const Call& call) {
    for (const Item& item : call.input)
        for (const Node child : item.asNode().children()) {
            call.machine.work();
            if (isItem(child)) call.give(Item::of(child));
        }
}

void descendants(const Call& call) {
    List level(call.arena());
    level.append(call.input);
    for (std::size_t i = 0; i < level.size(); ++i)
        for (const Node child : level[i].asNode().children()) {
            call.machine.work();
            if (!isItem(child)) continue;
            level.push(Item::of(child));
            call.give(Item::of(child));
        }
}

void type(const Call& call) {
    for (const Item& item : call.input) {
        const bool node = item.type == Type::node;
        std::string_view name = typeOf(item);
        if (node && name.empty()) name = typeOf(valueOf(call.machine, item));
        const bool fhir = node && !item.asNode().type().empty();
        const std::string_view space = fhir ? "FHIR" : name.empty() ? "" : "System";
        call.give(Item::of(call.arena().make<TypeInfo>(space, name)));
    }
}

bool valued(const Item& item) {
    if (item.type != Type::node) return true;
    return item.asNode().hasText() && !item.asNode().isNull();
}

void hasValue(const Call& call) { call.give(call.input.size() == 1 && valued(call.input.front())); }

void getValue(const Call& call) {
    if (call.input.size() == 1 && valued(call.input.front()))
        call.give(valueOf(call.machine, call.input.front()));
}

constexpr std::size_t kFewSiblings = 32;

SiblingPlaces::Place noted(Machine& machine, Node node) {
    std::shared_ptr<SiblingPlaces>& places = machine.environment().places;
    const Node root = machine.environment().rootResource;
    if (!places || !(places->root == root)) {
        places = std::make_shared<SiblingPlaces>();
        places->root = root;
    }
    if (places->parents.insert(node.parent().data()).second) places->note(machine, node.parent());
    return places->of.at(node.data());
}

/// @param lasting  whether the document is there as long as the environment, and does not change
SiblingPlaces::Place placeAmong(Machine& machine, Node node, bool lasting) {
    std::size_t seen = 0, count = 0;
    SiblingPlaces::Place place;
    for (const Node sibling : node.parent().children()) {
        if (lasting && ++seen > kFewSiblings) return noted(machine, node);
        machine.work();
        if (sibling == node) place.at = count;
        if (sibling.nameOf() == node.nameOf()) ++count;
    }
    place.alone = count == 1;
    return place;
}

/// "Patient.name[0].given[1]"; `brief` leaves [0] out where there is one only.
std::string pathOf(Machine& machine, Node node, bool brief, bool lasting) {
    std::string path;
    for (; node.parent(); node = node.parent()) {
        const SiblingPlaces::Place place = placeAmong(machine, node, lasting);
        const std::string index =
            brief && place.alone ? std::string() : "[" + std::to_string(place.at) + "]";
        path = "." + std::string(node.name()) + index + path;
    }
    return std::string(node.type().empty() ? node.name() : node.type()) + path;
}

void pathname(const Call& call) {
    const auto brief = call.argumentValue(0);
    const Node root = call.machine.environment().rootResource;
    for (const Item& item : call.input) {
        Node top = item.asNode();
        if (!top) continue;
        while (top.parent()) top = top.parent();
        if (root && !(top == root)) continue;
        call.giveText(pathOf(call.machine, item.asNode(),
                             brief && brief->type == Type::boolean && brief->boolean,
                             static_cast<bool>(root)));
    }
}

constexpr std::array kFunctions{
    Function{"children", 0, 0, children}, Function{"descendants", 0, 0, descendants},
    Function{"type", 0, 0, type},         Function{"hasValue", 0, 0, hasValue},
    Function{"getValue", 0, 0, getValue}, Function{"pathname", 0, 1, pathname},
};

}  // namespace

void SiblingPlaces::note(Machine& machine, Node parent) {
    std::unordered_map<const void*, std::pair<std::size_t, const void*>> named;
    for (const Node child : parent.children()) {
        machine.work();
        auto& [count, first] = named[child.nameOf().data()];
        if (count == 0) first = child.data();
        if (count == 1) of[first].alone = false;
        of[child.data()] = {count, count == 0};
        ++count;
    }
}

std::span<const Function> treeFunctions() { return kFunctions; }

}  // namespace fhirpath
