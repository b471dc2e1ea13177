#include "check_message.h"

#include <algorithm>
#include <utility>

#include "names.h"
#include "place.h"

namespace gateway::hl7v2 {
namespace {

std::string numbered(std::string_view name, std::size_t ordinal, std::size_t all) {
    return std::string(name) + (all > 1 ? "[" + std::to_string(ordinal) + "]" : "");
}

/// A field with its repetition: "3[2]". Walks no further than it has to.
std::string withRepetition(Node field) {
    std::size_t ordinal = 0, all = 0;
    for (const Node sibling : field.parent().children()) {
        if (!(sibling.nameOf() == field.nameOf())) continue;
        all += 1 + Spare::of(sibling).gap;
        if (sibling == field) ordinal = all;
        if (ordinal != 0 && all > 1) break;
    }
    return numbered(field.name(), ordinal, all);
}

bool holdsText(Node node, bool ofNull) {
    if (!node || node.isNull()) return node && ofNull;
    if (!node.firstChild()) return !node.text().empty();
    for (const Node child : node.children())
        if (holdsText(child, ofNull)) return true;
    return false;
}

}  // namespace

bool Found::takes(Severity severity) {
    if (counts_[static_cast<std::size_t>(severity)] < kMost) return true;
    left_ = left_ || severity >= Severity::error;
    if (std::exchange(noted_, true)) return false;
    Issue note;
    note.severity = Severity::warning;
    note.where = "message";
    const std::string most = std::to_string(kMost);
    note.text = {"more was found; the first " + most + " findings of a severity are told",
                 "autres constats omis au-delà des " + most + " premiers d'une même gravité"};
    note.rule = "check";
    note.code = code::kOther;
    issues_.add(std::move(note));
    return false;
}

void Found::add(Severity severity, const char* code, std::string where, Reason text,
                std::string rule) {
    if (!takes(severity)) return;
    ++counts_[static_cast<std::size_t>(severity)];
    Issue issue;
    issue.severity = severity;
    issue.where = std::move(where);
    issue.text = std::move(text);
    issue.rule = std::move(rule);
    issue.code = code;
    issues_.add(std::move(issue));
}

std::string FieldPath::text() const {
    std::string text = segment;
    if (field != 0) text += "-" + std::to_string(field);
    for (const std::uint32_t part : {component, subcomponent})
        if (part != 0) text += "." + std::to_string(part);
    return text;
}

CheckedMessage::CheckedMessage(const Document& tree) {
    collect(tree.root());
    for (const Node segment : segments_) byId_[segment.name()].push_back(segment);
    const Node head = header();
    const Node type = head.child("9");
    type_ = valueOf(partOf(type, 1, 1));
    event_ = valueOf(partOf(type, 2, 1));
    structure_ = valueOf(partOf(type, 3, 1));
    version_ = valueOf(partOf(head.child("12"), 1, 1));
}

void CheckedMessage::collect(Node group) {
    for (const Node node : group.children()) {
        if (isSegmentId(node.name()))
            segments_.push_back(node);
        else if (!node.hasText())
            collect(node);
    }
}

const std::vector<Node>& CheckedMessage::segments(std::string_view id) const {
    static const std::vector<Node> none;
    const auto found = byId_.find(id);
    return found == byId_.end() ? none : found->second;
}

std::string CheckedMessage::place(Node node) const {
    Node segment = node;  // the outermost that can be one: numbers of three digits look alike
    for (Node at = node; at.parent(); at = at.parent())
        if (isSegmentId(at.name())) segment = at;
    std::string below;
    for (; node && node != segment; node = node.parent())
        below = (node.parent() == segment ? "-" + withRepetition(node)
                                          : "." + std::string(node.name())) +
                below;
    const std::vector<Node>& alike = segments(node.name());
    const auto at = std::find(alike.begin(), alike.end(), segment) - alike.begin();
    return numbered(segment.name(), static_cast<std::size_t>(at) + 1, alike.size()) + below;
}

Node CheckedMessage::header() const {
    return !segments_.empty() && segments_.front().name() == "MSH" ? segments_.front() : Node();
}

Node partOf(Node field, std::uint32_t component, std::uint32_t subcomponent) {
    for (const std::uint32_t number : {component, subcomponent}) {
        if (number == 0 || !field) return field;
        if (!field.firstChild())
            field = number == 1 ? field : Node();
        else
            field = field.child(std::to_string(number));
    }
    return field;
}

std::vector<Node> fieldsOf(Node segment, std::uint32_t number) {
    std::vector<Node> fields;
    const std::string name = std::to_string(number);
    for (const Node child : segment.children())
        if (child.name() == name) fields.push_back(child);
    return fields;
}

bool hasValue(Node node) { return holdsText(node, false); }

bool isPresent(Node node) { return holdsText(node, true); }

std::string_view valueOf(Node node) {
    while (node.firstChild()) node = node.firstChild();
    return node.isNull() ? std::string_view() : node.text();
}

}  // namespace gateway::hl7v2
