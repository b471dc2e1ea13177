/// Of a map being compiled: constants, groups and what they inherit, the entry.
#include <algorithm>

#include "fml_compilation.h"

namespace fml {

namespace {

/// Each may need all before it: they are evaluated one inside of the other.
constexpr std::size_t kMostConstants = 1000;

std::string count(std::size_t number) { return std::to_string(number); }

}  // namespace

void Compiler::constants(Unit& unit) {
    scope_.enter(unit);
    if (unit.syntax.constants.size() > kMostConstants)
        return fail(unit, unit.syntax.constants[kMostConstants].name.at,
                    say("found more than {0} constants", "trouvé plus de {0} constantes",
                        {count(kMostConstants)}));
    const std::size_t first = program_->constants.size();
    for (const ConstantSyntax& syntax : unit.syntax.constants) {
        for (const auto& [name, slot] : unit.constants)
            if (name == syntax.name.text)
                fail(unit, syntax.name.at,
                     say("found constant '{0}' a second time, expected another name",
                         "trouvé la constante « {0} » une seconde fois, attendu un autre nom",
                         {name}));
        unit.constants.emplace_back(syntax.name.text, constantSlot(program_->constants.size()));
        program_->constants.push_back(nullptr);
    }
    if (unit.base)  // which is declared before it
        unit.constants.insert(unit.constants.end(), unit.base->constants.begin(),
                              unit.base->constants.end());
    for (std::size_t i = 0; i < unit.syntax.constants.size(); ++i)
        program_->constants[first + i] = scope_.path(unit.syntax.constants[i].value, nullptr);
    for (std::size_t i = 0; i < unit.syntax.constants.size(); ++i) {
        std::vector<std::size_t> reached;
        if (!reaches(first + i, first + i, reached)) continue;
        const Word& name = unit.syntax.constants[i].name;
        return fail(unit, name.at,
                    say("found constant '{0}' that needs itself, expected a value that does "
                        "not",
                        "trouvé la constante « {0} » qui dépend d'elle-même, attendu une "
                        "valeur qui n'en dépend pas",
                        {name.text}));
    }
}

bool Compiler::reaches(std::size_t from, std::size_t to, std::vector<std::size_t>& reached) const {
    if (program_->constants[from] == nullptr) return false;
    for (const Slot slot : program_->constants[from]->variables) {
        if (slot == kNoSlot) continue;
        const std::size_t next = constantIndex(slot);
        if (next == to) return true;
        if (std::find(reached.begin(), reached.end(), next) != reached.end()) continue;
        reached.push_back(next);
        if (reaches(next, to, reached)) return true;
    }
    return false;
}

void Compiler::declareGroups(Unit& unit) {
    if (unit.base) return;  // with the map that it changes
    for (const GroupSyntax& syntax : unit.syntax.groups) {
        const GroupSyntax* const other =
            unit.change ? unit.change->group(syntax.name.text) : nullptr;
        if (other == nullptr) {
            declareGroup(unit, syntax);
            continue;
        }
        GroupEntry& replaced = declareGroup(unit, syntax, true);
        GroupEntry& entry = declareGroup(*unit.change, *other);
        entry.replaced = replaced.code;
        // The map begins with its first group: with what stands in its place.
        std::swap(replaced, entry);
        checkReplaced(scope_.groups[scope_.groups.size() - 2]);
    }
    if (unit.change == nullptr) return;
    for (const GroupSyntax& syntax : unit.change->syntax.groups)
        if (unit.group(syntax.name.text) == nullptr) {
            checkNew(unit, syntax);
            declareGroup(*unit.change, syntax);
        } else if (unit.change->group(syntax.name.text) != &syntax) {
            declareGroup(*unit.change, syntax);  // which tells that it is the second one
        }
}

GroupEntry& Compiler::declareGroup(const Unit& unit, const GroupSyntax& syntax, bool hidden) {
    for (const GroupEntry& other : scope_.groups)
        if (other.unit == &unit && other.syntax->name.text == syntax.name.text)
            fail(unit, syntax.name.at,
                 say("found group '{0}' a second time, the first is in line {1}",
                     "trouvé le groupe « {0} » une seconde fois, le premier est en ligne {1}",
                     {syntax.name.text,
                      std::to_string(unit.text->place(other.syntax->name.at).line)}));
    GroupCode& code = program_->groups.emplace_back();
    code.name = syntax.name.text;
    for (const InputSyntax& input : syntax.inputs) {
        const TypeRef type = units_.type(unit, input.type, input.target);
        code.inputs.push_back({input.name.text, input.target, type.type, type.name});
    }
    scope_.groups.push_back({&unit, &syntax, &code, nullptr, hidden});
    if (!hidden) standard(unit, syntax, code);
    return scope_.groups.back();
}

void Compiler::checkReplaced(const GroupEntry& entry) {
    const GroupCode& was = *entry.replaced;
    const GroupCode& is = *entry.code;
    bool same = was.inputs.size() == is.inputs.size();
    for (std::size_t i = 0; same && i < was.inputs.size(); ++i)
        same = was.inputs[i].target == is.inputs[i].target &&
               was.inputs[i].typeName == is.inputs[i].typeName;
    const GroupSyntax& base = *entry.unit->base->group(is.name);
    if (same && base.standard == entry.syntax->standard) return;
    std::string shape;
    for (const GroupInput& input : was.inputs)
        shape += std::string(shape.empty() ? "" : ", ") + (input.target ? "target " : "source ") +
                 input.name + (input.typeName.empty() ? "" : " : " + input.typeName);
    constexpr const char* kMarks[] = {"", " <<types>>", " <<type+>>"};
    findings_.error(
        entry.unit->text->place(entry.syntax->name.at),
        say("found group '{0}' with other parameters than what it "
            "changes in {1}, expected {0}({2}){3}",
            "trouvé le groupe « {0} » avec d'autres paramètres que celui "
            "qu'il remplace dans {1}, attendu {0}({2}){3}",
            {is.name, entry.unit->base->shown, shape, kMarks[static_cast<int>(base.standard)]}));
}

void Compiler::checkNew(const Unit& base, const GroupSyntax& syntax) {
    if (syntax.standard != GroupSyntax::Default::no) return;
    for (const GroupSyntax& other : base.change->syntax.groups)
        if (&other != &syntax &&
            (other.extends.text == syntax.name.text || calls(other.rules, syntax.name.text)))
            return;
    std::vector<std::string> names;
    for (const GroupSyntax& known : base.syntax.groups) names.push_back(known.name.text);
    findings_.error(
        base.change->text->place(syntax.name.at),
        say("found group '{0}', which {1} does not have and no group here calls, "
            "expected the name of one that it has{2}",
            "trouvé le groupe « {0} », que {1} n'a pas et qu'aucun groupe n'appelle "
            "ici, attendu le nom d'un groupe qu'elle a{2}",
            {syntax.name.text, base.shown, gateway::didYouMean(syntax.name.text, names)}));
}

bool Compiler::calls(const std::vector<RuleSyntax>& rules, const std::string& group) {
    return std::any_of(rules.begin(), rules.end(), [&](const RuleSyntax& rule) {
        return std::any_of(rule.calls.begin(), rule.calls.end(),
                           [&](const CallSyntax& call) { return call.name.text == group; }) ||
               calls(rule.rules, group);
    });
}

void Compiler::standard(const Unit& unit, const GroupSyntax& syntax, const GroupCode& code) {
    if (syntax.standard == GroupSyntax::Default::no) return;
    const GroupInput *source = nullptr, *target = nullptr;
    for (const GroupInput& input : code.inputs) {
        const GroupInput*& side = input.target ? target : source;
        if (side == nullptr) side = &input;
    }
    if (source == nullptr || target == nullptr || source->typeName.empty() ||
        target->typeName.empty())
        return fail(unit, syntax.name.at,
                    {"found a default group without types, expected a source and a target with "
                     "their types",
                     "trouvé un groupe par défaut sans types, attendu une source et une cible "
                     "avec leurs types"});
    DefaultGroup group{Name::permanent(source->typeName), Name::permanent(target->typeName),
                       target->type, syntax.standard == GroupSyntax::Default::typeAndTypes, &code};
    for (const DefaultGroup& other : program_->defaults)
        if (other.source == group.source && other.target == group.target)
            fail(unit, syntax.name.at,
                 say("found a second default group for {0} and {1}, the first is '{2}'",
                     "trouvé un second groupe par défaut pour {0} et {1}, le premier est « {2} "
                     "»",
                     {source->typeName, target->typeName, other.group->name}));
    program_->defaults.push_back(group);
}

void Compiler::inherit(const GroupEntry& group) {
    const Word& wanted = group.syntax->extends;
    if (wanted.empty()) return;
    scope_.enter(*group.unit);
    // A group that extends its own name adds to what it replaces.
    const bool own = group.replaced && wanted.text == group.syntax->name.text;
    const GroupCode* const base = own ? group.replaced : scope_.findGroup(wanted);
    if (base == nullptr) return;
    if (base->inputs.size() > group.code->inputs.size())
        return fail(
            *group.unit, wanted.at,
            say("found group '{0}' with {1} parameters, expected at most {2}",
                "trouvé le groupe « {0} » avec {1} paramètres, attendu au plus {2}",
                {wanted.text, count(base->inputs.size()), count(group.code->inputs.size())}));
    for (const GroupCode* at = base; at != nullptr; at = at->extends)
        if (at == group.code)
            return fail(*group.unit, wanted.at,
                        say("found a group that extends itself by way of '{0}'",
                            "trouvé un groupe qui s'étend lui-même par « {0} »", {wanted.text}));
    group.code->extends = base;
    order(group, *base);
}

void Compiler::order(const GroupEntry& group, const GroupCode& base) {
    const std::vector<GroupInput>& own = group.code->inputs;
    std::vector<std::size_t> order;
    for (const GroupInput& wanted : base.inputs) {
        const auto found = std::find_if(own.begin(), own.end(), [&](const GroupInput& input) {
            return input.name == wanted.name && input.target == wanted.target;
        });
        if (found == own.end()) break;
        order.push_back(static_cast<std::size_t>(found - own.begin()));
    }
    if (order.size() == base.inputs.size()) {
        const bool same = std::is_sorted(order.begin(), order.end()) && order.size() == own.size();
        if (!same) group.code->order = std::move(order);
        return;
    }
    if (own.size() > base.inputs.size())  // what comes behind is no variable of its rules
        for (std::size_t i = 0; i < base.inputs.size(); ++i) group.code->order.push_back(i);
    for (std::size_t i = 0; i < base.inputs.size(); ++i)
        if (own[i].target != base.inputs[i].target)
            return fail(
                *group.unit, group.syntax->extends.at,
                say("found group '{0}' with {1} '{2}', expected the parameters of this "
                    "group",
                    "trouvé le groupe « {0} » avec {1} « {2} », attendu les paramètres "
                    "de ce groupe",
                    {base.name, base.inputs[i].target ? "target" : "source", base.inputs[i].name}));
}

void Compiler::entry() {
    if (units_.all().empty() || units_.all().front().syntax.groups.empty()) return;
    GroupEntry& first = scope_.groups.front();
    first.called = true;
    const GroupCode& code = *first.code;
    program_->entry = &code;
    std::size_t sources = 0, targets = 0;
    for (std::size_t i = 0; i < code.inputs.size(); ++i) {
        if (code.inputs[i].target && targets++ == 0) program_->entryTarget = i;
        if (!code.inputs[i].target && sources++ == 0) program_->entrySource = i;
    }
    if (sources != 1 || targets != 1) {
        // Groups for others to import: nothing begins there.
        program_->entry = nullptr;
        if (isLibrary() || units_.imported(units_.all().front())) return;
        return fail(*first.unit, first.syntax->name.at,
                    say("found a first group with {0} sources and {1} targets, expected one of "
                        "each: the map begins there",
                        "trouvé un premier groupe avec {0} sources et {1} cibles, attendu une "
                        "de chaque : la transformation commence là",
                        {count(sources), count(targets)}));
    }
    const GroupInput& target = code.inputs[program_->entryTarget];
    program_->rootType = target.type;
    program_->rootName = target.typeName;
    if (target.type) mandatory_.made(*target.type, place(first));
    if (target.type && target.type->abstract)
        fail(*first.unit, first.syntax->name.at,
             say("found abstract type '{0}', expected what is to be made",
                 "trouvé le type abstrait « {0} », attendu ce qui est à créer", {target.typeName}));
    if (program_->rootName.empty())
        fail(*first.unit, first.syntax->name.at,
             say("found target '{0}' without a type, expected '{0} : Type': the first group "
                 "says what is made",
                 "trouvé la cible « {0} » sans type, attendu « {0} : Type » : le premier groupe "
                 "dit ce qui est créé",
                 {target.name}));
}

bool Compiler::isLibrary() const {
    for (const auto& [key, value] : units_.all().front().syntax.metadata)
        if (key.text == "library") return value == "true";
    return false;
}

gateway::Place Compiler::place(const GroupEntry& group) {
    return group.unit->text->place(group.syntax->name.at);
}

void Compiler::unreached() {
    const Unit& own = units_.all().front();
    bool asked = false;
    for (const GroupEntry& group : scope_.groups) {
        if (group.unit != &own || group.called || group.hidden ||
            group.syntax->standard != GroupSyntax::Default::no)
            continue;
        if (!asked && (isLibrary() || units_.imported(own))) return;
        asked = true;
        findings_.warning(place(group),
                          say("found group '{0}', which nothing calls: its rules never run",
                              "trouvé le groupe « {0} », que rien n'appelle : ses règles ne "
                              "s'exécutent jamais",
                              {group.syntax->name.text}));
    }
}

void Compiler::facts() {
    gateway::MapFacts& facts = program_->facts;
    const MapSyntax& syntax = units_.all().front().syntax;
    facts.url = syntax.url.text;
    facts.name = syntax.name.text;
    for (const auto& [key, value] : syntax.metadata) {
        if (key.text == "title") facts.title = value;
        if (key.text == "reverse") facts.reverse = value;
        if (key.text == "on-error") onError(key, value);
    }
    facts.lossy = lossyOf(syntax);
    if (program_->entry == nullptr) return;
    const auto& inputs = program_->entry->inputs;
    if (program_->entrySource < inputs.size()) {
        facts.sourceType = inputs[program_->entrySource].typeName;
        facts.sourceModel = units_.modelOf(inputs[program_->entrySource].type);
    }
    facts.targetType = program_->rootName;
    facts.targetModel = units_.modelOf(program_->rootType);
}

void Compiler::onError(const Word& key, const std::string& value) {
    program_->facts.deliversWithErrors = value == "deliver";
    if (value == "deliver" || value == "hold") return;
    fail(units_.all().front(), key.at,
         say("found on-error '{0}', expected 'hold' or 'deliver'{1}",
             "trouvé on-error « {0} », attendu « hold » ou « deliver »{1}",
             {value, gateway::didYouMean(value, {"hold", "deliver"})}));
}

}  // namespace fml
