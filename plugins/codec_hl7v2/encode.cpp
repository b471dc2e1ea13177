#include "encode.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "delimiters.h"
#include "escape.h"
#include "gateway/error.h"
#include "names.h"
#include "place.h"

namespace gateway::hl7v2 {
namespace {

[[noreturn]] void reject(Node at, const std::string& what) {
    throw Error(Fault::rejected, pathOf(at), what);
}

void copyWithCarriageReturns(std::string_view body, Sink& out) {
    for (std::size_t from = 0;;) {
        const std::size_t feed = body.find('\n', from);
        out << body.substr(from, feed - from);
        if (feed == body.npos) return;
        if (feed == 0 || body[feed - 1] != '\r') out << '\r';
        from = feed + 1;
    }
}

/// The first segment of that id at the top or in a group; trees of maps are shallow.
Node firstSegment(Node under) {
    for (const Node child : under.children()) {
        if (isSegmentId(child.name())) return child;
        if (const Node found = firstSegment(child)) return found;
    }
    return {};
}

class Encoder {
public:
    Encoder(const Charset* charset, Sink& out) : charset_(charset), out_(out) { markSpecial(); }

    /// Takes delimiters and charset from MSH.
    void prepare(Node header);
    void segments(Node group);

    // What is written with the delimiters alone.
    void field(Node field);

private:
    void markSpecial();
    void segment(Node segment);
    void component(Node component);
    void value(Node leaf);
    bool isPlain(std::string_view text) const;
    template <class Each>
    void numbered(Node parent, const char* what, Each each);
    template <class Write>
    void separated(Node parent, const char* what, char separator, Write write);

