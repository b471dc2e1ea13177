/// @file  What a delivery in a mailbox holds, as far as it is searched for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir_request.h"

namespace transport_http {

/// A token or reference of a person or thing, known again without being kept: 64 bits of a hash
/// under a key that this process alone has.
using TokenHash = std::uint64_t;

/// @param kind  tells hashes of the same text apart
TokenHash tokenHash(char kind, std::string_view text);

/// "system|value", "value", "|value" or "system|" as searches have them.
TokenHash tokenHash(std::string_view token);
/// "Patient/1", "https://…/Patient/1" or an id alone.
TokenHash referenceHash(std::string_view reference);

/// What can be searched for and read in mailboxes.
inline constexpr std::string_view kMailboxTypes[] = {
    "Binary", "Bundle", "CarePlan", "Communication", "DocumentReference", "Task"};

bool servedInMailboxes(std::string_view type);

/// One resource that can be found.
struct HeldResource {
    std::string type;
    std::uint32_t place = 0;  ///< 0: the whole delivery; n: the resource of the n-th entry
    std::vector<std::string> statuses;
    std::vector<TokenHash> people;  ///< whom it is about
    std::vector<TokenHash> identifiers;
};

struct HeldContent {
    std::optional<FhirFormat> format;  ///< nothing: shown as a Binary
    /// The whole first, then what can be found alone of a Bundle: CarePlan, DocumentReference,
    /// Communication.
    std::vector<HeldResource> resources;
    const std::string& type() const { return resources.front().type; }
};

/// What is no FHIR is a Binary, and so is what is of no type of mailboxes (an OperationOutcome) or
/// cannot be read as what its media type says.
HeldContent contentOf(const gateway::Bytes& body, std::string_view mediaType);

/// The bytes of a delivery that is FHIR, and its parts.
class HeldBody {
public:
    HeldBody(const gateway::Bytes& body, FhirFormat format);
    /// The resource at a place as JSON; 0: the whole, whose bytes are those of the delivery if it
    /// is JSON.
    gateway::Bytes json(std::uint32_t place);

private:
    const gateway::Bytes json_;
    std::vector<gateway::Span> entries_;  ///< once one of them was asked for
};
/// The same JSON under another logical id.
gateway::Bytes withId(const gateway::Bytes& json, std::string_view id);

/// A Binary of those bytes, as JSON.
gateway::Bytes binaryJson(const gateway::Bytes& body, std::string_view mediaType,
                          std::string_view id);

}  // namespace transport_http
