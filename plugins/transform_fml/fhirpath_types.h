/// @file  Types of FHIRPath (System) and FHIR, and which derives from which.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/model.h"

namespace fhirpath {

struct Item;

/// A type as an expression names it.
struct TypeName {
    enum class Space : unsigned char { any, system, fhir };
    Space space = Space::any;
    gateway::Name name;
};

using Models = std::vector<const gateway::Model*>;

/// "Boolean", "Quantity", …: a type of the System namespace.
bool isSystemType(std::string_view name);
/// Whether the FHIR type `type` is `wanted` or derives from it.
bool derives(std::string_view type, std::string_view wanted);
/// A primitive type of FHIR: its name starts with a small letter.
bool isPrimitive(std::string_view type);
/// Quantity and what derives from it.
bool isQuantity(std::string_view type);
/// Whether no model and no table here knows such a type; without models every FHIR-like name
/// passes.
bool unknownType(const TypeName& type, const Models& models);

/// `exact`: as ofType() asks, where a code is no string; else as `is` asks.
bool hasType(const Item& item, const TypeName& wanted, bool exact);
/// What a leaf without a type is, by the way it was written: "Integer", "String"; else empty.
std::string_view plainType(gateway::Node node);
/// The type by name: "Boolean", "code"; empty when a node's is not known.
std::string_view typeOf(const Item& item);

}  // namespace fhirpath
