/// The SQLite store on a disk that is full or fails, and its use of the disk.
#include <gmock/gmock.h>

#include <filesystem>

#include "gateway/error.h"
#include "store/faulty_vfs.h"
#include "store/sqlite.h"
#include "store/sqlite_place.h"

namespace store_suite {

using namespace gateway;
using Fault = FaultyFiles::Fault;

class SqliteFaultTest : public testing::TestWithParam<Fault> {
protected:
    SqliteFaultTest() {
        options_.path = folder_.path + "/store.db";
        options_.vfs = FaultyFiles::name();
        options_.checkpointAt = 1u << 20;
        store_ = openSqliteStore(options_, nullptr);
    }
    ~SqliteFaultTest() override { FaultyFiles::fault = Fault::none; }

    std::string put(const std::string& text) {
        return store_->put(std::vector{incoming(text)}).at(0).id;
    }
    template <class Action>
    void expectUnavailable(Action action) {
        try {
            action();
            FAIL() << "it was acknowledged";
        } catch (const Error& error) {
            EXPECT_EQ(gateway::Fault::unavailable, error.fault) << error.what();
        }
    }
    void reopen() {
        store_.reset();
        store_ = openSqliteStore(options_, nullptr);
    }
    /// Translates one message with one delivery and claims that.
    DeliveryClaim claimed() {
        put("a/1");
        const auto message = store_->claimMessages(1, {}).at(0);
        Translation translation;
        translation.id = message.id;
        translation.epoch = message.epoch;
        translation.deliveries = {newDelivery(*store_, "lane", "hello")};
        store_->translated(std::vector{translation});
        return store_->claimLanes("there", 1, 1, {}).at(0).deliveries.at(0);
    }

    TemporaryFolder folder_;
    SqliteOptions options_;
    std::unique_ptr<Store> store_;
};

TEST_P(SqliteFaultTest, NothingIsAcknowledgedThatIsNotInTheFile) {
    const auto before = put("a/1");
    FaultyFiles::fault = GetParam();
    const int met = FaultyFiles::met;
    expectUnavailable([&] { put("a/2"); });
    EXPECT_GT(FaultyFiles::met, met);
    FaultyFiles::fault = Fault::none;
    const auto after = put("a/3");
    std::vector<std::string> texts;
    for (const auto& claim : store_->claimMessages(10, {})) texts.emplace_back(claim.body.view());
    // After a failed fsync nobody knows whether a/2 is in the file; its sender was told "no" and
    // sends it again.
    EXPECT_THAT(texts, testing::AnyOf(testing::ElementsAre("a/1", "a/3"),
                                      testing::ElementsAre("a/1", "a/2", "a/3")));
    EXPECT_LE(texts.size(), GetParam() == Fault::sync ? 3u : 2u);
    reopen();
    EXPECT_EQ(texts.size(), store_->claimMessages(10, {}).size());
    EXPECT_TRUE(store_->show(before));
    EXPECT_TRUE(store_->show(after));
}

TEST_P(SqliteFaultTest, CountsAreRightAfterwards) {
    put("a/1");
    FaultyFiles::fault = GetParam();
    expectUnavailable([&] { put("a/2"); });
    FaultyFiles::fault = Fault::none;
    put("a/3");
    const auto counted = store_->counts().messages["feed"]["received"];
    EXPECT_EQ(store_->list({}).size(), counted);
    reopen();
    EXPECT_EQ(counted, store_->counts().messages["feed"]["received"]);
}

TEST_P(SqliteFaultTest, WhatCouldNotBePutInFlightIsStillToBeSent) {
    const auto claim = claimed();
    FaultyFiles::fault = GetParam();
    expectUnavailable([&] { store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}}); });
    FaultyFiles::fault = Fault::none;
    put("b/1");  // the first write after the fault looks at the file again
    const auto state = store_->show(claim.message)->deliveries.at(0).state;
    if (GetParam() == Fault::full) {
        EXPECT_EQ(DeliveryState::queued, state);
        EXPECT_EQ(Settled::done,
                  store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}}).at(0));
        return;
    }
    // The claim is gone with the file's former life; whatever the file says, it is given again.
    EXPECT_THAT(state, testing::AnyOf(DeliveryState::queued, DeliveryState::uncertain));
    EXPECT_EQ(Settled::lost, store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}}).at(0));
    const auto again = store_->claimLanes("there", 1, 1, {}).at(0).deliveries.at(0);
    EXPECT_EQ(claim.id, again.id);
    EXPECT_GT(again.epoch, claim.epoch);
    EXPECT_EQ(Settled::done, store_->inflight(std::vector{ClaimId{again.id, again.epoch}}).at(0));
}

