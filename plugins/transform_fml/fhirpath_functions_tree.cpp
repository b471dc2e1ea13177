/// Navigation (FHIRPath N1 §5.8), types (§6.3), values of nodes and their paths.
#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_values.h"

namespace fhirpath {
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

std::size_t placeAmong(Machine& machine, Node node, bool& alone) {
    std::size_t place = 0, count = 0;
    for (const Node sibling : node.parent().children()) {
        machine.work();
        if (sibling == node) place = count;
        if (sibling.nameOf() == node.nameOf()) ++count;
    }
    alone = count == 1;
    return place;
}

/// "Patient.name[0].given[1]"; `brief` leaves [0] out where there is one only.
std::string pathOf(Machine& machine, Node node, bool brief) {
    std::string path;
    for (; node.parent(); node = node.parent()) {
        bool alone = false;
        const std::size_t place = placeAmong(machine, node, alone);
        const std::string index =
            brief && alone ? std::string() : "[" + std::to_string(place) + "]";
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
                             brief && brief->type == Type::boolean && brief->boolean));
    }
}

constexpr std::array kFunctions{
    Function{"children", 0, 0, children}, Function{"descendants", 0, 0, descendants},
    Function{"type", 0, 0, type},         Function{"hasValue", 0, 0, hasValue},
    Function{"getValue", 0, 0, getValue}, Function{"pathname", 0, 1, pathname},
};

}  // namespace

std::span<const Function> treeFunctions() { return kFunctions; }

}  // namespace fhirpath
