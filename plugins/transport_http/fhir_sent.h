/// @file  What became of one message that was sent to a FHIR base, and how its sender is told.
#pragma once

#include <string>
#include <vector>

#include "fhir_request.h"
#include "json_text.h"
#include "outcome.h"

namespace transport_http {

struct FhirSent {
    int status = 202;
    std::string message;   ///< ours; empty: nothing was stored
    std::string location;  ///< below the base: "Task/1GZ79-1/_history/1GZ79-1"; may be empty
    gateway::Time at{};    ///< when it was taken
    std::vector<OutcomeIssue> issues;

    bool failed() const { return status >= 400; }
};

/// Below the base: where its sender sees what becomes of a message.
std::string statusPath(std::string_view message);

/// Nothing more is waited for.
FhirSent sentOf(const FhirRequest& request, const gateway::Accepted& accepted);
/// After waiting. @param resource  "TYPE/ID" that it has from now on; empty: a transaction
FhirSent sentOf(const FhirRequest& request, const gateway::Accepted& accepted,
                const gateway::Progress& progress, std::string_view resource, bool created);

/// The issues of a message as its sender may read them.
std::vector<OutcomeIssue> issuesOf(const FhirRequest& request, const gateway::Issues& issues);

/// As an answer of its own. @param resource  as it was sent: for return=representation
gateway::http::Response answer(const FhirRequest& request, const FhirSent& sent,
                               const gateway::Bytes& resource);
/// As an entry of a batch- or transaction-response.
void writeEntry(JsonText& out, const FhirRequest& request, const FhirSent& sent,
                const gateway::Bytes& resource);

/// "OperationOutcome" as JSON.
gateway::Bytes outcomeText(const std::vector<OutcomeIssue>& issues);

}  // namespace transport_http
