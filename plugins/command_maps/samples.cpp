#include "samples.h"

#include <algorithm>

namespace maps {
namespace {

constexpr std::size_t kMostValues = 60;

}  // namespace

void Samples::add(const gateway::Document& sample) {
    std::vector<std::string> names;
    walk(sample.root(), names);
}

void Samples::walk(gateway::Node node, std::vector<std::string>& names) {
    std::vector<std::string_view> before;
    for (const gateway::Node child : node.children()) {
        if (!child.name().empty()) names.emplace_back(child.name());
        const bool again = std::find(before.begin(), before.end(), child.name()) != before.end();
        before.push_back(child.name());
        if ((child.inList() || again) && !repeated(names)) repeated_.push_back(names);
        if (child.hasText() || child.isNull() || child.children().empty()) value(child, names);
        walk(child, names);
        if (!child.name().empty()) names.pop_back();
    }
}

void Samples::value(gateway::Node node, const std::vector<std::string>& names) {
    auto field = std::find_if(fields_.begin(), fields_.end(),
                              [&](const SampleField& f) { return f.names == names; });
    // A list or an object that is null or empty in one place has its parts elsewhere.
    if (field == fields_.end()) {
        fields_.push_back({names, {}, 0, 0});
        field = fields_.end() - 1;
    }
    if (node.text().empty()) return;
    ++field->seen;
    const std::string text(node.text());
    if (std::find(field->values.begin(), field->values.end(), text) != field->values.end()) return;
    ++field->distinct;
    if (field->values.size() < kMostValues) field->values.push_back(text);
}

std::string Samples::path(const SampleField& field) const {
    std::string text;
    std::vector<std::string> names;
    for (const std::string& name : field.names) {
        names.push_back(name);
        text += (text.empty() ? "" : "/") + name + (repeated(names) ? "[]" : "");
    }
    return text;
}

bool Samples::repeated(const std::vector<std::string>& names) const {
    return std::find(repeated_.begin(), repeated_.end(), names) != repeated_.end();
}

}  // namespace maps
