#include "fml_escape.h"

#include "fhirpath_text.h"

namespace fml {

std::optional<Escaping> escapingOf(std::string_view name) {
    if (name == "plain" || name == "text" || name == "raw") return Escaping::plain;
    if (name == "json" || name == "java") return Escaping::json;
    if (name == "xml" || name == "html") return Escaping::markup;
    return std::nullopt;
}

std::string escaped(std::string_view text, Escaping from, Escaping to) {
    std::string plain(text);
    if (from == Escaping::json) plain = fhirpath::unescapeJson(text);
    if (from == Escaping::markup) plain = fhirpath::unescapeHtml(text);
    if (to == Escaping::json) return fhirpath::escapeJson(plain);
    return to == Escaping::markup ? fhirpath::escapeHtml(plain) : plain;
}

}  // namespace fml
