/// Destination "http" of the shipped plugin against peers that behave in every way.
#include <Poco/Net/ServerSocket.h>

#include <future>

#include "http/server.h"
#include "raw_client.h"
#include "support/plugins.h"
#include "test_certs.h"

namespace {
using namespace gateway;
using support::scalar;
using testing::HasSubstr;
using testing::Not;

class HttpDestination : public testing::Test {
protected:
    /// A partner that answers with that, once for each request.
    std::string partner(http::Response response, std::optional<http::ServerTls> tls = {}) {
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
    Fault faultFor(int status) {
        return faultOf(*to("http://" + partner({status, {}, Bytes("PEERSWORDS")})));
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

TEST_F(HttpDestination, TheMessagesFaultSetsItAside) {
    for (const int status : {400, 409, 412, 413, 415, 422}) {
        try {
            answerTo({status, {}, Bytes("PEERSWORDS")});
            ADD_FAILURE() << status;
        } catch (const Refused& refused) {
            EXPECT_EQ(std::to_string(status), refused.answer.summary);
            EXPECT_EQ("PEERSWORDS", refused.answer.body.view());
            EXPECT_THAT(refused.what(), Not(HasSubstr("PEERSWORDS")));
        }
    }
}

TEST_F(HttpDestination, ThePartnersFaultWaits) {
    for (const int status : {301, 307, 401, 403, 404, 405, 408, 429, 500, 502, 503, 504})
        EXPECT_EQ(Fault::unavailable, faultFor(status)) << status;
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

TEST_F(HttpDestination, OtherAnswersAreWhatTheirStatusSays) {
    EXPECT_EQ("200",
              answerTo(fhir(200, R"({"resourceType":"OperationOutcome","issue":[]})")).summary);
    EXPECT_EQ("200",
              answerTo(fhir(200, R"({"resourceType":"Bundle","type":"searchset","entry":[{}]})"))
                  .summary);
    EXPECT_EQ("204", answerTo({204, {}, {}}).summary);
    EXPECT_EQ("200", answerTo({200, {{"Content-Type", "text/html"}}, Bytes("<p>")}).summary);
    EXPECT_EQ(Fault::uncertain, faultOf(*to("http://" + partner(fhir(200, "{\"PEERSWORDS\"")))));
}

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
        "https://" + partner({200, {}, {}}, http::ServerTls{certs.pem("server"),
                                                            certs.key("server"), certs.pem("ca")});
    EXPECT_EQ("200", deliver(*to(url, {section("ca", "client")})).summary);
    EXPECT_EQ(Fault::unavailable, faultOf(*to(url, {section("foreign-ca", "client")})));
    EXPECT_THAT(what_, HasSubstr("certificate is not believed"));
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
