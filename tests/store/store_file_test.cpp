/// A store as a file: copies, damage, putting back, upgrades, and the room it takes.
#include "store/store_file.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "gateway/notebook.h"
#include "store/schema.h"
#include "store/sqlite_place.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

std::string whyNot(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_FALSE(error.fr.empty()) << error.what();
        return error.what();
    }
    return "nothing was thrown";
}

class StoreFile : public testing::Test {
protected:
    StoreFile() {
        options_.path = folder_.path + "/var/store.db";
        options_.keys.file = folder_.path + "/certs/store.key";
        options_.clock = [this] { return clock_.now(); };
    }
    std::unique_ptr<Store> open() { return openSqliteStore(options_, nullptr); }
    std::string copy() const { return folder_.path + "/copy.db"; }

    /// One of each kind that waits, and one that is finished.
    void fill(Store& store) {
        for (const char* text : {"a/sent", "b/in flight", "c/queued"}) {
            put(store, text);
            translate(store);
        }
        auto lanes = store.claimLanes("there", 9, 9, {});
        for (const auto& lane : lanes) {
            const DeliveryClaim& claim = lane.deliveries.at(0);
            const ClaimId id{claim.id, claim.epoch};
            if (claim.body.view() == "to c/queued") {
                store.release(std::vector{id});
                continue;
            }
            store.inflight(std::vector{id});
            if (claim.body.view() == "to a/sent") {
                Outcome outcome;
                outcome.id = claim.id;
                outcome.epoch = claim.epoch;
                outcome.answer = Answer{Bytes::copy("thanks"), "AA"};
                store.settle(std::vector{outcome});
            }
        }
        put(store, "d/to translate");
        Incoming held = incoming("e/held");
        held.state = MessageState::held;
        held.reason = {"no map", "pas de transformation"};
        store.put(std::vector{held});
    }
    std::string put(Store& store, const std::string& text) {
        return store.put(std::vector{incoming(text)}).at(0).id;
    }
    void translate(Store& store) {
        const auto claim = store.claimMessages(1, {}).at(0);
        Translation translation;
        translation.id = claim.id;
        translation.epoch = claim.epoch;
        translation.deliveries = {newDelivery(store, std::string(claim.body.view().substr(0, 1)),
                                              "to " + std::string(claim.body.view()))};
        store.translated(std::vector{translation});
    }
    /// All that waits, as it is after a restart.
    void expectTheQueue(Store& store) {
        auto counts = store.counts();
        EXPECT_EQ(3u, counts.messages["feed"]["translated"]);
        EXPECT_EQ(1u, counts.messages["feed"]["received"]);
        EXPECT_EQ(1u, counts.messages["feed"]["held"]);
        EXPECT_EQ(1u, counts.deliveries["there"]["delivered"]);
        EXPECT_EQ(1u, counts.deliveries["there"]["uncertain"]);
        EXPECT_EQ(1u, counts.deliveries["there"]["queued"]);
        EXPECT_EQ("d/to translate", store.claimMessages(9, {}).at(0).body.view());
        std::set<std::string> bodies;
        for (const auto& lane : store.claimLanes("there", 9, 9, {}))
            bodies.emplace(lane.deliveries.at(0).body.view());
        EXPECT_EQ((std::set<std::string>{"to b/in flight", "to c/queued"}), bodies);
    }
    void run(const std::string& path, const char* sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &handle));
        char* why = nullptr;
        EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle, sql, nullptr, nullptr, &why)) << sql << why;
        sqlite3_close(handle);
    }

    std::int64_t rows(const std::string& of) {
        sqlite::Connection connection(options_.path, sqlite::Connection::Use::write, "");
        return connection.integer("SELECT count(*) FROM " + of);
    }

    Clock clock_;
    TemporaryFolder folder_;
    SqliteOptions options_;
};

