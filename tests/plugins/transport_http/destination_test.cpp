/// Destination "http" of the shipped plugin against peers that behave in every way.
#include <Poco/Net/ServerSocket.h>

#include <future>

#include "gateway/deferred.h"
#include "http/server.h"
#include "raw_client.h"
#include "support/gateway_process.h"
#include "support/plugins.h"
#include "test_certs.h"
#include "token_maker.h"

namespace {
using namespace gateway;
using support::scalar;
using testing::HasSubstr;
using testing::Not;

/// Takes one connection, reads, says and then closes or keeps silent.
class Peer {
public:
    explicit Peer(std::string says, bool closes = true)
        : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)),
          url_("http://" + socket_.address().toString()),
          thread_([this, says = std::move(says), closes] {
              Poco::Net::StreamSocket one = socket_.acceptConnection();
              char bytes[4096];
              one.receiveBytes(bytes, sizeof bytes);
              if (!says.empty()) one.sendBytes(says.data(), static_cast<int>(says.size()));
              if (!closes) done_.get_future().wait();
          }) {}
    ~Peer() {
        done_.set_value();
        thread_.join();
    }
    const std::string& url() const { return url_; }

private:
    Poco::Net::ServerSocket socket_;
    std::string url_;
    std::promise<void> done_;
    std::thread thread_;
};

class HttpDestination : public testing::Test {
protected:
    /// A partner that answers with that, once for each request.
    std::string partner(http::Response response, std::shared_ptr<tls::Credentials> tls = {}) {
        http::ServerOptions options;
        options.tls = std::move(tls);
        server_ = std::make_unique<http::Server>(
            options,
            [this, response](const http::Request& request) {
                got_ = request;
                ++requests_;
                return response;
            },
            log_);
        server_->start();
        return server_->address();
    }
    std::unique_ptr<Destination> to(const std::string& url,
                                    std::vector<std::pair<std::string, ConfigNode>> more = {}) {
        more.emplace_back("url", scalar(url));
        return plugins_.destination("http", support::map(std::move(more)));
    }
    Answer deliver(Destination& destination, Milliseconds within = Milliseconds(5000)) {
        Delivery delivery{"D1", "C1", "gp", "application/fhir+json", "json", Bytes("{\"a\":1}"), 1};
        return destination.deliver(delivery, currentTime() + within);
    }
    Answer answerTo(http::Response response) {
        return deliver(*to("http://" + partner(std::move(response)) + "/fhir"));
    }
    Fault faultOf(Destination& destination, Milliseconds within = Milliseconds(5000)) {
        try {
            deliver(destination, within);
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr("PEERSWORDS")));
            what_ = error.where + ": " + error.what();
            return error.fault;
        }
        ADD_FAILURE() << "delivered";
        return Fault::internal;
    }
    std::string judgedAs(http::Response response) {
        requests_ = 0;
        try {
            answerTo(std::move(response));
            return "taken";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr("PEERSWORDS")));
            what_ = error.where + ": " + error.what();
            EXPECT_TRUE(!error.fr.empty() || what_.find(": HTTP ") != what_.npos) << what_;
            if (dynamic_cast<const Refused*>(&error) != nullptr) return "message";
            if (error.fault == Fault::unavailable) return "destination";
            return error.fault == Fault::uncertain ? "doubt" : "?";
        }
    }
    static http::Response fhir(int status, const std::string& body) {
        return {
            status, {{"Content-Type", "application/fhir+json; charset=utf-8"}}, Bytes::copy(body)};
    }

    support::Plugins plugins_{{"transport_http"}};
    support::KeptLog log_;
    http::Request got_;
    int requests_ = 0;
    std::string what_;
    std::unique_ptr<http::Server> server_;
};

