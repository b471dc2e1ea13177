/// Peers that are slow, many or greedy: what they lose, and that others lose nothing.
#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <numeric>

#include "corpus.h"
#include "http/peers.h"
#include "http/server.h"
#include "raw_client.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using namespace std::chrono_literals;
using support::converse;
using support::KeptLog;
using support::RawClient;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;

constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kLastGet = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
constexpr const char* kGreedy = "127.0.0.2";

class HttpFairness : public testing::Test {
protected:
    HttpFairness() {
        handler_ = [](const Request& request) {
            return Response{200,
                            {},
                            Bytes(request.method + " " + request.path + " " +
                                  std::to_string(request.body.size()))};
        };
    }
    ~HttpFairness() override {
        if (server_) server_->stop(Milliseconds(0));
    }
    std::string start() {
        server_ = std::make_unique<Server>(
            options_, [this](const Request& request) { return handler_(request); }, log_);
        server_->start();
        return server_->address();
    }
    bool within(Milliseconds most, const std::function<bool()>& what) {
        for (const auto end = Clock::now() + most; Clock::now() < end; std::this_thread::yield())
            if (what()) return true;
        return what();
    }

    KeptLog log_;
    ServerOptions options_;
    Handler handler_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpFairness, ABodyThatHardlyMovesIsGivenUpLongBeforeItsTime) {
    options_.limits.slowStart = 100ms;
    options_.limits.leastRate = 1 << 20;
    RawClient client(start());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    const auto before = Clock::now();
    std::atomic<bool> done = false;
    std::thread dripping([&] {
        while (!done) {
            client.send("x");
            std::this_thread::sleep_for(10ms);
        }
    });
    EXPECT_THAT(client.readAll(), StartsWith("HTTP/1.1 408 "));
    EXPECT_LT(Clock::now() - before, 5s) << "the time for a body is 30 s";
    done = true;
    dripping.join();
}

TEST_F(HttpFairness, ALargeBodyOnASlowLineHasTimeForItsSize) {
    options_.limits.body = 50ms;
    RawClient client(start());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
    const auto before = Clock::now();
    for (int i = 0; i < 10; ++i) {
        client.send(std::string(20'000, 'x'));
        std::this_thread::sleep_for(20ms);
    }
    EXPECT_GT(Clock::now() - before, options_.limits.body);
    EXPECT_THAT(client.readResponse(), EndsWith("POST / 200000"));
}

TEST_F(HttpFairness, WhoNeverReadsTheAnswerIsGivenUp) {
    options_.limits.slowStart = 100ms;
    options_.limits.leastRate = 1 << 30;
    handler_ = [](const Request&) { return Response{200, {}, Bytes(std::string(64 << 20, 'x'))}; };
    RawClient client(start());
    client.send(kGet);
    ASSERT_TRUE(within(5s, [&] { return server_->connections() == 1; }));
    EXPECT_TRUE(within(5s, [&] { return server_->connections() == 0; })) << "it waits for a reader";
    EXPECT_LT(client.readAll().size(), 64u << 20);
}

TEST_F(HttpFairness, WhoAsksAndNeverReadsIsGivenUp) {
    options_.limits.slowStart = 100ms;
    options_.limits.leastRate = 1 << 30;
    handler_ = [](const Request&) { return Response{200, {}, Bytes(std::string(1 << 20, 'x'))}; };
    RawClient client(start());
    std::string many;
    for (int i = 0; i < 100; ++i) many += kGet;
    client.send(many);
    EXPECT_TRUE(within(10s, [&] { return server_->connections() == 0; }));
}

TEST_F(HttpFairness, AtTheCapTheIdlestMakesRoom) {
    options_.limits.connections = 3;
    const std::string address = start();
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < 3; ++i) silent.push_back(std::make_unique<RawClient>(address, kGreedy));
    ASSERT_TRUE(within(5s, [&] { return server_->connections() == 3; }));
    // Who has just come may be about to ask: only after a second it makes room.
    EXPECT_TRUE(
        within(8s, [&] { return converse(address, kLastGet).starts_with("HTTP/1.1 200 "); }));
    EXPECT_EQ("", silent[0]->readAll());
}

TEST_F(HttpFairness, OnePeersRequestsAtOnceAreBoundedAndOthersGoOn) {
    options_.limits.atOncePerPeer = 2;
    std::mutex mutex;
    std::condition_variable changed;
    int inHand = 0, most = 0;
    bool open = false;
    handler_ = [&](const Request& request) {
        if (std::string(request.facts.get("peer")).starts_with(kGreedy)) {
            std::unique_lock lock(mutex);
            most = std::max(most, ++inHand);
            changed.notify_all();
            changed.wait(lock, [&] { return open; });
            --inHand;
        }
        return Response{200, {}, Bytes("done")};
    };
    const std::string address = start();
    std::vector<std::unique_ptr<RawClient>> greedy;
    for (int i = 0; i < 20; ++i) {
        greedy.push_back(std::make_unique<RawClient>(address, kGreedy));
        greedy.back()->send(kLastGet);
    }
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, 5s, [&] { return inHand == 2; }));
    }
    EXPECT_THAT(converse(address, kLastGet), EndsWith("done"))
        << "another peer is served meanwhile";
    {
        const std::lock_guard lock(mutex);
        open = true;
    }
    changed.notify_all();
    for (const auto& client : greedy) EXPECT_THAT(client->readAll(), EndsWith("done"));
    EXPECT_EQ(2, most);
}

