/// json::write…: a tree to text.
#include <algorithm>

#include "common/json/json.h"
#include "common/json/plain.h"
#include "common/json/runs.h"
#include "common/json/source.h"

namespace json {
using namespace gateway;

namespace {

void writeEscape(text::Out& out, char c) {
    switch (c) {
        case '"': out << "\\\""; return;
        case '\\': out << "\\\\"; return;
        case '\n': out << "\\n"; return;
        case '\r': out << "\\r"; return;
        case '\t': out << "\\t"; return;
        case '\b': out << "\\b"; return;
        case '\f': out << "\\f"; return;
        default:
            out << "\\u00"
                << "0123456789abcdef"[(c >> 4) & 15] << "0123456789abcdef"[c & 15];
    }
}

[[noreturn]] void refuse(Node node, const gateway::Reason& what) {
    throw Error(Fault::rejected, node.path(), what);
}

void leafTo(text::Out& out, Node node) {
    switch (node.kind()) {
        case Kind::null: out << "null"; return;
        case Kind::number:
            if (!isNumber(node.text()))
                refuse(node,
                       {"not a number as JSON writes it", "pas un nombre tel que JSON l'écrit"});
            out << node.text();
            return;
        case Kind::boolean:
            if (node.text() != "true" && node.text() != "false")
                refuse(node, {"neither true nor false", "ni true ni false"});
            out << node.text();
            return;
        default: writeString(out, node.text());
    }
}

/// Writes trees of any shape; what a map makes may be deeper than what is read.
class Writer {
public:
    explicit Writer(text::Out& out) : out_(out) {}

    void value(Node node) {
        if (++depth_ > kMostDepth)
            refuse(node, {"nested too deep for JSON", "imbriqué trop profondément pour JSON"});
        if (node.kind() == Kind::list)
            list(node);
        else if (node.hasText() || node.isNull())
            leaf(node);
        else
            object(node);
        --depth_;
    }

private:
    void leaf(Node node) {
        if (!node.children().empty())
            refuse(node,
                   {"JSON has no text beside children", "JSON n'a pas de texte à côté d'enfants"});
        leafTo(out_, node);
    }

    void list(Node node) {
        char before = '[';
        for (const Node item : node.children()) {
            out_ << before;
            value(item);
            before = ',';
        }
        out_ << (before == '[' ? "[]" : "]");
    }

    void object(Node node) {
        const std::size_t first = runs_.push(node);
        const std::size_t all = runs_.size();
        char before = '{';
        for (std::size_t at = first; at < all;) {
            const std::size_t end = runs_.end(at);
            out_ << before;
            writeString(out_, runs_[at].name());
            out_ << ':';
            member(at, end);
            at = end;
            before = ',';
        }
        out_ << (before == '{' ? "{}" : "}");
        runs_.pop(first);
    }

    void member(std::size_t at, std::size_t end) {
        if (end - at == 1 && !runs_[at].inList()) return value(runs_[at]);
        char before = '[';
        for (; at < end; ++at) {
            out_ << before;
            value(runs_[at]);
            before = ',';
        }
        out_ << ']';
    }

    text::Out& out_;
    Runs runs_;
    std::uint32_t depth_ = 0;
};

}  // namespace

void writeString(text::Out& out, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    if (text.size() + 2 <= text::Out::kMostTaken && plainEnd(at, end) == end) {
        char* const to = out.take(text.size() + 2);
        to[0] = to[text.size() + 1] = '"';
        std::copy(at, end, to + 1);
        return;
    }
    out << '"';
    for (;;) {
        const char* const hard = plainEnd(at, end);
        out << std::string_view(at, static_cast<std::size_t>(hard - at));
        if (hard == end) break;
        writeEscape(out, *hard);
        at = hard + 1;
    }
    out << '"';
}

void writeString(Sink& out, std::string_view text) {
    text::Out pieces(out);
    writeString(pieces, text);
    pieces.flush();
}

bool isNumber(std::string_view text) {
    return numberAt(text.data(), text.data() + text.size()) == text.data() + text.size();
}

void writeLeaf(Sink& out, Node node) {
    text::Out pieces(out);
    leafTo(pieces, node);
    pieces.flush();
}

void write(text::Out& out, Node node) { Writer(out).value(node); }

void write(Sink& out, Node node) {
    text::Out pieces(out);
    write(pieces, node);
    pieces.flush();
}

}  // namespace json
