#include "host/tree_difference.h"

#include <algorithm>

namespace gateway {
namespace {

constexpr std::size_t kShown = 60;             ///< bytes of a value
constexpr std::size_t kMatchable = 1'000'000;  ///< pairs of repetitions that are tried

std::string shown(Node node) {
    if (node.hasText()) {
        std::string_view text = node.text();
        if (text.size() <= kShown) return "'" + std::string(text) + "'";
        std::size_t end = kShown;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        return "'" + std::string(text.substr(0, end)) + "…'";
    }
    if (node.isNull()) return "null";
    std::string names;
    std::size_t count = 0;
    for (const Node child : node.children()) {
        if (++count > 3) {
            names += ", …";
            break;
        }
        names += (names.empty() ? "" : ", ") + std::string(child.name());
    }
    return "{" + names + "}";
}

/// One name, and its repetitions on both sides.
struct Siblings {
    Name name;
    std::vector<Node> expected, found;
};

/// A null, an empty list or text, or an object of nothing else.
bool isEmpty(Node node) {
    const Children all = node.children();
    const bool nothing = node.isNull() || node.kind() == Kind::list || node.kind() == Kind::text;
    return node.text().empty() && (nothing || !all.empty()) &&
           std::all_of(all.begin(), all.end(), isEmpty);
}

std::vector<Node> childrenOf(Node node, bool emptyCounts) {
    std::vector<Node> all;
    for (const Node child : node.children())
        if (emptyCounts || !isEmpty(child)) all.push_back(child);
    return all;
}

std::vector<Siblings> byName(Node expected, Node found, bool emptyCounts) {
    std::vector<Siblings> all;
    const auto at = [&](Name name) -> Siblings& {
        const auto known = std::find_if(all.rbegin(), all.rend(),
                                        [&](const Siblings& one) { return one.name == name; });
        return known != all.rend() ? *known : all.emplace_back(Siblings{name, {}, {}});
    };
    for (const Node child : childrenOf(expected, emptyCounts))
        at(child.nameOf()).expected.push_back(child);
    for (const Node child : childrenOf(found, emptyCounts))
        at(child.nameOf()).found.push_back(child);
    return all;
}

using Pair = std::pair<Node, Node>;

/// Pairs repetitions: those that are equal first, in order, then what is left between them.
std::vector<Pair> paired(const std::vector<Node>& left, const std::vector<Node>& right) {
    std::vector<Pair> pairs;
    const std::size_t n = left.size(), m = right.size();
    const auto rest = [&](std::size_t i, std::size_t iEnd, std::size_t j, std::size_t jEnd) {
        while (i < iEnd || j < jEnd) {
            const Node one = i < iEnd ? left[i++] : Node();
            const Node other = j < jEnd ? right[j++] : Node();
            pairs.emplace_back(one, other);
        }
    };
    if (n == m || n * m > kMatchable) {
        rest(0, n, 0, m);
        return pairs;
    }
    // The longest common run of equal repetitions.
    std::vector<std::vector<std::uint32_t>> best(n + 1, std::vector<std::uint32_t>(m + 1));
    std::vector<std::vector<bool>> same(n, std::vector<bool>(m));
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;) {
            same[i][j] = equalTrees(left[i], right[j]);
            best[i][j] =
                same[i][j] ? best[i + 1][j + 1] + 1 : std::max(best[i + 1][j], best[i][j + 1]);
        }
    std::size_t i = 0, j = 0, fromI = 0, fromJ = 0;
    while (i < n && j < m) {
        if (same[i][j]) {
            rest(fromI, i++, fromJ, j++);
            fromI = i;
            fromJ = j;
        } else if (best[i + 1][j] >= best[i][j + 1]) {
            ++i;
        } else {
            ++j;
        }
    }
    rest(fromI, n, fromJ, m);
    return pairs;
}

class Comparer {
public:
    explicit Comparer(const Comparison& how) : how_(how) {}

    void compare(Node expected, Node found) {
        if (!expected) return add(Difference::Kind::unexpected, found, {}, shown(found));
        if (!found) return add(Difference::Kind::missing, expected, shown(expected), {});
        if (expected.hasText() != found.hasText() || expected.text() != found.text() ||
            expected.isNull() != found.isNull())
            add(Difference::Kind::other, expected, shown(expected), shown(found));
        else if (expected.kind() != found.kind())
            add(Difference::Kind::other, expected, withKind(expected), withKind(found));
        if (expected.inList() != found.inList())
            add(Difference::Kind::other, expected, listed(expected), listed(found));
        children(expected, found);
    }
    Differences take() { return std::move(made_); }

private:
    void add(Difference::Kind kind, Node where, std::string expected, std::string found) {
        if (made_.count++ < how_.most)
            made_.all.push_back({kind, where.path(), std::move(expected), std::move(found)});
    }

    void children(Node expected, Node found) {
        bool whole = true;
        for (const Siblings& one : byName(expected, found, how_.emptyCounts)) {
            whole = whole && one.expected.size() == one.found.size();
            for (const auto& [left, right] : paired(one.expected, one.found)) compare(left, right);
        }
        if (whole && how_.ordered) order(expected, found);
    }

    /// Marked names (`@id`, attributes) stand in no order.
    std::vector<Node> inOrder(Node node) const {
        std::vector<Node> all = childrenOf(node, how_.emptyCounts);
        std::erase_if(all, [](Node child) { return child.name().starts_with('@'); });
        return all;
    }

    void order(Node expected, Node found) {
        const std::vector<Node> left = inOrder(expected), right = inOrder(found);
        for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
            if (left[i].nameOf() == right[i].nameOf()) continue;
            add(Difference::Kind::order, expected, std::string(left[i].name()),
                std::string(right[i].name()));
            return;
        }
    }

    static std::string withKind(Node node) {
        const std::string_view kind = node.kind() == Kind::number    ? "number "
                                      : node.kind() == Kind::boolean ? "boolean "
                                      : node.kind() == Kind::text    ? "text "
                                                                     : "";
        return std::string(kind) + shown(node);
    }
    static std::string listed(Node node) {
        return node.inList() ? "[" + shown(node) + "]" : shown(node);
    }

    const Comparison how_;
    Differences made_;
};

}  // namespace

Reason Difference::text() const {
    switch (kind) {
        case Kind::missing:
            return say("{0}: expected {1}, found nothing", "{0} : attendu {1}, rien trouvé",
                       {path, expected});
        case Kind::unexpected:
            return say("{0}: expected nothing, found {1}", "{0} : rien attendu, trouvé {1}",
                       {path, found});
        case Kind::order:
            return say("{0}: expected '{1}' here, found '{2}': the order differs",
                       "{0} : attendu « {1} » ici, trouvé « {2} » : l'ordre diffère",
                       {path, expected, found});
        case Kind::other: break;
    }
    return say("{0}: expected {1}, found {2}", "{0} : attendu {1}, trouvé {2}",
               {path, expected, found});
}

Reason Difference::discreet() const {
    switch (kind) {
        case Kind::missing: return say("{0}: is missing", "{0} : manque", {path});
        case Kind::unexpected: return say("{0}: is too much", "{0} : est de trop", {path});
        case Kind::order: return say("{0}: the order differs", "{0} : l'ordre diffère", {path});
        case Kind::other: break;
    }
    return say("{0}: has another value", "{0} : a une autre valeur", {path});
}

Differences differences(Node expected, Node found, const Comparison& how) {
    Comparer comparer(how);
    comparer.compare(expected, found);
    return comparer.take();
}

}  // namespace gateway
