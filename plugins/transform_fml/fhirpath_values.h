/// @file  What items are worth: System values of nodes, equality, order, arithmetic.
#pragma once

#include <optional>

#include "fhirpath_machine.h"

namespace fhirpath {

enum class Truth : std::uint8_t { no, yes, unknown };

/// The System value of a primitive node or of a FHIR Quantity; other items as they are.
Item valueOf(Machine& machine, const Item& item);
/// Integer or decimal as a decimal; nothing for other items.
std::optional<Decimal> numberOf(const Item& item);
std::optional<Quantity> quantityOf(const Item& item);
/// As toString() gives it; nothing for what has no text.
std::optional<std::string> textOf(Machine& machine, const Item& item);

Truth equal(Machine& machine, const Item& a, const Item& b);
Truth equal(Machine& machine, View a, View b);  ///< in order
bool equivalent(Machine& machine, const Item& a, const Item& b);
bool equivalent(Machine& machine, View a, View b);  ///< in any order
/// Equal items have equal hashes.
std::size_t hashOf(Machine& machine, const Item& item);
/// @throws Error when values of such types have no order
Order compare(Machine& machine, const Item& a, const Item& b, std::uint32_t at);

/// The result of + - * / div mod &; nothing when there is none.
std::optional<Item> arithmetic(Machine& machine, Operator oper, const Item& a, const Item& b,
                               std::uint32_t at);

/// Adds each item of `from` that equals none of `out`: for union, distinct, intersect and the like.
class Distinct {
public:
    explicit Distinct(Machine& machine) : machine_(&machine) {}
    /// Whether no item like it was there; it is added then.
    bool add(const Item& item);
    bool contains(const Item& item);

private:
    const Item* find(const Item& item, std::size_t hash);

    struct Entry {
        std::size_t hash = 0;
        Item item;
        std::uint32_t next = 0;  ///< index + 1 of the next of that bucket
    };
    Machine* machine_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> buckets_;  ///< index + 1 of the first; only beyond a few entries
};

}  // namespace fhirpath
