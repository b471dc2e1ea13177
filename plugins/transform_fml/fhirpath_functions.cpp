#include "fhirpath_functions.h"

#include <algorithm>
#include <unordered_map>

#include "fhirpath_values.h"

namespace fhirpath {

std::optional<Item> Call::one() const {
    return machine.single(input, step.at, {"before", "avant", step.function->name});
}

std::optional<std::string_view> Call::text() const {
    const auto value = one();
    if (!value) return std::nullopt;
    if (value->type != Item::Type::string)
        fail(gateway::say("expected a text before {0}()", "attendu un texte avant {0}()",
                          {step.function->name}));
    return value->text();
}

View Call::argument(std::size_t at) const { return machine.evaluate(*step.arguments[at], frame); }

std::optional<Item> Call::argumentValue(std::size_t at) const {
    if (at >= arguments()) return std::nullopt;
    return machine.single(argument(at), step.arguments[at]->at,
                          {"as the argument", "comme argument"});
}

std::optional<std::string_view> Call::argumentText(std::size_t at) const {
    const auto value = argumentValue(at);
    if (!value) return std::nullopt;
    if (value->type != Item::Type::string)
        machine.fail(step.arguments[at]->at,
                     {"expected a text as the argument", "attendu un texte comme argument"});
    return value->text();
}

std::optional<std::int64_t> Call::argumentInteger(std::size_t at) const {
    const auto value = argumentValue(at);
    if (!value) return std::nullopt;
    if (value->type != Item::Type::integer)
        machine.fail(step.arguments[at]->at, {"expected a whole number as the argument",
                                              "attendu un nombre entier comme argument"});
    return value->integer;
}

std::optional<Decimal> Call::argumentNumber(std::size_t at) const {
    const auto value = argumentValue(at);
    if (!value) return std::nullopt;
    const auto number = numberOf(*value);
    if (!number)
        machine.fail(step.arguments[at]->at,
                     {"expected a number as the argument", "attendu un nombre comme argument"});
    return number;
}

Frame Call::loop(std::size_t item) const {
    Frame inner = frame;
    inner.focus = input.subspan(item, 1);
    inner.index = static_cast<std::int64_t>(item);
    inner.inLoop = true;
    return inner;
}

bool Call::holds(std::size_t argument, std::size_t item) const {
    const Arena::Mark mark = arena().mark();
    const Operation& criterion = *step.arguments[argument];
    const bool holds =
        machine.condition(machine.evaluate(criterion, loop(item)), criterion.at).value_or(false);
    arena().release(mark);
    return holds;
}

namespace {

using Table = std::unordered_map<std::string_view, const Function*>;

const Table& table() {
    static const Table all = [] {
        Table functions;
        for (const auto group :
             {collectionFunctions(), conversionFunctions(), textFunctions(), numberFunctions(),
              treeFunctions(), dateFunctions(), fhirFunctions(), utilityFunctions()})
            for (const Function& function : group) functions.emplace(function.name, &function);
        return functions;
    }();
    return all;
}

}  // namespace

const Function* functionOf(std::string_view name) {
    const auto found = table().find(name);
    return found == table().end() ? nullptr : found->second;
}

std::vector<std::string> functionNames() {
    std::vector<std::string> names;
    for (const auto& [name, function] : table()) names.emplace_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace fhirpath
