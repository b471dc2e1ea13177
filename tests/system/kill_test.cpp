#include <signal.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "support/gateway_process.h"
#include "support/mllp_peers.h"

namespace {
using namespace std::chrono_literals;

std::string passThrough(const support::TemporaryFolder& folder, std::uint16_t sink) {
    folder.write(
        "passerelle.yaml",
        "store: {sqlite: var/kill.db}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\n"
        "sources:\n  adt: {listener: adt, codec: hl7v2}\nroutes:\n"
        "  - {name: all, from: adt, to: sink/adt}\n");
    folder.write("partners/sink.yaml",
                 "category: hospital\ndestinations:\n  adt: {mllp: {host: 127.0.0.1, port: " +
                     std::to_string(sink) +
                     "}, codec: hl7v2, concurrency: 4, retry: {first: 10 ms}}\n");
    return folder.path();
}

/// One person after the other sends on until the connection breaks; who was acknowledged is
/// remembered.
class Senders {
public:
    static constexpr int kPeople = 8;

    /// Sends for `length`, then `strike` happens in the middle of it.
    void sendUntil(std::uint16_t port, std::chrono::microseconds length,
                   const std::function<void()>& strike) {
        std::vector<std::thread> threads;
        for (int person = 0; person < kPeople; ++person)
            threads.emplace_back([this, port, person] {
                support::Client client(port);
                for (;;) {
                    const std::string id =
                        "P" + std::to_string(person) + "N" + std::to_string(next_[person]++);
                    const std::string answer = client.exchange(support::admission(id, person, 600));
                    if (answer.find("MSA|AA|" + id) == std::string::npos) return;
                    const std::lock_guard lock(mutex_);
                    acknowledged_.insert(id);
                }
            });
        std::this_thread::sleep_for(length);  // the instant of the strike is what the test varies
        strike();
        for (std::thread& thread : threads) thread.join();
    }
    const std::set<std::string>& acknowledged() const { return acknowledged_; }

private:
    std::array<int, kPeople> next_{};
    std::mutex mutex_;
    std::set<std::string> acknowledged_;
};

TEST(Kill, WhateverWasAcknowledgedArrivesInOrderAfterFiftyKills) {
    support::Sink sink(true);
    const support::TemporaryFolder folder;
    const std::string configuration = passThrough(folder, sink.port());
    Senders senders;
    std::mt19937 random(20260301);
    std::uniform_int_distribution<int> microseconds(0, 120'000);
    for (int kill = 0; kill < 50; ++kill) {
        support::GatewayProcess gateway(configuration);
        senders.sendUntil(gateway.port(), std::chrono::microseconds(microseconds(random)),
                          [&] { gateway.end(SIGKILL); });
    }
    const std::set<std::string>& acknowledged = senders.acknowledged();
    ASSERT_GT(acknowledged.size(), 200u) << "too little was sent to mean anything";

    support::GatewayProcess last(configuration);
    const auto arrived = [&] {
        std::set<std::string> ids;
        for (const auto& arrival : sink.arrivals()) ids.insert(arrival.controlId);
        return ids;
    };
    std::set<std::string> missing;
    for (const auto deadline = std::chrono::steady_clock::now() + 60s;
         std::chrono::steady_clock::now() < deadline; std::this_thread::yield()) {
        const std::set<std::string> here = arrived();
        missing.clear();
        std::set_difference(acknowledged.begin(), acknowledged.end(), here.begin(), here.end(),
                            std::inserter(missing, missing.end()));
        if (missing.empty()) break;
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_TRUE(missing.empty()) << missing.size() << " of " << acknowledged.size()
                                 << " acknowledged messages never arrived, first "
                                 << *missing.begin();
    EXPECT_EQ(0, last.end(SIGTERM)) << last.output();

    std::map<std::string, std::string> bodies;
    std::map<char, int> newest;
    for (const auto& arrival : sink.arrivals()) {
        const auto [known, first] = bodies.emplace(arrival.controlId, arrival.body);
        EXPECT_EQ(known->second, arrival.body)
            << "a duplicate of " << arrival.controlId << " differs";
        if (!first) continue;
        const int number = std::stoi(arrival.controlId.substr(arrival.controlId.find('N') + 1));
        const auto [last_, fresh] = newest.emplace(arrival.controlId[1], number);
        if (fresh) continue;
        EXPECT_LT(last_->second, number) << "order broken for person " << arrival.controlId[1];
        last_->second = number;
    }
}

}  // namespace
