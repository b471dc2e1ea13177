#include "profile_check.h"

#include <algorithm>

#include "common/fhir/location.h"

namespace fhir {
using namespace gateway;

namespace {

constexpr std::size_t kMost = 200;  ///< findings

/// Whether a node has all that is wanted; it may have more.
bool has(Node node, Node wanted) {
    if (wanted.hasText() && node.text() != wanted.text()) return false;
    const Children all = node.children();
    for (const Node part : wanted.children())
        if (std::none_of(all.begin(), all.end(),
                         [&](Node one) { return one.nameOf() == part.nameOf() && has(one, part); }))
            return false;
    return true;
}

std::string countOf(std::uint32_t count) { return std::to_string(count); }

class ProfileCheck {
public:
    ProfileCheck(const Profiles& profiles, Issues& issues) : profiles_(profiles), issues_(issues) {}

    void resource(Node node, const Profile& profile) {
        const Node before = environment_.resource, root = environment_.rootResource;
        environment_.resource = node;
        environment_.rootResource = node;
        element(node, profile.root);
        environment_.resource = before;
        environment_.rootResource = root;
    }
    void extensions(Node node, std::string_view type);

private:
    void add(Severity severity, Node at, Reason text, const char* code, std::string rule = {},
             const std::string& below = {}) {
        if (++found_ <= kMost)
            issues_.add({severity, places_.of(at) + below, std::move(text), std::move(rule), code});
    }
    void element(Node node, const ProfiledElement& rule);
    void children(Node node, const ProfiledElement& rule);
    void sliced(Node parent, const std::vector<Node>& all, const ProfiledElement& rule);
    void counted(Node parent, std::size_t count, const ProfiledElement& rule,
                 const std::string& name);
    void typed(Node node, const ProfiledElement& rule);
    void coded(Node node, const Codes& codes);
    void hold(Node node, const Constraint& constraint);
    void extension(Node node, std::string_view type);
    bool matches(Node node, const ProfiledElement& sliced, const ProfiledElement& slice) const;

