/// Tokens that come: the good ones are read, every other is refused with its reason.
#include <openssl/hmac.h>

#include <fstream>
#include <future>

#include "gateway/access.h"
#include "http/server.h"
#include "oauth/base64url.h"
#include "oauth/token_verifier.h"
#include "support/gateway_process.h"
#include "test_certs.h"
#include "token_maker.h"

namespace {
using namespace gateway;
using oauth::Algorithm;
using oauth::IssuerOptions;
using support::Members;
using support::TokenMaker;
using testing::ElementsAre;
using testing::HasSubstr;

class QuietLog final : public Log {
public:
    void write(Level, std::string_view event, std::initializer_list<Field>) override {
        const std::lock_guard lock(mutex_);
        events_.emplace_back(event);
        changed_.notify_all();
    }
    bool await(const std::string& event) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] {
            return std::count(events_.begin(), events_.end(), event) > 0;
        });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> events_;
};

std::string hmac(const std::string& secret, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
    return oauth::toBase64url({reinterpret_cast<const char*>(mac.data()), size});
}

class Verifier : public testing::Test {
protected:
    static IssuerOptions idp(const std::string& file) {
        IssuerOptions options;
        options.name = "idp";
        options.issuer = "https://idp.example";
        options.audience = {"https://gateway.example"};
        options.file = file;
        return options;
    }
    void publish() { keys_ = folder_.write("keys.json", maker_.published()); }
    oauth::TokenVerifier& verifier() {
        if (!verifier_) {
            if (keys_.empty()) publish();
            IssuerOptions options = idp(keys_);
            if (change_) change_(options);
            verifier_ = std::make_unique<oauth::TokenVerifier>(std::vector<IssuerOptions>{options},
                                                               [this] { return now_.load(); });
        }
        return *verifier_;
    }
    /// Empty when it is good.
    std::string refusal(const std::string& token, const Facts& facts = {}) {
        try {
            verifier().read(token, facts);
            return {};
        } catch (const Unproven& refused) {
            EXPECT_FALSE(refused.fr.empty()) << refused.what();
            EXPECT_EQ("token", refused.where);
            return refused.what();
        }
    }
    std::string refused(const Members& payload, const Members& header = {}) {
        return refusal(maker_.token(now_, payload, header));
    }
    static std::string at(Time time) {
        return std::to_string(
            std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
    }
    static Facts request(const std::string& number) {
        Facts facts;
        facts.set("http.request", number);
        return facts;
    }

    support::TemporaryFolder folder_;
    TokenMaker maker_;
    std::string keys_;
    std::atomic<Time> now_{Time(std::chrono::seconds(1'800'000'000))};
    std::function<void(IssuerOptions&)> change_;
    std::unique_ptr<oauth::TokenVerifier> verifier_;
};

TEST_F(Verifier, SaysWhoHasAGoodToken) {
    const auto token = verifier().read(maker_.token(now_, {{"practice", "\"cabinet-1\""},
                                                           {"n", "12"},
                                                           {"yes", "true"},
                                                           {"groups", "[\"a\",\"b\",3]"},
                                                           {"ext", "{\"site\":{\"id\":\"s1\"}}"}}),
                                       {});
    EXPECT_EQ("idp", token->issuer);
    EXPECT_EQ("gp-1", token->client);
    EXPECT_EQ("gp-1", token->subject);
    EXPECT_THAT(token->scopes, ElementsAre("system/Task.rs", "system/*.c"));
    EXPECT_THAT(token->claims.at("practice"), ElementsAre("cabinet-1"));
    EXPECT_THAT(token->claims.at("n"), ElementsAre("12"));
    EXPECT_THAT(token->claims.at("yes"), ElementsAre("true"));
    EXPECT_THAT(token->claims.at("groups"), ElementsAre("a", "b", "3"));
    EXPECT_THAT(token->claims.at("ext.site.id"), ElementsAre("s1"));
}

TEST_F(Verifier, EachOfTheFourAlgorithmsIsGood) {
    for (const Algorithm algorithm :
         {Algorithm::rs256, Algorithm::rs384, Algorithm::es256, Algorithm::es384}) {
        maker_ = TokenMaker(algorithm);
        publish();
        verifier_.reset();
        EXPECT_EQ("", refused({})) << toText(algorithm);
        EXPECT_EQ("", refused({})) << toText(algorithm) << ", the second time";
    }
}

TEST_F(Verifier, TheClientIsNamedByTheClaimThatTheIssuerUses) {
    EXPECT_EQ(
        "a",
        verifier().read(maker_.token(now_, {{"client_id", ""}, {"azp", "\"a\""}}), {})->client);
    EXPECT_EQ("gp-1", verifier().read(maker_.token(now_, {{"client_id", ""}}), {})->client);
    EXPECT_THAT(refused({{"client_id", ""}, {"sub", ""}}), HasSubstr("whom it was issued to"));
    EXPECT_THAT(refused({{"client_id", "3"}}), HasSubstr("'client_id' is no text"));
    change_ = [](IssuerOptions& options) { options.clientClaim = "appid"; };
    verifier_.reset();
    EXPECT_EQ("b", verifier().read(maker_.token(now_, {{"appid", "\"b\""}}), {})->client);
    EXPECT_THAT(refused({}), HasSubstr("whom it was issued to"));
}

TEST_F(Verifier, ScopesAreReadAsIssuersWriteThem) {
    const auto scopes = [&](const Members& payload) {
        return verifier().read(maker_.token(now_, payload), {})->scopes;
    };
    EXPECT_THAT(scopes({{"scope", "\" a  b \""}}), ElementsAre("a", "b"));
    EXPECT_THAT(scopes({{"scope", "[\"a\",\"b\"]"}}), ElementsAre("a", "b"));
    EXPECT_THAT(scopes({{"scope", ""}, {"scp", "\"c d\""}}), ElementsAre("c", "d"));
    EXPECT_THAT(scopes({{"scope", ""}}), testing::IsEmpty());
}

TEST_F(Verifier, AnExpiredTokenIsRefusedAlsoWhenItIsKnown) {
    const std::string token = maker_.token(now_);
    EXPECT_EQ("", refusal(token));
    now_ = now_.load() + std::chrono::seconds(300 + 29);
    EXPECT_EQ("", refusal(token)) << "within the leeway";
    now_ = now_.load() + std::chrono::seconds(1);
    EXPECT_EQ("expired ('exp')", refusal(token));
    EXPECT_EQ("expired ('exp')", refused({{"exp", at(now_.load() - std::chrono::hours(1))}}));
    EXPECT_THAT(refused({{"exp", ""}}), HasSubstr("not when it ends"));
    EXPECT_EQ("", refused({{"exp", "253402300799"}}));
    for (const char* const odd : {"\"1800000900\"", "-1", "1e300", "null", "[]", "true",
                                  "253402300800", "9223372036854775807"})
        EXPECT_EQ("its 'exp' is no time", refused({{"exp", odd}})) << odd;
}

TEST_F(Verifier, ATokenOfTheFutureIsRefused) {
    EXPECT_EQ("not valid yet ('nbf')",
              refused({{"nbf", at(now_.load() + std::chrono::seconds(31))}}));
    EXPECT_EQ("", refused({{"nbf", at(now_.load() + std::chrono::seconds(30))}}));
    EXPECT_EQ("issued in the future ('iat')",
              refused({{"iat", at(now_.load() + std::chrono::seconds(31))}}));
    EXPECT_EQ("", refused({{"iat", ""}}));
}

TEST_F(Verifier, AForgedTokenIsRefused) {
    const TokenMaker other;
    EXPECT_EQ("its signature is not the issuer's", refusal(other.token(now_)));
    const std::string token = maker_.token(now_), parts = token.substr(0, token.rfind('.') + 1);
    const std::string changed = maker_.unsignedToken(now_, {{"sub", "\"gp-2\""}}, {});
    EXPECT_EQ("its signature is not the issuer's",
              refusal(changed + token.substr(token.rfind('.'))));
    EXPECT_THAT(refusal(parts), HasSubstr("signature is not base64url"));
    // All zero, which a careless check of ECDSA takes for good.
    EXPECT_EQ("its signature is not the issuer's",
              refusal(parts + oauth::toBase64url(std::string(64, '\0'))));
    EXPECT_EQ("its signature is not the issuer's",
              refusal(parts + oauth::toBase64url(std::string(63, 'x'))));
    EXPECT_EQ("", refusal(token));
}

TEST_F(Verifier, WhatIsNotSignedByAKeyPairIsRefused) {
    const std::string why = "not signed with RS256, RS384, ES256 or ES384";
    for (const char* const alg : {"\"none\"", "\"None\"", "\"NONE\"", "\"HS256\"", "\"RS512\"",
                                  "\"PS256\"", "\"EdDSA\"", "\"es256\"", "\"\"", "7", ""})
        EXPECT_EQ(why, refusal(maker_.unsignedToken(now_, {}, {{"alg", alg}}) + ".")) << alg;
}

TEST_F(Verifier, ThePublicKeyIsNoSharedSecret) {
    for (const Algorithm algorithm : {Algorithm::rs256, Algorithm::es256}) {
        maker_ = TokenMaker(algorithm);
        publish();
        verifier_.reset();
        const std::string parts = maker_.unsignedToken(now_, {}, {{"alg", "\"HS256\""}});
        for (const std::string& secret : {maker_.published(), support::pemOf(maker_.key())})
            EXPECT_THAT(refusal(parts + "." + hmac(secret, parts)), HasSubstr("not signed with"));
    }
}

TEST_F(Verifier, AKeyIsGoodForItsOwnAlgorithmAlone) {
    // An RSA key, and a token that says to be signed on a curve; P-384 under the name of ES256.
    for (const auto& [key, claimed] :
         {std::pair{Algorithm::rs256, "\"ES256\""}, std::pair{Algorithm::es384, "\"ES256\""},
          std::pair{Algorithm::es256, "\"RS256\""}}) {
        maker_ = TokenMaker(key);
        publish();
        verifier_.reset();
        const std::string parts = maker_.unsignedToken(now_, {}, {{"alg", claimed}});
        const std::string token = maker_.token(now_);
        EXPECT_THAT(refusal(parts + token.substr(token.rfind('.'))), HasSubstr("does not publish"));
    }
}

TEST_F(Verifier, AnExtensionThatMustBeKnownIsRefused) {
    EXPECT_THAT(refused({}, {{"crit", "[\"b64\"]"}}), HasSubstr("'crit'"));
    EXPECT_THAT(refused({}, {{"crit", "[]"}}), HasSubstr("'crit'"));
    EXPECT_THAT(refused({}, {{"crit", "null"}}), HasSubstr("'crit'"));
}

TEST_F(Verifier, AKeyThatTheTokenBringsIsNotLookedAt) {
    const TokenMaker other;
    EXPECT_EQ("its signature is not the issuer's",
              refusal(other.token(
                  now_, {},
                  {{"jwk", oauth::written(other.key())}, {"jku", "\"http://127.0.0.1:1/keys\""}})));
}

TEST_F(Verifier, NorOneThatItPointsTo) {
    const TokenMaker other;
    for (const Members& header :
         {Members{{"x5u", "\"http://127.0.0.1:1/chain.pem\""}}, Members{{"x5c", "[\"MIIB\"]"}},
          Members{{"x5t#S256", "\"AAAA\""}},
          Members{{"jku", "\"https://idp.example/keys\""}, {"kid", "\"k1\""}}}) {
        EXPECT_EQ("its signature is not the issuer's", refusal(other.token(now_, {}, header)));
        EXPECT_EQ("", refused({}, header)) << "of the issuer itself they say nothing more";
    }
}

TEST_F(Verifier, AKeyIdIsANameAndNothingElse) {
    for (const char* const kid :
         {"\"../../../../dev/null\"", "\"/etc/passwd\"", "\"k1' OR '1'='1\"", "\"K1\"", "\"k1 \"",
          "\"*\"", "\"k1,k2\"", "\"http://127.0.0.1:1/k1\""})
        EXPECT_THAT(refused({}, {{"kid", kid}}), HasSubstr("does not publish")) << kid;
    for (const char* const kid : {"null", "[\"k1\"]", "{}", "1"})
        EXPECT_THAT(refused({}, {{"kid", kid}}), HasSubstr("('kid') is no text")) << kid;
}

/// Two readers of a text could each take another member.
TEST_F(Verifier, NothingStandsTwiceHoweverItIsWritten) {
    const std::string good = maker_.token(now_);
    const std::string header = good.substr(0, good.find('.') + 1);
    const std::string rest = good.substr(good.find('.'));
    for (const char* const object :
         {R"({"alg":"ES256","\u0061lg":"none"})", R"({"alg":"none","al\u0067":"ES256"})",
          R"({"alg":"ES256","crit\u0000":[]})", R"({"alg":"ES256\u0000"})",
          R"({"alg":"ES256","a":{"b":1,"\u0062":2}})", R"({"alg":"ES256","a":"\ud800"})"})
        EXPECT_THAT(refusal(oauth::toBase64url(object) + rest),
                    HasSubstr("header is not an object"))
            << object;
    for (const char* const object :
         {R"({"iss":"https://other.example","i\u0073s":"https://idp.example"})",
          R"({"aud":"https://other.example","aud":"https://gateway.example"})", R"({"exp":1e400})"})
        EXPECT_THAT(refusal(header + oauth::toBase64url(object) + ".AA"),
                    HasSubstr("payload is not an object"))
            << object;
}

TEST_F(Verifier, OtherKindsOfTokensAreRefused) {
    for (const char* const typ :
         {"\"logout+jwt\"", "\"dpop+jwt\"", "\"secevent+jwt\"", "\"JWE\"", "3"})
        EXPECT_THAT(refused({}, {{"typ", typ}}), HasSubstr("'typ'")) << typ;
    for (const char* const typ : {"\"JWT\"", "\"jwt\"", "\"at+jwt\"", "\"application/at+jwt\"", ""})
        EXPECT_EQ("", refused({}, {{"typ", typ}})) << typ;
}

TEST_F(Verifier, ATokenForSomebodyElseIsRefused) {
    EXPECT_THAT(refused({{"aud", "\"https://other.example\""}}), HasSubstr("for somebody else"));
    EXPECT_THAT(refused({{"aud", "[\"https://gateway.example/\",\"x\"]"}}),
                HasSubstr("for somebody else"));
    for (const char* const none : {"", "[]", "null", "{}", "\"\""})
        EXPECT_THAT(refused({{"aud", none}}), HasSubstr("for somebody else")) << none;
    EXPECT_EQ("", refused({{"aud", "[\"x\",\"https://gateway.example\"]"}}));
}

TEST_F(Verifier, ATokenOfAnotherIssuerIsRefused) {
    for (const char* const iss : {"\"https://other.example\"", "\"https://idp.example/\"", "",
                                  "[\"https://idp.example\"]", "\"\""})
        EXPECT_THAT(refused({{"iss", iss}}), HasSubstr("none of those configured")) << iss;
}

TEST_F(Verifier, WhatIsNoTokenIsRefused) {
    const std::string good = maker_.token(now_);
    const std::string header = good.substr(0, good.find('.') + 1);
    const std::string rest = good.substr(good.find('.'));
    for (const char* const odd : {"", ".", "..", "...", "a.b", "a.b.c.d", "Bearer x.y.z"})
        EXPECT_NE("", refusal(odd)) << odd;
    for (const char* const object : {"[]", "{", "{}x", "{\"alg\":\"ES256\",\"alg\":\"ES256\"}", "1",
                                     "{\"alg\":\"ES256\"}\n{}", "{\"a\":\"\xff\"}"})
        EXPECT_THAT(refusal(oauth::toBase64url(object) + rest),
                    HasSubstr("header is not an object"))
            << object;
    EXPECT_THAT(refusal(header + oauth::toBase64url("[1]") + ".AA"),
                HasSubstr("payload is not an object"));
    EXPECT_THAT(refusal(good + "="), HasSubstr("base64url"));
    EXPECT_THAT(refusal(good + " "), HasSubstr("base64url"));
    EXPECT_THAT(refusal("\n" + good), HasSubstr("base64url"));
}

TEST_F(Verifier, ATokenThatIsTooLargeIsRefused) {
    EXPECT_EQ("larger than 8192 bytes", refused({{"x", "\"" + std::string(8192, 'x') + "\""}}));
    EXPECT_EQ("", refused({{"x", "\"" + std::string(5000, 'x') + "\""}}));
}

TEST_F(Verifier, ABoundTokenIsGoodWithItsCertificateAlone) {
    const std::string digest(32, '\x5a');
    const Members bound{{"cnf", "{\"x5t#S256\":\"" + oauth::toBase64url(digest) + "\"}"}};
    const std::string token = maker_.token(now_, bound);
    Facts own, other;
    std::string hex;
    for (int i = 0; i < 32; ++i) hex += "5a";
    own.set("tls.fingerprint", hex);
    other.set("tls.fingerprint", "00" + hex.substr(2));
    EXPECT_THAT(refusal(token), HasSubstr("none was shown"));
    EXPECT_THAT(refusal(token, other), HasSubstr("another certificate"));
    EXPECT_EQ("", refusal(token, own));
    EXPECT_THAT(refusal(token, other), HasSubstr("another certificate")) << "although it is known";
    for (const char* const odd :
         {"{}", "{\"jkt\":\"x\"}", "3", "{\"x5t#S256\":\"\"}", "{\"x5t#S256\":\"AA\"}"})
        EXPECT_THAT(refusal(maker_.token(now_, {{"cnf", odd}}), own), HasSubstr("not known here"))
            << odd;
    change_ = [](IssuerOptions& options) { options.bound = true; };
    verifier_.reset();
    EXPECT_EQ("", refusal(token, own));
    EXPECT_THAT(refusal(maker_.token(now_), own), HasSubstr("must be"));
}

TEST_F(Verifier, AReplayedTokenIsRefusedWhereEachIsGoodOnce) {
    const std::string usual = maker_.token(now_);
    EXPECT_EQ("", refusal(usual, request("1")));
    EXPECT_EQ("", refusal(usual, request("2"))) << "access tokens are used again";

    change_ = [](IssuerOptions& options) { options.oneTime = true; };
    verifier_.reset();
    verifier();
    now_ = now_.load() + std::chrono::seconds(1);
    const std::string token = maker_.token(now_);
    EXPECT_EQ("", refusal(token, request("7")));
    EXPECT_EQ("", refusal(token, request("7"))) << "the same request is asked about twice";
    EXPECT_THAT(refusal(token, request("8")), HasSubstr("shown before"));
    EXPECT_THAT(refusal(token), HasSubstr("shown before"));
    EXPECT_THAT(refused({{"scope", "\"other\""}}), HasSubstr("shown before")) << "same id";
    EXPECT_EQ("", refused({{"jti", "\"id-2\""}}));
    EXPECT_THAT(refused({{"jti", "\"id-2\""}, {"x", "1"}}), HasSubstr("shown before"));
    EXPECT_THAT(refused({{"jti", ""}}), HasSubstr("no 'jti'"));
    EXPECT_THAT(refused({{"iat", ""}, {"jti", "\"id-3\""}}), HasSubstr("no 'iat'"));
    EXPECT_THAT(refused({{"jti", "\"id-4\""}, {"iat", at(now_.load() - std::chrono::seconds(60))}}),
                HasSubstr("before this gateway began"));
}

TEST_F(Verifier, SpentTokensStaySpentWhenTheConfigurationIsReadAgain) {
    change_ = [](IssuerOptions& options) { options.oneTime = true; };
    verifier();
    now_ = now_.load() + std::chrono::seconds(1);
    const std::string token = maker_.token(now_);
    EXPECT_EQ("", refusal(token, request("1")));
    const auto former = std::move(verifier_);
    now_ = now_.load() + std::chrono::seconds(1);
    verifier().adopt(*former);
    EXPECT_THAT(refusal(token, request("2")), HasSubstr("shown before"));
}

TEST_F(Verifier, TooManyOneTimeTokensAreForLater) {
    oauth::SpentIds spent(Time(), 2);
    const Time now(std::chrono::seconds(100)), later(std::chrono::seconds(200));
    using Verdict = oauth::SpentIds::Verdict;
    EXPECT_EQ(Verdict::fresh, spent.spend("a", "", later, now));
    EXPECT_EQ(Verdict::fresh, spent.spend("b", "", now, now));
    EXPECT_EQ(Verdict::full, spent.spend("c", "", later, now));
    EXPECT_EQ(Verdict::spent, spent.spend("a", "", later, now));
    EXPECT_EQ(Verdict::fresh, spent.spend("c", "", later, now + std::chrono::seconds(1)))
        << "those that ended are forgotten";
    EXPECT_EQ(Verdict::spent, spent.spend("a", "", later, now + std::chrono::seconds(1)));
}

TEST_F(Verifier, KnownTokensAreBounded) {
    oauth::KnownTokens known(100);
    for (int i = 0; i < 1000; ++i) {
        known.keep(oauth::KnownTokens::digestOf(std::to_string(i)),
                   std::make_shared<oauth::GoodToken>());
        EXPECT_TRUE(known.find(oauth::KnownTokens::digestOf("0"))) << "asked for all the time";
    }
    EXPECT_LE(known.size(), 101u);
    EXPECT_FALSE(known.find(oauth::KnownTokens::digestOf("500")));
}

TEST_F(Verifier, ARotatedKeyIsFoundAndTheFormerIsGoodNoMore) {
    const std::string before = maker_.token(now_);
    EXPECT_EQ("", refusal(before));
    maker_.rotate("k2");
    const std::string after = maker_.token(now_);
    EXPECT_THAT(refusal(after), HasSubstr("does not publish")) << "not yet published";
    publish();
    EXPECT_THAT(refusal(after), HasSubstr("does not publish")) << "it was read a moment ago";
    EXPECT_EQ("", refusal(before));
    now_ = now_.load() + std::chrono::seconds(10);
    EXPECT_EQ("", refusal(after));
    EXPECT_THAT(refusal(before), HasSubstr("does not publish")) << "known, but its key is gone";
}

TEST_F(Verifier, KeyIdsThatNobodyKnowsMakeItReadOnceInAWhile) {
    unsigned reads = 0;
    oauth::KeySource source(
        "idp",
        [&] {
            ++reads;
            return maker_.published();
        },
        {}, [this] { return now_.load(); });
    const auto keys = source.keys();
    const auto flood = [&] {
        for (int i = 0; i < 1000; ++i) EXPECT_EQ(keys, source.newerThan(keys));
    };
    flood();
    EXPECT_EQ(1u, reads) << "it was read a moment ago";
    now_ = now_.load() + std::chrono::seconds(10);
    flood();
    EXPECT_EQ(2u, reads);
}

TEST_F(Verifier, KeysOfNoUseKeepNoOtherFromBeingRead) {
    const std::string one = maker_.published();
    const std::string first = "{\"keys\":[";
    keys_ = folder_.write(
        "keys.json",
        first + R"(1,null,{"kty":"EC"},{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"},)" +
            R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"off","alg":"ES256"},)" +
            R"({"kty":"OKP","crv":"Ed25519","x":"AA"},)" + one.substr(first.size()));
    EXPECT_EQ("", refused({}));
    EXPECT_EQ("its signature is not the issuer's", refused({}, {{"kid", "\"off\""}}));
    EXPECT_THAT(refused({}, {{"kid", "\"weak\""}}), HasSubstr("does not publish"));
}

TEST_F(Verifier, TellsTheCertificatesByWhichKeysAreBelieved) {
    const auto& certs = support::TestCerts::shared();
    IssuerOptions options = idp("");
    options.server.server = http::parsedUrl("https://127.0.0.1:1/keys");
    options.server.tls =
        std::make_shared<tls::Credentials>(tls::Role::client, tls::Options{.ca = certs.pem("ca")});
    const auto all =
        oauth::TokenVerifier(std::vector<IssuerOptions>{options, idp("none.json")}).certificates();
    ASSERT_EQ(1u, all.size());
    EXPECT_EQ("idp", all[0].first);
    EXPECT_EQ(certs.pem("ca"), all[0].second.file);
    EXPECT_LT(gateway::currentTime(), all[0].second.until);
}

TEST_F(Verifier, AForgedTokenDoesNotMakeItReadTheKeysAgain) {
    EXPECT_EQ("", refused({}));
    now_ = now_.load() + std::chrono::seconds(60);
    const TokenMaker other;
    folder_.write("keys.json", "{}");
    EXPECT_EQ("its signature is not the issuer's", refusal(other.token(now_)));
    EXPECT_EQ("", refused({}));
}

TEST_F(Verifier, ATokenWithoutKeyIdIsGoodWithTheOnlyKey) {
    EXPECT_EQ("", refused({}, {{"kid", ""}}));
    const TokenMaker second(Algorithm::es256, "k2");
    std::string one = maker_.published(), two = second.published();
    keys_ = folder_.write("keys.json", one.substr(0, one.size() - 2) + "," +
                                           two.substr(std::string("{\"keys\":[").size()));
    verifier_.reset();
    EXPECT_EQ("", refused({}));
    EXPECT_THAT(refused({}, {{"kid", ""}}), HasSubstr("does not publish"));
    EXPECT_THAT(refused({}, {{"kid", "3"}}), HasSubstr("('kid') is no text"));
}

TEST_F(Verifier, KeysForOtherUsesAreNotUsed) {
    for (const Members& use :
         {Members{{"use", "\"enc\""}}, Members{{"alg", "\"ES384\""}},
          Members{{"key_ops", "[\"encrypt\"]"}}, Members{{"kty", "\"oct\""}}}) {
        std::string published = maker_.published();
        for (const auto& [name, value] : use) {
            const std::size_t at = published.find("\"kty\":\"EC\"");
            if (name == "kty")
                published.replace(at, 10, "\"kty\":" + value);
            else
                published.insert(at, "\"" + name + "\":" + value + ",");
        }
        keys_ = folder_.write("keys.json", published);
        verifier_.reset();
        EXPECT_THROW(verifier().read(maker_.token(now_), {}), Error) << published;
    }
}

TEST_F(Verifier, WithoutKeysItIsForLaterAndNotRefused) {
    keys_ = folder_.path() + "/none.json";
    try {
        verifier().read(maker_.token(now_), {});
        ADD_FAILURE() << "believed";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_EQ("idp", error.where);
        EXPECT_THAT(error.what(), HasSubstr("its keys cannot be read"));
    }
    folder_.write("none.json", maker_.published());
    now_ = now_.load() + std::chrono::seconds(10);
    EXPECT_EQ("", refused({}));
}

TEST_F(Verifier, KeysThatCannotBeReadAgainAreBelievedForADay) {
    EXPECT_EQ("", refused({}));
    std::filesystem::remove(keys_);
    now_ = now_.load() + std::chrono::hours(24);
    EXPECT_EQ("", refused({}));
    now_ = now_.load() + std::chrono::seconds(1);
    EXPECT_THROW(refused({}), Error);
}

TEST_F(Verifier, KeysComeOverHttpsFromAServerThatIsBelieved) {
    const auto& certs = support::TestCerts::shared();
    http::ServerOptions server;
    server.tls = std::make_shared<tls::Credentials>(
        tls::Role::server, tls::Options{.cert = certs.pem("server"), .key = certs.key("server")});
    std::atomic<int> asked = 0;
    QuietLog log;
    http::Server idpServer(
        server,
        [&](const http::Request& request) {
            ++asked;
            EXPECT_EQ("/keys", request.path);
            return http::Response{200, {}, Bytes(maker_.published())};
        },
        log);
    idpServer.start();
    const auto options = [&](const std::string& ca) {
        IssuerOptions idpOptions = idp("");
        idpOptions.server.server = http::parsedUrl("https://" + idpServer.address() + "/keys");
        idpOptions.server.tls = std::make_shared<tls::Credentials>(
            tls::Role::client, tls::Options{.ca = certs.pem(ca)});
        return std::vector<IssuerOptions>{idpOptions};
    };
    const auto clock = [this] { return now_.load(); };
    oauth::TokenVerifier good(options("ca"), clock);
    good.start(log);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(good.read(maker_.token(now_), {}));
    EXPECT_EQ(1, asked);
    oauth::TokenVerifier bad(options("foreign-ca"), clock);
    bad.start(log);
    EXPECT_TRUE(log.await("issuer-keys-not-read"));
    EXPECT_THROW(bad.read(maker_.token(now_), {}), Error);
    // What was known goes on being known, also when the configuration is read again.
    bad.adopt(good);
    EXPECT_TRUE(bad.read(maker_.token(now_), {}));
}

TEST_F(Verifier, ASlowIssuerHoldsUpFewAndNotForLong) {
    std::promise<void> answer;
    std::shared_future<void> answered = answer.get_future().share();
    oauth::KeySource::Times times;
    times.wait = Milliseconds(60'000);
    oauth::KeySource slow(
        "idp",
        [&] {
            answered.wait();
            return maker_.published();
        },
        times);
    std::atomic<unsigned> good = 0, later = 0;
    std::vector<std::thread> asking;
    for (unsigned i = 0; i < 2 * oauth::KeySource::kWaiting; ++i)
        asking.emplace_back([&] {
            try {
                if (slow.keys()) ++good;
            } catch (const Error& error) {
                if (error.fault == Fault::unavailable) ++later;
            }
        });
    while (later < oauth::KeySource::kWaiting) std::this_thread::yield();
    answer.set_value();
    for (std::thread& thread : asking) thread.join();
    EXPECT_EQ(oauth::KeySource::kWaiting, good);
    EXPECT_EQ(oauth::KeySource::kWaiting, later);
}

TEST(KeySets, PrivateHalvesAreSeenAndLeftBehind) {
    const TokenMaker maker;
    const oauth::KeySet open(maker.published(true)), closed(maker.published());
    EXPECT_TRUE(open.holdsPrivate());
    EXPECT_FALSE(closed.holdsPrivate());
    EXPECT_EQ(nullptr, json_object_get(open.candidates(Algorithm::es256, "k1").at(0), "d"));
    for (const char* const odd : {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]}",
                                  "{\"keys\":[1,null,[],{}]}", "{\"keys\":[{\"kty\":\"oct\"}]}"})
        EXPECT_THROW(oauth::KeySet{odd}, Error) << odd;
}

TEST(KeySets, WeakKeysAreNotTaken) {
    const oauth::Json weak(json_pack("{s:[{s:s,s:s,s:s}]}", "keys", "kty", "RSA", "e", "AQAB", "n",
                                     oauth::toBase64url(std::string(128, '\xc1')).c_str()));
    EXPECT_THROW(oauth::KeySet{oauth::written(weak.get())}, Error);
}

/// With an exponent of 1 a signature is the text itself.
TEST(KeySets, ExponentsThatVerifyAnythingAreNotTaken) {
    const std::string modulus = oauth::toBase64url(std::string(256, '\xc1'));
    const auto set = [&](const std::string& exponent) {
        return R"({"keys":[{"kty":"RSA","n":")" + modulus + R"(","e":")" + exponent + R"("}]})";
    };
    for (const char* const bad : {"AQ", "AAE", "AA", "", "Ag", "AQAA", "!"})
        EXPECT_THROW(oauth::KeySet{set(bad)}, Error) << bad;
    for (const char* const good : {"Aw", "AQAB", "AAEAAQ"})
        EXPECT_EQ(1u, oauth::KeySet(set(good)).size()) << good;
}

}  // namespace
