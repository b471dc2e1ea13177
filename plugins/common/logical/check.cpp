#include "common/logical/check.h"

#include <map>

#include "common/check/found.h"
#include "common/json/json.h"
#include "gateway/config.h"

namespace logical {
using gateway::Issues;
using gateway::Kind;
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Node;

namespace {

bool digitsAre(std::string_view text, std::string_view shape) {
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '9' ? !digit : text[i] != shape[i]) return false;
    }
    return true;
}

bool isDate(std::string_view text) {
    return digitsAre(text, "9999") || digitsAre(text, "9999-99") || digitsAre(text, "9999-99-99");
}

bool isDateTime(std::string_view text) {
    return isDate(text) || (text.size() >= 16 && isDate(text.substr(0, 10)) && text[10] == 'T');
}

bool isInteger(std::string_view text) {
    return json::isNumber(text) && text.find_first_of(".eE") == text.npos;
}

/// Whether a text may be a value of that primitive; of types without a form here, any may.
bool fits(std::string_view type, std::string_view text) {
    if (type == "boolean") return text == "true" || text == "false";
    if (type == "integer" || type == "positiveInt" || type == "unsignedInt" || type == "integer64")
        return isInteger(text);
    if (type == "decimal") return json::isNumber(text);
    if (type == "date") return isDate(text);
    if (type == "dateTime" || type == "instant") return isDateTime(text);
    return true;
}

class Walk {
public:
    explicit Walk(Issues& issues) : found_(issues) {}

    void node(Node node, const ModelType& type) {
        std::map<const ModelElement*, std::uint32_t> found;
        for (const Node child : node.children()) {
            if (child.name().starts_with("@xmlns") || child.name() == "#text") continue;
            const ModelElement* const element = type.element(child.nameOf());
            if (element == nullptr) {
                unknown(child, type);
                continue;
            }
            if (child.kind() == Kind::list && child.children().empty()) continue;
            if (child.isNull()) continue;
            if (++found[element] == 2 && !element->many)
                found_.error(
                    child, {"the model has this element once", "le modèle a cet élément une fois"});
            value(child, *element);
        }
        for (const ModelElement& element : type.elements)
            if (element.least > 0 && !found.contains(&element) && element.name.text() != "xmlText")
                found_.error(node, gateway::say("found no '{0}', which the model demands here",
                                                "pas de « {0} », que le modèle exige ici",
                                                {element.name.text()}));
    }

private:
    void unknown(Node child, const ModelType& type) {
        if (found_.full()) return found_.error(child, {});
        std::vector<std::string> names;
        for (const ModelElement& element : type.elements) names.emplace_back(element.name.text());
        const std::string near = gateway::nearest(child.name(), names);
        found_.error(child, near.empty()
                                ? gateway::Reason("unknown to the model", "inconnu du modèle")
                                : gateway::say("unknown to the model; did you mean '{0}'?",
                                               "inconnu du modèle ; peut-être « {0} » ?", {near}));
    }

    void value(Node child, const ModelElement& element) {
        if (element.types.size() != 1) return;
        const ModelType& type = *element.types.front();
        if (type.kind != ModelType::Kind::primitive) {
            if (child.hasText() && !type.elements.empty() && child.children().empty() &&
                type.element(gateway::Name::permanent("xmlText")) == nullptr)
                found_.error(child,
                             {"found a plain value, expected one with parts",
                              "trouvé une valeur simple, attendu une valeur à plusieurs parties"});
            else if (!type.elements.empty())
                node(child, type);
        } else if (child.hasText() && !fits(type.name.text(), child.text())) {
            found_.error(child, gateway::say("found a value that is no {0}",
                                             "trouvé une valeur qui n'est pas de type {0}",
                                             {type.name.text()}));
        }
    }

    check::Found found_;
};

}  // namespace

void ModelChecker::check(const gateway::Document& tree, Issues& issues) const {
    Walk(issues).node(tree.root(), document_);
}

}  // namespace logical
