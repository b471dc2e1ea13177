/// @file  Destination "http" and the senders "http" and "https": see plugin.cpp for their options.
#pragma once

#include <memory>
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
    std::vector<gateway::Certificate> certificates() const override { return certificates_; }

private:
    void readTokens(gateway::Config config);
    gateway::http::Response exchange(gateway::http::Request post, gateway::http::Deadline deadline);

    const gateway::http::ClientOptions options_;
    const std::string method_;
    std::vector<gateway::Certificate> certificates_;
    const std::unique_ptr<gateway::http::Client> client_;   ///< null: its options are not good
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
    const std::unique_ptr<gateway::http::Client> client_;  ///< null: its options are not good
};

}  // namespace transport_http
