/// Of a map being turned round: what its rules read is now what they make.
#include <algorithm>

#include "inverter.h"

namespace maps {

bool Inverter::onlyConstants(const RuleSyntax& rule) {
    return rule.rules.empty() && rule.calls.empty() && !rule.targets.empty() &&
           std::any_of(rule.targets.begin(), rule.targets.end(), isLiteralCopy);
}

std::optional<RuleSyntax> Inverter::constants(const RuleSyntax& rule, RuleSyntax made) {
    const SourceSyntax& source = rule.sources.front();
    if (source.steps.empty() && source.where.empty()) return std::nullopt;
    if (source.where.empty())
        throw NotSafe{
            {"it only tells that its source is there", "elle dit seulement que sa source est là"}};
    TargetSyntax place = make(source.context.text, source.steps, made);
    for (const Equality& equality : equalities(source.where.text, source.variable.text)) {
        TargetSyntax value = place;
        if (!equality.name.empty()) {
            if (place.steps.empty())
                value.steps = {{equality.name, 0}};
            else
                throw NotSafe{{"its condition looks deeper", "sa condition regarde plus bas"}};
        }
        if (value.steps.empty())
            throw NotSafe{{"its condition is on the whole", "sa condition porte sur le tout"}};
        value.transform = {"copy", 0};
        value.parameters = {{ParameterKind::text, equality.value, 0}};
        made.targets.push_back(value);
    }
    made.comments.documentation = std::exchange(pending_, {});
    return made;
}

std::string Inverter::sharedName(const std::string& element) {
    std::string name = "one_";
    for (const char c : element)
        name +=
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    return name;
}

TargetSyntax Inverter::make(std::string context, const std::vector<Word>& steps, RuleSyntax& made) {
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        TargetSyntax place;
        place.context = {context, 0};
        place.steps = {steps[i]};
        context = "place" + std::to_string(++places_);
        place.variable = {context, 0};
        place.list = {"share", 0};
        place.share = {sharedName(steps[i].text), 0};
        made.targets.push_back(place);
    }
    TargetSyntax last;
    last.context = {context, 0};
    if (!steps.empty()) last.steps = {steps.back()};
    return last;
}

void Inverter::bind(const RuleSyntax& rule, RuleSyntax& made, bool value) {
    const SourceSyntax& source = rule.sources.front();
    if (made.sources.empty()) {
        SourceSyntax context;
        context.context = {around_, 0};
        made.sources.push_back(context);
    }
    TargetSyntax target = make(source.context.text, source.steps, made);
    std::vector<Equality> set;
    if (!source.where.empty()) set = equalities(source.where.text, source.variable.text);
    if (value) {
        if (!set.empty() &&
            !std::all_of(set.begin(), set.end(), [](auto& e) { return !e.name.empty(); }))
            throw NotSafe{{"its condition is on the value", "sa condition porte sur la valeur"}};
        if (!set.empty())
            throw NotSafe{{"its condition is on a value that is copied",
                           "sa condition porte sur une valeur recopiée"}};
        if (target.steps.empty()) throw NotSafe{{"it copies the whole", "elle recopie le tout"}};
        target.transform = {table_.empty() ? "copy" : "translate", 0};
        target.parameters = {{ParameterKind::variable, valueName_, 0}};
        if (!table_.empty()) {
            target.parameters.push_back({ParameterKind::text, table_, 0});
            target.parameters.push_back({ParameterKind::text, "code", 0});
        }
        table_.clear();
        made.targets.push_back(target);
        if (!rule.rules.empty() || !rule.calls.empty())
            throw NotSafe{{"it copies a value and goes on below it",
                           "elle recopie une valeur et continue en dessous"}};
        return;
    }
    if (source.steps.empty()) {
        if (!source.variable.empty())
            throw NotSafe{{"it names the whole anew", "elle renomme le tout"}};
        if (!set.empty())
            throw NotSafe{{"its condition is on the whole", "sa condition porte sur le tout"}};
        return;
    }
    if (source.variable.empty()) return;
    target.variable = source.variable;
    if (!source.type.empty()) {
        target.transform = {"create", 0};
        target.parameters = {{ParameterKind::text, source.type.text, 0}};
    } else if (rule.targets.empty()) {
        target.list = {"share", 0};
        target.share = {sharedName(source.steps.back().text), 0};
        if (!rule.calls.empty()) {
            ++result_.left;
            note(say("makes one '{0}' for all: of several, say what in the target makes one",
                     "fabrique un seul « {0} » pour tous : s'il y en a plusieurs, dire ce qui "
                     "dans la cible en fait un",
                     {source.steps.back().text}),
                 rule.at, rule.name.text);
        }
    }
    sources_.insert(source.variable.text);
    made.targets.push_back(target);
    const bool asked = std::any_of(made.sources.begin(), made.sources.end(),
                                   [](const SourceSyntax& s) { return !s.steps.empty(); });
    for (const Equality& equality : set) {
        if (equality.name.empty() || !asked)
            throw NotSafe{{"nothing in the target tells whether its condition held",
                           "rien dans la cible ne dit si sa condition était remplie"}};
        TargetSyntax constant;
        constant.context = source.variable;
        constant.steps = {{equality.name, 0}};
        constant.transform = {"copy", 0};
        constant.parameters = {{ParameterKind::text, equality.value, 0}};
        made.targets.push_back(constant);
    }
}

std::optional<CallSyntax> Inverter::inverse(const CallSyntax& call) {
    const auto group =
        std::find_if(map_.groups.begin(), map_.groups.end(),
                     [&](const GroupSyntax& g) { return g.name.text == call.name.text; });
    if (group == map_.groups.end() || group->inputs.size() != call.parameters.size())
        throw NotSafe{say("group '{0}' is not of this map",
                          "le groupe « {0} » n'est pas de cette transformation", {call.name.text})};
    CallSyntax made;
    made.name = call.name;
    bool fills = false;
    for (const bool target : {true, false})
        for (std::size_t i = 0; i < call.parameters.size(); ++i) {
            const ParameterSyntax& given = call.parameters[i];
            const fml::InputSyntax& input = group->inputs[i];
            const bool known = given.kind == ParameterKind::variable &&
                               (input.target ? targets_ : sources_).contains(given.text);
            if (!known) computed_.insert({group->name.text, input.name.text});
            if (input.target != target || computed_.contains({group->name.text, input.name.text}))
                continue;
            fills = fills || !target;
            made.parameters.push_back(given);
        }
    if (!fills) return std::nullopt;
    return made;
}

}  // namespace maps
