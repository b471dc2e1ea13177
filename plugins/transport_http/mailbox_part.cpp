#include "mailbox_part.h"

#include <algorithm>
#include <charconv>

#include "fhir_negotiation.h"
#include "mailbox_owner.h"
#include "mailbox_page.h"
#include "mailbox_settle.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::size_t kMostForm = 64u << 10;

/// In addresses, which end in logs.
std::optional<http::Response> noPersonInAddress(const FhirRequest& request) {
    for (const auto& [name, value] : request.query)
        if (tellsOfPerson(name, value))
            return refusal(request, 400, "security",
                           {"addresses end in logs: what tells of a person is searched for by POST "
                            "to _search, in the form that it sends",
                            "les adresses finissent dans des journaux : ce qui désigne une "
                            "personne se cherche par POST vers _search, dans le formulaire envoyé"},
                           name);
    return std::nullopt;
}

std::optional<http::Response> badForm(const FhirRequest& request) {
    const std::string_view type = request.http.headers.get("content-type");
    if (http::mediaTypeOf(type) == "application/x-www-form-urlencoded") return std::nullopt;
    return refusal(
        request, 415, "not-supported",
        {"expected application/x-www-form-urlencoded", "attendu application/x-www-form-urlencoded"},
        "Content-Type");
}

/// What a form says of a search counts as what its address says.
void addForm(FhirRequest& request) {
    mustBeWithin(request, kMostForm);
    for (auto& [name, value] : http::queryValues(request.http.body.view()))
        if (name == "_format")
            request.answers = formatNamed(value).value_or(request.answers);
        else if (name != "_pretty")
            request.query.emplace_back(std::move(name), std::move(value));
}

/// "1GZ791.3": the delivery, and the entry of its Bundle. What is written otherwise is no address.
std::pair<std::string, std::uint32_t> placed(std::string_view id) {
    const std::size_t dot = std::min(id.find('.'), id.size());
    std::uint32_t place = 0;
    if (dot == id.size()) return {std::string(id), place};
    const std::string_view number = id.substr(dot + 1);
    const auto end = std::from_chars(number.data(), number.data() + number.size(), place);
    if (end.ec != std::errc() || place == 0 || number != std::to_string(place)) return {};
    return {std::string(id.substr(0, dot)), place};
}

const HeldResource* resourceAt(const HeldContent& content, std::string_view type,
                               std::uint32_t place) {
    for (const HeldResource& one : content.resources)
        if (one.place == place && one.type == type) return &one;
    return nullptr;
}

/// What is no FHIR goes as it is, unless FHIR is asked for by name
/// (http://hl7.org/fhir/R4/binary.html#rest).
bool asksForBytes(const http::Request& request) {
    for (const auto& [name, value] : request.headers.all())
        if (http::sameText(name, "accept") && value.find("fhir") != value.npos) return false;
    return request.query.find("_format=") == std::string::npos;
}

}  // namespace

std::vector<FhirInteraction> MailboxPart::interactions() {
    const auto does = [this](Response (MailboxPart::*what)(const FhirRequest&)) {
        return [this, what](const FhirRequest& request) { return (this->*what)(request); };
    };
    return {
        {"GET", "[type]", does(&MailboxPart::search), noPersonInAddress},
        {"POST", "[type]/_search", does(&MailboxPart::search),
         [](const FhirRequest& request) {
             auto refused = noPersonInAddress(request);
             return refused ? std::move(refused) : badForm(request);
         }},
        {"GET", "[type]/[id]", does(&MailboxPart::read)},
        {"PUT", "Task/[id]", does(&MailboxPart::putTask)},
        {"POST", "[type]/[id]/$ack", does(&MailboxPart::ack)},
    };
}

void MailboxPart::describe(Capabilities& all, Gateway&) const {
    for (const std::string_view type : kMailboxTypes) {
        Capabilities::Resource& resource = all.resources[std::string(type)];
        resource.interactions.insert({"read", "search-type"});
        for (auto& [name, kind] : searchParameters(type)) resource.search.push_back({name, kind});
        resource.operations.push_back(
            {"ack", "https://passerelle.example/fhir/OperationDefinition/ack"});
    }
    all.resources["Task"].interactions.insert("update");
}

void MailboxPart::start(Gateway& gateway) {
    try {
        shared_ = subscriptionsOf(gateway);
    } catch (const Error& error) {
        if (error.fault != Fault::unsupported) throw;
    }
}

void MailboxPart::release() noexcept { shared_.reset(); }

