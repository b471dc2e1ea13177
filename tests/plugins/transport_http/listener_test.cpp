/// Listener "http" of the shipped plugin, with an inbox that answers as told.
#include "http/client.h"
#include "raw_client.h"
#include "support/access.h"
#include "test_certs.h"
#include "told_gateway.h"

namespace {
using namespace gateway;
using support::converse;
using support::scalar;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using transport_http_test::ListenerTest;

class HttpListener : public ListenerTest {
protected:
    /// Of each record: what, who, for which partner, how it ended.
    std::string told() const {
        std::string all;
        for (const AuditRecord& one : gateway_.told)
            all += one.what + " " + one.by + " " +
                   (one.details.contains("partner") ? one.details.at("partner") : "-") + " " +
                   one.result + "\n";
        return all;
    }
    /// One source at /plans.
    std::string startOne(Stage answer = Stage::stored) {
        listen();
        EXPECT_FALSE(
            serve({"relai", answer, Milliseconds(100)}, support::map({{"path", scalar("/plans")}}))
                .failed());
        return start();
    }
    std::string post(const std::string& address, const std::string& fields = {},
                     const std::string& path = "/plans") {
        return converse(address, "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
                                     fields + "Content-Length: 4\r\n\r\nbody");
    }
};

TEST_F(HttpListener, AnswersOnceItIsStored) {
    gateway_.stored("M1");
    EXPECT_THAT(post(startOne()),
                AllOf(StartsWith("HTTP/1.1 202 "),
                      EndsWith(R"({"id":"M1","state":"stored","repeat":false})")));
    ASSERT_EQ(1u, gateway_.arrivals.size());
    const Arrival& got = gateway_.arrivals.front();
    EXPECT_EQ("relai", got.source);
    EXPECT_EQ("body", got.body.view());
    EXPECT_TRUE(got.attended);
    EXPECT_EQ("/plans", got.facts.get("http.path"));
    EXPECT_THAT(std::string(got.facts.get("peer")), StartsWith("127.0.0.1:"));
    EXPECT_EQ("", got.facts.get("http.idempotency-key"));
}

TEST_F(HttpListener, SaysWhetherItIsARepeat) {
    gateway_.stored("M1", Receipt::Kind::repeat);
    EXPECT_THAT(post(startOne(), "Idempotency-Key: 42-a\r\n"),
                AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("\"repeat\":true")));
    EXPECT_EQ("42-a", gateway_.arrivals.front().facts.get("http.idempotency-key"));
}

TEST_F(HttpListener, AnIdUsedForOtherContentIsAConflict) {
    gateway_.stored("M1", Receipt::Kind::conflict);
    EXPECT_THAT(post(startOne()),
                AllOf(StartsWith("HTTP/1.1 409 "), HasSubstr("\"code\":\"conflict\"")));
}

TEST_F(HttpListener, EachFaultHasItsStatus) {
    const std::string address = startOne();
    const std::tuple<Fault, const char*, const char*> all[] = {
        {Fault::malformed, "400", "structure"},    {Fault::unsupported, "422", "not-supported"},
        {Fault::rejected, "422", "business-rule"}, {Fault::unavailable, "503", "transient"},
        {Fault::internal, "500", "exception"},
    };
    for (const auto& [fault, status, code] : all) {
        gateway_.accepted = {};
        gateway_.refused(fault, "/objectifs[0]/statut", "no such \"state\"");
        const std::string answer = post(address);
        EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + status));
        EXPECT_THAT(answer, HasSubstr("Content-Type: application/fhir+json\r\n"));
        EXPECT_THAT(
            answer,
            EndsWith(
                std::string(
                    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":")") +
                code +
                R"(","diagnostics":"no such \"state\"","expression":["/objectifs[0]/statut"]}]})"));
        EXPECT_EQ(fault == Fault::unavailable, answer.find("Retry-After: ") != answer.npos);
    }
}

