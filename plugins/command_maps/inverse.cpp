#include "inverse.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "fml_comments.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "rewrite.h"
#include "source_text.h"
#include "words.h"

namespace maps {
namespace {

using fml::CallSyntax;
using fml::GroupSyntax;
using fml::ParameterSyntax;
using fml::PathText;
using fml::RuleSyntax;
using fml::SourceSyntax;
using fml::TargetSyntax;
using fml::Word;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;
using Kind = ParameterSyntax::Kind;

/// Why a rule is left to a person.
struct NotSafe {
    Reason why;
};

bool isLiteral(const ParameterSyntax& parameter) {
    return parameter.kind == Kind::text || parameter.kind == Kind::number ||
           parameter.kind == Kind::boolean;
}

/// A literal in FHIRPath.
std::string inPath(const ParameterSyntax& parameter) {
    return parameter.kind == Kind::text ? literal(parameter.text) : parameter.text;
}

/// `name = 'value'` of a condition; of `$this = 'value'` the name is empty.
struct Equality {
    std::string name, value;
};

/// The equalities of a condition that is nothing else; @throws NotSafe for any other.
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

class Inverter {
public:
    Inverter(const fml::SourceText& source, const fml::MapSyntax& map,
             const std::function<bool(const std::string&)>& oneWayBack, Spoken language)
        : source_(source), map_(map), oneWayBack_(oneWayBack), language_(language) {}

    /// Again and again until it is known which inputs of groups are computed: those have no way
    /// back, and the groups go without.
    Inverse run() {
        for (std::size_t known = 0;; known = computed_.size()) {
            result_ = {};
            result_.map = map_;
            pending_.clear();
            parts_ = places_ = 0;
            head();
            result_.map.groups.clear();
            for (const GroupSyntax& group : map_.groups)
                result_.map.groups.push_back(inverse(group));
            std::erase_if(result_.map.groups, [](const GroupSyntax& group) {
                return std::none_of(group.inputs.begin(), group.inputs.end(),
                                    [](const auto& input) { return input.target; });
            });
            if (computed_.size() == known) return std::move(result_);
        }
    }

private:
    void head() {
        fml::MapSyntax& map = result_.map;
        const std::string name = map_.name.text;
        for (Word* const word : {&map.name, &map.url}) word->text = reversed(word->text);
        bool declared = false;
        for (auto& [key, value] : map.metadata) {
            if (key.text == "name" || key.text == "url" || key.text == "id")
                value = reversed(value);
            if (key.text == "reverse") {
                value = name;
                declared = true;
            }
        }
        std::erase_if(map.metadata, [](const auto& m) { return m.first.text == "built"; });
        if (!declared && !name.empty()) map.metadata.push_back({{"reverse", 0}, name});
        for (fml::UsesSyntax& uses : map.uses) {
            if (uses.mode == "source")
                uses.mode = "target";
            else if (uses.mode == "target")
                uses.mode = "source";
        }
        std::stable_sort(map.uses.begin(), map.uses.end(), [](const auto& a, const auto& b) {
            return a.mode == "source" && b.mode != "source";
        });
        // What is imported goes the other way.
        for (const fml::ImportSyntax& import : map.imports)
            note(say("import '{0}': reverse that map too",
                     "import « {0} » : inverser aussi cette "
                     "transformation",
                     {import.text}),
                 import.at, "");
        map.imports.clear();
    }

    static std::string reversed(const std::string& text) {
        const auto slash = text.rfind('/');
        if (slash == text.npos) return reversedName(text);
        return text.substr(0, slash + 1) + reversedName(text.substr(slash + 1));
    }

    GroupSyntax inverse(const GroupSyntax& group) {
        GroupSyntax made = group;
        made.rules.clear();
        std::erase_if(made.inputs, [&](const fml::InputSyntax& input) {
            return computed_.contains({group.name.text, input.name.text});
        });
        for (fml::InputSyntax& input : made.inputs) input.target = !input.target;
        // Sources first, as people read them; calls are put into the same order.
        std::stable_sort(made.inputs.begin(), made.inputs.end(),
                         [](const auto& a, const auto& b) { return !a.target && b.target; });
        targets_.clear();
        sources_.clear();
        for (const fml::InputSyntax& input : group.inputs)
            if (!computed_.contains({group.name.text, input.name.text}))
                (input.target ? targets_ : sources_).insert(input.name.text);
        around_.clear();
        for (const fml::InputSyntax& input : group.inputs)
            if (input.target) around_ = input.name.text;
        made.rules = inverse(group.rules);
        made.comments.ending = std::exchange(pending_, {});
        return made;
    }