MailboxPart::Response MailboxPart::search(const FhirRequest& asked) {
    if (!servedInMailboxes(asked.type)) return std::nullopt;
    FhirRequest request = asked;
    if (request.operation == "_search") addForm(request);
    const Parameters& parameters = request.query;
    OwnMailboxes mailboxes = ownMailboxes(request, Wanted::Act::read, request.type);
    if (mailboxes.refused) return std::move(mailboxes.refused);
    MailboxCursor cursor;
    if (parameters.size() == 1 && parameters[0].first == "_cursor") {
        auto known = opened(parameters[0].second, request.who.partner);
        if (!known || known->search.type != request.type)
            return refusal(request, 410, "expired",
                           {"this page is not known any more: search again",
                            "cette page n'est plus connue : refaire la recherche"},
                           "_cursor");
        cursor = *std::move(known);
    } else {
        cursor.search = searchOf(request.type, parameters, request.prefer.strict);
    }
    return MailboxPage(request, index(), cursor, std::move(mailboxes.destinations)).answer();
}

MailboxPart::Response MailboxPart::read(const FhirRequest& request) {
    if (!servedInMailboxes(request.type)) return std::nullopt;
    if (request.type == "Task" && !deliveryOf(request.id).empty()) return readTask(request);
    return readContent(request);
}

MailboxPart::Response MailboxPart::readTask(const FhirRequest& request) {
    auto delivery = ownDelivery(request, deliveryOf(request.id));
    if (!delivery) return notFound(request);
    if (auto refused = mayNot(request, {Wanted::Act::read, {}, delivery->destination, "Task", {}}))
        return refused;
    if (delivery->waits()) {
        Mailboxes& mailboxes = request.gateway.mailboxes();
        const auto item = index().find(mailboxes, delivery->destination, delivery->state.id);
        const bool there = item && index().read(mailboxes, *item);
        const auto content = there ? index().content(mailboxes, *item) : nullptr;
        if (content)
            delivery->state.focus = content->type() + "/" + delivery->state.id;
        else
            delivery = ownDelivery(request, deliveryOf(request.id));  // the policy has closed it
        if (!delivery) return notFound(request);
    }
    return showTask(request, delivery->state);
}

MailboxPart::Response MailboxPart::readContent(const FhirRequest& request) {
    const auto [id, place] = placed(request.id);
    auto delivery = ownDelivery(request, id);
    if (!delivery) return std::nullopt;
    if (auto refused = mayNot(
            request, {Wanted::Act::read, {}, delivery->destination, std::string(request.type), {}}))
        return refused;
    if (!delivery->waits()) return notWaiting(request, *delivery);
    Mailboxes& mailboxes = request.gateway.mailboxes();
    const auto item = index().find(mailboxes, delivery->destination, id);
    const auto content = item ? index().content(mailboxes, *item) : nullptr;
    const std::optional<Bytes> body = content ? index().read(mailboxes, *item) : std::nullopt;
    if (!body) {
        delivery = ownDelivery(request, id);
        return delivery && !delivery->waits() ? notWaiting(request, *delivery) : notFound(request);
    }
    if (resourceAt(*content, request.type, place) == nullptr) return notFound(request);
    AuditRecord record = recordOf(request, "read");
    for (const std::string& about : {item->head.plan, item->head.message, item->head.id})
        if (!about.empty()) record.about.push_back(about);
    record.details["type"] = request.type;
    request.gateway.trail().write(record);
    http::Response response;
    if (content->format && place == 0)
        response = respondStored(request, 200, *body, *content->format);
    else if (content->format)
        response = respond(request, 200, HeldBody(*body, *content->format).json(place));
    else if (asksForBytes(request.http))
        response = {200,
                    {{"Content-Type", item->head.mediaType.empty() ? "application/octet-stream"
                                                                   : item->head.mediaType},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Content-Disposition", "attachment"},
                     {"Cache-Control", "no-store"}},
                    *body};
    else
        response = respond(request, 200, binaryJson(*body, item->head.mediaType, id));
    return stamped(request, std::move(response), item->head.since);
}

MailboxPart::Response MailboxPart::putTask(const FhirRequest& request) {
    const std::string_view id = deliveryOf(request.id);
    if (id.empty()) return std::nullopt;
    const auto delivery = ownDelivery(request, id);
    if (!delivery) return notFound(request);
    return settle(request, index(), *delivery, taskSettlement(request));
}

MailboxPart::Response MailboxPart::ack(const FhirRequest& request) {
    if (!servedInMailboxes(request.type)) return std::nullopt;
    const std::string_view task = deliveryOf(request.id);
    const auto [id, place] =
        task.empty() ? placed(request.id) : std::pair(std::string(task), std::uint32_t{0});
    const auto delivery = ownDelivery(request, id);
    if (!delivery) return notFound(request);
    if (delivery->waits() && task.empty()) {
        Mailboxes& mailboxes = request.gateway.mailboxes();
        const auto item = index().find(mailboxes, delivery->destination, id);
        const auto content = item ? index().content(mailboxes, *item) : nullptr;
        if (content && resourceAt(*content, request.type, place) == nullptr)
            return notFound(request);
    }
    return settle(request, index(), *delivery, ackSettlement(request));
}

}  // namespace transport_http
