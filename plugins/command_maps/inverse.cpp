#include <algorithm>
#include <filesystem>

#include "inverter.h"

namespace maps {

Inverse Inverter::run() {
    for (std::size_t known = 0;; known = computed_.size()) {
        result_ = {};
        result_.map = map_;
        pending_.clear();
        parts_ = places_ = 0;
        head();
        result_.map.groups.clear();
        for (const GroupSyntax& group : map_.groups) result_.map.groups.push_back(inverse(group));
        std::erase_if(result_.map.groups, [](const GroupSyntax& group) {
            return std::none_of(group.inputs.begin(), group.inputs.end(),
                                [](const auto& input) { return input.target; });
        });
        if (computed_.size() == known) return std::move(result_);
    }
}

void Inverter::head() {
    fml::MapSyntax& map = result_.map;
    const std::string name = map_.name.text;
    for (Word* const word : {&map.name, &map.url}) word->text = reversed(word->text);
    bool declared = false;
    for (auto& [key, value] : map.metadata) {
        if (key.text == "name" || key.text == "url" || key.text == "id") value = reversed(value);
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

std::string Inverter::reversed(const std::string& text) {
    const auto slash = text.rfind('/');
    if (slash == text.npos) return reversedName(text);
    return text.substr(0, slash + 1) + reversedName(text.substr(slash + 1));
}

GroupSyntax Inverter::inverse(const GroupSyntax& group) {
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

std::vector<RuleSyntax> Inverter::inverse(const std::vector<RuleSyntax>& rules) {
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

void Inverter::note(const Reason& why, fml::At at, const std::string& name) {
    const gateway::Place place = source_.place(at);
    const std::string file = std::filesystem::path(place.file).filename().string();
    pending_ += (pending_.empty() ? "" : "\n") + say("TODO reverse: {0}:{1} {2}: {3}",
                                                     "TODO reverse : {0}:{1} {2} : {3}",
                                                     {file, std::to_string(place.line), name, why})
                                                     .in(language_);
}

std::optional<RuleSyntax> Inverter::inverse(const RuleSyntax& rule) {
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

}  // namespace maps
