#include "check_fields.h"

#include <algorithm>

#include "check_formats.h"
#include "names.h"

namespace gateway::hl7v2 {
namespace {

/// From here on a length is no limit of a field but the standard's word for "any".
constexpr std::uint32_t kUnlimited = 65'536;

std::string labelled(std::string text, std::string_view label) {
    return label.empty() ? text : std::move(text) + " (" + std::string(label) + ")";
}

class FieldCheck {
public:
    FieldCheck(const CheckedMessage& message, Node segment, const Dictionary& dictionary,
               Found& found)
        : message_(message),
          segment_(segment),
          dictionary_(dictionary),
          found_(found),
          tooLong_(dictionary.version() < "2.7" ? Severity::information : Severity::warning) {}

    void run(const SegmentRule& rule) {
        count(rule);
        for (std::uint32_t number = 1; number <= rule.fields.size(); ++number)
            presence(rule.fields[number - 1], number);
        for (const Node field : segment_.children()) {
            const std::uint32_t number = numberOf(field.name());
            const FieldRule* const known = rule.field(number);
            if (isDelimiters(number) || number == 0 || field.isNull()) continue;
            if (known != nullptr && !known->type.empty())
                value(field, *known, typeOf(number, *known));
            else if (found_.takes(Severity::warning))
                found_.add(Severity::warning, code::kOther, message_.place(field),
                           {"a field that this version does not have",
                            "un champ que cette version n'a pas"});
        }
    }

private:
    bool isDelimiters(std::uint32_t number) const {
        return number <= 2 && segment_.name() == "MSH";
    }

    void count(const SegmentRule& rule) {
        counts_.assign(rule.fields.size() + 1, {});
        for (const Node field : segment_.children()) {
            const std::uint32_t number = numberOf(field.name());
            if (number >= counts_.size() || !isPresent(field)) continue;
            ++counts_[number].present;
            counts_[number].values += hasValue(field) ? 1 : 0;
        }
    }

    void presence(const FieldRule& rule, std::uint32_t number) {
        if (isDelimiters(number) || rule.type.empty()) return;
        const Count& count = counts_[number];
        if (rule.required() && count.values == 0) absent(rule, number, count.present > 0);
        if (rule.most == 0 || count.present <= rule.most || !found_.takes(Severity::error)) return;
        found_.add(Severity::error, code::kCardinality,
                   message_.place(segment_) + "-" + std::to_string(number),
                   {labelled("at most " + std::to_string(rule.most) + " repetition(s)", rule.label),
                    labelled(std::to_string(rule.most) + " répétition(s) au plus", rule.label)});
    }

    /// @param null  what stands there asks to delete the value: no empty field, yet none to work
    /// with
    void absent(const FieldRule& rule, std::uint32_t number, bool null) {
        const Severity severity = null ? Severity::warning : Severity::error;
        if (!found_.takes(severity)) return;
        found_.add(severity, code::kMissing,
                   message_.place(segment_) + "-" + std::to_string(number),
                   {labelled(null ? "a required field is null" : "a required field is missing",
                             rule.label),
                    labelled(null ? "un champ obligatoire est nul" : "un champ obligatoire manque",
                             rule.label)});
    }

    /// The type of a field; of OBX-5 the one that OBX-2 names.
    std::string_view typeOf(std::uint32_t number, const FieldRule& rule) const {
        if (number == 5 && segment_.name() == "OBX") return valueOf(segment_.child("2"));
        return rule.type;
    }

    /// A field, component or subcomponent of that type. A leaf of a type with components is the
    /// first of them.
    void value(Node node, const FieldRule& rule, std::string_view typeName, int depth = 0) {
        if (node.isNull() || found_.full()) return;
        if (rule.length != 0 && rule.length < kUnlimited && lengthOf(node) > rule.length &&
            found_.takes(tooLong_))
            found_.add(tooLong_, code::kTooLong, message_.place(node),
                       {"longer than " + std::to_string(rule.length) + " characters",
                        "plus de " + std::to_string(rule.length) + " caractères"});
        const TypeRule* const type = dictionary_.type(typeName);
        if (formatOf(typeName) == nullptr && type != nullptr && !type->primitive() && depth < 3)
            return node.firstChild() ? components(node, *type, depth)
                                     : value(node, type->components.front(),
                                             type->components.front().type, depth + 1);
        primitive(node, typeName);
    }

    void components(Node node, const TypeRule& type, int depth) {
        for (std::uint32_t number = 1; number <= type.components.size(); ++number) {
            const FieldRule& rule = type.components[number - 1];
            if (rule.required() && !isPresent(node.child(std::to_string(number))) &&
                found_.takes(Severity::warning))
                found_.add(Severity::warning, code::kMissing,
                           message_.place(node) + "." + std::to_string(number),
                           {labelled("a required component is missing", rule.label),
                            labelled("une composante obligatoire manque", rule.label)});
        }
        for (const Node part : node.children())
            if (const FieldRule* const rule = type.component(numberOf(part.name())))
                value(part, *rule, rule->type, depth + 1);
    }

    void primitive(Node node, std::string_view typeName) {
        const Format* const format = formatOf(typeName);
        if (format == nullptr) return;
        const Node leaf = partOf(node, 1, 1);  // TS has its time in its first component
        if (!leaf || leaf.isNull() || leaf.text().empty() || format->holds(leaf.text())) return;
        if (!found_.takes(Severity::error)) return;
        found_.add(Severity::error, code::kType, message_.place(leaf),
                   {std::string(format->en), std::string(format->fr)});
    }

    const CheckedMessage& message_;
    const Node segment_;
    const Dictionary& dictionary_;
    Found& found_;
    /// A length is a suggestion before v2.7, where sites may agree on others (v2.5.1 §2.5.3.2).
    const Severity tooLong_;
    struct Count {
        std::uint32_t present = 0, values = 0;
    };
    std::vector<Count> counts_;
};

}  // namespace

std::size_t lengthOf(Node node) {
    if (!node.firstChild())
        return static_cast<std::size_t>(
            std::count_if(node.text().begin(), node.text().end(),
                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    std::size_t length = 0;
    std::uint32_t last = 1;
    for (const Node part : node.children()) {
        const std::uint32_t number = numberOf(part.name());
        if (number == 0) continue;  // how a part was written (marks.h)
        length += lengthOf(part);
        last = std::max(last, number);
    }
    return length + last - 1;  // and the delimiters between
}

void checkFields(const CheckedMessage& message, Node segment, const SegmentRule& rule,
                 const Dictionary& dictionary, Found& found) {
    FieldCheck(message, segment, dictionary, found).run(rule);
}

}  // namespace gateway::hl7v2
