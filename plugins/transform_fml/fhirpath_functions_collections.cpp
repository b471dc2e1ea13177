/// Existence, filtering, subsetting, combining (FHIRPath N1 §5.1 to §5.4), aggregate() and sort().
#include <algorithm>
#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_values.h"

namespace fhirpath {
namespace {

void empty(const Call& call) { call.give(call.input.empty()); }
void count(const Call& call) { call.give(Item::of(static_cast<std::int64_t>(call.input.size()))); }

void exists(const Call& call) {
    if (call.arguments() == 0) return call.give(!call.input.empty());
    for (std::size_t i = 0; i < call.input.size(); ++i)
        if (call.holds(0, i)) return call.give(true);
    call.give(false);
}

void all(const Call& call) {
    for (std::size_t i = 0; i < call.input.size(); ++i)
        if (!call.holds(0, i)) return call.give(false);
    call.give(true);
}

/// For allTrue() and its like: whether all items (or any) are `wanted`.
void booleans(const Call& call, bool wanted, bool everyOne) {
    bool any = false, every = true;
    for (const Item& item : call.input) {
        const Item value = valueOf(call.machine, item);
        if (value.type != Item::Type::boolean)
            call.fail(gateway::say("expected only booleans before {0}()",
                                   "attendu seulement des booléens avant {0}()",
                                   {call.step.function->name}));
        any = any || value.boolean == wanted;
        every = every && value.boolean == wanted;
    }
    call.give(everyOne ? every : any);
}
void allTrue(const Call& call) { booleans(call, true, true); }
void anyTrue(const Call& call) { booleans(call, true, false); }
void allFalse(const Call& call) { booleans(call, false, true); }
void anyFalse(const Call& call) { booleans(call, false, false); }

bool within(Machine& machine, View part, View whole) {
    Distinct all(machine);
    for (const Item& item : whole) all.add(item);
    return std::all_of(part.begin(), part.end(),
                       [&](const Item& item) { return all.contains(item); });
}
void subsetOf(const Call& call) { call.give(within(call.machine, call.input, call.argument(0))); }
void supersetOf(const Call& call) { call.give(within(call.machine, call.argument(0), call.input)); }

void distinct(const Call& call) {
    Distinct seen(call.machine);
    for (const Item& item : call.input)
        if (seen.add(item)) call.give(item);
}

void isDistinct(const Call& call) {
    Distinct seen(call.machine);
    call.give(std::all_of(call.input.begin(), call.input.end(),
                          [&](const Item& item) { return seen.add(item); }));
}

void where(const Call& call) {
    for (std::size_t i = 0; i < call.input.size(); ++i)
        if (call.holds(0, i)) call.give(call.input[i]);
}

void select(const Call& call) {
    for (std::size_t i = 0; i < call.input.size(); ++i)
        call.machine.evaluate(*call.step.arguments[0], call.loop(i), call.out);
}

/// Applies the projection to its own results until nothing new comes; `all` keeps what is equal
/// too.
void repeatUntil(const Call& call, bool keepEqual) {
    Distinct seen(call.machine);
    List waiting(call.arena());
    waiting.append(call.input);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        call.machine.work();
        Frame inner = call.frame;
        const Item item = waiting[i];
        inner.focus = View(&item, 1);
        for (const Item& next : call.machine.evaluate(*call.step.arguments[0], inner))
            if (keepEqual || seen.add(next)) {
                waiting.push(next);
                call.give(next);
            }
    }
}
void repeat(const Call& call) { repeatUntil(call, false); }
void repeatAll(const Call& call) { repeatUntil(call, true); }

void ofType(const Call& call) {
    for (const Item& item : call.input)
        if (hasType(item, call.step.type, true)) call.give(item);
}

void is(const Call& call) {
    if (call.input.size() > 1)
        call.fail(gateway::say("expected one item before is(), found {0}",
                               "attendu un seul élément avant is(), trouvé {0}",
                               {std::to_string(call.input.size())}));
    if (!call.input.empty()) call.give(hasType(call.input.front(), call.step.type, false));
}

void as(const Call& call) {
    if (call.input.size() > 1)
        call.fail(gateway::say("expected one item before as(), found {0}",
                               "attendu un seul élément avant as(), trouvé {0}",
                               {std::to_string(call.input.size())}));
    ofType(call);
}

void single(const Call& call) {
    if (call.input.size() > 1)
        call.fail(gateway::say("expected one item before single(), found {0}",
                               "attendu un seul élément avant single(), trouvé {0}",
                               {std::to_string(call.input.size())}));
    call.out.append(call.input);
}

void part(const Call& call, std::int64_t from, std::int64_t amount) {
    const auto size = static_cast<std::int64_t>(call.input.size());
    from = std::clamp<std::int64_t>(from, 0, size);
    amount = std::clamp<std::int64_t>(amount, 0, size - from);
    call.out.append(
        call.input.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(amount)));
}
void first(const Call& call) { part(call, 0, 1); }
void last(const Call& call) {
    if (!call.input.empty()) call.give(call.input.back());
}
void tail(const Call& call) { part(call, 1, INT64_MAX); }
void skip(const Call& call) {
    if (const auto amount = call.argumentInteger(0)) part(call, *amount, INT64_MAX);
}
void take(const Call& call) {
    if (const auto amount = call.argumentInteger(0)) part(call, 0, *amount);
}

void intersect(const Call& call) {
    Distinct other(call.machine), seen(call.machine);
    for (const Item& item : call.argument(0)) other.add(item);
    for (const Item& item : call.input)
        if (other.contains(item) && seen.add(item)) call.give(item);
}

void exclude(const Call& call) {
    Distinct other(call.machine);
    for (const Item& item : call.argument(0)) other.add(item);
    for (const Item& item : call.input)
        if (!other.contains(item)) call.give(item);
}