TEST_F(HttpListener, OfABatchEachMessageIsTold) {
    gateway_.stored("M1");
    gateway_.stored("M2", Receipt::Kind::repeat);
    const std::string address = startOne();
    EXPECT_THAT(post(address),
                AllOf(StartsWith("HTTP/1.1 202 "),
                      EndsWith(R"({"messages":[{"id":"M1","state":"stored","repeat":false},)"
                               R"({"id":"M2","state":"stored","repeat":true}]})")));
    gateway_.refused(Fault::malformed, "line 3, column 1", "no number");
    EXPECT_THAT(post(address), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("stored: message M1"),
                                     HasSubstr("line 3, column 1")));
}

TEST_F(HttpListener, WaitsWhereTheSourceSaysSo) {
    gateway_.stored("M1");
    const std::string address = startOne(Stage::delivered);
    gateway_.progress.reached = true;
    EXPECT_THAT(post(address), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"delivered\"")));
    gateway_.progress = {};
    EXPECT_THAT(post(address), AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("\"in-progress\"")));
    gateway_.progress.refused = true;
    gateway_.progress.reason = {"held: no patient", "en attente : pas de patient"};
    EXPECT_THAT(post(address),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("M1: held: no patient")));
    EXPECT_THAT(post(address, "Accept-Language: fr-FR,en;q=0.5\r\n"), HasSubstr("pas de patient"));
}

