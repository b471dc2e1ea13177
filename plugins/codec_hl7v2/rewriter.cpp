#include "rewriter.h"

#include <algorithm>

#include "names.h"
#include "place.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::uint32_t kCharsetField = 18;

bool isLineEnd(char c) { return c == '\r' || c == '\n'; }

}  // namespace

void copyWithCarriageReturns(std::string_view text, Sink& out) {
    for (std::size_t from = 0;;) {
        const std::size_t feed = text.find('\n', from);
        out << text.substr(from, feed - from);
        if (feed == text.npos) return;
        if (feed == 0 || text[feed - 1] != '\r') out << '\r';
        from = feed + 1;
    }
}

Span Rewriter::placeOf(Node node) const {
    const Span place = places_ ? places_->toUtf8(node.where()) : node.where();
    return place.begin <= place.end && place.end <= text_.size() ? place : Span{};
}

std::string_view Rewriter::bytes(std::uint32_t begin, std::uint32_t end) const {
    return text_.substr(begin, end - begin);
}

/// Whether these bytes of the source stand for the same in what is written.
bool Rewriter::isSame(std::string_view raw) const {
    return !converts_ || (asciiPrefix(raw) == raw.size() && !hasHighHex(raw));
}

/// Whether a sequence names bytes above 0x7F, which are those of a charset.
bool Rewriter::hasHighHex(std::string_view raw) const {
    if (d_.escape == 0) return false;
    for (std::size_t at = raw.find(d_.escape); at < raw.size(); at = raw.find(d_.escape, at + 1)) {
        if (raw.substr(at + 1, 1) != "X") continue;
        for (at += 2; at < raw.size() && raw[at] != d_.escape; at += 2)
            if (raw[at] >= '8') return true;
        --at;
    }
    return false;
}

/// Writes a value in the other charset; false, and nothing written, where that does not do.
bool Rewriter::converted(std::string_view raw) {
    if (!from_->fits(raw) || hasHighHex(raw)) return false;
    utf8_.clear();
    converted_.clear();
    from_->toUtf8(raw, utf8_);
    if (!encoder_.charset().fromUtf8(utf8_, converted_)) return false;
    out_ << converted_;
    return true;
}

char Rewriter::separator(Level level) const {
    switch (level) {
        case Level::field: return d_.field;
        case Level::component: return d_.component;
        default: return d_.subcomponent;
    }
}

/// Whether these bytes of a field (component, subcomponent) hold no value.
bool Rewriter::isEmpty(std::string_view raw, Level level) const {
    for (const char c : raw) {
        const bool below = (level == Level::field && (c == d_.repetition || c == d_.component)) ||
                           (level <= Level::component && c == d_.subcomponent);
        if (!below || c == 0) return false;
    }
    return true;
}

void Rewriter::write(Node root) {
    const Node header = root.child("MSH");
    std::string_view before = text_.substr(0, placeOf(header).begin);
    if (from_ && before.starts_with(kByteOrderMark)) before.remove_prefix(kByteOrderMark.size());
    copyWithCarriageReturns(before, out_);
    segments(root);
}

void Rewriter::segments(Node group) {
    for (const Node child : group.children()) {
        if (isSegmentId(child.name()))
            segment(child);
        else if (child.hasText() || numberOf(child.name()) != 0)
            Encoder::reject(child, {"expected a segment, or a group of segments",
                                    "attendu un segment, ou un groupe de segments"});
        else
            segments(child);
    }
}

void Rewriter::segment(Node segment) {
    if (endMissing_) out_ << '\r';
    endMissing_ = false;
    const Span place = placeOf(segment);
    const bool follows = encoder_.charsetFollows() && segment.name() == "MSH";
    if (stands(segment) && !follows && isSame(bytes(place.begin, place.end))) {
        out_ << bytes(place.begin, place.end);
        return ended(place);
    }
    const bool read = place.size() >= 3 && isSegmentId(bytes(place.begin, place.begin + 3)) &&
                      (place.end == text_.size() || isLineEnd(text_[place.end]));
    if (!read) return encoder_.segment(segment);
    segmentText(segment, place);
    ended(place);
}

/// Writes the line ends behind a segment of the source.
void Rewriter::ended(Span place) {
    std::size_t at = place.end;
    while (at < text_.size() && isLineEnd(text_[at])) ++at;
    copyWithCarriageReturns(text_.substr(place.end, at - place.end), out_);
    endMissing_ = at == place.end;
}

void Rewriter::segmentText(Node segment, Span place) {
    if (segment.hasText())
        Encoder::reject(segment, {"expected fields named by their numbers, found a text",
                                  "attendu des champs nommés par leur numéro, trouvé un texte"});
    const bool header = segment.name() == "MSH";
    const std::uint32_t begin =
        header ? placeOf(segment.child("2")).end : std::min(place.begin + 3, place.end);
    out_ << segment.name();
    if (header) out_ << bytes(place.begin + 3, begin);
    const bool fields = begin < place.end && text_[begin] == d_.field;
    slots(segment, {fields ? begin + 1 : place.end, place.end}, Level::field, header ? 3 : 1,
          fields);
}

/// The children whose number is `least` or more, by number.
Rewriter::Nodes Rewriter::byNumber(Node parent, std::uint32_t least) {
    Nodes nodes;
    for (const Node child : parent.children()) {
        const std::uint32_t number = numberOf(child.name());
        if (number == 0 && Marks::about(child.name()) == 0)
            Encoder::reject(child, {"expected a number for a name", "attendu un numéro comme nom"});
        if (number >= least) nodes.push_back(child);
    }
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](Node a, Node b) { return numberOf(a.name()) < numberOf(b.name()); });
    return nodes;
}

