#include "fml_types.h"

#include <array>

#include "gateway/config.h"

namespace fml {

ElementRef findElement(const ModelType& parent, Name name) {
    if (const ModelElement* const element = parent.element(name)) {
        const bool only = element->types.size() == 1;
        return {element->name, element, only ? element->types.front() : nullptr};
    }
    for (const ModelElement& element : parent.elements) {
        if (!element.choice) continue;
        for (const ModelType* const type : element.types)
            if (spellsChoice(name, element.name, type->name)) return {element.name, &element, type};
    }
    return {};
}

bool spellsChoice(Name name, Name stem, Name type) {
    const std::string_view text = name.text(), begin = stem.text(), end = type.text();
    if (text.size() != begin.size() + end.size() || end.empty() || !text.starts_with(begin))
        return false;
    const char first = text[begin.size()];
    return (first == end[0] || first == static_cast<char>(end[0] - 'a' + 'A')) &&
           text.substr(begin.size() + 1) == end.substr(1);
}

bool allows(const ModelElement& element, const ModelType& type) {
    if (element.types.empty()) return true;
    for (const ModelType* const allowed : element.types)
        if (type.isA(allowed->name)) return true;
    return false;
}

gateway::Kind kindOf(const ModelType& type) {
    static const Name boolean = Name::permanent("boolean");
    static const std::array numbers = {Name::permanent("integer"), Name::permanent("decimal"),
                                       Name::permanent("positiveInt"),
                                       Name::permanent("unsignedInt")};
    if (type.name == boolean) return gateway::Kind::boolean;
    for (const Name number : numbers)
        if (type.name == number) return gateway::Kind::number;
    return gateway::Kind::text;
}

std::vector<std::string> elementNames(const ModelType& type) {
    std::vector<std::string> names;
    names.reserve(type.elements.size());
    for (const ModelElement& element : type.elements) names.emplace_back(element.name.text());
    return names;
}

std::string typeList(const ModelElement& element) {
    constexpr std::size_t kMost = 6;
    std::string list;
    for (std::size_t i = 0; i < element.types.size(); ++i) {
        if (i == kMost) return list + ", …";
        if (i) list += i + 1 == element.types.size() ? " or " : ", ";
        list += element.types[i]->name.text();
    }
    return list.empty() ? "any type" : list;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& among) {
    const std::string near = gateway::nearest(word, among);
    return near.empty() ? "" : " (did you mean '" + near + "'?)";
}

}  // namespace fml