TEST_F(HttpListener, RefusesAtTheDoor) {
    listen();
    serve({"relai", {}, {}},
          support::map({{"path", scalar("/plans")},
                        {"types", support::list({scalar("application/json")})}}));
    const std::string address = start();
    EXPECT_THAT(post(address, "", "/other"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(post(address, "", "/plans/1"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(converse(address, "GET /plans HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: POST, PUT")));
    EXPECT_THAT(post(address, "Content-Type: text/plain\r\n"), StartsWith("HTTP/1.1 415 "));
    const std::string json = "Content-Type: Application/JSON; charset=utf-8\r\n";
    EXPECT_THAT(post(address, json + "Content-Encoding: br\r\n"),
                AllOf(StartsWith("HTTP/1.1 415 "), HasSubstr("Accept-Encoding: gzip\r\n")));
    EXPECT_THAT(post(address, json + "Idempotency-Key: " + std::string(201, 'x') + "\r\n"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(post(address, json + "Idempotency-Key: a b\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(gateway_.arrivals.empty());
    gateway_.stored("M1");
    EXPECT_THAT(post(address, json), StartsWith("HTTP/1.1 202 "));
}

TEST_F(HttpListener, RefusesLargeBodies) {
    listen({{"limits", support::map({{"body", scalar("3 B")}})}});
    serve({"relai", {}, {}}, support::map({{"path", scalar("/plans")}}));
    EXPECT_THAT(post(start()), AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("too-long")));
    EXPECT_TRUE(gateway_.arrivals.empty());
}

TEST_F(HttpListener, WhatItsServerRefusesHasItsCodeToo) {
    listen({{"limits", support::map({{"requests_per_peer", support::map({{"most", scalar("2")},
                                                                         {"per", scalar("60 s")}})},
                                     {"header", scalar("1 KiB")}})}});
    serve({"relai", {}, {}}, support::map({{"path", scalar("/plans")}}));
    const std::string address = start();
    EXPECT_THAT(post(address, "X: " + std::string(2'000, 'x') + "\r\n"),
                AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr("too-long")));
    EXPECT_THAT(converse(address, "GET /plans HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("structure")));
    std::string answer;
    for (int i = 0; i < 4 && !answer.starts_with("HTTP/1.1 429 "); ++i)
        answer = converse(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 429 Too Many Requests\r\n"),
                              HasSubstr("Retry-After: "), HasSubstr("throttled")));
}

TEST_F(HttpListener, TellsSourcesApartByPath) {
    gateway_.stored("M1");
    listen();
    serve({"all", {}, {}}, support::map({{"path", scalar("/plans/*")}}));
    serve({"relai", {}, {}}, support::map({{"path", scalar("/plans/relai")}}));
    const std::string address = start();
    post(address, "", "/plans/relai");
    post(address, "", "/plans/other");
    post(address, "", "/plans/relai/deeper");
    ASSERT_EQ(3u, gateway_.arrivals.size());
    EXPECT_EQ("relai", gateway_.arrivals[0].source);
    EXPECT_EQ("all", gateway_.arrivals[1].source);
    EXPECT_EQ("all", gateway_.arrivals[2].source);
}

TEST_F(HttpListener, ReportsWhatIsConfiguredWrongly) {
    listen();
    EXPECT_TRUE(serve({"a", {}, {}}, support::map({})).failed()) << "no path";
    EXPECT_TRUE(serve({"b", {}, {}}, support::map({{"path", scalar("plans")}})).failed());
    EXPECT_FALSE(serve({"c", {}, {}}, support::map({{"path", scalar("/c")}})).failed());
    EXPECT_TRUE(serve({"d", {}, {}}, support::map({{"path", scalar("/c")}})).failed()) << "twice";
    const Findings plain =
        serve({"e", {}, {}}, support::map({{"path", scalar("/e")}, {"from", scalar("chu")}}));
    EXPECT_FALSE(plain.failed());
    EXPECT_THAT(plain.all().at(0).text, HasSubstr("by the address alone"));
    const auto& certs = support::TestCerts::shared();
    listen({{"tls", support::map({{"cert", scalar(certs.pem("server"))},
                                  {"key", scalar(certs.key("server"))}})}});
    EXPECT_TRUE(
        serve({"e", {}, {}}, support::map({{"path", scalar("/e")}, {"from", scalar("chu")}}))
            .failed())
        << "nobody shows a certificate";
    EXPECT_THROW(plugins_.listener("http", support::map({{"listen", scalar("0.0.0.0:0")}})),
                 std::runtime_error);
    EXPECT_NO_THROW(plugins_.listener(
        "http", support::map({{"listen", scalar("0.0.0.0:0")}, {"insecure", scalar("true")}})));
}

TEST_F(HttpListener, BeyondThisMachineSourcesSayWhoMaySend) {
    listener_ = plugins_.listener(
        "http", support::map({{"listen", scalar("0.0.0.0:0")}, {"insecure", scalar("true")}}));
    EXPECT_THAT(serve({"a", {}, {}}, support::map({{"path", scalar("/a")}})).all().at(0).text,
                HasSubstr("say who may"));
    EXPECT_FALSE(
        serve({"b", {}, {}}, support::map({{"path", scalar("/b")}, {"from", scalar("anyone")}}))
            .failed());
}

TEST_F(HttpListener, OnlyWhoIsNamedMaySend) {
    const auto& certs = support::TestCerts::shared();
    gateway_.stored("M1");
    gateway_.configured = support::accessOf(
        {{"relai", {"relai"}}, {"other", {"other"}}},
        {{"chu", "", "", {{"finess", "980000001"}}, {}, {}}, {"clinique", "", "", {}, {}, {}}},
        {{.name = "relai", .partners = {"chu"}}});
    listen({{"tls", support::map({{"cert", scalar(certs.pem("server"))},
                                  {"key", scalar(certs.key("server"))},
                                  {"clients", scalar(certs.pem("ca"))}})}});
    serve({"relai", {}, {}}, support::map({{"path", scalar("/relai")}, {"from", scalar("relai")}}));
    serve({"other", {}, {}}, support::map({{"path", scalar("/other")}, {"from", scalar("other")}}));
    http::ClientOptions options;
    options.server = http::parsedUrl("https://" + start());
    options.tls = std::make_shared<tls::Credentials>(
        tls::Role::client,
        tls::Options{
            .cert = certs.pem("client"), .key = certs.key("client"), .ca = certs.pem("ca")});
    http::Client client(options);
    const auto status = [&](const std::string& path, http::Headers fields = {}) {
        return client
            .exchange(http::Request{"POST", "", "", std::move(fields), Bytes("x"), {}}, path,
                      std::chrono::steady_clock::now() + std::chrono::seconds(10))
            .status;
    };
    EXPECT_EQ(202, status("/relai"));
    EXPECT_EQ("sign-in relai chu done\n", told());
    EXPECT_EQ(403, status("/other"));
    EXPECT_EQ(403, status("/relai", {{"X-Acts-For", "clinique"}})) << "for another partner";
    EXPECT_EQ(403, status("/relai", {{"X-Acts-For", "chu"}, {"X-Acts-For", "chu"}}));
    EXPECT_EQ(
        "sign-in relai chu done\nrefusal relai chu refused\nrefusal relai chu refused\n"
        "refusal relai chu refused\n",
        told());
    ASSERT_EQ(1u, gateway_.arrivals.size());
    EXPECT_EQ("relai", gateway_.arrivals.front().facts.get("who.endpoint"));
    EXPECT_EQ("chu", gateway_.arrivals.front().facts.get("who.partner"));
    EXPECT_EQ(202, status("/relai", {{"X-Acts-For", "finess|980000001"}}));
    EXPECT_EQ("CN=relai", gateway_.arrivals.front().facts.get("tls.subject"));
    EXPECT_EQ(64u, gateway_.arrivals.front().facts.get("tls.fingerprint").size());
}

/// Believes "good" alone.
class OneToken final : public TokenReader {
public:
    std::shared_ptr<const Token> read(const std::string& token, const Facts&) override {
        if (token != "good") throw Unproven("token", {"not good", "pas bon"});
        return std::make_shared<Token>(Token{"idp", "saas", "saas", {"system/*.c"}, {}});
    }
};

TEST_F(HttpListener, ATokenProvesWhoItIs) {
    gateway_.stored("M1");
    gateway_.configured = support::accessOf(
        {{"gp", {"martin"}}}, {{"martin", "gp", "", {}, {}, {}}, {"durand", "gp", "", {}, {}, {}}},
        {{.name = "saas", .tokens = {{"idp", "saas"}}, .partners = {"martin", "durand"}}},
        std::make_shared<OneToken>());
    listen({{"tokens", scalar("idp")}});
    serve({"gp", {}, {}}, support::map({{"path", scalar("/plans")}, {"from", scalar("martin")}}));
    const std::string address = start();
    const std::string martin = "X-Acts-For: martin\r\n";
    EXPECT_THAT(post(address),
                AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Bearer\r\n")));
    EXPECT_THAT(post(address, "Authorization: Bearer bad\r\n"),
                AllOf(StartsWith("HTTP/1.1 401 "),
                      HasSubstr("WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"),
                      HasSubstr("not good")));
    EXPECT_THAT(post(address, "Authorization: Bearer bad\r\nAccept-Language: fr\r\n"),
                HasSubstr("pas bon"));
    EXPECT_THAT(post(address, "Authorization: Bearer good\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(post(address, "Authorization: bearer good\r\nX-Acts-For: durand\r\n"),
                StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(post(address, "Authorization: Basic good\r\n" + martin),
                StartsWith("HTTP/1.1 401 "));
    EXPECT_TRUE(gateway_.arrivals.empty());
    EXPECT_THAT(post(address, "Authorization: bearer good\r\n" + martin),
                StartsWith("HTTP/1.1 202 "));
    EXPECT_EQ("martin", gateway_.arrivals.at(0).facts.get("who.partner"));
}

TEST_F(HttpListener, AnAddressProvesWhoItIsWhereNothingIsEncrypted) {
    gateway_.stored("M1");
    listen();
    serve({"eai", {}, {}}, support::map({{"path", scalar("/plans")}, {"from", scalar("eai")}}));
    const std::string address = start();
    gateway_.configured = support::accessOf({{"eai", {"eai"}}});
    EXPECT_THAT(post(address), StartsWith("HTTP/1.1 403 "));
    gateway_.configured = support::accessOf(
        {{"eai", {"eai"}}}, {}, {{.name = "eai", .allow = {*AddressRange::parsed("127.0.0.0/8")}}});
    EXPECT_THAT(post(address), StartsWith("HTTP/1.1 202 "));
}

TEST_F(HttpListener, NothingOfARequestGetsIntoTheLog) {
    const std::string address = startOne();
    gateway_.refused(Fault::malformed, "/", "no JSON");
    converse(address,
             "POST /plans?name=MARKED HTTP/1.1\r\nHost: MARKED\r\nX-A: MARKED\r\nConnection: "
             "close\r\nContent-Length: 6\r\n\r\nMARKED");
    converse(address, "POST /plans/MARKED HTTP/1.1\r\nHost: a\r\nMARKED : x\r\n\r\n");
    post(address, "", "/MARKED");
    EXPECT_THAT(gateway_.logged(), AllOf(HasSubstr("http-refused"), Not(HasSubstr("MARKED"))));
}

}  // namespace
