#include "decode.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "escape.h"
#include "header.h"
#include "marks.h"
#include "names.h"
#include "place.h"
#include "scan.h"
#include "wide.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint32_t kMostSegments = 2'000'000;
constexpr std::uint32_t kMostRepairsTold = 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool isLineEnd(char c) { return c == '\r' || c == '\n'; }

/// How a source that is read stands in bytes.
struct Source {
    Bytes body;
    WideForm form;  ///< that `body` had before it was made UTF-8
};

class Decoder {
public:
    Decoder(Source source, const DecodeOptions& options, Issues& issues)
        : text_(source.body.view()),
          form_(source.form),
          tree_(std::move(source.body), "HL7V2"),
          options_(options),
          issues_(issues) {}

    Document run();

private:
    /// A value in the source.
    struct Atom {
        std::uint32_t begin = 0, end = 0;
        std::uint8_t flags = 0;
        explicit operator bool() const { return end != 0; }
    };

    std::size_t header();
    void readCharset(std::string_view line);
    void readWideCharset(std::string_view code, const Charset* named);
    void checkId(std::size_t at);
    gateway::Reason lineEndInside() const;
    void segment(Cursor& at, std::uint32_t field);
    void repetitions(Cursor& at);
    void repetition(Cursor& at);
    void subcomponents(Cursor& at);
    void endRepetition(std::uint32_t at);
    void alone(const Atom& atom);
    void openField();
    void partLeaf(std::uint32_t number, const Atom& atom);
    Builder::Handle leaf(std::uint32_t number, const Atom& atom);
    Builder::Handle convertedLeaf(Name name, const Atom& atom, bool truncated);
    void tellMarks(std::uint32_t at);
    bool checkFit(std::string_view raw);
    std::string place() const;
    std::string segmentPlace() const { return "segment " + std::to_string(segments_); }
    void warn(std::string where, const char* en, const char* fr) {
        issues_.add(Severity::warning, std::move(where), {en, fr}, "hl7v2");
    }

    const std::string_view text_;
    const WideForm form_;
    Builder tree_;
    const DecodeOptions& options_;
    Issues& issues_;
    Delimiters d_;
    SourceSet set_{&Charset::utf8(), false};
    const Charset* charset_ = &Charset::utf8();  ///< of the text
    bool assumed_ = false, assumptionTold_ = false, mixtureTold_ = false, lineFeeds_ = false;
    std::uint32_t repairs_ = 0;

    std::uint32_t segments_ = 0;
    Builder::Handle segmentNode_;
    std::uint32_t field_ = 0, repetition_ = 1, component_ = 1, subcomponent_ = 0;
    std::uint32_t ordinal_ = 0;  ///< nodes of this field so far
    std::uint32_t gap_ = 0;      ///< empty repetitions before this one
    std::uint32_t repetitionBegin_ = 0;
    bool fieldOpen_ = false;
    Builder::Handle fieldNode_;
    Atom first_;   ///< a first component, until it is known whether others follow
    Spare spare_;  ///< of the leaf made last, when it has a mark
    bool marked_ = false;
    std::string marks_;  ///< of this field
    std::string unescaped_, converted_;
};

Document Decoder::run() {
    tree_.spelling(pathOf);
    tree_.format(formatName());
    const std::size_t start = header();
    Cursor cursor(text_, start, d_);
    cursor.from(start);
    segment(cursor, 2);
    for (;;) {
        std::size_t at = cursor.at;
        for (; at < text_.size() && isLineEnd(text_[at]); ++at)
            if (text_[at] == '\n' && text_[at - 1] != '\r') lineFeeds_ = true;
        if (at == text_.size()) break;
        ++segments_;
        checkId(at);
        cursor.from(at);
        segmentNode_ =
            tree_.open(segmentName(text_.substr(at, 3), tree_), static_cast<std::uint32_t>(at));
        segment(cursor, 0);
    }
    if (lineFeeds_)
        warn("segment 1", "segments end with LF instead of CR",
             "les segments se terminent par LF au lieu de CR");
    if (!isLineEnd(text_.back()))
        warn(segmentPlace(), "the last segment has no end", "le dernier segment n'a pas de fin");
    if (repairs_ > kMostRepairsTold)
        warn("message", "more bytes outside the character set were repaired",
             "d'autres octets hors du jeu de caractères ont été réparés");
    tree_.spare(tree_.root(), set_.value());
    return tree_.finish(true);
}

