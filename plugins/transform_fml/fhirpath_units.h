/// @file  Quantities: units of UCUM (the part that clinical data uses) and calendar durations.
#pragma once

#include <optional>
#include <string>

#include "fhirpath_item.h"

namespace fhirpath {

/// Nothing when their dimensions differ; unknown when a calendar year or month meets a definite
/// one.
std::optional<Order> compareQuantities(const Quantity& a, const Quantity& b);
bool equivalentQuantities(const Quantity& a, const Quantity& b);
/// Whether both units measure the same dimension.
bool comparable(const Quantity& a, const Quantity& b);

/// A quantity whose unit may be new text.
struct MadeQuantity {
    Decimal value;
    std::string unit;
    bool calendar = false;
};
// Nothing when the units do not fit together or the result does not fit.
std::optional<MadeQuantity> add(const Quantity& a, const Quantity& b, bool minus);
std::optional<MadeQuantity> multiply(const Quantity& a, const Quantity& b);
std::optional<MadeQuantity> divide(const Quantity& a, const Quantity& b);

/// `amount` in another unit; nothing when the dimensions differ.
std::optional<Decimal> converted(const Quantity& amount, std::string_view unit);

}  // namespace fhirpath
