#include "fhirpath_values.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "fhirpath_text.h"
#include "fhirpath_units.h"

namespace fhirpath {
namespace {

using gateway::Kind;
using gateway::Node;
using Type = Item::Type;

std::optional<Moment::Kind> momentKind(std::string_view type) {
    if (type == "date") return Moment::Kind::date;
    if (type == "dateTime" || type == "instant") return Moment::Kind::dateTime;
    if (type == "time") return Moment::Kind::time;
    return std::nullopt;
}

Item numberIn(Machine& machine, Node node) {
    const std::string_view text = node.text();
    const auto number = Decimal::parse(text);
    if (!number) return Item::of(node);  // too many digits: no arithmetic, but its text stays
    const bool whole =
        node.type().empty() ? text.find_first_of(".eE") == text.npos : node.type() != "decimal";
    const auto integer = whole ? number->whole() : std::nullopt;
    return integer ? Item::of(*integer) : Item::of(machine.arena().make<Decimal>(*number));
}

Item quantityIn(Machine& machine, Node node) {
    const auto value = Decimal::parse(node.child("value").text());
    if (!value) return Item::of(node);
    const Node code = node.child("code"), unit = node.child("unit");
    Quantity quantity{*value, "1", false};
    if (code.hasText())
        quantity.unit = code.text();
    else if (unit.hasText())
        quantity.unit = unit.text();
    return Item::of(machine.arena().make<Quantity>(quantity));
}

/// Whether children count as equal or equivalent, one by one or in any order.
template <class Same>
bool sameChildren(Machine& machine, Node a, Node b, bool ordered, const Same& same) {
    std::vector<Node> left, right;
    for (const Node child : a.children()) left.push_back(child);
    for (const Node child : b.children()) right.push_back(child);
    if (left.size() != right.size()) return false;
    machine.work(left.size());
    const auto alike = [&](Node x, Node y) { return x.nameOf() == y.nameOf() && same(x, y); };
    if (ordered) return std::equal(left.begin(), left.end(), right.begin(), alike);
    for (const Node child : left) {
        const auto found = std::find_if(right.begin(), right.end(),
                                        [&](Node other) { return alike(child, other); });
        if (found == right.end()) return false;
        right.erase(found);
    }
    return true;
}

Truth truthOf(Order order) {
    return order == Order::unknown ? Truth::unknown
           : order == Order::equal ? Truth::yes
                                   : Truth::no;
}

Truth equalQuantities(const Quantity& a, const Quantity& b) {
    const auto order = compareQuantities(a, b);
    return order ? truthOf(*order) : Truth::unknown;
}

std::size_t mix(std::size_t a, std::size_t b) { return (a ^ b) * 0x9E3779B97F4A7C15ull + (a >> 7); }

std::size_t hashText(std::string_view text) { return std::hash<std::string_view>{}(text); }

/// Structures are hashed by what must be alike in equal ones: their names, and texts that are no
/// numbers.
std::size_t hashNode(Node node, int depth) {
    std::size_t hash = 3;
    if (isQuantity(node.type())) return hash;  // equal ones may have other units
    for (const Node child : node.children()) {
        hash = mix(hash, hashText(child.name()));
        if (depth > 0) hash = mix(hash, hashNode(child, depth - 1));
        if (child.kind() == Kind::text && child.children().empty() && !momentKind(child.type()))
            hash = mix(hash, hashText(child.text()));
    }
    return hash;
}

struct Restored {
    std::vector<Node>*& place;
    std::vector<Node>* value;
    ~Restored() { place = value; }
};

/// A primitive, or what a Quantity is worth.
void noteRead(Node node, std::vector<Node>& read) {
    if (node.hasText()) return read.push_back(node);
    if (!isQuantity(node.type())) return;
    for (const Node child : node.children())
        if (child.name() == "value" || child.name() == "code" || child.name() == "unit")
            read.push_back(child);
}

}  // namespace

Item valueOf(Machine& machine, const Item& item) {
    if (item.type != Type::node) return item;
    const Node node = item.asNode();
    if (auto* const read = machine.environment().read) noteRead(node, *read);
    if (!node.hasText() || node.isNull()) {
        return isQuantity(node.type()) ? quantityIn(machine, node) : item;
    }
    if (node.kind() == Kind::number) return numberIn(machine, node);
    if (node.kind() == Kind::boolean) return Item::of(node.text() == "true");
    if (const auto kind = momentKind(node.type()))
        if (const auto moment = Moment::parse(node.text(), *kind))
            return Item::of(machine.arena().make<Moment>(*moment));
    return Item::string(node.text());
}

std::optional<Decimal> numberOf(const Item& item) {
    if (item.type == Type::integer) return Decimal(item.integer);
    if (item.type == Type::decimal) return *item.decimal;
    return std::nullopt;
}

std::optional<Quantity> quantityOf(const Item& item) {
    if (item.type == Type::quantity) return *item.quantity;
    if (const auto number = numberOf(item)) return Quantity{*number, "1", false};
    return std::nullopt;
}

std::optional<std::string> textOf(Machine& machine, const Item& item) {
    const Item value = valueOf(machine, item);
    switch (value.type) {
        case Type::boolean: return value.boolean ? "true" : "false";
        case Type::string: return std::string(value.text());
        case Type::integer:
            if (item.type == Type::node) return std::string(item.asNode().text());
            return std::to_string(value.integer);
        case Type::decimal:
            if (item.type == Type::node) return std::string(item.asNode().text());
            return value.decimal->text();
        case Type::date:
        case Type::dateTime:
        case Type::time: return value.moment->text();
        case Type::quantity: {
            const Quantity& quantity = *value.quantity;
            const std::string quote = quantity.calendar ? "" : "'";
            return quantity.value.text() + " " + quote + std::string(quantity.unit) + quote;
        }
        case Type::node:
            if (value.asNode().hasText() && !value.asNode().isNull())
                return std::string(value.asNode().text());
            return std::nullopt;
        case Type::typeInfo: break;
    }
    return std::nullopt;
}

// --- Equality -----------------------------------------------------------------------------------

Truth equal(Machine& machine, const Item& first, const Item& second) {
    machine.work();
    const Item a = valueOf(machine, first), b = valueOf(machine, second);
    if (a.isMoment() && b.isMoment()) {
        if ((a.type == Type::time) != (b.type == Type::time)) return Truth::no;
        return truthOf(compare(*a.moment, *b.moment, machine.zone()));
    }
    if (a.type == Type::quantity || b.type == Type::quantity) {
        const auto left = quantityOf(a), right = quantityOf(b);
        return left && right ? equalQuantities(*left, *right) : Truth::no;
    }
    if (a.isNumber() && b.isNumber()) return *numberOf(a) == *numberOf(b) ? Truth::yes : Truth::no;
    if (a.type != b.type) return Truth::no;
    switch (a.type) {
        case Type::boolean: return a.boolean == b.boolean ? Truth::yes : Truth::no;
        case Type::string: return a.text() == b.text() ? Truth::yes : Truth::no;
        case Type::typeInfo:
            return a.info->name == b.info->name && a.info->space == b.info->space ? Truth::yes
                                                                                  : Truth::no;
        default: break;
    }
    const Node left = a.asNode(), right = b.asNode();
    if (left == right) return Truth::yes;
    if (left.hasText() != right.hasText() || left.text() != right.text()) return Truth::no;
    const bool same = sameChildren(machine, left, right, true, [&](Node x, Node y) {
        return equal(machine, Item::of(x), Item::of(y)) == Truth::yes;
    });
    return same ? Truth::yes : Truth::no;
}

Truth equal(Machine& machine, View a, View b) {
    if (a.size() != b.size()) return Truth::no;
    Truth all = Truth::yes;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Truth one = equal(machine, a[i], b[i]);
        if (one == Truth::no) return Truth::no;
        if (one == Truth::unknown) all = Truth::unknown;
    }
    return all;
}