/// Reads what MSH says about the rest, puts MSH-1 and MSH-2 into the tree; returns where MSH-2
/// ends.
std::size_t Decoder::header() {
    const std::string_view message = withoutPrelude(text_);
    const std::size_t at = text_.size() - message.size();
    segments_ = 1;
    if (!message.starts_with("MSH"))
        throw Error(
            Fault::malformed, "segment 1",
            {"expected MSH at the beginning of a message", "attendu MSH au début d'un message"});
    const std::string_view line = lineOf(message);
    if (line.size() < 5)
        throw Error(
            Fault::malformed, "MSH",
            {"expected a field separator and encoding characters, like MSH|^~\\&",
             "attendu un séparateur de champs et des caractères d'encodage, comme MSH|^~\\&"});
    const std::size_t end = std::min(line.find(line[3], 4), line.size());
    Unusual unusual = Unusual::nothing;
    d_ = delimitersOf(message[3], message.substr(4, end - 4), unusual);
    if (text_.starts_with(kByteOrderMark) && !form_.wide())
        warn("byte 0", "a byte order mark before the message",
             "une marque d'ordre des octets avant le message");
    if (unusual == Unusual::shortened)
        warn("MSH-2", "fewer than four encoding characters",
             "moins de quatre caractères d'encodage");
    if (unusual == Unusual::doubledEscape)
        warn("MSH-2", "the escape character is written twice; read as once",
             "le caractère d'échappement est doublé ; lu comme simple");
    readCharset(line);

    const auto offset = static_cast<std::uint32_t>(at);
    segmentNode_ = tree_.open(segmentName("MSH", tree_), offset);
    tree_.leaf(numberName(1, tree_), Span{offset + 3, offset + 4});
    tree_.leaf(numberName(2, tree_), Span{offset + 4, offset + static_cast<std::uint32_t>(end)});
    return at + end;
}

void Decoder::readCharset(std::string_view line) {
    std::string_view code = headerField(line, d_, 18);
    if (code == "\"\"") code = {};
    const Charset* const named = code.empty() ? nullptr : Charset::find(code);
    if (!code.empty() && named == nullptr)
        throw Error(Fault::unsupported, "MSH-18", Charset::expected());
    set_.named = named != nullptr;
    if (form_.wide() || (named && named->unit() > 1)) return readWideCharset(code, named);
    const Charset* const otherwise =
        options_.charset && options_.charset->unit() == 1 ? options_.charset : nullptr;
    assumed_ = named == nullptr && otherwise == nullptr;
    charset_ = named ? named : otherwise ? otherwise : &Charset::utf8();
    set_.charset = charset_;
}

/// Of a text that is wide, or says so.
void Decoder::readWideCharset(std::string_view code, const Charset* named) {
    set_.charset = &Charset::utf8();
    if (form_.unit == 2) set_.charset = Charset::find("UTF-16");
    if (form_.unit == 4) set_.charset = Charset::find("UTF-32");
    if (named == nullptr || named == set_.charset || code == "UNICODE") return;
    if (!options_.repair)
        throw Error(Fault::malformed, "MSH-18",
                    gateway::say("the bytes are {0}, not the {1} that it names",
                                 "les octets sont en {0}, non en {1} qui est nommé ici",
                                 {set_.charset->code(), named->code()}));
    set_.named = false;
    warn("MSH-18", "names another character set than that of the bytes",
         "indique un autre jeu de caractères que celui des octets");
}

void Decoder::checkId(std::size_t at) {
    if (segments_ > kMostSegments)
        throw Error(
            Fault::malformed, segmentPlace(),
            gateway::say("more than {0} segments in one message",
                         "plus de {0} segments dans un message", {std::to_string(kMostSegments)}));
    const std::string_view id = text_.substr(at, 3);
    const bool ended =
        at + 3 >= text_.size() || text_[at + 3] == d_.field || isLineEnd(text_[at + 3]);
    if (!isSegmentId(id) || !ended) {
        const bool inside = at + 3 >= text_.size() || text_[at + 3] != d_.field;
        throw Error(
            Fault::malformed, segmentPlace(),
            gateway::say("expected a segment id of three upper-case letters or digits and a "
                         "field separator{0}",
                         "attendu un nom de segment de trois majuscules ou chiffres et un "
                         "séparateur de champs{0}",
                         {inside ? lineEndInside() : gateway::Reason()}));
    }
    for (const std::string_view outside : {"MSH", "FHS", "BHS", "BTS", "FTS"})
        if (id == outside)
            throw Error(
                Fault::malformed, segmentPlace(),
                say("expected one message, found {0} inside it{1}",
                    "attendu un seul message, trouvé {0} dedans{1}", {id, lineEndInside()}));
}

/// What the sender must know when text of a value looks like a segment.
gateway::Reason Decoder::lineEndInside() const {
    return say("; a line end inside a value of the segment before, {0}, must be written \\.br\\",
               " ; une fin de ligne dans une valeur du segment précédent, {0}, s'écrit \\.br\\",
               {segmentNode_.node().name()});
}

