/// @file  What the front must know of a body that was sent: its type, and of a Bundle or of
/// Parameters what it holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir_request.h"

namespace transport_http {

/// An entry of a Bundle, or a parameter.
struct FhirPiece {
    std::string name;  ///< of a parameter
    std::string method, url, ifNoneExist, ifMatch, ifNoneMatch;
    std::string type, id;  ///< of its resource; empty: there is none
    gateway::Span where;   ///< of the resource
    std::string inherits;  ///< namespaces of XML that it uses and does not declare
};

/// What is beyond is not looked at: no plan has as many entries.
inline constexpr std::size_t kMostPieces = 10'000;

struct FhirOutline {
    gateway::Bytes text;  ///< the body as UTF-8
    FhirFormat format = FhirFormat::json;
    std::string resource, id;  ///< of the whole
    std::string type;          ///< of a Bundle: "transaction"
    std::vector<FhirPiece> pieces;
    bool more = false;  ///< than kMostPieces

    /// The resource of a piece, as it was written.
    gateway::Bytes bytesOf(const FhirPiece& piece) const;
};

/// @throws gateway::Error(malformed, unsupported)
FhirOutline outlineOf(const gateway::Bytes& body, FhirFormat format);

}  // namespace transport_http
