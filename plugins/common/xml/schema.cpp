#include "common/xml/schema.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <mutex>
#include <new>

namespace xml {
using gateway::Error;
using gateway::Fault;
using gateway::Issues;
using gateway::Reason;
using gateway::say;
using gateway::Severity;

namespace {

constexpr std::size_t kMostFindings = 100;

std::string_view viewOf(const xmlChar* text) {
    return text == nullptr ? std::string_view{}
                           : std::string_view(reinterpret_cast<const char*>(text));
}

/// What stands in `text` between the first `begin` and the `end` after it.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
    const std::size_t from = text.find(begin);
    if (from == text.npos) return {};
    const std::size_t at = from + begin.size();
    const std::size_t to = text.find(end, at);
    return to == text.npos ? std::string{} : std::string(text.substr(at, to - at));
}

/// `{urn:x}a` as `a`.
std::string withoutSpaces(std::string_view names) {
    std::string text;
    bool inside = false;
    for (const char c : names) {
        if (c == '{') inside = true;
        if (!inside) text += c;
        if (c == '}') inside = false;
    }
    return text;
}

/// The number of an element among those of its name beside it, where there are several.
std::string stepOf(const xmlNode* node) {
    const auto same = [node](const xmlNode* other) {
        return other->type == XML_ELEMENT_NODE && xmlStrEqual(other->name, node->name) == 1;
    };
    std::size_t before = 0, after = 0;
    for (const xmlNode* at = node->prev; at != nullptr; at = at->prev) before += same(at);
    for (const xmlNode* at = node->next; at != nullptr; at = at->next) after += same(at);
    std::string step = "/" + std::string(viewOf(node->name));
    return before + after == 0 ? step : step + "[" + std::to_string(before) + "]";
}

/// The path of a node as trees have it; the root is "/".
std::string pathOf(const xmlNode* node) {
    std::string path;
    for (; node != nullptr && node->parent != nullptr && node->parent->type == XML_ELEMENT_NODE;
         node = node->parent)
        path.insert(0, stepOf(node));
    return path.empty() ? "/" : path;
}

/// libxml2's words hold the value: only names and lists of the schema are taken from them.
Reason sentenceOf(int code, std::string_view words) {
    switch (code) {
        case XML_SCHEMAV_CVC_ELT_1:
            return {"the schema has no such root element", "le schéma n'a pas cet élément racine"};
        case XML_SCHEMAV_ELEMENT_CONTENT: {
            std::string next = withoutSpaces(between(words, "Expected is ( ", " )"));
            if (next.empty()) next = withoutSpaces(between(words, "Expected is one of ( ", " )"));
            const bool missing = words.find("Missing child") != words.npos;
            if (next.empty())
                return {"this element does not belong here", "cet élément n'a pas sa place ici"};
            if (missing)
                return say("an element is missing, expected {0}", "un élément manque, attendu {0}",
                           {next});
            return say("this element does not belong here, expected {0}",
                       "cet élément n'a pas sa place ici, attendu {0}", {next});
        }
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_4:
            return say("attribute '{0}' is missing", "l'attribut « {0} » manque",
                       {between(words, "The attribute '", "'")});
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2:
            return {"the schema has no such attribute here", "le schéma n'a pas cet attribut ici"};
        case XML_SCHEMAV_CVC_ENUMERATION_VALID: {
            const std::size_t list = words.rfind("the set {");
            if (list == words.npos) break;
            const std::string all = between(words.substr(list), "{", "}");
            return say("found another word, expected one of {0}",
                       "trouvé un autre mot, attendu l'un de {0}", {all});
        }
        case XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1:
        case XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_2:
        case XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3: {
            const std::size_t type = words.rfind(" type '");
            if (type == words.npos) break;
            if (words.substr(type).starts_with(" type 'xs:ID'"))
                return {"expected a name that stands once in the file",
                        "attendu un nom qui figure une seule fois dans le fichier"};
            return say("found another kind of value, expected {0}",
                       "trouvé une valeur d'une autre sorte, attendu {0}",
                       {withoutSpaces(between(words.substr(type), " type '", "'"))});
        }
        case XML_SCHEMAV_CVC_IDC:
            return {"it stands twice, or points to nothing",
                    "c'est là deux fois, ou cela ne désigne rien"};
        default: break;
    }
    return say("it does not keep to the schema (rule {0} of libxml2)",
               "cela ne respecte pas le schéma (règle {0} de libxml2)", {std::to_string(code)});
}

struct Found {
    Issues& issues;
    std::size_t left = kMostFindings;
};

void tell(void* of, xmlErrorPtr error) {
    Found& found = *static_cast<Found*>(of);
    if (found.left == 0 || error == nullptr || error->message == nullptr) return;
    --found.left;
    const std::string_view words = error->message;
    const auto* const node = static_cast<const xmlNode*>(error->node);
    std::string where = pathOf(node);
    const std::string attribute = between(words, ", attribute '", "'");
    if (!attribute.empty()) where += (where == "/" ? "@" : "/@") + attribute;
    found.issues.add(Severity::error, std::move(where), sentenceOf(error->code, words), "schema");
}

struct First {
    int line = 0;
};

void remember(void* of, xmlErrorPtr error) {
    First& first = *static_cast<First*>(of);
    if (first.line == 0 && error != nullptr) first.line = error->line;
}

/// libxml2's own loader would ask the network for what a schema imports from there.
void keepOffTheNetwork() {
    static std::once_flag once;
    std::call_once(once, [] { xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader); });
}

}  // namespace

Schema::Schema(const std::string& file) {
    keepOffTheNetwork();
    First first;
    const std::unique_ptr<xmlSchemaParserCtxt, void (*)(xmlSchemaParserCtxtPtr)> context(
        xmlSchemaNewParserCtxt(file.c_str()), xmlSchemaFreeParserCtxt);
    if (!context) throw std::bad_alloc();
    xmlSchemaSetParserStructuredErrors(context.get(), remember, &first);
    schema_ = std::shared_ptr<xmlSchema>(xmlSchemaParse(context.get()), xmlSchemaFree);
    if (!schema_)
        throw Error(Fault::rejected, "line " + std::to_string(first.line),
                    {"found no XML schema (XSD 1.0)", "pas un schéma XML (XSD 1.0)"});
}

void Schema::check(std::string_view text, Issues& issues) const {
    const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8",
                      XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    const std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxtPtr)> context(
        xmlSchemaNewValidCtxt(static_cast<xmlSchemaPtr>(schema_.get())), xmlSchemaFreeValidCtxt);
    if (!document || !context) throw std::bad_alloc();
    Found found{issues};
    xmlSchemaSetValidStructuredErrors(context.get(), tell, &found);
    const int result = xmlSchemaValidateDoc(context.get(), document.get());
    if (result < 0)
        throw Error(Fault::internal, "/",
                    {"the schema could not be applied", "le schéma n'a pas pu être appliqué"});
}

}  // namespace xml
