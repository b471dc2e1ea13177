/// A hospital that sends in enhanced mode and gets the application answer on a port of its own,
/// whatever happens in between.
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "asking.h"
#include "mllp/framer.h"
#include "raw_peer.h"
#include "support/gateway_process.h"
#include "support/mllp_peers.h"

namespace {
using namespace std::chrono_literals;
using support::itemsAt;
using support::Json;
using support::textAt;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// The port where the hospital hears application answers: it reads and says nothing. Nobody is let
/// in before open().
class Ear {
public:
    Ear() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (bind(socket_, any, size) != 0 || getsockname(socket_, any, &size) != 0)
            throw std::runtime_error("no free port");
        port_ = ntohs(address.sin_port);
    }
    ~Ear() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
        close(socket_);
    }
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;

    std::uint16_t port() const { return port_; }
    void open() {
        if (listen(socket_, 8) != 0) throw std::runtime_error("the ear cannot listen");
        thread_ = std::thread([this] { run(); });
    }
    std::vector<std::string> heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }
    /// What was heard once it is that many.
    std::vector<std::string> waitFor(std::size_t count) const {
        support::within(30s, [&] { return heard().size() >= count; });
        return heard();
    }

private:
    void run() {
        std::vector<pollfd> all{{socket_, POLLIN, 0}};
        std::vector<mllp::Framer> framers(1);
        std::array<char, 65536> chunk;
        while (!stopping_) {
            if (poll(all.data(), all.size(), 20) <= 0) continue;
            for (std::size_t i = all.size(); i-- > 1;) {
                if (all[i].revents == 0) continue;
                const ssize_t got = recv(all[i].fd, chunk.data(), chunk.size(), 0);
                std::string_view bytes(chunk.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
                while (auto frame = framers[i].take(bytes)) {
                    const std::lock_guard lock(mutex_);
                    heard_.push_back(std::move(*frame));
                }
                if (got > 0) continue;
                close(all[i].fd);
                all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
                framers.erase(framers.begin() + static_cast<std::ptrdiff_t>(i));
            }
            if (all[0].revents == 0) continue;
            all.push_back({accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
            framers.emplace_back();
        }
        for (std::size_t i = 1; i < all.size(); ++i) close(all[i].fd);
    }

    const int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;  // guards heard_
    std::vector<std::string> heard_;
    std::thread thread_;
};

std::string message(const std::string& controlId, const std::string& event = "A01") {
    return "MSH|^~\\&|DPI|CH_EXEMPLE|RESO|RELAI|20260301101500||ADT^" + event + "^ADT_A01|" +
           controlId + "|T|2.5|||AL|AL|FRA|UNICODE UTF-8\rEVN||20260301101500\rPID|1||" +
           controlId + "^^^CH_EXEMPLE^PI||Inventé^Prénom\rPV1|1|I\r";
}

std::string field(const std::string& message, int number) {
    std::size_t at = 0;
    for (int n = 1; n < number; ++n) at = message.find('|', at) + 1;
    return message.substr(at, message.find('|', at) - at);
}

class ApplicationAnswers : public testing::Test {
protected:
    ApplicationAnswers() {
        folder_.write(
            "passerelle.yaml",
            "store: {sqlite: var/answers.db}\n"
            "listeners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\n"
            "sources:\n  adt: {listener: adt, codec: hl7v2, "
            "application_answers: hospital/answers}\n"
            "routes:\n  - {name: all, from: adt, if: \"MSH.`9`.`2` = 'A01'\", to: sink/adt}\n");
        const auto partner = [&](const char* name, const char* destination, std::uint16_t port) {
            folder_.write(std::string("partners/") + name + ".yaml",
                          std::string("category: hospital\ndestinations:\n  ") + destination +
                              ": {mllp: {host: 127.0.0.1, port: " + std::to_string(port) +
                              "}, codec: hl7v2, retry: {first: 10 ms, most: 50 ms}}\n");
        };
        partner("sink", "adt", sink_.port());
        partner("hospital", "answers", ear_.port());
    }

    Json status() { return support::asked({"status"}, folder_.path()); }
    static std::string send(support::GatewayProcess& gateway, const std::string& text) {
        return support::framed(gateway.port("adt"), text);
    }

    support::TemporaryFolder folder_;
    support::Sink sink_{true};
    Ear ear_;
};

TEST_F(ApplicationAnswers, ComeToAnotherConnectionAlthoughTheGatewayWasKilled) {
    {
        support::GatewayProcess gateway(folder_.path());
        EXPECT_THAT(send(gateway, message("W1")), HasSubstr("\rMSA|CA|W1\r"));
        gateway.end(SIGKILL);  // perhaps before it was translated
    }
    {
        support::GatewayProcess gateway(folder_.path());
        gateway.port("adt");
        EXPECT_THAT(send(gateway, message("W2")), HasSubstr("\rMSA|CA|W2\r"));
        ASSERT_TRUE(support::within(30s, [&] { return sink_.received() >= 2; }));
        ASSERT_TRUE(support::within(30s, [&] {
            return gateway.output().find("\"unavailable\"") != std::string::npos;
        })) << gateway.output();
        gateway.end(SIGKILL);  // translated, the answers wait
    }
    EXPECT_TRUE(ear_.heard().empty());
    support::GatewayProcess gateway(folder_.path());
    gateway.port("adt");
    ear_.open();
    const std::vector<std::string> heard = ear_.waitFor(2);
    ASSERT_EQ(2u, heard.size()) << gateway.output();
    EXPECT_THAT(heard,
                UnorderedElementsAre(HasSubstr("\rMSA|AA|W1\r"), HasSubstr("\rMSA|AA|W2\r")));
    for (const std::string& answer : heard) {
        EXPECT_THAT(answer, HasSubstr("MSH|^~\\&|RESO|RELAI|DPI|CH_EXEMPLE|"));
        EXPECT_EQ("ACK^A01^ACK", field(answer, 9));
        EXPECT_EQ("NE", field(answer, 15));
    }
    EXPECT_NE(field(heard[0], 10), field(heard[1], 10));

    EXPECT_THAT(send(gateway, message("W3", "A99")), HasSubstr("\rMSA|CA|W3\r"));
    EXPECT_THAT(ear_.waitFor(3).back(), HasSubstr("\rMSA|AE|W3|no route takes this message\r"));

    ASSERT_TRUE(
        support::within(30s, [&] { return support::deliveriesIn(status(), "delivered") == 5; }));
    const Json list = support::asked({"messages", "list"}, folder_.path());
    for (const auto& one : itemsAt(list, "messages").GetArray()) {
        const Json shown = support::asked({"messages", "show", textAt(one, "id")}, folder_.path());
        bool answered = false;
        for (const auto& delivery : itemsAt(shown, "deliveries").GetArray())
            answered = answered || (textAt(delivery, "destination") == "hospital/answers" &&
                                    textAt(delivery, "state") == "delivered");
        EXPECT_TRUE(answered) << textAt(one, "id");
    }
    EXPECT_EQ(0, gateway.end(SIGTERM)) << gateway.output();
}

}  // namespace
