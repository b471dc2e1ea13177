#include "fhirpath_html.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <vector>

namespace fhirpath {
namespace {

constexpr std::array<std::string_view, 54> kElements{
    "a",     "abbr",    "acronym", "address", "area",  "b",        "bdo",    "big", "blockquote",
    "br",    "caption", "cite",    "code",    "col",   "colgroup", "dd",     "del", "dfn",
    "div",   "dl",      "dt",      "em",      "h1",    "h2",       "h3",     "h4",  "h5",
    "h6",    "hr",      "i",       "img",     "ins",   "kbd",      "li",     "map", "ol",
    "p",     "pre",     "q",       "samp",    "small", "span",     "strong", "sub", "sup",
    "table", "tbody",   "td",      "tfoot",   "th",    "thead",    "tr",     "tt",  "ul"};
constexpr std::array<std::string_view, 48> kAttributes{
    "abbr",        "accesskey", "align",   "alt",      "axis",     "border",   "cellpadding",
    "cellspacing", "char",      "charoff", "charset",  "cite",     "class",    "colspan",
    "coords",      "dir",       "frame",   "headers",  "height",   "href",     "hreflang",
    "id",          "ismap",     "lang",    "longdesc", "name",     "nohref",   "nowrap",
    "rel",         "rev",       "rowspan", "rules",    "scope",    "shape",    "span",
    "src",         "start",     "style",   "summary",  "tabindex", "title",    "type",
    "usemap",      "valign",    "value",   "width",    "xml:lang", "xml:space"};

template <class Table>
bool contains(const Table& table, std::string_view name) {
    return std::find(table.begin(), table.end(), name) != table.end();
}

constexpr std::size_t kMostAttributes = 256;  // of one element, as the codecs take them

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool nameLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '-' || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

/// One that XML 1.0 has.
bool character(std::uint32_t c) {
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
    return c < 0xD800 || (c > 0xDFFF && c < 0xFFFE) || (c > 0xFFFF && c < 0x110000);
}

/// Between `&` and `;`. FHIR has the entities of XML, and none of HTML's ("no support for HTML
/// entities like &nbsp;").
bool reference(std::string_view name) {
    if (!name.starts_with('#'))
        return name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos";
    name.remove_prefix(1);
    const bool hexadecimal = name.starts_with('x');
    if (hexadecimal) name.remove_prefix(1);
    std::uint32_t code = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data(), end, code, hexadecimal ? 16 : 10);
    return !name.empty() && read.ec == std::errc() && read.ptr == end && character(code);
}

/// Whether a text between marks, or a value between quotes, is well-formed.
bool wellFormed(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '<') return false;
        if (text[at] != '&') continue;
        const std::size_t end = text.find(';', at);
        if (end == text.npos || !reference(text.substr(at + 1, end - at - 1))) return false;
        at = end;
    }
    return true;
}

bool solid(std::string_view text) { return !std::all_of(text.begin(), text.end(), blank); }

/// Reads a text that begins with `<div` and ends with its end tag, as the codec writes it to XML.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool read() {
        for (const char c : text_)
            if (const auto byte = static_cast<unsigned char>(c); !character(byte)) return false;
        while (at_ < text_.size()) {
            if (seen_ && open_.empty()) return false;
            if (!(text_[at_] == '<' ? markup() : characters())) return false;
        }
        return open_.empty() && seen_ && readable_;
    }

private:
    bool characters() {
        const std::string_view piece = text_.substr(at_, text_.find('<', at_) - at_);
        at_ += piece.size();
        readable_ = readable_ || solid(piece);
        return seen_ && piece.find("]]>") == piece.npos && wellFormed(piece);
    }

    bool markup() {
        if (seen_ && take("<!--")) return comment();
        if (seen_ && take("<![CDATA[")) return verbatim();
        if (take("</")) return closing();
        take("<");
        const std::string_view element = name();
        if (!contains(kElements, element) || (!seen_ && element != "div")) return false;
        if (!attributes()) return false;
        seen_ = true;
        readable_ = readable_ || element == "img";
        if (!take("/")) open_.push_back(element);
        return take(">");
    }
    bool comment() {
        const std::size_t end = text_.find("--", at_);
        if (end == text_.npos) return false;
        at_ = end + 2;
        return take(">");
    }
    bool verbatim() {
        const std::size_t end = text_.find("]]>", at_);
        if (end == text_.npos) return false;
        readable_ = readable_ || solid(text_.substr(at_, end - at_));
        at_ = end + 3;
        return true;
    }
    bool closing() {
        if (open_.empty() || open_.back() != name()) return false;
        open_.pop_back();
        blanks();
        return take(">");
    }

    /// The div is to say that it is XHTML.
    bool attributes() {
        std::vector<std::string_view> names;
        for (;;) {
            const bool apart = blanks();
            if (at_ >= text_.size() || text_[at_] == '>' || text_[at_] == '/')
                return seen_ || contains(names, "xmlns");
            const std::string_view attribute = name();
            if (!apart || names.size() == kMostAttributes || contains(names, attribute))
                return false;
            names.push_back(attribute);
            blanks();
            if (!take("=")) return false;
            blanks();
            const char quote = at_ < text_.size() ? text_[at_] : '\0';
            if (quote != '"' && quote != '\'') return false;
            const std::size_t begin = ++at_, end = text_.find(quote, begin);
            if (end == text_.npos) return false;
            at_ = end + 1;
            if (!allowed(attribute, text_.substr(begin, end - begin))) return false;
        }
    }
    /// What a prefix is declared to be matters to nobody: no element and no attribute has one.
    static bool allowed(std::string_view attribute, std::string_view value) {
        constexpr std::string_view kDeclaration = "xmlns:";
        if (!wellFormed(value)) return false;
        if (attribute == "xmlns") return value == "http://www.w3.org/1999/xhtml";
        if (attribute.starts_with(kDeclaration)) {
            const std::string_view prefix = attribute.substr(kDeclaration.size());
            return !prefix.empty() && prefix.find(':') == prefix.npos && !value.empty();
        }
        return contains(kAttributes, attribute);
    }

    bool blanks() {
        const std::size_t before = at_;
        while (at_ < text_.size() && blank(text_[at_])) ++at_;
        return at_ > before;
    }
    bool take(std::string_view mark) {
        if (!text_.substr(at_).starts_with(mark)) return false;
        at_ += mark.size();
        return true;
    }
    std::string_view name() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && nameLetter(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<std::string_view> open_;
    bool seen_ = false, readable_ = false;
};

}  // namespace

bool allowedHtml(std::string_view xhtml) { return Reader(xhtml).read(); }

}  // namespace fhirpath
