/// @file  What this transport says when something is refused: an OperationOutcome with the HTTP
/// status that fits the fault.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "http/message.h"

namespace transport_http {

/// One issue of FHIR's OperationOutcome.
struct OutcomeIssue {
    std::string_view severity;  ///< fatal, error, warning, information
    std::string_view code;      ///< of FHIR's issue-type
    std::string what;           ///< diagnostics
    std::string where;          ///< expression; may be empty
};

int statusOf(gateway::Fault fault);
OutcomeIssue issueOf(const gateway::Error& error,
                     gateway::Spoken spoken = gateway::Spoken::english);

gateway::http::Response outcome(int status, const std::vector<OutcomeIssue>& issues);
gateway::http::Response outcome(int status, std::string_view code, std::string what,
                                std::string where = {});
/// What the server refuses before a source sees it: framing, sizes, deadlines.
gateway::http::Response refusedUnread(int status, std::string_view what);

}  // namespace transport_http