TEST_F(HttpDestination, PostsTheBytesUnderTheirId) {
    auto destination = to("http://" + partner({201, {}, Bytes("taken")}) + "/fhir?x=y");
    for (int i = 0; i < 3; ++i) {
        const Answer answer = deliver(*destination);
        EXPECT_EQ("201", answer.summary);
        EXPECT_EQ("taken", answer.body.view());
    }
    EXPECT_EQ("POST", got_.method);
    EXPECT_EQ("/fhir", got_.path);
    EXPECT_EQ("x=y", got_.query);
    EXPECT_EQ("{\"a\":1}", got_.body.view());
    EXPECT_EQ("application/fhir+json", got_.headers.get("content-type"));
    EXPECT_EQ("return=OperationOutcome", got_.headers.get("prefer"));
    EXPECT_EQ("C1", got_.headers.get("idempotency-key"));
    EXPECT_EQ("C1", got_.headers.get("x-request-id"));
    EXPECT_EQ(3, requests_);
    EXPECT_EQ(1u, server_->connections()) << "the connection is kept";
}

/// Every status that means something else than its hundred.
TEST_F(HttpDestination, TheStatusDecidesWhoseFaultItIs) {
    const std::pair<int, const char*> cases[] = {
        {200, "taken"},       {201, "taken"},       {202, "taken"},       {204, "taken"},
        {300, "destination"}, {301, "destination"}, {302, "destination"}, {303, "destination"},
        {304, "destination"}, {307, "destination"}, {308, "destination"}, {400, "message"},
        {401, "destination"}, {402, "destination"}, {403, "destination"}, {404, "destination"},
        {405, "destination"}, {406, "destination"}, {407, "destination"}, {408, "destination"},
        {409, "message"},     {410, "destination"}, {411, "message"},     {412, "message"},
        {413, "message"},     {415, "message"},     {418, "message"},     {421, "destination"},
        {422, "message"},     {423, "destination"}, {424, "destination"}, {425, "destination"},
        {426, "destination"}, {428, "message"},     {429, "destination"}, {431, "destination"},
        {451, "message"},     {500, "destination"}, {501, "destination"}, {502, "destination"},
        {503, "destination"}, {504, "destination"}, {507, "destination"}, {511, "destination"},
        {599, "destination"}};
    for (const auto& [status, as] : cases) {
        const Bytes body = status == 204 || status == 304 ? Bytes() : Bytes("PEERSWORDS");
        EXPECT_EQ(as, judgedAs({status, {}, body})) << status;
    }
}

TEST_F(HttpDestination, ThePeersWordsOfARefusalAreForTheStoreAlone) {
    try {
        answerTo({422, {}, Bytes("PEERSWORDS")});
        ADD_FAILURE() << "delivered";
    } catch (const Refused& refused) {
        EXPECT_EQ("422", refused.answer.summary);
        EXPECT_EQ("PEERSWORDS", refused.answer.body.view());
        EXPECT_THAT(refused.what(), Not(HasSubstr("PEERSWORDS")));
    }
}

TEST_F(HttpDestination, ThePeersWordsOfATryAreForTheStoreToo) {
    for (const http::Response& said :
         {http::Response{503, {}, Bytes("PEERSWORDS")},
          fhir(200, R"({"resourceType":"OperationOutcome","issue":[{"severity":"error",)"
                    R"("code":"throttled","diagnostics":"PEERSWORDS"}]})")}) {
        try {
            answerTo(said);
            ADD_FAILURE() << "delivered";
        } catch (const Deferred& deferred) {
            EXPECT_EQ(std::to_string(said.status), deferred.answer.summary);
            EXPECT_THAT(std::string(deferred.answer.body.view()), HasSubstr("PEERSWORDS"));
            EXPECT_THAT(deferred.what(), Not(HasSubstr("PEERSWORDS")));
        }
    }
}

TEST_F(HttpDestination, NobodyIsFollowedElsewhere) {
    EXPECT_EQ("destination",
              judgedAs({307, {{"Location", "http://127.0.0.1:1/elsewhere"}}, Bytes("PEERSWORDS")}));
    EXPECT_EQ(1, requests_);
    EXPECT_THAT(what_, Not(HasSubstr("elsewhere/")));
}

