#include "gateway/tree.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <new>
#include <unordered_set>
#include <vector>

#include "gateway/error.h"

namespace gateway {

using detail::NameData;
using detail::NodeData;

namespace detail {

/// Bump allocation in growing chunks, and the document's name table. Everything in it is trivially
/// destructible.
class Arena {
public:
    void* allocate(std::size_t size, std::size_t alignment) {
        std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
        if (at + size > size_) {
            grow(size + alignment);
            at = 0;
        }
        used_ = at + size;
        return chunk_ + at;
    }

    template <class T>
    T* make() {
        return new (allocate(sizeof(T), alignof(T))) T();
    }

    std::string_view keep(std::string_view text) {
        if (text.empty()) return {"", 0};
        auto* const copy = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }

    const NameData* intern(std::string_view text) {
        const std::uint32_t hash = hashOf(text);
        if (names_.empty()) names_.resize(64);
        std::size_t mask = names_.size() - 1;
        for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
            const NameData* const name = names_[at];
            if (name == nullptr) break;
            if (name->hash == hash && std::string_view(name->data, name->size) == text) return name;
        }
        auto* const name = make<NameData>();
        name->hash = hash;
        name->size = static_cast<std::uint32_t>(text.size());
        name->data = keep(text).data();
        if (++nameCount_ * 2 > names_.size()) rehash();
        insert(name);
        return name;
    }

    void keepAlive(Bytes bytes) { kept_.push_back(std::move(bytes)); }
    std::size_t memory() const { return total_; }

    PathSpelling spelling = nullptr;

private:
    void grow(std::size_t least) {
        const std::size_t size = std::max(least, std::min<std::size_t>(next_, 1 << 20));
        next_ = size * 2;
        chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
        chunk_ = chunks_.back().get();
        size_ = size;
        used_ = 0;
        total_ += size;
    }

    void insert(const NameData* name) {
        const std::size_t mask = names_.size() - 1;
        std::size_t at = name->hash & mask;
        while (names_[at] != nullptr) at = (at + 1) & mask;
        names_[at] = name;
    }

    void rehash() {
        std::vector<const NameData*> old(names_.size() * 2);
        old.swap(names_);
        for (const NameData* name : old)
            if (name) insert(name);
    }

    char* chunk_ = nullptr;
    std::size_t used_ = 0, size_ = 0, next_ = 4096, total_ = 0;
    std::vector<std::unique_ptr<char[]>> chunks_;
    std::vector<const NameData*> names_;
    std::size_t nameCount_ = 0;
    std::vector<Bytes> kept_;
};

namespace {
/// The root carries the way back to its arena, which only path() needs.
struct RootData : NodeData {
    const Arena* arena = nullptr;
};
}  // namespace

}  // namespace detail

using detail::Arena;
using detail::RootData;

Name Name::permanent(std::string_view text) {
    struct Hash {
        std::size_t operator()(const NameData* name) const { return name->hash; }
    };
    struct Equal {
        bool operator()(const NameData* a, const NameData* b) const { return Name(a) == Name(b); }
    };
    static std::mutex mutex;  // guards the two below
    static auto& atoms = *new std::unordered_set<const NameData*, Hash, Equal>;
    static auto& texts = *new std::deque<std::pair<std::string, NameData>>;
    const NameData wanted{detail::hashOf(text), static_cast<std::uint32_t>(text.size()),
                          text.data()};
    const std::lock_guard lock(mutex);
    if (const auto found = atoms.find(&wanted); found != atoms.end()) return Name(*found);
    auto& [kept, data] = texts.emplace_back(std::string(text), wanted);
    data.data = kept.data();
    atoms.insert(&data);
    return Name(&data);
}

Node Node::child(Name wanted) const {
    if (data_ == nullptr || data_->last == nullptr) return {};
    const NodeData* at = data_->last->next;
    for (;; at = at->next) {
        if (Name(at->name) == wanted) return Node(at);
        if (at == data_->last) return {};
    }
}

Node Node::child(std::string_view wanted) const {
    const NameData name{detail::hashOf(wanted), static_cast<std::uint32_t>(wanted.size()),
                        wanted.data()};
    return child(Name(&name));
}

Node Node::nextSibling() const {
    if (data_ == nullptr || data_->parent == nullptr || data_->parent->last == data_) return {};
    return Node(data_->next);
}

