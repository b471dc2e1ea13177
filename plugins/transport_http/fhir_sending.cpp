#include "fhir_sending.h"

#include <algorithm>

#include "fhir_base.h"
#include "fhir_known.h"
#include "fhir_respond.h"
#include "keys.h"
#include "waiting.h"

namespace transport_http {
using namespace gateway;

namespace {

/// What was sent alone, as an entry would have it.
FhirPiece pieceOf(const FhirRequest& request) {
    FhirPiece piece;
    piece.method = request.http.method;
    piece.url = request.type;
    piece.ifNoneExist = request.http.headers.get("if-none-exist");
    return piece;
}

std::optional<http::Response> refuseKey(const FhirRequest& request) {
    if (const auto bad = badKey(request.http.headers))
        return refusal(request, 400, "value", *bad, std::string(kKeyHeader));
    return std::nullopt;
}

}  // namespace

std::optional<http::Response> refuseIfMatch(const FhirRequest& request) {
    if (!request.http.headers.has("if-match")) return std::nullopt;
    return refusal(request, 412, "conflict",
                   {"If-Match goes with Tasks of a mailbox alone: nothing else is kept here in "
                    "versions that could be compared",
                    "If-Match ne va qu'avec les Tasks d'une boîte : rien d'autre n'est gardé ici "
                    "en versions comparables"},
                   "If-Match");
}

std::vector<FhirInteraction> FhirSending::interactions() {
    const auto gate = [this](const FhirRequest& request) -> std::optional<Response> {
        if (auto refused = refuseIfMatch(request)) return refused;
        if (auto refused = refuseKey(request)) return refused;
        if (request.type.empty()) return sources_.refuse(request, Wanted::Act::send);
        auto chosen = sources_.choose(request, request.type, Wanted::Act::send);
        if (auto* const refused = std::get_if<Response>(&chosen)) return std::move(*refused);
        return std::nullopt;
    };
    return {{"POST", "",
             [this](const FhirRequest& request) { return std::optional(bundle(request)); }, gate},
            {"POST", "[type]",
             [this](const FhirRequest& request) { return std::optional(alone(request)); }, gate},
            {"PUT", "[type]/[id]",
             [this](const FhirRequest& request) { return std::optional(alone(request)); }, gate}};
}

void FhirSending::describe(Capabilities& all, Gateway&) const {
    for (const FhirSource& source : sources_.all())
        for (const std::string& type : source.resources) {
            Capabilities::Resource& resource = all.resources[type];
            resource.interactions.insert({"create", "update"});
            resource.conditionalCreate = true;
            if (type == "Bundle") all.interactions.insert("transaction");
            all.interactions.insert("batch");
        }
}

http::Response FhirSending::alone(const FhirRequest& request) {
    return conclude(request, plan(request, pieceOf(request), request.http.body, 0),
                    request.http.body);
}

http::Response FhirSending::conclude(const FhirRequest& request, Decided decided,
                                     const Bytes& resource) {
    if (auto* const refused = std::get_if<Response>(&decided)) return std::move(*refused);
    if (const auto* const known = std::get_if<FhirSent>(&decided))
        return answer(request, *known, {});
    const auto& planned = std::get<Planned>(decided);
    const Time since = currentTime();
    const Accepted accepted = request.gateway.inbox().accept({&planned.arrival, 1}).front();
    return answer(request, sent(request, planned, accepted, since), resource);
}

/// What the body says it is must be what the path says; what cannot be read is for the inbox to
/// refuse, which notes it.
FhirSending::Decided FhirSending::plan(const FhirRequest& request, const FhirPiece& piece,
                                       Bytes body, std::size_t number) const {
    auto chosen = sources_.choose(request, request.type, Wanted::Act::send);
    if (auto* const refused = std::get_if<Response>(&chosen)) return std::move(*refused);
    const FhirSource& source = *std::get<const FhirSource*>(chosen);
    const bool creates = piece.method == "POST";
    FhirOutline whole;
    try {
        whole = outlineOf(body, request.body);
    } catch (const Error&) {
        whole.resource = request.type;
        whole.id = request.id;
    }
    if (whole.resource != request.type)
        return refusal(request, 422, "invariant",
                       {"another type of resource than the path says",
                        "un autre type de ressource que ne dit le chemin"},
                       "resourceType");
    if (!creates && whole.id != request.id)
        return refusal(request, 400, "invariant",
                       {"expected the id of the path", "attendu l'id du chemin"},
                       std::string(request.type) + ".id");
    if (creates && !piece.ifNoneExist.empty())
        if (auto known = knownAlready(request, request.type, piece.ifNoneExist, source.network))
            return *std::move(known);
    Planned planned{&source,
                    arrival(request, source, std::move(body), request.type,
                            creates ? "create" : "update", number),
                    std::string(request.type), creates};
    if (!creates) planned.resource += "/" + std::string(request.id);
    return planned;
}

Arrival FhirSending::arrival(const FhirRequest& request, const FhirSource& source, Bytes body,
                             std::string_view type, std::string_view interaction,
                             std::size_t number) const {
    Arrival arrival{source.options.name, std::move(body), request.http.facts};
    note(arrival.facts, request.who);
    const std::string below = type.empty() ? std::string() : "/" + std::string(type);
    arrival.facts.set("http.path", request.base.path() + below);
    arrival.facts.set("http.interaction", std::string(interaction));
    if (const std::string key(request.http.headers.get(kKeyHeader)); !key.empty())
        arrival.facts.set("http.idempotency-key", number > 0 ? keyOfEntry(key, number) : key);
    return arrival;
}

FhirSent FhirSending::sent(const FhirRequest& request, const Planned& planned,
                           const Accepted& accepted, Time since) const {
    FhirSent stored = sentOf(request, accepted);
    const SourceOptions& options = planned.source->options;
    const Stage stage = request.prefer.async ? Stage::stored : options.answer;
    if (stored.failed() || stored.message.empty() || stage == Stage::stored) return stored;
    const Progress progress = waitFor(request.gateway.inbox(), stored.message, stage,
                                      since + options.answerWithin, stopping_);
    const bool create = !planned.resource.empty() && planned.created;
    return sentOf(request, accepted, progress,
                  create ? planned.resource + "/" + stored.message : planned.resource, create);
}

}  // namespace transport_http
