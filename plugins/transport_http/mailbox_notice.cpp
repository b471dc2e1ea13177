#include "mailbox_notice.h"

#include "fhir_respond.h"
#include "json_text.h"
#include "mailbox_task.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kStatusProfile =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
    "backport-subscription-status-r4";
constexpr std::string_view kNotificationProfile =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
    "backport-subscription-notification-r4";

std::string_view typeOf(Notice::Kind kind) {
    if (kind == Notice::Kind::handshake) return "handshake";
    return kind == Notice::Kind::event ? "event-notification" : "query-status";
}

void part(JsonText& json, std::string_view name, std::string_view kind, std::string_view value) {
    json.object().text("name", name).text(kind, value).end();
}

void reference(JsonText& json, std::string_view name, const std::string& to) {
    json.object().text("name", name).object("valueReference").text("reference", to).end().end();
}

std::string taskAt(const Subscription& subscription, const std::string& delivery) {
    return subscription.base + "/Task/" + pickUpId(delivery);
}

void status(JsonText& json, const Subscription& subscription, const Notice& notice) {
    const std::string self = subscription.base + "/Subscription/" + subscription.id;
    json.object("resource").text("resourceType", "Parameters");
    json.object("meta").array("profile").item(kStatusProfile).end().end();
    json.array("parameter");
    reference(json, "subscription", self);
    part(json, "topic", "valueCanonical", kMailboxTopic);
    part(json, "status", "valueCode", codeOf(subscription.status));
    part(json, "type", "valueCode", typeOf(notice.kind));
    part(json, "events-since-subscription-start", "valueString",
         std::to_string(notice.before + notice.deliveries.size()));
    std::uint64_t number = notice.before;
    for (const std::string& delivery : notice.deliveries) {
        json.object().text("name", "notification-event").array("part");
        part(json, "event-number", "valueString", std::to_string(++number));
        part(json, "timestamp", "valueInstant", toText(notice.at));
        if (!subscription.empty) reference(json, "focus", taskAt(subscription, delivery));
        json.end().end();
    }
    json.end().end();
}

}  // namespace

Bytes statusBundle(const Subscription& subscription, const Notice& notice) {
    const bool query = notice.kind == Notice::Kind::query;
    JsonText json;
    json.object().text("resourceType", "Bundle");
    if (!query) json.object("meta").array("profile").item(kNotificationProfile).end().end();
    json.text("type", query ? "searchset" : "history").text("timestamp", toText(notice.at));
    json.array("entry").object();
    status(json, subscription, notice);
    if (query) {
        json.object("search").text("mode", "match").end();
        return json.take();
    }
    json.object("request").text("method", "GET");
    json.text("url", subscription.base + "/Subscription/" + subscription.id + "/$status").end();
    json.object("response").text("status", "200").end().end();
    if (subscription.empty) return json.take();
    for (const std::string& delivery : notice.deliveries) {
        json.object().text("fullUrl", taskAt(subscription, delivery));
        json.object("request").text("method", "POST").text("url", "Task").end();
        json.object("response").text("status", "201").end().end();
    }
    return json.take();
}

http::Request noticeRequest(const Subscription& subscription, const Notice& notice) {
    http::Request request;
    request.method = "POST";
    for (const std::string& line : subscription.headers)
        if (auto header = hookHeader(line))
            request.headers.add(std::move(header->first), std::move(header->second));
    if (!subscription.backport) return request;
    const FhirFormat format = subscription.xml ? FhirFormat::xml : FhirFormat::json;
    request.body = converted(statusBundle(subscription, notice), FhirFormat::json, format);
    request.headers.add("Content-Type", std::string(mediaTypeOf(format)));
    return request;
}

}  // namespace transport_http