/// 100 connections that ask as fast as they can beside one that asks now and then.
TEST_F(HttpFairness, OneHundredConnectionsOfOnePeerDoNotStarveAnother) {
    handler_ = [](const Request&) {
        volatile unsigned work = 0;
        for (unsigned i = 0; i < 20'000; ++i) work = work + i;
        return Response{200, {}, Bytes("done")};
    };
    const std::string address = start();
    std::atomic<bool> over = false;
    std::atomic<std::uint64_t> greedy = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 100; ++i)
        threads.emplace_back([&] {
            for (RawClient client(address, kGreedy); !over; ++greedy) {
                client.send(kGet);
                client.readResponse();
            }
        });
    RawClient modest(address);
    std::vector<double> took;
    for (int i = 0; i < 200; ++i) {
        const auto before = Clock::now();
        modest.send(kGet);
        EXPECT_THAT(modest.readResponse(), EndsWith("done"));
        took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
    }
    over = true;
    for (std::thread& thread : threads) thread.join();
    std::sort(took.begin(), took.end());
    RecordProperty("median_ms", std::to_string(took[100]));
    RecordProperty("p99_ms", std::to_string(took[198]));
    EXPECT_GT(greedy, 200u) << "nobody was greedy";
    EXPECT_LT(took[198], 2000) << "starved";
}

TEST_F(HttpFairness, TooManyRequestsOfAPeerInATimeAreToldWhenToComeBack) {
    options_.limits.requestsPerPeer = RequestRate{3, std::chrono::hours(1)};
    const std::string address = start();
    RawClient client(address, kGreedy);
    for (int i = 0; i < 3; ++i) {
        client.send(kGet);
        EXPECT_THAT(client.readResponse(), StartsWith("HTTP/1.1 200 "));
    }
    client.send(kGet);
    const std::string answer = client.readResponse();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 429 Too Many Requests\r\n"));
    EXPECT_THAT(answer, testing::ContainsRegex("Retry-After: 1[12][0-9][0-9]\r\n"));
    EXPECT_THAT(converse(address, kLastGet), StartsWith("HTTP/1.1 200 ")) << "another peer";
    EXPECT_THAT(log_.text(), HasSubstr("http-too-many-requests peer=127.0.0.2:"));
}

