/// @file  The classes and data types of CDA R2: what is an attribute, what an element, and the
/// order.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model.h"

namespace cda {

inline constexpr std::string_view kCda = "urn:hl7-org:v3";
inline constexpr std::string_view kSdtc = "urn:hl7-org:sdtc";
/// Of HL7's tests of mappings, whose document is CDA's otherwise.
inline constexpr std::string_view kTest = "urn:hl7-org:v3-test";

extern const char* const kModelText;

class Type;

/// One attribute or element of a type.
struct Member {
    gateway::Name name;      ///< in the tree: "sdtcRaceCode"
    std::string_view local;  ///< in XML: "raceCode"
    bool attribute = false, sdtc = false, many = false;
    std::uint32_t least = 0;
    std::vector<const Type*> types;  ///< of an element; several: `xsi:type` tells
    gateway::Name primitive = {};    ///< type of an attribute

    const Type* only() const { return types.size() == 1 ? types.front() : nullptr; }
};

class Type final : public gateway::ModelType {
public:
    const Member* member(gateway::Name name) const;
    /// The member that XML calls so.
    const Member* inXml(std::string_view local, bool sdtc, bool attribute) const;
    const std::vector<Member>& members() const { return members_; }

    bool text = false;       ///< it has a text of its own
    bool unordered = false;  ///< its elements stand in any order
    bool narrative = false;  ///< kept as it is written

private:
    friend class Family;
    std::vector<Member> members_;  ///< inherited first, in the order of the schema
    std::string_view line_;
    bool whole_ = false;
};

/// All types, once with what CDA demands and once without: maps of HL7's drafts make parts of
/// documents.
class Family {
public:
    explicit Family(bool demanding);
    const Type* type(std::string_view name) const;
    const std::deque<Type>& all() const { return types_; }

private:
    void outline(std::string_view line);
    void complete(Type& type);
    void members(Type& type, std::string_view list);
    Member member(std::string_view text) const;
    void publish(Type& type);
    const gateway::ModelType* add(gateway::Name name);

    const bool demanding_;
    std::deque<Type> types_;
    std::map<std::string_view, Type*> byName_;
    std::map<std::string, gateway::ModelType> primitives_;
};

/// The names of a text in the logical models, old and new: they mean the text of the node itself.
bool isOwnText(std::string_view name);

class Cda final : public gateway::Model {
public:
    static const Cda& get();
    std::string_view name() const override { return "cda"; }
    const Type* type(gateway::Name name) const override { return typeOf(name.text()); }
    const Type* typeOf(std::string_view name) const;
    const Type* byUrl(std::string_view url) const override;
    std::vector<std::string_view> typeNames() const override;

    /// Type of the root of a document in kTest.
    static gateway::Name testDocument();

private:
    Cda();
    const Family core_, draft_;
    Type test_;
};

}  // namespace cda