    std::vector<RuleSyntax> inverse(const std::vector<RuleSyntax>& rules) {
        std::vector<RuleSyntax> made;
        for (const RuleSyntax& rule : rules) {
            ++result_.rules;
            const auto targets = targets_, sources = sources_;
            const std::string before = pending_;
            partly_ = false;
            try {
                std::optional<RuleSyntax> back = inverse(rule);
                if (back) made.push_back(std::move(*back));
            } catch (const NotSafe& left) {
                ++result_.left;
                pending_ = before;
                note(left.why, rule.at, rule.name.text);
            }
            targets_ = targets;
            sources_ = sources;
        }
        return made;
    }

    void note(const Reason& why, fml::At at, const std::string& name) {
        const gateway::Place place = source_.place(at);
        const std::string file = std::filesystem::path(place.file).filename().string();
        pending_ += (pending_.empty() ? "" : "\n") +
                    say("TODO reverse: {0}:{1} {2}: {3}", "TODO reverse : {0}:{1} {2} : {3}",
                        {file, std::to_string(place.line), name, why})
                        .in(language_);
    }

    /// The rule the other way round; nothing when there is nothing to carry back.
    std::optional<RuleSyntax> inverse(const RuleSyntax& rule) {
        if (rule.sources.size() != 1)
            throw NotSafe{{"it has several sources", "elle a plusieurs sources"}};
        const SourceSyntax& source = rule.sources.front();
        if (source.list.text == "last" || source.list.text.starts_with("not_") ||
            !source.otherwise.empty())
            throw NotSafe{{"its source takes only some, or a default",
                           "sa source n'en prend que certains, ou une valeur par défaut"}};
        if (!sources_.contains(source.context.text))
            throw NotSafe{{"its source was computed", "sa source est calculée"}};
        RuleSyntax made;
        made.name = rule.name;
        made.at = rule.at;
        variable_ = source.variable.text;
        valueName_.clear();
        table_.clear();
        const bool value = targets(rule, made);
        result_.left += partly_ ? 1 : 0;
        if (!value && onlyConstants(rule)) return constants(rule, std::move(made));
        bind(rule, made, value);
        // The comments that wait belong before this rule; those from inside to its own block.
        const std::string before = std::exchange(pending_, {});
        for (const CallSyntax& call : rule.calls)
            if (auto back = inverse(call)) made.calls.push_back(std::move(*back));
        made.rules = inverse(rule.rules);
        if (made.rules.empty() && made.calls.empty() && !value) {  // nothing is carried
            pending_ = before + (before.empty() || pending_.empty() ? "" : "\n") + pending_;
            return std::nullopt;
        }
        if (made.rules.empty()) {
            pending_ = before + (before.empty() || pending_.empty() ? "" : "\n") + pending_;
            made.comments.documentation = std::exchange(pending_, {});
        } else {
            made.comments.documentation = before;
            made.comments.ending = std::exchange(pending_, {});
        }
        return made;
    }

    // ---- what the rule made is now what it reads

    SourceSyntax& read(RuleSyntax& made, const TargetSyntax& target) {
        SourceSyntax source;
        source.context = target.context;
        source.steps = target.steps;
        made.sources.push_back(source);
        return made.sources.back();
    }

