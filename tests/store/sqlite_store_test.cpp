/// The shared suite on the SQLite store, and what is SQLite's alone.
#include "store/sqlite_store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite.h"
#include "store/sqlite_place.h"

namespace store_suite {

using namespace gateway;
namespace fs = std::filesystem;

class SqliteStoreTest : public testing::Test {
protected:
    std::unique_ptr<Store> open(std::uint64_t reserve = 0) {
        options_.path = path();
        options_.reserve = reserve;
        return openSqliteStore(options_, nullptr);
    }
    std::string refusalOf() {
        try {
            open();
        } catch (const Error& error) {
            EXPECT_EQ(Fault::unavailable, error.fault);
            return error.what();
        }
        return "it opened";
    }
    std::string path() const { return folder_.path + "/var/store.db"; }
    void run(const char* sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(SQLITE_OK, sqlite3_open(path().c_str(), &handle));
        EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle, sql, nullptr, nullptr, nullptr)) << sql;
        sqlite3_close(handle);
    }

    std::int64_t count(const char* sql) {
        sqlite::Connection connection(path(), sqlite::Connection::Use::read, "");
        return connection.integer(sql);
    }

    /// All bytes of the file and its log.
    std::string bytes() const {
        std::string all;
        for (const char* const suffix : {"", "-wal"}) {
            std::ifstream file(path() + suffix, std::ios::binary);
            all.append(std::istreambuf_iterator<char>(file), {});
        }
        return all;
    }

    TemporaryFolder folder_;
    SqliteOptions options_;
};

TEST_F(SqliteStoreTest, ASecondOneIsRefused) {
    const auto store = open();
    EXPECT_THAT(refusalOf(), testing::HasSubstr("in use by another process"));
}

TEST_F(SqliteStoreTest, WhatWouldTouchTheReserveIsForLaterAndTheRestGoesOn) {
    open(1)->put(std::vector{incoming("a/1")});
    const auto store = open(std::uint64_t{1} << 62);
    try {
        store->put(std::vector{incoming("a/2")});
        FAIL() << "it was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_THAT(error.fr, testing::HasSubstr("réserve"));
    }
    const auto claim = store->claimMessages(10, {});
    ASSERT_EQ(1u, claim.size());
    Translation translation;
    translation.id = claim[0].id;
    translation.epoch = claim[0].epoch;
    translation.deliveries = {newDelivery(*store, "lane", "hello")};
    EXPECT_EQ(Settled::done, store->translated(std::vector{translation}).at(0));
}

TEST_F(SqliteStoreTest, WhatIsRefusedDoesNotUseUpTheReserve) {
    const auto refuse = [](Store& store) {
        Refusal refusal;
        refusal.source = "feed";
        store.refused(std::vector{refusal});
        store.reserve(1);  // what was to be written later is written
    };
    refuse(*open(1));
    const auto store = open(std::uint64_t{1} << 62);
    refuse(*store);
    EXPECT_EQ(2u, store->counts().refused);
    EXPECT_EQ(1u, store->refusals({}).size());
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefused) {
    open();
    run("PRAGMA user_version = 99");
    EXPECT_THAT(refusalOf(), testing::HasSubstr("newer version (schema 99"));
}

TEST_F(SqliteStoreTest, ADatabaseOfAnotherProgramIsRefused) {
    fs::create_directories(folder_.path + "/var");
    run("CREATE TABLE cats (name TEXT)");
    EXPECT_THAT(refusalOf(), testing::HasSubstr("another program"));
}

TEST_F(SqliteStoreTest, WhatIsNoDatabaseIsRefused) {
    fs::create_directories(folder_.path + "/var");
    std::ofstream(path()) << std::string(10'000, 'x');
    EXPECT_THAT(refusalOf(), testing::HasSubstr("damaged or not a database"));
}

TEST_F(SqliteStoreTest, OnlyItsOwnerCanReadIt) {
    const auto store = open();
    struct stat status {};
    ASSERT_EQ(0, ::stat((folder_.path + "/var").c_str(), &status));
    EXPECT_EQ(0700u, status.st_mode & 0777u);
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
        ASSERT_EQ(0, ::stat((path() + suffix).c_str(), &status)) << suffix;
        EXPECT_EQ(0600u, status.st_mode & 0777u) << suffix;
    }
}

