/// @file  What a search of mailboxes asks for.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store.h"
#include "mailbox_content.h"
#include "mailbox_instant.h"

namespace transport_http {

/// Each outer list: all of them; each inner one: any of them.
struct MailboxSearch {
    std::string type;
    std::vector<std::vector<TokenHash>> people, identifiers;
    std::vector<std::vector<std::string>> statuses, codes, focus, ids;
    std::vector<std::vector<SearchedTime>> updated;
    unsigned count = 50;
    bool countOnly = false;

    std::vector<std::string> passedOver;  ///< names of parameters that are not known here
    bool posted = false;                  ///< something in it must not stand in an address

    bool wants(const HeldResource& resource, std::string_view id, gateway::Time updatedAt,
               gateway::Time now) const;
    /// False: nothing of that delivery is wanted, whatever it holds.
    bool mayWant(const gateway::OfferedDelivery& delivery, gateway::Time now) const;
};

/// Whether a parameter tells of a person: such a one may stand in no address, since addresses end
/// in logs.
bool tellsOfPerson(std::string_view name, std::string_view value);

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// @param strict  what is not known is refused (http://hl7.org/fhir/R4/search.html#errors)
/// @throws gateway::Error(malformed) naming the parameter
MailboxSearch searchOf(std::string_view type, const Parameters& parameters, bool strict);

/// Every parameter that searchOf() knows for a type: name and FHIR's type of it.
std::vector<std::pair<std::string, std::string>> searchParameters(std::string_view type);

/// As a text for a cursor, and back; nothing when it is none.
std::string written(const MailboxSearch& search);
std::optional<MailboxSearch> readSearch(std::string_view text);

}  // namespace transport_http
