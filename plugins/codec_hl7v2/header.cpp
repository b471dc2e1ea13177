#include "header.h"

#include <algorithm>

namespace gateway::hl7v2 {
namespace {

/// A name of a structure, as the standard makes them; anything else is no name.
bool isStructureName(std::string_view text) {
    if (text.empty() || text.size() > 20) return false;
    for (const char c : text)
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

}  // namespace

std::string_view lineOf(std::string_view message) {
    const std::string_view line = message.substr(0, message.find('\r'));
    return line.substr(0, line.find('\n'));
}

std::string_view headerField(std::string_view line, const Delimiters& d, std::uint32_t number) {
    std::string_view rest = line;
    for (std::uint32_t at = 1; at < number; ++at) {
        const std::size_t end = rest.find(d.field);
        if (end == rest.npos) return {};
        rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find(d.field));
    rest = rest.substr(0, rest.find(d.repetition));
    return rest.substr(0, std::min(rest.find(d.component), rest.find(d.subcomponent)));
}

std::string structureName(Node header) {
    const Node type = header.child("9");
    const std::string_view structure = type.child("3").text();
    if (isStructureName(structure)) return std::string(structure);
    const std::string_view code = type.hasText() ? type.text() : type.child("1").text();
    const std::string_view event = type.child("2").text();
    if (!isStructureName(code)) return "HL7V2";
    return std::string(code) + (isStructureName(event) ? "_" + std::string(event) : "");
}

bool isDelimiter(Node node) {
    if (node.name().starts_with('_')) return true;
    if (node.name() != "1" && node.name() != "2") return false;
    const std::string_view segment = node.parent().name();
    return segment == "MSH" || segment == "FHS" || segment == "BHS";
}

}  // namespace gateway::hl7v2
