/// What is damaged in the file: it is told of, nothing goes out altered, and all else goes on.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <tuple>

#include "gateway/notebook.h"
#include "store/happenings.h"
#include "store/log_repair.h"
#include "store/sqlite.h"
#include "store/sqlite_place.h"
#include "store/store_file.h"

namespace store_suite {

using namespace gateway;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

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
    EXPECT_THAT(store_->check(), SizeIs(1));
    EXPECT_THAT(store_->claimLanes("there", 9, 9, {}), IsEmpty());
}

TEST_F(Damaged, CompressedBytesThatAreCalledPlainAreNotSent) {
    deliverable("a/" + std::string(9'000, 'x'));
    change("UPDATE body SET encoding = 0 WHERE encoding = 1");
    expectSetAside();
}

TEST_F(Damaged, ASizeThatNobodyHasStopsNothingElse) {
    for (const char* const size : {"1000000000", "1 << 60", "0", "8000"}) {
        deliverable("a/1");
        const std::string text = put("b/1");
        change("UPDATE delivery SET size = " + std::string(size) +
               " WHERE open = 1; UPDATE message SET size = " + size + " WHERE open = 1");
        EXPECT_THAT(store_->claimLanes("there", 9, 9, {}), IsEmpty()) << size;
        EXPECT_THAT(store_->claimMessages(9, {}), IsEmpty()) << size;
        store_->reserve(1);
        EXPECT_EQ(MessageState::held, store_->show(text)->state) << size;
    }
    EXPECT_EQ(4u, store_->counts().deliveries["there"]["set-aside"]);
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

TEST_F(Damaged, WhatTheAuditHasToWriteDoesNotStopWhatCameLater) {
    options_.happenings = true;
    reopen();
    put("a/1");
    const std::string later = put("b/1");
    change("UPDATE happened SET bytes = x'ffff' WHERE id = (SELECT min(id) FROM happened)");
    const auto told = dynamic_cast<Happenings&>(*store_).happened(0, 1'000);
    ASSERT_THAT(told, SizeIs(2));
    ASSERT_THAT(told[1].all, SizeIs(1));
    EXPECT_EQ(later, told[1].all[0].message);
    EXPECT_EQ(1u, store_->vitals().damaged);
}

/// What a kill leaves: much lies in the log alone.
class DamagedLog : public Damaged {
protected:
    DamagedLog() {
        for (std::size_t i = 0; i < kMessages; ++i) put("a/" + std::to_string(i));
        const std::string killed = folder_.path + "/killed.db";
        for (const char* const suffix : {"", "-wal"})
            fs::copy_file(options_.path + suffix, killed + suffix);
        store_.reset();
        options_.path = killed;
    }
    std::string log() const { return options_.path + "-wal"; }
    void change(std::uint64_t at, const std::function<char(char)>& to, std::size_t size = 1) {
        std::fstream file(log(), std::ios::in | std::ios::out | std::ios::binary);
        for (std::size_t i = 0; i < size; ++i) {
            file.seekg(static_cast<std::streamoff>(at + i));
            const char now = to(static_cast<char>(file.get()));
            file.seekp(static_cast<std::streamoff>(at + i));
            file.put(now);
        }
    }
    static std::string bytesOf(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::size_t messages() { return openSqliteStore(options_, nullptr)->list({}).size(); }

    static constexpr std::size_t kMessages = 20;
};

/// The sums are weak: of some bits it is not known which it was.
TEST_F(DamagedLog, ABitThatFlippedIsPutRightOrNothingIsTouched) {
    const std::uint64_t size = fs::file_size(log());
    const std::string whole = bytesOf(log());
    std::vector<std::uint64_t> places;
    for (std::uint64_t at = 1; at < 56; at += 7) places.push_back(at);  // header, and a frame's
    for (std::uint64_t at = 0; at < 5; ++at) places.push_back(size / 2 + at * 1'031);
    int right = 0, all = 0;
    for (const std::uint64_t at : places)
        for (const int mask : {0x01, 0x80}) {
            SCOPED_TRACE(std::to_string(at) + " " + std::to_string(mask));
            std::ofstream(log(), std::ios::binary) << whole;
            change(at, [&](char c) { return static_cast<char>(c ^ mask); });
            const std::string damaged = bytesOf(log());
            int copied = 0;
            const RepairedLog repaired = repairLog(log(), [&] { ++copied; });
            const std::string after = bytesOf(log());
            ++all;
            EXPECT_EQ(repaired.bits, copied);
            if (repaired.bits == 1) {
                ++right;
                EXPECT_TRUE(after == whole);
                EXPECT_EQ(0u, repaired.lost);
            } else {
                EXPECT_TRUE(after == damaged);
                EXPECT_LT(0u, repaired.lost);
            }
        }
    EXPECT_LT(all * 6 / 10, right);
    std::ofstream(log(), std::ios::binary) << whole;
    change(size / 2, [](char c) { return static_cast<char>(c ^ 0x01); });
    EXPECT_EQ(kMessages, messages());
}

TEST_F(DamagedLog, WhatCannotBePutRightIsToldOf) {
    change(
        fs::file_size(log()) / 2, [](char) { return 'x'; }, 100);
    const auto damage = checkStoreFile(options_);
    ASSERT_FALSE(damage.empty());
    EXPECT_EQ("store", damage[0].first);
    EXPECT_THAT(damage[0].second.en, HasSubstr("its log has"));
    EXPECT_TRUE(fs::exists(options_.path + ".log-damaged"));
    EXPECT_GT(kMessages, messages());
}

TEST_F(DamagedLog, WhatCannotBePutRightIsAnAlert) {
    change(
        fs::file_size(log()) / 2, [](char) { return 'x'; }, 100);
    EXPECT_EQ(1u, openSqliteStore(options_, nullptr)->vitals().damaged);
}

/// As a kill or a power cut leaves it: of the last commit a part is missing, which nobody was told
/// of.
TEST_F(DamagedLog, AnEndThatIsMissingIsNoDamage) {
    for (const std::uintmax_t missing : {100, 5'000, 9'000}) {
        fs::resize_file(log(), fs::file_size(log()) - missing);
        const RepairedLog repaired = repairLog(log());
        EXPECT_EQ(0, repaired.bits);
        EXPECT_EQ(0u, repaired.lost);
    }
    change(
        fs::file_size(log()) - 9'000, [](char) { return 'x'; }, 100);
    EXPECT_EQ(0u, repairLog(log()).lost) << "of the last, written in another order";
    EXPECT_EQ(0u, repairLog(options_.path + "-none").lost);
}

TEST_F(DamagedLog, WhatIsLeftOfAFormerRoundIsNoDamage) {
    fs::remove(log());
    {
        options_.checkpointAt = 1u << 16;
        options_.path = folder_.path + "/round.db";
        store_ = openSqliteStore(options_, nullptr);
        for (int i = 0; i < 60; ++i) put("b/" + std::to_string(i));
    }
    const std::string killed = folder_.path + "/killed-again-wal";
    fs::copy_file(log(), killed);
    const RepairedLog repaired = repairLog(killed);
    EXPECT_EQ(0, repaired.bits);
    EXPECT_EQ(0u, repaired.lost);
}

/// Whatever bit of the file it is: nothing is given out altered, in another order or twice, and
/// what is not given out is told of.
class FlippedBit : public Damaged, public testing::WithParamInterface<int> {
protected:
    static constexpr int kLanes = 5, kEach = 6;

    static std::string text(int lane, int number) {
        std::string noise;
        for (int i = 0; i < (number % 3) * 4'000; ++i)
            noise += static_cast<char>('a' + (i * i + lane) % 23);
        return std::to_string(lane) + "/" + std::to_string(number) + " " + noise;
    }
    /// Half of them translated, all waiting.
    void fill() {
        for (int number = 0; number < kEach; ++number) {
            for (int lane = 0; lane < kLanes; ++lane) put(text(lane, number));
            if (number >= kEach / 2) continue;
            for (const MessageClaim& claim : store_->claimMessages(99, {})) {
                Translation translation;
                translation.id = claim.id;
                translation.epoch = claim.epoch;
                const std::string body(claim.body.view());
                translation.deliveries = {newDelivery(*store_, body.substr(0, 1), "to " + body)};
                store_->translated(std::vector{translation});
            }
        }
    }
    /// One message or delivery is given out: it is one of those, as it was.
    void take(std::string_view body) {
        const bool delivery = body.starts_with("to ");
        if (delivery) body.remove_prefix(3);
        const int lane = body.empty() ? -1 : body[0] - '0',
                  number = body.size() < 3 ? -1 : body[2] - '0';
        ASSERT_TRUE(lane >= 0 && lane < kLanes && number >= 0 && number < kEach);
        ASSERT_EQ(text(lane, number), body);
        ASSERT_TRUE(taken_.insert({delivery, lane, number}).second) << "twice";
    }
    void takeAll() {
        for (bool more = true; more;) {
            more = false;
            for (const MessageClaim& claim : store_->claimMessages(99, {})) {
                Translation none;
                none.id = claim.id;
                none.epoch = claim.epoch;
                if (store_->translated(std::vector{none}).at(0) != Settled::done) continue;
                take(claim.body.view());
                more = true;
            }
            for (const LaneClaim& lane : store_->claimLanes("there", 99, 99, {}))
                for (const DeliveryClaim& claim : lane.deliveries) {
                    const ClaimId id{claim.id, claim.epoch};
                    if (store_->inflight(std::vector{id}).at(0) != Settled::done) continue;
                    take(claim.body.view());
                    Outcome outcome;
                    outcome.id = claim.id;
                    outcome.epoch = claim.epoch;
                    store_->settle(std::vector{outcome});
                    more = true;
                }
            const auto held = store_->counts().messages["feed"]["held"] +
                              store_->counts().deliveries["there"]["set-aside"];
            more |= std::exchange(damaged_, held) != held;
        }
    }

    /// @return where
    std::streamoff flipOne() {
        std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
        std::fstream file(options_.path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(0, std::ios::end);
        const auto size = static_cast<std::uint64_t>(file.tellg());
        const auto at = static_cast<std::streamoff>(random() % size);
        file.seekg(at);
        const char changed = static_cast<char>(file.get() ^ (1 << random() % 8));
        file.seekp(at);
        file.put(changed);
        return at;
    }

    std::set<std::tuple<bool, int, int>> taken_;
    std::uint64_t damaged_ = 0;
};

TEST_P(FlippedBit, AltersNothingUnseen) {
    fill();
    store_.reset();
    const std::streamoff at = flipOne();
    SCOPED_TRACE(at);
    try {
        store_ = openSqliteStore(options_, nullptr);
        takeAll();
        if (HasFatalFailure()) return;
        if (taken_.size() < kLanes * kEach) {
            EXPECT_THAT(store_->check(), testing::Not(IsEmpty())) << taken_.size();
        }
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault) << error.what();
    }
}

int flips() {
    const char* const asked = std::getenv("PASSERELLE_FLIPS");
    return asked ? std::atoi(asked) : 12;
}

INSTANTIATE_TEST_SUITE_P(Anywhere, FlippedBit, testing::Range(0, flips()));

}  // namespace store_suite
