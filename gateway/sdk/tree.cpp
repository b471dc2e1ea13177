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

struct Arena::Rest {
    std::size_t next = 4096, total = 0;
    std::vector<std::unique_ptr<char[]>> chunks;
    std::vector<const NameData*> names;
    std::size_t nameCount = 0;
    std::vector<Bytes> kept;

    void insert(const NameData* name) {
        const std::size_t mask = names.size() - 1;
        std::size_t at = name->hash & mask;
        while (names[at] != nullptr) at = (at + 1) & mask;
        names[at] = name;
    }

    void rehash() {
        std::vector<const NameData*> old(names.size() * 2);
        old.swap(names);
        for (const NameData* name : old)
            if (name) insert(name);
    }
};

Arena::Arena() : rest_(std::make_unique<Rest>()) {}
Arena::~Arena() = default;

void* Arena::allocateInNewChunk(std::size_t size, std::size_t alignment) {
    const std::size_t room =
        std::max(size + alignment, std::min<std::size_t>(rest_->next, 1 << 20));
    rest_->next = room * 2;
    rest_->chunks.push_back(std::make_unique_for_overwrite<char[]>(room));
    rest_->total += room;
    chunk_ = rest_->chunks.back().get();
    size_ = room;
    used_ = size;  // a new chunk is aligned for anything
    return chunk_;
}

const NameData* Arena::intern(std::string_view text) {
    const std::uint32_t hash = hashOf(text);
    std::vector<const NameData*>& names = rest_->names;
    if (names.empty()) names.resize(64);
    const std::size_t mask = names.size() - 1;
    for (std::size_t at = hash & mask; names[at] != nullptr; at = (at + 1) & mask) {
        const NameData* const name = names[at];
        if (name->hash == hash && std::string_view(name->data, name->size) == text) return name;
    }
    auto* const name = new (allocate(sizeof(NameData), alignof(NameData)))
        NameData{hash, static_cast<std::uint32_t>(text.size()), ""};
    if (!text.empty()) name->data = keep(text).data();
    if (++rest_->nameCount * 2 > names.size()) rest_->rehash();
    rest_->insert(name);
    return name;
}

void Arena::keepAlive(Bytes bytes) { rest_->kept.push_back(std::move(bytes)); }
std::size_t Arena::memory() const { return rest_->total; }

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
    if (text.empty()) return {};
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
    if (wanted.empty()) return child(Name());
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
    std::size_t before = 0;
    bool seen = false, counted = node.inList();
    for (const Node sibling : parent.children()) {
        if (!(sibling.nameOf() == node.nameOf())) continue;
        counted = counted || seen || before > 0;
        if (seen) break;
        seen = sibling == node;
        if (seen && counted) break;
        if (!seen) ++before;
    }
    std::string path = plainPath(parent) + "/" + std::string(node.name());
    if (counted) path += "[" + std::to_string(before) + "]";
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
    : arena_(std::make_unique<Arena>()),
      source_(std::move(source)),
      text_(source_.view().data()),
      limits_(limits) {
    auto* const root = new (arena_->allocate(sizeof(RootData), alignof(RootData))) RootData();
    root->arena = arena_.get();
    root->name = arena_->intern(rootName);
    root->end = static_cast<std::uint32_t>(source_.size());
    root_ = open_ = root;
    nodes_ = 1;
}

Builder::Builder(std::string_view rootName, TreeLimits limits)
    : Builder(Bytes(), rootName, limits) {}

Builder::Builder(Document&& document, Reopen purpose, TreeLimits limits)
    : arena_(std::move(document.arena_)),
      source_(std::move(document.source_)),
      text_(source_.view().data()),
      limits_(limits),
      format_(document.format_),
      editing_(purpose == Reopen::edit && (document.untouched_ || document.edited_)),
      arranging_(purpose == Reopen::arrange),
      wasUntouched_(document.untouched_),
      wasEdited_(document.edited_),
      madeFlags_(editing_ ? Node::kChanged : std::uint8_t{0}),
      root_(const_cast<NodeData*>(document.root_.data())),
      open_(root_),
      nodes_(document.nodes_) {
    document.root_ = Node();
    document.nodes_ = 0;
    document.untouched_ = document.edited_ = false;
}

