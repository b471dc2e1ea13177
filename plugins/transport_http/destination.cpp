#include "destination.h"

#include "http/options.h"
#include "verdict.h"

namespace transport_http {
using namespace gateway;

namespace {

http::Deadline steady(Time deadline) {
    return std::chrono::steady_clock::now() + (deadline - currentTime());
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
    const std::size_t before = config.findings().errors();
    const tls::Options files = tls::readOptions(tls::Role::client, config);
    if (!tls || config.findings().errors() != before) return options;
    try {
        options.tls = std::make_shared<tls::Credentials>(tls::Role::client, files);
    } catch (const Error& wrong) {
        config.fail("", say("{0}: {1}", "{0} : {1}", {wrong.where, wrong.reason()}));
    }
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
      client_(options_) {
    if (config.has("oauth")) readTokens(config.section("oauth"));
}

void HttpDestination::readTokens(Config config) {
    const std::size_t before = config.findings().errors();
    oauth::ClientCredentials credentials = oauth::readClientCredentials(config);
    if (config.findings().errors() != before) return;
    tokensTls_ = credentials.server.tls;
    tokens_ = std::make_unique<oauth::AccessTokens>(std::move(credentials));
}

void HttpDestination::start(Gateway& gateway) {
    for (const auto& files : {options_.tls, tokensTls_})
        if (files) files->tell(gateway.log());
}

std::vector<Certificate> HttpDestination::certificates() const {
    std::vector<Certificate> all;
    for (const auto& files : {options_.tls, tokensTls_})
        if (files)
            for (const Certificate& one : files->certificates()) all.push_back(one);
    return all;
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
    if (!tokens_) return client_.exchange(post, options_.server.target, deadline);
    const http::Headers plain = post.headers;
    for (bool again = false;; again = true) {
        const std::string token = tokens_->token(deadline);
        post.headers = plain;
        post.headers.add("Authorization", "Bearer " + token);
        http::Response response = client_.exchange(post, options_.server.target, deadline);
        if (response.status != 401) return response;
        tokens_->drop(token);
        if (again) return response;
    }
}

void HttpDestination::stop() noexcept {
    client_.closeIdle();
    if (tokens_) tokens_->closeIdle();
}

HttpSender::HttpSender(Config& config, bool tls)
    : options_(senderOptions(config, tls)), client_(options_) {}

Answer HttpSender::send(const Bytes& body, const std::string& mediaType, Time deadline) {
    const http::Response response = client_.exchange(request("POST", mediaType, body),
                                                     options_.server.target, steady(deadline));
    Answer answer{response.body, "HTTP " + std::to_string(response.status)};
    if (response.status / 100 != 2)
        throw Refused(options_.server.authority(), std::string(http::reasonPhrase(response.status)),
                      std::move(answer));
    return answer;
}

}  // namespace transport_http