/// Writes the children of a segment, field or component with the separators between them.
/// @param place   where the source has them
/// @param number  of the first of them
/// @param more    whether the source has one there
void Rewriter::slots(Node parent, Span place, Level level, std::uint32_t number, bool more) {
    const Nodes nodes = byNumber(parent, number);
    const char between = separator(level);
    bool first = level != Level::field;
    const bool follows =
        encoder_.charsetFollows() && level == Level::field && parent.name() == "MSH";
    const std::uint32_t least = follows ? kCharsetField : 0;
    std::size_t at = 0;
    for (std::uint32_t begin = place.begin; more || at < nodes.size() || number <= least;
         ++number) {
        Span raw{place.end, place.end};
        if (more) {
            const std::size_t end = text_.substr(0, place.end).find(between, begin);
            raw = {begin, static_cast<std::uint32_t>(std::min<std::size_t>(end, place.end))};
            more = between != 0 && end != text_.npos;
            begin = raw.end + 1;
        } else if (at < nodes.size() &&
                   numberOf(nodes[at].name()) > (level == Level::field ? kMostFields : kMostParts))
            Encoder::reject(nodes[at], {"a number too large to be written",
                                        "un numéro trop grand pour être écrit"});
        if (!first && between == 0)
            Encoder::reject(parent, {"MSH-2 gives no separator for it",
                                     "MSH-2 n'a pas de séparateur pour cela"});
        if (!first) out_ << between;
        first = false;
        const std::size_t from = at;
        while (at < nodes.size() && numberOf(nodes[at].name()) == number) ++at;
        if (number == least)
            charset(bytes(raw.begin, raw.end));
        else
            slot(raw, nodes.data() + from, nodes.data() + at, level);
    }
}

/// Writes MSH-18 as the charset that is written; what it had beside its first repetition stays.
void Rewriter::charset(std::string_view raw) {
    out_ << encoder_.charset().code();
    const std::size_t more = raw.find(d_.repetition);
    if (d_.repetition && more != raw.npos) out_ << raw.substr(more);
}

/// Writes the nodes of one number.
void Rewriter::slot(Span raw, const Node* begin, const Node* end, Level level) {
    const Node* const known = standing(raw, begin, end, level);
    if (known == nullptr) return several(begin, end, level);
    std::uint32_t at = raw.begin;
    for (const Node* each = begin; each != known; ++each) {
        const Span place = placeOf(*each);
        out_ << bytes(at, place.begin);
        node(*each, level);
        at = place.end;
    }
    out_ << bytes(at, raw.end);
    if (known == end) return;
    if (known != begin || raw.size() > 0) out_ << d_.repetition;
    several(known, end, level);
}

/// How many of the nodes stand in the source one after the other, with nothing but delimiters
/// beside them; null when the source has another value there.
const Node* Rewriter::standing(Span raw, const Node* begin, const Node* end, Level level) const {
    std::uint32_t at = raw.begin;
    const Node* each = begin;
    for (; each != end; ++each) {
        const Span place = placeOf(*each);
        if (place.empty() || place.begin < at || place.end > raw.end) break;
        if (!isEmpty(bytes(at, place.begin), level)) return nullptr;
        at = place.end;
    }
    if (!isEmpty(bytes(at, raw.end), level)) return nullptr;
    const bool repeats = each != end && (each != begin || raw.size() > 0);
    return repeats && (level != Level::field || each == begin) ? nullptr : each;
}

/// Writes the empty repetitions before a field.
/// @param behind  how many of its name stand between it and the first that is written
void Rewriter::gap(Node node, std::uint32_t behind, Told& told) {
    Spare spare = Spare::of(node);
    if (spare.told) {
        if (told.first == 0) {
            told.marks = Marks::beside(node);
            for (const Node sibling : node.parent().children()) {
                told.first += sibling.nameOf() == node.nameOf() ? 1 : 0;
                if (sibling == node) break;
            }
            told.first -= behind;
        }
        spare = told.marks.of(node, numberOf(node.name()), told.first + behind);
    }
    encoder_.gap(node, spare);
}

void Rewriter::several(const Node* begin, const Node* end, Level level) {
    Told told;
    for (const Node* each = begin; each != end; ++each) {
        if (each != begin) {
            if (level != Level::field || d_.repetition == 0)
                Encoder::reject(*each, {"nothing can repeat here", "rien ne peut se répéter ici"});
            out_ << d_.repetition;
        }
        if (level == Level::field) gap(*each, static_cast<std::uint32_t>(each - begin), told);
        node(*each, level);
    }
}

void Rewriter::node(Node node, Level level) {
    const Span place = placeOf(node);
    const std::string_view raw = bytes(place.begin, place.end);
    if (stands(node) && isSame(raw)) {
        out_ << raw;
        return;
    }
    if (stands(node) && !node.firstChild() && converted(raw)) return;
    if (!node.firstChild() || level == Level::subcomponent || place.empty() || node.hasText())
        return anew(node, level);
    slots(node, place, level == Level::field ? Level::component : Level::subcomponent, 1, true);
}

void Rewriter::anew(Node node, Level level) {
    const Spare spare = Spare::of(node);
    switch (level) {
        case Level::field: return encoder_.field(node, spare);
        case Level::component: return encoder_.component(node, spare);
        default:
            if (node.firstChild())
                Encoder::reject(node, {"nothing can stand below a subcomponent",
                                       "rien ne peut se trouver sous une sous-composante"});
            encoder_.value(node, spare);
    }
}

}  // namespace gateway::hl7v2