bool equivalent(Machine& machine, const Item& first, const Item& second) {
    machine.work();
    const Item a = valueOf(machine, first), b = valueOf(machine, second);
    if (a.type == Type::string && b.type == Type::string)
        return a.text() == b.text() || folded(a.text()) == folded(b.text());
    if (a.isNumber() && b.isNumber()) return Decimal::equivalent(*numberOf(a), *numberOf(b));
    if (a.type == Type::quantity || b.type == Type::quantity) {
        const auto left = quantityOf(a), right = quantityOf(b);
        return left && right && equivalentQuantities(*left, *right);
    }
    if (a.type != Type::node || b.type != Type::node) return equal(machine, a, b) == Truth::yes;
    const Node left = a.asNode(), right = b.asNode();
    if (left == right) return true;
    if (left.text() != right.text()) return false;
    return sameChildren(machine, left, right, false, [&](Node x, Node y) {
        return equivalent(machine, Item::of(x), Item::of(y));
    });
}

bool equivalent(Machine& machine, View a, View b) {
    if (a.size() != b.size()) return false;
    std::vector<bool> taken(b.size());
    for (const Item& item : a) {
        std::size_t at = 0;
        while (at < b.size() && (taken[at] || !equivalent(machine, item, b[at]))) ++at;
        if (at == b.size()) return false;
        taken[at] = true;
    }
    return true;
}

