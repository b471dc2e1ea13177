/// Leases that run out while what was done under them is being written.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/faulty_vfs.h"
#include "store/sqlite_place.h"

namespace store_suite {

using namespace gateway;

namespace {

constexpr int kRounds = 10;
constexpr Milliseconds kLease{1'000};

class Leases : public testing::Test {
protected:
    Leases() {
        SqliteOptions options;
        options.path = folder_.path + "/store.db";
        options.vfs = FaultyFiles::name();
        options.clock = options.leaseClock = [this] { return clock_.now(); };
        store_ = openSqliteStore(options, nullptr);
    }

    MessageClaim claimed() { return store_->claimMessages(1, {kLease, {}}).at(0); }
    Settled translate(const MessageClaim& claim) {
        Translation translation;
        translation.id = claim.id;
        translation.epoch = claim.epoch;
        translation.deliveries = {newDelivery(*store_, "lane", std::string(claim.body.view()))};
        return store_->translated(std::vector{translation}).at(0);
    }
    /// While the disk stalls both come to stand in the writer's queue, the second one when the
    /// leases of all are over.
    template <class First, class Second>
    void together(First first, Second second) {
        FaultyFiles::met = 0;
        FaultyFiles::fault = FaultyFiles::Fault::stall;
        store_->refused(std::vector<Refusal>(1));
        FaultyFiles::met.wait(0);
        std::thread one = begin(first);
        clock_.pass(2 * kLease);
        std::thread two = begin(second);
        FaultyFiles::fault = FaultyFiles::Fault::none;
        FaultyFiles::fault.notify_all();
        one.join();
        two.join();
    }
    template <class Action>
    std::thread begin(Action action) {
        std::atomic<bool> begun{false};
        std::thread thread([&begun, action] {
            begun = true;
            begun.notify_one();
            action();
        });
        begun.wait(false);
        for (int i = 0; i < 20; ++i) store_->counts();  // the while that it takes
        return thread;
    }

    TemporaryFolder folder_;
    Clock clock_;
    std::unique_ptr<Store> store_;
};

}  // namespace

TEST_F(Leases, OfATranslationThatIsBeingWrittenRunOutAndItsKeyGoesOn) {
    for (int i = 0; i < kRounds; ++i) {
        const std::string key = std::to_string(i);
        store_->put(std::vector{incoming(key + "/1"), incoming(key + "/2")});
        const MessageClaim first = claimed();
        Translation translation;
        translation.id = first.id;
        translation.epoch = first.epoch;
        std::vector<MessageClaim> next;
        together([&] { store_->translated(std::vector{translation}); },
                 [&] {
                     next = store_->claimMessages(1, {kLease, {}});
                 });
        for (; !next.empty(); next = store_->claimMessages(1, {kLease, {}})) translate(next.at(0));
        ASSERT_EQ(0u, store_->counts().messages["feed"]["received"]) << "round " << i;
    }
}

TEST_F(Leases, OfWhatIsBeingPutInFlightRunOutAndItIsInDoubt) {
    for (int i = 0; i < kRounds; ++i) {
        store_->put(std::vector{incoming(std::to_string(i) + "/1")});
        ASSERT_EQ(Settled::done, translate(claimed()));
        const auto one = store_->claimLanes("there", 1, 1, {kLease, {}}).at(0).deliveries.at(0);
        Settled sent = Settled::lost;
        std::vector<LaneClaim> lanes;
        together(
            [&] {
                sent = store_->inflight(std::vector{ClaimId{one.id, one.epoch}}).at(0);
            },
            [&] {
                lanes = store_->claimLanes("there", 1, 1, {kLease, {}});
            });
        ASSERT_EQ(1u, lanes.size()) << "round " << i;
        const DeliveryClaim& again = lanes[0].deliveries.at(0);
        ASSERT_EQ(sent == Settled::done, again.uncertain) << "round " << i;
        store_->inflight(std::vector{ClaimId{again.id, again.epoch}});
        Outcome outcome;
        outcome.id = again.id;
        outcome.epoch = again.epoch;
        ASSERT_EQ(Settled::done, store_->settle(std::vector{outcome}).at(0));
    }
}

/// People put the time of day right; nobody loses what he works on by that, and none keeps it for
/// ever.
TEST_F(Leases, AreNotMeasuredByTheTimeOfDay) {
    SqliteOptions options;
    options.path = folder_.path + "/other.db";
    Time now = currentTime(), even{};
    options.clock = [&] { return now; };
    options.leaseClock = [&] { return even; };
    store_ = openSqliteStore(options, nullptr);
    store_->put(std::vector{incoming("a/1"), incoming("b/2")});
    const MessageClaim first = claimed();
    now += std::chrono::hours(24);
    EXPECT_EQ("b/2", claimed().body.view());
    EXPECT_EQ(0u, store_->claimMessages(2, {kLease, {}}).size()) << "both are in somebody's hands";
    EXPECT_EQ(Settled::done, translate(first));
    now -= std::chrono::hours(48);
    even += 2 * kLease;
    EXPECT_EQ("b/2", claimed().body.view()) << "its first claim has run out";
}

}  // namespace store_suite
