#include "mailbox_subscription.h"

#include <algorithm>
#include <charconv>

#include "common/fhir/json_reader.h"
#include "fhir_base.h"
#include "fhir_respond.h"
#include "http/client.h"
#include "http/server.h"
#include "json_text.h"
#include "mailbox_instant.h"
#include "mailbox_part.h"
#include "mailbox_task.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kBackport = "http://hl7.org/fhir/uv/subscriptions-backport/";
constexpr std::size_t kUrlSize = 1000, kHeaderSize = 1000, kHeaders = 8, kReasonSize = 200,
                      kSize = 64u << 10;
/// Ours to set, or of the connection.
constexpr std::string_view kOwnHeaders[] = {
    "host", "content-length", "content-type", "connection", "keep-alive", "transfer-encoding",
    "te",   "trailer",        "upgrade",      "expect",     "accept",     "date"};

[[noreturn]] void notTaken(std::string where, const Reason& what) {
    throw Error(Fault::unsupported, std::move(where), what);
}

bool isVisible(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool isTokenChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// The value of the extension of the backport with that name.
std::string_view extension(Node element, std::string_view name) {
    const std::string url = std::string(kBackport) + "StructureDefinition/" + std::string(name);
    for (const Node child : element.children())
        if (child.name() == "extension" && child.child("url").text() == url)
            return child.child("value").text();
    return {};
}

/// The type that "Task?status=requested" is about; what else it says must be true of all that
/// waits.
std::string typeIn(std::string_view criteria, const std::string& where) {
    const std::size_t end = std::min(criteria.find('?'), criteria.size());
    const std::string type(criteria.substr(0, end));
    if (!servedInMailboxes(type))
        notTaken(where, {"expected a type that mailboxes hold, such as Task?status=requested",
                         "attendu un type que les boîtes contiennent, comme "
                         "Task?status=requested"});
    for (const auto& [name, value] :
         http::queryValues(criteria.substr(std::min(end + 1, criteria.size())))) {
        const bool true_ = type == "Task" && ((name == "status" && value == "requested") ||
                                              (name == "code" && value == kPickUpCode));
        if (!true_)
            notTaken(where, {"only a type, and of Task status=requested and code=pick-up, can "
                             "be asked for",
                             "seuls un type et, pour Task, status=requested et code=pick-up "
                             "peuvent être demandés"});
    }
    return type;
}

/// The address as it is compared and used: nothing in it that two readers may take for two things.
std::string endpointIn(std::string_view text) {
    const std::string where = "Subscription.channel.endpoint";
    const bool plain = isVisible(text) && text.find_first_of(" \\\"<>^`{|}") == text.npos;
    if (text.empty() || text.size() > kUrlSize || !plain)
        notTaken(where, {"expected an address of at most 1000 visible characters",
                         "attendu une adresse d'au plus 1000 caractères visibles"});
    http::Url url;
    try {
        url = http::parsedUrl(text);
    } catch (const Error& error) {
        notTaken(where, error.reason());
    }
    if (!url.tls && !http::isLoopback(url.host))
        notTaken(where, {"expected https", "attendu https"});
    const std::uint16_t usual = url.tls ? 443 : 80;
    std::string host = url.host.find(':') == url.host.npos ? url.host : "[" + url.host + "]";
    std::transform(host.begin(), host.end(), host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (url.port != usual) host += ":" + std::to_string(url.port);
    return (url.tls ? "https://" : "http://") + host + url.target;
}

std::vector<std::string> headersIn(Node channel) {
    std::vector<std::string> all;
    for (const Node child : channel.children()) {
        if (child.name() != "header") continue;
        if (child.text().size() > kHeaderSize || !hookHeader(child.text()))
            notTaken("Subscription.channel.header",
                     {"expected 'Name: value' in visible characters, at most 1000, and none that "
                      "belongs to the connection",
                      "attendu « Nom: valeur » en caractères visibles, au plus 1000, et aucun qui "
                      "appartienne à la connexion"});
        all.emplace_back(child.text());
    }
    if (all.size() > kHeaders)
        notTaken("Subscription.channel.header", {"expected at most 8", "attendu au plus 8"});
    return all;
}

void readBackport(Node root, Node channel, Subscription& subscription) {
    const std::string_view content =
        extension(channel.child("payload"), "backport-payload-content");
    if (!content.empty() && content != "id-only" && content != "empty")
        notTaken("Subscription.channel.payload",
                 {"ids are told, the content is fetched: expected id-only or empty",
                  "les identifiants sont signalés, le contenu se retire : attendu id-only ou "
                  "empty"});
    subscription.empty = content == "empty";
    const std::string_view payload = channel.child("payload").text();
    subscription.xml = payload == "application/fhir+xml";
    if (!payload.empty() && !subscription.xml && payload != "application/fhir+json")
        notTaken("Subscription.channel.payload",
                 {"expected application/fhir+json or application/fhir+xml",
                  "attendu application/fhir+json ou application/fhir+xml"});
    subscription.filter = extension(root.child("criteria"), "backport-filter-criteria");
    if (!subscription.filter.empty())
        subscription.type = typeIn(subscription.filter, "Subscription.criteria.extension");
}

void readR4(Node channel, Subscription& subscription) {
    if (!channel.child("payload").text().empty())
        notTaken("Subscription.channel.payload",
                 {"that something waits is told, without it; the content is fetched: leave it out",
                  "qu'une chose attend est signalé sans elle ; le contenu se retire : l'omettre"});
    subscription.type = typeIn(subscription.criteria, "Subscription.criteria");
}

struct Names {
    Subscription::Status status;
    std::string_view text;
};
constexpr Names kStatuses[] = {{Subscription::Status::requested, "requested"},
                               {Subscription::Status::active, "active"},
                               {Subscription::Status::error, "error"},
                               {Subscription::Status::off, "off"}};

Subscription::Status statusIn(std::string_view text) {
    for (const Names& one : kStatuses)
        if (one.text == text) return one.status;
    notTaken("Subscription.status",
             {"expected requested, active or off", "attendu requested, active ou off"});
}

}  // namespace

std::string_view codeOf(Subscription::Status status) {
    for (const Names& one : kStatuses)
        if (one.status == status) return one.text;
    return {};
}

std::optional<std::pair<std::string, std::string>> hookHeader(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0 || !isVisible(line)) return std::nullopt;
    const std::string_view name = line.substr(0, colon);
    if (!std::all_of(name.begin(), name.end(), isTokenChar)) return std::nullopt;
    for (const std::string_view own : kOwnHeaders)
        if (http::sameText(name, own)) return std::nullopt;
    if (http::sameText(name.substr(0, 6), "proxy-")) return std::nullopt;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::pair(std::string(name), std::string(value));
}

