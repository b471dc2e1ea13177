#include "mailbox_settle.h"

#include <algorithm>

#include "common/fhir/json_reader.h"

namespace transport_http {
using namespace gateway;

namespace {

/// What a partner says is kept as its proof.
constexpr std::size_t kMostSaid = 1u << 20;

/// @throws Error(malformed) when it is another resource, Error(rejected) when it is too large
Document read(const FhirRequest& request, std::string_view type) {
    mustBeWithin(request, kMostSaid);
    Issues issues;
    const Bytes json = converted(request.http.body, request.body, FhirFormat::json);
    Builder tree(json, "Resource");
    fhir::readJson(json.view(), tree, issues);
    Document document = tree.finish(true);
    if (document.root().type() != type)
        throw Error(Fault::malformed, "resourceType",
                    say("expected a {0}", "attendu : {0}", {type}));
    return document;
}

bool accepts(std::string_view status) { return status != "rejected"; }

bool sameEnd(std::string_view one, std::string_view other) {
    return accepts(one) == accepts(other);
}

http::Response conflict(const FhirRequest& request, const PickUpState& state) {
    return refusal(
        request, 409, "conflict",
        say("it was settled as {0} before", "a déjà été réglé comme {0}", {state.status}));
}

/// What its partner said of it; nothing: it has not.
bool settled(const PickUpState& state) {
    return state.status == "completed" || state.status == "accepted" || state.status == "rejected";
}

PickUp pickUpOf(const FhirRequest& request, const OwnDelivery& delivery,
                const Settlement& settlement) {
    PickUp done;
    done.id = delivery.state.id;
    done.by = nameOf(request.who);
    done.answer = Answer{settlement.words, settlement.status};
    if (accepts(settlement.status)) return done;
    done.state = DeliveryState::setAside;
    done.reason = {"refused by its partner, see its answer",
                   "refusé par son partenaire, voir sa réponse"};
    return done;
}

void recordSettled(const FhirRequest& request, const OwnDelivery& delivery,
                   const Settlement& settlement) {
    AuditRecord record = recordOf(request, "settle");
    for (const std::string& about : {delivery.plan, delivery.message, delivery.state.id})
        if (!about.empty()) record.about.push_back(about);
    record.details["status"] = settlement.status;
    try {
        request.gateway.trail().tell(std::move(record));
    } catch (const Error& error) {
        if (error.fault != Fault::unsupported) throw;  // there is no audit here
    }
}

}  // namespace

Settlement taskSettlement(const FhirRequest& request) {
    const Document task = read(request, "Task");
    const Node root = task.root();
    if (const Node id = root.child("id"); id && id.text() != request.id)
        throw Error(Fault::malformed, "Task.id",
                    {"expected the id of the address", "attendu l'identifiant de l'adresse"});
    const std::string status(root.child("status").text());
    if (status != "completed" && status != "accepted" && status != "rejected")
        throw Error(Fault::unsupported, "Task.status",
                    {"expected completed, accepted or rejected",
                     "attendu completed, accepted ou rejected"});
    return {status, request.http.body};
}

Settlement ackSettlement(const FhirRequest& request) {
    if (request.http.body.empty()) return {"completed", {}};
    const Document parameters = read(request, "Parameters");
    bool accepted = true;
    for (const Node one : parameters.root().children()) {
        if (one.name() != "parameter") continue;
        const std::string_view name = one.child("name").text();
        const Node value = one.child("value");
        if (name == "accepted") {
            if (value.kind() != Kind::boolean)
                throw Error(Fault::malformed, "accepted",
                            {"expected valueBoolean", "attendu valueBoolean"});
            accepted = value.text() == "true";
        } else if (name != "reason") {
            throw Error(Fault::unsupported, "Parameters.parameter.name",
                        {"expected accepted or reason", "attendu accepted ou reason"});
        }
    }
    return {accepted ? "completed" : "rejected", request.http.body};
}

http::Response stamped(const FhirRequest& request, http::Response response, Time since) {
    const bool reads = request.http.method == "GET" || request.http.method == "HEAD";
    if (reads && namesTag(request.http.headers.get("if-none-match"), since))
        response = {304, {{"Cache-Control", "no-store"}}, {}};
    response.headers.add("ETag", tagOf(since));
    response.headers.add("Last-Modified", httpDate(since));
    return response;
}

http::Response showTask(const FhirRequest& request, const PickUpState& state) {
    return stamped(request, respond(request, 200, taskJson(state, request.spoken)), state.since);
}

http::Response settle(const FhirRequest& request, MailboxIndex& index, const OwnDelivery& delivery,
                      const Settlement& settlement) {
    Wanted wanted;
    wanted.act = Wanted::Act::settle;
    wanted.destination = delivery.destination;
    wanted.type = "Task";
    if (auto refused = mayNot(request, wanted)) return *std::move(refused);
    const PickUpState& state = delivery.state;
    // Said before: RFC 9110 §13.1.1 lets it succeed whatever its precondition.
    if (settled(state) && sameEnd(state.status, settlement.status)) return showTask(request, state);
    const std::string_view match = request.http.headers.get("if-match");
    if (!match.empty() && !namesTag(match, state.since))
        return refusal(request, 412, "conflict",
                       {"it has changed since that version", "a changé depuis cette version"},
                       "If-Match");
    if (settled(state)) return conflict(request, state);
    if (!delivery.waits()) return notWaiting(request, delivery);
    Mailboxes& mailboxes = request.gateway.mailboxes();
    const auto item = index.find(mailboxes, delivery.destination, state.id);
    const auto content = item ? index.content(mailboxes, *item) : nullptr;
    try {
        mailboxes.pickedUp(delivery.destination, pickUpOf(request, delivery, settlement));
        recordSettled(request, delivery, settlement);
    } catch (const Error& error) {
        if (error.fault != Fault::rejected) throw;  // somebody was first: it is told below
    }
    if (item) index.gone(*item);
    auto now = ownDelivery(request, state.id);
    if (!now || !settled(now->state)) return now ? notWaiting(request, *now) : notFound(request);
    if (!sameEnd(now->state.status, settlement.status)) return conflict(request, now->state);
    if (content) now->state.focus = content->type() + "/" + state.id;
    return showTask(request, now->state);
}

}  // namespace transport_http
