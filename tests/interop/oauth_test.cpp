/// Both of our ends against an authorization server that is not ours (oidc-provider).
#include <signal.h>

#include <cctype>
#include <filesystem>

#include "gateway/access.h"
#include "oauth/access_tokens.h"
#include "oauth/token_verifier.h"
#include "support/gateway_process.h"
#include "support/places.h"
#include "test_certs.h"
#include "token_maker.h"

namespace {
using namespace gateway;
using oauth::Algorithm;
using oauth::Json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Algorithm kAll[] = {Algorithm::rs256, Algorithm::rs384, Algorithm::es256,
                              Algorithm::es384};

std::string audienceOf(Algorithm algorithm) {
    return "https://gateway.example/" + std::string(toText(algorithm));
}

std::string clientOf(Algorithm algorithm) { return "client-" + std::string(toText(algorithm)); }

/// As the transport notes it of a connection.
std::string fingerprintOf(const std::string& pem) {
    const support::Ran ran = support::run(
        {"/usr/bin/env", "openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", pem});
    std::string hex;
    for (const char c : ran.out.substr(ran.out.find('=') + 1))
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0)
            hex += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return hex;
}

class OidcProvider : public testing::Test {
protected:
    void SetUp() override {
        const std::string interop = std::string(support::kSourceDir) + "/tests/interop";
        if (!std::filesystem::exists(interop + "/node_modules/oidc-provider"))
            GTEST_SKIP() << "third parties are not installed; run npm ci in tests/interop";
        for (const Algorithm algorithm : kAll) keys_[algorithm] = support::newKey("k", algorithm);
        const std::string settings = folder_.write("settings.json", settingsText());
        provider_ = std::make_unique<support::Process>(
            std::vector<std::string>{interop + "/with_node", "oidc_provider.mjs", settings},
            folder_.path() + "/provider");
        url_ =
            "https://localhost:" + std::to_string(provider_->portAfter("issuer https://localhost"));
    }

    std::string settingsText() const {
        Json resources(json_object()), clients(json_array());
        for (const Algorithm algorithm : kAll) {
            const std::string name(toText(algorithm));
            json_object_set_new(resources.get(), audienceOf(algorithm).c_str(),
                                json_pack("{s:s,s:s}", "alg", name.c_str(), "scope",
                                          "system/*.cruds system/Task.rs"));
            json_t* const key = json_deep_copy(keys_.at(algorithm).get());
            json_object_set_new(key, "alg", json_string(name.c_str()));
            json_array_append_new(clients.get(),
                                  json_pack("{s:s,s:o,s:{s:s}}", "id", clientOf(algorithm).c_str(),
                                            "key", key, "claims", "practice", "cabinet-1"));
        }
        json_array_append_new(
            clients.get(), json_pack("{s:s,s:s}", "id", "with-certificate", "subject", "CN=relai"));
        const Json all(json_pack("{s:s,s:s,s:s,s:O,s:O}", "key", certs_.key("server").c_str(),
                                 "cert", certs_.pem("server").c_str(), "ca",
                                 certs_.pem("ca").c_str(), "resources", resources.get(), "clients",
                                 clients.get()));
        return oauth::written(all.get());
    }

    /// What is shown to the provider: a certificate of that name, or none.
    std::shared_ptr<tls::Credentials> shown(const std::string& name = {}) const {
        tls::Options options{.ca = certs_.pem("ca")};
        if (!name.empty()) options.cert = certs_.pem(name);
        if (!name.empty()) options.key = certs_.key(name);
        return std::make_shared<tls::Credentials>(tls::Role::client, options);
    }
    oauth::ClientCredentials credentials(const std::string& client, Algorithm audience) const {
        oauth::ClientCredentials credentials;
        credentials.url = url_ + "/token";
        credentials.server.server = http::parsedUrl(credentials.url);
        credentials.server.tls = shown();
        credentials.client = client;
        credentials.resource = audienceOf(audience);
        credentials.scope = "system/Task.rs";
        return credentials;
    }
    oauth::ClientCredentials signing(Algorithm key, Algorithm audience) const {
        oauth::ClientCredentials one = credentials(clientOf(key), audience);
        one.key = std::make_shared<oauth::SigningKey>(support::pemOf(keys_.at(key).get()),
                                                      std::string(toText(key)), "k");
        return one;
    }
    oauth::TokenVerifier verifier(Algorithm audience, oauth::KeySource::Times times = {}) const {
        oauth::IssuerOptions idp;
        idp.name = "idp";
        idp.issuer = url_;
        idp.audience = {audienceOf(audience)};
        idp.server.server = http::parsedUrl(url_ + "/jwks");
        idp.server.tls = shown();
        return oauth::TokenVerifier({idp}, currentTime, times);
    }
    static std::string tokenFor(const oauth::ClientCredentials& credentials) {
        return oauth::AccessTokens(credentials)
            .token(std::chrono::steady_clock::now() + std::chrono::seconds(20));
    }
    static std::string refusal(oauth::TokenVerifier& verifier, const std::string& token,
                               const Facts& facts = {}) {
        try {
            verifier.read(token, facts);
            return {};
        } catch (const Unproven& refused) {
            return refused.what();
        }
    }

