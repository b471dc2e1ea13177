/// What came in against what lies in the store.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <thread>

#include "store/sqlite_place.h"
#include "store/sqlite_store.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

namespace {

/// The account of a count that began after this was called.
Reconciled full(Store& store) {
    std::optional<Reconciled> last;
    for (int slices = 0; slices < 200; ++slices) last = store.reconcile();
    return last.value_or(Reconciled());
}

std::int64_t gaps(const Reconciled& all) {
    std::int64_t sum = 0;
    for (const auto* const ends : {&all.sources, &all.destinations})
        for (const auto& [name, account] : *ends) sum += std::abs(account.gap());
    return sum;
}

Note leftOut(const std::string& partner, const std::string& why = "refused") {
    return {partner, {why, "refus"}};
}

}  // namespace

TEST_P(StoreSuite, WhatCameInIsWhatLiesInTheStoreByState) {
    const auto first = delivered("a/1");
    const auto second = deliverable("b/1", "other");
    put("c/1");
    auto claim = claimOne();
    Translation held;
    held.id = claim.id;
    held.epoch = claim.epoch;
    held.state = MessageState::held;
    held.reason = {"no map", "pas de transformation"};
    held.notes = {leftOut("pharmacy"), leftOut("pharmacy"), leftOut("(a nurse)")};
    store_->translated(std::vector{held});
    put("d/1");
    const Reconciled all = full(*store_);
    ASSERT_TRUE(all.sources.contains("feed"));
    const auto& source = all.sources.at("feed");
    EXPECT_EQ(4u, source.in);
    EXPECT_THAT(source.states,
                UnorderedElementsAre(Pair("translated", 2), Pair("held", 1), Pair("received", 1)));
    EXPECT_EQ(2u, all.destinations.at("there").in);
    EXPECT_THAT(all.destinations.at("there").states,
                UnorderedElementsAre(Pair("delivered", 1), Pair("queued", 1)));
    EXPECT_EQ(2u, all.destinations.at("pharmacy").leftOut);
    EXPECT_EQ(1u, all.destinations.at("").leftOut) << "who is nobody of the directory";
    EXPECT_EQ(0, gaps(all));
}

TEST_P(StoreSuite, WhoIsLeftOutWithoutAReasonIsAGap) {
    put("a/1");
    const auto claim = claimOne();
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.notes = {leftOut("pharmacy", "")};
    store_->translated(std::vector{translation});
    EXPECT_EQ(1, full(*store_).destinations.at("pharmacy").gap());
}

TEST_P(StoreSuite, WhatRetentionTookAwayKeepsItsProofLineInTheSum) {
    put("a/1");
    const auto claim = claimOne();
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.notes = {leftOut("pharmacy"), leftOut("(a nurse)")};
    store_->translated(std::vector{translation});
    const auto message = finished("b/1");
    clock_.pass(Milliseconds(86'400'000));
    ASSERT_NE(0u, purge(Milliseconds(1000), Milliseconds(1000)));
    const Reconciled all = full(*store_);
    EXPECT_EQ(2u, all.sources.at("feed").in);
    EXPECT_EQ(1u, all.destinations.at("pharmacy").finished);
    EXPECT_EQ(0u, all.destinations.at("pharmacy").leftOut);
    EXPECT_EQ(1u, all.destinations.at("").finished);
    EXPECT_EQ(0, gaps(all));
    reopen();
    EXPECT_EQ(0, gaps(full(*store_)));
}

TEST_P(StoreSuite, ItIsExactWhileWorkGoesOn) {
    for (int i = 0; i < 3000; ++i) put("p" + std::to_string(i) + "/1");
    std::atomic<bool> stop{false};
    std::thread work([&] {
        for (int i = 0; !stop; ++i) {
            put("w" + std::to_string(i % 7) + "/" + std::to_string(i));
            for (const MessageClaim& claim : store_->claimMessages(8, {})) {
                Translation translation;
                translation.id = claim.id;
                translation.epoch = claim.epoch;
                translation.deliveries = {newDelivery(*store_, claim.id, "x")};
                translation.notes = {leftOut(i % 2 == 0 ? "pharmacy" : "(a nurse)")};
                store_->translated(std::vector{translation});
            }
            for (const LaneClaim& lane : store_->claimLanes("there", 8, 8, {}))
                for (const DeliveryClaim& claim : lane.deliveries) {
                    send(claim);
                    settle(claim, i % 3 == 0 ? DeliveryState::setAside : DeliveryState::delivered);
                }
        }
    });
    for (int rounds = 0; rounds < 5; ++rounds) {
        const Reconciled all = full(*store_);
        EXPECT_EQ(0, gaps(all)) << "round " << rounds;
        EXPECT_LE(3000u, all.sources.at("feed").in);
    }
    stop = true;
    work.join();
    EXPECT_EQ(0, gaps(full(*store_)));
}