TEST_F(HttpDestination, WhatAPeerAsksForIsWaited) {
    const std::pair<std::vector<std::pair<std::string, std::string>>, Milliseconds> cases[] = {
        {{{"Retry-After", "120"}}, Milliseconds(120'000)},
        {{{"retry-after", "0"}}, Milliseconds(0)},
        {{}, Milliseconds(0)},
        {{{"Retry-After", "soon"}}, Milliseconds(0)},
        {{{"Retry-After", "-5"}}, Milliseconds(0)},
        {{{"Retry-After", "12 s"}}, Milliseconds(0)},
        {{{"Retry-After", "31536000"}}, Milliseconds(86'400'000)},
        {{{"Retry-After", "99999999999999999999999999"}}, Milliseconds(86'400'000)},
        // Against the peer's own clock, in each form that RFC 9110 has.
        {{{"Date", "Mon, 04 Jan 2027 12:00:00 GMT"},
          {"Retry-After", "Mon, 04 Jan 2027 12:30:00 GMT"}},
         Milliseconds(1'800'000)},
        {{{"Date", "Mon, 04 Jan 2027 12:00:00 GMT"},
          {"Retry-After", "Monday, 04-Jan-27 12:01:00 GMT"}},
         Milliseconds(60'000)},
        {{{"Date", "Mon, 04 Jan 2027 12:00:00 GMT"}, {"Retry-After", "Mon Jan  4 12:00:09 2027"}},
         Milliseconds(9'000)},
        {{{"Date", "Mon, 04 Jan 2027 12:00:00 GMT"},
          {"Retry-After", "Mon, 04 Jan 2027 11:00:00 GMT"}},
         Milliseconds(0)},
        {{{"Retry-After", "Mon, 04 Jan 2010 11:00:00 GMT"}}, Milliseconds(0)},
        {{{"Retry-After", "Sun, 04 Jan 2199 11:00:00 GMT"}}, Milliseconds(86'400'000)}};
    for (const auto& [fields, expected] : cases)
        for (const int status : {429, 503, 307}) {
            std::string head = "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 0\r\n";
            for (const auto& [name, value] : fields) head += name + ": " + value + "\r\n";
            const Peer peer(head + "\r\n");
            try {
                deliver(*to(peer.url()));
                ADD_FAILURE() << "delivered";
            } catch (const Later& later) {
                EXPECT_EQ(expected, later.after) << head;
            }
        }
}

/// A token server and a partner that takes what `good` says.
class TokenPartner : public HttpDestination {
protected:
    void serve() {
        issuer_ = std::make_unique<http::Server>(
            http::ServerOptions{},
            [this](const http::Request&) {
                ++asked_;
                if (status_ != 200) return http::Response{status_, {}, Bytes("PEERSWORDS")};
                return http::Response{200,
                                      {},
                                      Bytes(R"({"token_type":"Bearer","expires_in":600,)"
                                            R"("access_token":"t)" +
                                            std::to_string(asked_) + "\"}")};
            },
            log_);
        issuer_->start();
        partner_ = std::make_unique<http::Server>(
            http::ServerOptions{},
            [this](const http::Request& request) {
                ++requests_;
                shown_.emplace_back(request.headers.get("authorization"));
                return http::Response{
                    shown_.back() == "Bearer " + good_ ? 201 : 401, {}, Bytes("PEERSWORDS")};
            },
            log_);
        partner_->start();
        key_ = folder_.write("key.pem",
                             support::pemOf(support::newKey("", oauth::Algorithm::es256).get()));
        destination_ = to(
            "http://" + partner_->address() + "/fhir",
            {{"oauth", support::map({{"token", scalar("http://" + issuer_->address() + "/token")},
                                     {"client", scalar("gateway")},
                                     {"key", scalar("file:" + key_)}})}});
    }
    ~TokenPartner() override { destination_.reset(); }

    support::TemporaryFolder folder_;
    std::string key_, good_ = "t1";
    int status_ = 200, asked_ = 0;
    std::vector<std::string> shown_;
    std::unique_ptr<http::Server> issuer_, partner_;
    std::unique_ptr<Destination> destination_;
};

TEST_F(TokenPartner, EachDeliveryShowsTheToken) {
    serve();
    for (int i = 0; i < 3; ++i) EXPECT_EQ("201", deliver(*destination_).summary);
    EXPECT_EQ(1, asked_);
    EXPECT_THAT(shown_, testing::Each("Bearer t1"));
}

TEST_F(TokenPartner, ATokenThatIsNotTakenIsReplacedOnce) {
    serve();
    EXPECT_EQ("201", deliver(*destination_).summary);
    good_ = "t2";
    EXPECT_EQ("201", deliver(*destination_).summary);
    EXPECT_THAT(shown_, testing::ElementsAre("Bearer t1", "Bearer t1", "Bearer t2"));
    EXPECT_EQ("201", deliver(*destination_).summary);
    good_ = "another";
    EXPECT_EQ(Fault::unavailable, faultOf(*destination_));
    EXPECT_EQ(3, asked_);
    EXPECT_EQ(6, requests_) << "once more, and no more";
    EXPECT_EQ(partner_->address() + ": answers HTTP 401: it does not let us in", what_);
}

TEST_F(TokenPartner, WithoutATokenNothingIsSent) {
    for (const int status : {400, 401, 422, 500}) {
        status_ = status;
        serve();
        requests_ = 0;
        EXPECT_EQ(Fault::unavailable, faultOf(*destination_)) << status;
        EXPECT_THAT(what_, HasSubstr("no access token: the token server answers HTTP " +
                                     std::to_string(status)));
        EXPECT_EQ(0, requests_);
    }
}

TEST_F(TokenPartner, WhatIsWrongWithItsOptionsIsSaid) {
    const auto wrong = [&](std::vector<std::pair<std::string, ConfigNode>> options) {
        try {
            to("https://gp.example/fhir", {{"oauth", support::map(std::move(options))}});
        } catch (const std::runtime_error& refused) {
            return std::string(refused.what());
        }
        return std::string();
    };
    const ConfigNode token = scalar("https://idp.example/token"), client = scalar("gateway");
    EXPECT_THAT(wrong({{"token", token}, {"client", client}}),
                HasSubstr("expected `key`, which signs for this client"));
    EXPECT_THAT(wrong({{"token", scalar("http://idp.example/token")},
                       {"client", client},
                       {"key", scalar("env:HOME")}}),
                AllOf(HasSubstr("plain HTTP beyond this machine"),
                      HasSubstr("holds no private key that can be read")));
    EXPECT_THAT(wrong({{"token", token}, {"client", client}, {"key", scalar("s3cret")}}),
                AllOf(HasSubstr("by reference only"), Not(HasSubstr("s3cret"))));
    EXPECT_THAT(wrong({{"token", token}, {"client", client}, {"secret", scalar("x")}}),
                HasSubstr("secret"));
}

TEST_F(HttpDestination, EachEntryOfATransactionMustBeTaken) {
    const std::string start = R"({"resourceType":"Bundle","type":"transaction-response","entry":[)";
    const std::string good = R"({"response":{"status":"201 Created","outcome":{"status":"x"}}})";
    EXPECT_EQ("200", answerTo(fhir(200, start + good + "," + good + "]}")).summary);
    EXPECT_EQ("200", answerTo(fhir(200, start + "]}")).summary);
    for (const char* bad : {R"({"response":{"status":"422 No"}})", R"({"response":{}})", "{}",
                            R"({"resource":{"status":"200"},"response":{"x":{"status":"200"}}})"}) {
        try {
            answerTo(fhir(200, start + good + "," + bad + "," + good + "]}"));
            ADD_FAILURE() << bad;
        } catch (const Refused& refused) {
            EXPECT_EQ("Bundle.entry[1]", refused.where);
            EXPECT_THAT(std::string(refused.answer.body.view()), HasSubstr(bad));
        }
    }
}

TEST_F(HttpDestination, EntriesSayWhoseFaultItIsToo) {
    const std::pair<std::vector<const char*>, const char*> cases[] = {
        {{"201 Created", "200"}, "taken"},
        {{"201", "404 Not Found"}, "message"},
        {{"201", "409 Conflict"}, "message"},
        {{"201", "412"}, "message"},
        {{"422", "503"}, "message"},
        {{"503 Unavailable", "422"}, "message"},
        {{"201", "503 Unavailable"}, "destination"},
        {{"429"}, "destination"},
        {{"401", "201"}, "destination"},
        {{"500"}, "destination"},
        {{"201", ""}, "message"},
        {{"x"}, "message"}};
    for (const char* type : {"transaction-response", "batch-response"})
        for (const auto& [entries, as] : cases) {
            std::string json, xml;
            for (const char* status : entries) {
                json += (json.empty() ? "" : ",") + std::string(R"({"response":{"status":")") +
                        status + R"("}})";
                xml +=
                    "<entry><resource><Patient><x value='1'/></Patient></resource><response>"
                    "<status value='" +
                    std::string(status) + "'/></response></entry>";
            }
            EXPECT_EQ(as, judgedAs(fhir(200, R"({"entry":[)" + json + R"(],"type":")" + type +
                                                 R"(","resourceType":"Bundle"})")))
                << json;
            EXPECT_EQ(as,
                      judgedAs({200,
                                {{"Content-Type", "application/fhir+xml"}},
                                Bytes::copy("<Bundle xmlns='http://hl7.org/fhir'><type value='" +
                                            std::string(type) + "'/>" + xml + "</Bundle>")}))
                << xml;
        }
}

TEST_F(HttpDestination, AnOutcomeThatTellsOfAnErrorIsNoYes) {
    const auto outcome = [](const std::string& severity, const std::string& code) {
        return R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"},)"
               R"({"severity":")" +
               severity + R"(","code":")" + code + R"(","diagnostics":"PEERSWORDS"}]})";
    };
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"information", "informational", "taken"}, {"warning", "processing", "taken"},
        {"warning", "throttled", "taken"},         {"error", "invalid", "message"},
        {"fatal", "structure", "message"},         {"error", "business-rule", "message"},
        {"error", "processing", "message"},        {"error", "throttled", "destination"},
        {"fatal", "exception", "destination"},     {"error", "lock-error", "destination"},
        {"error", "forbidden", "destination"},     {"error", "PEERSWORDS", "message"}};
    for (const auto& [severity, code, as] : cases)
        for (const int status : {200, 201, 202})
            EXPECT_EQ(as, judgedAs(fhir(status, outcome(severity, code)))) << severity << code;
    EXPECT_EQ("message", judgedAs({200,
                                   {{"Content-Type", "application/fhir+xml"}},
                                   Bytes("<OperationOutcome xmlns='http://hl7.org/fhir'><issue>"
                                         "<severity value='error'/><code value='invalid'/></issue>"
                                         "</OperationOutcome>")}));
    EXPECT_EQ("taken", judgedAs({200,
                                 {{"Content-Type", "text/xml"}},
                                 Bytes("<OperationOutcome xmlns='urn:other'><issue>"
                                       "<severity value='error'/></issue></OperationOutcome>")}));
}

