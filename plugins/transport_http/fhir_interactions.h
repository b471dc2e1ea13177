/// @file  What a FHIR base offers: a table of interactions, each by method and path. A part of the
/// front (what is sent; what waits in mailboxes) brings its rows.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir_request.h"

namespace transport_http {

/// One row.
struct FhirInteraction {
    /// Before the body is read: an answer refuses it.
    using Gate = std::function<std::optional<gateway::http::Response>(const FhirRequest&)>;
    /// Nothing: it is not this row's after all (a Task that is in no mailbox); the next that fits
    /// is asked. What it throws is answered with the status of its fault and an OperationOutcome.
    using Handle = std::function<std::optional<gateway::http::Response>(const FhirRequest&)>;

    std::string_view method;  ///< "GET" is HEAD too
    /// Below the base: "metadata", "[type]/[id]", "Task/[id]/$ack", "" for the base itself. [type]
    /// is a resource type of R4, [id] an id as FHIR has them.
    std::string_view path;
    Handle handle;
    Gate gate = {};
    bool open = false;  ///< nobody need say who they are: a bad token does not matter
};

/// What /metadata tells of a base.
struct Capabilities {
    struct Search {
        std::string name, type;  ///< "patient.identifier", "token"
    };
    struct Operation {
        std::string name, definition;  ///< "validate", its canonical URL
    };
    struct Resource {
        std::set<std::string> interactions;  ///< "read", "search-type", "create", "update"
        std::vector<Search> search;
        std::vector<Operation> operations;
        bool conditionalCreate = false;
        std::string documentation;
    };
    std::map<std::string, Resource> resources;
    std::set<std::string> interactions;  ///< "transaction", "batch"
    std::vector<Operation> operations;
};

/// Serves many threads.
class FhirPart {
public:
    virtual ~FhirPart() = default;
    /// Asked once. The rows' functions may refer to this part.
    virtual std::vector<FhirInteraction> interactions() = 0;
    virtual void describe(Capabilities& all, gateway::Gateway& gateway) const = 0;
    virtual void start(gateway::Gateway&) {}
    /// Handlers that wait should end; they may still run after it.
    virtual void stop() noexcept {}
    /// No handler runs any more: what needs the gateway is let go.
    virtual void release() noexcept {}
};

}  // namespace transport_http