std::size_t hashOf(Machine& machine, const Item& item) {
    const Item value = valueOf(machine, item);
    switch (value.type) {
        case Type::boolean: return value.boolean ? 1 : 2;
        case Type::string: return hashText(value.text());
        case Type::integer:
        case Type::decimal: return numberOf(value)->hash();
        case Type::quantity:  // equal ones may have other units; without a unit it equals a number
            return value.quantity->unit == "1" || value.quantity->unit.empty()
                       ? value.quantity->value.hash()
                       : 5;
        case Type::date:
        case Type::dateTime: return 11;  // precision and offsets decide
        case Type::time: return 12;
        case Type::typeInfo: return hashText(value.info->name);
        case Type::node: return hashNode(value.asNode(), 2);
    }
    return 0;
}

Order compare(Machine& machine, const Item& first, const Item& second, std::uint32_t at) {
    const Item a = valueOf(machine, first), b = valueOf(machine, second);
    const auto orderOf = [](auto order) {
        return order < 0 ? Order::less : order > 0 ? Order::greater : Order::equal;
    };
    if (a.isNumber() && b.isNumber()) return orderOf(*numberOf(a) <=> *numberOf(b));
    if (a.type == Type::string && b.type == Type::string)
        return orderOf(a.text().compare(b.text()));
    if (a.isMoment() && b.isMoment() && (a.type == Type::time) == (b.type == Type::time))
        return compare(*a.moment, *b.moment, machine.zone());
    if (a.type == Type::quantity || b.type == Type::quantity) {
        const auto left = quantityOf(a), right = quantityOf(b);
        if (left && right) return compareQuantities(*left, *right).value_or(Order::unknown);
    }
    machine.fail(at,
                 {"values of these types have no order: expected two numbers, texts, dates, times "
                  "or quantities",
                  "des valeurs de ces types n'ont pas d'ordre : attendu deux nombres, textes, "
                  "dates, heures ou quantités"});
}

// --- Sets ---------------------------------------------------------------------------------------

const Item* Distinct::find(const Item& item, std::size_t hash) {
    if (buckets_.empty()) {
        for (const Entry& entry : entries_)
            if (entry.hash == hash && equal(*machine_, entry.item, item) == Truth::yes)
                return &entry.item;
        return nullptr;
    }
    for (std::uint32_t at = buckets_[hash % buckets_.size()]; at != 0; at = entries_[at - 1].next) {
        const Entry& entry = entries_[at - 1];
        machine_->work();
        if (entry.hash == hash && equal(*machine_, entry.item, item) == Truth::yes)
            return &entry.item;
    }
    return nullptr;
}

bool Distinct::contains(const Item& item) { return find(item, hashOf(*machine_, item)) != nullptr; }

bool Distinct::add(const Item& item) {
    // Told apart is not read: what goes on is read by whom it is given to. Nobody gets a
    // repetition.
    std::vector<Node>* const read = std::exchange(machine_->environment().read, nullptr);
    const Restored restored{machine_->environment().read, read};
    const std::size_t hash = hashOf(*machine_, item);
    if (find(item, hash)) {
        if (read && item.type == Type::node) noteRead(item.asNode(), *read);
        return false;
    }
    const bool rehash = entries_.size() >= 16 && entries_.size() >= buckets_.size();
    entries_.push_back({hash, item, 0});
    if (rehash) buckets_.assign(entries_.size() * 4, 0);
    if (buckets_.empty()) return true;
    for (std::size_t i = rehash ? 0 : entries_.size() - 1; i < entries_.size(); ++i) {
        std::uint32_t& bucket = buckets_[entries_[i].hash % buckets_.size()];
        entries_[i].next = bucket;
        bucket = static_cast<std::uint32_t>(i + 1);
    }
    return true;
}

}  // namespace fhirpath
