#include "profile.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "check_formats.h"
#include "dictionary.h"
#include "names.h"
#include "profile_shipped.h"
#include "profile_yaml.h"

namespace gateway::hl7v2 {
namespace {

bool isKnownSegment(std::string_view id) {
    if (id[0] == 'Z') return true;
    const auto& versions = Dictionary::versions();
    return std::any_of(versions.rbegin(), versions.rend(), [&](std::string_view version) {
        return Dictionary::of(version).segment(id) != nullptr;
    });
}

/// "PID", "PID-3", "PID-3.4", "PID-3.4.2".
std::optional<FieldPath> pathFrom(std::string_view text) {
    FieldPath path;
    path.segment = text.substr(0, 3);
    if (!isSegmentId(path.segment)) return std::nullopt;
    text.remove_prefix(3);
    char before = '-';
    for (std::uint32_t* const number : {&path.field, &path.component, &path.subcomponent}) {
        if (text.empty()) break;
        if (text[0] != before) return std::nullopt;
        before = '.';
        const auto read = std::from_chars(text.data() + 1, text.data() + text.size(), *number);
        if (read.ec != std::errc() || *number == 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    }
    return text.empty() ? std::optional(path) : std::nullopt;
}

class RuleReader {
public:
    RuleReader(Config& config, ProfileRule& rule) : config_(config), rule_(rule) {}

    void run() {
        rule_.messages = config_.texts("messages");
        rule_.when = conditions("when");
        rule_.unless = conditions("unless");
        rule_.require = paths("require");
        rule_.forbid = paths("forbid");
        rule_.values = map<std::vector<std::string>>("values", true, &RuleReader::listOf);
        rule_.contains = map<std::vector<std::string>>("contains", true, &RuleReader::listOf);
        rule_.types = map<std::string>("types", true, &RuleReader::typeOf);
        rule_.lengths = map<std::size_t>("lengths", true, &RuleReader::lengthOf);
        rule_.repeats = map<ProfileRule::Range>("repeats", false, &RuleReader::rangeOf);
        each();
        if (config_.choice("severity", {"error", "warning"}) == "warning")
            rule_.severity = Severity::warning;
        if (Config text = config_.section("text"); config_.has("text")) {
            rule_.text = {text.text("en"), text.text("fr", "")};
            text.finish();
        }
        rule_.code = config_.text("code", "");
        if (rule_.require.empty() && rule_.forbid.empty() && rule_.values.empty() &&
            rule_.contains.empty() && rule_.types.empty() && rule_.lengths.empty() &&
            rule_.repeats.empty())
            config_.fail(
                "", {"a rule asks for something: require, forbid, values, contains, "
                     "types, lengths or repeats",
                     "une règle demande quelque chose : require, forbid, values, contains, types, "
                     "lengths ou repeats"});
        config_.finish();
    }

private:
    void error(const Place& where, std::string text) {
        config_.findings().error(where, std::move(text));
    }

    FieldPath path(const std::string& text, const Place& where, bool field) {
        const std::optional<FieldPath> path = pathFrom(text);
        if (!path || (field && path->isSegment())) {
            error(where, field ? "expected a field, such as PID-3 or PID-3.4"
                               : "expected a segment or a field, such as PID or PID-3.4");
            return {};
        }
        if (!isKnownSegment(path->segment))
            error(where, "no version of HL7 has a segment " + path->segment);
        return *path;
    }

    std::vector<FieldPath> paths(std::string_view key) {
        std::vector<FieldPath> all;
        const ConfigNode* const node = nodeOf(key);
        for (const std::string& text : config_.texts(key)) {
            const bool list = node != nullptr && node->kind == ConfigNode::Kind::list;
            all.push_back(path(
                text, list ? node->items[all.size()].second.where : config_.where(key), false));
        }
        return all;
    }

    /// Rules of one repetition speak of nothing but what is in it.
    void each() {
        if (!config_.has("each")) return;
        rule_.each = path(config_.text("each"), config_.where("each"), true);
        const auto inside = [&](const FieldPath& one) {
            return one.segment == rule_.each.segment && one.field == rule_.each.field;
        };
        const auto allInside = [&](const auto& list) {
            return std::all_of(list.begin(), list.end(),
                               [&](const auto& one) { return inside(one.first); });
        };
        if (rule_.each.component != 0 || !rule_.contains.empty() || !rule_.repeats.empty() ||
            !std::all_of(rule_.require.begin(), rule_.require.end(), inside) ||
            !std::all_of(rule_.forbid.begin(), rule_.forbid.end(), inside) ||
            !allInside(rule_.values) || !allInside(rule_.types) || !allInside(rule_.lengths))
            config_.fail(
                "each",
                {"expected one field, such as PID-3, and nothing asked of others, nor "
                 "contains or repeats",
                 "attendu un seul champ, comme PID-3, sans rien demander d'autres champs, ni "
                 "contains, ni repeats"});
    }

    const ConfigNode* nodeOf(std::string_view key) const {
        for (const auto& [name, value] : config_.node().items)
            if (name == key) return &value;
        return nullptr;
    }

    /// The entries of a section whose keys are paths.
    template <class T>
    ProfileRule::Of<T> map(std::string_view key, bool fields,
                           T (RuleReader::*read)(const ConfigNode&)) {
        ProfileRule::Of<T> all;
        const Config section = config_.section(key);
        for (const auto& [name, value] : section.node().items) {
            value.used = true;
            all.emplace_back(path(name, value.keyWhere, fields), (this->*read)(value));
        }
        return all;
    }

    std::vector<ProfileRule::Condition> conditions(std::string_view key) {
        std::vector<ProfileRule::Condition> all;
        const Config section = config_.section(key);
        for (const auto& [name, value] : section.node().items) {
            value.used = true;
            ProfileRule::Condition condition;
            condition.path = path(name, value.keyWhere, false);
            const bool word = value.kind == ConfigNode::Kind::scalar;
            using Kind = ProfileRule::Condition::Kind;
            if (word && value.text == "present")
                condition.kind = Kind::present;
            else if (word && value.text == "absent")
                condition.kind = Kind::absent;
            else
                condition.values = listOf(value);
            if (condition.kind == Kind::values && condition.path.isSegment())
                error(value.where, "of a segment expected: present or absent");
            all.push_back(std::move(condition));
        }
        return all;
    }

    std::vector<std::string> listOf(const ConfigNode& node) {
        if (node.kind == ConfigNode::Kind::scalar) return {node.text};
        std::vector<std::string> texts;
        for (const auto& [none, item] : node.items) {
            item.used = true;
            if (item.kind == ConfigNode::Kind::scalar) texts.push_back(item.text);
        }
        if (node.kind != ConfigNode::Kind::list || texts.empty() ||
            texts.size() != node.items.size())
            error(node.where, "expected a value or a list of values such as [A, B]");
        return texts;
    }

    std::string typeOf(const ConfigNode& node) {
        if (formatOf(node.text) == nullptr)
            error(node.where, "expected one of: NM, SI, DT, TM, TS, DTM");
        return node.text;
    }

    std::size_t numberOf(std::string_view text, const Place& where) {
        std::size_t number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
            error(where, "expected a whole number");
        return number;
    }

    std::size_t lengthOf(const ConfigNode& node) { return numberOf(node.text, node.where); }

    /// "2", "0..3", "1..*".
    ProfileRule::Range rangeOf(const ConfigNode& node) {
        const std::string_view text = node.text;
        const std::size_t dots = text.find("..");
        ProfileRule::Range range;
        range.least = numberOf(text.substr(0, dots), node.where);
        if (dots == text.npos)
            range.most = range.least;
        else if (text.substr(dots + 2) != "*")
            range.most = numberOf(text.substr(dots + 2), node.where);
        if (range.most && *range.most < range.least)
            error(node.where, "expected the smaller number first");
        return range;
    }

    Config& config_;
    ProfileRule& rule_;
};

std::string stemOf(const std::string& file) { return std::filesystem::path(file).stem().string(); }

bool isFile(const std::string& name) {
    return name.find('/') != name.npos || name.ends_with(".yaml") || name.ends_with(".yml");
}

}  // namespace

bool matches(std::string_view glob, std::string_view text) {
    if (glob.empty()) return text.empty();
    if (glob[0] == '*') {
        for (std::size_t skip = 0; skip <= text.size(); ++skip)
            if (matches(glob.substr(1), text.substr(skip))) return true;
        return false;
    }
    return !text.empty() && (glob[0] == '?' || glob[0] == text[0]) &&
           matches(glob.substr(1), text.substr(1));
}

bool ProfileRule::isFor(std::string_view message) const {
    return messages.empty() ||
           std::any_of(messages.begin(), messages.end(),
                       [&](const std::string& glob) { return matches(glob, message); });
}

Profile Profile::read(std::string_view yaml, const std::string& file, Findings& findings) {
    Profile profile;
    profile.name = stemOf(file);
    const ConfigNode root = parseYaml(yaml, file, findings);
    if (root.kind != ConfigNode::Kind::map) {
        if (!findings.failed()) findings.error({file, 0, 0}, "expected 'title:' and 'rules:'");
        return profile;
    }
    Config config(root, std::filesystem::path(file).parent_path().string(), findings);
    profile.title = config.text("title", "");
    profile.dictionary = config.choice("base", {"dictionary", "none"}) == "dictionary";
    for (std::string& id : config.texts("anywhere")) {
        if (!isSegmentId(id))
            config.fail("anywhere",
                        {"expected segments, such as PRT", "attendu des segments, comme PRT"});
        profile.anywhere.insert(std::move(id));
    }
    for (Config& rule : config.list("rules")) {
        ProfileRule& made = profile.rules.emplace_back();
        made.name = profile.name + ":" + std::to_string(rule.where().line);
        RuleReader(rule, made).run();
    }
    config.finish();
    return profile;
}

std::shared_ptr<const Profile> Profile::find(const std::string& nameOrFile,
                                             const std::string& folder, const Place& where,
                                             Findings& findings) {
    if (!isFile(nameOrFile)) {
        for (const ShippedProfile& one : kShippedProfiles)
            if (one.name == nameOrFile)
                return std::make_shared<const Profile>(
                    read(one.yaml, nameOrFile + ".yaml", findings));
        std::string known;
        for (const std::string& name : shipped()) known += ", " + name;
        findings.error(
            where, say("found no profile '{0}'; known: dictionary{1}, or a file ending in .yaml",
                       "pas de profil « {0} » ; connus : dictionary{1}, ou un fichier en .yaml",
                       {nameOrFile, known}));
        return nullptr;
    }
    const std::string path = (std::filesystem::path(folder) / nameOrFile).lexically_normal();
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in || !std::filesystem::is_regular_file(path)) {
        findings.error(where, say("there is no readable file {0}",
                                  "il n'y a pas de fichier lisible {0}", {nameOrFile}));
        return nullptr;
    }
    return std::make_shared<const Profile>(read(content.str(), path, findings));
}

std::vector<std::string> Profile::shipped() {
    std::vector<std::string> names;
    for (const ShippedProfile& one : kShippedProfiles) names.emplace_back(one.name);
    return names;
}

}  // namespace gateway::hl7v2
