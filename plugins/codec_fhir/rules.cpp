#include "rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

namespace fhir {
using gateway::Findings;
using gateway::Severity;

namespace {

int digitOf(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

std::string percentDecoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size()) {
            decoded += static_cast<char>(digitOf(text[at + 1]) * 16 + digitOf(text[at + 2]));
            at += 2;
        } else {
            decoded += text[at];
        }
    }
    return decoded;
}

/// What the checker looks at by itself, for speed: what each element has, and what compares
/// everything with everything.
bool isBuiltIn(std::string_view key) {
    constexpr std::array<std::string_view, 7> kKeys = {"ele-1", "dom-3", "dom-6", "ref-1",
                                                       "bdl-3", "bdl-4", "bdl-7"};
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

/// "cpl-3 error Provide a reference or detail, not both\tdetail.empty() or reference.empty()"
std::optional<Constraint> constraintOf(std::string_view line) {
    const std::string_view key = take(line, ' ');
    if (isBuiltIn(key)) return std::nullopt;
    const std::string_view severity = take(line, ' ');
    const std::string_view text = take(line, '\t');
    Findings findings;
    std::optional<fhirpath::Expression> expression =
        fhirpath::Expression::compile(line, {"r4.rules", 0, 0}, findings);
    if (!expression) throw std::logic_error("r4.rules: " + std::string(key) + " does not compile");
    return Constraint{std::string(key), severity == "warning" ? Severity::warning : Severity::error,
                      std::string(text), std::move(*expression)};
}

}  // namespace

const Rules& Rules::r4() {
    static const Rules& rules = *new Rules;
    return rules;
}

Rules::Rules() {
    const R4& model = R4::get();
    for (const std::string_view name : model.typeNames()) {
        const Type& type = *model.type(name);
        types_[&type].elements.resize(type.elements.size());
    }
    const Type* type = nullptr;
    for (std::string_view text = kR4Rules; !text.empty();) {
        std::string_view line = take(text, '\n');
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("codes ")) {
            readCodes(line.substr(6));
        } else if (line.starts_with("type ")) {
            type = model.type(line.substr(5));
            if (type == nullptr) throw std::logic_error("r4.rules: a type that R4 lacks");
        } else if (line.starts_with('!')) {
            if (auto constraint = constraintOf(line.substr(1)))
                types_[type].constraints.push_back(
                    &constraints_.emplace_back(std::move(*constraint)));
        } else {
            readElement(*type, types_[type], line.substr(1));
        }
    }
    inherit();
}

/// "request-status |http://hl7.org/fhir/request-status draft active"
void Rules::readCodes(std::string_view line) {
    const std::string_view name = take(line, ' ');
    ValueSet& set = valueSets_[name];
    set.name = name;
    std::string_view system;
    while (!line.empty()) {
        const std::string_view word = take(line, ' ');
        if (word.starts_with('|')) {
            system = word.substr(1);
            continue;
        }
        const std::string& code = decoded_.emplace_back(percentDecoded(word));
        set.codes.insert(code);
        set.coded.insert(std::string(system) + ' ' + code);
    }
}

/// "subject >Patient,Group", "status =request-status", "div!txt-1 error …"
void Rules::readElement(const Type& type, TypeRules& rules, std::string_view line) {
    const std::size_t end = line.find_first_of(" !");
    const gateway::ModelElement* const element =
        type.element(gateway::Name::permanent(line.substr(0, end)));
    if (element == nullptr) throw std::logic_error("r4.rules: an element that R4 lacks");
    ElementRules& of = rules.elements[static_cast<std::size_t>(element - type.elements.data())];
    line.remove_prefix(end);
    if (line.starts_with('!')) {
        const bool repeated = line.starts_with("!ext-1 ");  // stands at the type Extension too
        if (auto constraint = constraintOf(line.substr(1)); constraint && !repeated)
            of.constraints.push_back(std::move(*constraint));
        return;
    }
    for (line.remove_prefix(1); !line.empty();) {
        std::string_view word = take(line, ' ');
        const char what = word.front();
        word.remove_prefix(1);
        if (what == '=') of.codes = &valueSets_.at(word);
        while (what == '>' && !word.empty())
            if (const Type* const target = R4::get().type(take(word, ',')))
                of.targets.push_back(target);
    }
}

/// Constraints and element rules of the bases come to the types derived from them.
void Rules::inherit() {
    std::unordered_map<const Type*, std::vector<const Constraint*>> whole;
    for (auto& [type, rules] : types_) {
        std::vector<const Type*> bases;
        for (const Type* base = type; base != nullptr; base = static_cast<const Type*>(base->base))
            bases.insert(bases.begin(), base);
        for (const Type* const base : bases) {
            const TypeRules& of = types_.at(base);
            whole[type].insert(whole[type].end(), of.constraints.begin(), of.constraints.end());
            for (std::size_t i = 0; base != type && i < of.elements.size(); ++i)
                if (rules.elements[i].codes == nullptr) {
                    rules.elements[i].codes = of.elements[i].codes;
                    rules.elements[i].targets = of.elements[i].targets;
                }
        }
    }
    for (auto& [type, constraints] : whole) types_[type].constraints = std::move(constraints);
}

}  // namespace fhir
