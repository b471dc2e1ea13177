#include "encoder.h"

#include <algorithm>

#include "escape.h"
#include "names.h"
#include "place.h"
#include "transliterate.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint32_t kMostTransliterationsTold = 20, kMostReturnsTold = 20;
constexpr std::uint64_t kMostSeparators = 100'000'000;
constexpr std::uint8_t kHigh = 1, kEscaped = 2;

/// The node that says the charset: the first component of the first repetition of MSH-18.
Node charsetNode(Node header) {
    Node named = header.child("18");
    if (Spare::of(named).gap > 0) return {};  // the first repetition is empty
    while (named.firstChild()) named = named.child("1");
    return named;
}

/// The parts of a field, as encode() names them.
Reason partsIn(std::string_view name) {
    return {std::string(name), name == "components"      ? "composantes"
                               : name == "subcomponents" ? "sous-composantes"
                                                         : "éléments"};
}

}  // namespace

Encoder::Encoder(Sink& out) : out_(&out), issues_(nullptr) { markSpecial(); }

Encoder::Encoder(const EncodeOptions& options, Sink& out, Issues& issues)
    : options_(options), out_(&out), issues_(&issues) {
    markSpecial();
}

void Encoder::reject(Node at, const Reason& what) {
    throw Error(Fault::rejected, pathOf(at), what);
}

void Encoder::markSpecial() {
    special_.fill(0);
    for (std::size_t c = 0x80; c < 0x100; ++c) special_[c] = kHigh;
    for (const char c : {d_.field, d_.component, d_.repetition, d_.escape, d_.subcomponent,
                         d_.truncation, '\r', '\n', '\x0B', '\x1C', '"', '\0'})
        special_[static_cast<unsigned char>(c)] = kEscaped;
}

void Encoder::prepare(Node header, SourceSet source) {
    const Node one = header.child("1"), two = header.child("2");
    if (one && one.text().size() != 1)
        reject(one, {"expected one field separator", "attendu un séparateur de champs"});
    const char separator = one ? one.text()[0] : '|';
    if (two) encoding_ = two.text();
    try {
        Unusual unusual;
        d_ = delimitersOf(separator, encoding_, unusual);
    } catch (const Error& error) {
        throw Error(Fault::rejected, error.where, error.reason());
    }
    markSpecial();
    const Node named = charsetNode(header);
    const Charset* ofTree = source.named ? nullptr : source.charset;
    if (!named.text().empty()) {
        ofTree = Charset::find(named.text());
        const bool any = named.text() == "UNICODE";  // whatever the bytes were
        if (any && source.charset && source.charset->isUnicode()) ofTree = source.charset;
        if (ofTree == nullptr && options_.charset == nullptr) reject(named, Charset::expected());
    }
    follows_ = options_.charset != nullptr && ofTree != options_.charset;
    charset_ = options_.charset ? options_.charset : ofTree ? ofTree : &Charset::utf8();
}

void Encoder::segments(Node group) {
    for (const Node child : group.children()) {
        if (isSegmentId(child.name()))
            segment(child);
        else if (child.hasText() || numberOf(child.name()) != 0)
            reject(child, {"expected a segment, or a group of segments",
                           "attendu un segment, ou un groupe de segments"});
        else
            segments(child);
    }
}

void Encoder::segment(Node segment) {
    if (segment.hasText())
        reject(segment, {"expected fields named by their numbers, found a text",
                         "attendu des champs nommés par leur numéro, trouvé un texte"});
    *out_ << segment.name();
    if (segment.name() == "MSH") return header(segment);
    std::uint32_t at = 0;
    numbered(segment, "fields", [&](std::uint32_t number, Node node, Spare spare) {
        repetition(at, number, node, spare);
    });
    *out_ << '\r';
}

/// Writes a node of that number with the separators before it; so far `at` fields are there.
void Encoder::repetition(std::uint32_t& at, std::uint32_t number, Node node, Spare spare) {
    if (number > kMostFields)
        reject(node,
               say("fields above {0}", "des champs au-delà de {0}", {std::to_string(kMostFields)}));
    if (number == at) {
        if (d_.repetition == 0)
            reject(node, {"MSH-2 gives no repetition separator",
                          "MSH-2 ne donne pas de séparateur de répétitions"});
        *out_ << d_.repetition;
    }
    separators(node, d_.field, number - at);
    at = number;
    gap(node, spare);
    field(node, spare);
}

