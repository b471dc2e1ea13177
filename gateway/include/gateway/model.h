/// @file  Types, elements, order and cardinality of a format: what maps are checked against.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/tree.h"

namespace gateway {

struct ModelType;

/// One element of a type.
struct ModelElement {
    Name name;  ///< "birthDate"; of a choice without its type: "value"
    std::vector<const ModelType*>
        types;  ///< one, or those of a choice; empty: any resource or any type
    std::uint32_t least = 0;
    bool many = false;            ///< may repeat
    bool choice = false;          ///< value[x]
    std::string_view alias = {};  ///< readable name where `name` is a number: "patientName"
    std::string_view label = {};  ///< for people: "Patient Name"
};

struct ModelType {
    enum class Kind { primitive, complex, resource };
    Name name;  ///< "Order", "Order.item", "date"
    Kind kind = Kind::complex;
    bool abstract = false;
    const ModelType* base = nullptr;
    std::vector<ModelElement> elements;  ///< inherited first, in the order of the format
    std::string_view label = {};         ///< for people: "Patient Identification"

    GATEWAY_API const ModelElement* element(Name name) const;
    GATEWAY_API const ModelElement* byAlias(std::string_view alias) const;
    /// Whether this is `other` or is derived from it.
    GATEWAY_API bool isA(Name other) const;
};

/// Immutable, lives as long as the process, shared by all threads.
class GATEWAY_API Model {
public:
    virtual ~Model();
    virtual std::string_view name() const = 0;  ///< "r4"
    virtual const ModelType* type(Name name) const = 0;
    /// The type that a map names by canonical URL, or null.
    virtual const ModelType* byUrl(std::string_view url) const = 0;
    /// All type names, for suggestions.
    virtual std::vector<std::string_view> typeNames() const = 0;
};

}  // namespace gateway
