/// @file  The types of FHIR R4, as maps are checked against them and as JSON names their members.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats.h"
#include "gateway/model.h"

namespace fhir {

class Type;

/// A member that a JSON object of some type may have.
struct Member {
    gateway::Name
        key;  ///< "birthDate", "valueQuantity"; of a choice also "value" alone, without type
    const gateway::ModelElement* element = nullptr;
    const Type* type = nullptr;  ///< null: any resource, or a choice that is not made
    bool resource = false;
    std::string_view before;  ///< `,"birthDate":`, as JSON has it before the value
};

/// How JSON writes a primitive. XHTML is a text there, and stands as it is in XML.
enum class Form : std::uint8_t { text, number, boolean, xhtml };

/// The kind of a node that holds a primitive of that form.
constexpr gateway::Kind kindOf(Form form) {
    if (form == Form::number) return gateway::Kind::number;
    return form == Form::boolean ? gateway::Kind::boolean : gateway::Kind::text;
}

class Type final : public gateway::ModelType {
public:
    bool primitive() const { return kind == Kind::primitive; }
    bool resource() const { return kind == Kind::resource; }
    /// The member of that key, or null.
    const Member* member(std::string_view key) const;
    const Member* member(gateway::Name key) const;
    /// The member of a choice, found by its name without type, that a type makes; null if it is
    /// none of the choice. A choice of one type is always that.
    const Member* chosen(const Member& choice, gateway::Name type) const;

    Form form = Form::text;
    Format format = nullptr;  ///< of a primitive: whether a text is one

private:
    friend class R4;
    void index();
    std::size_t slotOf(std::uint32_t mark) const;

    std::vector<Member> members_;
    struct Slot {
        std::uint32_t mark = 0;    ///< signature of the key
        std::uint16_t member = 0;  ///< index into members_ plus one
        std::uint16_t size = 0;    ///< of the key, which stands here to be near
        const char* key = nullptr;
    };
    std::vector<Slot> slots_;            ///< open addressing
    std::vector<std::uint16_t> byHash_;  ///< the same by the hash of the name
};

/// FHIR 4.0.1, read once from the text that is linked in.
class R4 final : public gateway::Model {
public:
    static const R4& get();

    std::string_view name() const override { return "r4"; }
    const Type* type(gateway::Name name) const override { return type(name.text()); }
    const Type* type(std::string_view name) const;
    const Type* byUrl(std::string_view url) const override;
    std::vector<std::string_view> typeNames() const override;

    /// What the extensions of a primitive are members of.
    const Type& element() const { return *element_; }

private:
    /// A type whose own elements are still lines of text.
    struct Draft {
        Type* type;
        std::string_view base;
        std::string_view body;
        bool whole = false;
    };

    R4();
    std::vector<Draft> outline();
    gateway::ModelElement element(std::string_view line) const;
    void inherit(Draft& draft, std::unordered_map<const gateway::ModelType*, Draft*>& byType);
    const Type& known(std::string_view name) const;

    std::deque<Type> types_;
    std::unordered_map<std::string_view, const Type*> byName_;
    const Type* element_ = nullptr;
    std::string_view open_;  ///< the types of value[x] where it is open
};

/// "valueQuantity"
std::string choiceKey(std::string_view element, std::string_view type);

/// The word before `separator`, taken off `text`: for r4.model and r4.rules.
std::string_view take(std::string_view& text, char separator);

/// r4.model
extern const std::string_view kR4Text;

}  // namespace fhir
