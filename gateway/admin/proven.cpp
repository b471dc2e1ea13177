#include "admin/proven.h"

#include <algorithm>

namespace gateway {

JsonValue wishIn(const http::Request& request) {
    JsonValue wish = parsedJson(request.body.view());
    const std::string_view person = request.facts.get(kPersonFact);
    // What is looked for has no `by`.
    const bool looks = request.path == "/messages/find" || request.path == "/alerts/test";
    if (person.empty() || looks || wish.kind != JsonValue::Kind::object) return wish;
    std::erase_if(wish.items, [](const auto& item) { return item.first == "by"; });
    JsonValue by;
    by.kind = JsonValue::Kind::text;
    by.text = person;
    wish.items.emplace_back("by", std::move(by));
    return wish;
}

std::vector<std::pair<std::string, std::string>> queryIn(const http::Request& request) {
    auto values = http::queryValues(request.query);
    const std::string_view person = request.facts.get(kPersonFact);
    if (person.empty()) return values;
    std::erase_if(values, [](const auto& value) { return value.first == "by"; });
    values.emplace_back("by", std::string(person));
    return values;
}

}  // namespace gateway
