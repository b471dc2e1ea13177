/// json::write…: a tree to text.
#include <array>

#include "common/json/json.h"
#include "common/json/runs.h"
#include "common/json/source.h"

namespace json {
using namespace gateway;

namespace {

constexpr std::array<bool, 256> kEscaped = [] {
    std::array<bool, 256> escaped{};
    for (std::size_t c = 0; c < 0x20; ++c) escaped[c] = true;
    escaped['"'] = escaped['\\'] = true;
    return escaped;
}();

void writeEscape(Sink& out, char c) {
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

[[noreturn]] void refuse(Node node, const std::string& what) {
    throw Error(Fault::rejected, node.path(), what);
}

/// Writes trees of any shape; what a map makes may be deeper than what is read.
class Writer {
public:
    explicit Writer(Sink& out) : out_(out) {}

    void value(Node node) {
        if (++depth_ > kMostDepth) refuse(node, "nested too deep for JSON");
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
        if (!node.children().empty()) refuse(node, "JSON has no text beside children");
        writeLeaf(out_, node);
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

    Sink& out_;
    Runs runs_;
    std::uint32_t depth_ = 0;
};

}  // namespace

void writeString(Sink& out, std::string_view text) {
    out << '"';
    std::size_t written = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!kEscaped[static_cast<unsigned char>(text[at])]) continue;
        out << text.substr(written, at - written);
        writeEscape(out, text[at]);
        written = at + 1;
    }
    out << text.substr(written) << '"';
}

bool isNumber(std::string_view text) {
    return numberAt(text.data(), text.data() + text.size()) == text.data() + text.size();
}

void writeLeaf(Sink& out, Node node) {
    switch (node.kind()) {
        case Kind::null: out << "null"; return;
        case Kind::number:
            if (!isNumber(node.text())) refuse(node, "not a number as JSON writes it");
            out << node.text();
            return;
        case Kind::boolean:
            if (node.text() != "true" && node.text() != "false")
                refuse(node, "neither true nor false");
            out << node.text();
            return;
        default: writeString(out, node.text());
    }
}

void write(Sink& out, Node node) { Writer(out).value(node); }

}  // namespace json
