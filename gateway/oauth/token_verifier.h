/// @file  Reads bearer tokens: signed JWTs (RFC 7519, RFC 9068) of the configured issuers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/token_reader.h"
#include "gateway/log.h"
#include "oauth/issuer.h"
#include "oauth/known_tokens.h"

namespace gateway::oauth {

class TokenVerifier final : public TokenReader {
public:
    explicit TokenVerifier(std::vector<IssuerOptions> issuers, WallClock now = currentTime,
                           KeySource::Times times = {});

    /// Begins to read the issuers' keys. Without it they are read when the first token comes, and
    /// the log hears nothing.
    void start(Log& log);
    /// Takes over what a former one knows of the same issuers: their keys, until they are read
    /// again, and which tokens are spent. Before start().
    void adopt(const TokenVerifier& former);

    /// A token of an issuer with `one_time` is good for one request: the fact "http.request" tells
    /// them apart.
    std::shared_ptr<const Token> read(const std::string& token, const Facts& tls) override;

    /// Those by which the addresses of keys are believed, with the name of the issuer.
    std::vector<std::pair<std::string, Certificate>> certificates() const;

private:
    std::shared_ptr<const GoodToken> known(const KnownTokens::Digest& digest);
    GoodToken verified(const std::string& text, Time now);
    Issuer& issuerOf(const SignedToken& token);

    const WallClock now_;
    std::vector<std::unique_ptr<Issuer>> issuers_;
    KnownTokens known_;
};

}  // namespace gateway::oauth
