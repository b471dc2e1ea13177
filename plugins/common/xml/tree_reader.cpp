#include "common/xml/tree_reader.h"

#include <utility>

#include "common/text/text.h"

namespace xml {
using gateway::Builder;
using gateway::Kind;
using gateway::Name;
using gateway::Span;

namespace {

const Name kText = Name::permanent("#text");
const Name kSpace = Name::permanent("@xmlns");

bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

bool isNil(const Attribute& attribute) {
    return attribute.space == kSchemaInstance && attribute.name == "nil" &&
           (attribute.value == "true" || attribute.value == "1");
}

std::string escaped(std::string_view text, bool quoted) {
    gateway::Sink sink;
    text::Out out(sink);
    quoted ? writeValue(out, text) : writeText(out, text);
    out.flush();
    return sink.text();
}

}  // namespace

TreeReader::TreeReader(std::string_view text, bool converted, Builder& tree)
    : text_(text), converted_(converted), tree_(tree) {}

TreeReader::Naming TreeReader::element(Known, const Tag&) { return {}; }
TreeReader::Naming TreeReader::attribute(Known, const Attribute&) { return {}; }

void TreeReader::begin(const Tag& tag) {
    if (insideVerbatim_ > 0) return verbatim(tag);
    Frame frame;
    frame.space = frames_.empty() ? space() : frames_.back().space;
    const Naming naming = element(frames_.empty() ? nullptr : frames_.back().known, tag);
    const Name name = naming.name.empty() ? tree_.intern(tag.name) : naming.name;
    if (frames_.empty()) {
        tree_.rename(tree_.root(), name);
        frame.node = tree_.root();
    } else {
        flush(false);
        frames_.back().elements = true;
        ++frames_.back().children;
        frame.node = tree_.open(name, tag.begin);
    }
    if (!naming.type.empty()) tree_.type(frame.node, naming.type);
    frame.known = naming.known;
    frame.begin = tag.begin;
    attributes(frame, tag);
    frames_.push_back(std::move(frame));
    if (!isVerbatim(naming.known)) return;
    insideVerbatim_ = 1;
    verbatimFrom_ = tag.end + 1;
    foreign_ = !tag.prefix.empty();
}

void TreeReader::attributes(Frame& frame, const Tag& tag) {
    if (tag.space != frame.space) {
        frame.space = tree_.keep(tag.space);
        add(frame, kSpace, frame.space, {});
    }
    for (const Declaration& one : tag.declarations) {
        if (one.prefix == "xsi" && one.space != kSchemaInstance)
            throw gateway::Error(gateway::Fault::malformed, text::place(text_, tag.begin),
                                 {"the prefix xsi stands for another namespace than its own",
                                  "le préfixe xsi désigne un autre espace de noms que le sien"});
        if (!one.prefix.empty() && one.prefix != "xml" && one.space != kSchemaInstance &&
            !declared(one))
            add(frame, tree_.intern("@xmlns:" + std::string(one.prefix)), tree_.keep(one.space),
                {});
    }
    for (const Attribute& one : tag.attributes) {
        if (isNil(one)) {
            frame.nil = true;
            continue;
        }
        const Naming naming = attribute(frame.known, one);
        if (naming.skip) continue;
        Name name = naming.name;
        if (name.empty()) {
            std::string own = "@";
            if (one.space == kSchemaInstance)
                own += "xsi:";
            else if (!one.prefix.empty())
                own.append(one.prefix) += ':';
            name = tree_.intern(own.append(one.name));
        }
        add(frame, name, one.inSource ? one.value : tree_.keep(one.value), where(one.where),
            naming.type);
    }
}

void TreeReader::add(Frame& frame, Name name, std::string_view value, Span where, Name type) {
    const Handle leaf = tree_.add(frame.node, name);
    tree_.textView(leaf, value);
    tree_.where(leaf, where);
    if (!type.empty()) tree_.type(leaf, type);
    ++frame.children;
}

void TreeReader::characters(std::string_view piece, std::uint32_t at) {
    if (insideVerbatim_ > 0) {
        if (foreign_) rewritten_ += escaped(piece, false);
        return;
    }
    if (frames_.empty()) return;
    const bool there = at + piece.size() <= text_.size() && text_.substr(at, piece.size()) == piece;
    if (!any_ && there) {
        one_ = text_.substr(at, piece.size());
        pendingAt_ = at;
    } else {
        if (!any_) pendingAt_ = at;
        if (!one_.empty()) pending_ = std::exchange(one_, {});
        pending_ += piece;
    }
    any_ = true;
}

std::string_view TreeReader::lasting(std::string_view text) {
    return text.data() == pending_.data() ? tree_.keep(text) : text;
}

/// Gives the text met since the last tag its place.
void TreeReader::flush(bool atEnd) {
    if (!std::exchange(any_, false)) return;
    const std::string_view text = one_.empty() ? std::string_view(pending_) : one_;
    Frame& frame = frames_.back();
    const bool blank = isBlank(text);
    if (atEnd && !frame.elements) {
        if (!blank) {
            tree_.textView(frame.node, lasting(text));
            tree_.where(frame.node,
                        where({pendingAt_, pendingAt_ + static_cast<std::uint32_t>(text.size())}));
        }
    } else if (!blank || frame.mixed) {
        if (!frame.mixed) mix(frame);
        piece(frame, lasting(text), pendingAt_);
    } else if (!text.empty()) {
        frame.blanks.push_back({frame.children, lasting(text), pendingAt_});
    }
    one_ = {};
    pending_.clear();
}

/// Text stands beside the elements after all: then the blanks between them are text too.
void TreeReader::mix(Frame& frame) {
    frame.mixed = true;
    if (frame.blanks.empty()) return;
    const std::size_t all = frame.children;
    std::size_t blank = 0;
    for (std::size_t i = 0; i <= all; ++i) {
        for (; blank < frame.blanks.size() && frame.blanks[blank].after == i; ++blank)
            piece(frame, frame.blanks[blank].text, frame.blanks[blank].at);
        if (i < all) tree_.adopt(frame.node, tree_.handle(frame.node.node().firstChild()));
    }
    frame.blanks.clear();
}

void TreeReader::piece(Frame& frame, std::string_view text, std::uint32_t at) {
    const Handle leaf = tree_.add(frame.node, kText);
    tree_.textView(leaf, text);
    tree_.where(leaf, where({at, at + static_cast<std::uint32_t>(text.size())}));
    ++frame.children;
}

void TreeReader::end(std::uint32_t end) {
    if (insideVerbatim_ > 0) {
        if (--insideVerbatim_ > 0) {
            if (foreign_) rewritten_ += "</" + open_.back() + ">";
            open_.pop_back();
            return;
        }
        endVerbatim(end);
    }
    flush(true);
    Frame& frame = frames_.back();
    const bool plain = frame.node.node().hasText();
    if (frame.nil && !plain && !frame.elements) tree_.kind(frame.node, Kind::null);
    if (!plain || frames_.size() == 1) tree_.where(frame.node, where({frame.begin, end}));
    frames_.pop_back();
    if (!frames_.empty()) tree_.close();
}

/// A tag inside a verbatim part. Where prefixes or other namespaces are in use, the part is written
/// anew.
void TreeReader::verbatim(const Tag& tag) {
    ++insideVerbatim_;
    const std::string_view around = frames_.back().space;
    bool strange = !tag.prefix.empty() || tag.space != around;
    for (const Attribute& one : tag.attributes)
        strange |= !one.prefix.empty() && one.prefix != "xml";
    if (!foreign_ && strange) {
        foreign_ = true;
        rewritten_ = text_.substr(verbatimFrom_, tag.begin - verbatimFrom_);
    }
    std::string& name = open_.emplace_back(tag.name);
    if (!foreign_) return;
    rewritten_ += "<" + name;
    if (tag.space != around || tag.declares)
        rewritten_ += " xmlns=\"" + escaped(tag.space, true) + '"';
    for (const Attribute& one : tag.attributes) {
        if (!one.space.empty() && one.prefix != "xml") continue;
        rewritten_ += one.prefix.empty() ? " " : " xml:";
        rewritten_ += std::string(one.name) + "=\"" + escaped(one.value, true) + '"';
    }
    rewritten_ += '>';
}

void TreeReader::endVerbatim(std::uint32_t end) {
    Frame& frame = frames_.back();
    std::string_view inside;
    if (foreign_) {
        inside = tree_.keep(rewritten_);
    } else if (end > verbatimFrom_) {
        const std::string_view whole = text_.substr(0, end);
        const std::size_t close = whole.rfind("</");
        if (close != whole.npos && close >= verbatimFrom_)
            inside = whole.substr(verbatimFrom_, close - verbatimFrom_);
    }
    if (!isBlank(inside)) {
        tree_.textView(frame.node, inside);
        tree_.where(frame.node, where({verbatimFrom_,
                                       verbatimFrom_ + static_cast<std::uint32_t>(inside.size())}));
    }
    foreign_ = false;
    rewritten_.clear();
}

}  // namespace xml
