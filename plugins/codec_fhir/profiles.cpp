#include "profiles.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/fhir/json_reader.h"

namespace fhir {
using namespace gateway;

namespace {

std::vector<std::string> splitAt(std::string_view text, char by) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        parts.emplace_back(take(text, by));
    }
    return parts;
}

std::string textOf(Node node, std::string_view child) {
    return std::string(node.child(child).text());
}

/// The element of that place, made if it is new: "CarePlan.extension:state.value[x]".
ProfiledElement& placeOf(ProfiledElement& root, const std::string& id) {
    ProfiledElement* at = &root;
    std::vector<std::string> steps = splitAt(id, '.');
    for (std::size_t i = 1; i < steps.size(); ++i) {
        std::string_view slice = steps[i];
        std::string name(take(slice, ':'));
        if (name.ends_with("[x]")) name.resize(name.size() - 3);
        const auto in = [](std::deque<ProfiledElement>& all,
                           std::string_view wanted) -> ProfiledElement& {
            for (ProfiledElement& one : all)
                if (one.name == wanted) return one;
            all.emplace_back();
            all.back().name = wanted;
            return all.back();
        };
        at = &in(at->children, name);
        if (!slice.empty()) at = &in(at->slices, slice);
    }
    return *at;
}

/// The value of `fixed[x]` or `pattern[x]`.
Node wantedOf(Node element) {
    const Node fixed = element.child("fixed");
    return fixed ? fixed : element.child("pattern");
}

std::string frenchOf(Node human) {
    for (const Node extension : human.children()) {
        if (extension.name() != "extension") continue;
        std::string language, content;
        for (const Node part : extension.children()) {
            if (part.name() != "extension") continue;
            (textOf(part, "url") == "lang" ? language : content) = textOf(part, "value");
        }
        if (language == "fr") return content;
    }
    return {};
}

}  // namespace

const ProfiledElement* ProfiledElement::child(std::string_view childName) const {
    for (const ProfiledElement& one : children)
        if (one.name == childName) return &one;
    return nullptr;
}

Profiles::Profiles(const std::vector<std::string>& files, Findings& findings) {
    for (const std::string& file : files) read(file, findings);
    bind(findings);
}

void Profiles::read(const std::string& file, Findings& findings) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    try {
        if (!in) throw Error(Fault::unavailable, file, {"cannot be read", "ne peut pas être lu"});
        Bytes body = Bytes::copy(text.str());
        Builder tree(body, "Resource");
        Issues issues;
        readJson(body.view(), tree, issues);
        documents_.push_back(tree.finish(true));
    } catch (const Error& error) {
        findings.error({file, 0, 0}, error.reason());
        return;
    }
    const Node root = documents_.back().root();
    if (root.typeOf().text() != "Bundle") return add(root, file, findings);
    for (const Node entry : root.children())
        if (entry.name() == "entry") add(entry.child("resource"), file, findings);
}

void Profiles::add(Node resource, const std::string& file, Findings& findings) {
    const std::string_view type = resource.typeOf().text();
    if (type == "CodeSystem") addCodes(resource);
    if (type == "ValueSet") addValueSet(resource);
    if (type == "StructureDefinition") addProfile(resource, file, findings);
}

/// Its codes, and as the value set of all of them the one that it names.
void Profiles::addCodes(Node codeSystem) {
    const std::string url = textOf(codeSystem, "url");
    Codes& codes = systems_[url];
    std::vector<Node> open{codeSystem};
    while (!open.empty()) {
        const Node at = open.back();
        open.pop_back();
        for (const Node child : at.children())
            if (child.name() == "concept") {
                codes.insert(url + ' ' + textOf(child, "code"));
                open.push_back(child);
            }
    }
    if (const std::string all = textOf(codeSystem, "valueSet"); !all.empty())
        included_[all].push_back(url);
}

void Profiles::addValueSet(Node valueSet) {
    const std::string url = textOf(valueSet, "url");
    included_[url];
    for (const Node include : valueSet.child("compose").children()) {
        if (include.name() != "include") continue;
        const std::string system = textOf(include, "system");
        if (!include.child("concept")) included_[url].push_back(system);
        for (const Node code : include.children())
            if (code.name() == "concept")
                valueSets_[url].insert(system + ' ' + textOf(code, "code"));
    }
}

