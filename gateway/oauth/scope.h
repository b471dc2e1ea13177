/// @file  What a scope of a token allows: the grammar of SMART App Launch, version 1
/// (system/Type.read) and version 2 (system/Type.rs).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::oauth {

enum class Right : unsigned { create = 1, read = 2, update = 4, erase = 8, search = 16 };

struct Scope {
    std::string_view type;  ///< of what; "*": of all
    unsigned rights = 0;    ///< of Right, together
    /// It allows less than it seems, by a condition behind '?'.
    bool conditional = false;
};

/// Nothing for what is no such scope: another word ("openid"), or one that is narrowed to somebody
/// whom only the issuer knows. Those of `system/` and `user/` are read.
std::optional<Scope> scopeOf(std::string_view text);

/// Whether one of them allows that. A condition cannot be kept here: such a scope allows nothing.
bool grants(const std::vector<std::string>& scopes, Right right, std::string_view type);

}  // namespace gateway::oauth