/// @param at     the sign after the id, or after MSH-2; then that of the segment's end
/// @param field  how many fields stand before it
void Decoder::segment(Cursor& at, std::uint32_t field) {
    field_ = field;
    while (at.sign == Sign::field) {
        at.next();
        ++field_;
        if (at.sign < Sign::field) {
            repetitions(at);
        } else if (!at.empty()) {
            leaf(field_, {at.begin, at.at, at.flags});
            if (marked_) [[unlikely]] {
                tell(1, spare_, marks_);
                marked_ = false;
                tellMarks(at.at);
            }
        }
    }
    if (at.sign == Sign::nul)
        throw Error(Fault::malformed, "byte " + std::to_string(at.at),
                    {"a NUL byte in a message", "un octet nul dans un message"});
    tree_.close(at.at);
    if (segments_ == 1)
        tree_.rename(tree_.root(), tree_.intern(structureName(segmentNode_.node())));
}

/// A field of more than one value.
void Decoder::repetitions(Cursor& at) {
    repetition_ = 1;
    ordinal_ = gap_ = 0;
    for (;; at.next(), ++repetition_) {
        repetition(at);
        if (at.sign != Sign::repetition) break;
    }
    repetition_ = 1;
    if (!marks_.empty()) tellMarks(at.at);
}

/// Puts the marks of the field beside it.
void Decoder::tellMarks(std::uint32_t at) {
    tree_.leaf(tree_.intern(Marks::nameFor(field_)), marks_, {at, at});
    marks_.clear();
}

void Decoder::repetition(Cursor& at) {
    repetitionBegin_ = at.begin;
    for (component_ = 1;; at.next(), ++component_) {
        if (at.sign == Sign::subcomponent)
            subcomponents(at);
        else if (!at.empty())
            alone({at.begin, at.at, at.flags});
        if (at.sign != Sign::component) break;
    }
    component_ = 1;
    endRepetition(at.at);
}

/// A component of one value.
void Decoder::alone(const Atom& atom) {
    if (component_ == 1) {
        first_ = atom;
        return;
    }
    openField();
    partLeaf(component_, atom);
}

void Decoder::subcomponents(Cursor& at) {
    const std::uint32_t begin = at.begin;
    Atom atom;
    bool open = false;
    std::uint32_t end = begin;
    for (subcomponent_ = 1;; at.next(), ++subcomponent_) {
        if (!at.empty()) {
            end = at.at;
            if (subcomponent_ == 1) {
                atom = {at.begin, at.at, at.flags};
            } else {
                if (!open) {
                    openField();
                    tree_.open(numberName(component_, tree_), begin);
                    open = true;
                    if (atom) {
                        const std::uint32_t now = std::exchange(subcomponent_, 1);
                        partLeaf(1, atom);
                        subcomponent_ = now;
                    }
                }
                partLeaf(subcomponent_, {at.begin, at.at, at.flags});
            }
        }
        if (at.sign != Sign::subcomponent) break;
    }
    subcomponent_ = 0;
    if (open)
        tree_.close(end);
    else if (atom)
        alone(atom);
}

/// Opens the field, and puts into it what was kept back.
void Decoder::openField() {
    if (fieldOpen_) return;
    fieldNode_ = tree_.open(numberName(field_, tree_), repetitionBegin_);
    fieldOpen_ = true;
    if (!first_) return;
    const std::uint32_t component = std::exchange(component_, 1);
    const std::uint32_t subcomponent = std::exchange(subcomponent_, 0);
    partLeaf(1, first_);
    component_ = component;
    subcomponent_ = subcomponent;
    first_ = {};
}

void Decoder::endRepetition(std::uint32_t at) {
    Spare spare;
    if (fieldOpen_) {
        tree_.close(at);
        fieldOpen_ = false;
    } else if (first_) {
        fieldNode_ = leaf(field_, first_);
        first_ = {};
        if (marked_) spare = spare_;
        marked_ = false;
    } else {
        ++gap_;
        return;
    }
    ++ordinal_;
    spare.gap = std::exchange(gap_, 0);
    if (!spare.any()) return;
    tree_.spare(fieldNode_, spare.value());
    tell(ordinal_, spare, marks_);
}

