#include "shape.h"

#include <algorithm>
#include <string_view>

namespace model {
using gateway::Kind;
using gateway::Node;

namespace {

/// Whether a text looks so: 9 stands for a digit.
bool looks(std::string_view text, std::string_view shape) {
    return text.size() == shape.size() &&
           std::equal(text.begin(), text.end(), shape.begin(),
                      [](char c, char s) { return s == '9' ? c >= '0' && c <= '9' : c == s; });
}

bool isDateTime(std::string_view text) {
    return text.size() >= 16 && looks(text.substr(0, 11), "9999-99-99T") &&
           looks(text.substr(11, 5), "99:99");
}

/// A short number without leading zeros: longer ones are identifiers more often than counts.
bool isCount(std::string_view text) {
    return !text.empty() && text.size() <= 4 && (text == "0" || text[0] != '0') &&
           text.find_first_not_of("0123456789") == text.npos;
}

bool isCode(std::string_view text) {
    const bool letter =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return letter && text.size() <= 40 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == text.npos;
}

bool isWhole(std::string_view number) {
    return number.find_first_of(".eE") == number.npos && number.size() <= 10;
}

bool isEmpty(Node node) {
    return node.isNull() || (node.kind() == Kind::list && node.children().empty());
}

}  // namespace

void Values::add(Node node) {
    if (!node.hasText()) return;
    ++count;
    const std::string_view text = node.text();
    const bool number = node.kind() == Kind::number, flag = node.kind() == Kind::boolean;
    const bool plain = !number && !flag;
    boolean &= flag || (plain && (text == "true" || text == "false"));
    integer &= number ? isWhole(text) : plain && isCount(text);
    decimal &= number || (plain && isCount(text));
    date &= plain && looks(text, "9999-99-99");
    dateTime &= plain && (looks(text, "9999-99-99") || isDateTime(text));
    code &= plain && isCode(text);
    french &= plain && looks(text, "99/99/9999");
}

std::string Values::type() const {
    if (count == 0) return "string";
    if (boolean) return "boolean";
    if (integer) return "integer";
    if (decimal) return "decimal";
    if (date) return "date";
    if (dateTime) return "dateTime";
    return code ? "code" : "string";
}

void Shape::add(Node node) {
    values_.add(node);
    std::map<std::string, std::uint64_t> counts;
    std::size_t after = 0;
    for (const Node one : node.children()) {
        const std::string name(one.name());
        mixed_ |= name == "#text";
        if (name == "@xmlns") space_ = one.text();
        if (name.empty() || name.starts_with("@xmlns") || name == "#text") continue;
        Child& known = child(name, after);
        after = index_[name] + 1;
        known.list |= one.inList() || one.kind() == Kind::list;
        if (isEmpty(one)) continue;
        ++counts[name];
        known.shape->add(one);
    }
    for (Child& one : children_) {
        const auto found = counts.find(one.name);
        const std::uint64_t times = found == counts.end() ? 0 : found->second;
        one.least = std::min(one.least, times);
        one.most = std::max(one.most, times);
    }
    ++seen_;
}

/// The child of that name; a new one stands after its neighbour, and was missing in all seen
/// before.
Shape::Child& Shape::child(const std::string& name, std::size_t after) {
    if (const auto known = index_.find(name); known != index_.end())
        return children_[known->second];
    const std::size_t at = std::min(after, children_.size());
    Child made{name, std::make_unique<Shape>(), seen_ > 0 ? 0u : 1u, 0, false};
    children_.insert(children_.begin() + static_cast<std::ptrdiff_t>(at), std::move(made));
    for (std::size_t i = at; i < children_.size(); ++i) index_[children_[i].name] = i;
    return children_[at];
}

}  // namespace model
