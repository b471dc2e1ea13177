#include "fhir_xml.h"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>

#include <stdexcept>

namespace {
using gateway::Builder;
using gateway::Kind;
using gateway::Model;
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Name;
using Poco::XML::Element;

Kind kindOf(std::string_view type) {
    if (type == "boolean") return Kind::boolean;
    for (const char* number : {"decimal", "integer", "positiveInt", "unsignedInt"})
        if (type == number) return Kind::number;
    return Kind::text;
}

class Reader {
public:
    Reader(Builder& tree, const Model& model) : tree_(tree), model_(model) {}

    void content(Builder::Handle node, const Element& xml, const ModelType& type) {
        tree_.type(node, type.name);
        if (type.name.text() == "xhtml") return tree_.text(node, "<div/>");
        if (xml.hasAttribute("value"))
            tree_.text(node, xml.getAttribute("value"), kindOf(type.name.text()));
        for (const char* attribute : {"url", "id"})
            if (xml.hasAttribute(attribute)) {
                const auto child = tree_.add(node, attribute);
                tree_.text(child, xml.getAttribute(attribute));
                tree_.type(child,
                           Name::permanent(attribute == std::string("url") ? "uri" : "string"));
            }
        for (auto* child = xml.firstChild(); child != nullptr; child = child->nextSibling())
            if (const auto* const element = dynamic_cast<const Element*>(child))
                member(node, *element, type);
    }

private:
    void member(Builder::Handle parent, const Element& xml, const ModelType& type) {
        const std::string name = xml.localName();
        const ModelElement* const plain = type.element(Name::permanent(name));
        if (plain && !plain->choice) {
            if (plain->types.empty()) return resource(tree_.add(parent, name), xml);
            return content(tree_.add(parent, name), xml, *plain->types.front());
        }
        for (const ModelElement& element : type.elements) {
            const std::string stem(element.name.text());
            if (!element.choice || name.rfind(stem, 0) != 0) continue;
            std::string suffix = name.substr(stem.size());
            const ModelType* chosen = model_.type(Name::permanent(suffix));
            if (chosen == nullptr) {
                suffix[0] = static_cast<char>(suffix[0] - 'A' + 'a');
                chosen = model_.type(Name::permanent(suffix));
            }
            if (chosen) return content(tree_.add(parent, element.name), xml, *chosen);
        }
        throw std::runtime_error("no element " + name + " in " + std::string(type.name.text()));
    }

    void resource(Builder::Handle node, const Element& xml) {
        for (auto* child = xml.firstChild(); child != nullptr; child = child->nextSibling())
            if (const auto* const element = dynamic_cast<const Element*>(child))
                content(node, *element, *model_.type(Name::permanent(element->localName())));
    }

    Builder& tree_;
    const Model& model_;
};

}  // namespace

gateway::Document fhirFromXml(const std::string& xml, const gateway::Model& model) {
    Poco::XML::DOMParser parser;
    parser.setFeature(Poco::XML::XMLReader::FEATURE_NAMESPACES, true);
    const Poco::AutoPtr<Poco::XML::Document> document = parser.parseString(xml);
    const Element& root = *document->documentElement();
    const ModelType* const type = model.type(Name::permanent(root.localName()));
    if (type == nullptr) throw std::runtime_error("no resource " + root.localName());
    Builder tree(root.localName());
    Reader(tree, model).content(tree.root(), root, *type);
    return tree.finish();
}
