/// @file  A request to a FHIR base, as its interactions see it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/transport.h"
#include "http/message.h"

namespace transport_http {

class FhirBase;

enum class FhirFormat { json, xml };

/// What the sender prefers (RFC 7240, http://hl7.org/fhir/R4/http.html#ops).
struct Prefer {
    enum class Return { unsaid, minimal, representation, outcome };
    Return answer = Return::unsaid;
    bool async = false;   ///< respond-async: do not wait for more than that it is stored
    bool strict = false;  ///< handling=strict: parameters that are not known are refused
};

/// Lives as long as the HTTP request that it was read from.
struct FhirRequest {
    const gateway::http::Request& http;  ///< before the body is read: without it
    const FhirBase& base;
    gateway::Gateway& gateway;
    gateway::Who who;
    FhirFormat answers = FhirFormat::json;  ///< what is asked for: Accept, _format
    FhirFormat body = FhirFormat::json;     ///< what is sent: Content-Type
    gateway::Spoken spoken = gateway::Spoken::english;
    Prefer prefer = {};
    // Of the path.
    std::string_view type = {};       ///< "CarePlan"; empty: the whole base
    std::string_view id = {};         ///< may be empty
    std::string_view operation = {};  ///< "$validate", "_search", "metadata"; may be empty
    /// Decoded, without _format and _pretty; a form's (POST …/_search) are in its body.
    std::vector<std::pair<std::string, std::string>> query = {};
};

}  // namespace transport_http
