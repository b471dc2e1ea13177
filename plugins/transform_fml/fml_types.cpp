#include "fml_types.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fml {

namespace {
bool isDigit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

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

bool maySpellChoice(Name name) {
    const std::string_view text = name.text();
    return !std::all_of(text.begin(), text.end(), isDigit);
}

bool namesText(Name name) {
    static const std::array names = {Name::permanent("value"), Name::permanent("xmlText"),
                                     Name::permanent("dataString"), Name::permanent("data")};
    return std::find(names.begin(), names.end(), name) != names.end();
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
    const std::size_t length = type.name.text().size();
    if (length != 7 && length != 9 && length != 11) return gateway::Kind::text;
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

gateway::Reason typeList(const ModelElement& element) {
    constexpr std::size_t kMost = 6;
    if (element.types.empty()) return {"any type", "un type quelconque"};
    std::string list;
    for (std::size_t i = 0; i < element.types.size(); ++i) {
        const std::string name(element.types[i]->name.text());
        if (i == kMost) return list + ", …";
        if (i > 0 && i + 1 == element.types.size())
            return gateway::say("{0} or {1}", "{0} ou {1}", {list, name});
        list += (i ? ", " : "") + name;
    }
    return list;
}

bool related(const ModelType& a, const ModelType& b) { return a.isA(b.name) || b.isA(a.name); }

bool partsOnly(const ModelType& type) {
    static const Name element = Name::permanent("Element"), resource = Name::permanent("Resource");
    return type.kind != ModelType::Kind::primitive && !type.abstract &&
           (type.isA(element) || type.isA(resource));
}

namespace {

bool isInteger(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

bool isDecimal(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.starts_with('+') &&
           text.find_first_not_of("+-0123456789.eE") == text.npos;
}

/// What FHIR allows in no text.
bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
}

/// Whether the text is like the pattern, in which '0' is a digit, or like a part of it that ends
/// where a '|' stands.
bool isLike(std::string_view text, std::string_view pattern) {
    std::size_t at = 0;
    for (const char c : pattern) {
        if (c == '|') {
            if (at == text.size()) return true;
            continue;
        }
        if (at == text.size() || (c == '0' ? !isDigit(text[at]) : text[at] != c)) return false;
        ++at;
    }
    return at == text.size();
}

bool isWithin(std::string_view text, std::size_t at, std::string_view least,
              std::string_view most) {
    if (at >= text.size()) return true;  // it is less precise
    const std::string_view part = text.substr(at, 2);
    return part >= least && part <= most;
}

bool isDate(std::string_view text) {
    return isLike(text, "0000|-00|-00") && isWithin(text, 5, "01", "12") &&
           isWithin(text, 8, "01", "31");
}

bool isClock(std::string_view text) {
    return isLike(text, "00:00:00") && isWithin(text, 0, "00", "23") &&
           isWithin(text, 3, "00", "59") && isWithin(text, 6, "00", "60");
}

/// The rest of a time after its seconds: a fraction, then a zone.
bool isMoment(std::string_view text) {
    const auto time = text.find('T');
    if (time == text.npos) return isDate(text);
    if (time != 10 || !isDate(text.substr(0, time))) return false;
    text.remove_prefix(time + 1);
    const auto zone = text.find_first_of("Z+-");
    if (zone == text.npos) return false;
    std::string_view clock = text.substr(0, zone);
    if (const auto point = clock.find('.'); point != clock.npos) {
        const std::string_view fraction = clock.substr(point + 1);
        if (fraction.empty() || !std::all_of(fraction.begin(), fraction.end(), isDigit))
            return false;
        clock = clock.substr(0, point);
    }
    const std::string_view offset = text.substr(zone);
    return isClock(clock) && (offset == "Z" || isLike(offset.substr(1), "00:00"));
}

}  // namespace

bool hasShape(std::string_view text, std::string_view type) {
    // Asked of every text that is made: most types have a length that none of these has.
    constexpr std::uint32_t kLengths = 1u << 4 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 11;
    if (type.size() > 11 || (kLengths >> type.size() & 1) == 0) return true;
    if (type == "boolean") return text == "true" || text == "false";
    if (type == "integer" || type == "integer64") return isInteger(text);
    if (type == "string" || type == "markdown")
        return std::none_of(text.begin(), text.end(), isControl);
    if (type == "positiveInt")
        return isInteger(text) && !text.starts_with('-') &&
               text.find_first_not_of('0') != text.npos;
    if (type == "unsignedInt") return isInteger(text) && !text.starts_with('-');
    if (type == "decimal") return isDecimal(text);
    if (type == "date") return isDate(text);
    if (type == "dateTime") return isMoment(text);
    if (type == "instant") return text.find('T') != text.npos && isMoment(text);
    return true;
}

gateway::Reason noShape(std::string_view type) {
    using gateway::Reason;
    const struct {
        std::string_view type;
        Reason instead;
    } kShapes[] = {
        {"boolean", {"true or false", "true ou false"}},
        {"integer", {"an integer, like 12", "un nombre entier, comme 12"}},
        {"integer64", {"an integer, like 12", "un nombre entier, comme 12"}},
        {"string", {"a text without control characters", "un texte sans caractère de commande"}},
        {"markdown", {"a text without control characters", "un texte sans caractère de commande"}},
        {"positiveInt", {"an integer above 0", "un nombre entier supérieur à 0"}},
        {"unsignedInt", {"an integer, 0 or above", "un nombre entier, 0 ou plus"}},
        {"decimal", {"a number, like 12 or 12.5", "un nombre, comme 12 ou 12.5"}},
        {"Quantity", {"a number, like 12 or 12.5", "un nombre, comme 12 ou 12.5"}},
        {"date", {"a day of the calendar, YYYY-MM-DD", "un jour du calendrier, AAAA-MM-JJ"}},
        {"dateTime",
         {"a day of the calendar, YYYY-MM-DD, or with its time, YYYY-MM-DDThh:mm:ss+hh:mm",
          "un jour du calendrier, AAAA-MM-JJ, ou avec l'heure, AAAA-MM-JJThh:mm:ss+hh:mm"}},
        {"instant",
         {"an instant, YYYY-MM-DDThh:mm:ss+hh:mm", "un instant, AAAA-MM-JJThh:mm:ss+hh:mm"}},
    };
    for (const auto& one : kShapes)
        if (one.type == type)
            return gateway::say("found a value that is no {0}: write {1}",
                                "la valeur n'a pas la forme attendue : écrire {1}",
                                {type, one.instead});
    return gateway::say("found a value that is no {0}",
                        "trouvé une valeur qui n'est pas de type {0}", {type});
}

}  // namespace fml