TEST_F(StoreFile, ACopyHoldsTheFullQueueAndIsItsOwnersAlone) {
    const auto store = open();
    fill(*store);
    store->backup(copy());
    struct stat status {};
    ASSERT_EQ(0, ::stat(copy().c_str(), &status));
    EXPECT_EQ(0600u, status.st_mode & 0777u);
    EXPECT_FALSE(fs::exists(copy() + ".part"));
    EXPECT_THAT(whyNot([&] { store->backup(copy()); }), HasSubstr("already"));
    EXPECT_THAT(whyNot([&] { store->backup(folder_.path + "/none/copy.db"); }),
                HasSubstr("no such folder"));
    put(*store, "f/after");
    SqliteOptions other = options_;
    other.path = copy();
    expectTheQueue(*openSqliteStore(other, nullptr));
}

TEST_F(StoreFile, WorkGoesOnWhileItIsCopied) {
    const auto store = open();
    for (int i = 0; i < 200; ++i) put(*store, "a/" + std::string(20'000, 'x'));
    std::atomic<bool> done{false};
    std::atomic<std::size_t> meanwhile{0};
    std::thread writing([&] {
        while (!done) put(*store, "b/" + std::to_string(meanwhile++));
    });
    const std::size_t before = meanwhile;
    for (int i = 0; i < 100 && meanwhile < before + 2; ++i) {  // one was begun before
        fs::remove(copy());
        store->backup(copy());
    }
    done = true;
    writing.join();
    EXPECT_LT(before + 1, meanwhile);
    EXPECT_EQ(200 + meanwhile, store->counts().messages["feed"]["received"]);
    SqliteOptions other = options_;
    other.path = copy();
    EXPECT_THAT(checkStoreFile(other), IsEmpty());
    EXPECT_LE(200u, openSqliteStore(other, nullptr)->counts().messages["feed"]["received"]);
}

TEST_F(StoreFile, PutBackItGoesOnWithTheFullQueue) {
    {
        const auto store = open();
        fill(*store);
        store->backup(copy());
    }
    fs::remove_all(folder_.path + "/var");
    const Restored restored = restoreStore(options_, copy(), false);
    EXPECT_THAT(restored.damage, IsEmpty());
    EXPECT_EQ("", restored.replaced);
    expectTheQueue(*open());
}

TEST_F(StoreFile, IdsGivenAfterTheCopyAreNotGivenAgain) {
    std::string lost, lostDelivery;
    {
        const auto store = open();
        put(*store, "a/1");
        store->backup(copy());
        lost = put(*store, "a/2");
        lostDelivery = store->reserve(1).at(0);
    }
    EXPECT_THAT(restoreStore(options_, copy(), true).damage, IsEmpty());
    const auto store = open();
    EXPECT_FALSE(store->show(lost));
    for (int i = 0; i < 3; ++i) {
        EXPECT_NE(lost, put(*store, "b/1"));
        const std::string id = store->reserve(1).at(0);
        EXPECT_NE(lostDelivery, id);
        EXPECT_GE(20u, id.size());
    }
}

TEST_F(StoreFile, NothingIsPutOverAStoreThatHoldsMessages) {
    std::string kept;
    {
        const auto store = open();
        store->backup(copy());
        kept = put(*store, "a/1");
        EXPECT_THAT(whyNot([&] { restoreStore(options_, copy(), true); }), HasSubstr("in use"));
        EXPECT_THAT(whyNot([&] { checkStoreFile(options_); }), HasSubstr("in use"));
    }
    EXPECT_THAT(whyNot([&] { restoreStore(options_, copy(), false); }), HasSubstr("not empty"));
    EXPECT_TRUE(open()->show(kept));
    const Restored restored = restoreStore(options_, copy(), true);
    EXPECT_FALSE(open()->show(kept));
    SqliteOptions aside = options_;
    aside.path = restored.replaced;
    EXPECT_TRUE(openSqliteStore(aside, nullptr)->show(kept)) << "what was there is still there";
}

TEST_F(StoreFile, ACopyIsLookedAtBeforeItIsPutBack) {
    open()->backup(copy());
    const std::string text = folder_.path + "/text";
    std::ofstream(text) << std::string(5000, 'x');
    EXPECT_THAT(whyNot([&] { restoreStore(options_, text, true); }), HasSubstr("not a database"));
    EXPECT_THAT(whyNot([&] { restoreStore(options_, folder_.path + "/none", true); }),
                HasSubstr("cannot be read"));
    const std::string other = folder_.path + "/other.db";
    run(other, "CREATE TABLE theirs (x)");
    EXPECT_THAT(whyNot([&] { restoreStore(options_, other, true); }), HasSubstr("no store"));
    fs::remove(options_.keys.file);
    EXPECT_THAT(whyNot([&] { restoreStore(options_, copy(), true); }), HasSubstr("missing"));
    writeKeyFile(options_.keys.file, makeStoreKeys());
    EXPECT_THAT(whyNot([&] { restoreStore(options_, copy(), true); }), HasSubstr("another store"));
    EXPECT_FALSE(fs::exists(options_.path + ".restoring"));
}

TEST_F(StoreFile, DamageIsToldByIdRunningOrNot) {
    std::string message, delivery;
    {
        const auto store = open();
        message = put(*store, "a/1");
        translate(*store);
        delivery = store->show(message)->deliveries.at(0).id;
        EXPECT_THAT(store->check(), IsEmpty());
    }
    EXPECT_THAT(checkStoreFile(options_), IsEmpty());
    run(options_.path,
        "UPDATE body SET bytes = CAST(substr(bytes, 1, 40) || x'00' || substr(bytes, 42) AS BLOB)"
        " WHERE id = (SELECT body * 65536 FROM delivery);"
        "UPDATE message SET facts = CAST(substr(facts, 1, 45) AS BLOB)");
    const auto told = [](const Damage& damage) {
        std::set<std::string> ids;
        for (const auto& [id, why] : damage) {
            EXPECT_FALSE(why.fr.empty());
            ids.insert(id);
        }
        return ids;
    };
    EXPECT_EQ((std::set<std::string>{message, delivery}), told(checkStoreFile(options_)));
    EXPECT_EQ((std::set<std::string>{message, delivery}), told(open()->check()));
    backupStoreFile(options_, copy());
    EXPECT_THAT(restoreStore(options_, copy(), true).damage, testing::SizeIs(2)) << "by force";
    run(options_.path, "DELETE FROM body WHERE id = (SELECT body * 65536 FROM message)");
    EXPECT_THAT(checkStoreFile(options_),
                testing::Contains(testing::Pair(
                    message, Reason{"its bytes are missing", "ses octets : absents"})));
}

TEST_F(StoreFile, DamagedCopiesAreRefusedWithoutForce) {
    open()->backup(copy());
    {
        const auto store = open();
        put(*store, "a/1");
    }
    const std::string bad = folder_.path + "/bad.db";
    backupStoreFile(options_, bad);
    run(bad, "DELETE FROM body");
    fs::remove_all(folder_.path + "/var");
    EXPECT_THAT(restoreStore(options_, bad, false).damage, testing::SizeIs(1));
    EXPECT_EQ(0u, fs::file_size(options_.path)) << "nothing was done";
}

TEST_F(StoreFile, RoomComesBackWithoutStopping) {
    options_.checkpointAt = 1u << 20;
    const auto store = open();
    for (int i = 0; i < 400; ++i) {
        std::string noise(60'000, ' ');
        for (char& c : noise) c = static_cast<char>(std::rand());
        put(*store, "a/" + noise);
        const auto claim = store->claimMessages(1, {}).at(0);
        Translation none;
        none.id = claim.id;
        none.epoch = claim.epoch;
        store->translated(std::vector{none});
    }
    const auto size = [&] { return fs::file_size(options_.path); };
    const std::uint64_t full = store->vitals().fileBytes;
    EXPECT_LT(20u << 20, full);
    clock_.pass(Milliseconds(2 * 86'400'000));
    const std::vector<Keep> keep{{"feed", Milliseconds(86'400'000), {}}};
    while (store->purge(clock_.now(), keep, 64) == 64) {
    }
    // A checkpoint brings what the log says into the file.
    for (int i = 0; i < 100 && size() >= 12u << 20; ++i)
        put(*store, "b/" + std::string(60'000, 'y'));
    EXPECT_GT(12u << 20, size());
}

TEST_F(StoreFile, LargeBodiesGoFewAtATimeSoThatNobodyWaitsForAll) {
    const auto store = open();
    for (int i = 0; i < 12; ++i) {
        put(*store, "a/" + std::string(1'000'000, 'x'));
        const auto claim = store->claimMessages(1, {}).at(0);
        Translation none;
        none.id = claim.id;
        none.epoch = claim.epoch;
        store->translated(std::vector{none});
    }
    clock_.pass(Milliseconds(2 * 86'400'000));
    const std::vector<Keep> keep{{"feed", Milliseconds(86'400'000), {}}};
    const std::uint64_t before = store->vitals().commits;
    EXPECT_EQ(12u, store->purge(clock_.now(), keep, 64));
    EXPECT_LE(3u, store->vitals().commits - before);
    EXPECT_EQ(0, rows("body"));
}

TEST_F(StoreFile, NotesOnDeliveriesThatEndedGo) {
    std::string closed, waits;
    {
        const auto store = open();
        put(*store, "a/1");
        translate(*store);
        put(*store, "b/1");
        translate(*store);
        for (const auto& lane : store->claimLanes("there", 9, 9, {}))
            (closed.empty() ? closed : waits) = lane.deliveries.at(0).id;
        auto& notes = dynamic_cast<Notebook&>(*store);
        for (const std::string& id : {closed, waits}) notes.setNote("mllp/taken/" + id, "x-");
        notes.setNote("habit/feed", "x");
        store->close(std::vector{closed}, "no longer wanted", "nurse");
    }
    const auto store = open();
    auto& notes = dynamic_cast<Notebook&>(*store);
    EXPECT_EQ("", notes.note("mllp/taken/" + closed));
    EXPECT_EQ("x-", notes.note("mllp/taken/" + waits));
    EXPECT_EQ("x", notes.note("habit/feed"));
}

TEST_F(StoreFile, ACopyThatHasItsLogIsPutBackWithIt) {
    std::string id;
    {
        const auto store = open();
        id = put(*store, "a/1");
        fs::copy_file(options_.path, copy());
        fs::copy_file(options_.path + "-wal", copy() + "-wal");
    }
    fs::remove_all(folder_.path + "/var");
    EXPECT_THAT(restoreStore(options_, copy(), false).damage, IsEmpty());
    EXPECT_FALSE(fs::exists(options_.path + ".restoring-wal"));
    EXPECT_TRUE(open()->show(id));
}

TEST_F(StoreFile, WhatAKillLeftInTheLogIsKeptBesideWhatTakesItsPlace) {
    std::string id;
    const std::string killed = folder_.path + "/killed.db";
    {
        const auto store = open();
        store->backup(copy());
        id = put(*store, "a/1");
        for (const char* const suffix : {"", "-wal"})
            fs::copy_file(options_.path + suffix, killed + suffix);
    }
    options_.path = killed;
    const std::string replaced = restoreStore(options_, copy(), true).replaced;
    EXPECT_FALSE(open()->show(id));
    EXPECT_FALSE(fs::exists(replaced + "-wal")) << "one file that is whole";
    EXPECT_THAT(restoreStore(options_, replaced, true).damage, IsEmpty());
    EXPECT_TRUE(open()->show(id)) << "and back again";
}

TEST_F(StoreFile, AStoreThatCannotBeReadIsReplacedByWord) {
    open()->backup(copy());
    std::ofstream(options_.path) << std::string(9'000, 'x');
    EXPECT_THAT(whyNot([&] { restoreStore(options_, copy(), false); }), HasSubstr("--force"));
    EXPECT_THAT(restoreStore(options_, copy(), true).damage, IsEmpty());
    EXPECT_EQ(0u, open()->counts().messages.size());
}

TEST_F(StoreFile, ALargeBodyComesBackAsItWasAndNothingIsLeftOfOneThatNobodyNeeds) {
    std::string text(3'500'000, 'x');
    for (std::size_t i = 0; i < text.size(); i += 7) text[i] = static_cast<char>(i % 251);
    const auto large = [&](const std::string& key) {
        Incoming in = incoming(key);
        in.body = Bytes::copy(text);
        in.repeatKey = in.content = key;
        return in;
    };
    {
        const auto store = open();
        EXPECT_EQ(Stored::Kind::fresh, store->put(std::vector{large("a/1")}).at(0).kind);
        EXPECT_EQ(Stored::Kind::repeat, store->put(std::vector{large("a/1")}).at(0).kind);
        const auto claims = store->claimMessages(1, {});
        ASSERT_EQ(1u, claims.size());
        EXPECT_TRUE(text == claims[0].body.view());
        Translation late;
        late.id = claims[0].id;
        late.epoch = claims[0].epoch + 1;
        late.deliveries.emplace_back();
        late.deliveries[0].id = store->reserve(1).at(0);
        late.deliveries[0].body = Bytes::copy(text);
        EXPECT_EQ(Settled::lost, store->translated(std::vector{late}).at(0));
    }
    EXPECT_EQ(4, rows("body")) << "chunks of one body of 3.5 MB";
    EXPECT_EQ(0, rows("meta WHERE key GLOB 'staged-body-*'"));
    run(options_.path,
        "INSERT INTO meta VALUES ('staged-body-77', 1);"
        "INSERT INTO body VALUES (77 * 65536, 0, 0, x'00'), (77 * 65536 + 1, 0, 0, x'00')");
    open();
    EXPECT_EQ(4, rows("body")) << "a crash left two chunks of another";
}

TEST_F(StoreFile, WhatGoesOnUnchangedIsStoredOnce) {
    const auto store = open();
    put(*store, "a/1");
    const auto claim = store->claimMessages(1, {}).at(0);
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.deliveries = {newDelivery(*store, "a", "other"), newDelivery(*store, "b", "")};
    translation.deliveries[1].body = claim.body;
    store->translated(std::vector{translation});
    EXPECT_EQ(2, rows("body"));
    EXPECT_EQ(claim.body.view(), store->body(translation.deliveries[1].id)->view());
    EXPECT_EQ("other", store->body(translation.deliveries[0].id)->view());
    EXPECT_EQ(1, rows("message m JOIN delivery d ON d.body = m.body"));
}

TEST_F(StoreFile, OfAPersonNothingIsLeftInTheProofLine) {
    {
        const auto store = open();
        Incoming in = incoming("a/1");
        in.received = clock_.now();
        in.subjects = {"somebody"};
        store->put(std::vector{in});
        translate(*store);
        const auto lanes = store->claimLanes("there", 1, 1, {});
        store->close(std::vector{lanes.at(0).deliveries.at(0).id}, "no longer wanted", "nurse");
        clock_.pass(Milliseconds(86'400'000));
        const std::vector<Keep> keep{{"feed", Milliseconds(1000), Milliseconds(1000)}};
        while (store->purge(clock_.now(), keep, 64) == 64) {
        }
    }
    for (const char* left : {"event", "body",
                             "message WHERE coalesce(facts, words, order_keys, subjects,"
                             " type, body) IS NOT NULL",
                             "delivery WHERE coalesce(words, answer_summary, plan, edition,"
                             " body, answer_body) IS NOT NULL OR lane <> 0"})
        EXPECT_EQ(0, rows(left)) << left;
    EXPECT_EQ(1, rows("message WHERE received_at > 0"));
    EXPECT_EQ(1, rows("delivery WHERE control_id IS NOT NULL"));
}

/// A store of each earlier schema, made by its own schema files, with one message in each state.
class Upgrade : public StoreFile, public testing::WithParamInterface<int> {};

TEST_P(Upgrade, GoesOnWithTheQueueAndTheFileFromBeforeStays) {
    const int version = GetParam();
    fs::create_directories(folder_.path + "/var");
    for (int i = 0; i < version; ++i) run(options_.path, kSchemaFiles[i]);
    run(options_.path, R"sql(
        INSERT INTO meta VALUES ('store-id', '7K2QF'),
            ('hash-key', CAST('0123456789abcdef0123456789abcdef' AS BLOB)),
            ('next-seq', 65537), ('next-delivery', 65537), ('next-tick', 65537);
        INSERT INTO name VALUES (1, 'feed'), (2, 'lines'), (3, 'there'), (4, 'partner');
        INSERT INTO body VALUES (65536, 0, 0, CAST('d/to translate' AS BLOB)),
            (131072, 0, 0, CAST('to b/in flight' AS BLOB)), (196608, 0, 0, CAST('to c/queued' AS BLOB));
        INSERT INTO message (seq, state, open, source, codec, received_at, changed_at, size, body) VALUES
            (1, 1, NULL, 1, 2, 1000, 1000, 14, 1), (2, 1, NULL, 1, 2, 1001, 1001, 14, 1),
            (3, 1, NULL, 1, 2, 1002, 1002, 14, 1), (4, 0, 1, 1, 2, 1003, 1003, 14, 1),
            (5, 3, 1, 1, 2, 1004, 1004, 14, 1);
        INSERT INTO delivery (id, message, state, open, flags, ord, lane, partner, destination, queued_at,
            changed_at, size, body, control_id, attempts) VALUES
            (1, 1, 2, NULL, 8, 1, 7, 4, 3, 1000, 1000, 14, 2, '7K2QF1', 1),
            (2, 2, 1, 1, 8, 2, 8, 4, 3, 1001, 1001, 14, 2, '7K2QF2', 1),
            (3, 3, 0, 1, 8, 3, 9, 4, 3, 1002, 1002, 11, 3, '7K2QF3', 0);
        INSERT INTO tally VALUES (0, 1, 1, 3), (0, 1, 0, 1), (0, 1, 3, 1), (1, 3, 2, 1), (1, 3, 1, 1), (1, 3, 0, 1);
        PRAGMA application_id = 1346458451;)sql");
    run(options_.path, ("PRAGMA user_version = " + std::to_string(version)).c_str());
    const std::uint64_t size = fs::file_size(options_.path);
    expectTheQueue(*open());
    const std::string before = options_.path + ".before-" + std::to_string(version);
    ASSERT_TRUE(fs::exists(before));
    EXPECT_EQ(size, fs::file_size(before)) << "not touched";
    EXPECT_THAT(checkStoreFile(options_), IsEmpty());
    // The way back: the file from before, in its place, is what it was.
    fs::remove(options_.path);
    fs::rename(before, options_.path);
    expectTheQueue(*open());
}

INSTANTIATE_TEST_SUITE_P(Schemas, Upgrade, testing::Range(1, kSchemaVersion));

/// Its log would stay beside the new file and be taken for that file's own.
TEST_F(StoreFile, AFileThatAnotherProgramReadsIsNotUpgraded) {
    fs::create_directories(folder_.path + "/var");
    run(options_.path, kSchemaFiles[0]);
    run(options_.path,
        "INSERT INTO meta VALUES ('store-id', '7K2QF'),"
        " ('hash-key', CAST('0123456789abcdef0123456789abcdef' AS BLOB));"
        "PRAGMA application_id = 1346458451; PRAGMA user_version = 1; PRAGMA journal_mode = WAL");
    {
        sqlite::Connection theirs(options_.path, sqlite::Connection::Use::write, "");
        theirs.run("INSERT INTO meta VALUES ('theirs', 1)");
        theirs.run("BEGIN");
        EXPECT_EQ(3, theirs.integer("SELECT count(*) FROM meta"));
        EXPECT_THAT(whyNot([&] { open(); }), HasSubstr("in use by another program"));
        EXPECT_FALSE(fs::exists(options_.path + ".before-1"));
        theirs.run("COMMIT");
    }
    open();
    EXPECT_TRUE(fs::exists(options_.path + ".before-1"));
}

TEST_F(StoreFile, AnUpgradeThatWasInterruptedBeginsAgain) {
    fs::create_directories(folder_.path + "/var");
    run(options_.path, kSchemaFiles[0]);
    run(options_.path,
        "INSERT INTO meta VALUES ('store-id', '7K2QF'),"
        " ('hash-key', CAST('0123456789abcdef0123456789abcdef' AS BLOB));"
        "PRAGMA application_id = 1346458451; PRAGMA user_version = 1");
    std::ofstream(options_.path + ".upgrading") << "half a copy";
    std::ofstream(options_.path + ".before-1") << "of an attempt before";
    EXPECT_EQ(0u, open()->counts().messages.size());
    EXPECT_FALSE(fs::exists(options_.path + ".upgrading"));
    EXPECT_TRUE(fs::exists(options_.path + ".before-1-2")) << "nothing is overwritten";
}

}  // namespace store_suite
