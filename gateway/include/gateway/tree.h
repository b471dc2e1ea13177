/// @file  What codecs read and write: one ordered tree in an arena, whatever the format.
///
/// A Document is built once by a Builder, in one pass or piece by piece, then read-only and safe to
/// share between threads. Text is a view into the source bytes wherever no unescaping is needed.
/// Rules that hold for every format:
///   - repetitions are siblings of one name, in document order;
///   - number text is kept as written; `true` and `false` are texts of kind boolean;
///   - null (HL7's `""`, JSON's null) is a node of kind null, absent is no node;
///   - a leaf may have children beside its text (a FHIR primitive with extensions).
#pragma once

#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "gateway/bytes.h"

namespace gateway {

/// What stood in the source. `group`: a node with children only. `list`: an empty JSON array, or an
/// array inside an array (its items are children named ""); other arrays are repeated siblings.
enum class Kind : std::uint8_t { group, text, number, boolean, null, list };

class Node;

/// Spells the place of a node; a codec gives its own. The default is "/name[i]/name", indexes from
/// 0, [i] only among siblings of one name.
using PathSpelling = std::string (*)(Node);

namespace detail {

constexpr std::uint32_t hashOf(std::string_view text) {
    std::uint32_t h = 2166136261u;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
    return h;
}

struct NameData {
    std::uint32_t hash = 0;
    std::uint32_t size = 0;
    const char* data = "";
};

struct NodeData {
    const NameData* name = nullptr;
    const NameData* type = nullptr;
    const char* text = nullptr;
    NodeData* last = nullptr;    ///< last child; its `next` is the first child (a ring)
    NodeData* next = nullptr;    ///< next sibling in the ring
    NodeData* parent = nullptr;  ///< null for the root
    std::uint32_t textSize = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    Kind kind = Kind::group;
    std::uint8_t flags = 0;
    std::uint16_t spare = 0;  ///< free for the codec that built the tree
};
static_assert(sizeof(NodeData) == 64);

/// Bump allocation in growing chunks, and the document's name table. Everything in it is trivially
/// destructible.
class GATEWAY_API Arena {
public:
    Arena();
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    void* allocate(std::size_t size, std::size_t alignment) {
        const std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
        if (at + size > size_) return allocateInNewChunk(size, alignment);
        used_ = at + size;
        return chunk_ + at;
    }
    std::string_view keep(std::string_view text) {
        if (text.empty()) return {"", 0};
        auto* const copy = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }
    const NameData* intern(std::string_view text);
    void keepAlive(Bytes bytes);
    std::size_t memory() const;

    PathSpelling spelling = nullptr;

private:
    struct Rest;  ///< what is not asked for each node
    void* allocateInNewChunk(std::size_t size, std::size_t alignment);

    char* chunk_ = nullptr;
    std::size_t used_ = 0, size_ = 0;
    const std::unique_ptr<Rest> rest_;
};

}  // namespace detail

/// An element or type name with its hash, compared by hash, then bytes. Cheap to copy.
class GATEWAY_API Name {
public:
    constexpr Name() = default;
    /// The process-wide name of that text, kept for ever: for names written in code, models and
    /// maps. Thread-safe. Never for names that come from a message: those a Builder interns in its
    /// own document.
    static Name permanent(std::string_view text);

    std::string_view text() const { return {data_->data, data_->size}; }
    bool empty() const { return data_->size == 0; }
    friend bool operator==(Name a, Name b) {
        return a.data_ == b.data_ ||
               (a.data_->hash == b.data_->hash && a.data_->size == b.data_->size &&
                std::memcmp(a.data_->data, b.data_->data, a.data_->size) == 0);
    }
    constexpr explicit Name(const detail::NameData* data) : data_(data) {}
    const detail::NameData* data() const { return data_; }

private:
    static constexpr detail::NameData kEmpty{detail::hashOf({}), 0, ""};
    const detail::NameData* data_ = &kEmpty;
};

class Children;

/// A handle of pointer size into a Document; copy it freely, it must not outlive the Document. A
/// default Node is empty: every question to it is answered with nothing.
class GATEWAY_API Node {
public:
    constexpr Node() = default;
    constexpr explicit Node(const detail::NodeData* data) : data_(data) {}

    explicit operator bool() const { return data_ != nullptr; }
    /// "PID", "3", "birthDate"; of an array item "" inside a nested list.
    std::string_view name() const { return data_ ? nameOf().text() : std::string_view{}; }
    Name nameOf() const { return data_ ? Name(data_->name) : Name(); }
    /// UTF-8, unescaped; empty when there is none. The text of a number is as written.
    std::string_view text() const {
        return data_ ? std::string_view{data_->text, data_->textSize} : std::string_view{};
    }
    /// Whether there is a text at all, be it empty.
    bool hasText() const { return data_ && data_->text != nullptr; }
    Kind kind() const { return data_ ? data_->kind : Kind::group; }
    bool isNull() const { return kind() == Kind::null; }
    /// Whether the source wrote this node as an item of an array.
    bool inList() const { return data_ && (data_->flags & kInList) != 0; }
    /// In an edited document: whether this node, or its list of children, is not what its bytes
    /// say.
    bool changed() const { return data_ && (data_->flags & kChanged) != 0; }
    /// In an edited document: whether a node below this one is changed.
    bool touched() const { return data_ && (data_->flags & kTouched) != 0; }
    /// Type name where the codec or the map knows it: "Quantity", "CX"; else empty.
    std::string_view type() const { return typeOf().text(); }
    Name typeOf() const { return data_ && data_->type ? Name(data_->type) : Name(); }