Subscription subscriptionOf(const FhirRequest& request) {
    mustBeWithin(request, kSize);
    const Bytes json = converted(request.http.body, request.body, FhirFormat::json);
    Builder tree(json, "Resource");
    Issues issues;
    fhir::readJson(json.view(), tree, issues);
    const Document document = tree.finish(true);
    const Node root = document.root();
    if (root.type() != "Subscription")
        throw Error(Fault::malformed, "resourceType",
                    {"expected a Subscription", "attendu : Subscription"});
    const Node channel = root.child("channel");
    Subscription made;
    made.who = request.who;
    made.criteria = root.child("criteria").text();
    made.status = statusIn(root.child("status").text());
    made.reason = root.child("reason").text().substr(0, kReasonSize);
    if (channel.child("type").text() != "rest-hook")
        notTaken("Subscription.channel.type", {"expected rest-hook", "attendu rest-hook"});
    made.endpoint = endpointIn(channel.child("endpoint").text());
    made.headers = headersIn(channel);
    made.backport = made.criteria == kMailboxTopic;
    if (made.backport)
        readBackport(root, channel, made);
    else
        readR4(channel, made);
    if (const std::string_view end = root.child("end").text(); !end.empty()) {
        const auto time = searchedTime(end);
        if (!time) notTaken("Subscription.end", {"expected an instant", "attendu un instant"});
        made.end = time->from;
    }
    made.base = absolute(request, {});
    while (made.base.ends_with('/')) made.base.pop_back();
    made.home = request.base.path();
    return made;
}

