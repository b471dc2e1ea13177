/// Of a map being turned round: what its rules made is now what they read.
#include <algorithm>

#include "inverter.h"

namespace maps {

namespace {

bool isLiteral(const ParameterSyntax& parameter) {
    return parameter.kind == ParameterKind::text || parameter.kind == ParameterKind::number ||
           parameter.kind == ParameterKind::boolean;
}

/// A literal in FHIRPath.
std::string inPath(const ParameterSyntax& parameter) {
    return parameter.kind == ParameterKind::text ? literal(parameter.text) : parameter.text;
}

}  // namespace

std::vector<Equality> equalities(const std::string& where, const std::string& variable) {
    const NotSafe other{
        {"its condition is more than equalities", "sa condition est plus que des égalités"}};
    std::vector<Equality> all;
    std::string_view rest = trimmed(where);
    while (rest.starts_with('(') && rest.ends_with(')'))
        rest = trimmed(rest.substr(1, rest.size() - 2));
    while (!rest.empty()) {
        const auto equals = rest.find('=');
        if (equals == rest.npos) throw other;
        std::string_view name = trimmed(rest.substr(0, equals));
        std::string_view value = trimmed(rest.substr(equals + 1));
        if (!value.starts_with('\'')) throw other;
        const auto end = value.find('\'', 1);
        if (end == value.npos || value.substr(0, end).find('\\') != value.npos) throw other;
        if (name.starts_with('%')) name.remove_prefix(1);
        if (name.starts_with(variable + ".")) name.remove_prefix(variable.size() + 1);
        if (name == variable || name == "$this") name = {};
        if (name.size() > 1 && name.starts_with('`') && name.ends_with('`'))
            name = name.substr(1, name.size() - 2);
        if (name.find_first_of(" .()&|<>!~") != name.npos) throw other;
        all.push_back({std::string(name), std::string(value.substr(1, end - 1))});
        rest = trimmed(value.substr(end + 1));
        if (rest.empty()) break;
        if (!rest.starts_with("and ")) throw other;
        rest.remove_prefix(4);
    }
    return all;
}

SourceSyntax& Inverter::read(RuleSyntax& made, const TargetSyntax& target) {
    SourceSyntax source;
    source.context = target.context;
    source.steps = target.steps;
    made.sources.push_back(source);
    return made.sources.back();
}

bool Inverter::targets(const RuleSyntax& rule, RuleSyntax& made) {
    bool value = false;
    for (const TargetSyntax& target : rule.targets) {
        if (target.context.empty() && !target.variable.empty()) {
            partly_ = true;
            note(say("it computes '{0}'", "elle calcule « {0} »", {target.variable.text}), rule.at,
                 rule.name.text);
            continue;
        }
        if (target.context.empty())
            throw NotSafe{
                {"it calls a group for a value", "elle appelle un groupe pour une valeur"}};
        if (!targets_.contains(target.context.text))
            throw NotSafe{{"it fills what another rule computed",
                           "elle remplit ce qu'une autre règle a calculé"}};
        value = one(rule, target, made) || value;
        if (!target.variable.empty()) targets_.insert(target.variable.text);
    }
    return value;
}

bool Inverter::one(const RuleSyntax& rule, const TargetSyntax& target, RuleSyntax& made) {
    const std::string& name = target.transform.text;
    const auto& given = target.parameters;
    if (name.empty() || name == "create") {
        // `src.a -> tgt.b` without a name copies; with one it only makes a place.
        const bool copies =
            name.empty() && target.variable.empty() && rule.rules.empty() && rule.calls.empty();
        SourceSyntax& back = read(made, target);
        back.variable = target.variable;
        if (name == "create" && !given.empty()) back.type = {given[0].text, target.at};
        if (copies) carry(back);
        return copies;
    }
    if (isLiteralCopy(target)) {
        condition(made, target);
        return false;
    }
    if (name == "copy" || name == "const" || name == "cast" || name == "translate") {
        carries(given[0]);
        if (name == "translate") table(given);
        carry(read(made, target));
        return true;
    }
    return parts(target, made);
}

bool Inverter::isLiteralCopy(const TargetSyntax& target) {
    const std::string& name = target.transform.text;
    return (name == "copy" || name == "const") && target.parameters.size() == 1 &&
           isLiteral(target.parameters[0]);
}

void Inverter::carries(const ParameterSyntax& parameter) const {
    if (parameter.kind != ParameterKind::variable || parameter.text != variable_ ||
        variable_.empty())
        throw NotSafe{{"its value is computed", "sa valeur est calculée"}};
}

void Inverter::carry(SourceSyntax& back) {
    valueName_ = variable_.empty() ? "v" : variable_;
    back.variable = {valueName_, 0};
}

void Inverter::table(const std::vector<ParameterSyntax>& given) {
    if (given.size() < 2 || given[1].kind != ParameterKind::text)
        throw NotSafe{{"its table is computed", "sa table est calculée"}};
    if (given.size() > 2 && (given[2].text == "display" || given[2].text == "system"))
        throw NotSafe{{"a label does not tell its code", "un libellé ne dit pas son code"}};
    const std::string_view way = "reverse:";
    if (!given[1].text.starts_with(way) && !oneWayBack_(given[1].text))
        throw NotSafe{say("table '{0}' has several codes for one: mark one 'preferred'",
                          "la table « {0} » a plusieurs codes pour un seul : en marquer un "
                          "« preferred »",
                          {given[1].text})};
    table_ = given[1].text.starts_with(way) ? given[1].text.substr(way.size())
                                            : std::string(way) + given[1].text;
}

void Inverter::condition(RuleSyntax& made, const TargetSyntax& target) {
    const std::string value = inPath(target.parameters[0]);
    for (SourceSyntax& source : made.sources) {
        if (source.variable.empty() || source.variable.text != target.context.text ||
            target.steps.size() != 1)
            continue;
        where(source, pathName(target.steps[0].text) + " = " + value);
        return;
    }
    SourceSyntax source;
    source.context = target.context;
    source.steps = target.steps;
    where(source, "$this = " + value);
    made.sources.push_back(source);
}

void Inverter::where(SourceSyntax& source, const std::string& condition) {
    source.where.text += (source.where.text.empty() ? "" : " and ") + condition;
}

bool Inverter::parts(const TargetSyntax& target, RuleSyntax& made) {
    const std::string& name = target.transform.text;
    const auto& given = target.parameters;
    std::vector<std::string> names;
    if (name == "cc" && given.size() == 1)
        names = {"text"};
    else if (name == "cc" || name == "c")
        names = {"system", "code", "display"};
    else if (name == "id")
        names = {"system", "value"};
    else if (name == "cp" && given.size() == 1)
        names = {"value"};
    else if (name == "cp")
        names = {"system", "value"};
    else if (name == "qty" && given.size() > 1)
        names = {"value", "unit", "system", "code"};
    if (names.empty() || given.size() > names.size())
        throw NotSafe{say("'{0}' cannot be taken back", "« {0} » ne se défait pas", {name})};
    SourceSyntax& whole = read(made, target);
    std::string variable = "part" + std::to_string(++parts_);
    whole.variable = {variable, 0};
    if (name == "cc" && given.size() > 1) {
        SourceSyntax coding;
        coding.context = {variable, 0};
        coding.steps = {{"coding", 0}};
        variable = "part" + std::to_string(++parts_);
        coding.variable = {variable, 0};
        made.sources.push_back(coding);
    }
    const std::size_t conditions = made.sources.size() - 1;
    std::optional<std::string> holder;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (isLiteral(given[i])) {
            where(made.sources[conditions], names[i] + " = " + inPath(given[i]));
            continue;
        }
        carries(given[i]);
        if (!holder) holder = names[i];
    }
    if (!holder) return false;
    SourceSyntax value;
    value.context = {variable, 0};
    value.steps = {{*holder, 0}};
    carry(value);
    made.sources.push_back(value);
    return true;
}

}  // namespace maps
