/// What FHIR adds: extension(), resolve(), memberOf(), conformsTo(), htmlChecks(), and others.
#include <algorithm>
#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_html.h"
#include "fhirpath_resolve.h"
#include "fhirpath_values.h"
#include "fhirpath_valuesets.h"

namespace fhirpath {
namespace {

using gateway::Name;
using gateway::Node;
using Type = Item::Type;

const Name kCode = Name::permanent("code");
const Name kCoding = Name::permanent("coding");
const Name kExtension = Name::permanent("extension");
const Name kModifier = Name::permanent("modifierExtension");
const Name kReference = Name::permanent("reference");
const Name kSystem = Name::permanent("system");
const Name kUrl = Name::permanent("url");

void extension(const Call& call) {
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

bool letterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void conformsTo(const Call& call) {
    static constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
    const auto url = call.argumentText(0);
    if (!url || call.input.empty()) return;
    const bool base = url->starts_with(kBase);
    const std::string_view type = base ? url->substr(kBase.size()) : std::string_view();
    // Profiles have a '-' in their names, or another base.
    if (type.empty() || !std::all_of(type.begin(), type.end(), letterOrDigit))
        call.fail({"conformsTo() knows the base types of FHIR only",
                   "conformsTo() ne connaît que les types de base de FHIR"});
    if (call.input.size() > 1)
        call.fail({"expected one item before conformsTo()",
                   "attendu un seul élément avant conformsTo()"});
    call.give(derives(typeOf(call.input.front()), type));
}

/// Of a code, a Coding or a CodeableConcept.
std::vector<Coded> codesOf(const Call& call, const Item& item) {
    const Item value = valueOf(call.machine, item);
    if (value.type == Type::string) return {{{}, value.text()}};
    const Node node = value.asNode();
    if (const Node code = node.child(kCode); code.hasText())
        return {{node.child(kSystem).text(), code.text()}};
    std::vector<Coded> codes;
    for (const Node coding : node.children())
        if (coding.nameOf() == kCoding)
            codes.push_back({coding.child(kSystem).text(), coding.child(kCode).text()});
    return codes;
}

void memberOf(const Call& call) {
    const auto url = call.argumentText(0);
    if (!url || call.input.empty()) return;
    if (call.input.size() > 1)
        call.fail(
            {"expected one item before memberOf()", "attendu un seul élément avant memberOf()"});
    Node from = call.input.front().asNode();
    if (!from && !call.machine.original().empty()) from = call.machine.original().front().asNode();
    const std::vector<Coded> codes = codesOf(call, call.input.front());
    if (codes.empty() && typeOf(call.input.front()) != "CodeableConcept")
        call.fail({"expected a code, a Coding or a CodeableConcept before memberOf()",
                   "attendu un code, un Coding ou un CodeableConcept avant memberOf()"});
    bool unknown = false;
    for (const Coded& coded : codes) {
        const auto member = memberOf(call.machine, from, *url, coded);
        if (member.value_or(false)) return call.give(true);
        unknown = unknown || !member;
    }
    if (!unknown) return call.give(false);
    if (gateway::Issues* const issues = call.machine.environment().issues)
        issues->add(gateway::Severity::information, from.path(),
                    {"memberOf() does not know this value set, or not all of it",
                     "memberOf() ne connaît pas ce jeu de valeurs, ou pas en entier"},
                    call.machine.code().place(call.step.at).text());
}

/// Of each narrative; empty input is fine.
void htmlChecks(const Call& call) {
    const bool fine = std::all_of(call.input.begin(), call.input.end(), [&](const Item& item) {
        const Item value = valueOf(call.machine, item);
        call.machine.work(value.type == Type::string ? value.size / 16 : 1);
        return value.type == Type::string && allowedHtml(value.text());
    });
    call.give(fine);
}

/// Fails when an element has a modifier extension that is not among the arguments.
void checkModifiers(const Call& call) {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < call.arguments(); ++i)
        if (const auto url = call.argumentText(i)) known.push_back(*url);
    for (const Item& item : call.input)
        for (const Node child : item.asNode().children()) {
            call.machine.work();
            if (child.nameOf() == kModifier &&
                std::find(known.begin(), known.end(), child.child(kUrl).text()) == known.end())
                call.fail({"there is a modifier extension that is not known",
                           "il y a une extension modificatrice inconnue"});
        }
    call.out.append(call.input);
}

constexpr std::array kFunctions{
    Function{"extension", 1, 1, extension},
    Function{"resolve", 0, 0, resolve},
    Function{"conformsTo", 1, 1, conformsTo},
    Function{"memberOf", 1, 1, memberOf},
    Function{"htmlChecks", 0, 0, htmlChecks},
    Function{"htmlChecks2", 0, 0, htmlChecks},
    Function{"checkModifiers", 1, 255, checkModifiers},
};

}  // namespace

std::span<const Function> fhirFunctions() { return kFunctions; }

}  // namespace fhirpath
