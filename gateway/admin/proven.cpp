#include "admin/proven.h"

#include <set>

#include "gateway/error.h"

namespace gateway {
namespace {

/// Of a name that stands twice one reader takes the first and another the last: what was allowed
/// would not be what is done.
[[noreturn]] void refuseTwice(const char* where) {
    throw Error(Fault::malformed, where,
                {"something stands twice there", "quelque chose y figure deux fois"});
}

void demandNoneTwice(const JsonValue& value) {
    std::set<std::string_view> names;
    for (const auto& [name, item] : value.items) {
        if (value.kind == JsonValue::Kind::object && !names.insert(name).second)
            refuseTwice("body");
        demandNoneTwice(item);
    }
}

}  // namespace

JsonValue wishIn(const http::Request& request) {
    JsonValue wish = parsedJson(request.body.view());
    if (wish.kind != JsonValue::Kind::object)
        throw Error(Fault::malformed, "body",
                    {"expected an object of JSON", "attendu un objet JSON"});
    demandNoneTwice(wish);
    const std::string_view person = request.facts.get(kPersonFact);
    // What is looked for has no `by`.
    const bool looks = request.path == "/messages/find" || request.path == "/alerts/test";
    if (person.empty() || looks) return wish;
    std::erase_if(wish.items, [](const auto& item) { return item.name == "by"; });
    JsonValue by;
    by.kind = JsonValue::Kind::text;
    by.text = person;
    wish.items.push_back({"by", std::move(by)});
    return wish;
}

std::vector<std::pair<std::string, std::string>> queryIn(const http::Request& request) {
    auto values = http::queryValues(request.query);
    std::set<std::string_view> names;
    for (const auto& [name, value] : values)
        if (!names.insert(name).second) refuseTwice("query");
    const std::string_view person = request.facts.get(kPersonFact);
    if (person.empty()) return values;
    std::erase_if(values, [](const auto& value) { return value.first == "by"; });
    values.emplace_back("by", std::string(person));
    return values;
}

std::string askerOf(const http::Request& request) {
    for (const auto& [name, value] : queryIn(request))
        if (name == "by" && !value.empty()) return value;
    const std::string_view user = request.facts.get(kUserFact);
    return user.empty() ? "unknown" : std::string(user);
}

void noteUser(AuditRecord& record, std::string_view user) {
    if (!user.empty() && user != record.by) record.details["user"] = user;
}

}  // namespace gateway
