/// @file  Which role may do what over the network: all that is not here is refused.
#pragma once

#include <span>
#include <string_view>

#include "access/people.h"

namespace gateway {

struct AdminRule {
    enum class Content {
        none,
        person,  ///< who is meant by an identifier of a person: `glass` roles alone
        reason,  ///< tells of a person's plans: a reason must be given, and is audited
        words,   ///< with a reason, the peers' own words too: breaks the glass
        bytes,   ///< of a message: breaks the glass
    };
    std::string_view method;
    std::string_view path;  ///< "*": one segment
    unsigned roles;
    Content content = Content::none;
    unsigned glass = 0;  ///< roles that may come to the content
};

std::span<const AdminRule> adminRules();
/// Null: nobody may.
const AdminRule* adminRuleOf(std::string_view method, std::string_view path);

}  // namespace gateway
