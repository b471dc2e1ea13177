/// Behind haproxy, whose connections to us two users share: whatever one sends, the other gets the
/// answer to its own request, and nothing that was smuggled is served. Skipped without haproxy.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <set>

#include "corpus.h"
#include "http/server.h"
#include "raw_client.h"
#include "support/gateway_process.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using support::RawClient;
using testing::HasSubstr;
using testing::StartsWith;

std::string haproxy() {
    for (const char* const path :
         {"/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy"})
        if (std::filesystem::exists(path)) return path;
    return {};
}

/// A gateway's server that answers with the path it was asked for.
class Behind {
public:
    Behind()
        : server_(
              options(), [this](const Request& request) { return answer(request); }, log_) {
        server_.start();
    }
    ~Behind() { server_.stop(Milliseconds(1000)); }

    std::string address() const { return server_.address(); }
    std::size_t connections() const { return server_.connections(); }
    std::set<std::string> served() {
        const std::lock_guard lock(mutex_);
        return std::exchange(served_, {});
    }

private:
    static ServerOptions options() {
        ServerOptions options;
        options.limits = support::httpCorpusLimits();
        options.limits.headerCount = 30;
        // Who begins a body that haproxy passes on and never ends it has the only connection until
        // then.
        options.limits.slowStart = Milliseconds(500);
        return options;
    }
    Response answer(const Request& request) {
        const std::lock_guard lock(mutex_);
        served_.insert(request.path);
        return {200, {{"x-served", request.path}}, Bytes("served " + request.path + "\n")};
    }

    support::KeptLog log_;
    std::mutex mutex_;  ///< guards served_
    std::set<std::string> served_;
    Server server_;
};

class BehindHaproxy : public testing::Test {
protected:
    void SetUp() override {
        if (haproxy().empty()) GTEST_SKIP() << "no haproxy here: apt-get install haproxy";
        folder_.write("haproxy.cfg", configuration(behind_.address()));
        process_ = std::make_unique<support::Process>(
            std::vector<std::string>{haproxy(), "-db", "-f", folder_.path() + "/haproxy.cfg"},
            folder_.path() + "/output");
        socket_ = folder_.path() + "/front.sock";
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!answers() && process_->runs() && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        ASSERT_TRUE(answers()) << process_->output();
    }

    /// One connection to the gateway for whoever comes, kept for as long as it can be.
    std::string configuration(const std::string& gateway) const {
        return "defaults\n  mode http\n  timeout connect 5s\n  timeout client 1s\n  timeout server "
               "5s\n"
               "  timeout http-request 1s\n  timeout queue 30s\n  option http-keep-alive\n"
               "  option accept-invalid-http-request\n  option accept-invalid-http-response\n"
               "frontend front\n  bind unix@" +
               folder_.path() +
               "/front.sock\n  default_backend gateway\n"
               "backend gateway\n  http-reuse always\n"
               "  server one " +
               gateway + " maxconn 1 pool-max-conn 1\n";
    }
    bool answers() const {
        try {
            return support::converse(socket_,
                                     "GET /up HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .starts_with("HTTP/1.1 200 ");
        } catch (const std::exception&) {
            return false;
        }
    }

    Behind behind_;
    support::TemporaryFolder folder_;
    std::unique_ptr<support::Process> process_;
    std::string socket_;
};

TEST_F(BehindHaproxy, UsersShareOneConnectionToTheGateway) {
    RawClient first(socket_), second(socket_);
    for (int i = 0; i < 5; ++i)
        for (RawClient* const user : {&first, &second}) {
            user->send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            EXPECT_THAT(user->readResponse(), HasSubstr("served /" + std::to_string(i) + "\n"));
        }
    EXPECT_EQ(1u, behind_.connections());
}

TEST_F(BehindHaproxy, NoRequestOfOneAnswersTheOther) {
    RawClient victim(socket_);
    int number = 0, passed = 0;
    for (const support::HttpCase& one : support::httpCorpus()) {
        if (one.waits()) continue;  // has the only connection for as long as it waits
        SCOPED_TRACE(one.name + " (" + one.section + ")");
        behind_.served();
        RawClient attacker(socket_);
        attacker.send(one.bytes);
        // The victim asks at once, twice, while the attacker's bytes are wherever they are.
        for (int i = 0; i < 2; ++i) {
            const std::string own = "/victim-" + std::to_string(++number);
            victim.send("GET " + own + " HTTP/1.1\r\nHost: a\r\n\r\n");
            const std::string answer = victim.readResponse();
            ASSERT_THAT(answer, StartsWith("HTTP/1.1 200 "));
            ASSERT_THAT(answer, HasSubstr("\r\nx-served: " + own + "\r\n")) << "another's answer";
            ASSERT_THAT(answer, testing::EndsWith("served " + own + "\n"));
        }
        attacker.endSending();
        const std::string answer = attacker.readAll();
        EXPECT_EQ(answer.npos, answer.find("victim"))
            << "the attacker reads what another was told: " << answer;
        const std::set<std::string> served = behind_.served();
        passed += served.contains("/x") || served.contains("/") ? 1 : 0;
        // Where haproxy itself saw a second request, it was the attacker's own, and so is its
        // answer.
        if (served.contains("/smuggled")) {
            EXPECT_THAT(answer, HasSubstr("served /smuggled\n"));
        }
    }
    EXPECT_GT(passed, 20) << "haproxy let nothing through";
}

}  // namespace
