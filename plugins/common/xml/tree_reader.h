/// @file  XML as a tree, whatever it means: elements are children by their local names.
///
/// What stands there beside elements has names that no element can have:
///   `@name`      an attribute (`@xsi:type`, `@xml:lang`: with its prefix);
///   `@xmlns`     the namespace, on an element whose namespace is not that of its parent;
///   `@xmlns:p`   a prefix that is declared here, xsi's apart;
///   `#text`      text that stands beside elements. Text alone is the text of its element.
/// `xsi:nil="true"` is a null. Comments and processing instructions are only in the bytes.
#pragma once

#include <string>
#include <vector>

#include "common/xml/xml.h"
#include "gateway/tree.h"

namespace xml {

/// A format may name what it knows by names of its own: the hooks do nothing here.
class TreeReader : public Events {
public:
    /// @param text       UTF-8
    /// @param converted  `text` is not the source of `tree`, but was made of it
    TreeReader(std::string_view text, bool converted, gateway::Builder& tree);

    void begin(const Tag& tag) override;
    void end(std::uint32_t end) override;
    void characters(std::string_view piece, std::uint32_t at) override;

protected:
    using Handle = gateway::Builder::Handle;
    /// What a format knows of an element; null: nothing.
    using Known = const void*;
    struct Naming {
        gateway::Name name;  ///< empty: the local name, or an attribute's as above
        Known known = nullptr;
        gateway::Name type = {};  ///< of the node
        bool skip = false;        ///< an attribute that is not to stand in the tree
    };
    /// @param parent  null for the root too
    virtual Naming element(Known parent, const Tag& tag);
    virtual Naming attribute(Known owner, const Attribute& attribute);
    /// Whether its content is kept as it is written: its text.
    virtual bool isVerbatim(Known) { return false; }
    /// The namespace that goes without saying.
    virtual std::string_view space() const { return {}; }
    /// Of prefixes that the format has of its own.
    virtual bool declared(const Declaration&) const { return false; }

    gateway::Builder& tree() { return tree_; }

private:
    struct Blank {
        std::size_t after;  ///< so many children
        std::string_view text;
        std::uint32_t at;
    };
    struct Frame {
        Handle node;
        Known known = nullptr;
        std::string_view space;
        std::uint32_t begin = 0;
        std::size_t children = 0;
        bool elements = false, mixed = false, nil = false;
        std::vector<Blank> blanks = {};  ///< between elements, perhaps of a mixed content
    };

    void attributes(Frame& frame, const Tag& tag);
    void add(Frame& frame, gateway::Name name, std::string_view value, gateway::Span where,
             gateway::Name type = {});
    std::string_view lasting(std::string_view text);
    void flush(bool atEnd);
    void mix(Frame& frame);
    void piece(Frame& frame, std::string_view text, std::uint32_t at);
    gateway::Span where(gateway::Span span) const { return converted_ ? gateway::Span{} : span; }
    void verbatim(const Tag& tag);
    void endVerbatim(std::uint32_t end);

    const std::string_view text_;
    const bool converted_;
    gateway::Builder& tree_;
    std::vector<Frame> frames_;
    std::string pending_;          ///< text that is not one piece of the source
    std::string_view one_;         ///< or the one piece that is
    std::uint32_t pendingAt_ = 0;  ///< where it begins
    bool any_ = false;
    std::uint32_t insideVerbatim_ = 0, verbatimFrom_ = 0;
    bool foreign_ = false;           ///< the verbatim part cannot stand as it is written
    std::string rewritten_;          ///< then this is what stands for it
    std::vector<std::string> open_;  ///< in it
};

/// Reads a whole body: decodes it, and builds with `Reader(text, converted, tree, more…)`.
template <class Reader, class... More>
void readTree(const gateway::Bytes& source, gateway::Builder& tree, More&... more) {
    std::optional<std::string> other = toUtf8(source.view());
    gateway::Bytes made;
    if (other) tree.keepAlive(made = gateway::Bytes(std::move(*other)));
    const std::string_view text = other ? made.view() : source.view();
    Reader reader(text, other.has_value(), tree, more...);
    parse(text, reader);
}

}  // namespace xml