namespace {

std::string plainPath(Node node) {
    const Node parent = node.parent();
    if (!parent) return {};
    std::size_t before = 0, all = 0;
    bool seen = false;
    for (const Node sibling : parent.children()) {
        if (!(sibling.nameOf() == node.nameOf())) continue;
        if (sibling == node) seen = true;
        if (!seen) ++before;
        ++all;
    }
    std::string path = plainPath(parent) + "/" + std::string(node.name());
    if (all > 1 || node.inList()) path += "[" + std::to_string(before) + "]";
    return path;
}

}  // namespace

std::string Node::path() const {
    if (data_ == nullptr) return {};
    const NodeData* root = data_;
    while (root->parent) root = root->parent;
    const Arena* const arena = static_cast<const RootData*>(root)->arena;
    if (arena->spelling) return arena->spelling(*this);
    const std::string path = plainPath(*this);
    return path.empty() ? "/" : path;
}

Document::Document() = default;
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
std::size_t Document::memory() const { return arena_ ? arena_->memory() : 0; }

Builder::Builder(Bytes source, std::string_view rootName, TreeLimits limits)
    : arena_(std::make_unique<Arena>()), source_(std::move(source)), limits_(limits) {
    auto* const root = arena_->make<RootData>();
    root->arena = arena_.get();
    root->name = arena_->intern(rootName);
    root->end = static_cast<std::uint32_t>(source_.size());
    root_ = open_ = root;
    nodes_ = 1;
}

Builder::Builder(std::string_view rootName, TreeLimits limits)
    : Builder(Bytes(), rootName, limits) {}

Builder::~Builder() = default;

Name Builder::intern(std::string_view text) { return Name(arena_->intern(text)); }

NodeData* Builder::make(Name name) {
    if (++nodes_ > limits_.nodes)
        throw Error(Fault::malformed, "document",
                    "more than " + std::to_string(limits_.nodes) + " nodes");
    auto* const node = arena_->make<NodeData>();
    node->name = name.data();
    return node;
}

void Builder::append(NodeData* parent, NodeData* child) {
    child->parent = parent;
    if (parent->last) {
        child->next = parent->last->next;
        parent->last->next = child;
    } else {
        child->next = child;
    }
    parent->last = child;
}

Builder::Handle Builder::open(Name name, std::uint32_t begin) {
    if (++depth_ > limits_.depth)
        throw Error(Fault::malformed, "byte " + std::to_string(begin),
                    "nested deeper than " + std::to_string(limits_.depth) + " levels");
    NodeData* const node = make(name);
    node->begin = node->end = begin;
    append(open_, node);
    open_ = node;
    return Handle(node);
}

void Builder::close(std::uint32_t end) {
    if (end) open_->end = end;
    open_ = open_->parent;
    --depth_;
}

Builder::Handle Builder::leaf(Name name, Span where, Kind kind) {
    NodeData* const node = make(name);
    node->text = source_.view().data() + where.begin;
    node->textSize = where.size();
    node->begin = where.begin;
    node->end = where.end;
    node->kind = kind;
    append(open_, node);
    return Handle(node);
}

Builder::Handle Builder::leaf(Name name, std::string_view text, Span where, Kind kind) {
    NodeData* const node = make(name);
    const std::string_view kept = arena_->keep(text);
    node->text = kept.data();
    node->textSize = static_cast<std::uint32_t>(kept.size());
    node->begin = where.begin;
    node->end = where.end;
    node->kind = kind;
    append(open_, node);
    return Handle(node);
}

Builder::Handle Builder::add(Handle parent, Name name) {
    NodeData* const node = make(name);
    append(parent.data_, node);
    return Handle(node);
}

void Builder::text(Handle node, std::string_view text, Kind kind) {
    textView(node, arena_->keep(text), kind);
}

void Builder::textView(Handle node, std::string_view text, Kind kind) {
    node.data_->text = text.data() ? text.data() : "";
    node.data_->textSize = static_cast<std::uint32_t>(text.size());
    node.data_->kind = kind;
}

void Builder::kind(Handle node, Kind kind) { node.data_->kind = kind; }
void Builder::type(Handle node, Name type) { node.data_->type = type.data(); }
void Builder::rename(Handle node, Name name) { node.data_->name = name.data(); }
void Builder::where(Handle node, Span where) {
    node.data_->begin = where.begin;
    node.data_->end = where.end;
}
void Builder::spare(Handle node, std::uint16_t value) { node.data_->spare = value; }
void Builder::inList(Handle node, bool yes) {
    if (yes)
        node.data_->flags |= Node::kInList;
    else
        node.data_->flags &= static_cast<std::uint8_t>(~Node::kInList);
}

