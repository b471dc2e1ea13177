#include "listener.h"

#include <algorithm>

#include "answers.h"
#include "delivery_state.h"
#include "encodings.h"
#include "fhir_negotiation.h"
#include "http/options.h"
#include "keys.h"
#include "multipart.h"
#include "outcome.h"
#include "shown.h"
#include "waiting.h"

namespace transport_http {
using namespace gateway;

namespace {

/// Who has not proven who they are may do so; who has, may not.
http::Response turnedAway(int status, std::string_view challenge, std::string what,
                          std::string where = {}) {
    http::Response response =
        outcome(status, status == 401 ? "login" : "forbidden", std::move(what), std::move(where));
    if (!challenge.empty()) response.headers.add("WWW-Authenticate", std::string(challenge));
    return response;
}

}  // namespace

HttpListener::HttpListener(Config& config)
    : options_(http::serverOptions(config)),
      fhir_(options_.tls != nullptr, smartOptions(config), hookOptions(config), door_) {
    for (const std::string& issuer : config.texts("tokens"))
        issuers_ += (issuers_.empty() ? "" : " ") + issuer;
}
HttpListener::~HttpListener() = default;

void HttpListener::serve(const SourceOptions& source, Config& options) {
    const bool beyond = !options_.host.empty() && !http::isLoopback(options_.host);
    const bool certificates = options_.tls && !options_.tls->options().clients.empty();
    records::checkFrom(options, {beyond, !options_.tls, certificates || !issuers_.empty()});
    if (options.has("fhir")) return fhir_.serve(source, options);
    Served served{source, options.text("path"), false, options.texts("types"),
                  toldElsewhere(options, "network")};
    if (served.path.ends_with("/*")) {
        served.below = true;
        served.path.resize(served.path.size() - 2);
    }
    if (!served.path.empty() && served.path.front() != '/')
        options.fail("path",
                     {"expected a path such as /plans, or /plans/* for all below it",
                      "attendu un chemin comme /plans, ou /plans/* pour tout ce qui est dessous"});
    for (std::string& type : served.types) type = http::mediaTypeOf(type);
    for (const Served& other : served_)
        if (other.path == served.path && other.below == served.below)
            options.fail("path",
                         gateway::say("is served already, for source {0}",
                                      "est déjà servi, pour la source {0}", {other.options.name}));
    served_.push_back(std::move(served));
    std::stable_sort(served_.begin(), served_.end(), [](const Served& a, const Served& b) {
        return a.path.size() > b.path.size();
    });
}

std::string HttpListener::address() const { return server_ ? server_->address() : std::string(); }

void HttpListener::start(Gateway& gateway) {
    gateway_ = &gateway;
    http::ServerOptions options = options_;
    options.wording = refusedUnread;
    options.tlsRefused = [this](const http::TlsRefusal& one) {
        Facts shown;
        shown.set("peer", one.peer);
        tls::note(shown, one.shown);
        door_.refused(shown, {}, {}, one.why);
    };
    options.gzip = true;
    server_ = std::make_unique<http::Server>(
        std::move(options),
        [this](const http::Request& request) { return encoded(request, handle(request)); },
        gateway.log(), [this](http::Request& head) { return gate(head); });
    fhir_.start(gateway);
    door_.open(gateway, options_.host + ":" + std::to_string(options_.port));
    server_->start();
    const bool exposed = !options_.tls && !http::isLoopback(options_.host);
    if (exposed) gateway.log().warning("http-insecure", {{"listen", address()}});
    gateway.log().info("http-listens",
                       {{"listen", address()}, {"tls", options_.tls ? "yes" : "no"}});
}

void HttpListener::refresh(Findings& findings) {
    if (options_.tls) options_.tls->refresh(findings);
}

std::vector<Certificate> HttpListener::certificates() const {
    return options_.tls ? options_.tls->certificates() : std::vector<Certificate>();
}

void HttpListener::stop(Milliseconds grace) noexcept {
    stopping_ = true;
    fhir_.stop();
    if (server_) server_->stop(grace);
    fhir_.release();
}

const HttpListener::Served* HttpListener::find(std::string_view path) const {
    for (const Served& one : served_) {
        if (path == one.path && !one.below) return &one;
        if (one.below && path.starts_with(one.path + "/")) return &one;
    }
    return nullptr;
}

const HttpListener::Served* HttpListener::followed(const http::Request& head) const {
    if (head.method != "GET" && head.method != "HEAD") return nullptr;
    const std::string_view path = head.path;
    const std::string_view above = path.substr(0, path.rfind('/'));
    for (const Served& one : served_)
        if (above == one.path && path.size() > above.size() + 1) return &one;
    return nullptr;
}

/// Who it is is noted for handle().
std::optional<http::Response> HttpListener::refused(http::Request& head, Wanted::Act act,
                                                    const std::string& source) {
    const std::string challenge = issuers_.empty() ? "" : "Bearer";
    const Spoken spoken = spokenOf(head.headers);
    const Facts& facts = head.facts;
    const std::shared_ptr<const Access> access = gateway_->access();
    Who who;
    std::optional<Reason> why;
    try {
        who = access->who(shownBy(head));
        why = access->refuses(who, {act, source, {}, {}});
    } catch (const Unproven& error) {
        door_.refused(facts, who, source, error.reason());
        return turnedAway(401, "Bearer error=\"invalid_token\"", error.reason().in(spoken),
                          error.where);
    } catch (const Error& error) {
        door_.refused(facts, records::connected(*access, {facts, {}, {}}), source, error.reason());
        if (error.fault != Fault::rejected)
            return outcome(statusOf(error.fault), {issueOf(error, spoken)});
        return turnedAway(403, "", error.reason().in(spoken), error.where);
    }
    head.noted = who;
    if (!why) {
        door_.entered(facts, who);
        return std::nullopt;
    }
    gateway_->log().warning("http-forbidden", {{"source", source},
                                               {"peer", std::string(facts.get("peer"))},
                                               {"endpoint", who.endpoint},
                                               {"what", why->en}});
    door_.refused(facts, who, source, *why);
    return turnedAway(who.known() || challenge.empty() ? 403 : 401,
                      who.known() ? "" : std::string_view(challenge), why->in(spoken));
}

std::optional<http::Response> HttpListener::gate(http::Request& head) {
    if (auto refused = refuseEncoding(head.headers)) return refused;
    if (!options_.tls) head.facts.set("plain", "yes");
    if (!issuers_.empty()) head.facts.set("token.issuers", issuers_);
    if (const FhirBase* const base = fhir_.find(head.path)) return base->gate(head);
    if (const Served* const asked = followed(head))
        return refused(head, Wanted::Act::follow, asked->options.name);
    const Served* const served = find(head.path);
    if (served == nullptr)
        return outcome(404, "not-found",
                       Reason{"nothing is served at this path", "rien n'est servi à ce chemin"}.in(
                           spokenOf(head.headers)));
    if (auto answer = refused(head, Wanted::Act::send, served->options.name)) return answer;
    return unfit(head, *served);
}

std::optional<http::Response> HttpListener::unfit(const http::Request& head,
                                                  const Served& served) const {
    const Spoken spoken = spokenOf(head.headers);
    if (head.method != "POST" && head.method != "PUT") {
        http::Response refused = outcome(
            405, "not-supported", Reason{"expected POST or PUT", "attendu POST ou PUT"}.in(spoken));
        refused.headers.add("Allow", "POST, PUT");
        return refused;
    }
    const std::string type = http::mediaTypeOf(head.headers.get("content-type"));
    if (!served.types.empty() &&
        std::find(served.types.begin(), served.types.end(), type) == served.types.end())
        return outcome(
            415, "not-supported",
            Reason{"this media type is not taken here", "ce type de contenu n'est pas pris ici"}.in(
                spoken),
            "Content-Type");
    if (const auto bad = badKey(head.headers))
        return outcome(400, "value", bad->in(spoken), std::string(kKeyHeader));
    return std::nullopt;
}

http::Response HttpListener::handle(const http::Request& request) {
    if (const FhirBase* const base = fhir_.find(request.path)) return base->handle(request);
    if (const Served* const asked = followed(request)) return tell(request, *asked);
    try {
        return take(request, *find(request.path));
    } catch (const Error& error) {
        return outcome(statusOf(error.fault), {issueOf(error, spokenOf(request.headers))});
    }
}

/// What became of a message, for whoever sent it and for its network.
http::Response HttpListener::tell(const http::Request& request, const Served& served) {
    const std::string id = request.path.substr(request.path.rfind('/') + 1);
    const std::optional<MessageView> message = gateway_->message(id);
    const auto* const who = std::any_cast<Who>(&request.noted);
    const bool own = message && who && message->source == served.options.name &&
                     (isFrom(message->facts, *who) ||
                      (!served.network.empty() && who->network == served.network));
    const Spoken spoken = spokenOf(request.headers);
    if (own) return deliveryState(*message, spoken);
    return outcome(
        404, "not-found",
        Reason{"there is no such message of yours", "aucun message à vous de ce nom"}.in(spoken));
}

/// @throws Error for a form that is none
http::Response HttpListener::take(const http::Request& request, const Served& served) {
    const std::string_view type = request.headers.get("content-type");
    Arrival arrival{served.options.name, isForm(type) ? filesOf(request.body, type) : request.body,
                    request.facts};
    arrival.facts.set("http.path", served.path);
    if (const auto* const who = std::any_cast<Who>(&request.noted)) note(arrival.facts, *who);
    if (const std::string_view key = request.headers.get("idempotency-key"); !key.empty())
        arrival.facts.set("http.idempotency-key", std::string(key));
    const Accepted accepted = gateway_->inbox().accept({&arrival, 1}).front();
    const Spoken spoken = spokenOf(request.headers);
    http::Response answer = answerTo(accepted, spoken);
    if (accepted.messages.size() == 1 && accepted.messages.front().receipt)
        answer.headers.add("Location", served.path + "/" + accepted.messages.front().receipt->id);
    const Stage stage = served.options.answer;
    if (answer.status != 202 || stage == Stage::stored) return answer;
    const Time deadline = currentTime() + served.options.answerWithin;
    std::vector<Progress> progress;
    for (const Accepted::One& one : accepted.messages)
        progress.push_back(waitFor(gateway_->inbox(), one.receipt->id, stage, deadline, stopping_));
    http::Response later = answerTo(accepted, progress, stage, spoken);
    if (const std::string_view place = answer.headers.get("location"); !place.empty())
        later.headers.add("Location", std::string(place));
    return later;
}

}  // namespace transport_http