TEST_F(HttpFairness, RefusalsWithoutEndFillNoLog) {
    const std::string address = start();
    for (int i = 0; i < 100; ++i)
        EXPECT_THAT(converse(address, "no HTTP\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    const std::string told = log_.text();
    EXPECT_EQ(20, std::count(told.begin(), told.end(), '\n'));
    Limits limits;
    Peers peers(limits);
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < 30; ++i) peers.tells("a", begin);
    EXPECT_EQ(std::nullopt, peers.tells("a", begin + 30s));
    EXPECT_EQ(11u, peers.tells("a", begin + 61s)) << "how many nobody was told of";
    EXPECT_EQ(0u, peers.tells("b", begin));
}

TEST(HttpPeers, RequestsComeBackEvenly) {
    Limits limits;
    limits.requestsPerPeer = RequestRate{2, 10s};
    Peers peers(limits);
    const Clock::time_point begin = Clock::now();
    const auto late = [&](Milliseconds after) {
        return peers.tooMany("a", begin + after).value_or(0ms);
    };
    EXPECT_EQ(0ms, late(0ms));
    EXPECT_EQ(0ms, late(0ms));
    EXPECT_EQ(5000ms, late(0ms));
    EXPECT_EQ(1000ms, late(4000ms));
    EXPECT_EQ(0ms, late(5000ms));
    EXPECT_EQ(5000ms, late(5000ms));
    EXPECT_EQ(0ms, late(1h));
    EXPECT_EQ(0ms, late(1h));
    EXPECT_EQ(5000ms, late(1h)) << "who was away has no more than all of them";
}

TEST(HttpPeers, ANetworkOfIpv6IsOnePeer) {
    EXPECT_EQ("192.0.2.7", Peers::nameOf("192.0.2.7"));
    EXPECT_EQ("2001:db8:1:2::/64", Peers::nameOf("2001:db8:1:2:3:4:5:6"));
    EXPECT_EQ(Peers::nameOf("2001:db8::1"), Peers::nameOf("2001:db8::ffff:2"));
    EXPECT_NE(Peers::nameOf("2001:db8::1"), Peers::nameOf("2001:db8:0:1::1"));
    EXPECT_EQ("local", Peers::nameOf("local"));
}

TEST(HttpPeers, OnePeerHasAShareOfTheMemoryForLargeBodies) {
    Limits limits;
    limits.bodyBytes = 10;
    limits.bigBodies = 100;
    Peers peers(limits);
    EXPECT_TRUE(peers.hold("a", 50));
    EXPECT_FALSE(peers.hold("a", 1));
    EXPECT_TRUE(peers.hold("b", 50));
    EXPECT_FALSE(peers.hold("c", 1)) << "all of it is used";
    peers.giveBack("a", 50);
    EXPECT_TRUE(peers.hold("c", 1));
}

/// What each case of the corpus makes a server answer, and what reaches its handler.
TEST_F(HttpFairness, TheCorpusIsAnsweredAsItIsFramed) {
    options_.limits = support::httpCorpusLimits();
    options_.limits.body = options_.limits.header = 2s;
    std::atomic<unsigned> handled = 0;
    handler_ = [&](const Request&) {
        ++handled;
        return Response{200, {}, Bytes("served")};
    };
    const std::string address = start();
    for (const support::HttpCase& one : support::httpCorpus()) {
        if (one.waits()) continue;
        SCOPED_TRACE(one.name);
        handled = 0;
        RawClient client(address);
        client.send(one.bytes);
        client.endSending();
        const std::string answer = client.readAll();
        std::size_t answers = 0;
        for (std::size_t at = 0; (at = answer.find("HTTP/1.1 200 OK", at)) != answer.npos; ++at)
            ++answers;
        EXPECT_EQ(one.served(), handled) << answer;
        EXPECT_EQ(one.served(), answers) << answer;
        if (one.refused() == 0) continue;
        const std::string status = "HTTP/1.1 " + std::to_string(one.refused()) + " ";
        EXPECT_THAT(answer, one.served() == 0 ? testing::Matcher<std::string>(StartsWith(status))
                                              : testing::Matcher<std::string>(HasSubstr(status)));
        EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
        EXPECT_EQ(answer.rfind(status), answer.find(status)) << "answered twice";
    }
}

}  // namespace