/// Something happens to the file behind the store's back.
class Tampered : public testing::Test {
protected:
    Tampered() {
        options_.path = folder_.path + "/store.db";
        store_ = openSqliteStore(options_, nullptr);
        for (const char* text : {"a/1", "b/1", "c/1"}) store_->put(std::vector{incoming(text)});
        for (const MessageClaim& claim : store_->claimMessages(2, {})) {
            Translation translation;
            translation.id = claim.id;
            translation.epoch = claim.epoch;
            translation.deliveries = {newDelivery(*store_, claim.id, "x")};
            translation.notes = {leftOut("pharmacy")};
            store_->translated(std::vector{translation});
        }
        EXPECT_EQ(0, gaps(full(*store_)));
    }
    void run(const std::string& sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(SQLITE_OK, sqlite3_open(options_.path.c_str(), &handle));
        sqlite3_busy_timeout(handle, 5'000);  // the store may write meanwhile
        char* why = nullptr;
        EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &why)) << why;
        EXPECT_LT(0, sqlite3_changes(handle)) << sql;
        sqlite3_close(handle);
    }
    /// @param sql  what happens to it  @param reopen  whether nobody has it open meanwhile
    Reconciled after(const std::string& sql, bool reopen) {
        if (reopen) store_.reset();
        run(sql);
        if (reopen) store_ = openSqliteStore(options_, nullptr);
        return full(*store_);
    }

    TemporaryFolder folder_;
    SqliteOptions options_;
    std::unique_ptr<Store> store_;
};

TEST_F(Tampered, AMessageThatIsGoneIsFoundWhileItRuns) {
    const Reconciled all = after("DELETE FROM message WHERE seq = 2", false);
    EXPECT_EQ(1, all.sources.at("feed").gap());
    EXPECT_EQ(3u, all.sources.at("feed").in);
    EXPECT_EQ(1, gaps(all));
}

TEST_F(Tampered, ADeliveryThatIsGoneIsFound) {
    const std::string sql = "DELETE FROM delivery WHERE id = (SELECT min(id) FROM delivery)";
    EXPECT_EQ(1, after(sql, true).destinations.at("there").gap());
}

TEST_F(Tampered, ALeftOutThatIsGoneIsFound) {
    EXPECT_EQ(2,
              after("DELETE FROM event WHERE what = 32", true).destinations.at("pharmacy").gap());
}

TEST_F(Tampered, AStateThatNobodyGaveIsFound) {
    EXPECT_EQ(1, after("UPDATE delivery SET state = 2, open = NULL WHERE id = (SELECT min(id) FROM"
                       " delivery)",
                       true)
                     .destinations.at("there")
                     .gap());
    EXPECT_NE(0, after("UPDATE message SET state = 4, open = NULL WHERE state = 0", true)
                     .sources.at("feed")
                     .gap());
}

TEST_F(Tampered, ATallyThatIsWrongIsFound) {
    EXPECT_EQ(1, after("UPDATE tally SET n = n + 1 WHERE kind = 3", true).sources.at("feed").gap());
    EXPECT_EQ(-1,
              after("UPDATE tally SET n = n - 2 WHERE kind = 3", true).sources.at("feed").gap());
    EXPECT_EQ(0, after("UPDATE tally SET n = n + 1 WHERE kind = 3", true).sources.at("feed").gap());
    const std::string state = " WHERE kind = 1 AND state = 0";
    EXPECT_EQ(1, gaps(after("UPDATE tally SET n = n + 1" + state, true)));
    EXPECT_EQ(1, gaps(after("UPDATE tally SET n = n - 2" + state, true)));
}

}  // namespace store_suite
