/// One partner's trouble is nobody else's: down, refusing, silent and babbling ones beside a
/// healthy one.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>

#include "asking.h"
#include "relai_world.h"
#include "support/mllp_peers.h"

namespace {
using namespace std::chrono_literals;
using support::asked;
using support::itemsAt;
using support::Json;
using support::named;
using support::SimulatedPartner;
using support::textAt;

constexpr int kMessages = 200, kPeople = 10;

/// A port of this machine on which nobody listens now.
std::uint16_t freePort() {
    const int one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(one, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(one, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port");
    close(one);
    return ntohs(address.sin_port);
}

/// Field 10 of MSH.
std::string controlId(const std::string& message) {
    std::size_t at = 0;
    for (int field = 0; field < 9; ++field) at = message.find('|', at) + 1;
    return message.substr(at, message.find('|', at) - at);
}

/// Each person's messages in the order in which they were sent, each once.
void expectInOrder(const std::vector<std::string>& ids) {
    EXPECT_EQ(static_cast<std::size_t>(kMessages), ids.size());
    std::map<int, int> newest;
    for (const std::string& id : ids) {
        const int number = std::stoi(id.substr(1));
        const auto [last, fresh] = newest.emplace(number % kPeople, number);
        if (fresh) continue;
        EXPECT_LT(last->second, number) << "person " << number % kPeople;
        last->second = number;
    }
}

class Partners : public testing::Test {
protected:
    /// Who answers is given time: what nobody answered in time may come twice.
    void partner(const std::string& name, const std::string& port, const char* within = "10 s") {
        folder_.write("partners/" + name + ".yaml",
                      "destinations:\n  adt: {mllp: {host: 127.0.0.1, port: " + port +
                          "}, codec: hl7v2, concurrency: 4, answer_within: " + within +
                          ",\n"
                          "        retry: {first: 50 ms, most: 200 ms}}\n");
        to_ += (to_.empty() ? "" : ", ") + name + "/adt";
    }
    std::string configured() const {
        folder_.write("passerelle.yaml",
                      "store: {sqlite: p.db}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\n"
                      "sources:\n  adt: {listener: adt, codec: hl7v2}\nroutes:\n"
                      "  - {name: all, from: adt, to: [" +
                          to_ + "]}\n");
        return folder_.path();
    }
    std::uint64_t count(const std::string& partner, const char* state) const {
        const Json status = asked({"status"}, folder_.path());
        return named(status["destinations"], partner + "/adt")[state].GetUint64();
    }

    support::TemporaryFolder folder_;
    std::string to_;
};

TEST_F(Partners, InTroubleDelayNobodyElse) {
    support::Sink healthy(true);
    SimulatedPartner refusing("hospital", "refusing", folder_.path(), {"--answer", "AE"});
    SimulatedPartner silent("hospital", "silent", folder_.path(), {"--answer", "none"});
    SimulatedPartner babbling("hospital", "babbling", folder_.path(), {"--answer", "garbage"});
    const std::string downPort = std::to_string(freePort());
    partner("down", downPort);
    partner("refusing", refusing.port());
    partner("silent", silent.port(), "300 ms");
    partner("babbling", babbling.port(), "300 ms");
    partner("healthy", std::to_string(healthy.port()));
    support::GatewayProcess gateway(configured());
    support::Client client(gateway.port());
    for (int n = 0; n < kMessages; ++n) {
        const std::string id = "M" + std::to_string(n);
        ASSERT_THAT(client.exchange(support::admission(id, n % kPeople, 500)),
                    testing::HasSubstr("MSA|AA|" + id));
    }
    // With four lanes at 300 ms for each answer, whoever waited for the silent one would need 15 s.
    EXPECT_TRUE(support::within(5s, [&] { return healthy.received() == kMessages; }))
        << healthy.received();
    std::vector<std::string> ids;
    for (const auto& arrival : healthy.arrivals()) ids.push_back(arrival.controlId);
    expectInOrder(ids);

    EXPECT_TRUE(support::within(20s, [&] { return count("refusing", "set-aside") == kMessages; }));
    const Json status = asked({"status"}, folder_.path());
    for (const char* const waiting : {"down", "silent", "babbling"}) {
        const auto& states = named(status["destinations"], std::string(waiting) + "/adt");
        EXPECT_EQ(0u, states["delivered"].GetUint64()) << waiting;
        EXPECT_EQ(0u, states["set-aside"].GetUint64()) << waiting;
        EXPECT_EQ(static_cast<std::uint64_t>(kMessages), states["queued"].GetUint64() +
                                                             states["inflight"].GetUint64() +
                                                             states["uncertain"].GetUint64())
            << waiting;
    }

    SimulatedPartner down("hospital", "down", folder_.path(), {}, "127.0.0.1:" + downPort);
    EXPECT_TRUE(support::within(30s, [&] { return count("down", "delivered") == kMessages; }));
    ids.clear();
    for (const std::string& message : down.got()) ids.push_back(controlId(message));
    expectInOrder(ids);

    // The peer's words are in the store and nowhere else.
    const Json list = asked({"messages", "list", "--most", "1"}, folder_.path());
    const std::string id = textAt(list["messages"][0], "id");
    const Json message = asked({"messages", "show", id, "--why", "a test"}, folder_.path());
    std::string words;
    for (const auto& delivery : itemsAt(message, "deliveries").GetArray())
        if (textAt(delivery, "partner") == "refusing") words = textAt(delivery["answer"], "body");
    EXPECT_THAT(words, testing::HasSubstr("refused on purpose"));
    EXPECT_EQ(std::string::npos, gateway.output().find("on purpose"));
    EXPECT_EQ(0, gateway.end(SIGTERM)) << gateway.output();
}

}  // namespace