    Children children() const;                ///< document order
    Node child(std::string_view name) const;  ///< the first of that name, or an empty Node
    Node child(Name name) const;              ///< the same, without hashing
    Node parent() const { return Node(data_ ? data_->parent : nullptr); }
    Node firstChild() const { return Node(data_ && data_->last ? data_->last->next : nullptr); }
    /// The sibling after this one, or an empty Node.
    Node nextSibling() const;

    /// Byte range in Document::source(); empty for what a map made.
    Span where() const { return data_ ? Span{data_->begin, data_->end} : Span{}; }
    /// The place spelled as the format does: "PID-5[1].2", "/objectifs[0]/statut",
    /// "CarePlan.goal[0]".
    std::string path() const;

    friend bool operator==(Node, Node) = default;
    const detail::NodeData* data() const { return data_; }

    static constexpr std::uint8_t kInList = 1;
    static constexpr std::uint8_t kChanged = 2;
    static constexpr std::uint8_t kTouched = 4;

private:
    const detail::NodeData* data_ = nullptr;
};

/// The children of a node, for range-for.
class Children {
public:
    class Iterator {
    public:
        using value_type = Node;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Iterator(const detail::NodeData* at, const detail::NodeData* last) : at_(at), last_(last) {}
        Node operator*() const { return Node(at_); }
        Iterator& operator++() {
            at_ = at_ == last_ ? nullptr : at_->next;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

    private:
        const detail::NodeData* at_ = nullptr;
        const detail::NodeData* last_ = nullptr;
    };

    explicit Children(const detail::NodeData* parent) : last_(parent ? parent->last : nullptr) {}
    Iterator begin() const { return {last_ ? last_->next : nullptr, last_}; }
    Iterator end() const { return {nullptr, last_}; }
    bool empty() const { return last_ == nullptr; }

private:
    const detail::NodeData* last_;
};

inline Children Node::children() const { return Children(data_); }

/// The tree, its arena, and the bytes that its texts point into. Move-only.
class GATEWAY_API Document {
public:
    Document();
    ~Document();
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;

    Node root() const { return root_; }
    /// What the texts point into; empty for a tree that a map made.
    const Bytes& source() const { return source_; }
    /// The format that its codec names, "hl7v2": what source(), places and spare fields are of.
    Name format() const { return format_; }
    /// Whether it stands as it was decoded from source(): then a codec of that format writes those
    /// very bytes.
    bool untouched() const { return untouched_; }
    bool untouched(Name format) const { return untouched_ && format_ == format; }
    /// Whether it was decoded from source() and changed since: nodes that are neither changed() nor
    /// touched() stand as their bytes say.
    bool edited() const { return edited_; }
    std::size_t nodes() const { return nodes_; }
    /// Bytes held by the arena, without the source.
    std::size_t memory() const;

private:
    friend class Builder;
    std::unique_ptr<detail::Arena> arena_;
    Bytes source_;
    Node root_;
    std::size_t nodes_ = 0;
    Name format_;
    bool untouched_ = false;
    bool edited_ = false;
};

/// Bounds of a tree; over one of them the Builder throws Error(malformed).
struct TreeLimits {
    std::uint32_t depth = 512;
    std::uint32_t nodes = 8'000'000;
};

/// Makes a Document. A codec builds in one pass with open/close/leaf; a map adds to any node it
/// holds.
class GATEWAY_API Builder {
public:
    /// A node under construction; valid until finish().
    class Handle {
    public:
        Handle() = default;
        explicit operator bool() const { return data_ != nullptr; }
        Node node() const { return Node(data_); }
        friend bool operator==(Handle, Handle) = default;

    private:
        friend class Builder;
        explicit Handle(detail::NodeData* data) : data_(data) {}
        detail::NodeData* data_ = nullptr;
    };

    /// A tree decoded from `source`.
    Builder(Bytes source, std::string_view rootName, TreeLimits limits = {});
    /// A tree of a map's making.
    explicit Builder(std::string_view rootName, TreeLimits limits = {});
    /// What a document is opened again for. `arrange`: nodes are put between its nodes, and it
    /// stands for its bytes as before.
    enum class Reopen { edit, arrange };
    /// Opens a document again; its Nodes stay valid.
    explicit Builder(Document&& document, Reopen purpose = Reopen::edit, TreeLimits limits = {});
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    /// The name in this document's table; constants are cheaper as Name::permanent.
    Name intern(std::string_view text);

