/// @file  Where a search goes on: in the address of the next page, told to nobody but this process.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/time.h"
#include "mailbox_search.h"

namespace transport_http {

/// The last one that was shown.
struct MailboxPosition {
    std::string destination;  ///< empty: the beginning
    std::string delivery;
    gateway::Time since{};
    std::uint32_t place = 0;
};

struct MailboxCursor {
    MailboxSearch search;
    MailboxPosition after;
};

/// Signed for that partner, until this process ends.
std::string sealed(const MailboxCursor& cursor, std::string_view partner);
/// Nothing: not ours, another's, or from before a restart.
std::optional<MailboxCursor> opened(std::string_view token, std::string_view partner);

}  // namespace transport_http
