/// TLS at both ends, and what a client makes of peers that misbehave.
#include <Poco/Net/ServerSocket.h>

#include <future>

#include "gateway/error.h"
#include "http/client.h"
#include "http/server.h"
#include "raw_client.h"
#include "test_certs.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using support::KeptLog;
using testing::HasSubstr;

Deadline soon(int seconds = 5) {
    return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

const support::TestCerts& certs() { return support::TestCerts::shared(); }

Error errorOf(Client& client, Deadline deadline = soon()) {
    try {
        client.exchange(Request{"POST", "", "", {}, Bytes("x"), {}}, "/", deadline);
    } catch (const Error& error) {
        return error;
    }
    return {Fault::internal, "", "no error"};
}

class HttpTls : public testing::Test {
protected:
    std::string start(bool asksClients = true) {
        ServerOptions options;
        options.tls = std::make_shared<tls::Credentials>(
            tls::Role::server, tls::Options{.cert = certs().pem("server"),
                                            .key = certs().key("server"),
                                            .clients = asksClients ? certs().pem("ca") : ""});
        server_ = std::make_unique<Server>(
            options,
            [](const Request& request) {
                return Response{200,
                                {},
                                Bytes(std::string(request.facts.get("tls.subject")) + " " +
                                      std::string(request.facts.get("tls.fingerprint")))};
            },
            log_);
        server_->start();
        return server_->address();
    }
    std::unique_ptr<Client> client(const std::string& address, const std::string& cert,
                                   const std::string& ca = "ca") {
        ClientOptions options;
        options.server = parsedUrl("https://" + address);
        tls::Options files{.ca = certs().pem(ca)};
        if (!cert.empty()) files.cert = certs().pem(cert);
        if (!cert.empty()) files.key = certs().key(cert);
        options.tls = std::make_shared<tls::Credentials>(tls::Role::client, files);
        return std::make_unique<Client>(options);
    }

    KeptLog log_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpTls, AKnownClientIsNamed) {
    auto known = client(start(), "client");
    for (int i = 0; i < 3; ++i) {
        const Response answer = known->exchange(Request{"GET", "", "", {}, {}, {}}, "/", soon());
        EXPECT_EQ(200, answer.status);
        EXPECT_THAT(answer.body.view(), testing::StartsWith("CN=relai "));
        EXPECT_EQ(std::string("CN=relai ").size() + 64, answer.body.size());
    }
    EXPECT_EQ(1u, server_->connections()) << "one connection serves all";
}

TEST_F(HttpTls, AClientWithoutOrWithAForeignCertificateIsRefused) {
    const std::string address = start();
    for (const char* cert : {"", "foreign-client"}) {
        auto stranger = client(address, cert);
        const Error error = errorOf(*stranger);
        EXPECT_TRUE(error.fault == Fault::unavailable || error.fault == Fault::uncertain)
            << error.what();
    }
    EXPECT_THAT(log_.text(), HasSubstr("tls-refused listen=" + address + " peer=127.0.0.1:"));
}

TEST_F(HttpTls, NoClientCertificateWhereNoneIsAsked) {
    auto anybody = client(start(false), "");
    EXPECT_EQ(200, anybody->exchange(Request{"GET", "", "", {}, {}, {}}, "/", soon()).status);
}

TEST_F(HttpTls, AServerThatIsNotBelievedGetsNothing) {
    auto careful = client(start(false), "", "foreign-ca");
    const Error error = errorOf(*careful);
    EXPECT_EQ(Fault::unavailable, error.fault);
    EXPECT_THAT(error.what(), HasSubstr("certificate is not accepted"));
}

TEST_F(HttpTls, TheNameInTheCertificateMustFit) {
    const std::string address = start(false);
    ClientOptions options;
    options.server = parsedUrl("https://" + address);
    const auto named = [](const std::string& name) {
        return std::make_shared<tls::Credentials>(
            tls::Role::client, tls::Options{.ca = certs().pem("ca"), .name = name});
    };
    options.tls = named("elsewhere.example");
    Client wrong(options);
    EXPECT_EQ(Fault::unavailable, errorOf(wrong).fault);
    options.tls = named("localhost");
    Client right(options);
    EXPECT_EQ(200, right.exchange(Request{"GET", "", "", {}, {}, {}}, "/", soon()).status);
}

TEST_F(HttpTls, SilentHandshakesDelayNobody) {
    const std::string address = start(false);
    std::vector<std::unique_ptr<support::RawClient>> silent;
    for (int i = 0; i < 20; ++i) silent.push_back(std::make_unique<support::RawClient>(address));
    auto quick = client(address, "");
    EXPECT_EQ(200, quick->exchange(Request{"GET", "", "", {}, {}, {}}, "/", soon(3)).status);
}

/// A server that reads once and then does as told.
class Peer {
public:
    explicit Peer(std::string says, bool closes = true)
        : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)),
          address_(socket_.address().toString()),
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
    std::string url() const { return "http://" + address_; }

