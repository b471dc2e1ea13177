/// The server over real sockets: what it answers, when it gives up, whom it turns away.
#include "http/server.h"

#include <Poco/Net/ServerSocket.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>

#include "gateway/error.h"
#include "raw_client.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using support::converse;
using support::KeptLog;
using support::RawClient;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kLastGet = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

class HttpServer : public testing::Test {
protected:
    HttpServer() {
        options_.limits.bodyBytes = 3 << 20;
        handler_ = [](const Request& request) {
            return Response{200,
                            {{"X-Peer", std::string(request.facts.get("peer"))}},
                            Bytes(request.method + " " + request.path + " " +
                                  std::to_string(request.body.size()))};
        };
    }
    std::string start() {
        server_ = std::make_unique<Server>(
            options_, [this](const Request& request) { return handler_(request); }, log_, gate_);
        server_->start();
        return server_->address();
    }

    KeptLog log_;
    ServerOptions options_;
    Handler handler_;
    Gate gate_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpServer, AnswersAndKeepsTheConnection) {
    RawClient client(start());
    for (int i = 0; i < 3; ++i) {
        client.send(kGet);
        const std::string answer = client.readResponse();
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
        EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 8\r\n"));
        EXPECT_THAT(answer, HasSubstr("X-Peer: 127.0.0.1:"));
        EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nGET /a 0"));
    }
    client.send(kLastGet);
    EXPECT_THAT(client.readAll(), HasSubstr("Connection: close\r\n"));
}

