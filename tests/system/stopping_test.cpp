/// A gateway that is told to stop while a partner lets it wait.
#include <Poco/Net/ServerSocket.h>
#include <signal.h>

#include <chrono>

#include "raw_peer.h"
#include "support/gateway_process.h"
#include "support/places.h"

namespace {
using namespace std::chrono_literals;
using testing::HasSubstr;

/// Takes requests one after the other, and answers those that it is told to.
class SlowPartner {
public:
    std::string address() const { return "http://" + server_.address().toString() + "/plans"; }
    /// Waits for the next request. @return the id that it bears; empty: none came
    std::string next() {
        if (!server_.poll(Poco::Timespan(20, 0), Poco::Net::Socket::SELECT_READ)) return {};
        connection_ = server_.acceptConnection();
        std::string request(4096, '\0');
        std::size_t got = 0;
        for (constexpr std::string_view end = "bye\n"; request.find(end) == request.npos;) {
            const int more = connection_.receiveBytes(request.data() + got,
                                                      static_cast<int>(request.size() - got));
            if (more <= 0) return {};
            got += static_cast<std::size_t>(more);
        }
        constexpr std::string_view name = "Idempotency-Key: ";
        const std::size_t at = request.find(name);
        return at == request.npos ? "no id"
                                  : request.substr(at + name.size(), request.find('\r', at) - at);
    }
    void answer() {
        const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        connection_.sendBytes(text.data(), static_cast<int>(text.size()));
    }

private:
    Poco::Net::ServerSocket server_{Poco::Net::SocketAddress("127.0.0.1", 0)};
    Poco::Net::StreamSocket connection_;
};

TEST(Stopping, APartnerThatDoesNotAnswerIsNotWaitedForBeyondTheGrace) {
    SlowPartner partner;
    const support::TemporaryFolder folder;
    folder.write("passerelle.yaml",
                 "store: {sqlite: var/store.db}\n"
                 "listeners: {portal: {http: {listen: '127.0.0.1:0'}}}\n"
                 "sources: {notes: {listener: portal, path: /notes, codec: lines}}\n"
                 "routes: [{name: all, from: notes, to: [slow/plans]}]\n");
    folder.write("partners/slow.yaml",
                 "category: gp\n"
                 "destinations:\n"
                 "  plans: {http: {address: '" +
                     partner.address() + "'}, codec: lines, answer_within: 90 s}\n");
    std::string first;
    {
        support::Process gateway({std::string(support::kBuildDir) + "/passerelle", "serve",
                                  "--grace", "1", "-c", folder.path()},
                                 folder.path() + "/first");
        EXPECT_THAT(support::posted(gateway.portAfter("\"address\":\""), "/notes", "bye\n"),
                    HasSubstr("202"));
        first = partner.next();
        ASSERT_FALSE(first.empty());
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_EQ(0, gateway.end(SIGTERM));
        EXPECT_LT(std::chrono::steady_clock::now() - begun, 60s) << "its answer may take 90 s";
        EXPECT_THAT(gateway.output(), HasSubstr("\"still-in-hand\""));
        EXPECT_THAT(gateway.output(), HasSubstr("\"stopped\""));
    }
    support::GatewayProcess again(folder.path());
    EXPECT_EQ(first, partner.next()) << "it is sent again under its id";
    partner.answer();
    EXPECT_EQ(0, again.end(SIGTERM));
    EXPECT_THAT(again.output(), testing::Not(HasSubstr("\"still-in-hand\"")));
}

}  // namespace