void Profiles::addProfile(Node definition, const std::string& file, Findings& findings) {
    Profile& profile = profiles_.emplace_back();
    profile.url = textOf(definition, "url");
    profile.type = textOf(definition, "type");
    profile.root.name = profile.type;
    for (const Node context : definition.children())
        if (context.name() == "context") profile.contexts.push_back(textOf(context, "expression"));
    const Node differential = definition.child("differential");
    for (const Node element :
         (differential ? differential : definition.child("snapshot")).children()) {
        if (element.name() != "element") continue;
        const std::string id = textOf(element, element.child("id") ? "id" : "path");
        fill(placeOf(profile.root, id), element, {file + " " + id, 0, 0}, findings);
    }
    byUrl_[profile.url] = &profile;
    byId_[textOf(definition, "id")] = &profile;
    if (profile.type == "Extension")
        extensionBases_.insert(profile.url.substr(0, profile.url.rfind('/') + 1));
}

void Profiles::fill(ProfiledElement& element, Node from, const Place& where, Findings& findings) {
    if (const Node least = from.child("min"))
        element.least = static_cast<std::uint32_t>(std::stoul(std::string(least.text())));
    if (const Node most = from.child("max"); most && most.text() != "*")
        element.most = static_cast<std::uint32_t>(std::stoul(std::string(most.text())));
    element.value = wantedOf(from);
    for (const Node child : from.children()) {
        if (child.name() == "type") {
            element.types.push_back(textOf(child, "code"));
            for (const Node profile : child.children())
                if (profile.name() == "profile") element.profiles.emplace_back(profile.text());
        } else if (child.name() == "constraint") {
            auto expression =
                fhirpath::Expression::compile(textOf(child, "expression"), where, findings);
            if (!expression) continue;
            element.constraints.push_back(
                {textOf(child, "key"),
                 textOf(child, "severity") == "warning" ? Severity::warning : Severity::error,
                 textOf(child, "human"), std::move(*expression), frenchOf(child.child("human"))});
        }
    }
    if (const Node binding = from.child("binding"); textOf(binding, "strength") == "required")
        pending_.push_back({&element, textOf(binding, "valueSet"), where});
    const Node slicing = from.child("slicing");
    element.closed = textOf(slicing, "rules") == "closed";
    for (const Node one : slicing.children()) {
        if (one.name() != "discriminator") continue;
        const std::string type = textOf(one, "type");
        if (type != "value" && type != "pattern" && type != "type")
            findings.error(
                where,
                say("found a discriminator by {0}, expected value, pattern or type",
                    "trouvé un discriminant par {0}, attendu value, pattern ou type", {type}));
        const std::string path = textOf(one, "path");
        element.discriminators.push_back(
            {type == "type", path == "$this" ? std::vector<std::string>() : splitAt(path, '.')});
    }
}

/// Gives each required binding its codes, when all files are read.
void Profiles::bind(Findings& findings) {
    for (const auto& [url, systems] : included_) {
        Codes& codes = valueSets_[url];
        for (const std::string& system : systems)
            codes.insert(systems_[system].begin(), systems_[system].end());
    }
    for (const Pending& one : pending_) {
        const auto found = valueSets_.find(one.valueSet.substr(0, one.valueSet.find('|')));
        if (found == valueSets_.end())
            findings.error(
                one.where,
                say("found value set {0}, expected one that stands beside the profiles",
                    "trouvé le jeu de valeurs {0}, attendu un jeu placé à côté des profils",
                    {one.valueSet}));
        else
            one.element->required = &found->second;
    }
    pending_.clear();
}

const Profile* Profiles::byUrl(std::string_view url) const {
    const auto found = byUrl_.find(url);
    return found == byUrl_.end() ? nullptr : found->second;
}

const Profile* Profiles::byId(std::string_view id) const {
    const auto found = byId_.find(id);
    return found == byId_.end() ? nullptr : found->second;
}

std::vector<std::string> filesBeside(const std::string& file) {
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& one :
         std::filesystem::directory_iterator(std::filesystem::path(file).parent_path(), error))
        if (one.path().extension() == ".json") files.push_back(one.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

bool Profiles::ours(std::string_view extensionUrl) const {
    return extensionBases_.contains(extensionUrl.substr(0, extensionUrl.rfind('/') + 1));
}

}  // namespace fhir
