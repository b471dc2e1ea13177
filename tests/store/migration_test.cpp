/// A store of schema 1, with work in it, opened by this program.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <filesystem>

#include "store/keyed_hash.h"
#include "store/schema.h"
#include "store/sqlite_place.h"
#include "store/sqlite_store.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
namespace fs = std::filesystem;

/// What schema 1 had: two messages to translate, one held with a reason, one delivery set aside
/// with an answer, one queued, and their timeline.
constexpr const char* kRows = R"sql(
INSERT INTO meta VALUES ('store-id', '7K2QF'), ('hash-key', CAST('0123456789abcdef0123456789abcdef' AS BLOB)),
    ('next-seq', 65537), ('next-delivery', 65537), ('next-tick', 65537);
INSERT INTO name VALUES (1, 'chu-adt'), (2, 'lines'), (3, 'there'), (4, 'partner');
INSERT INTO body VALUES (65536, 0, 0, CAST('first' AS BLOB)), (131072, 0, 0, CAST('second' AS BLOB)),
    (196608, 0, 0, CAST('to be sent' AS BLOB)), (262144, 0, 0, CAST('what they said' AS BLOB));
INSERT INTO message (seq, state, open, source, codec, received_at, changed_at, size, body, order_keys, facts) VALUES
    (1, 0, 1, 1, 2, 1000, 1000, 5, 1, randomblob(16), x'0470656572046c696e65'),
    (2, 0, 1, 1, 2, 1001, 1001, 6, 2, randomblob(16), NULL),
    (4, 1, NULL, 1, 2, 1003, 1003, 5, 1, NULL, NULL);
INSERT INTO message (seq, state, open, source, codec, received_at, changed_at, size, body, reason_en, reason_fr) VALUES
    (3, 3, 1, 1, 2, 1002, 1002, 5, 1, 'no map', 'pas de transformation');
INSERT INTO delivery (id, message, state, open, flags, ord, lane, partner, destination, queued_at, changed_at, size, body,
    answer_body, answer_summary, control_id, reason_en, reason_fr, attempts) VALUES
    (1, 4, 5, 1, 8, 1, 7, 4, 3, 1003, 1004, 10, 3, 4, 'AE', '7K2QF1', 'refused', 'refus', 1);
INSERT INTO delivery (id, message, state, open, flags, ord, lane, partner, destination, queued_at, changed_at, size, body,
    control_id) VALUES (2, 4, 0, 1, 8, 2, 8, 4, 3, 1003, 1003, 10, 3, '7K2QF2');
INSERT INTO event VALUES (3, 1, NULL, 1002, 3, NULL, 'no map', 'pas de transformation'),
    (4, 2, NULL, 1003, 1, NULL, NULL, NULL), (4, 3, NULL, 1003, 32, 'pharmacy', 'left out', 'écarté'),
    (4, 4, 1, 1004, 21, NULL, 'refused', 'refus');
INSERT INTO tally VALUES (0, 1, 0, 2), (0, 1, 3, 1), (0, 1, 1, 1), (1, 3, 5, 1), (1, 3, 0, 1);
INSERT INTO plan VALUES ('net/1', 4, 'net', '2', 'open', 5000, 'review', x'056e75727365', randomblob(16)),
    ('net/2', 1, 'net', '1', 'open', NULL, NULL, NULL, NULL);
INSERT INTO plan_receipt VALUES ('net/1', 1, 'partner', '1', 900);
UPDATE delivery SET plan = 'net/1', edition = '2' WHERE id = 2;
PRAGMA application_id = 1346458451;
PRAGMA user_version = 1;
)sql";

class Migration : public testing::Test {
protected:
    Migration() {
        options_.path = folder_.path + "/store.db";
        options_.keys.file = folder_.path + "/certs/store.key";
        sqlite3* handle = nullptr;
        sqlite3_open(options_.path.c_str(), &handle);
        for (const char* const sql : {kSchemaFiles[0], kRows}) {
            char* why = nullptr;
            EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle, sql, nullptr, nullptr, &why)) << why;
        }
        sqlite3_close(handle);
    }

    TemporaryFolder folder_;
    SqliteOptions options_;
};