    Delimiters d_;
    const Charset* charset_;
    Sink& out_;
    std::string encoding_ = "^~\\&";
    std::string escaped_, converted_;
    std::array<bool, 256> special_{};  ///< bytes that do not always stand for themselves
};

void Encoder::markSpecial() {
    special_.fill(false);
    for (std::size_t c = 0x80; c < 0x100; ++c) special_[c] = true;
    for (const char c : {d_.field, d_.component, d_.repetition, d_.escape, d_.subcomponent,
                         d_.truncation, '\r', '\n', '\x0B', '\x1C', '"', '\0'})
        special_[static_cast<unsigned char>(c)] = true;
}

void Encoder::prepare(Node header) {
    const Node one = header.child("1"), two = header.child("2");
    if (one && one.text().size() != 1) reject(one, "expected one field separator");
    const char separator = one ? one.text()[0] : '|';
    if (two) encoding_ = two.text();
    try {
        Unusual unusual;
        d_ = delimitersOf(separator, encoding_, unusual);
    } catch (const Error& error) {
        throw Error(Fault::rejected, error.where, error.what());
    }
    markSpecial();
    Node named = header.child("18");
    if (Spare::of(named).gap > 0) named = {};  // the first repetition is empty
    while (named.firstChild()) named = named.child("1");
    if (named.text().empty()) {
        if (charset_ == nullptr) charset_ = &Charset::utf8();
    } else {
        charset_ = Charset::find(named.text());
        if (charset_ == nullptr)
            reject(named, "expected ASCII, 8859/1 to 8859/9, 8859/15 or UNICODE UTF-8");
    }
}

void Encoder::segments(Node group) {
    for (const Node child : group.children()) {
        if (isSegmentId(child.name()))
            segment(child);
        else if (child.hasText() || numberOf(child.name()) != 0)
            reject(child, "expected a segment, or a group of segments");
        else
            segments(child);
    }
}

void Encoder::segment(Node segment) {
    if (segment.hasText()) reject(segment, "expected fields named by their numbers, found a text");
    out_ << segment.name();
    std::uint32_t at = 0;
    const bool header = segment.name() == "MSH";
    if (header) {
        out_ << d_.field << encoding_;
        at = 2;
    }
    numbered(segment, "fields", [&](std::uint32_t number, Node node) {
        if (header && number <= 2) return;
        const std::uint32_t gap = Spare::of(node).gap;
        if (number == at) {
            if (d_.repetition == 0) reject(node, "MSH-2 gives no repetition separator");
            out_ << d_.repetition;
        }
        for (; at < number; ++at) out_ << d_.field;
        for (std::uint32_t i = 0; i < gap && d_.repetition; ++i) out_ << d_.repetition;
        field(node);
    });
    out_ << '\r';
}

/// Calls `each(number, node)` for the children by number; in document order where they repeat.
template <class Each>
void Encoder::numbered(Node parent, const char* what, Each each) {
    std::uint32_t last = 0;
    bool ascending = true;
    for (const Node child : parent.children()) {
        const std::uint32_t number = numberOf(child.name());
        if (number == 0) reject(child, std::string("expected ") + what + " named by their numbers");
        ascending = ascending && last <= number;
        last = number;
    }
    if (ascending) {
        for (const Node child : parent.children()) each(numberOf(child.name()), child);
        return;
    }
    std::vector<std::pair<std::uint32_t, Node>> sorted;
    for (const Node child : parent.children()) sorted.emplace_back(numberOf(child.name()), child);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [number, child] : sorted) each(number, child);
}

template <class Write>
void Encoder::separated(Node parent, const char* what, char separator, Write write) {
    std::uint32_t at = 1;
    bool first = true;
    numbered(parent, what, [&](std::uint32_t number, Node node) {
        if (!first && number == at) reject(node, std::string(what) + " cannot repeat");
        if (separator == 0 && number > 1) reject(node, "MSH-2 gives no separator for it");
        for (; at < number; ++at) out_ << separator;
        write(node);
        first = false;
    });
}

void Encoder::field(Node field) {
    if (!field.firstChild()) return value(field);
    if (field.hasText()) reject(field, "a text beside components");
    separated(field, "components", d_.component, [this](Node node) { component(node); });
}

void Encoder::component(Node component) {
    if (!component.firstChild()) return value(component);
    if (component.hasText()) reject(component, "a text beside subcomponents");
    separated(component, "subcomponents", d_.subcomponent, [this](Node node) {
        if (node.firstChild()) reject(node, "nothing can stand below a subcomponent");
        value(node);
    });
}

/// Whether this is ASCII that stands for itself.
bool Encoder::isPlain(std::string_view text) const {
    for (const char c : text)
        if (special_[static_cast<unsigned char>(c)]) return false;
    return true;
}

void Encoder::value(Node leaf) {
    if (leaf.isNull()) {
        out_ << "\"\"";
        return;
    }
    if (isPlain(leaf.text())) {
        out_ << leaf.text();
        return;
    }
    escaped_.clear();
    if (!escape(leaf.text(), d_, Spare::of(leaf).how, escaped_))
        reject(leaf, leaf.text().find('\0') != leaf.text().npos
                         ? "a NUL character, which no message can hold"
                         : "a delimiter in a text, and MSH-2 gives no escape character");
    if (charset_ == nullptr) {
        out_ << escaped_;
        return;
    }
    converted_.clear();
    if (!charset_->fromUtf8(escaped_, converted_))
        reject(leaf, "a character that " + std::string(charset_->code()) + " lacks");
    out_ << converted_;
}

}  // namespace

void encode(const Document& document, const Charset* charset, Sink& out) {
    if (document.untouched(formatName())) {
        out.reserve(out.text().size() + document.source().size());
        return copyWithCarriageReturns(document.source().view(), out);
    }
    const Node header = firstSegment(document.root());
    if (header.name() != "MSH")
        throw Error(Fault::rejected, header ? pathOf(header) : "message",
                    "expected MSH as the first segment");
    Encoder encoder(charset, out);
    encoder.prepare(header);
    encoder.segments(document.root());
}

std::string plainText(Node node) {
    Sink out;
    if (node) Encoder(nullptr, out).field(node);
    return out.text();
}

}  // namespace gateway::hl7v2