    const Profiles& profiles_;
    Issues& issues_;
    Places places_;
    fhirpath::Environment environment_;
    std::size_t found_ = 0;
};

void ProfileCheck::element(Node node, const ProfiledElement& rule) {
    if (rule.value && !has(node, rule.value))
        add(Severity::error, node,
            {"not the value that the profile fixes", "pas la valeur que le profil impose"},
            "value");
    typed(node, rule);
    if (rule.required) coded(node, *rule.required);
    children(node, rule);
    for (const Constraint& constraint : rule.constraints) hold(node, constraint);
}

void ProfileCheck::children(Node node, const ProfiledElement& rule) {
    for (const ProfiledElement& child : rule.children) {
        std::vector<Node> all;
        for (const Node one : node.children())
            if (one.name() == child.name) all.push_back(one);
        counted(node, all.size(), child, child.name);
        for (const Node one : all) element(one, child);
        if (!child.slices.empty()) sliced(node, all, child);
    }
}

void ProfileCheck::sliced(Node parent, const std::vector<Node>& all, const ProfiledElement& rule) {
    std::vector<std::size_t> counts(rule.slices.size());
    for (const Node one : all) {
        std::size_t at = 0;
        while (at < rule.slices.size() && !matches(one, rule, rule.slices[at])) ++at;
        if (at < rule.slices.size()) {
            ++counts[at];
            element(one, rule.slices[at]);
        } else if (rule.closed) {
            add(Severity::error, one,
                {"none of the slices that the profile has, and it allows no others",
                 "aucune des tranches du profil, qui n'en admet pas d'autres"},
                "structure");
        }
    }
    for (std::size_t i = 0; i < counts.size(); ++i)
        counted(parent, counts[i], rule.slices[i], rule.name + ":" + rule.slices[i].name);
}

void ProfileCheck::counted(Node parent, std::size_t count, const ProfiledElement& rule,
                           const std::string& name) {
    if (count < rule.least)
        add(Severity::error, parent,
            say("found {0}, expected at least {1}", "trouvé {0}, attendu au moins {1}",
                {std::to_string(count), countOf(rule.least)}),
            "required", {}, "." + name);
    if (rule.most && count > *rule.most)
        add(Severity::error, parent,
            say("found {0}, expected {1} at most", "trouvé {0}, attendu {1} au plus",
                {std::to_string(count), countOf(*rule.most)}),
            "structure", {}, "." + name);
}

/// The node is of one of the types, and keeps to one of their profiles that are known here.
void ProfileCheck::typed(Node node, const ProfiledElement& rule) {
    const std::string_view type = node.type();
    if (!rule.types.empty() && !type.empty() && rule.types.front() != "Resource" &&
        std::find(rule.types.begin(), rule.types.end(), type) == rule.types.end())
        add(Severity::error, node,
            say("found {0}, expected {1}", "trouvé {0}, attendu {1}",
                {std::string(type), rule.types.front()}),
            "structure");
    for (const std::string& url : rule.profiles) {
        const Profile* const profile = profiles_.byUrl(url);
        if (profile != nullptr && profile->type == type && type != "Extension")
            resource(node, *profile);
    }
}

void ProfileCheck::coded(Node node, const Codes& codes) {
    const auto known = [&](Node coding) {
        return codes.contains(std::string(coding.child("system").text()) + ' ' +
                              std::string(coding.child("code").text()));
    };
    const Children all = node.children();
    bool good = false;
    if (node.type() == "CodeableConcept")
        good = std::any_of(all.begin(), all.end(),
                           [&](Node one) { return one.name() == "coding" && known(one); });
    else if (node.type() == "Coding")
        good = known(node);
    else
        good = std::any_of(codes.begin(), codes.end(), [&](const std::string& one) {
            return one.substr(one.find(' ') + 1) == node.text();
        });
    if (!good)
        add(Severity::error, node,
            {"not a code of the value set that the profile requires",
             "pas un code du jeu de valeurs que le profil exige"},
            "code-invalid");
}

void ProfileCheck::hold(Node node, const Constraint& constraint) {
    try {
        const fhirpath::Collection result = constraint.expression.evaluate(node, environment_);
        if (result.empty() || result.size() > 1 || result[0].text() != "false") return;
    } catch (const Error&) {
        return add(Severity::warning, node,
                   {constraint.key + " could not be asked here",
                    constraint.key + " n'a pas pu être vérifié"},
                   "invariant", constraint.key);
    }
    const std::string& french = constraint.french.empty() ? constraint.text : constraint.french;
    add(constraint.severity, node,
        {constraint.key + ": " + constraint.text, constraint.key + " : " + french}, "invariant",
        constraint.key);
}

/// Extensions are told apart by their url, others as the slicing says.
bool ProfileCheck::matches(Node node, const ProfiledElement& sliced,
                           const ProfiledElement& slice) const {
    if (sliced.discriminators.empty() && sliced.name == "extension")
        return std::find(slice.profiles.begin(), slice.profiles.end(), node.child("url").text()) !=
                   slice.profiles.end() ||
               (slice.child("url") && has(node.child("url"), slice.child("url")->value));
    for (const auto& [byType, path] : sliced.discriminators) {
        const ProfiledElement* wanted = &slice;
        std::vector<Node> all{node};
        for (const std::string& step : path) {
            // A pattern above the discriminator's element says what is below it.
            if (wanted->value) break;
            wanted = wanted->child(step);
            if (wanted == nullptr) return false;
            std::vector<Node> below;
            for (const Node one : all)
                for (const Node child : one.children())
                    if (child.name() == step) below.push_back(child);
            all = std::move(below);
        }
        const auto fits = [&](Node one) {
            if (byType)
                return std::find(wanted->types.begin(), wanted->types.end(), one.type()) !=
                       wanted->types.end();
            return wanted->value && has(one, wanted->value);
        };
        if (std::none_of(all.begin(), all.end(), fits)) return false;
    }
    return !sliced.discriminators.empty();
}

/// All extensions below a node; `type` is the element that holds them, as a context names it.
void ProfileCheck::extensions(Node node, std::string_view type) {
    for (const Node child : node.children()) {
        if (child.name() == "extension") extension(child, type);
        const std::string_view own = child.type();
        const bool resource = child.name() == "resource" || child.name() == "contained";
        extensions(child, resource || type.empty() ? own : child.name());
    }
}

void ProfileCheck::extension(Node node, std::string_view type) {
    const std::string_view url = node.child("url").text();
    if (const Profile* const known = profiles_.byUrl(url)) {
        element(node, known->root);
        const auto allowed = [&](const std::string& context) {
            return context == "Element" || context.substr(context.rfind('.') + 1) == type;
        };
        if (!known->contexts.empty() &&
            std::none_of(known->contexts.begin(), known->contexts.end(), allowed))
            add(Severity::error, node,
                {"an extension that may not stand here", "une extension qui n'a pas sa place ici"},
                "extension");
    } else if (profiles_.ours(url)) {
        add(Severity::error, node,
            {"an extension that no profile defines", "une extension qu'aucun profil ne définit"},
            "extension");
    }
}

}  // namespace

void checkProfile(const Document& tree, const Profile& profile, const Profiles& profiles,
                  Issues& issues) {
    ProfileCheck check(profiles, issues);
    if (tree.root().type() != profile.type)
        return issues.add({Severity::error,
                           std::string(tree.root().type()),
                           say("found {0}, expected {1}", "trouvé {0}, attendu {1}",
                               {std::string(tree.root().type()), profile.type}),
                           {},
                           "structure"});
    check.resource(tree.root(), profile);
    check.extensions(tree.root(), tree.root().type());
}

}  // namespace fhir