private:
    Poco::Net::ServerSocket socket_;
    std::string address_;
    std::promise<void> done_;
    std::thread thread_;
};

Error errorAt(const std::string& url, Deadline deadline = soon()) {
    ClientOptions options;
    options.server = parsedUrl(url);
    Client client(options);
    return errorOf(client, deadline);
}

TEST(HttpClient, KnowsWhatWasSentFromWhatWasNot) {
    Poco::Net::ServerSocket nobody(Poco::Net::SocketAddress("127.0.0.1", 0));
    const std::string closed = "http://" + nobody.address().toString();
    nobody.close();
    EXPECT_EQ(Fault::unavailable, errorAt(closed).fault);
    EXPECT_EQ(Fault::unavailable, errorAt("http://host.invalid:1").fault);
    EXPECT_EQ(Fault::uncertain, errorAt(Peer("").url()).fault);
    EXPECT_EQ(Fault::uncertain,
              errorAt(Peer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab").url()).fault);
    EXPECT_EQ(Fault::uncertain, errorAt(Peer("this is no HTTP\r\n\r\n").url()).fault);
    EXPECT_THAT(errorAt(Peer("this is no HTTP\r\n\r\n").url()).what(), HasSubstr("not HTTP"));
}

TEST(HttpClient, KeepsItsDeadline) {
    const auto before = std::chrono::steady_clock::now();
    const Error error = errorAt(Peer("HTTP/1.1 200", false).url(), before + Milliseconds(200));
    EXPECT_EQ(Fault::uncertain, error.fault);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
}

TEST(HttpClient, AConnectionClosedMeanwhileIsNotUsedAgain) {
    KeptLog log;
    ServerOptions serving;
    serving.limits.idle = Milliseconds(50);
    Server server(
        serving, [](const Request&) { return Response{}; }, log);
    server.start();
    ClientOptions options;
    options.server = parsedUrl("http://" + server.address());
    Client client(options);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(200, client.exchange(Request{"POST", "", "", {}, {}, {}}, "/", soon()).status);
        while (server.connections() > 0) std::this_thread::yield();
    }
}

TEST(HttpClient, SendsALargeBody) {
    KeptLog log;
    ServerOptions serving;
    Server server(
        serving,
        [](const Request& r) {
            return Response{200, {}, r.body};
        },
        log);
    server.start();
    ClientOptions options;
    options.server = parsedUrl("http://" + server.address());
    Client client(options);
    const std::string body(5'000'000, 'x');
    const Response answer =
        client.exchange(Request{"POST", "", "", {}, Bytes::copy(body), {}}, "/", soon(20));
    EXPECT_TRUE(answer.body.view() == body);
}

TEST(HttpUrl, ReadsWhatItTakesAndRefusesTheRest) {
    const Url url = parsedUrl("https://[::1]:8443/fhir?a=b");
    EXPECT_TRUE(url.tls);
    EXPECT_EQ("::1", url.host);
    EXPECT_EQ("[::1]:8443", url.authority());
    EXPECT_EQ("/fhir?a=b", url.target);
    EXPECT_EQ("a.example:443", parsedUrl("https://a.example").authority());
    EXPECT_EQ("/", parsedUrl("http://a.example:81").target);
    for (const char* bad :
         {"ftp://a", "a.example", "https://", "https://u@a/", "https://a:0/", "https://a:99999/",
          "https://a:8x/", "https://a/b c", "https://a/#b", "https://[::1/", "https://a\r\nX: y/"})
        EXPECT_THROW(parsedUrl(bad), Error) << bad;
}

}  // namespace
