/// @file  What a FHIR server says in the body of its answer, JSON or XML.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.h"

namespace transport_http {

struct FhirAnswer {
    struct Issue {
        std::string severity, code;
    };
    std::string resource;              ///< "Bundle", "OperationOutcome"
    std::string type;                  ///< of a Bundle: "transaction-response"
    std::vector<std::string> entries;  ///< response.status of each of a Bundle, "201 Created"
    std::vector<Issue> issues;         ///< of an OperationOutcome
};

/// @return nothing when the body is empty or says that it is neither JSON nor XML
/// @throws gateway::Error(malformed) when it is not what it says
std::optional<FhirAnswer> readFhirAnswer(const gateway::http::Response& response);

}  // namespace transport_http