TEST_P(SqliteFaultTest, AnAnswerThatCouldNotBeKeptIsNotForgotten) {
    const auto claim = claimed();
    store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}});
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    FaultyFiles::fault = GetParam();
    expectUnavailable([&] { store_->settle(std::vector{outcome}); });
    FaultyFiles::fault = Fault::none;
    put("b/1");
    const auto state = store_->show(claim.message)->deliveries.at(0).state;
    if (GetParam() == Fault::full) {
        EXPECT_EQ(DeliveryState::inflight, state);
        EXPECT_EQ(Settled::done, store_->settle(std::vector{outcome}).at(0));
    } else {
        EXPECT_THAT(state, testing::AnyOf(DeliveryState::uncertain, DeliveryState::delivered));
        EXPECT_EQ(Settled::lost, store_->settle(std::vector{outcome}).at(0));
    }
}

TEST_P(SqliteFaultTest, AReservedIdIsNotGivenTwice) {
    const auto first = store_->reserve(65'536);
    FaultyFiles::fault = GetParam();
    expectUnavailable([&] { store_->reserve(1); });
    FaultyFiles::fault = Fault::none;
    const auto after = store_->reserve(1).at(0);
    EXPECT_EQ(first.end(), std::find(first.begin(), first.end(), after));
}

std::string nameOf(const testing::TestParamInfo<Fault>& fault) {
    const std::vector<std::string> names{"none", "full", "write", "sync"};
    return names[static_cast<std::size_t>(fault.param)];
}

INSTANTIATE_TEST_SUITE_P(Disk, SqliteFaultTest,
                         testing::Values(Fault::full, Fault::write, Fault::sync), nameOf);

class SqliteDiskTest : public SqliteFaultTest {};

INSTANTIATE_TEST_SUITE_P(Disk, SqliteDiskTest, testing::Values(Fault::none));

TEST_P(SqliteDiskTest, EveryPutIsMadeDurableBeforeItReturns) {
    const int before = FaultyFiles::syncs;
    for (int i = 0; i < 5; ++i) put("a/" + std::to_string(i));
    EXPECT_GE(FaultyFiles::syncs, before + 5);
}

TEST_P(SqliteDiskTest, TheLogStartsAgainAndDoesNotGrowForEver) {
    Incoming in = incoming("x");
    std::string noise(100'000, ' ');
    std::uint64_t random = 1;
    for (char& c : noise) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        c = static_cast<char>(random >> 56);
    }
    in.body = Bytes(noise);
    std::uintmax_t most = 0;
    for (int i = 0; i < 200; ++i) {
        store_->put(std::vector{in});
        most = std::max(most, std::filesystem::file_size(options_.path + "-wal"));
    }
    EXPECT_LT(most, 10u << 20) << "20 MB were written";
}

TEST_P(SqliteDiskTest, ItOpensOnADiskThatIsFullAndTakesNothingUntilThereIsRoom) {
    const auto id = put("a/1");
    store_.reset();
    FaultyFiles::fault = Fault::full;
    store_ = openSqliteStore(options_, nullptr);
    EXPECT_TRUE(store_->show(id));
    expectUnavailable([&] { put("a/2"); });
    FaultyFiles::fault = Fault::none;
    put("a/2");
    EXPECT_EQ(2u, store_->claimMessages(9, {}).size());
}

/// A backup, a check: they make it long while they read.
TEST_P(SqliteDiskTest, ALogThatSomebodyMadeLongByReadingIsShortAgain) {
    Incoming in = incoming("x");
    in.body = Bytes(std::string(4'000, ' '));
    const auto size = [&] { return std::filesystem::file_size(options_.path + "-wal"); };
    sqlite::Connection reading(options_.path, sqlite::Connection::Use::read, options_.vfs);
    reading.run("BEGIN");
    reading.integer("SELECT count(*) FROM message");
    for (int i = 0; i < 8'000 && size() < 10 * options_.checkpointAt; ++i)
        store_->put(std::vector<Incoming>(64, in));
    ASSERT_LT(8 * options_.checkpointAt, size());
    reading.run("COMMIT");
    const auto limit = 4 * options_.checkpointAt + 65'536;
    for (int i = 0; i < 8'000 && size() > limit; ++i) store_->put(std::vector{in});
    EXPECT_GE(limit, size());
}

}  // namespace store_suite