    const support::TestCerts& certs_ = support::TestCerts::shared();
    support::TemporaryFolder folder_;
    std::map<Algorithm, Json> keys_;
    std::unique_ptr<support::Process> provider_;
    std::string url_;
};

TEST_F(OidcProvider, TakesAssertionsOfEachKindAndItsTokensAreGoodHere) {
    for (const Algorithm algorithm : kAll) {
        auto here = verifier(algorithm);
        const std::string text = tokenFor(signing(algorithm, algorithm));
        const auto token = here.read(text, {});
        EXPECT_EQ(algorithm, oauth::readToken(text).algorithm);
        EXPECT_EQ("idp", token->issuer);
        EXPECT_EQ(clientOf(algorithm), token->client);
        EXPECT_THAT(token->scopes, ElementsAre("system/Task.rs"));
        EXPECT_THAT(token->claims.at("practice"), ElementsAre("cabinet-1"));
        EXPECT_NE(text, tokenFor(signing(algorithm, algorithm))) << "a second assertion is taken";
    }
}

TEST_F(OidcProvider, ItsTokenForSomebodyElseIsRefused) {
    auto here = verifier(Algorithm::rs256);
    EXPECT_THAT(refusal(here, tokenFor(signing(Algorithm::es256, Algorithm::es256))),
                HasSubstr("for somebody else"));
}

TEST_F(OidcProvider, RefusesAKeyThatIsNotTheClients) {
    auto wrong = signing(Algorithm::es256, Algorithm::es256);
    wrong.key = std::make_shared<oauth::SigningKey>(
        support::pemOf(support::newKey("", Algorithm::es256).get()), "", "k");
    try {
        tokenFor(wrong);
        ADD_FAILURE() << "got a token";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_THAT(error.what(), HasSubstr("HTTP 401, invalid_client"));
    }
    auto nowhere = signing(Algorithm::es256, Algorithm::es256);
    nowhere.resource = "https://other.example";
    try {
        tokenFor(nowhere);
        ADD_FAILURE() << "got a token";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("invalid_target"));
    }
}

TEST_F(OidcProvider, ItsNewKeysAreFoundWhenItRotates) {
    oauth::KeySource::Times often;
    often.again = Milliseconds(0);
    auto here = verifier(Algorithm::es384, often);
    const std::string before = tokenFor(signing(Algorithm::es384, Algorithm::es384));
    EXPECT_EQ("", refusal(here, before));
    ASSERT_EQ(0, kill(provider_->id(), SIGHUP));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (provider_->output().find("rotated") == std::string::npos &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ("", refusal(here, tokenFor(signing(Algorithm::es384, Algorithm::es384))));
    EXPECT_THAT(refusal(here, before), HasSubstr("does not publish"));
}

TEST_F(OidcProvider, ACertificateSaysWhoItIsAndItsTokenIsBoundToIt) {
    auto client = credentials("with-certificate", Algorithm::es256);
    EXPECT_THROW(tokenFor(client), Error) << "without a certificate";
    client.server.tls = shown("client");
    const std::string token = tokenFor(client);
    auto here = verifier(Algorithm::es256);
    EXPECT_THAT(refusal(here, token), HasSubstr("none was shown"));
    Facts own, other;
    own.set("tls.fingerprint", fingerprintOf(certs_.pem("client")));
    other.set("tls.fingerprint", fingerprintOf(certs_.pem("foreign-client")));
    EXPECT_THAT(refusal(here, token, other), HasSubstr("another certificate"));
    EXPECT_EQ("", refusal(here, token, own));
    client.server.tls = shown("server");
    EXPECT_THROW(tokenFor(client), Error) << "another certificate of the same authority";
}

}  // namespace
