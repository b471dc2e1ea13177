/// @file  JSON of tokens and key sets. Jansson, because libjose reads the same texts with it: two
/// readers that disagree on a header would be a way in.
#pragma once

#include <jansson.h>

#include <memory>
#include <string>
#include <string_view>

namespace gateway::oauth {

struct DropJson {
    void operator()(json_t* value) const { json_decref(value); }
};
using Json = std::unique_ptr<json_t, DropJson>;

/// An object without repeated names, in UTF-8, and nothing behind it; null for anything else.
Json jsonObject(std::string_view text);
/// The text of that member; empty when it is none.
std::string_view textOf(const json_t* object, const char* member);
/// As compact JSON.
std::string written(const json_t* value);

}  // namespace gateway::oauth
