#include "fhir_validate.h"

#include <algorithm>

#include "fhir_base.h"
#include "fhir_outline.h"
#include "fhir_respond.h"
#include "fhir_sending.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr const char* kDefinition = "http://hl7.org/fhir/OperationDefinition/Resource-validate";

/// The resource itself, or the parameter `resource` of Parameters.
struct Given {
    std::string type;
    Bytes body;
};

Given given(const FhirOutline& outline, const Bytes& body) {
    if (outline.resource != "Parameters") return {outline.resource, body};
    for (const FhirPiece& piece : outline.pieces)
        if (piece.name == "resource" && !piece.type.empty())
            return {piece.type, outline.bytesOf(piece)};
    return {};
}

bool isError(const OutcomeIssue& issue) {
    return issue.severity == "error" || issue.severity == "fatal";
}

std::vector<OutcomeIssue> findings(const FhirRequest& request, const Accepted& examined) {
    std::vector<OutcomeIssue> all;
    for (const Accepted::One& one : examined.messages) {
        if (one.error) all.push_back(issueOf(*one.error, request.spoken));
        for (OutcomeIssue& issue : issuesOf(request, one.issues)) all.push_back(std::move(issue));
    }
    if (std::none_of(all.begin(), all.end(), isError))
        all.push_back({"information",
                       "informational",
                       Reason{"nothing stands against it", "rien ne s'y oppose"}.in(request.spoken),
                       {}});
    return all;
}

}  // namespace

std::vector<FhirInteraction> FhirValidate::interactions() {
    const auto handle = [this](const FhirRequest& request) {
        return std::optional(validate(request));
    };
    const auto gate = [this](const FhirRequest& request) -> std::optional<http::Response> {
        if (auto refused = refuseIfMatch(request)) return refused;
        if (request.type.empty()) return sources_.refuse(request, Wanted::Act::validate);
        auto chosen = sources_.choose(request, request.type, Wanted::Act::validate);
        if (auto* const refused = std::get_if<http::Response>(&chosen)) return std::move(*refused);
        return std::nullopt;
    };
    return {{"POST", "$validate", handle, gate}, {"POST", "[type]/$validate", handle, gate}};
}

void FhirValidate::describe(Capabilities& all, Gateway&) const {
    for (const FhirSource& source : sources_.all())
        for (const std::string& type : source.resources) {
            auto& operations = all.resources[type].operations;
            if (std::none_of(operations.begin(), operations.end(),
                             [](const auto& one) { return one.name == "validate"; }))
                operations.push_back({"validate", kDefinition});
        }
    all.operations.push_back({"validate", kDefinition});
}

http::Response FhirValidate::validate(const FhirRequest& request) const {
    Given resource;
    try {
        resource = given(outlineOf(request.http.body, request.body), request.http.body);
    } catch (const Error& error) {
        return respond(request, 200, {issueOf(error, request.spoken)});
    }
    if (resource.type.empty())
        return refusal(request, 400, "required",
                       {"expected a resource, or Parameters with the parameter resource",
                        "attendu une ressource, ou Parameters avec le paramètre resource"});
    if (!request.type.empty() && resource.type != request.type)
        return refusal(request, 422, "invariant",
                       {"another type of resource than the path says",
                        "un autre type de ressource que ne dit le chemin"},
                       "resourceType");
    auto chosen = sources_.choose(request, resource.type, Wanted::Act::validate);
    if (auto* const refused = std::get_if<http::Response>(&chosen)) return std::move(*refused);
    const FhirSource& source = *std::get<const FhirSource*>(chosen);
    Arrival arrival{source.options.name, std::move(resource.body), request.http.facts};
    note(arrival.facts, request.who);
    arrival.facts.set("http.interaction", "validate");
    const Accepted examined = request.gateway.inbox().examine(arrival);
    for (const Accepted::One& one : examined.messages)
        if (one.error &&
            (one.error->fault == Fault::unavailable || one.error->fault == Fault::internal))
            return refusal(request, *one.error);
    return respond(request, 200, findings(request, examined));
}

}  // namespace transport_http
