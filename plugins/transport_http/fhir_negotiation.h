/// @file  What a FHIR client says of formats, languages and how it wants to be answered.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir_request.h"

namespace transport_http {

/// The format that a media type means ("application/fhir+xml", "text/json"); nothing for
/// another one, or another version of FHIR than 4.0.
std::optional<FhirFormat> formatOf(std::string_view mediaType);

/// The same of `_format`, where "json" and "xml" do, and '+' may have become a space.
std::optional<FhirFormat> formatNamed(std::string_view name);

/// What Accept prefers, `otherwise` where it leaves the choice; nothing when it takes neither.
std::optional<FhirFormat> accepted(const gateway::http::Headers& headers, FhirFormat otherwise);

/// Whether a Content-Type says UTF-8, or nothing of an encoding.
bool isUtf8(std::string_view contentType);

/// Whether Accept-Encoding names gzip, or anything.
bool takesGzip(const gateway::http::Headers& headers);

Prefer preferOf(const gateway::http::Headers& headers);

/// French or English, whichever Accept-Language puts first.
gateway::Spoken spokenOf(const gateway::http::Headers& headers);

}  // namespace transport_http
