/// Tokens that are fetched: asked for as the standards say, once for many, kept, dropped.
#include "oauth/access_tokens.h"

#include <future>

#include "http/server.h"
#include "oauth/base64url.h"
#include "support/gateway_process.h"
#include "test_certs.h"
#include "token_maker.h"

namespace {
using namespace gateway;
using oauth::Algorithm;
using testing::HasSubstr;
using testing::Not;

class NoLog final : public Log {
public:
    void write(Level, std::string_view, std::initializer_list<Field>) override {}
};

http::Response json(int status, const std::string& body) {
    return {status, {{"Content-Type", "application/json"}}, Bytes::copy(body)};
}

class AccessTokensTest : public testing::Test {
protected:
    /// A token server that answers so.
    oauth::AccessTokens& tokens(http::Handler handler, const std::string& more = {}) {
        server_ = std::make_unique<http::Server>(
            http::ServerOptions{},
            [this, handler](const http::Request& request) {
                ++asked_;
                form_ = request;
                return handler(request);
            },
            log_);
        server_->start();
        oauth::ClientCredentials credentials;
        credentials.url = "http://" + server_->address() + "/token" + more;
        credentials.server.server = http::parsedUrl(credentials.url);
        credentials.client = "gateway";
        credentials.key = std::make_shared<oauth::SigningKey>(support::pemOf(key_.get()), "", "k1");
        if (change_) change_(credentials);
        tokens_ =
            std::make_unique<oauth::AccessTokens>(credentials, [this] { return now_.load(); });
        return *tokens_;
    }
    static http::Handler numbered(const std::string& life = ",\"expires_in\":100") {
        return [life, count = std::make_shared<std::atomic<int>>(0)](const http::Request&) {
            return json(200, "{\"access_token\":\"t" + std::to_string(++*count) +
                                 "\",\"token_type\":\"Bearer\"" + life + "}");
        };
    }
    static http::Deadline soon() {
        return std::chrono::steady_clock::now() + std::chrono::seconds(20);
    }
    std::string field(const std::string& name) const {
        for (const auto& [known, value] : http::queryValues(form_.body.view()))
            if (known == name) return value;
        return {};
    }
    std::string failure(http::Handler handler) {
        try {
            tokens(std::move(handler)).token(soon());
        } catch (const Error& error) {
            EXPECT_EQ(Fault::unavailable, error.fault);
            EXPECT_EQ(server_->address(), error.where);
            EXPECT_THAT(error.fr, testing::StartsWith("pas de jeton d'accès : "));
            return error.what();
        }
        return {};
    }