Builder::~Builder() = default;

Name Builder::intern(std::string_view text) { return Name(arena_->intern(text)); }

void Builder::tooMany() const {
    throw Error(Fault::malformed, "document",
                say("more than {0} nodes", "plus de {0} nœuds", {std::to_string(limits_.nodes)}));
}

void Builder::tooDeep(std::uint32_t begin) const {
    throw Error(Fault::malformed, "byte " + std::to_string(begin),
                say("nested deeper than {0} levels", "imbriqué sur plus de {0} niveaux",
                    {std::to_string(limits_.depth)}));
}

/// Says that a node is no longer what its bytes say.
void Builder::mark(NodeData* node) {
    if (!editing_) return;
    node->flags |= Node::kChanged;
    for (NodeData* above = node->parent; above && !(above->flags & Node::kTouched);
         above = above->parent)
        above->flags |= Node::kTouched;
}

Builder::Handle Builder::add(Handle parent, Name name) {
    NodeData* const node = make(name, {}, Kind::group, {nullptr, 0});
    append(parent.data_, node);
    mark(parent.data_);
    return Handle(node);
}

void Builder::text(Handle node, std::string_view text, Kind kind) {
    textView(node, arena_->keep(text), kind);
}

void Builder::textView(Handle node, std::string_view text, Kind kind) {
    node.data_->text = text.data() ? text.data() : "";
    node.data_->textSize = static_cast<std::uint32_t>(text.size());
    node.data_->kind = kind;
    mark(node.data_);
}

void Builder::kind(Handle node, Kind kind) {
    node.data_->kind = kind;
    mark(node.data_);
}
void Builder::type(Handle node, Name type) { node.data_->type = type.data(); }
void Builder::rename(Handle node, Name name) {
    node.data_->name = name.data();
    mark(node.data_);
}
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
        NodeData* const node = make(as, {of->begin, of->end}, of->kind, {nullptr, 0});
        if (of->type) node->type = arena_->intern({of->type->data, of->type->size});
        if (of->text) {
            const std::string_view kept = arena_->keep({of->text, of->textSize});
            node->text = kept.data();
            node->textSize = of->textSize;
        }
        node->flags |= of->flags & Node::kInList;
        node->spare = of->spare;
        append(under, node);
        return node;
    };
    NodeData* const top = twin(parent.data_, name, from.data());
    mark(parent.data_);
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

void Builder::detach(NodeData* node) {
    NodeData* const parent = node->parent;
    NodeData* before = parent->last;
    while (before->next != node) before = before->next;
    if (before == node) {
        parent->last = nullptr;
    } else {
        before->next = node->next;
        if (parent->last == node) parent->last = before;
    }
    node->parent = nullptr;
}

void Builder::remove(Handle node) {
    mark(node.data_->parent);
    detach(node.data_);
    --nodes_;
}

void Builder::adopt(Handle parent, Handle node) {
    mark(node.data_->parent);
    mark(parent.data_);
    detach(node.data_);
    append(parent.data_, node.data_);
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
    const auto empty = [](const NodeData* node) {
        return node->kind == Kind::group && node->text == nullptr && node->last == nullptr;
    };
    std::vector<NodeData*> all;  // that have children
    all.reserve(nodes_);
    all.push_back(root_);
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        NodeData* const last = all[i]->last;
        if (last == nullptr) continue;
        for (NodeData* at = last->next;; at = at->next) {
            if (at->last) all.push_back(at);
            any = any || empty(at);
            if (at == last) break;
        }
    }
    if (!any) return;
    for (std::size_t i = all.size(); i-- > 0;) {
        NodeData* const parent = all[i];
        if (parent->last == nullptr) continue;
        NodeData *const end = parent->last, *at = end->next, *kept = nullptr, *first = nullptr;
        for (;;) {
            NodeData* const next = at->next;
            if (empty(at)) {
                at->parent = nullptr;
                --nodes_;
                mark(parent);
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
    document.format_ = format_;
    document.untouched_ = arranging_ ? wasUntouched_ : untouched;
    document.edited_ = arranging_ ? wasEdited_ : editing_ && !untouched;
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
