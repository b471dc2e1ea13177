#include "fhirpath_html.h"

#include <algorithm>
#include <array>
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
constexpr std::array<std::string_view, 49> kAttributes{
    "abbr",        "accesskey", "align",   "alt",      "axis",     "border",    "cellpadding",
    "cellspacing", "char",      "charoff", "charset",  "cite",     "class",     "colspan",
    "coords",      "dir",       "frame",   "headers",  "height",   "href",      "hreflang",
    "id",          "ismap",     "lang",    "longdesc", "name",     "nohref",    "nowrap",
    "rel",         "rev",       "rowspan", "rules",    "scope",    "shape",     "span",
    "src",         "start",     "style",   "summary",  "tabindex", "title",     "type",
    "usemap",      "valign",    "value",   "width",    "xml:lang", "xml:space", "xmlns"};

template <class Table>
bool contains(const Table& table, std::string_view name) {
    return std::find(table.begin(), table.end(), name) != table.end();
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool nameLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '-' || c == '_';
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool read() {
        while (at_ < text_.size()) {
            if (text_[at_] != '<') {
                if (!blank(text_[at_])) {
                    if (open_.empty()) return false;
                    readable_ = true;
                }
                ++at_;
            } else if (!markup()) {
                return false;
            }
        }
        return open_.empty() && seen_ && readable_;
    }

private:
    bool markup() {
        if (text_.substr(at_).starts_with("<!--")) return skip("-->");
        if (!seen_ && text_.substr(at_).starts_with("<?xml")) return skip("?>");
        ++at_;
        if (take('/')) {
            const std::string_view closing = name();
            if (open_.empty() || open_.back() != closing) return false;
            open_.pop_back();
            blanks();
            return take('>');
        }
        const std::string_view element = name();
        if (!contains(kElements, element)) return false;
        if (open_.empty() && (seen_ || element != "div")) return false;
        seen_ = true;
        readable_ = readable_ || element == "img";
        if (!attributes()) return false;
        const bool closed = take('/');
        if (!closed) open_.push_back(element);
        return take('>');
    }

    bool attributes() {
        for (;;) {
            const std::size_t before = at_;
            blanks();
            if (at_ >= text_.size() || text_[at_] == '>' || text_[at_] == '/') return true;
            const std::string_view attribute = name();
            if (at_ == before || !contains(kAttributes, attribute)) return false;
            blanks();
            if (!take('=')) return false;
            blanks();
            const char quote = at_ < text_.size() ? text_[at_] : '\0';
            if (quote != '"' && quote != '\'') return false;
            const std::size_t end = text_.find(quote, ++at_);
            if (end == text_.npos) return false;
            if (attribute == "xmlns" &&
                text_.substr(at_, end - at_) != "http://www.w3.org/1999/xhtml")
                return false;
            at_ = end + 1;
        }
    }

    bool skip(std::string_view end) {
        const std::size_t found = text_.find(end, at_);
        if (found == text_.npos) return false;
        at_ = found + end.size();
        return true;
    }
    void blanks() {
        while (at_ < text_.size() && blank(text_[at_])) ++at_;
    }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
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