/// A component or subcomponent.
void Decoder::partLeaf(std::uint32_t number, const Atom& atom) {
    leaf(number, atom);
    if (!marked_) [[likely]]
        return;
    std::string text;
    tell(1, spare_, text);
    marked_ = false;
    tree_.leaf(tree_.intern(Marks::nameFor(number)), text, {atom.end, atom.end});
}
inline Builder::Handle Decoder::leaf(std::uint32_t number, const Atom& atom) {
    const Name name = numberName(number, tree_);
    const bool truncated = d_.truncation != 0 && text_[atom.end - 1] == d_.truncation;
    if (atom.flags != 0 || truncated) return convertedLeaf(name, atom, truncated);
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
    const bool escaped = (atom.flags & static_cast<std::uint8_t>(Sign::escape)) != 0;
    const bool high = (atom.flags & static_cast<std::uint8_t>(Sign::high)) != 0;
    std::string_view raw = text_.substr(atom.begin, atom.end - atom.begin);
    const bool fits = !high || checkFit(raw);
    Unescaped how;
    if (escaped) {
        unescaped_.clear();
        how = unescape(raw, d_, *charset_, unescaped_);
        raw = unescaped_;
    }
    Builder::Handle made;
    if (fits && charset_->isUnicode()) {
        made = escaped ? tree_.leaf(name, raw, where) : tree_.leaf(name, where);
    } else {
        converted_.clear();
        fits ? charset_->toUtf8(raw, converted_) : charset_->repair(raw, converted_);
        made = tree_.leaf(name, converted_, where);
    }
    how.truncated = truncated;
    if (how.any()) {
        spare_ = Spare{how, 0};
        tree_.spare(made, spare_.value());
        marked_ = true;
    }
    return made;
}

/// Whether the bytes fit the charset; says so when they do not, or look as if they meant another.
bool Decoder::checkFit(std::string_view raw) {
    if (charset_->fits(raw)) {
        if (assumed_ && !assumptionTold_) {
            warn("MSH-18", "no character set is named; read as UTF-8",
                 "aucun jeu de caractères n'est indiqué ; lu comme UTF-8");
            assumptionTold_ = true;
        }
        if (!charset_->isUnicode() && !mixtureTold_ && validUtf8(raw)) {
            warn(place(), "bytes that look like UTF-8 in a message of another character set",
                 "des octets qui ressemblent à de l'UTF-8 dans un message d'un autre jeu de "
                 "caractères");
            mixtureTold_ = true;
        }
        return true;
    }
    if (!options_.repair) {
        const gateway::Reason set =
            assumed_ ? gateway::Reason("; MSH-18 is empty: set `charset` for this sender",
                                       " ; MSH-18 est vide : donner `charset` pour cet émetteur")
                     : gateway::Reason();
        throw Error(Fault::malformed, place(),
                    gateway::say("bytes that are not {0}{1}",
                                 "des octets qui ne sont pas du {0}{1}", {charset_->code(), set}));
    }
    if (++repairs_ <= kMostRepairsTold)
        warn(place(), "bytes outside the character set were repaired",
             "des octets hors du jeu de caractères ont été réparés");
    return false;
}

std::string Decoder::place() const {
    const Node segment = segmentNode_.node();
    std::uint32_t ordinal = 0;
    for (const Node sibling : segment.parent().children())
        if (sibling.nameOf() == segment.nameOf()) ++ordinal;
    std::string text(segment.name());
    if (ordinal > 1) text += "[" + std::to_string(ordinal) + "]";
    text += "-" + std::to_string(field_);
    if (repetition_ > 1) text += "[" + std::to_string(repetition_) + "]";
    if (fieldOpen_ || component_ > 1) text += "." + std::to_string(component_);
    if (subcomponent_ > 0) text += "." + std::to_string(subcomponent_);
    return text;
}

/// The tree of a wide source, whose text was read as UTF-8: the same with the places of the source.
Document withPlaces(const Document& read, const WideText& text, Bytes source) {
    Builder tree(std::move(source), read.root().name());
    tree.spelling(pathOf);
    tree.format(formatName());
    for (const Node segment : read.root().children())
        tree.copy(tree.root(), tree.intern(segment.name()), segment);
    tree.spare(tree.root(), read.root().data()->spare);
    std::vector<Node> open{tree.root().node()};
    while (!open.empty()) {
        const Node parent = open.back();
        open.pop_back();
        for (const Node child : parent.children()) {
            tree.where(tree.handle(child), text.toSource(child.where()));
            if (child.firstChild()) open.push_back(child);
        }
    }
    return tree.finish(true);
}

Document decodeWide(Bytes body, WideForm form, const DecodeOptions& options, Issues& issues) {
    const WideText text(body.view(), form, options.repair);
    if (text.repairs() > 0)
        issues.add(Severity::warning, "message",
                   {"bytes outside the character set were repaired",
                    "des octets hors du jeu de caractères ont été réparés"},
                   "hl7v2");
    const Document read = Decoder({Bytes(text.utf8()), form}, options, issues).run();
    return withPlaces(read, text, std::move(body));
}

}  // namespace

std::string_view withoutPrelude(std::string_view body) {
    if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
    while (!body.empty() && isLineEnd(body.front())) body.remove_prefix(1);
    return body;
}

Document decode(Bytes body, const DecodeOptions& options, Issues& issues) {
    if (const WideForm form = wideFormOf(body.view()); form.wide())
        return decodeWide(std::move(body), form, options, issues);
    return Decoder({std::move(body), {}}, options, issues).run();
}

}  // namespace gateway::hl7v2
