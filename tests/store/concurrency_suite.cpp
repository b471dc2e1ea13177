/// Many threads at once; waiting and waking.
#include <gmock/gmock.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;

namespace {

constexpr int kThreads = 4;
constexpr int kMessages = 120;  ///< of each producer
constexpr int kKeys = 5;

/// What arrived where, in order.
class Peer {
public:
    void take(const std::string& lane, const std::string& text) {
        const std::lock_guard lock(mutex_);
        arrived_[lane].push_back(text);
        ++count_;
    }
    int count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    const std::map<std::string, std::vector<std::string>>& all() const { return arrived_; }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<std::string>> arrived_;
    int count_ = 0;
};

void translateAll(Store& store, const std::function<bool()>& done) {
    while (!done()) {
        const auto claims = store.claimMessages(8, {Milliseconds(60'000), Milliseconds(5)});
        std::vector<Translation> batch;
        for (const auto& claim : claims) {
            Translation translation;
            translation.id = claim.id;
            translation.epoch = claim.epoch;
            const std::string text(claim.body.view());
            translation.deliveries = {newDelivery(store, text.substr(0, text.find('/')), text)};
            batch.push_back(std::move(translation));
        }
        for (const auto settled : store.translated(batch)) EXPECT_EQ(Settled::done, settled);
    }
}

void deliverAll(Store& store, Peer& peer, const std::function<bool()>& done) {
    while (!done()) {
        for (const auto& lane :
             store.claimLanes("there", 2, 4, {Milliseconds(60'000), Milliseconds(5)})) {
            std::vector<ClaimId> ids;
            std::vector<Outcome> outcomes;
            for (const auto& claim : lane.deliveries) ids.push_back({claim.id, claim.epoch});
            for (const auto settled : store.inflight(ids)) EXPECT_EQ(Settled::done, settled);
            for (const auto& claim : lane.deliveries) {
                const std::string text(claim.body.view());
                peer.take(text.substr(0, text.find('/')), text);
                Outcome outcome;
                outcome.id = claim.id;
                outcome.epoch = claim.epoch;
                outcomes.push_back(outcome);
            }
            for (const auto settled : store.settle(outcomes)) EXPECT_EQ(Settled::done, settled);
        }
    }
}

}  // namespace

TEST_P(StoreSuite, ManyThreadsDeliverEverythingOnceAndInOrder) {
    Peer peer;
    std::atomic<bool> failed{false};
    const auto done = [&] { return failed || peer.count() == kThreads * kMessages; };
    std::mutex orderMutex;
    std::map<std::string, std::vector<std::string>> accepted;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < kMessages; ++i) {
                // A producer's own keys, so that the order of acceptance is known.
                const std::string key = std::to_string(t) + "-" + std::to_string(i % kKeys);
                const std::string text = key + "/" + std::to_string(i);
                store_->put(std::vector{incoming(text)});
                const std::lock_guard lock(orderMutex);
                accepted[key].push_back(text);
            }
        });
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&] { translateAll(*store_, done); });
        threads.emplace_back([&] { deliverAll(*store_, peer, done); });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted, peer.all());
    EXPECT_EQ(std::uint64_t{kThreads * kMessages},
              store_->counts().deliveries["there"]["delivered"]);
}

TEST_P(StoreSuite, ConcurrentRepeatsAreStoredOnce) {
    Incoming in = incoming("a/1");
    in.repeatKey = "17";
    in.content = "same";
    std::atomic<int> fresh{0};
    std::mutex mutex;
    std::set<std::string> ids;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                const auto stored = store_->put(std::vector{in}).at(0);
                if (stored.kind == Stored::Kind::fresh) ++fresh;
                const std::lock_guard lock(mutex);
                ids.insert(stored.id);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(1, fresh);
    EXPECT_EQ(1u, ids.size());
    EXPECT_EQ(159u, store_->counts().repeats);
}

TEST_P(StoreSuite, AClaimWaitsForWork) {
    std::thread later([&] { put("a/1"); });
    const auto claims = store_->claimMessages(1, {Milliseconds(60'000), Milliseconds(60'000)});
    later.join();
    ASSERT_EQ(1u, claims.size());
    std::thread translator([&] { translate(claims[0]); });
    const auto lanes =
        store_->claimLanes("there", 1, 1, {Milliseconds(60'000), Milliseconds(60'000)});
    translator.join();
    EXPECT_EQ(1u, lanes.size());
}

TEST_P(StoreSuite, WakeEndsTheWaiting) {
    std::atomic<int> back{0};
    std::thread messages([&] {
        store_->claimMessages(1, {Milliseconds(60'000), Milliseconds(60'000)});
        ++back;
    });
    std::thread lanes([&] {
        store_->claimLanes("there", 1, 1, {Milliseconds(60'000), Milliseconds(60'000)});
        ++back;
    });
    while (back != 2) {
        store_->wake();
        std::this_thread::yield();
    }
    messages.join();
    lanes.join();
}

}  // namespace store_suite
