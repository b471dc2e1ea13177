/// @file  What a request of the admin interface says, in the name of who has proven who they are.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "gateway/trail.h"
#include "http/message.h"

namespace gateway {

/// The fact of a request that came over the network: the person's name. `by` is theirs then,
/// whatever the request says.
inline constexpr const char* kPersonFact = "admin.person";
/// Its fact when content may be shown: the reason for that.
inline constexpr const char* kReasonFact = "admin.reason";
/// Its fact when it came by the socket: the system's user.
inline constexpr const char* kUserFact = "user";

/// The body's JSON, an object without members that stand twice. @throws Error(malformed)
JsonValue wishIn(const http::Request& request);
/// The query's values, none twice. @throws Error(malformed)
std::vector<std::pair<std::string, std::string>> queryIn(const http::Request& request);

/// Who asks: the person; at the socket who they say to be (`by` of the query), else the user.
std::string askerOf(const http::Request& request);
/// At the socket everybody may name themselves as they like: who it was for the system is beside.
void noteUser(AuditRecord& record, std::string_view user);

}  // namespace gateway
