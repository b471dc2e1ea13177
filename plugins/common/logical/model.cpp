#include "common/logical/model.h"

#include <algorithm>

#include "common/json/json.h"

namespace logical {
using gateway::Builder;
using gateway::Bytes;
using gateway::Document;
using gateway::Findings;
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Name;
using gateway::Node;

namespace {

constexpr std::string_view kFhir = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view kPrimitives = "http://hl7.org/fhirpath/System.";

std::string lastPart(std::string_view path, char mark) {
    return std::string(path.substr(path.rfind(mark) + 1));
}

Node extension(Node node, std::string_view url) {
    for (const Node one : node.children())
        if (one.name() == "extension" && one.child("url").text().ends_with(url)) return one;
    return {};
}

/// The name of an element in the trees of the generic codecs.
std::string nameOf(Node element, const std::string& last) {
    for (const std::string_view url : {"/json-name", "/xml-name"})
        if (const Node said = extension(element, url))
            for (const Node value : said.children())
                if (value.name().starts_with("value")) return std::string(value.text());
    return last;
}

bool represents(Node element, std::string_view how) {
    for (const Node one : element.children())
        if (one.name() == "representation" && one.text() == how) return true;
    return false;
}

std::uint32_t least(Node element) {
    const std::string_view min = element.child("min").text();
    return min.empty() || min == "0" ? 0 : 1;
}

Document parsed(const File& file) {
    Bytes body{std::string(file.text)};
    Builder tree(body, "StructureDefinition");
    json::read(body.view(), tree);
    return tree.finish();
}

}  // namespace

/// A StructureDefinition whose elements are still JSON.
struct Model::Draft {
    std::string file;
    Document tree;
    std::string url, base;
    ModelType* type = nullptr;

