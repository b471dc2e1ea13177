#include "cli/tree_order.h"

#include <unordered_set>

namespace gateway {
namespace {

using Handle = Builder::Handle;

/// Whether siblings of one name stand apart from each other.
bool alternates(Node parent) {
    std::unordered_set<std::string_view> left;
    std::string_view name;
    for (const Node child : parent.children()) {
        if (child.name() == name) continue;
        if (left.contains(child.name())) return true;
        left.insert(name);
        name = child.name();
    }
    return false;
}

/// Whether this is a list of objects alone.
bool isOrdered(Node list) {
    if (list.kind() != Kind::list || list.children().empty()) return false;
    for (const Node item : list.children())
        if (item.kind() != Kind::group || item.hasText()) return false;
    return true;
}

class Copy {
public:
    explicit Copy(Builder& into) : into_(into) {}

    void ordered(Handle to, Node from) {
        into_.kind(to, Kind::list);
        for (const Node child : from.children()) {
            const Handle item = into_.add(to, "");
            into_.inList(item);
            const Handle made = into_.add(item, child.nameOf());
            whole(made, child);
            below(made, child);
        }
    }

    void unordered(Handle to, Node from) {
        if (!isOrdered(from)) return plain(to, from);
        for (const Node item : from.children()) plain(to, item);
    }

private:
    void leaf(Handle made, Node from) {
        into_.kind(made, from.kind());
        if (from.hasText()) into_.textView(made, from.text(), from.kind());
        into_.inList(made, from.inList());
        into_.where(made, from.where());
    }

public:
    void below(Handle made, Node from) {
        if (alternates(from)) {
            into_.inList(made);  // a list in a list: an array alone would be repetitions
            return ordered(made, from);
        }
        for (const Node child : from.children()) {
            const Handle one = into_.add(made, child.nameOf());
            whole(one, child);
            below(one, child);
        }
    }

    /// JSON has no text beside members: it becomes one.
    void whole(Handle made, Node from) {
        if (!from.hasText() || from.children().empty()) return leaf(made, from);
        into_.inList(made, from.inList());
        into_.where(made, from.where());
        leaf(into_.add(made, "#text"), from);
    }

private:
    void plain(Handle to, Node from) {
        for (const Node child : from.children()) {
            const Handle made = into_.add(to, child.nameOf());
            leaf(made, child);
            if (isOrdered(child)) into_.kind(made, Kind::group);
            unordered(made, child);
        }
    }

    Builder& into_;
};

}  // namespace

Document inLists(const Document& tree) {
    Builder made(tree.root().name());
    Copy(made).ordered(made.root(), tree.root());
    return made.finish();
}

Document inListsBelow(const Document& tree) {
    Builder made(tree.root().name());
    Copy copy(made);
    copy.whole(made.root(), tree.root());
    copy.below(made.root(), tree.root());
    return made.finish();
}

Document outOfLists(const Document& tree) {
    Builder made(tree.root().name());
    if (tree.root().hasText()) made.textView(made.root(), tree.root().text(), tree.root().kind());
    Copy(made).unordered(made.root(), tree.root());
    return made.finish();
}

}  // namespace gateway
