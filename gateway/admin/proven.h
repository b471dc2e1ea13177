/// @file  What a request of the admin interface says, in the name of who has proven who they are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "http/message.h"

namespace gateway {

/// The fact of a request that came over the network: the person's name. `by` is theirs then,
/// whatever the request says.
inline constexpr const char* kPersonFact = "admin.person";
/// Its fact when the peers' own words may be shown; over the socket they always are.
inline constexpr const char* kWordsFact = "admin.words";

/// The body's JSON. @throws Error(malformed)
JsonValue wishIn(const http::Request& request);
/// The query's values.
std::vector<std::pair<std::string, std::string>> queryIn(const http::Request& request);

}  // namespace gateway