    Node elements() const {
        const Node snapshot = tree.root().child("snapshot");
        return snapshot ? snapshot : tree.root().child("differential");
    }
};

Model::Model(const std::vector<File>& files, const std::vector<const gateway::Model*>& others,
             Findings& findings)
    : others_(others) {
    std::vector<Draft> drafts;
    for (const File& file : files) {
        const auto refuse = [&](const gateway::Reason& why) {
            findings.error({file.name, 0, 0}, why);
        };
        Draft draft;
        draft.file = file.name;
        try {
            draft.tree = parsed(file);
        } catch (const gateway::Error& error) {
            refuse(gateway::say("{0}: {1}", "{0} : {1}", {error.where, error.reason()}));
            continue;
        }
        const Node root = draft.tree.root();
        if (root.child("resourceType").text() != "StructureDefinition" || !draft.elements()) {
            refuse({"found no StructureDefinition with elements, expected a logical model",
                    "pas de StructureDefinition avec des éléments, attendu un modèle logique"});
            continue;
        }
        draft.url = root.child("url").text();
        draft.base = root.child("baseDefinition").text();
        std::string name = lastPart(root.child("type").text(), '/');
        if (name.empty()) name = lastPart(draft.url, '/');
        draft.type = &add(name, ModelType::Kind::resource);
        draft.type->abstract = root.child("abstract").text() == "true";
        draft.type->label = Name::permanent(root.child("title").text()).text();
        byUrl_[draft.url] = draft.type;
        roots_.push_back(draft.type);
        drafts.push_back(std::move(draft));
    }
    for (const Draft& draft : drafts) fill(draft, findings);
}

ModelType& Model::add(const std::string& name, ModelType::Kind kind) {
    ModelType& type = types_.emplace_back();
    type.name = Name::permanent(name);
    type.kind = kind;
    byName_.emplace(name, &type);
    return type;
}

void Model::fill(const Draft& draft, Findings& findings) {
    if (const ModelType* const base = byUrl(draft.base); base && base != draft.type) {
        draft.type->base = base;
        draft.type->elements = base->elements;
    }
    std::map<std::string, ModelType*> open;  // by path
    std::vector<Node> all;
    for (const Node node : draft.elements().children())
        if (node.name() == "element" && node.child("path").hasText()) all.push_back(node);
    // First the types: an element with elements below it has one of its own.
    for (const Node node : all) {
        const std::string path(node.child("path").text());
        if (const std::size_t dot = path.rfind('.'); dot == path.npos)
            open[path] = draft.type;
        else if (const std::string parent = path.substr(0, dot); !open.contains(parent))
            open[parent] = &add(std::string(draft.type->name.text()) +
                                    parent.substr(std::min(parent.find('.'), parent.size())),
                                ModelType::Kind::complex);
    }
    for (const Node node : all) {
        const std::string path(node.child("path").text());
        const std::size_t dot = path.rfind('.');
        if (dot == path.npos || node.child("sliceName") || node.child("max").text() == "0")
            continue;
        ModelType& owner = *open.at(path.substr(0, dot));
        ModelElement made = element(node, path.substr(dot + 1), draft);
        const auto reference = node.child("contentReference").text();
        const std::string meant = lastPart(reference, '#');
        if (const auto own = open.find(path); own != open.end()) {
            made.types = {own->second};
            made.choice = false;
        } else if (!reference.empty() && open.contains(meant)) {
            made.types = {open.at(meant)};
        } else if (!reference.empty()) {
            findings.error({draft.file, 0, 0},
                           gateway::say("found contentReference '{0}', expected an element of this "
                                        "model",
                                        "trouvé contentReference « {0} », attendu un élément de ce "
                                        "modèle",
                                        {reference}));
        }
        const auto same = std::find_if(owner.elements.begin(), owner.elements.end(),
                                       [&](const ModelElement& e) { return e.name == made.name; });
        if (same != owner.elements.end())
            *same = std::move(made);
        else
            owner.elements.push_back(std::move(made));
    }
}

ModelElement Model::element(Node node, const std::string& last, const Draft&) {
    ModelElement made;
    std::string name = last;
    if (name.ends_with("[x]")) {
        name.resize(name.size() - 3);
        made.choice = true;
    }
    name = nameOf(node, name);
    if (represents(node, "xmlText")) name = "xmlText";
    if (represents(node, "xmlAttr")) {
        made.alias = Name::permanent(name).text();
        name.insert(0, 1, '@');
    }
    made.name = Name::permanent(name);
    made.least = least(node);
    const std::string_view max = node.child("max").text();
    made.many = !max.empty() && max != "0" && max != "1";
    made.label = Name::permanent(node.child("short").text()).text();
    for (const Node type : node.children())
        if (type.name() == "type")
            if (const ModelType* const known = typeOf(std::string(type.child("code").text())))
                made.types.push_back(known);
    return made;
}

/// A type that an element names: of these models, of FHIR, or by its name alone.
const ModelType* Model::typeOf(const std::string& code) {
    if (code.empty() || code == "Base" || code == "Element" || code == "BackboneElement")
        return nullptr;
    if (const auto own = byUrl_.find(code); own != byUrl_.end()) return own->second;
    std::string name = lastPart(code, '/');
    if (code.starts_with(kPrimitives)) {
        name = code.substr(kPrimitives.size());
        name[0] = static_cast<char>(name[0] - 'A' + 'a');
    }
    const std::string url = code.find('/') != code.npos && !code.starts_with(kPrimitives)
                                ? code
                                : std::string(kFhir) + name;
    for (const gateway::Model* const other : others_)
        if (const ModelType* const found = other->byUrl(url)) return found;
    if (const auto own = byName_.find(name); own != byName_.end()) return own->second;
    const bool primitive = name[0] >= 'a' && name[0] <= 'z';
    return &add(name, primitive ? ModelType::Kind::primitive : ModelType::Kind::complex);
}

const ModelType* Model::type(Name name) const {
    const auto found = byName_.find(name.text());
    return found == byName_.end() ? nullptr : found->second;
}

const ModelType* Model::byUrl(std::string_view url) const {
    const auto found = byUrl_.find(url.substr(0, url.find('|')));
    return found == byUrl_.end() ? nullptr : found->second;
}

std::vector<std::string_view> Model::typeNames() const {
    std::vector<std::string_view> names;
    for (const auto& [name, type] : byName_) names.emplace_back(name);
    return names;
}

}  // namespace logical
