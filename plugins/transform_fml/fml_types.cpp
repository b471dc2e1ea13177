#include "fml_types.h"

#include <array>

#include "gateway/config.h"

namespace fml {

ElementRef findElement(const ModelType& parent, Name name) {
    if (const ModelElement* const element = parent.element(name)) {
        const bool only = element->types.size() == 1;
        return {element->name, element, only ? element->types.front() : nullptr};
    }
    const std::string_view text = name.text();
    for (const ModelElement& element : parent.elements) {
        const std::string_view stem = element.name.text();
        if (!element.choice || text.size() <= stem.size() || !text.starts_with(stem)) continue;
        const std::string_view rest = text.substr(stem.size());
        for (const ModelType* const type : element.types) {
            const std::string_view known = type->name.text();
            if (known.size() != rest.size() || known.substr(1) != rest.substr(1)) continue;
            const char first = known[0];
            if (rest[0] == first || rest[0] == static_cast<char>(first - 'a' + 'A'))
                return {element.name, &element, type};
        }
    }
    return {};
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
