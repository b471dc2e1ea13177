#include "fhirpath_check.h"

#include <algorithm>
#include <array>

#include "fhirpath_functions.h"
#include "gateway/config.h"

namespace fhirpath {
namespace {

using gateway::ModelElement;
using gateway::ModelType;
using gateway::Name;
using gateway::Reason;
using gateway::say;

// Functions whose result is a part of their input, and those of them that depend on its order.
constexpr std::array<std::string_view, 13> kParts{
    "where",    "first", "last",    "tail",      "skip", "take",          "single",
    "distinct", "trace", "exclude", "intersect", "sort", "defineVariable"};
constexpr std::array<std::string_view, 5> kOrdered{"first", "last", "tail", "skip", "take"};
// Functions whose arguments see each item of the input as $this.
constexpr std::array<std::string_view, 9> kLoops{
    "where", "select", "all", "exists", "repeat", "repeatAll", "sort", "trace", "aggregate"};

template <class Table>
bool contains(const Table& table, std::string_view name) {
    return std::find(table.begin(), table.end(), name) != table.end();
}

std::string list(const std::vector<const ModelType*>& types) {
    std::string text;
    for (const ModelType* type : types)
        text += (text.empty() ? "" : ", ") + std::string(type->name.text());
    return text;
}

void merge(std::vector<const ModelType*>& to, const std::vector<const ModelType*>& from) {
    for (const ModelType* type : from)
        if (std::find(to.begin(), to.end(), type) == to.end()) to.push_back(type);
}

}  // namespace

void Checker::check(const ModelType* focus) {
    Kinds kinds;
    if (focus) {
        kinds.known = true;
        kinds.types = {focus};
    }
    infer(*code_.root, kinds);
}

void Checker::fail(std::uint32_t at, const Reason& text) { findings_.error(code_.place(at), text); }

/// Of several models that have a type of that name, FHIR's: its names need no namespace.
const ModelType* Checker::model(Name type) const {
    static const Name kElement = Name::permanent("Element"),
                      kResource = Name::permanent("Resource");
    const ModelType* first = nullptr;
    for (const gateway::Model* model : models_) {
        const ModelType* const found = model->type(type);
        if (found && (found->isA(kElement) || found->isA(kResource))) return found;
        if (first == nullptr) first = found;
    }
    return first;
}

Checker::Kinds Checker::known(Name type) const {
    Kinds kinds;
    if (const ModelType* const found = model(type)) {
        kinds.known = true;
        kinds.types = {found};
    }
    return kinds;
}

Checker::Kinds Checker::infer(const Operation& operation, const Kinds& focus) {
    using Kind = Operation::Kind;
    switch (operation.kind) {
        case Kind::focus: return focus;
        case Kind::path: return inferPath(operation, focus);
        case Kind::binary: {
            Kinds left = infer(*operation.left, focus);
            if (operation.oper == Operator::as) return narrowed(operation.type, left);
            if (!operation.right) return {};
            const Kinds right = infer(*operation.right, focus);
            if (operation.oper != Operator::unite || !left.known || !right.known) return {};
            merge(left.types, right.types);
            left.ordered = left.ordered && right.ordered;
            return left;
        }
        case Kind::variable: {
            Kinds kinds;
            if (const ModelType* const type = variables_ ? variables_(operation.name) : nullptr) {
                kinds.known = true;
                kinds.types = {type};
            }
            return kinds;
        }
        case Kind::negate:
        case Kind::plus: infer(*operation.left, focus); return {};
        default: return {};
    }
}

Checker::Kinds Checker::inferPath(const Operation& operation, const Kinds& focus) {
    Kinds current = operation.left ? infer(*operation.left, focus) : focus;
    for (const Step& step : operation.steps) {
        switch (step.kind) {
            case Step::Kind::member: current = member(step, current); break;
            case Step::Kind::index:
                infer(*step.arguments.front(), focus);
                if (!current.ordered)
                    fail(step.at, {"the items before '[' have no order",
                                   "les éléments avant « [ » n'ont pas d'ordre"});
                break;
            case Step::Kind::function: current = inferFunction(step, current, focus); break;
        }
    }
    return current;
}

Checker::Kinds Checker::member(const Step& step, const Kinds& input) {
    if (!input.known) return {};
    Kinds result;
    result.known = true;
    bool found = false;
    for (const ModelType* type : input.types) {
        if (step.typeLike && (type->isA(step.name) || type->name == step.name)) {
            found = true;
            merge(result.types, {type});
        } else if (const ModelElement* const element = type->element(step.name)) {
            found = true;
            if (element->types.empty()) result.known = false;
            merge(result.types, element->types);
        } else if (const ModelType* const json = spelled(step, *type)) {
            found = true;
            merge(result.types, {json});
        } else if (type->abstract) {
            found = true;
            result.known = false;
        }
    }
    if (found || input.types.empty()) return result;
    std::vector<std::string> names;
    for (const ModelType* type : input.types)
        for (const ModelElement& element : type->elements) names.emplace_back(element.name.text());
    const std::string name(step.name.text());
    std::string meant = gateway::nearest(name, names);
    for (const ModelType* type : input.types)  // valueQuantity is JSON's name of value
        for (const ModelElement& element : type->elements)
            if (element.choice && name.starts_with(element.name.text()))
                meant = element.name.text();
    const Reason hint =
        meant.empty() ? Reason()
                      : say("; did you mean '{0}'?", " ; vouliez-vous dire « {0} » ?", {meant});
    fail(step.at,
         say("there is no element '{0}' in {1}{2}", "il n'y a pas d'élément « {0} » dans {1}{2}",
             {name, list(input.types), hint}));
    return {};
}

const ModelType* Checker::spelled(const Step& step, const ModelType& type) const {
    if (!step.spelled || !variables_) return nullptr;
    const std::string_view name = step.name.text();
    if (type.kind == ModelType::Kind::primitive && name == "value") return &type;
    for (const ModelElement& element : type.elements) {
        if (!element.choice || !name.starts_with(element.name.text())) continue;
        std::string rest(name.substr(element.name.text().size()));
        if (rest.empty()) continue;
        for (const ModelType* const choice : element.types) {
            const std::string_view wanted = choice->name.text();
            if (rest.size() == wanted.size() && rest.substr(1) == wanted.substr(1) &&
                (rest[0] | 0x20) == (wanted[0] | 0x20))
                return choice;
        }
    }
    return nullptr;
}

Checker::Kinds Checker::narrowed(const TypeName& type, const Kinds& input) {
    if (type.space == TypeName::Space::system) return {};
    Kinds result = known(type.name);
    result.ordered = input.ordered;
    return result;
}

void Checker::needOrder(const Step& step, const Kinds& input) {
    if (!input.ordered && contains(kOrdered, step.function->name))
        fail(step.at, say("the items before {0}() have no order",
                          "les éléments avant {0}() n'ont pas d'ordre", {step.function->name}));
}

void Checker::needText(const Step& step, const Kinds& input) {
    static const Name kElement = Name::permanent("Element"),
                      kResource = Name::permanent("Resource");
    const auto texts = textFunctions();
    const auto hasPartsOnly = [](const ModelType* type) {
        return type->kind != ModelType::Kind::primitive && !type->abstract &&
               (type->isA(kElement) || type->isA(kResource));
    };
    if (step.function < texts.data() || step.function >= texts.data() + texts.size() ||
        !input.known || input.types.empty() ||
        !std::all_of(input.types.begin(), input.types.end(), hasPartsOnly))
        return;
    fail(step.at,
         say("{0}() works on texts; {1} is none", "{0}() agit sur des textes ; {1} n'en est pas un",
             {step.function->name, list(input.types)}));
}

Checker::Kinds Checker::inferFunction(const Step& step, const Kinds& input, const Kinds& focus) {
    const std::string_view name = step.function->name;
    needOrder(step, input);
    needText(step, input);
    if (name == "ofType" || name == "as") return narrowed(step.type, input);
    const bool loop = contains(kLoops, name) || (name == "iif" && !step.first);
    std::vector<Kinds> arguments;
    for (const Operand& argument : step.arguments) {
        // What repeat() and aggregate() find they feed to themselves: its types are not followed.
        const bool own = name == "repeat" || name == "repeatAll" || name == "aggregate";
        arguments.push_back(infer(*argument, own ? Kinds{} : loop ? input : focus));
    }
    if (name == "select") return arguments.front();
    if (name == "repeat" || name == "repeatAll") return {};
    if (name == "extension") return known(Name::permanent("Extension"));
    if (name == "children" || name == "descendants") {
        Kinds kinds;
        kinds.ordered = false;
        return kinds;
    }
    if (name == "combine" || name == "union") {
        Kinds both = input;
        if (!input.known || !arguments.front().known) return {};
        merge(both.types, arguments.front().types);
        both.ordered = both.ordered && arguments.front().ordered;
        return both;
    }
    if (name == "iif") {
        if (arguments.size() < 3) return arguments[1];
        if (!arguments[1].known || !arguments[2].known) return {};
        merge(arguments[1].types, arguments[2].types);
        return arguments[1];
    }
    if (!contains(kParts, name)) return {};
    Kinds result = input;
    if (name == "sort") result.ordered = true;
    return result;
}

}  // namespace fhirpath
