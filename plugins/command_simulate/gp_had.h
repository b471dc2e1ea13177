/// @file  What a simulated FHIR server makes of what is posted to it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace simulate {

/// One entry of a Bundle, as far as the answer needs it.
struct PostedEntry {
    std::string resource;  ///< its resourceType
    std::string method;    ///< of its request
};

/// A resource, or a Bundle with its entries.
struct Posted {
    std::string resource;
    std::string type;  ///< of a Bundle
    std::vector<PostedEntry> entries;
};

/// @throws gateway::Error(malformed) naming the place
Posted readPosted(std::string_view json);

/// The transaction-response for it: "201 Created" with a location for each entry (200 for a PUT).
/// @param first  number of the first resource that is made
std::string transactionResponse(const Posted& posted, std::uint64_t first);

std::string outcomeText(std::string_view severity, std::string_view code, std::string_view what,
                        std::string_view where);
std::string capabilityText(std::string_view name);

}  // namespace simulate
