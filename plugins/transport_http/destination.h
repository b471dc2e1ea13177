/// @file  Destination "http" and the senders "http" and "https": see plugin.cpp for their options.
#pragma once

#include <string>

#include "gateway/transport.h"
#include "http/client.h"
#include "oauth/access_tokens.h"

namespace transport_http {

class HttpDestination final : public gateway::Destination {
public:
    explicit HttpDestination(gateway::Config& config);

    gateway::Answer deliver(const gateway::Delivery& delivery, gateway::Time deadline) override;
    void stop() noexcept override;
    void start(gateway::Gateway& gateway) override;
    std::vector<gateway::Certificate> certificates() const override;

private:
    void readTokens(gateway::Config config);
    gateway::http::Response exchange(gateway::http::Request post, gateway::http::Deadline deadline);

    const gateway::http::ClientOptions options_;
    const std::string method_;
    gateway::http::Client client_;
    std::shared_ptr<gateway::tls::Credentials> tokensTls_;  ///< of the server that gives tokens
    std::unique_ptr<gateway::oauth::AccessTokens> tokens_;  ///< null: the partner asks for none
};

class HttpSender final : public gateway::Sender {
public:
    HttpSender(gateway::Config& config, bool tls);

    /// Every answer but 2xx is Refused, so that it is seen.
    gateway::Answer send(const gateway::Bytes& body, const std::string& mediaType,
                         gateway::Time deadline) override;

private:
    const gateway::http::ClientOptions options_;
    gateway::http::Client client_;
};

}  // namespace transport_http
