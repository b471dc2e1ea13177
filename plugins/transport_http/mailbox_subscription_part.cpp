#include "mailbox_subscription_part.h"

#include "json_text.h"
#include "mailbox_notice.h"
#include "mailbox_owner.h"
#include "mailbox_search.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kHidden = ": ***";

http::Response noSubscriptions(const FhirRequest& request) {
    return refusal(request, 422, "not-supported",
                   {"this gateway has no mailboxes", "cette passerelle n'a pas de boîtes"});
}

/// A header as it was shown stands for what it was.
void keepHidden(Subscription& next, const Subscription& before) {
    for (std::string& header : next.headers) {
        if (!header.ends_with(kHidden)) continue;
        const std::string name = header.substr(0, header.size() - kHidden.size() + 1);
        for (const std::string& known : before.headers)
            if (known.starts_with(name)) header = known;
    }
}

}  // namespace

std::vector<FhirInteraction> SubscriptionPart::interactions() {
    const auto does = [this](Response (SubscriptionPart::*what)(const FhirRequest&)) {
        return [this, what](const FhirRequest& request) -> Response {
            if (!all_) return noSubscriptions(request);
            return (this->*what)(request);
        };
    };
    return {
        {"POST", "Subscription", does(&SubscriptionPart::create)},
        {"GET", "Subscription", does(&SubscriptionPart::list)},
        {"GET", "Subscription/[id]", does(&SubscriptionPart::show)},
        {"GET", "Subscription/[id]/$status", does(&SubscriptionPart::status)},
        {"PUT", "Subscription/[id]", does(&SubscriptionPart::change)},
        {"DELETE", "Subscription/[id]", does(&SubscriptionPart::remove)},
    };
}

void SubscriptionPart::describe(Capabilities& all, Gateway&) const {
    Capabilities::Resource& resource = all.resources["Subscription"];
    resource.interactions.insert({"create", "read", "update", "delete", "search-type"});
    resource.operations.push_back(
        {"status",
         "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/"
         "backport-subscription-status"});
    resource.documentation = "rest-hook; topic of the R5 backport: " + std::string(kMailboxTopic);
}

void SubscriptionPart::start(Gateway& gateway) {
    try {
        all_ = subscriptionsOf(gateway);
    } catch (const Error& error) {
        if (error.fault != Fault::unsupported) throw;
        return;
    }
    all_->serve(base_, hooks_);
}

void SubscriptionPart::release() noexcept { all_.reset(); }

SubscriptionPart::Response SubscriptionPart::notAllowed(const FhirRequest& request,
                                                        const std::string& address) const {
    OwnMailboxes own = ownMailboxes(request, Wanted::Act::subscribe, "Subscription", address);
    return std::move(own.refused);
}

http::Response SubscriptionPart::answer(const FhirRequest& request, int status,
                                        const Subscription& subscription) const {
    http::Response response =
        request.prefer.answer == Prefer::Return::minimal && status == 201
            ? http::Response{status, {}, {}}
            : respond(request, status, subscriptionJson(subscription, request.spoken));
    if (status == 201)
        response.headers.add("Location", absolute(request, "Subscription/" + subscription.id));
    return response;
}

SubscriptionPart::Response SubscriptionPart::create(const FhirRequest& request) {
    Subscription asked = subscriptionOf(request);
    if (auto refused = notAllowed(request, asked.endpoint)) return refused;
    if (asked.status == Subscription::Status::error || asked.status == Subscription::Status::off)
        throw Error(Fault::unsupported, "Subscription.status",
                    {"expected requested", "attendu requested"});
    return answer(request, 201, all_->add(std::move(asked)));
}

SubscriptionPart::Response SubscriptionPart::list(const FhirRequest& request) {
    if (auto refused = notAllowed(request, {})) return refused;
    if (request.prefer.strict && !request.query.empty())
        throw Error(Fault::malformed, request.query.front().first,
                    {"this parameter is not known here", "ce paramètre n'est pas connu ici"});
    const std::vector<Subscription> own = all_->of(request.who);
    JsonText json;
    json.object().text("resourceType", "Bundle").text("type", "searchset");
    json.raw("total", std::to_string(own.size())).array("link").object();
    json.text("relation", "self").text("url", absolute(request, "Subscription")).end().end();
    if (own.empty()) return respond(request, 200, json.take());
    json.array("entry");
    for (const Subscription& one : own) {
        json.object().text("fullUrl", absolute(request, "Subscription/" + one.id));
        json.raw("resource", subscriptionJson(one, request.spoken).view());
        json.object("search").text("mode", "match").end().end();
    }
    return respond(request, 200, json.take());
}

SubscriptionPart::Response SubscriptionPart::show(const FhirRequest& request) {
    const auto own = all_->find(request.who, request.id);
    if (!own) return notFound(request);
    return answer(request, 200, *own);
}

SubscriptionPart::Response SubscriptionPart::status(const FhirRequest& request) {
    const auto own = all_->find(request.who, request.id);
    if (!own) return notFound(request);
    return respond(request, 200,
                   statusBundle(*own, {Notice::Kind::query, {}, own->events, currentTime()}));
}

SubscriptionPart::Response SubscriptionPart::change(const FhirRequest& request) {
    const auto own = all_->find(request.who, request.id);
    if (!own) return notFound(request);
    if (request.http.headers.has("if-match"))
        return refusal(request, 412, "not-supported",
                       {"versions are compared of Tasks of mailboxes alone",
                        "les versions ne sont comparées que pour les Task des boîtes"},
                       "If-Match");
    Subscription next = subscriptionOf(request);
    if (auto refused = notAllowed(request, next.endpoint)) return refused;
    if (next.status == Subscription::Status::error)
        throw Error(Fault::unsupported, "Subscription.status",
                    {"expected requested, active or off", "attendu requested, active ou off"});
    next.id = own->id;
    next.events = own->events;
    keepHidden(next, *own);
    return answer(request, 200, all_->replace(std::move(next)));
}

SubscriptionPart::Response SubscriptionPart::remove(const FhirRequest& request) {
    const auto own = all_->find(request.who, request.id);
    if (!own) return notFound(request);
    all_->remove(own->id);
    return http::Response{204, {}, {}};
}

}  // namespace transport_http
