#include "decode.h"

#include <algorithm>
#include <string>

#include "escape.h"
#include "names.h"
#include "place.h"
#include "scan.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint32_t kMostSegments = 2'000'000;
constexpr std::uint32_t kMostRepairsTold = 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool isLineEnd(char c) { return c == '\r' || c == '\n'; }

/// The first component of the first repetition of a field of MSH, as written.
std::string_view headerField(std::string_view message, const Delimiters& d, std::uint32_t number) {
    std::string_view rest = message.substr(0, message.find_first_of("\r\n"));
    for (std::uint32_t at = 1; at < number; ++at) {
        const std::size_t end = rest.find(d.field);
        if (end == rest.npos) return {};
        rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find(d.field));
    rest = rest.substr(0, rest.find(d.repetition));
    return rest.substr(0, std::min(rest.find(d.component), rest.find(d.subcomponent)));
}

/// A name of a structure, as the standard makes them; anything else is no name.
bool isStructureName(std::string_view text) {
    if (text.empty() || text.size() > 20) return false;
    for (const char c : text)
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
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

class Decoder {
public:
    Decoder(Bytes body, const DecodeOptions& options, Issues& issues)
        : text_(body.view()), tree_(std::move(body), "HL7V2"), options_(options), issues_(issues) {}

    Document run();

private:
    /// One non-empty value, kept back until it is known what stands beside it.
    struct Atom {
        std::uint32_t begin = 0, end = 0;
        std::uint32_t component = 0, subcomponent = 0;
        std::uint32_t componentBegin = 0;
        bool escaped = false, high = false;
        explicit operator bool() const { return end != 0; }
    };

    std::size_t header();
    void readCharset(std::string_view message);
    void checkId(std::size_t at);
    std::size_t segment(Scanner& scan, std::size_t at, std::uint32_t field);
    void endAtom(std::uint32_t at);
    void endRepetition(std::uint32_t at);
    void placePending(bool sameComponentFollows);
    Builder::Handle leaf(Name name, const Atom& atom);
    Builder::Handle convertedLeaf(Name name, const Atom& atom, bool truncated);
    bool checkFit(std::string_view raw, const Atom& atom);
    void noteEnd(std::size_t at);
    std::string place(const Atom& atom) const;
    std::string segmentPlace() const { return "segment " + std::to_string(segments_); }
    void warn(std::string where, const char* en, const char* fr) {
        issues_.add(Severity::warning, std::move(where), {en, fr}, "hl7v2");
    }

    const std::string_view text_;
    Builder tree_;
    const DecodeOptions& options_;
    Issues& issues_;
    Delimiters d_;
    const Charset* charset_ = &Charset::utf8();
    bool assumed_ = false, assumptionTold_ = false, mixtureTold_ = false, lineFeeds_ = false;
    std::uint32_t repairs_ = 0;

    std::uint32_t segments_ = 0;
    Builder::Handle segmentNode_;
    std::uint32_t field_ = 0, repetition_ = 1, component_ = 1, subcomponent_ = 1;
    std::uint32_t gap_ = 0;  ///< empty repetitions before this one
    std::uint32_t atomBegin_ = 0, componentBegin_ = 0, repetitionBegin_ = 0;
    bool escaped_ = false, high_ = false;
    bool fieldOpen_ = false, componentOpen_ = false;
    Builder::Handle fieldNode_;
    Atom pending_;
    std::string unescaped_, converted_;
};

Document Decoder::run() {
    if (const std::size_t nul = text_.find('\0'); nul != text_.npos)
        throw Error(Fault::malformed, "byte " + std::to_string(nul), "a NUL byte in a message");
    tree_.spelling(pathOf);
    tree_.format(formatName());
    const std::size_t start = header();
    Scanner scan(text_, start, d_);
    std::size_t at = segment(scan, scan.next(), 2);
    for (;;) {
        while (at < text_.size() && isLineEnd(text_[at])) {
            if (text_[at] == '\n' && text_[at - 1] != '\r') lineFeeds_ = true;
            ++at;
        }
        if (at == text_.size()) break;
        std::size_t mark = scan.next();
        while (mark < at) mark = scan.next();
        ++segments_;
        checkId(at);
        segmentNode_ =
            tree_.open(segmentName(text_.substr(at, 3), tree_), static_cast<std::uint32_t>(at));
        at = segment(scan, mark, 0);
    }
    if (lineFeeds_)
        warn("segment 1", "segments end with LF instead of CR",
             "les segments se terminent par LF au lieu de CR");
    if (!isLineEnd(text_.back()))
        warn(segmentPlace(), "the last segment has no end", "le dernier segment n'a pas de fin");
    if (repairs_ > kMostRepairsTold)
        warn("message", "more bytes outside the character set were repaired",
             "d'autres octets hors du jeu de caractères ont été réparés");
    return tree_.finish(true);
}

/// Reads what MSH says about the rest, puts MSH-1 and MSH-2 into the tree; returns where MSH-2
/// ends.
std::size_t Decoder::header() {
    const std::string_view message = withoutPrelude(text_);
    const std::size_t at = text_.size() - message.size();
    segments_ = 1;
    if (!message.starts_with("MSH"))
        throw Error(Fault::malformed, "segment 1", "expected MSH at the beginning of a message");
    const std::size_t last = message.find_first_of("\r\n");
    if (message.size() < 5 || last < 5)
        throw Error(Fault::malformed, "MSH",
                    "expected a field separator and encoding characters, like MSH|^~\\&");
    const std::size_t end = std::min({message.find(message[3], 4), last, message.size()});
    Unusual unusual = Unusual::nothing;
    d_ = delimitersOf(message[3], message.substr(4, end - 4), unusual);
    if (text_.starts_with(kByteOrderMark))
        warn("byte 0", "a byte order mark before the message",
             "une marque d'ordre des octets avant le message");
    if (unusual == Unusual::shortened)
        warn("MSH-2", "fewer than four encoding characters",
             "moins de quatre caractères d'encodage");
    if (unusual == Unusual::doubledEscape)
        warn("MSH-2", "the escape character is written twice; read as once",
             "le caractère d'échappement est doublé ; lu comme simple");
    readCharset(message);

    const auto offset = static_cast<std::uint32_t>(at);
    segmentNode_ = tree_.open(segmentName("MSH", tree_), offset);
    tree_.leaf(numberName(1, tree_), Span{offset + 3, offset + 4});
    tree_.leaf(numberName(2, tree_), Span{offset + 4, offset + static_cast<std::uint32_t>(end)});
    return at + end;
}

void Decoder::readCharset(std::string_view message) {
    const std::string_view code = headerField(message, d_, 18);
    if (code.empty() || code == "\"\"") {
        if (options_.charset) charset_ = options_.charset;
        assumed_ = options_.charset == nullptr;
        return;
    }
    charset_ = Charset::find(code);
    if (charset_ == nullptr)
        throw Error(Fault::unsupported, "MSH-18",
                    "expected ASCII, 8859/1 to 8859/9, 8859/15 or UNICODE UTF-8");
}

void Decoder::checkId(std::size_t at) {
    if (segments_ > kMostSegments)
        throw Error(Fault::malformed, segmentPlace(),
                    "more than " + std::to_string(kMostSegments) + " segments in one message");
    const std::string_view id = text_.substr(at, 3);
    const bool ended =
        at + 3 >= text_.size() || text_[at + 3] == d_.field || isLineEnd(text_[at + 3]);
    if (!isSegmentId(id) || !ended)
        throw Error(Fault::malformed, segmentPlace(),
                    "expected a segment id of three upper-case letters or digits and a field "
                    "separator");
    if (id == "MSH")
        throw Error(Fault::malformed, segmentPlace(), "expected one message, found a second MSH");
}

/// @param at     the mark after the id, or after MSH-2
/// @param field  how many fields stand before it
/// @return       where the segment's end is
std::size_t Decoder::segment(Scanner& scan, std::size_t at, std::uint32_t field) {
    field_ = field;
    for (bool first = true;; at = scan.next()) {
        const Mark mark = at < text_.size() ? scan.markAt(at) : Mark::end;
        if (mark == Mark::high) {
            high_ = true;
            continue;
        }
        if (mark == Mark::escape) {
            escaped_ = true;
            continue;
        }
        const auto here = static_cast<std::uint32_t>(at);
        if (!first) endAtom(here);
        switch (mark) {
            case Mark::subcomponent: ++subcomponent_; break;
            case Mark::component:
                ++component_;
                subcomponent_ = 1;
                componentBegin_ = here + 1;
                break;
            default:
                if (!first) endRepetition(here);
                component_ = subcomponent_ = 1;
                componentBegin_ = repetitionBegin_ = here + 1;
                if (mark == Mark::repetition) {
                    ++repetition_;
                } else {
                    ++field_;
                    repetition_ = 1;
                    gap_ = 0;
                }
        }
        atomBegin_ = here + 1;
        first = false;
        if (mark != Mark::end) continue;
        tree_.close(here);
        if (segments_ == 1)
            tree_.rename(tree_.root(), tree_.intern(structureName(segmentNode_.node())));
        return at;
    }
}

void Decoder::endAtom(std::uint32_t at) {
    if (at == atomBegin_) return;
    if (pending_) placePending(pending_.component == component_);
    pending_ = {atomBegin_, at, component_, subcomponent_, componentBegin_, escaped_, high_};
    escaped_ = high_ = false;
}

void Decoder::endRepetition(std::uint32_t at) {
    if (!pending_) {
        ++gap_;
        return;
    }
    Builder::Handle made;
    if (!fieldOpen_ && pending_.component == 1 && pending_.subcomponent == 1) {
        made = leaf(numberName(field_, tree_), pending_);
    } else {
        placePending(false);
        tree_.close(at);
        made = fieldNode_;
        fieldOpen_ = false;
    }
    if (gap_ != 0) {
        Spare spare = Spare::of(made.node());
        spare.gap = gap_;
        tree_.spare(made, spare.value());
        gap_ = 0;
    }
    pending_ = {};
}

void Decoder::placePending(bool sameComponentFollows) {
    if (!fieldOpen_) {
        fieldNode_ = tree_.open(numberName(field_, tree_), repetitionBegin_);
        fieldOpen_ = true;
    }
    if (!componentOpen_ && !sameComponentFollows && pending_.subcomponent == 1) {
        leaf(numberName(pending_.component, tree_), pending_);
        return;
    }
    if (!componentOpen_) tree_.open(numberName(pending_.component, tree_), pending_.componentBegin);
    leaf(numberName(pending_.subcomponent, tree_), pending_);
    componentOpen_ = sameComponentFollows;
    if (!componentOpen_) tree_.close(pending_.end);
}

Builder::Handle Decoder::leaf(Name name, const Atom& atom) {
    const bool truncated = d_.truncation != 0 && text_[atom.end - 1] == d_.truncation;
    if (atom.escaped || atom.high || truncated) return convertedLeaf(name, atom, truncated);
    if (atom.end - atom.begin == 2 && text_[atom.begin] == '"' && text_[atom.begin + 1] == '"') {
        const Builder::Handle null = tree_.open(name, atom.begin);
        tree_.close(atom.end);
        tree_.kind(null, Kind::null);
        return null;
    }
    return tree_.leaf(name, Span{atom.begin, atom.end});
}

Builder::Handle Decoder::convertedLeaf(Name name, const Atom& atom, bool truncated) {
    const Span where{atom.begin, atom.end};
    std::string_view raw = text_.substr(atom.begin, atom.end - atom.begin);
    const bool fits = !atom.high || checkFit(raw, atom);
    Unescaped how;
    if (atom.escaped) {
        unescaped_.clear();
        how = unescape(raw, d_, *charset_, unescaped_);
        raw = unescaped_;
    }
    Builder::Handle made;
    if (fits && charset_->isUtf8()) {
        made = atom.escaped ? tree_.leaf(name, raw, where) : tree_.leaf(name, where);
    } else {
        converted_.clear();
        fits ? charset_->toUtf8(raw, converted_) : charset_->repair(raw, converted_);
        made = tree_.leaf(name, converted_, where);
    }
    how.truncated = truncated;
    if (how.any()) tree_.spare(made, Spare{how, 0}.value());
    return made;
}

/// Whether the bytes fit the charset; says so when they do not, or look as if they meant another.
bool Decoder::checkFit(std::string_view raw, const Atom& atom) {
    if (charset_->fits(raw)) {
        if (assumed_ && !assumptionTold_) {
            warn("MSH-18", "no character set is named; read as UTF-8",
                 "aucun jeu de caractères n'est indiqué ; lu comme UTF-8");
            assumptionTold_ = true;
        }
        if (!charset_->isUtf8() && !mixtureTold_ && validUtf8(raw)) {
            warn(place(atom), "bytes that look like UTF-8 in a message of another character set",
                 "des octets qui ressemblent à de l'UTF-8 dans un message d'un autre jeu de "
                 "caractères");
            mixtureTold_ = true;
        }
        return true;
    }
    if (!options_.repair) {
        std::string what = "bytes that are not " + std::string(charset_->code());
        if (assumed_) what += "; MSH-18 is empty: set `charset` for this sender";
        throw Error(Fault::malformed, place(atom), what);
    }
    if (++repairs_ <= kMostRepairsTold)
        warn(place(atom), "bytes outside the character set were repaired",
             "des octets hors du jeu de caractères ont été réparés");
    return false;
}

std::string Decoder::place(const Atom& atom) const {
    const Node segment = segmentNode_.node();
    std::uint32_t ordinal = 0;
    for (const Node sibling : segment.parent().children())
        if (sibling.nameOf() == segment.nameOf()) ++ordinal;
    std::string text(segment.name());
    if (ordinal > 1) text += "[" + std::to_string(ordinal) + "]";
    text += "-" + std::to_string(field_);
    if (repetition_ > 1) text += "[" + std::to_string(repetition_) + "]";
    if (fieldOpen_ || atom.component > 1 || atom.subcomponent > 1)
        text += "." + std::to_string(atom.component);
    if (componentOpen_ || atom.subcomponent > 1) text += "." + std::to_string(atom.subcomponent);
    return text;
}

}  // namespace

std::string_view withoutPrelude(std::string_view body) {
    if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
    while (!body.empty() && isLineEnd(body.front())) body.remove_prefix(1);
    return body;
}

Document decode(Bytes body, const DecodeOptions& options, Issues& issues) {
    return Decoder(std::move(body), options, issues).run();
}

}  // namespace gateway::hl7v2