TEST_F(HttpServer, AnswersHeadWithoutABody) {
    const std::string answer =
        converse(start(), "HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Content-Length: 9\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpServer, ServesPipelinedRequestsInOrder) {
    const std::string answer = converse(
        start(), "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab" + std::string(kGet) +
                     "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + kGet);
    EXPECT_LT(answer.find("POST /1 2"), answer.find("GET /a 0"));
    EXPECT_LT(answer.find("GET /a 0"), answer.find("GET /2 0"));
    EXPECT_EQ(answer.find("GET /a 0"), answer.rfind("GET /a 0")) << "served after close";
}

TEST_F(HttpServer, RefusesAndCloses) {
    const std::string address = start();
    std::atomic<int> handled = 0;
    handler_ = [&](const Request&) {
        ++handled;
        return Response{};
    };
    for (const char* bad :
         {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
          "chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        const std::string answer = converse(address, bad);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bad;
        EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
        EXPECT_EQ(answer.find("HTTP/1.1 ", 1), answer.npos) << "answered twice: " << answer;
    }
    EXPECT_EQ(0, handled);
    EXPECT_THAT(log_.text(), HasSubstr("http-refused peer=127.0.0.1:"));
}

TEST_F(HttpServer, RefusesALargeBodyBeforeItIsRead) {
    const std::string address = start();
    const std::string answer =
        converse(address,
                 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3145729\r\nExpect: "
                 "100-continue\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
    // Also a client that sends without waiting hears it, instead of a reset connection.
    EXPECT_THAT(converse(address, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n" +
                                      std::string(300'000, 'x')),
                StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServer, BoundsLargeBodiesTogether) {
    options_.limits.bigBodies = 2 << 20;
    RawClient first(start());
    first.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(first.readResponse(), StartsWith("HTTP/1.1 100 "));
    const std::string answer = converse(
        server_->address(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(answer, HasSubstr("Retry-After: "));
    first.send(std::string(2'000'000, 'x'));
    EXPECT_THAT(first.readResponse(), HasSubstr("POST / 2000000"));
    RawClient third(server_->address());
    third.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" +
               std::string(2'000'000, 'x'));
    EXPECT_THAT(third.readResponse(), HasSubstr("POST / 2000000")) << "the share was given back";
}

TEST_F(HttpServer, SaysContinueOnlyWhereTheBodyIsAwaited) {
    const std::string address = start();
    RawClient client(address);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ("HTTP/1.1 100 Continue\r\n\r\n", client.readResponse());
    client.send("abc");
    EXPECT_THAT(client.readResponse(), HasSubstr("POST / 3"));
    client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc");
    EXPECT_THAT(client.readResponse(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, TheGateRefusesBeforeTheBody) {
    gate_ = [](const Request& head) -> std::optional<Response> {
        if (head.path == "/none") return Response{404, {}, Bytes("no such path")};
        return std::nullopt;
    };
    const std::string address = start();
    RawClient client(address);
    client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kGet));
    EXPECT_THAT(client.readResponse(), HasSubstr("404"));
    EXPECT_THAT(client.readResponse(), HasSubstr("GET /a 0")) << "nothing was left unread";
    EXPECT_THAT(converse(address,
                         "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: "
                         "100-continue\r\n\r\n"),
                testing::AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("Connection: close")));
}

TEST_F(HttpServer, GivesUpOnASlowHeader) {
    options_.limits.header = Milliseconds(150);
    RawClient client(start());
    client.send("GET / HTTP/1.1\r\nHo");
    EXPECT_THAT(client.readAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServer, BytesOneByOneDoNotMoveTheDeadline) {
    options_.limits.header = Milliseconds(200);
    RawClient client(start());
    std::promise<std::string> answer;
    std::atomic<bool> done = false;
    std::thread reader([&] {
        answer.set_value(client.readAll());
        done = true;
    });
    while (!done) {
        client.send("X");
        std::this_thread::sleep_for(Milliseconds(20));
    }
    reader.join();
    EXPECT_THAT(answer.get_future().get(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServer, GivesUpOnASlowBody) {
    options_.limits.body = Milliseconds(150);
    RawClient client(start());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab");
    EXPECT_THAT(client.readAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServer, ClosesAnIdleConnectionInSilence) {
    options_.limits.idle = Milliseconds(100);
    RawClient client(start());
    client.send(kGet);
    EXPECT_THAT(client.readResponse(), StartsWith("HTTP/1.1 200 "));
    EXPECT_EQ("", client.readAll());
}

TEST_F(HttpServer, SilentConnectionsDelayNobody) {
    const std::string address = start();
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < 20; ++i) silent.push_back(std::make_unique<RawClient>(address));
    const auto before = std::chrono::steady_clock::now();
    EXPECT_THAT(converse(address, kLastGet), StartsWith("HTTP/1.1 200 "));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
}

TEST_F(HttpServer, OverTheCapSaysSoAndRecovers) {
    options_.limits.connections = 2;
    const std::string address = start();
    RawClient first(address);
    {
        RawClient second(address);
        for (RawClient* client : {&first, &second}) {
            client->send(kGet);
            EXPECT_THAT(client->readResponse(), StartsWith("HTTP/1.1 200 "));
        }
        const std::string answer = RawClient(address).readAll();
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
        second.send(kLastGet);
        second.readAll();
    }
    while (server_->connections() > 1) std::this_thread::yield();
    EXPECT_THAT(converse(address, kLastGet), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(log_.text(), HasSubstr("http-too-many-connections"));
}

TEST_F(HttpServer, OnePeerCannotTakeAllConnections) {
    options_.limits.perPeer = 1;
    RawClient first(start());
    first.send(kGet);
    EXPECT_THAT(first.readResponse(), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(RawClient(server_->address()).readAll(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(HttpServer, AHandlerThatThrowsIsAnswered) {
    handler_ = [](const Request&) -> Response { throw std::runtime_error("MARK"); };
    RawClient client(start());
    client.send(kGet);
    const std::string answer = client.readResponse();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(answer + log_.text(), Not(HasSubstr("MARK")));
}

TEST_F(HttpServer, StopsWithIdleConnectionsAtOnce) {
    RawClient idle(start());
    idle.send(kGet);
    idle.readResponse();
    const auto before = std::chrono::steady_clock::now();
    server_->stop(Milliseconds(8000));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(4));
    EXPECT_EQ("", idle.readAll());
    EXPECT_ANY_THROW(RawClient{server_->address()});
}

TEST_F(HttpServer, FinishesWhatIsInHandWhenStopped) {
    std::promise<void> inHand, goOn;
    handler_ = [&](const Request&) {
        inHand.set_value();
        goOn.get_future().wait();
        return Response{200, {}, Bytes("finished")};
    };
    RawClient client(start());
    client.send(kGet);
    inHand.get_future().wait();
    std::thread stopper([&] { server_->stop(Milliseconds(8000)); });
    while (!server_->stopping()) std::this_thread::yield();
    goOn.set_value();
    EXPECT_THAT(client.readAll(),
                testing::AllOf(HasSubstr("finished"), HasSubstr("Connection: close")));
    stopper.join();
}

TEST_F(HttpServer, NamesAnAddressInUse) {
    options_.port = Poco::Net::SocketAddress(start()).port();
    Server second(options_, handler_, log_);
    try {
        second.start();
        FAIL() << "two servers share one address";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_EQ(server_->address(), error.where);
        EXPECT_THAT(error.what(), HasSubstr("another process uses this address"));
    }
}

TEST_F(HttpServer, NoPlainHttpBeyondThisMachine) {
    options_.host = "0.0.0.0";
    EXPECT_THROW(start(), Error);
    options_.insecure = true;
    EXPECT_NO_THROW(start());
}

class HttpSocket : public HttpServer {
protected:
    HttpSocket() {
        std::string folder = std::filesystem::temp_directory_path() / "http-XXXXXX";
        folder_ = ::mkdtemp(folder.data());
        options_.socket = folder_ / "admin.sock";
    }
    ~HttpSocket() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_F(HttpSocket, ServesItsOwnerAlone) {
    const std::string path = start();
    EXPECT_EQ(options_.socket, path);
    struct stat about {};
    ASSERT_EQ(0, ::stat(path.c_str(), &about));
    EXPECT_EQ(0600u, about.st_mode & 0777u);
    EXPECT_THAT(converse(path, kLastGet), HasSubstr("X-Peer: local"));
    server_->stop(Milliseconds(1000));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(HttpSocket, TakesOverFromTheDeadAndNotFromTheLiving) {
    Poco::Net::ServerSocket dead;
    dead.bind(Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, options_.socket));
    dead.close();
    ASSERT_TRUE(std::filesystem::exists(options_.socket));
    start();
    Server second(options_, handler_, log_);
    EXPECT_THROW(second.start(), Error);
    EXPECT_THAT(converse(options_.socket, kLastGet), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
