#include "cli/tree_text.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/guard.h"

namespace gateway {
namespace {

constexpr std::size_t kWidestPlace = 36, kWidestLabel = 44;
constexpr std::size_t kShortBase64 = 120, kShown = 32;
constexpr std::size_t kDearSpelling = 50'000'000;  ///< looks at siblings; a second or so

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

bool looksLikeBase64(std::string_view text) {
    if (text.size() <= kShortBase64) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/' || c == '=' || c == '\r' || c == '\n';
    });
}

std::string valueOf(Node node) {
    if (node.isNull()) return "(null)";
    const std::string_view text = node.text();
    if (!looksLikeBase64(text)) return guard::line(text);
    return guard::line(text.substr(0, kShown)) + "… (base64, " + std::to_string(text.size()) +
           " characters)";
}

/// "name", or "name[2]" where it repeats: all children of one parent in one pass, which
/// Node::path() takes for each of them.
class Ordinals {
public:
    explicit Ordinals(Node parent) {
        for (const Node child : parent.children()) ++all_[child.name()];
    }

    std::string place(Node child) {
        std::string place(child.name());
        if (all_[child.name()] > 1) place += "[" + std::to_string(++before_[child.name()]) + "]";
        return place;
    }

private:
    std::unordered_map<std::string_view, std::size_t> all_, before_;
};

/// What a codec keeps beside a node of how it was written: "_5" beside "5".
bool isMark(Node node) { return node.name().starts_with('_') && node.hasText(); }

class Tree {
public:
    explicit Tree(const Model* model) : model_(model) {}

    void read(Node root) {
        std::size_t nodes = 0, most = 0;
        measure(root, nodes, most);
        spelled_ = nodes * most <= kDearSpelling;
        root_ = root.name();
        const ModelType* const type = typeOf(root, nullptr);
        row(0, guard::line(root.name()), type ? type->label : std::string_view(), {});
        below(root, type, 1);
    }

    void write(std::ostream& out) const {
        const std::size_t place = column(&Row::place, kWidestPlace);
        const std::size_t label = column(&Row::label, kWidestLabel);
        for (const Row& row : rows_) {
            std::string line = row.place;
            pad(line, place, row.label.empty() && row.value.empty());
            line += row.label;
            if (label != 0) pad(line, place + 2 + label, row.value.empty());
            out << line << row.value << '\n';
        }
    }

private:
    struct Row {
        std::string place, label, value;
    };

    /// The widest cell of a column that is not wider than `most`.
    std::size_t column(std::string Row::*cell, std::size_t most) const {
        std::size_t widest = 0;
        for (const Row& row : rows_)
            if (const std::size_t one = width(row.*cell); one <= most)
                widest = std::max(widest, one);
        return widest;
    }

    static void pad(std::string& line, std::size_t to, bool last) {
        if (last) return;
        const std::size_t now = width(line);
        line.append(now < to ? to - now + 2 : 2, ' ');
    }

    void row(std::size_t depth, const std::string& place, std::string_view label,
             std::string value) {
        rows_.push_back(
            {std::string(2 * depth, ' ') + place, std::string(label), std::move(value)});
    }

    const ModelType* typeOf(Node node, const ModelElement* element) const {
        if (model_ == nullptr) return nullptr;
        if (!node.typeOf().empty())
            if (const ModelType* const own = model_->type(node.typeOf())) return own;
        if (element != nullptr)
            return element->types.size() == 1 ? element->types.front() : nullptr;
        return model_->type(node.nameOf());
    }

    /// The end of its path: what stands before the last slash, and the root, are lines further up.
    std::string placeOf(Node node) const {
        std::string path = node.path();
        path.erase(0, path.rfind('/') + 1);
        if (path.starts_with(root_ + ".")) path.erase(0, root_.size() + 1);
        return path;
    }

    /// How many nodes there are, and how many children one of them has.
    static void measure(Node node, std::size_t& nodes, std::size_t& most) {
        std::size_t children = 0;
        for (const Node child : node.children()) {
            measure(child, nodes, most);
            ++children;
        }
        nodes += 1;
        most = std::max(most, children);
    }

    void below(Node parent, const ModelType* type, std::size_t depth) {
        Ordinals ordinals(spelled_ ? Node() : parent);
        for (const Node node : parent.children()) {
            if (isMark(node)) continue;
            const ModelElement* const element = type ? type->element(node.nameOf()) : nullptr;
            const ModelType* const own = typeOf(node, element);
            std::string_view label = element ? element->label : std::string_view();
            if (label.empty() && own != nullptr) label = own->label;
            row(depth, guard::line(spelled_ ? placeOf(node) : ordinals.place(node)), label,
                node.hasText() || node.isNull() ? valueOf(node) : std::string());
            below(node, own, depth + 1);
        }
    }

    const Model* const model_;
    bool spelled_ = true;
    std::string root_;
    std::vector<Row> rows_;
};

}  // namespace

void writeTree(std::ostream& out, Node root, const Model* model) {
    Tree tree(model);
    tree.read(root);
    tree.write(out);
}

}  // namespace gateway
