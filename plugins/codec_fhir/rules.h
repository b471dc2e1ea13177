/// @file  What R4 asks of a resource beyond names and types: required codes, targets of references,
/// constraints.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/fhir/r4_model.h"
#include "fhirpath.h"
#include "gateway/error.h"

namespace fhir {

/// The codes of a required value set.
struct ValueSet {
    std::string name;
    std::unordered_set<std::string_view> codes;  ///< of any of its systems
    std::unordered_set<std::string> coded;       ///< system, a space, code
};

struct Constraint {
    std::string key;  ///< "cpl-3"
    gateway::Severity severity = gateway::Severity::error;
    std::string text;  ///< as the definitions say it
    fhirpath::Expression expression;
    std::string french = {};  ///< of profiles that say it
};

struct ElementRules {
    const ValueSet* codes = nullptr;   ///< required
    std::vector<const Type*> targets;  ///< of a reference; empty: any
    std::vector<Constraint> constraints;
};

struct TypeRules {
    std::vector<ElementRules> elements;          ///< as in Type::elements
    std::vector<const Constraint*> constraints;  ///< inherited ones first
};

/// r4.rules, read and compiled when it is asked for the first time. Shared by all threads.
class Rules {
public:
    static const Rules& r4();
    const TypeRules& of(const Type& type) const { return types_.at(&type); }

private:
    Rules();
    void readCodes(std::string_view line);
    void readElement(const Type& type, TypeRules& rules, std::string_view line);
    void inherit();

    std::unordered_map<std::string_view, ValueSet> valueSets_;
    std::deque<std::string> decoded_;
    std::deque<Constraint> constraints_;
    std::unordered_map<const Type*, TypeRules> types_;
};

/// r4.rules
extern const std::string_view kR4Rules;

}  // namespace fhir