void unite(const Call& call) {
    Distinct seen(call.machine);
    for (const View side : {call.input, call.argument(0)})
        for (const Item& item : side)
            if (seen.add(item)) call.give(item);
}

/// The order of both is kept, whether preserveOrder asks for it or not.
void combine(const Call& call) {
    call.out.append(call.input);
    call.out.append(call.argument(0));
}

void iif(const Call& call) {
    // Behind an input, the arguments see it as $this; standing first, they see what stands around.
    Frame inner = call.frame;
    if (!call.step.first) inner.focus = call.input;
    if (call.input.size() > 1)
        call.fail(gateway::say("expected one item before iif(), found {0}",
                               "attendu un seul élément avant iif(), trouvé {0}",
                               {std::to_string(call.input.size())}));
    const Operation& criterion = *call.step.arguments[0];
    const bool holds = call.machine.condition(call.machine.evaluate(criterion, inner), criterion.at)
                           .value_or(false);
    if (holds)
        call.machine.evaluate(*call.step.arguments[1], inner, call.out);
    else if (call.arguments() > 2)
        call.machine.evaluate(*call.step.arguments[2], inner, call.out);
}

void coalesce(const Call& call) {
    for (std::size_t i = 0; i < call.arguments(); ++i) {
        const View items = call.argument(i);
        if (!items.empty()) return call.out.append(items);
    }
}

void aggregate(const Call& call) {
    View total;
    if (call.arguments() > 1) total = call.argument(1);
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        Frame inner = call.loop(i);
        inner.total = total;
        inner.hasTotal = true;
        total = call.machine.evaluate(*call.step.arguments[0], inner);
    }
    call.out.append(total);
}

void not_(const Call& call) {
    if (const auto value = call.machine.condition(call.input, call.step.at)) call.give(!*value);
}

/// Whether a key of sort() sorts downwards: `key desc`, or `-key` of what may be no number.
bool downwards(const Step& step, std::size_t key) {
    if (key >= step.arguments.size()) return false;
    return step.arguments[key]->descending || step.arguments[key]->kind == Operation::Kind::negate;
}

/// What sort() compares. What has no value counts as less than all else; with `-key` it comes
/// first all the same, as HL7's tests have it.
struct Keyed {
    Item item;
    std::vector<std::optional<Item>> keys;
};

void sort(const Call& call) {
    std::vector<Keyed> keyed;
    const std::size_t keys = std::max<std::size_t>(1, call.arguments());
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        Keyed& one = keyed.emplace_back();
        one.item = call.input[i];
        for (std::size_t k = 0; k < keys; ++k) {
            View value = call.input.subspan(i, 1);
            if (k < call.arguments()) {
                const Operation* key = call.step.arguments[k].get();
                if (key->kind == Operation::Kind::negate) key = key->left.get();
                value = call.machine.evaluate(*key, call.loop(i));
            }
            one.keys.push_back(call.machine.single(
                value, call.step.at, {"as the key of sort()", "comme clé de sort()"}));
        }
    }
    const auto before = [&](const Keyed& a, const Keyed& b) {
        for (std::size_t k = 0; k < keys; ++k) {
            call.machine.work();
            const bool down = downwards(call.step, k);
            const Keyed& x = down ? b : a;
            const Keyed& y = down ? a : b;
            if (!x.keys[k] || !y.keys[k]) {
                if (x.keys[k].has_value() == y.keys[k].has_value()) continue;
                const bool last = down && call.step.arguments[k]->descending;
                return last ? a.keys[k].has_value() : !a.keys[k];
            }
            const Order order = compare(call.machine, *x.keys[k], *y.keys[k], call.step.at);
            if (order == Order::less || order == Order::greater) return order == Order::less;
        }
        return false;
    };
    std::stable_sort(keyed.begin(), keyed.end(), before);
    for (const Keyed& one : keyed) call.give(one.item);
}

constexpr std::array kFunctions{
    Function{"empty", 0, 0, empty},
    Function{"exists", 0, 1, exists},
    Function{"all", 1, 1, all},
    Function{"allTrue", 0, 0, allTrue},
    Function{"anyTrue", 0, 0, anyTrue},
    Function{"allFalse", 0, 0, allFalse},
    Function{"anyFalse", 0, 0, anyFalse},
    Function{"subsetOf", 1, 1, subsetOf},
    Function{"supersetOf", 1, 1, supersetOf},
    Function{"count", 0, 0, count},
    Function{"distinct", 0, 0, distinct},
    Function{"isDistinct", 0, 0, isDistinct},
    Function{"where", 1, 1, where},
    Function{"select", 1, 1, select},
    Function{"repeat", 1, 1, repeat},
    Function{"repeatAll", 1, 1, repeatAll},
    Function{"ofType", 1, 1, ofType, true},
    Function{"is", 1, 1, is, true},
    Function{"as", 1, 1, as, true},
    Function{"single", 0, 0, single},
    Function{"first", 0, 0, first},
    Function{"last", 0, 0, last},
    Function{"tail", 0, 0, tail},
    Function{"skip", 1, 1, skip},
    Function{"take", 1, 1, take},
    Function{"intersect", 1, 1, intersect},
    Function{"exclude", 1, 1, exclude},
    Function{"union", 1, 1, unite},
    Function{"combine", 1, 2, combine},
    Function{"iif", 2, 3, iif},
    Function{"coalesce", 1, 255, coalesce},
    Function{"aggregate", 1, 2, aggregate},
    Function{"not", 0, 0, not_},
    Function{"sort", 0, 255, sort},
};

}  // namespace

std::span<const Function> collectionFunctions() { return kFunctions; }

}  // namespace fhirpath
