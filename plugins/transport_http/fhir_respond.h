/// @file  Answers of a FHIR base, in the format and the language that are asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir_request.h"
#include "outcome.h"

namespace transport_http {

/// A resource that is written as JSON, as JSON or XML.
gateway::http::Response respond(const FhirRequest& request, int status, gateway::Bytes json);
/// The same of bytes of either format, as they were stored.
gateway::http::Response respondStored(const FhirRequest& request, int status, gateway::Bytes bytes,
                                      FhirFormat format);
gateway::http::Response respond(const FhirRequest& request, int status,
                                const std::vector<OutcomeIssue>& issues);

/// An OperationOutcome of one issue. @param code  of FHIR's issue-type
gateway::http::Response refusal(const FhirRequest& request, int status, std::string_view code,
                                const gateway::Reason& what, std::string where = {});
/// With the status of its fault.
gateway::http::Response refusal(const FhirRequest& request, const gateway::Error& error);

/// Nothing when the configuration lets this one do that; otherwise 401 (it is not known who it is)
/// or 403, which are told to the log and the audit.
std::optional<gateway::http::Response> mayNot(const FhirRequest& request,
                                              const gateway::Wanted& wanted);

/// "application/fhir+json; charset=utf-8"
std::string_view mediaTypeOf(FhirFormat format);
/// A resource of JSON as XML, and the reverse. @throws gateway::Error(rejected, malformed)
gateway::Bytes converted(const gateway::Bytes& resource, FhirFormat from, FhirFormat to);

/// @throws gateway::Error(rejected) when more was sent than an honest one has
void mustBeWithin(const FhirRequest& request, std::size_t bytes);

/// As header fields have it (RFC 9110 §5.6.7).
std::string httpDate(gateway::Time at);

/// "https://host/fhir/" + `path`, by the request's Host: for Location and Content-Location.
std::string absolute(const FhirRequest& request, std::string_view path);

}  // namespace transport_http