void Encoder::gap(Node field, Spare spare) {
    if (d_.repetition == 0) return;
    if (spare.told)
        reject(field, {"it is not known how many empty repetitions stand before it",
                       "on ne sait pas combien de répétitions vides le précèdent"});
    if (spare.gap > kMostFields)
        reject(field,
               say("more than {0} empty repetitions before it",
                   "plus de {0} répétitions vides avant lui", {std::to_string(kMostFields)}));
    separators(field, d_.repetition, spare.gap);
}

/// Bounded in all: many names can each ask for many.
void Encoder::separators(Node node, char separator, std::uint32_t count) {
    separators_ += count;
    if (separators_ > kMostSeparators)
        reject(node, say("more than {0} delimiters", "plus de {0} délimiteurs",
                         {std::to_string(kMostSeparators)}));
    for (; count > 0; --count) *out_ << separator;
}

/// MSH, whose first two fields are the delimiters and whose 18th may have to follow the charset.
void Encoder::header(Node segment) {
    std::uint32_t at = 2;
    bool named = !follows_;
    *out_ << d_.field << encoding_;
    const auto charset = [&] {
        for (; at < 18; ++at) *out_ << d_.field;
        *out_ << charset_->code();
        named = true;
    };
    numbered(segment, "fields", [&](std::uint32_t number, Node node, Spare spare) {
        if (number <= 2) return;
        if (number >= 18 && !named) {
            charset();
            if (number == 18 && spare.gap == 0) return;  // it was the first, which is replaced
            if (number == 18) --spare.gap;
        }
        repetition(at, number, node, spare);
    });
    if (!named) charset();
    *out_ << '\r';
}

/// Calls `each(number, node, spare)` for the children by number; in document order where they
/// repeat.
template <class Each>
void Encoder::numbered(Node parent, const char* what, Each each) {
    std::uint32_t last = 0;
    bool plain = true;
    Marks marks;
    for (const Node child : parent.children()) {
        const std::uint32_t number = numberOf(child.name());
        if (number == 0) {
            const std::uint32_t about = Marks::about(child.name());
            if (about == 0)
                reject(child, say("expected {0} named by their numbers",
                                  "attendu des {0} nommés par leur numéro", {partsIn(what)}));
            marks.read(about, child.text());
            plain = false;
        } else {
            plain = plain && last <= number;
            last = number;
        }
    }
    if (!plain) return sorted(parent, marks, each);
    for (const Node child : parent.children())
        each(numberOf(child.name()), child, Spare::of(child));
}

template <class Each>
void Encoder::sorted(Node parent, Marks& marks, Each each) {
    marks.sort();
    std::vector<std::pair<std::uint32_t, Node>> sorted;
    for (const Node child : parent.children())
        if (const std::uint32_t number = numberOf(child.name())) sorted.emplace_back(number, child);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::uint32_t last = 0, ordinal = 0;
    for (const auto& [number, child] : sorted) {
        ordinal = number == last ? ordinal + 1 : 1;
        last = number;
        each(number, child, marks.of(child, number, ordinal));
    }
}

template <class Write>
void Encoder::separated(Node parent, const char* what, char separator, Write write) {
    std::uint32_t at = 1;
    bool first = true;
    numbered(parent, what, [&](std::uint32_t number, Node node, Spare spare) {
        if (!first && number == at)
            reject(node,
                   say("{0} cannot repeat", "des {0} ne peuvent se répéter", {partsIn(what)}));
        if (separator == 0 && number > 1)
            reject(node,
                   {"MSH-2 gives no separator for it", "MSH-2 n'a pas de séparateur pour cela"});
        if (number > kMostParts)
            reject(node, say("{0} above {1}", "des {0} au-delà de {1}",
                             {partsIn(what), std::to_string(kMostParts)}));
        separators(node, separator, number - at);
        at = number;
        write(node, spare);
        first = false;
    });
}

void Encoder::field(Node field, Spare spare) {
    if (!field.firstChild()) return value(field, spare);
    if (field.hasText())
        reject(field, {"a text beside components", "un texte à côté de composantes"});
    separated(field, "components", d_.component,
              [this](Node node, Spare of) { component(node, of); });
}

