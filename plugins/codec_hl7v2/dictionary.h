/// @file  What the standard says of each version: segments, data types, message structures, which
/// event uses which structure.
///
/// The data, v2.dictionary, is made by scripts/make_hl7_dictionary from npm hl7-dictionary 1.0.1
/// and hl7v2-dictionary 1.8.0 (MIT) and a supplement in the script; it is linked in as text. Of
/// v2.8 it knows the segments and structures of v2.7.1; v2.8.1 and v2.9 are taken for v2.8.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// O, R, C, B (kept for older versions), W (withdrawn) of the standard's tables.
enum class Usage : std::uint8_t { optional, required, conditional, backward, withdrawn };

/// A field of a segment, or a component of a data type.
struct FieldRule {
    std::string_view label;    ///< "Patient Name"
    std::string_view alias;    ///< "patientName"; unique within its segment or type
    std::string_view type;     ///< "XPN"; empty: a number that the standard does not use
    std::uint32_t most = 1;    ///< repetitions; 0: any number
    std::uint32_t length = 0;  ///< 0: no limit known
    std::uint16_t table = 0;   ///< HL7 table; 0: none
    Usage usage = Usage::optional;

    bool required() const { return usage == Usage::required; }
    bool repeats() const { return most != 1; }
};

/// @param number  from 1
const FieldRule* ruleAt(const std::vector<FieldRule>& rules, std::uint32_t number);

struct SegmentRule {
    std::string_view id;            ///< "PID"
    std::string_view label;         ///< "Patient Identification"
    std::vector<FieldRule> fields;  ///< fields[0] is field 1

    const FieldRule* field(std::uint32_t number) const { return ruleAt(fields, number); }
};

struct TypeRule {
    std::string_view name;              ///< "XPN"
    std::string_view label;             ///< "Extended Person Name"
    std::vector<FieldRule> components;  ///< empty: a primitive

    bool primitive() const { return components.empty(); }
    const FieldRule* component(std::uint32_t number) const { return ruleAt(components, number); }
};

/// A segment or a group at its place in a structure.
struct ElementRule {
    Name name;            ///< "PID", "PATIENT_RESULT"
    bool group = false;   ///< else a segment
    bool choice = false;  ///< a group of which one child stands
    bool required = false;
    bool repeats = false;
    std::vector<ElementRule> children;
};

struct StructureRule {
    std::string_view name;   ///< "ORU_R01"
    std::string_view label;  ///< for people
    std::vector<ElementRule> elements;
    bool borrowed = false;  ///< of another version: this one does not have it
};

/// One version of the standard. Immutable, lives as long as the process, shared by all threads.
class Dictionary {
public:
    /// Of the nearest version that is known. Reads its data the first time. Thread-safe.
    static const Dictionary& of(std::string_view version);
    /// That version, else the highest below it, else the lowest; 2.5 when `version` is none.
    static std::string_view nearest(std::string_view version);
    /// "2.1" to "2.8", ascending.
    static const std::vector<std::string_view>& versions();
    /// "Marital Status" for 2; empty when unknown. Of all versions.
    static std::string_view tableLabel(std::uint16_t table);

    std::string_view version() const { return version_; }
    const SegmentRule* segment(std::string_view id) const;
    const TypeRule* type(std::string_view name) const;
    /// By its name; ADT_A04, which is none, gives what that event uses: ADT_A01.
    const StructureRule* structure(std::string_view name) const;
    /// What a message of that type and event is: ADT, A04 gives ADT_A01.
    const StructureRule* structureOf(std::string_view type, std::string_view event) const;

    // All of them.
    const std::deque<SegmentRule>& segments() const { return segments_; }
    const std::deque<TypeRule>& types() const { return types_; }
    const std::deque<StructureRule>& structures() const { return structures_; }

private:
    friend class DictionaryReader;
    Dictionary() = default;

    std::string_view version_;
    std::deque<SegmentRule> segments_;
    std::deque<TypeRule> types_;
    std::deque<StructureRule> structures_;
    std::deque<std::string> made_;  ///< aliases, which the data does not spell
    std::unordered_map<std::string_view, const SegmentRule*> segmentById_;
    std::unordered_map<std::string_view, const TypeRule*> typeByName_;
    std::unordered_map<std::string_view, const StructureRule*> structureByName_;
};

/// v2.dictionary
extern const std::string_view kDictionaryText;

}  // namespace gateway::hl7v2