    // One pass: each call adds to the node that is open.
    Handle open(Name name, std::uint32_t begin = 0) {
        if (++depth_ > limits_.depth) tooDeep(begin);
        detail::NodeData* const node = make(name, {begin, begin}, Kind::group, {nullptr, 0});
        append(open_, node);
        open_ = node;
        return Handle(node);
    }
    Handle open(std::string_view name, std::uint32_t begin = 0) {
        return open(intern(name), begin);
    }
    void close(std::uint32_t end = 0) {
        if (end) open_->end = end;
        open_ = open_->parent;
        --depth_;
    }
    /// A leaf whose text is those bytes of the source.
    Handle leaf(Name name, Span where, Kind kind = Kind::text) {
        return leafView(name, {text_ + where.begin, where.size()}, where, kind);
    }
    Handle leaf(std::string_view name, Span where, Kind kind = Kind::text) {
        return leaf(intern(name), where, kind);
    }
    /// A leaf whose text was unescaped: it is copied; `where` is what it was written as.
    Handle leaf(Name name, std::string_view text, Span where, Kind kind = Kind::text) {
        return leafView(name, arena_->keep(text), where, kind);
    }
    /// How many nodes are open below the root.
    std::uint32_t depth() const { return depth_; }

    // Piece by piece: a node may get children at any time, in the order in which they are added.
    Handle root() const { return Handle(root_); }
    /// Of a node of the document that was opened again.
    Handle handle(Node node) const { return Handle(const_cast<detail::NodeData*>(node.data())); }
    Handle add(Handle parent, Name name);
    Handle add(Handle parent, std::string_view name) { return add(parent, intern(name)); }
    /// Sets a text by copy.
    void text(Handle node, std::string_view text, Kind kind = Kind::text);
    /// Sets a text that lives as long as the document (in its source, or made by keep()).
    void textView(Handle node, std::string_view text, Kind kind = Kind::text);
    void kind(Handle node, Kind kind);
    void type(Handle node, Name type);
    void rename(Handle node, Name name);
    void inList(Handle node, bool yes = true);
    void where(Handle node, Span where);
    void spare(Handle node, std::uint16_t value);
    /// Copies `from` and all below it, text and places included, as a new child of `parent`.
    Handle copy(Handle parent, Name name, Node from);
    /// Takes a node off its parent's children. Linear in the number of siblings before it.
    void remove(Handle node);
    /// Moves a node, and all below it, to the end of another parent's children. Linear in the
    /// number of siblings before it.
    void adopt(Handle parent, Handle node);
    /// The first, or the last, child of that name, or none.
    Handle child(Handle parent, Name name) const;
    Handle lastChild(Handle parent, Name name) const;
    /// Takes off every node below the root that has neither text nor children, innermost first;
    /// nulls and empty arrays stay.
    void prune();
    /// Copies text into the arena.
    std::string_view keep(std::string_view text);
    /// `bytes` live as long as the document.
    void keepAlive(Bytes bytes);

    void spelling(PathSpelling how);
    /// What Document::format() says; a permanent name.
    void format(Name name) { format_ = name; }
    /// @param untouched  the tree is what was decoded from the source, and nothing else; of a
    ///                   document that was opened again, asked of `edit` alone
    Document finish(bool untouched = false);

private:
    detail::NodeData* make(Name name, Span where, Kind kind, std::string_view text) {
        if (++nodes_ > limits_.nodes) tooMany();
        return new (arena_->allocate(sizeof(detail::NodeData), alignof(detail::NodeData)))
            detail::NodeData{name.data(),
                             nullptr,
                             text.data(),
                             nullptr,
                             nullptr,
                             nullptr,
                             static_cast<std::uint32_t>(text.size()),
                             where.begin,
                             where.end,
                             kind,
                             madeFlags_,
                             0};
    }
    Handle leafView(Name name, std::string_view text, Span where, Kind kind) {
        detail::NodeData* const node = make(name, where, kind, text);
        append(open_, node);
        return Handle(node);
    }
    static void append(detail::NodeData* parent, detail::NodeData* child) {
        child->parent = parent;
        detail::NodeData* const last = parent->last;
        child->next = last ? last->next : child;
        if (last) last->next = child;
        parent->last = child;
    }
    static void detach(detail::NodeData* node);
    void mark(detail::NodeData* node);
    [[noreturn]] void tooDeep(std::uint32_t begin) const;
    [[noreturn]] void tooMany() const;

    std::unique_ptr<detail::Arena> arena_;
    Bytes source_;
    const char* text_ = nullptr;  ///< of source_
    TreeLimits limits_;
    Name format_;
    bool editing_ = false, arranging_ = false;
    bool wasUntouched_ = false, wasEdited_ = false;  ///< the document that was opened again
    std::uint8_t madeFlags_ = 0;                     ///< of nodes that are made now
    detail::NodeData* root_ = nullptr;
    detail::NodeData* open_ = nullptr;
    std::uint32_t depth_ = 0;
    std::size_t nodes_ = 0;
};

/// Whether both trees have the same names, texts, kinds and order; places and types are not
/// compared.
GATEWAY_API bool equalTrees(Node a, Node b);

}  // namespace gateway