TEST_F(HttpDestination, OtherAnswersAreWhatTheirStatusSays) {
    EXPECT_EQ("taken", judgedAs(fhir(200, R"({"resourceType":"OperationOutcome","issue":[]})")));
    EXPECT_EQ("taken",
              judgedAs(fhir(200, R"({"resourceType":"Bundle","type":"searchset","entry":[{}]})")));
    EXPECT_EQ("taken", judgedAs(fhir(200, R"(["a",[{"entry":[1]}],{"issue":"x"}])")));
    EXPECT_EQ("taken", judgedAs({200, {{"Content-Type", "text/html"}}, Bytes("<p>")}));
    EXPECT_EQ("doubt", judgedAs(fhir(200, "{\"PEERSWORDS\"")));
    EXPECT_EQ("doubt",
              judgedAs({200, {{"Content-Type", "application/fhir+xml"}}, Bytes("<PEERSWORDS>")}));
}

TEST_F(HttpDestination, WithoutAWholeAnswerItIsUncertain) {
    EXPECT_EQ(Fault::uncertain, faultOf(*to(Peer("").url())));
    EXPECT_EQ(Fault::uncertain, faultOf(*to(Peer("HTTP/1.1 200 OK\r\nContent-Le").url())));
    EXPECT_EQ(Fault::uncertain,
              faultOf(*to(Peer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort").url())));
    EXPECT_EQ(Fault::uncertain, faultOf(*to(Peer("PEERSWORDS, no HTTP\r\n\r\n").url())));
    EXPECT_EQ(
        Fault::uncertain,
        faultOf(*to(
            Peer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab").url())));
}

TEST_F(HttpDestination, APeerThatNeverAnswersCostsTheDeadlineAndNoMore) {
    Peer silent("", false);
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(Fault::uncertain, faultOf(*to(silent.url()), Milliseconds(200)));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
}

TEST_F(HttpDestination, NobodyThereIsUnavailable) {
    Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
    const std::string address = socket.address().toString();
    socket.close();
    EXPECT_EQ(Fault::unavailable, faultOf(*to("http://" + address)));
    EXPECT_THAT(what_, HasSubstr(address));
    EXPECT_THAT(what_, HasSubstr("nothing listens there"));
    auto nameless = to("https://no-such-host.invalid");
    EXPECT_EQ(Fault::unavailable, faultOf(*nameless));
    EXPECT_THAT(what_, HasSubstr("the host is not known"));
}

TEST_F(HttpDestination, SpeaksTlsToThosePeersAloneWhomItBelieves) {
    const auto& certs = support::TestCerts::shared();
    const auto section = [&](const std::string& ca, const std::string& cert) {
        return std::pair<std::string, ConfigNode>{"tls",
                                                  support::map({{"ca", scalar(certs.pem(ca))},
                                                                {"cert", scalar(certs.pem(cert))},
                                                                {"key", scalar(certs.key(cert))}})};
    };
    const std::string url =
        "https://" +
        partner({200, {}, {}}, std::make_shared<tls::Credentials>(
                                   tls::Role::server, tls::Options{.cert = certs.pem("server"),
                                                                   .key = certs.key("server"),
                                                                   .clients = certs.pem("ca")}));
    EXPECT_EQ("200", deliver(*to(url, {section("ca", "client")})).summary);
    EXPECT_EQ(Fault::unavailable, faultOf(*to(url, {section("foreign-ca", "client")})));
    EXPECT_THAT(what_, HasSubstr("certificate is not accepted"));
    const Fault stranger = faultOf(*to(url, {section("ca", "foreign-client")}));
    EXPECT_TRUE(stranger == Fault::unavailable || stranger == Fault::uncertain) << what_;
    EXPECT_EQ(1, requests_);
}

TEST_F(HttpDestination, ASilentTlsPeerCostsTheConnectLimit) {
    Poco::Net::ServerSocket silent(Poco::Net::SocketAddress("127.0.0.1", 0));
    auto destination =
        to("https://" + silent.address().toString(), {{"connect_within", scalar("200 ms")}});
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(Fault::unavailable, faultOf(*destination));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
}

TEST_F(HttpDestination, ReportsOptionsThatAreWrong) {
    const auto& certs = support::TestCerts::shared();
    EXPECT_THROW(to("ftp://a"), std::runtime_error);
    EXPECT_THROW(to("http://partner.example"), std::runtime_error) << "plain beyond this machine";
    EXPECT_NO_THROW(to("http://partner.example", {{"insecure", scalar("true")}}));
    EXPECT_THROW(to("https://a", {{"tls", support::map({{"ca", scalar(certs.key("ca"))}})}}),
                 std::runtime_error);
    EXPECT_THROW(to("https://a", {{"tls", support::map({{"cert", scalar(certs.pem("expired"))},
                                                        {"key", scalar(certs.key("expired"))}})}}),
                 std::runtime_error);
    EXPECT_THROW(to("https://a", {{"colour", scalar("red")}}), std::runtime_error);
}

TEST_F(HttpDestination, TheSenderShowsEveryAnswer) {
    const std::string address = partner({503, {}, Bytes("PEERSWORDS")});
    auto sender = plugins_.sender(
        "http", support::map({{"address", scalar(address)}, {"path", scalar("/plans")}}));
    try {
        sender->send(Bytes("x"), "application/json", currentTime() + Milliseconds(5000));
        FAIL();
    } catch (const Refused& refused) {
        EXPECT_EQ("HTTP 503", refused.answer.summary);
        EXPECT_EQ("PEERSWORDS", refused.answer.body.view());
    }
    EXPECT_EQ("/plans", got_.path);
    EXPECT_EQ("application/json", got_.headers.get("content-type"));
}

}  // namespace