TEST_F(Migration, NothingIsLostAndWorkGoesOn) {
    for (int times = 0; times < 2; ++times) {
        const auto store = openSqliteStore(options_, nullptr);
        const auto claims = store->claimMessages(10, {});
        ASSERT_EQ(2u, claims.size());
        EXPECT_EQ("first", claims[0].body.view());
        EXPECT_EQ("line", claims[0].facts.get("peer"));
        EXPECT_EQ("second", claims[1].body.view());
        const auto lanes = store->claimLanes("there", 10, 10, {});
        ASSERT_EQ(1u, lanes.size());
        EXPECT_EQ("to be sent", lanes[0].deliveries.at(0).body.view());
        EXPECT_EQ((Reason{"no map", "pas de transformation"}), store->show("7K2QF-3")->reason);
        const auto message = store->show("7K2QF-4");
        ASSERT_TRUE(message);
        ASSERT_EQ(2u, message->deliveries.size());
        EXPECT_EQ((Reason{"refused", "refus"}), message->deliveries[0].reason);
        EXPECT_EQ("AE", message->deliveries[0].answer->summary);
        EXPECT_EQ("what they said", message->deliveries[0].answer->body.view());
        std::vector<std::string> notes;
        for (const EventView& event : message->timeline)
            if (event.what == "left-out") notes.push_back(event.partner + " " + event.text.fr);
        EXPECT_THAT(notes, testing::ElementsAre("pharmacy écarté"));
        EXPECT_EQ(2u, store->counts().messages["chu-adt"]["received"]);
    }
}

TEST_F(Migration, TheRegisterIsTakenOver) {
    const KeyedHash hash("0123456789abcdef0123456789abcdef");
    std::string hex;
    for (const char c : hash(KeyedHash::Purpose::subject, "somebody"))
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4],
            hex += "0123456789abcdef"[c & 15];
    const std::string named = "UPDATE plan SET subjects = x'" + hex +
                              "' WHERE key = 'net/1';"
                              "INSERT INTO plan_subject VALUES (x'" +
                              hex + "', 'net/1')";
    sqlite3* handle = nullptr;
    ASSERT_EQ(SQLITE_OK, sqlite3_open(options_.path.c_str(), &handle));
    ASSERT_EQ(SQLITE_OK, sqlite3_exec(handle, named.c_str(), nullptr, nullptr, nullptr));
    sqlite3_close(handle);
    for (std::uint64_t revision = 1; revision < 3; ++revision) {
        const auto store = openSqliteStore(options_, nullptr);
        const Register& plans = store->plans();
        const auto found = plans.known("somebody", 9);
        ASSERT_EQ(1u, found.size());
        EXPECT_EQ("net/1", found[0].key);
        EXPECT_EQ("2", found[0].edition);
        EXPECT_EQ("review", found[0].dueReason);
        EXPECT_THAT(found[0].barred, testing::ElementsAre("nurse"));
        EXPECT_EQ(revision, found[0].revision);
        EXPECT_EQ(revision == 1 ? "" : "7K2QF-2001", found[0].message);
        EXPECT_EQ(2u, plans.ofNetwork("net", 9).size());
        EXPECT_EQ(1u, plans.dueBefore(Time(Milliseconds(5'001)), 9).size());
        EXPECT_EQ(1u, plans.receipts("net/1").size());
        EXPECT_EQ(1u, plans.waiting("net/1").size());
        Incoming in = incoming("x");
        in.changes = {{found[0], 4, 1}};
        in.changes[0].entry.facts = {{"gp", "dr-rosiers"}};
        EXPECT_EQ(revision == 1 ? Stored::Kind::fresh : Stored::Kind::overtaken,
                  store->put(std::vector{in}).at(0).kind);
    }
}

TEST_F(Migration, TheHashKeyMovesOutOfTheFileAndStaysTheSame) {
    openSqliteStore(options_, nullptr);
    EXPECT_EQ("0123456789abcdef0123456789abcdef",
              parseStoreKeys(readKeyText(options_.keys), "keys").hash);
    sqlite3* handle = nullptr;
    ASSERT_EQ(SQLITE_OK, sqlite3_open(options_.path.c_str(), &handle));
    bool found = false;
    sqlite3_exec(
        handle, "SELECT 1 FROM meta WHERE key = 'hash-key'",
        [](void* there, int, char**, char**) { return *static_cast<bool*>(there) = true, 0; },
        &found, nullptr);
    sqlite3_close(handle);
    EXPECT_FALSE(found);
}

TEST_F(Migration, ACopyFromBeforeStillOpens) {
    const std::string copy = options_.path + ".before";
    fs::copy_file(options_.path, copy);
    openSqliteStore(options_, nullptr);
    fs::remove(options_.path + "-wal");
    fs::copy_file(copy, options_.path, fs::copy_options::overwrite_existing);
    EXPECT_EQ(2u, openSqliteStore(options_, nullptr)->counts().messages["chu-adt"]["received"]);
}

}  // namespace store_suite
