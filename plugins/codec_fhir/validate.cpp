#include "validate.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/fhir/formats.h"
#include "common/fhir/location.h"
#include "rules.h"

namespace fhir {
using namespace gateway;

namespace {

constexpr std::size_t kMost = 200;                 ///< findings of one severity
constexpr std::uint64_t kFewestSteps = 1'000'000;  ///< of one constraint

/// The id of a contained resource that a text refers to, or nothing.
std::string_view fragmentOf(std::string_view text) {
    return text.starts_with('#') ? text.substr(1) : std::string_view{};
}

class Validation {
public:
    Validation(Issues& issues, bool reported) : issues_(issues), reported_(reported) {}

    void resource(Node node, const Type& type, Node container);
    /// How many findings were left out, by severity.
    void leftOut();

private:
    /// How often each element of the node in hand occurred; on one stack for all levels.
    using Count = std::uint32_t;

    /// The place is spelled only for what is told: that may walk all siblings.
    void add(Severity severity, Node at, Reason text, const char* code, std::string rule = {},
             const std::string& below = {}) {
        if (++found_[static_cast<std::size_t>(severity)] <= kMost)
            issues_.add({severity, places_.of(at) + below, std::move(text), std::move(rule), code});
    }
    void error(Node at, Reason text, const char* code) {
        add(Severity::error, at, std::move(text), code);
    }
    void complex(Node node, const Type& type);
    void member(Node node, const Type& parent, const Member& member);
    void cardinality(Node node, const Type& type, std::size_t counts);
    void primitive(Node node, const Type& type);
    void required(Node node, const Type& type, const ValueSet& set);
    void reference(Node node, const ElementRules& rules);
    std::string_view typeReferredTo(Node reference, std::string_view text) const;
    void constraints(Node node, const std::vector<const Constraint*>& all);
    void hold(Node node, const Constraint& constraint);
    void containedIds(Node node);
    void contained(Node node);
    void entries(Node bundle);
    void entryParts(Node entry, std::string_view bundleType);

