/// What is damaged in the file: it is told of, nothing goes out altered, and all else goes on.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "gateway/notebook.h"
#include "store/sqlite.h"
#include "store/sqlite_place.h"

namespace store_suite {

using namespace gateway;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Damaged : public testing::Test {
protected:
    Damaged() {
        options_.path = folder_.path + "/var/store.db";
        options_.keys.file = folder_.path + "/certs/store.key";
        store_ = openSqliteStore(options_, nullptr);
    }
    void reopen() {
        store_.reset();
        store_ = openSqliteStore(options_, nullptr);
    }
    /// In the file of a store that nobody has open; then it is opened.
    void change(const std::string& sql) {
        store_.reset();
        run(sql);
        store_ = openSqliteStore(options_, nullptr);
    }
    void run(const std::string& sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(SQLITE_OK, sqlite3_open(options_.path.c_str(), &handle));
        char* why = nullptr;
        EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &why))
            << sql << ": " << (why ? why : "");
        sqlite3_free(why);
        sqlite3_close(handle);
    }
    /// What it was put to is 3.5 MB, so that it has four chunks.
    static std::string large() {
        std::string text(3'500'000, 'x');
        for (std::size_t i = 0; i < text.size(); i += 7) text[i] = static_cast<char>(i % 251);
        return text;
    }
    std::string put(const std::string& text) {
        return store_->put(std::vector{incoming(text)}).at(0).id;
    }
    /// A message with one delivery. @return the delivery
    std::string deliverable(const std::string& text) {
        put(text.substr(0, 100));
        const auto claim = store_->claimMessages(1, {}).at(0);
        Translation translation;
        translation.id = claim.id;
        translation.epoch = claim.epoch;
        translation.deliveries = {newDelivery(*store_, "lane", "to " + text)};
        store_->translated(std::vector{translation});
        return translation.deliveries[0].id;
    }
    DeliveryClaim claimDelivery() {
        return store_->claimLanes("there", 1, 1, {}).at(0).deliveries.at(0);
    }
    void send(const DeliveryClaim& claim) {
        store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}});
    }
    /// That nothing of it is sent: it is set aside, and says why.
    void expectSetAside() {
        EXPECT_THAT(store_->claimLanes("there", 9, 9, {}), IsEmpty());
        store_->reserve(1);  // what was to be written later is written
        EXPECT_EQ(1u, store_->counts().deliveries["there"]["set-aside"]);
        const auto damage = store_->check();
        ASSERT_THAT(damage, SizeIs(1));
        EXPECT_THAT(damage[0].second.en, HasSubstr("its bytes are"));
    }

    TemporaryFolder folder_;
    SqliteOptions options_;
    std::unique_ptr<Store> store_;
};

TEST_F(Damaged, ABodyOfWhichAPartIsMissingIsNotGivenOut) {
    const std::string id = put(large());
    change("DELETE FROM body WHERE id % 65536 = 1");
    EXPECT_THAT(store_->claimMessages(9, {}), IsEmpty());
    store_->reserve(1);
    EXPECT_EQ(MessageState::held, store_->show(id)->state);
    EXPECT_THROW(store_->body(id), Error);
    EXPECT_THAT(store_->check(),
                testing::ElementsAre(
                    testing::Pair(id, Reason{"its bytes are damaged", "ses octets : endommagés"})));
}

TEST_F(Damaged, ABodyWithoutItsEndIsNotGivenOut) {
    put(large());
    change("DELETE FROM body WHERE id % 65536 = 3");
    EXPECT_THAT(store_->claimMessages(9, {}), IsEmpty());
}

TEST_F(Damaged, ADeliveryWithoutItsBytesIsNotSentEmpty) {
    deliverable("a/1");
    change("DELETE FROM body WHERE id = (SELECT body * 65536 FROM delivery)");
    expectSetAside();
}

TEST_F(Damaged, ADeliveryThatNoLongerKnowsItsBytesIsNotSentEmpty) {
    deliverable("a/1");
    change("UPDATE delivery SET body = NULL");
    EXPECT_THAT(store_->claimLanes("there", 9, 9, {}), IsEmpty());
}

