#include "destination.h"

#include "http/options.h"
#include "verdict.h"

namespace transport_http {
using namespace gateway;

namespace {

http::Deadline steady(Time deadline) {
    return std::chrono::steady_clock::now() + (deadline - currentTime());
}

/// Null when its TLS files are not good; then it is reported and nobody uses it.
std::unique_ptr<http::Client> clientOf(const http::ClientOptions& options, Config& config,
                                       bool reported) {
    try {
        return std::make_unique<http::Client>(options);
    } catch (const Error& wrong) {
        if (!reported) config.fail("", say("{0}: {1}", "{0} : {1}", {wrong.where, wrong.reason()}));
        return nullptr;
    }
}

http::ClientOptions senderOptions(Config& config, bool tls) {
    http::ClientOptions options;
    std::string address = config.text("address");
    if (address.find("://") == address.npos) address = (tls ? "https://" : "http://") + address;
    const std::string path = config.text("path", "");
    try {
        options.server = http::parsedUrl(address + path);
    } catch (const Error& wrong) {
        config.fail("address", wrong.reason());
    }
    options.tls.ca = config.file("ca", false);
    options.tls.cert = config.file("cert", false);
    options.tls.key = config.file("key", !options.tls.cert.empty());
    options.tls.name = config.text("name", "");
    return options;
}

http::Request request(const std::string& method, const std::string& mediaType, const Bytes& body) {
    http::Request request;
    request.method = method;
    request.body = body;
    request.headers.add("Content-Type", mediaType);
    const bool json = mediaType.starts_with("application/fhir+");
    request.headers.add("Accept", json ? mediaType : "*/*");
    return request;
}

}  // namespace

HttpDestination::HttpDestination(Config& config)
    : options_(http::clientOptions(config)),
      method_(config.choice("method", {"POST", "PUT"})),
      certificates_(http::certificatesIn({options_.tls.cert, options_.tls.ca})),
      client_(clientOf(options_, config, true)) {
    if (config.has("oauth")) readTokens(config.section("oauth"));
}

void HttpDestination::readTokens(Config config) {
    const std::size_t before = config.findings().errors();
    oauth::ClientCredentials credentials = oauth::readClientCredentials(config);
    if (config.findings().errors() != before) return;
    const http::ClientTls& tls = credentials.server.tls;
    for (const Certificate& one : http::certificatesIn({tls.cert, tls.ca}))
        certificates_.push_back(one);
    tokens_ = std::make_unique<oauth::AccessTokens>(std::move(credentials));
}

Answer HttpDestination::deliver(const Delivery& delivery, Time deadline) {
    http::Request post = request(method_, delivery.mediaType, delivery.body);
    post.headers.add("Prefer", "return=OperationOutcome");
    post.headers.add("X-Request-Id", delivery.controlId);
    post.headers.add("Idempotency-Key", delivery.controlId);
    return judged(exchange(std::move(post), steady(deadline)), options_.server.authority());
}

/// A token that the partner does not take any more, though it has not ended, is replaced once: a
/// request that was turned away so was not looked at.
http::Response HttpDestination::exchange(http::Request post, http::Deadline deadline) {
    if (!tokens_) return client_->exchange(post, options_.server.target, deadline);
    const http::Headers plain = post.headers;
    for (bool again = false;; again = true) {
        const std::string token = tokens_->token(deadline);
        post.headers = plain;
        post.headers.add("Authorization", "Bearer " + token);
        http::Response response = client_->exchange(post, options_.server.target, deadline);
        if (response.status != 401) return response;
        tokens_->drop(token);
        if (again) return response;
    }
}

void HttpDestination::stop() noexcept {
    if (client_) client_->closeIdle();
    if (tokens_) tokens_->closeIdle();
}

HttpSender::HttpSender(Config& config, bool tls)
    : options_(senderOptions(config, tls)), client_(clientOf(options_, config, false)) {}

Answer HttpSender::send(const Bytes& body, const std::string& mediaType, Time deadline) {
    const http::Response response = client_->exchange(request("POST", mediaType, body),
                                                      options_.server.target, steady(deadline));
    Answer answer{response.body, "HTTP " + std::to_string(response.status)};
    if (response.status / 100 != 2)
        throw Refused(options_.server.authority(), std::string(http::reasonPhrase(response.status)),
                      std::move(answer));
    return answer;
}

}  // namespace transport_http