    NoLog log_;
    oauth::Json key_ = support::newKey("", Algorithm::es384);
    std::atomic<Time> now_{Time(std::chrono::seconds(1'800'000'000))};
    std::function<void(oauth::ClientCredentials&)> change_;
    std::atomic<int> asked_ = 0;
    http::Request form_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<oauth::AccessTokens> tokens_;
};

TEST_F(AccessTokensTest, AsksWithAnAssertionThatItsKeySigned) {
    change_ = [](oauth::ClientCredentials& credentials) {
        credentials.scope = "system/*.c system/Task.rs";
        credentials.resource = "https://gp.example/fhir?a=b&c";
    };
    EXPECT_EQ("t1", tokens(numbered()).token(soon()));
    EXPECT_EQ("POST", form_.method);
    EXPECT_EQ("application/x-www-form-urlencoded", form_.headers.get("content-type"));
    EXPECT_EQ("client_credentials", field("grant_type"));
    EXPECT_EQ("gateway", field("client_id"));
    EXPECT_EQ("system/*.c system/Task.rs", field("scope"));
    EXPECT_EQ("https://gp.example/fhir?a=b&c", field("resource"));
    EXPECT_EQ("urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
              field("client_assertion_type"));
    const oauth::SignedToken assertion = oauth::readToken(field("client_assertion"));
    EXPECT_EQ(Algorithm::es384, assertion.algorithm);
    EXPECT_EQ("k1", assertion.kid);
    EXPECT_TRUE(oauth::isSignedBy(assertion, key_.get()));
    const json_t* const payload = assertion.payload.get();
    EXPECT_EQ("gateway", oauth::textOf(payload, "iss"));
    EXPECT_EQ("gateway", oauth::textOf(payload, "sub"));
    EXPECT_EQ("http://" + server_->address() + "/token", oauth::textOf(payload, "aud"));
    const json_int_t ends = json_integer_value(json_object_get(payload, "exp"));
    EXPECT_GT(ends, 1'800'000'000);
    EXPECT_LE(ends, 1'800'000'300);
    const std::string id(oauth::textOf(payload, "jti"));
    EXPECT_GE(id.size(), 20u);
    tokens_->drop("t1");
    tokens_->token(soon());
    const oauth::SignedToken next = oauth::readToken(field("client_assertion"));
    EXPECT_NE(id, oauth::textOf(next.payload.get(), "jti"));
}

TEST_F(AccessTokensTest, EachKindOfKeySignsAsItCan) {
    const std::tuple<Algorithm, const char*, Algorithm> cases[] = {
        {Algorithm::rs256, "", Algorithm::rs384},
        {Algorithm::rs256, "RS256", Algorithm::rs256},
        {Algorithm::es256, "", Algorithm::es256},
        {Algorithm::es384, "ES384", Algorithm::es384}};
    for (const auto& [made, said, expected] : cases) {
        const oauth::Json key = support::newKey("own", made);
        for (const std::string& text : {support::pemOf(key.get()), oauth::written(key.get())}) {
            const bool jwk = text.starts_with('{');
            const oauth::Json payload(json_pack("{s:s}", "a", "b"));
            const auto token =
                oauth::readToken(oauth::SigningKey(text, said, "").sign(payload.get()));
            EXPECT_EQ(expected, token.algorithm);
            const oauth::Json published = oauth::SigningKey(text, said, "").published();
            EXPECT_EQ(token.kid, oauth::textOf(published.get(), "kid"));
            EXPECT_EQ(jwk ? 3u : 43u, token.kid.size()) << "its own, or its thumbprint";
            EXPECT_TRUE(oauth::isSignedBy(token, published.get()));
            EXPECT_EQ(toText(expected), oauth::textOf(published.get(), "alg"));
            EXPECT_EQ(nullptr, json_object_get(published.get(), "d"));
        }
    }
    const std::string pem = support::pemOf(key_.get());
    EXPECT_THROW(oauth::SigningKey(pem, "RS384", ""), Error);
    EXPECT_THROW(oauth::SigningKey(pem, "none", ""), Error);
    EXPECT_THROW(oauth::SigningKey("", "", ""), Error);
    EXPECT_THROW(oauth::SigningKey("{}", "", ""), Error);
    EXPECT_THROW(oauth::SigningKey("{\"kty\":\"EC\",\"crv\":\"P-256\"}", "", ""), Error);
    EXPECT_THROW(oauth::SigningKey(pem.substr(0, pem.size() / 2), "", ""), Error);
}

TEST_F(AccessTokensTest, WithoutAKeyItsCertificateSaysWhoItIs) {
    change_ = [](oauth::ClientCredentials& credentials) { credentials.key = nullptr; };
    EXPECT_EQ("t1", tokens(numbered()).token(soon()));
    EXPECT_EQ("grant_type=client_credentials&client_id=gateway", form_.body.view());
}

TEST_F(AccessTokensTest, ATokenIsKeptUntilShortlyBeforeItsEnd) {
    oauth::AccessTokens& kept = tokens(numbered());
    for (int i = 0; i < 5; ++i) EXPECT_EQ("t1", kept.token(soon()));
    now_ = now_.load() + std::chrono::seconds(89);
    EXPECT_EQ("t1", kept.token(soon()));
    now_ = now_.load() + std::chrono::seconds(1);
    EXPECT_EQ("t2", kept.token(soon()));
    EXPECT_EQ(2, asked_);
}

TEST_F(AccessTokensTest, ALifeThatIsNotSaidIsShort) {
    for (const char* const life : {"", ",\"expires_in\":\"60\"", ",\"expires_in\":60.5"}) {
        oauth::AccessTokens& kept = tokens(numbered(life));
        EXPECT_EQ("t1", kept.token(soon())) << life;
        EXPECT_EQ("t1", kept.token(soon())) << life;
        now_ = now_.load() + std::chrono::seconds(60);
        EXPECT_EQ("t2", kept.token(soon())) << life;
    }
    for (const char* const life :
         {",\"expires_in\":0", ",\"expires_in\":-5", ",\"expires_in\":\"soon\""}) {
        oauth::AccessTokens& kept = tokens(numbered(life));
        EXPECT_EQ("t1", kept.token(soon())) << life;
        EXPECT_EQ("t2", kept.token(soon())) << life;
    }
}

TEST_F(AccessTokensTest, OnlyTheTokenThatFailedIsDropped) {
    oauth::AccessTokens& kept = tokens(numbered());
    EXPECT_EQ("t1", kept.token(soon()));
    kept.drop("t0");
    EXPECT_EQ("t1", kept.token(soon()));
    kept.drop("t1");
    EXPECT_EQ("t2", kept.token(soon()));
    kept.drop("t1");
    EXPECT_EQ("t2", kept.token(soon()));
}

TEST_F(AccessTokensTest, ManyAskOnce) {
    std::promise<void> all;
    std::shared_future<void> waited = all.get_future().share();
    oauth::AccessTokens& kept = tokens([waited](const http::Request&) {
        waited.wait();
        return json(200, R"({"access_token":"one","token_type":"bearer","expires_in":100})");
    });
    std::atomic<int> begun = 0, same = 0;
    std::vector<std::thread> workers;
    for (int i = 0; i < 8; ++i)
        workers.emplace_back([&] {
            ++begun;
            if (kept.token(soon()) == "one") ++same;
        });
    while (begun < 8 || asked_ < 1) std::this_thread::yield();
    all.set_value();
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(8, same);
    EXPECT_EQ(1, asked_);
}

TEST_F(AccessTokensTest, WhateverTheServerSaysIsForLater) {
    const auto says = [](int status, const std::string& body) {
        return [=](const http::Request&) { return json(status, body); };
    };
    EXPECT_THAT(failure(says(400, R"({"error":"invalid_scope","error_description":"SECRET"})")),
                AllOf(HasSubstr("HTTP 400, invalid_scope"), Not(HasSubstr("SECRET"))));
    EXPECT_THAT(failure(says(401, R"({"error":"SECRET"})")),
                AllOf(HasSubstr("HTTP 401"), Not(HasSubstr("SECRET"))));
    for (const int status : {302, 403, 404, 429, 500, 503})
        EXPECT_THAT(failure(says(status, "SECRET")),
                    AllOf(HasSubstr("HTTP " + std::to_string(status)), Not(HasSubstr("SECRET"))));
    for (const char* const odd :
         {"", "[]", "{}", R"({"access_token":"t"})", R"({"access_token":"t","token_type":"MAC"})",
          R"({"access_token":"","token_type":"Bearer"})",
          R"({"access_token":"a\r\nX-Evil: 1","token_type":"Bearer"})",
          R"({"access_token":"a b","token_type":"Bearer"})",
          R"({"access_token":7,"token_type":"Bearer"})"})
        EXPECT_THAT(failure(says(200, odd)), HasSubstr("holds no bearer token")) << odd;
}

TEST_F(AccessTokensTest, AServerThatIsAwayOrSilentIsForLater) {
    oauth::AccessTokens& kept = tokens(numbered());
    server_->stop(Milliseconds(0));
    for (int i = 0; i < 2; ++i) {
        try {
            kept.token(soon());
            ADD_FAILURE() << "a token from nowhere";
        } catch (const Error& error) {
            EXPECT_EQ(Fault::unavailable, error.fault);
        }
    }
    std::promise<void> end;
    std::shared_future<void> ended = end.get_future().share();
    oauth::AccessTokens& silent = tokens([ended](const http::Request&) {
        ended.wait();
        return json(500, "");
    });
    try {
        silent.token(std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
        ADD_FAILURE() << "a token from nobody";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault) << "although bytes were sent";
    }
    end.set_value();
}

}  // namespace