TEST_F(Damaged, CompressedBytesThatAreCalledPlainAreNotSent) {
    deliverable("a/" + std::string(9'000, 'x'));
    change("UPDATE body SET encoding = 0 WHERE encoding = 1");
    expectSetAside();
}

TEST_F(Damaged, AnAnswersBytesHideNothingElse) {
    deliverable("a/1");
    const auto claim = claimDelivery();
    send(claim);
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.answer = Answer{Bytes::copy("thanks"), "AA"};
    store_->settle(std::vector{outcome});
    change("UPDATE body SET bytes = x'00' WHERE id = (SELECT answer_body * 65536 FROM delivery)");
    const auto shown = store_->show(claim.message);
    ASSERT_TRUE(shown);
    EXPECT_EQ(DeliveryState::delivered, shown->deliveries.at(0).state);
    EXPECT_THAT(shown->deliveries[0].answer->summary, HasSubstr("damaged"));
}

TEST_F(Damaged, APauseIsSeenThoughItsReasonIsNot) {
    store_->pause({"partner/there", false, "anne", "maintenance", {}});
    change("UPDATE event SET words = x'00' WHERE message = 0");
    ASSERT_THAT(store_->pauses(), SizeIs(1));
    EXPECT_EQ("partner/there", store_->pauses()[0].end);
    EXPECT_THAT(store_->pauses()[0].why, HasSubstr("damaged"));
    store_->resume("partner/there", "anne");
    EXPECT_THAT(store_->pastPauses(9), IsEmpty());
}

TEST_F(Damaged, AWordOnWhatWasInFlightDoesNotKeepTheStoreFromOpening) {
    deliverable("a/1");
    const auto claim = claimDelivery();
    send(claim);
    LateWord word;
    word.controlId = claim.controlId;
    word.partner = "partner-of-there";
    word.accepted = false;
    word.answer = Answer{Bytes::copy("no"), "AR"};
    word.reason = {"refused", "refusé"};
    ASSERT_EQ(LateResult::Kind::kept, store_->answered(std::vector{word}).at(0).kind);
    change("UPDATE delivery SET answer_summary = x'00', words = x'00'");
    EXPECT_EQ(DeliveryState::setAside, store_->show(claim.message)->deliveries.at(0).state);
}

/// While the index says otherwise, so that rows go past it.
std::string pastTheIndex(const std::string& index, const std::string& sql) {
    const std::string schema = "UPDATE sqlite_schema SET sql = replace(sql, ";
    const std::string where = " WHERE name = '" + index + "';";
    return "PRAGMA writable_schema = ON;" + schema + "'open = 1', 'open = 2')" + where +
           "PRAGMA writable_schema = RESET;" + sql + "PRAGMA writable_schema = ON;" + schema +
           "'open = 2', 'open = 1')" + where + "PRAGMA writable_schema = RESET";
}

TEST_F(Damaged, WhatAnIndexDoesNotKnowIsFoundAllTheSame) {
    deliverable("a/1");
    put("b/1");
    store_.reset();
    run(pastTheIndex("delivery_open",
                     "INSERT INTO delivery SELECT id + 1, message, state, open, flags, ord + 1,"
                     " lane + 1, partner, destination, media, extension, map, attempts, queued_at,"
                     " changed_at, retry_at, size, body, answer_body, answer_summary, control_id,"
                     " sent_hash, plan, edition, words FROM delivery;"
                     "UPDATE tally SET n = n + 1 WHERE kind IN (1, 4);"));
    run(pastTheIndex("message_open",
                     "INSERT INTO message SELECT seq + 1, state, open, flags, source, codec,"
                     " config, received_at, changed_at, size, body, type, order_keys, subjects,"
                     " repeat_hash, content_hash, NULL, words, control_hash FROM message"
                     " WHERE open = 1;"
                     "UPDATE tally SET n = n + 1 WHERE kind = 3 OR kind = 0 AND state = 0;"));
    store_ = openSqliteStore(options_, nullptr);
    EXPECT_THAT(store_->claimLanes("there", 9, 9, {}), SizeIs(2));
    EXPECT_THAT(store_->claimMessages(9, {}), SizeIs(2));
    EXPECT_THAT(store_->check(), IsEmpty());
}

TEST_F(Damaged, AnIndexThatIsWrongIsToldOf) {
    deliverable("a/1");
    store_.reset();
    run(pastTheIndex("delivery_open", "UPDATE delivery SET ord = ord + 7;"));
    store_ = openSqliteStore(options_, nullptr);
    const auto damage = store_->check();
    ASSERT_FALSE(damage.empty());
    EXPECT_EQ("store", damage[0].first);
    EXPECT_THAT(damage[0].second.en, HasSubstr("index"));
}

TEST_F(Damaged, NumbersThatWereForgottenAreNotGivenAgain) {
    const std::string first = put("a/1");
    const std::string delivery = deliverable("b/1");
    change("UPDATE meta SET value = 1 WHERE key IN ('next-seq', 'next-delivery')");
    EXPECT_NE(first, put("c/1"));
    EXPECT_NE(delivery, store_->reserve(1).at(0));
}

}  // namespace store_suite