    Issues& issues_;
    const bool reported_;
    const R4& model_ = R4::get();
    const Rules& rules_ = Rules::r4();
    std::vector<Count> counts_;
    fhirpath::Environment environment_;
    Places places_;
    std::array<std::size_t, 4> found_{};                                ///< by severity
    std::unordered_map<std::string_view, std::string_view> entries_;    ///< fullUrl to type
    std::unordered_map<std::string_view, std::string_view> contained_;  ///< id to type
};

/// @param container  the resource that contains it, or an empty node
void Validation::resource(Node node, const Type& type, Node container) {
    const Node before = environment_.resource, root = environment_.rootResource;
    environment_.resource = node;
    environment_.rootResource = container ? container : node;
    if (type.name.text() == "Bundle") entries(node);
    decltype(contained_) around;
    if (!container) {
        around.swap(contained_);
        containedIds(node);
    }
    complex(node, type);
    if (!container) {
        if (type.member("contained") != nullptr && node.child("contained")) contained(node);
        around.swap(contained_);
    }
    environment_.resource = before;
    environment_.rootResource = root;
}

void Validation::complex(Node node, const Type& type) {
    const std::size_t counts = counts_.size();
    counts_.resize(counts + type.elements.size());
    bool any = false;
    for (const Node child : node.children()) {
        any = true;
        const Member* const found = type.member(child.name());
        if (found == nullptr) {
            if (!reported_) error(child, {"unknown to FHIR R4", "inconnu de FHIR R4"}, "structure");
            continue;
        }
        ++counts_[counts + static_cast<std::size_t>(found->element - type.elements.data())];
        member(child, type, *found);
    }
    if (!any && !reported_) error(node, {"an empty object", "un objet vide"}, "structure");
    cardinality(node, type, counts);
    counts_.resize(counts);
    constraints(node, rules_.of(type).constraints);
}

void Validation::cardinality(Node node, const Type& type, std::size_t counts) {
    for (std::size_t i = 0; i < type.elements.size(); ++i) {
        const ModelElement& element = type.elements[i];
        const Count count = counts_[counts + i];
        if (count >= element.least && (count <= 1 || element.many)) continue;
        const std::string below =
            '.' + std::string(element.name.text()) + (element.choice ? "[x]" : "");
        if (count < element.least)
            add(Severity::error, node, {"is required and missing", "est obligatoire et manque"},
                "required", {}, below);
        else if (!element.choice || !reported_)
            add(Severity::error, node, {"may not repeat", "ne peut pas se répéter"}, "structure",
                {}, below);
    }
}

void Validation::member(Node node, const Type& parent, const Member& found) {
    const ModelElement& element = *found.element;
    const Type* type = node.typeOf().empty() ? found.type : model_.type(node.typeOf());
    if (type == nullptr && element.types.size() == 1)
        type = static_cast<const Type*>(element.types.front());
    const bool untypedChoice = element.choice && found.type == nullptr && node.typeOf().empty();
    if (untypedChoice && reported_) return;
    if (found.resource) {
        if (type == nullptr || !type->resource())
            return error(
                node,
                {"a resource of FHIR R4 is expected", "une ressource de FHIR R4 est attendue"},
                "structure");
        const bool inside = element.name.text() == "contained";
        return resource(node, *type, inside ? environment_.rootResource : Node());
    }
    const auto fits = [&](const ModelType* allowed) {
        return type != nullptr &&
               (type == allowed || (allowed->abstract && type->isA(allowed->name)));
    };
    if (std::none_of(element.types.begin(), element.types.end(), fits))
        return error(node,
                     {"a type that this element does not have", "un type que cet élément n'a pas"},
                     "structure");
    if (node.isNull() && node.children().empty()) {
        if (!reported_) error(node, {"null without extension", "null sans extension"}, "structure");
        return;
    }
    const ElementRules& rules =
        rules_.of(parent)
            .elements[static_cast<std::size_t>(found.element - parent.elements.data())];
    if (type->primitive())
        primitive(node, *type);
    else
        complex(node, *type);
    if (rules.codes != nullptr) required(node, *type, *rules.codes);
    if (type->name.text() == "Reference") reference(node, rules);
    for (const Constraint& constraint : rules.constraints) hold(node, constraint);
}

void Validation::primitive(Node node, const Type& type) {
    if (!node.children().empty()) complex(node, model_.element());
    if (!node.hasText()) return;
    const std::string name(type.name.text());
    if (node.kind() != kindOf(type.form)) {
        if (!reported_)
            error(node, {"wrong JSON type for " + name, "mauvais type JSON pour " + name},
                  "structure");
        return;
    }
    if (node.text().empty())
        error(node, {"an empty text", "un texte vide"}, "value");
    else if (!type.format(node.text()))
        error(node, {"not written as FHIR's " + name, "n'a pas la forme de " + name + " en FHIR"},
              "value");
}

/// A code, or one coding of a concept, must be of the value set.
void Validation::required(Node node, const Type& type, const ValueSet& set) {
    const auto inSet = [&](Node coding) {
        return set.coded.contains(std::string(coding.child("system").text()) + ' ' +
                                  std::string(coding.child("code").text()));
    };
    bool good = true;
    if (type.primitive()) {
        good = !node.hasText() || set.codes.contains(node.text());
    } else if (type.name.text() == "CodeableConcept") {
        const Children all = node.children();
        good = std::any_of(all.begin(), all.end(),
                           [&](Node child) { return child.name() == "coding" && inSet(child); });
    } else if (type.name.text() == "Coding") {
        good = inSet(node);
    }
    if (!good)
        error(node,
              {"not a code of the required value set " + set.name,
               "pas un code du jeu de valeurs obligatoire " + set.name},
              "code-invalid");
}

std::string_view Validation::typeReferredTo(Node node, std::string_view text) const {
    if (const std::string_view id = fragmentOf(text); !id.empty()) {
        const auto inside = contained_.find(id);
        return inside == contained_.end() ? std::string_view{} : inside->second;
    }
    if (const auto entry = entries_.find(text); entry != entries_.end()) return entry->second;
    if (const std::string_view type = targetOf(text); !type.empty()) return type;
    return node.child("type").text();
}

void Validation::reference(Node node, const ElementRules& rules) {
    const Node text = node.child("reference");
    if (text.hasText() && !isReference(text.text()))
        return error(text,
                     {"neither a relative nor an absolute reference",
                      "ni une référence relative ni une référence absolue"},
                     "value");
    const std::string_view id = fragmentOf(text.text());
    if (!id.empty() && !contained_.contains(id))
        return add(Severity::error, node,
                   {"ref-1: refers to a contained resource that is not there",
                    "ref-1 : désigne une ressource contenue qui n'existe pas"},
                   "invariant", "ref-1");
    const std::string_view name = typeReferredTo(node, text.text());
    const Type* const type = model_.type(name);
    const std::string_view path = text.text().substr(0, text.text().find('?'));
    if (!name.empty() && text.hasText() && path.find("://") == path.npos &&
        (type == nullptr || !type->resource()))
        return error(text,
                     {"refers to no type of resource of FHIR R4",
                      "ne désigne aucun type de ressource de FHIR R4"},
                     "value");
    if (type == nullptr || rules.targets.empty()) return;
    if (std::find(rules.targets.begin(), rules.targets.end(), type) != rules.targets.end()) return;
    const std::string said(type->name.text());
    error(text.hasText() ? text : node,
          {"may not refer to " + said, "ne peut pas désigner " + said}, "value");
}

void Validation::constraints(Node node, const std::vector<const Constraint*>& all) {
    for (const Constraint* const constraint : all) hold(node, *constraint);
}

void Validation::hold(Node node, const Constraint& constraint) {
    try {
        const fhirpath::Collection result = constraint.expression.evaluate(node, environment_);
        if (result.empty() || result.size() > 1 || result[0].text() != "false") return;
    } catch (const Error&) {
        // Perhaps too long: then many such nodes must not take as long each.
        environment_.steps = std::max(environment_.steps / 2, kFewestSteps);
        add(Severity::warning, node,
            {constraint.key + " could not be asked here",
             constraint.key + " n'a pas pu être vérifié"},
            "invariant", constraint.key);
        return;
    }
    add(constraint.severity, node, {constraint.key + ": " + constraint.text, {}}, "invariant",
        constraint.key);
}

/// The contained resources by id, which references look up.
void Validation::containedIds(Node node) {
    for (const Node child : node.children()) {
        if (child.name() != "contained") continue;
        const Node id = child.child("id");
        if (id.hasText() && !contained_.emplace(id.text(), child.type()).second)
            error(id,
                  {"the id of another contained resource", "l'id d'une autre ressource contenue"},
                  "invariant");
    }
}

/// dom-3: what is contained is referred to, or refers to what contains it.
void Validation::contained(Node node) {
    std::unordered_set<std::string_view> named;
    std::vector<std::pair<Node, Node>> open;  // a node, and the contained resource around it
    std::unordered_set<const detail::NodeData*> outward;
    for (const Node child : node.children())
        open.emplace_back(child, child.name() == "contained" ? child : Node());
    while (!open.empty()) {
        const auto [at, inside] = open.back();
        open.pop_back();
        if (at.text() == "#" && inside) outward.insert(inside.data());
        if (const std::string_view id = fragmentOf(at.text()); !id.empty()) named.insert(id);
        for (const Node child : at.children()) open.emplace_back(child, inside);
    }
    for (const Node child : node.children())
        if (child.name() == "contained" && !outward.contains(child.data()) &&
            !named.contains(child.child("id").text()))
            add(Severity::error, child,
                {"dom-3: a contained resource that nothing refers to",
                 "dom-3 : une ressource contenue que rien ne désigne"},
                "invariant", "dom-3");
}

/// bdl-3, bdl-4 and bdl-7, and the types that references of the Bundle resolve to.
void Validation::entries(Node bundle) {
    std::unordered_set<std::string> seen;
    const std::string_view type = bundle.child("type").text();
    for (const Node entry : bundle.children()) {
        if (entry.name() != "entry") continue;
        if (!type.empty()) entryParts(entry, type);
        const Node url = entry.child("fullUrl"), inside = entry.child("resource");
        if (!url.hasText()) continue;
        entries_.emplace(url.text(), inside.type());
        const std::string_view version = inside.child("meta").child("versionId").text();
        if (type != "history" &&
            !seen.insert(std::string(url.text()) + ' ' + std::string(version)).second)
            add(Severity::error, url,
                {"bdl-7: the fullUrl of another entry", "bdl-7 : le fullUrl d'une autre entrée"},
                "invariant", "bdl-7");
    }
}

void Validation::entryParts(Node entry, std::string_view bundleType) {
    const bool history = bundleType == "history";
    const bool asks = history || bundleType == "batch" || bundleType == "transaction";
    const bool answers =
        history || bundleType == "batch-response" || bundleType == "transaction-response";
    if (static_cast<bool>(entry.child("request")) != asks)
        add(Severity::error, entry,
            {"bdl-3: request is for batch, transaction and history, and for them only",
             "bdl-3 : request est pour batch, transaction et history, et pour eux seuls"},
            "invariant", "bdl-3");
    if (static_cast<bool>(entry.child("response")) != answers)
        add(Severity::error, entry,
            {"bdl-4: response is for batch-response, transaction-response and history, and for "
             "them only",
             "bdl-4 : response est pour batch-response, transaction-response et history, et pour "
             "eux seuls"},
            "invariant", "bdl-4");
}

void Validation::leftOut() {
    for (std::size_t i = 0; i < found_.size(); ++i)
        if (found_[i] > kMost)
            issues_.add(static_cast<Severity>(i), "",
                        {std::to_string(found_[i] - kMost) + " more of this severity were left out",
                         std::to_string(found_[i] - kMost) + " autres de même gravité non cités"});
}

}  // namespace

void BaseChecker::check(const Document& tree, Issues& issues) const {
    const Node root = tree.root();
    const Type* const type = R4::get().type(root.typeOf().empty() ? root.nameOf() : root.typeOf());
    if (type == nullptr || !type->resource() || type->abstract) {
        issues.add({Severity::fatal,
                    std::string(root.name()),
                    {"a resource of FHIR R4 is expected", "une ressource de FHIR R4 est attendue"},
                    {},
                    "structure"});
        return;
    }
    Validation validation(issues, tree.untouched());
    validation.resource(root, *type, Node());
    validation.leftOut();
}

}  // namespace fhir