TEST_F(SqliteStoreTest, IdentifiersAreNotReadableInTheFile) {
    for (const bool encrypt : {true, false}) {
        options_.encrypt = encrypt;
        const auto store = open();
        Incoming in = incoming("body of a message");
        in.orderKeys = {"MARKORDER"};
        in.subjects = {"MARKSUBJECT"};
        in.repeatKey = encrypt ? "MARKREPEAT" : "MARKREPEAT2";
        store->put(std::vector{in});
        EXPECT_EQ(std::string::npos, bytes().find("MARK"));
        EXPECT_EQ(encrypt, bytes().find("body of a message") == std::string::npos);
    }
}

TEST_F(SqliteStoreTest, ADamagedRowStopsNothingElse) {
    std::string bad;
    {
        const auto store = open();
        bad = store->put(std::vector{incoming("a/" + std::string(9'000, 'x'))}).at(0).id;
        store->put(std::vector{incoming("b/1")});
    }
    run("UPDATE body SET bytes = x'00' WHERE encoding & 1");
    const auto store = open();
    const auto claims = store->claimMessages(10, {});
    ASSERT_EQ(1u, claims.size());
    EXPECT_EQ("b/1", claims[0].body.view());
    store->reserve(1);  // what was to be written later is written
    EXPECT_EQ(MessageState::held, store->show(bad)->state);
    EXPECT_THAT(store->show(bad)->reason.en, testing::HasSubstr("damaged"));
    EXPECT_THROW(store->body(bad), Error);
}

/// A partner's words may be about a person too.
TEST_F(SqliteStoreTest, WhatWasAnsweredToFormerTriesGoesWithRetention) {
    const Time now(Milliseconds(1'750'000'000'000));
    options_.clock = [&] { return now; };
    auto store = open();
    const auto claim = [&] { return store->claimLanes("there", 1, 1, {}).at(0).deliveries.at(0); };
    for (const char* const text : {"a/1", "b/1", "c/1"}) {
        store->put(std::vector{incoming(text)});
        const auto message = store->claimMessages(1, {}).at(0);
        Translation translation;
        translation.id = message.id;
        translation.epoch = message.epoch;
        translation.deliveries = {newDelivery(*store, text, text)};
        store->translated(std::vector{translation});
        const auto one = claim();
        store->inflight(std::vector{ClaimId{one.id, one.epoch}});
        Outcome later;
        later.id = one.id;
        later.epoch = one.epoch;
        later.state = DeliveryState::queued;
        later.answer = Answer{Bytes::copy("busy with Mme Invente"), "503"};
        store->settle(std::vector{later});
        const auto again = claim();
        const ClaimId id{again.id, again.epoch};
        if (text[0] == 'a') {
            store->inflight(std::vector{id});
            store.reset();  // and nobody knows whether it was sent
            store = open();
        } else {
            store->offer(std::vector{OfferedClaim{id, now - Milliseconds(text[0] == 'b')}});
            PickUp fetched;
            fetched.id = again.id;
            if (text[0] == 'b')
                EXPECT_EQ(1u, store->expire(now, {}, 9));
            else
                EXPECT_FALSE(store->pickedUp(std::vector{fetched}).at(0));
        }
        if (text[0] != 'c') store->close(std::vector{again.id}, {"told", "dit"}, "anne");
    }
    EXPECT_EQ(6, count("SELECT count(*) FROM body"));
    const std::vector<Keep> keep{{"feed", Milliseconds(1), {}}};
    EXPECT_EQ(3u, store->purge(now + Milliseconds(9), keep, 16));
    EXPECT_EQ(0, count("SELECT count(*) FROM body"));
}

const auto kKinds =
    testing::Values(Kind{"sqlite",
                         [](Clock& clock) -> std::unique_ptr<Place> {
                             return std::make_unique<SqlitePlace>(clock);
                         }},
                    Kind{"often_written", [](Clock& clock) -> std::unique_ptr<Place> {
                             return std::make_unique<SqlitePlace>(clock, 24);
                         }});
const auto kNameOf = [](const auto& kind) { return kind.param.name; };

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, kKinds, kNameOf);
INSTANTIATE_TEST_SUITE_P(Sqlite, RegisterSuite, kKinds, kNameOf);

}  // namespace store_suite
