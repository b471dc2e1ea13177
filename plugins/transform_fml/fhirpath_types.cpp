#include "fhirpath_types.h"

#include <algorithm>
#include <array>

#include "fhirpath_item.h"

namespace fhirpath {
namespace {

constexpr std::array<std::string_view, 10> kSystem{"Boolean",  "String", "Integer",  "Long",
                                                   "Decimal",  "Date",   "DateTime", "Time",
                                                   "Quantity", "Any"};

struct Derived {
    std::string_view type, base;
};

constexpr std::array<Derived, 18> kPrimitives{{{"code", "string"},
                                               {"id", "string"},
                                               {"markdown", "string"},
                                               {"url", "uri"},
                                               {"canonical", "uri"},
                                               {"oid", "uri"},
                                               {"uuid", "uri"},
                                               {"positiveInt", "integer"},
                                               {"unsignedInt", "integer"},
                                               {"string", "Element"},
                                               {"uri", "Element"},
                                               {"integer", "Element"},
                                               {"boolean", "Element"},
                                               {"decimal", "Element"},
                                               {"date", "Element"},
                                               {"dateTime", "Element"},
                                               {"instant", "Element"},
                                               {"time", "Element"}}};

constexpr std::array<std::string_view, 7> kQuantities{
    "Quantity", "Age", "Duration", "Distance", "Count", "SimpleQuantity", "MoneyQuantity"};

constexpr std::array<std::string_view, 3> kBareResources{"Bundle", "Binary", "Parameters"};

// Complex types that are no resources; every other name with a capital and no dot is taken for one.
constexpr std::array<std::string_view, 40> kElements{"Element",
                                                     "BackboneElement",
                                                     "Extension",
                                                     "Address",
                                                     "Age",
                                                     "Annotation",
                                                     "Attachment",
                                                     "CodeableConcept",
                                                     "Coding",
                                                     "ContactDetail",
                                                     "ContactPoint",
                                                     "Contributor",
                                                     "Count",
                                                     "DataRequirement",
                                                     "Distance",
                                                     "Dosage",
                                                     "Duration",
                                                     "ElementDefinition",
                                                     "Expression",
                                                     "HumanName",
                                                     "Identifier",
                                                     "MarketingStatus",
                                                     "Meta",
                                                     "Money",
                                                     "MoneyQuantity",
                                                     "Narrative",
                                                     "ParameterDefinition",
                                                     "Period",
                                                     "Population",
                                                     "ProdCharacteristic",
                                                     "ProductShelfLife",
                                                     "Quantity",
                                                     "Range",
                                                     "Ratio",
                                                     "Reference",
                                                     "RelatedArtifact",
                                                     "SampledData",
                                                     "Signature",
                                                     "SimpleQuantity",
                                                     "SubstanceAmount"};
constexpr std::array<std::string_view, 4> kMoreElements{"Timing", "TriggerDefinition",
                                                        "UsageContext", "xhtml"};

template <class Table>
bool contains(const Table& table, std::string_view name) {
    return std::find(table.begin(), table.end(), name) != table.end();
}

bool isResource(std::string_view type) {
    return !type.empty() && type[0] >= 'A' && type[0] <= 'Z' && type.find('.') == type.npos &&
           !contains(kElements, type) && !contains(kMoreElements, type);
}

std::string_view systemName(Value::Type type) {
    switch (type) {
        case Value::Type::boolean: return "Boolean";
        case Value::Type::string: return "String";
        case Value::Type::integer: return "Integer";
        case Value::Type::decimal: return "Decimal";
        case Value::Type::date: return "Date";
        case Value::Type::dateTime: return "DateTime";
        case Value::Type::time: return "Time";
        case Value::Type::quantity: return "Quantity";
        case Value::Type::typeInfo: return "TypeInfo";
        case Value::Type::node: break;
    }
    return {};
}

}  // namespace

bool isSystemType(std::string_view name) { return contains(kSystem, name); }

bool isPrimitive(std::string_view type) {
    return !type.empty() && type[0] >= 'a' && type[0] <= 'z';
}

bool isQuantity(std::string_view type) { return contains(kQuantities, type); }

bool derives(std::string_view type, std::string_view wanted) {
    if (type == wanted) return true;
    if (isPrimitive(type)) {
        for (const Derived& known : kPrimitives)
            if (known.type == type) return derives(known.base, wanted);
        return wanted == "Element";
    }
    if (wanted == "Quantity") return isQuantity(type);
    if (wanted == "Element") return !isResource(type) && !type.empty();
    if (wanted == "BackboneElement") return type.find('.') != type.npos;
    if (wanted == "Resource") return isResource(type);
    return wanted == "DomainResource" && isResource(type) && !contains(kBareResources, type);
}

bool unknownType(const TypeName& type, const Models& models) {
    const std::string_view name = type.name.text();
    if (type.space != TypeName::Space::fhir && isSystemType(name)) return false;
    if (type.space == TypeName::Space::system) return true;
    const bool primitive = std::any_of(kPrimitives.begin(), kPrimitives.end(),
                                       [&](const Derived& known) { return known.type == name; });
    if (primitive || contains(kElements, name) || contains(kMoreElements, name) ||
        name == "base64Binary" || name == "Resource" || name == "DomainResource")
        return false;
    if (models.empty()) return isPrimitive(name);
    return std::none_of(models.begin(), models.end(), [&](const gateway::Model* model) {
        return model->type(type.name) != nullptr;
    });
}

std::string_view plainType(gateway::Node node) {
    if (!node.hasText()) return {};
    switch (node.kind()) {
        case gateway::Kind::boolean: return "Boolean";
        case gateway::Kind::number:
            return node.text().find_first_of(".eE") == std::string_view::npos ? "Integer"
                                                                              : "Decimal";
        case gateway::Kind::text: return "String";
        default: return {};
    }
}

bool hasType(const Item& item, const TypeName& wanted, bool exact) {
    using Space = TypeName::Space;
    const std::string_view name = wanted.name.text();
    if (item.type != Value::Type::node)
        return wanted.space != Space::fhir && (typeOf(item) == name || name == "Any");
    const gateway::Node node = item.asNode();
    const std::string_view type = node.type();
    if (type.empty())
        return wanted.space != Space::fhir && !name.empty() && plainType(node) == name;
    if (wanted.space == Space::system) return false;
    return exact && isPrimitive(type) ? type == name : derives(type, name);
}

std::string_view typeOf(const Item& item) {
    if (item.type == Value::Type::node) return item.asNode().type();
    return item.isLong() ? "Long" : systemName(item.type);
}

}  // namespace fhirpath
