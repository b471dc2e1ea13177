#include "mailbox_owner.h"

#include <algorithm>

namespace transport_http {
using namespace gateway;

OwnMailboxes ownMailboxes(const FhirRequest& request, Wanted::Act act, std::string_view type,
                          const std::string& address) {
    OwnMailboxes own;
    Wanted wanted;
    wanted.act = act;
    wanted.type = type;
    wanted.address = address;
    const std::shared_ptr<const Directory> directory = request.gateway.directory();
    const Partner* const partner = directory ? directory->find(request.who.partner) : nullptr;
    if (partner == nullptr) {
        own.refused = mayNot(request, wanted);
        if (!own.refused)
            own.refused = refusal(
                request, 403, "forbidden",
                {"say for which partner: X-Acts-For", "dire pour quel partenaire : X-Acts-For"});
        return own;
    }
    for (const std::string& name : partner->destinations) {
        wanted.destination = partner->name + "/" + name;
        if (!request.gateway.access()->refuses(request.who, wanted))
            own.destinations.push_back(wanted.destination);
    }
    // What is refused is told, logged and recorded once.
    if (own.destinations.empty() && !partner->destinations.empty())
        own.refused = mayNot(request, wanted);
    return own;
}

std::optional<OwnDelivery> ownDelivery(const FhirRequest& request, std::string_view id) {
    if (request.who.partner.empty() || id.empty()) return std::nullopt;
    const std::optional<MessageView> message = request.gateway.message(std::string(id));
    if (!message) return std::nullopt;
    for (const DeliveryView& one : message->deliveries) {
        if (one.id != id || one.partner != request.who.partner) continue;
        auto state = pickUpState(*message, one);
        if (!state) return std::nullopt;
        return OwnDelivery{message->id, one.destination, one.plan, *std::move(state)};
    }
    return std::nullopt;
}

http::Response notFound(const FhirRequest& request) {
    return refusal(request, 404, "not-found",
                   {"no such resource waits here", "aucune ressource de ce nom n'attend ici"});
}

http::Response notWaiting(const FhirRequest& request, const OwnDelivery& delivery) {
    const std::string& status = delivery.state.status;
    if (status == "cancelled")
        return refusal(request, 410, "deleted",
                       delivery.state.why.empty()
                           ? Reason{"it is not offered any more", "n'est plus proposé"}
                           : delivery.state.why);
    return refusal(request, 410, "deleted",
                   say("it was settled as {0} and waits here no more",
                       "a été réglé comme {0} et n'attend plus ici", {status}));
}

std::string nameOf(const Who& who) {
    if (who.partner.empty() || who.partner == who.endpoint) return who.endpoint;
    return who.partner + " (" + who.endpoint + ")";
}

AuditRecord recordOf(const FhirRequest& request, std::string what) {
    AuditRecord record;
    record.by = request.who.known() ? request.who.endpoint : "unknown";
    record.what = std::move(what);
    record.details["peer"] = request.http.facts.get("peer");
    if (!request.who.partner.empty()) record.details["partner"] = request.who.partner;
    if (!request.who.person.empty()) record.details["person"] = request.who.person;
    return record;
}

}  // namespace transport_http