    /// @return whether a target carries the source's value, then called `variable_`
    bool targets(const RuleSyntax& rule, RuleSyntax& made) {
        bool value = false;
        for (const TargetSyntax& target : rule.targets) {
            if (target.context.empty() && !target.variable.empty()) {
                partly_ = true;
                note(say("it computes '{0}'", "elle calcule « {0} »", {target.variable.text}),
                     rule.at, rule.name.text);
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

    bool one(const RuleSyntax& rule, const TargetSyntax& target, RuleSyntax& made) {
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

    static bool isLiteralCopy(const TargetSyntax& target) {
        const std::string& name = target.transform.text;
        return (name == "copy" || name == "const") && target.parameters.size() == 1 &&
               isLiteral(target.parameters[0]);
    }

    void carries(const ParameterSyntax& parameter) const {
        if (parameter.kind != Kind::variable || parameter.text != variable_ || variable_.empty())
            throw NotSafe{{"its value is computed", "sa valeur est calculée"}};
    }

    void carry(SourceSyntax& back) {
        valueName_ = variable_.empty() ? "v" : variable_;
        back.variable = {valueName_, 0};
    }

    void table(const std::vector<ParameterSyntax>& given) {
        if (given.size() < 2 || given[1].kind != Kind::text)
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

    /// A constant: what is read must have it.
    static void condition(RuleSyntax& made, const TargetSyntax& target) {
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

    static void where(SourceSyntax& source, const std::string& condition) {
        source.where.text += (source.where.text.empty() ? "" : " and ") + condition;
    }

    /// cc, c, id, cp and qty with one value: the part that holds it, and the others as conditions.
    bool parts(const TargetSyntax& target, RuleSyntax& made) {
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

    // ---- what the rule read is now what it makes

    /// A rule that carries nothing of its source but makes constants.
    static bool onlyConstants(const RuleSyntax& rule) {
        return rule.rules.empty() && rule.calls.empty() && !rule.targets.empty() &&
               std::any_of(rule.targets.begin(), rule.targets.end(), isLiteralCopy);
    }

    /// `src.a as v where v = 'X' -> tgt.b = 'Y'`: where b is Y, a is X. Constants of the context
    /// alone say nothing of the source.
    std::optional<RuleSyntax> constants(const RuleSyntax& rule, RuleSyntax made) {
        const SourceSyntax& source = rule.sources.front();
        if (source.steps.empty() && source.where.empty()) return std::nullopt;
        if (source.where.empty())
            throw NotSafe{{"it only tells that its source is there",
                           "elle dit seulement que sa source est là"}};
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
            value.parameters = {{Kind::text, equality.value, 0}};
            made.targets.push_back(value);
        }
        made.comments.documentation = std::exchange(pending_, {});
        return made;
    }

    /// Rules that go into one place of the source fill one place of the target.
    static std::string sharedName(const std::string& element) {
        std::string name = "one_";
        for (const char c : element)
            name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                        ? c
                        : '_';
        return name;
    }

    /// All steps but the last as places of their own; the last is for the caller to fill.
    TargetSyntax make(std::string context, const std::vector<Word>& steps, RuleSyntax& made) {
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

    void bind(const RuleSyntax& rule, RuleSyntax& made, bool value) {
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
                throw NotSafe{
                    {"its condition is on the value", "sa condition porte sur la valeur"}};
            if (!set.empty())
                throw NotSafe{{"its condition is on a value that is copied",
                               "sa condition porte sur une valeur recopiée"}};
            if (target.steps.empty())
                throw NotSafe{{"it copies the whole", "elle recopie le tout"}};
            target.transform = {table_.empty() ? "copy" : "translate", 0};
            target.parameters = {{Kind::variable, valueName_, 0}};
            if (!table_.empty()) {
                target.parameters.push_back({Kind::text, table_, 0});
                target.parameters.push_back({Kind::text, "code", 0});
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
            target.parameters = {{Kind::text, source.type.text, 0}};
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
            constant.parameters = {{Kind::text, equality.value, 0}};
            made.targets.push_back(constant);
        }
    }

    /// The same call, its parameters in the order of the group's inputs the other way round.
    std::optional<CallSyntax> inverse(const CallSyntax& call) {
        const auto group =
            std::find_if(map_.groups.begin(), map_.groups.end(),
                         [&](const GroupSyntax& g) { return g.name.text == call.name.text; });
        if (group == map_.groups.end() || group->inputs.size() != call.parameters.size())
            throw NotSafe{say("group '{0}' is not of this map",
                              "le groupe « {0} » n'est pas de cette transformation",
                              {call.name.text})};
        CallSyntax made;
        made.name = call.name;
        bool fills = false;
        for (const bool target : {true, false})
            for (std::size_t i = 0; i < call.parameters.size(); ++i) {
                const ParameterSyntax& given = call.parameters[i];
                const fml::InputSyntax& input = group->inputs[i];
                const bool known = given.kind == Kind::variable &&
                                   (input.target ? targets_ : sources_).contains(given.text);
                if (!known) computed_.insert({group->name.text, input.name.text});
                if (input.target != target ||
                    computed_.contains({group->name.text, input.name.text}))
                    continue;
                fills = fills || !target;
                made.parameters.push_back(given);
            }
        if (!fills) return std::nullopt;
        return made;
    }

    const fml::SourceText& source_;
    const fml::MapSyntax& map_;
    const std::function<bool(const std::string&)>& oneWayBack_;
    const Spoken language_;
    Inverse result_;
    std::set<std::string> targets_, sources_;   ///< variables of the map that are nodes
    std::string around_;                        ///< the target of the group
    std::string variable_, valueName_, table_;  ///< of the rule at hand
    std::string pending_;                       ///< comments for the next rule
    bool partly_ = false;                       ///< whether the rule at hand computes something too
    std::set<std::pair<std::string, std::string>> computed_;  ///< group and input
    int parts_ = 0, places_ = 0;
};

}  // namespace

std::string reversedName(const std::string& name) {
    const auto to = name.find("-to-");
    if (to == name.npos) return name.empty() ? name : name + "-reverse";
    return name.substr(to + 4) + "-to-" + name.substr(0, to);
}

Inverse inverseOf(const fml::SourceText& source, const fml::MapSyntax& map,
                  const std::function<bool(const std::string& table)>& oneWayBack,
                  Spoken language) {
    return Inverter(source, map, oneWayBack, language).run();
}

namespace {

/// The innermost rule that begins last before `at`, taken out of its list.
std::optional<RuleSyntax> takeRule(std::vector<RuleSyntax>& rules, fml::At at) {
    for (std::size_t i = rules.size(); i-- > 0;) {
        if (rules[i].at > at) continue;
        if (std::optional<RuleSyntax> inner = takeRule(rules[i].rules, at)) return inner;
        std::optional<RuleSyntax> taken = std::move(rules[i]);
        rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(i));
        return taken;
    }
    return std::nullopt;
}

fml::At offsetOf(const std::string& text, const gateway::Place& place) {
    std::size_t at = 0;
    for (int line = 1; line < place.line && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    return static_cast<fml::At>(at) + static_cast<fml::At>(std::max(0, place.column - 1));
}

/// Takes out the rule where that mistake is. @return false when it is in no rule
bool leaveOut(fml::MapSyntax& map, fml::At at, const Reason& why, Spoken language) {
    for (std::size_t i = map.groups.size(); i-- > 0;) {
        GroupSyntax& group = map.groups[i];
        if (group.name.at > at) continue;
        const std::optional<RuleSyntax> rule = takeRule(group.rules, at);
        if (!rule) return false;
        std::string& ending = group.comments.ending;
        ending += (ending.empty() ? "" : "\n") +
                  say("TODO reverse: {0}: {1}", "TODO reverse : {0} : {1}", {rule->name.text, why})
                      .in(language);
        return true;
    }
    return false;
}

}  // namespace

std::string compilable(const std::string& file, Inverse& inverse,
                       const std::function<gateway::Findings(const std::string& text)>& mistakes,
                       Spoken language) {
    std::string text = fml::print(inverse.map);
    for (;;) {
        const gateway::Findings found = mistakes(text);
        const auto error =
            std::find_if(found.all().begin(), found.all().end(), [](const gateway::Finding& f) {
                return f.severity != gateway::Severity::warning && f.where.line > 0;
            });
        if (!found.failed() || error == found.all().end()) return text;
        const fml::SourceText source(file, text);
        gateway::Findings none;
        inverse.map = fml::parse(source, none);
        fml::readComments(source, inverse.map);
        if (!leaveOut(inverse.map, offsetOf(text, error->where), {error->text, error->fr},
                      language))
            return text;
        ++inverse.left;
        text = fml::print(inverse.map);
    }
}

}  // namespace maps
