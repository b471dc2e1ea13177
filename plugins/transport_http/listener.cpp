#include "listener.h"

#include <algorithm>

#include "answers.h"
#include "encodings.h"
#include "fhir_negotiation.h"
#include "http/options.h"
#include "keys.h"
#include "outcome.h"
#include "waiting.h"

namespace transport_http {
using namespace gateway;

namespace {

/// The value of CN in "CN=portal,O=Example"; what is escaped stays so.
std::string commonName(std::string_view subject) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= subject.size(); ++at) {
        const bool separator = at == subject.size() || subject[at] == ',' || subject[at] == '+';
        if (!separator || (at > 0 && at < subject.size() && subject[at - 1] == '\\')) continue;
        const std::string_view part = subject.substr(begin, at - begin);
        if (part.starts_with("CN=")) return std::string(part.substr(3));
        begin = at + 1;
    }
    return {};
}

}  // namespace

HttpListener::HttpListener(Config& config)
    : options_(http::serverOptions(config)), fhir_(options_.tls != nullptr, smartOptions(config)) {
    config.texts("tokens");
}
HttpListener::~HttpListener() = default;

void HttpListener::serve(const SourceOptions& source, Config& options) {
    if (options.has("fhir")) {
        options.texts("from");
        return fhir_.serve(source, options);
    }
    Served served{source, options.text("path"), false, options.texts("types"),
                  options.texts("from")};
    if (served.path.ends_with("/*")) {
        served.below = true;
        served.path.resize(served.path.size() - 2);
    }
    if (!served.path.empty() && served.path.front() != '/')
        options.fail("path",
                     {"expected a path such as /plans, or /plans/* for all below it",
                      "attendu un chemin comme /plans, ou /plans/* pour tout ce qui est dessous"});
    for (std::string& type : served.types) type = http::mediaTypeOf(type);
    if (!served.from.empty() && (!options_.tls || options_.tls->options().clients.empty()))
        options.fail("from",
                     {"cannot be checked: the listener asks for no client certificates",
                      "ne peut être vérifié : l'écoute ne demande pas de certificat aux clients"});
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
    options.gzip = true;
    server_ = std::make_unique<http::Server>(
        std::move(options),
        [this](const http::Request& request) { return encoded(request, handle(request)); },
        gateway.log(), [this](http::Request& head) { return gate(head); });
    fhir_.start(gateway);
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
}

const HttpListener::Served* HttpListener::find(const std::string& path) const {
    for (const Served& one : served_) {
        if (path == one.path && !one.below) return &one;
        if (one.below && path.starts_with(one.path + "/")) return &one;
    }
    return nullptr;
}

bool HttpListener::maySend(const Served& served, const Facts& facts) const {
    if (served.from.empty()) return true;
    const std::string_view subject = facts.get("tls.subject");
    std::vector<std::string> names{commonName(subject)};
    const std::shared_ptr<const Directory> directory = gateway_->directory();
    for (const std::string_view shown : {facts.get("tls.fingerprint"), subject})
        if (const Partner* const partner =
                directory ? directory->byIdentifier("certificate", shown) : nullptr)
            names.push_back(partner->name);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return !name.empty() &&
               std::find(served.from.begin(), served.from.end(), name) != served.from.end();
    });
}

std::optional<http::Response> HttpListener::gate(http::Request& head) const {
    if (auto refused = refuseEncoding(head.headers)) return refused;
    if (const FhirBase* const base = fhir_.find(head.path)) return base->gate(head);
    const Served* const served = find(head.path);
    if (served == nullptr) return outcome(404, "not-found", "nothing is served at this path");
    if (!maySend(*served, head.facts)) {
        gateway_->log().warning("http-forbidden", {{"source", served->options.name},
                                                   {"peer", std::string(head.facts.get("peer"))}});
        return outcome(403, "forbidden", "this certificate may not send here");
    }
    if (head.method != "POST" && head.method != "PUT") {
        http::Response refused = outcome(405, "not-supported", "POST or PUT is needed here");
        refused.headers.add("Allow", "POST, PUT");
        return refused;
    }
    const std::string type = http::mediaTypeOf(head.headers.get("content-type"));
    if (!served->types.empty() &&
        std::find(served->types.begin(), served->types.end(), type) == served->types.end())
        return outcome(415, "not-supported", "this media type is not taken here", "Content-Type");
    if (const auto bad = badKey(head.headers))
        return outcome(400, "value", bad->en, std::string(kKeyHeader));
    return std::nullopt;
}

http::Response HttpListener::handle(const http::Request& request) {
    if (const FhirBase* const base = fhir_.find(request.path)) return base->handle(request);
    const Served& served = *find(request.path);
    const std::string& source = served.options.name;
    Arrival arrival{source, request.body, request.facts};
    arrival.facts.set("http.path", served.path);
    if (const std::string_view key = request.headers.get("idempotency-key"); !key.empty())
        arrival.facts.set("http.idempotency-key", std::string(key));
    const Accepted accepted = gateway_->inbox().accept({&arrival, 1}).front();
    http::Response answer = answerTo(accepted);
    const Stage stage = served.options.answer;
    if (answer.status != 202 || stage == Stage::stored) return answer;
    const Time deadline = currentTime() + served.options.answerWithin;
    std::vector<Progress> progress;
    for (const Accepted::One& one : accepted.messages)
        progress.push_back(waitFor(gateway_->inbox(), one.receipt->id, stage, deadline, stopping_));
    return answerTo(accepted, progress, stage, spokenOf(request.headers) == Spoken::french);
}

}  // namespace transport_http
