/// Navigation (FHIRPath N1 §5.8), types (§6.3), and what FHIR adds: extension(), resolve(),
/// hasValue() and others.
#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_resolve.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

using gateway::Name;
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

void extension(const Call& call) {
    static const Name kExtension = Name::permanent("extension"), kUrl = Name::permanent("url");
    const auto url = call.argumentText(0);
    if (!url) return;
    for (const Item& item : call.input)
        for (const Node child : item.asNode().children()) {
            call.machine.work();
            if (child.nameOf() == kExtension && child.child(kUrl).text() == *url)
                call.give(Item::of(child));
        }
}

void resolve(const Call& call) {
    static const Name kReference = Name::permanent("reference");
    for (const Item& item : call.input) {
        std::string_view reference;
        Node from = item.asNode();
        if (item.type == Type::string)
            reference = item.text();
        else if (from)
            reference = from.hasText() ? from.text() : from.child(kReference).text();
        if (!from && !call.machine.original().empty())
            from = call.machine.original().front().asNode();
        if (reference.empty()) continue;
        if (const Node found = resolved(call.machine, from, reference)) call.give(Item::of(found));
    }
}

void conformsTo(const Call& call) {
    static constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
    const auto url = call.argumentText(0);
    if (!url || call.input.empty()) return;
    if (!url->starts_with(kBase)) call.fail("conformsTo() knows the base types of FHIR only");
    if (call.input.size() > 1) call.fail("expected one item before conformsTo()");
    TypeName type;
    type.name = Name::permanent(url->substr(kBase.size()));
    call.give(hasType(call.input.front(), type, false));
}

void memberOf(const Call& call) { call.fail("memberOf() has no value sets here"); }
void htmlChecks(const Call& call) { call.give(true); }

constexpr std::array kFunctions{
    Function{"children", 0, 0, children}, Function{"descendants", 0, 0, descendants},
    Function{"type", 0, 0, type},         Function{"hasValue", 0, 0, hasValue},
    Function{"getValue", 0, 0, getValue}, Function{"extension", 1, 1, extension},
    Function{"resolve", 0, 0, resolve},   Function{"conformsTo", 1, 1, conformsTo},
    Function{"memberOf", 1, 1, memberOf}, Function{"htmlChecks", 0, 0, htmlChecks},
};

}  // namespace

std::span<const Function> treeFunctions() { return kFunctions; }

}  // namespace fhirpath