Bytes subscriptionJson(const Subscription& one, Spoken spoken) {
    JsonText json;
    const auto extended = [&](std::string_view name, std::string_view kind,
                              std::string_view value) {
        json.array("extension").object();
        json.text("url", std::string(kBackport) + "StructureDefinition/" + std::string(name));
        json.text(kind, value).end().end();
    };
    json.object().text("resourceType", "Subscription").text("id", one.id);
    json.object("meta").text("lastUpdated", toText(one.changed));
    if (one.backport)
        json.array("profile")
            .item(std::string(kBackport) + "StructureDefinition/backport-subscription")
            .end();
    json.end().text("status", codeOf(one.status));
    if (one.end != Time{}) json.text("end", toText(one.end));
    json.text("reason", one.reason).text("criteria", one.criteria);
    if (!one.filter.empty()) {
        json.object("_criteria");
        extended("backport-filter-criteria", "valueString", one.filter);
        json.end();
    }
    json.text("error", one.error.in(spoken));
    json.object("channel").text("type", "rest-hook").text("endpoint", one.endpoint);
    if (one.backport) {
        json.text("payload", one.xml ? "application/fhir+xml" : "application/fhir+json");
        json.object("_payload");
        extended("backport-payload-content", "valueCode", one.empty ? "empty" : "id-only");
        json.end();
    }
    if (!one.headers.empty()) {
        json.array("header");
        for (const std::string& header : one.headers)
            json.item(header.substr(0, header.find(':')) + ": ***");
        json.end();
    }
    return json.take();
}

// A note is lines of a name, a tab and a text.
// --------------------------------------------------------------------------------------------------

namespace {

std::string oneLine(std::string_view text) {
    std::string out(text);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return out;
}

std::int64_t count(Time time) { return time.time_since_epoch().count(); }

template <class T>
T numberIn(std::string_view text) {
    T number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void readInto(Subscription& one, std::string_view name, std::string_view value) {
    const std::string text(value);
    if (name == "id") one.id = text;
    if (name == "endpoint-of") one.who.endpoint = text;
    if (name == "partner") one.who.partner = text;
    if (name == "network") one.who.network = text;
    if (name == "proof") one.who.proof = static_cast<Who::Proof>(numberIn<int>(value));
    if (name == "scope") one.who.scopes.push_back(text);
    if (name == "criteria") one.criteria = text;
    if (name == "filter") one.filter = text;
    if (name == "type") one.type = text;
    if (name == "form")
        one.backport = value != "r4", one.empty = value == "empty", one.xml = value == "xml";
    if (name == "endpoint") one.endpoint = text;
    if (name == "header") one.headers.push_back(text);
    if (name == "reason") one.reason = text;
    if (name == "base") one.base = text;
    if (name == "home") one.home = text;
    if (name == "end") one.end = Time(Milliseconds(numberIn<std::int64_t>(value)));
    if (name == "status") one.status = statusIn(value);
    if (name == "error") one.error.en = text;
    if (name == "error-fr") one.error.fr = text;
    if (name == "changed") one.changed = Time(Milliseconds(numberIn<std::int64_t>(value)));
    if (name == "events") one.events = numberIn<std::uint64_t>(value);
}

}  // namespace

std::string written(const Subscription& one) {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) out += std::string(name) + "\t" + oneLine(value) + "\n";
    };
    line("id", one.id);
    line("endpoint-of", one.who.endpoint);
    line("partner", one.who.partner);
    line("network", one.who.network);
    line("proof", std::to_string(static_cast<int>(one.who.proof)));
    for (const std::string& scope : one.who.scopes) line("scope", scope);
    line("criteria", one.criteria);
    line("filter", one.filter);
    line("type", one.type);
    line("form", !one.backport ? "r4" : one.empty ? "empty" : one.xml ? "xml" : "json");
    line("endpoint", one.endpoint);
    for (const std::string& header : one.headers) line("header", header);
    line("reason", one.reason);
    line("base", one.base);
    line("home", one.home);
    line("end", std::to_string(count(one.end)));
    line("status", codeOf(one.status));
    line("error", one.error.en);
    line("error-fr", one.error.fr);
    line("changed", std::to_string(count(one.changed)));
    line("events", std::to_string(one.events));
    return out;
}

std::optional<Subscription> readSubscription(std::string_view note) {
    Subscription one;
    while (!note.empty()) {
        const std::string_view line = note.substr(0, note.find('\n'));
        note.remove_prefix(std::min(note.size(), line.size() + 1));
        const std::size_t tab = line.find('\t');
        if (tab == line.npos) return std::nullopt;
        readInto(one, line.substr(0, tab), line.substr(tab + 1));
    }
    if (one.id.empty() || one.endpoint.empty()) return std::nullopt;
    return one;
}

}  // namespace transport_http