void Encoder::component(Node component, Spare spare) {
    if (!component.firstChild()) return value(component, spare);
    if (component.hasText())
        reject(component, {"a text beside subcomponents", "un texte à côté de sous-composantes"});
    separated(component, "subcomponents", d_.subcomponent, [this](Node node, Spare of) {
        if (node.firstChild())
            reject(node, {"nothing can stand below a subcomponent",
                          "rien ne peut se trouver sous une sous-composante"});
        value(node, of);
    });
}

/// What bytes there are that do not always stand for themselves.
unsigned Encoder::specialIn(std::string_view text) const {
    unsigned found = 0;
    for (const char c : text) found |= special_[static_cast<unsigned char>(c)];
    return found;
}

void Encoder::value(Node leaf, Spare spare) {
    if (leaf.isNull()) {
        *out_ << "\"\"";
        return;
    }
    const std::string_view text = leaf.text();
    const unsigned special = specialIn(text);
    if (special == 0 || (special == kHigh && charset_->isUnicode() && validUtf8(text)))
        *out_ << text;
    else
        converted(leaf, spare);
}

void Encoder::converted(Node leaf, Spare spare) {
    const std::string_view text = mapped(leaf);
    spare.how.kept = spare.how.kept && keeps(text, spare.how);
    if (losesReturns(text, d_, spare.how)) tellOfReturns(leaf);
    escaped_.clear();
    if (!escape(text, d_, spare.how, escaped_))
        reject(leaf, text.find('\0') != text.npos
                         ? Reason("a NUL character, which no message can hold",
                                  "un caractère nul, qu'aucun message ne peut porter")
                         : Reason("a delimiter in a text, and MSH-2 gives no escape character",
                                  "un délimiteur dans un texte, et MSH-2 ne donne pas de caractère "
                                  "d'échappement"));
    if (charset_->isUnicode()) {
        *out_ << escaped_;
        return;
    }
    converted_.clear();
    charset_->fromUtf8(escaped_, converted_);
    *out_ << converted_;
}

void Encoder::tellOfReturns(Node leaf) {
    if (issues_ == nullptr || returns_ > kMostReturnsTold) return;
    if (++returns_ <= kMostReturnsTold)
        issues_->add(Severity::warning, pathOf(leaf),
                     {"line ends with carriage returns were written as \\.br\\, like all others",
                      "des fins de ligne avec retour chariot ont été écrites \\.br\\, comme les "
                      "autres"},
                     "hl7v2");
    else
        issues_->add(Severity::warning, "message",
                     {"more line ends with carriage returns were written as \\.br\\",
                      "d'autres fins de ligne avec retour chariot ont été écrites \\.br\\"},
                     "hl7v2");
}

/// Whether a text with sequences in it, written as it stands, is read as it stands. It is not when
/// it was changed since it was read.
bool Encoder::keeps(std::string_view text, Unescaped how) const {
    std::string raw, read;
    return escape(text, d_, how, raw) && unescape(raw, d_, *charset_, read).kept && read == text;
}

/// The text with characters of the charset alone.
std::string_view Encoder::mapped(Node leaf) {
    const std::string_view text = leaf.text();
    mapped_.clear();
    if (charset_->fromUtf8(text, mapped_)) return text;
    if (!validUtf8(text))
        reject(leaf, {"a text that is no UTF-8", "un texte qui n'est pas de l'UTF-8"});
    if (!options_.transliterate)
        reject(leaf, say("a character that {0} lacks", "un caractère que {0} n'a pas",
                         {charset_->code()}));
    if (issues_ && ++transliterations_ <= kMostTransliterationsTold)
        issues_->add(
            Severity::warning, pathOf(leaf),
            {"a character that " + std::string(charset_->code()) + " lacks was written another way",
             "un caractère absent de " + std::string(charset_->code()) + " a été écrit autrement"},
            "hl7v2");
    if (issues_ && transliterations_ == kMostTransliterationsTold + 1)
        issues_->add(Severity::warning, "message",
                     {"more characters were written another way",
                      "d'autres caractères ont été écrits autrement"},
                     "hl7v2");
    mapped_ = transliterated(text, *charset_);
    return mapped_;
}

}  // namespace gateway::hl7v2
