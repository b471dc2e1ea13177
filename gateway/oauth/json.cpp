#include "oauth/json.h"

#include <cstdlib>

namespace gateway::oauth {

Json jsonObject(std::string_view text) {
    Json value(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr));
    return json_is_object(value.get()) ? std::move(value) : nullptr;
}

std::string_view textOf(const json_t* object, const char* member) {
    const json_t* const value = json_object_get(object, member);
    if (!json_is_string(value)) return {};
    return {json_string_value(value), json_string_length(value)};
}

std::string written(const json_t* value) {
    const std::unique_ptr<char, decltype(&std::free)> text(
        json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY), std::free);
    return text ? std::string(text.get()) : std::string();
}

}  // namespace gateway::oauth