Builder::Handle Builder::copy(Handle parent, Name name, Node from) {
    // Iterative: the source may be as deep as its own limits allow.
    struct Step {
        const NodeData* from;
        NodeData* to;
    };
    const auto twin = [&](NodeData* under, Name as, const NodeData* of) {
        NodeData* const node = make(as);
        if (of->type) node->type = arena_->intern({of->type->data, of->type->size});
        if (of->text) {
            const std::string_view kept = arena_->keep({of->text, of->textSize});
            node->text = kept.data();
            node->textSize = of->textSize;
        }
        node->begin = of->begin;
        node->end = of->end;
        node->kind = of->kind;
        node->flags = of->flags;
        node->spare = of->spare;
        append(under, node);
        return node;
    };
    NodeData* const top = twin(parent.data_, name, from.data());
    std::vector<Step> open{{from.data(), top}};
    while (!open.empty()) {
        const Step step = open.back();
        open.pop_back();
        for (const Node child : Node(step.from).children()) {
            NodeData* const made = twin(step.to, intern(child.name()), child.data());
            if (child.data()->last) open.push_back({child.data(), made});
        }
    }
    return Handle(top);
}

void Builder::remove(Handle node) {
    NodeData* const parent = node.data_->parent;
    NodeData* before = parent->last;
    while (before->next != node.data_) before = before->next;
    if (before == node.data_) {
        parent->last = nullptr;
    } else {
        before->next = node.data_->next;
        if (parent->last == node.data_) parent->last = before;
    }
    node.data_->parent = nullptr;
    --nodes_;
}

Builder::Handle Builder::child(Handle parent, Name name) const {
    NodeData* const last = parent.data_->last;
    if (last == nullptr) return {};
    for (NodeData* at = last->next;; at = at->next) {
        if (Name(at->name) == name) return Handle(at);
        if (at == last) return {};
    }
}

Builder::Handle Builder::lastChild(Handle parent, Name name) const {
    NodeData* const last = parent.data_->last;
    if (last == nullptr || Name(last->name) == name) return Handle(last);
    NodeData* found = nullptr;
    for (NodeData* at = last->next; at != last; at = at->next)
        if (Name(at->name) == name) found = at;
    return Handle(found);
}

void Builder::prune() {
    // Parents stand before their children in `all`; going back, a parent comes after them.
    std::vector<NodeData*> all{root_};
    for (std::size_t i = 0; i < all.size(); ++i) {
        NodeData* const last = all[i]->last;
        if (last == nullptr) continue;
        for (NodeData* at = last->next;; at = at->next) {
            all.push_back(at);
            if (at == last) break;
        }
    }
    const auto empty = [](const NodeData* node) {
        return node->kind == Kind::group && node->text == nullptr && node->last == nullptr;
    };
    for (std::size_t i = all.size(); i-- > 0;) {
        NodeData* const parent = all[i];
        if (parent->last == nullptr) continue;
        NodeData *const end = parent->last, *at = end->next, *kept = nullptr, *first = nullptr;
        for (;;) {
            NodeData* const next = at->next;
            if (empty(at)) {
                at->parent = nullptr;
                --nodes_;
            } else {
                if (kept) kept->next = at;
                if (first == nullptr) first = at;
                kept = at;
            }
            if (at == end) break;
            at = next;
        }
        parent->last = kept;
        if (kept) kept->next = first;
    }
}

std::string_view Builder::keep(std::string_view text) { return arena_->keep(text); }
void Builder::keepAlive(Bytes bytes) { arena_->keepAlive(std::move(bytes)); }
void Builder::spelling(PathSpelling how) { arena_->spelling = how; }

Document Builder::finish(bool untouched) {
    Document document;
    document.source_ = std::move(source_);
    document.root_ = Node(root_);
    document.nodes_ = nodes_;
    document.untouched_ = untouched;
    document.arena_ = std::move(arena_);
    root_ = open_ = nullptr;
    return document;
}

bool equalTrees(Node a, Node b) {
    std::vector<std::pair<Node, Node>> open{{a, b}};
    while (!open.empty()) {
        const auto [x, y] = open.back();
        open.pop_back();
        if (static_cast<bool>(x) != static_cast<bool>(y)) return false;
        if (!x) continue;
        if (!(x.nameOf() == y.nameOf()) || x.kind() != y.kind() || x.hasText() != y.hasText() ||
            x.text() != y.text())
            return false;
        const Children xs = x.children(), ys = y.children();
        auto i = xs.begin(), j = ys.begin();
        for (; i != xs.end() && j != ys.end(); ++i, ++j) open.emplace_back(*i, *j);
        if (i != xs.end() || j != ys.end()) return false;
    }
    return true;
}

}  // namespace gateway
