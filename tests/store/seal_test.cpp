/// What lies in the file: sealed, bound to its row, under keys that the store can tell from others.
#include "store/seal.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <latch>

#include "gateway/notebook.h"
#include "store/keyed_hash.h"
#include "store/sqlite_place.h"
#include "store/sqlite_store.h"
#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

std::string what(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

/// RFC 4231, test cases 1 and 2.
TEST(KeyedHashTest, IsHmacSha256) {
    const auto hex = [](const auto& bytes) {
        std::string text;
        for (const unsigned char byte : bytes) {
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 15];
        }
        return text;
    };
    EXPECT_EQ("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
              hex(KeyMaker(std::string(20, '\x0b')).make("Hi There")));
    EXPECT_EQ("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
              hex(KeyMaker("Jefe").make("what do ya want for nothing?")));
}

TEST(Seal, OpensWhatItSealedAndNothingElse) {
    const Seal seal(makeStoreKeys(), true);
    for (const std::string& plain : {std::string(), std::string("x"), std::string(100'000, 'y')}) {
        const std::string sealed = seal.seal(Seal::Purpose::body, 7, plain);
        EXPECT_EQ(plain.size() + Seal::kOverhead, sealed.size());
        EXPECT_EQ(plain, seal.open(Seal::Purpose::body, 7, sealed));
        EXPECT_THROW(seal.open(Seal::Purpose::body, 8, sealed), Error) << "another row";
        EXPECT_THROW(seal.open(Seal::Purpose::event, 7, sealed), Error) << "another column";
        EXPECT_THROW(Seal(makeStoreKeys(), true).open(Seal::Purpose::body, 7, sealed), Error);
    }
}

TEST(Seal, EveryFlippedBitIsFound) {
    const Seal seal(makeStoreKeys(), true);
    const std::string sealed = seal.seal(Seal::Purpose::body, 1, "plan");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string other = sealed;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
        EXPECT_THROW(seal.open(Seal::Purpose::body, 1, other), Error) << "bit " << bit;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_THROW(seal.open(Seal::Purpose::body, 1, sealed.substr(0, size)), Error);
}

TEST(Seal, TheSameTextIsNeverSealedTheSame) {
    const Seal seal(makeStoreKeys(), true);
    EXPECT_NE(seal.seal(Seal::Purpose::body, 1, "plan"), seal.seal(Seal::Purpose::body, 1, "plan"));
}

TEST(StoreKeysText, ComesBackAndSaysWhereItIsWrong) {
    StoreKeys keys = makeStoreKeys();
    addSealKey(keys);
    const StoreKeys back = parseStoreKeys(toText(keys), "keys");
    EXPECT_EQ(keys.seal, back.seal);
    EXPECT_EQ(keys.hash, back.hash);
    EXPECT_EQ(2, back.newest());
    std::string oneLine = toText(keys).substr(toText(keys).find("hash"));
    std::replace(oneLine.begin(), oneLine.end(), '\n', ',');
    EXPECT_EQ(keys.seal, parseStoreKeys(oneLine, "$KEYS").seal) << "as a variable has it";
    const auto whereOf = [](const std::string& text) -> std::string {
        try {
            parseStoreKeys(text, "keys");
        } catch (const Error& error) {
            EXPECT_EQ(std::string::npos, std::string(error.what()).find("hunter2"));
            EXPECT_FALSE(error.fr.empty());
            return error.where;
        }
        return "good";
    };
    EXPECT_EQ("keys:2", whereOf("# keys\nseal 1 hunter2\n"));
    EXPECT_EQ("keys:1", whereOf("hunter2"));
    EXPECT_EQ("keys", whereOf(""));
    EXPECT_EQ("keys:4", whereOf(toText(makeStoreKeys()).substr(0, 0) + "#\n#\n#\nseal 0 x"));
}

class KeysOfAStore : public testing::Test {
protected:
    KeysOfAStore() {
        options_.path = folder_.path + "/var/store.db";
        options_.keys.file = folder_.path + "/certs/store.key";
    }
    std::unique_ptr<Store> open() { return openSqliteStore(options_, nullptr); }
    std::string put(Store& store, const std::string& text) {
        return store.put(std::vector{incoming(text)}).at(0).id;
    }
    void run(const char* sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(SQLITE_OK, sqlite3_open(options_.path.c_str(), &handle));
        EXPECT_EQ(SQLITE_OK, sqlite3_exec(handle, sql, nullptr, nullptr, nullptr)) << sql;
        sqlite3_close(handle);
    }
    StoreKeys keys() { return parseStoreKeys(readKeyText(options_.keys), "keys"); }

    TemporaryFolder folder_;
    SqliteOptions options_;
};

TEST_F(KeysOfAStore, AreMadeOnceForTheirOwnerAlone) {
    open();
    struct stat status {};
    ASSERT_EQ(0, ::stat(options_.keys.file.c_str(), &status));
    EXPECT_EQ(0600u, status.st_mode & 0777u);
    const std::string first = readKeyText(options_.keys);
    open();
    EXPECT_EQ(first, readKeyText(options_.keys));
}

TEST_F(KeysOfAStore, WithoutThemItNeverStarts) {
    open();
    fs::remove(options_.keys.file);
    EXPECT_THAT(what([&] { open(); }), HasSubstr("keys are missing"));
    EXPECT_FALSE(fs::exists(options_.keys.file)) << "no others are made";
    writeKeyFile(options_.keys.file, makeStoreKeys());
    EXPECT_THAT(what([&] { open(); }), HasSubstr("another store"));
}

TEST_F(KeysOfAStore, ComeFromTheEnvironmentToo) {
    options_.keys = {"", "PASSERELLE_TEST_KEYS"};
    ::unsetenv("PASSERELLE_TEST_KEYS");
    EXPECT_THAT(what([&] { open(); }), HasSubstr("not set"));
    ::setenv("PASSERELLE_TEST_KEYS", toText(makeStoreKeys()).c_str(), 1);
    std::string id;
    id = put(*open(), "sealed");
    EXPECT_EQ("sealed", open()->body(id)->view());
    ::unsetenv("PASSERELLE_TEST_KEYS");
    EXPECT_THAT(what([&] { open(); }), HasSubstr("missing"));
}

TEST_F(KeysOfAStore, ADamagedBodyIsSetAsideAndItsLaneGoesOn) {
    std::string bad, good;
    {
        const auto store = open();
        put(*store, "a/1");
        const auto message = store->claimMessages(1, {}).at(0);
        Translation translation;
        translation.id = message.id;
        translation.epoch = message.epoch;
        translation.deliveries = {newDelivery(*store, "lane", "first"),
                                  newDelivery(*store, "lane", "second")};
        bad = translation.deliveries[0].id;
        good = translation.deliveries[1].id;
        store->translated(std::vector{translation});
    }
    run("UPDATE body SET bytes = CAST(substr(bytes, 1, 40) || x'00' || substr(bytes, 42) AS BLOB)"
        " WHERE id = (SELECT min(body) * 65536 FROM delivery)");
    const auto store = open();
    auto lanes = store->claimLanes("there", 4, 4, {});
    if (lanes.empty())  // it is being set aside
        lanes = store->claimLanes("there", 4, 4, Lease{Milliseconds(60'000), Milliseconds(10'000)});
    ASSERT_EQ(1u, lanes.size());
    EXPECT_EQ(good, lanes[0].deliveries.at(0).id);
    EXPECT_EQ(1u, store->counts().deliveries["there"]["set-aside"]);
}

/// A plan whose facts and labels are marked, made by a message. @return the message
std::string putPlan(Store& store, const std::string& key) {
    Incoming in = incoming("x");
    RegisterChange change;
    change.entry.key = key;
    change.entry.network = "net";
    change.entry.facts = {{"gp", "MARKED fact of " + key}};
    change.entry.subjects = {"MARKED subject"};
    change.entry.labels = {"MARKED label"};
    change.entry.due = Time(Milliseconds(1'000));
    in.changes = {change};
    return store.put(std::vector{in}).at(0).id;
}

TEST_F(KeysOfAStore, OfAPlanOnlyWhatNamesNobodyCanBeRead) {
    {
        const auto store = open();
        putPlan(*store, "net/1");
        EXPECT_EQ("MARKED fact of net/1", store->plans().find("net/1")->fact("gp"));
        EXPECT_EQ(1u, store->plans().known("MARKED label", 9).size());
    }
    for (const auto& file : fs::directory_iterator(fs::path(options_.path).parent_path())) {
        std::ifstream in(file.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        EXPECT_THAT(bytes, testing::Not(HasSubstr("MARKED"))) << file.path();
    }
}

TEST_F(KeysOfAStore, ADamagedPlanIsTrustedByNobodyAndTheOthersGoOn) {
    std::string maker;
    {
        const auto store = open();
        putPlan(*store, "net/0");
        maker = putPlan(*store, "net/1");
        putPlan(*store, "net/2");
    }
    // Of another plan: good in itself, in the wrong place.
    run("UPDATE plan SET facts = (SELECT facts FROM plan WHERE key = 'net/2') WHERE key = 'net/1'");
    const auto store = open();
    const Register& plans = store->plans();
    for (int twice = 0; twice < 2; ++twice) try {
            plans.find("net/1");
            ADD_FAILURE() << "it was given";
        } catch (const Error& error) {
            EXPECT_EQ(Fault::internal, error.fault) << "what needs it is held, not tried for ever";
            EXPECT_THAT(error.reason().fr, HasSubstr("restaurer une sauvegarde"));
        }
    EXPECT_THROW(plans.known("MARKED subject", 9), Error) << "whose plan it is is not known";
    EXPECT_EQ("MARKED fact of net/2", plans.find("net/2")->fact("gp"));
    EXPECT_EQ(2u, plans.ofNetwork("net", 9).size());
    EXPECT_EQ(2u, plans.dueBefore(Time(Milliseconds(1'001)), 2).size());
    EXPECT_EQ(1u, store->vitals().damaged) << "told of once";
    const auto damage = store->check();
    ASSERT_EQ(1u, damage.size());
    EXPECT_EQ(maker, damage[0].first);
    EXPECT_THAT(damage[0].second.en, HasSubstr("register"));
}

TEST_F(KeysOfAStore, WithoutEncryptionAPlanIsKeptAsItIs) {
    options_.encrypt = false;
    const auto store = open();
    putPlan(*store, "net/1");
    EXPECT_EQ("MARKED fact of net/1", store->plans().find("net/1")->fact("gp"));
}

/// Resealing is done when nothing is left under another key.
void awaitSealedWith(const std::string& path, int key) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &handle));
    sqlite3_busy_timeout(handle, 10'000);
    const std::string sql =
        "SELECT 1 FROM meta WHERE key = 'sealed-with' AND value = '" + std::to_string(key) + "'";
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (bool done = false; !done;) {
        ASSERT_LT(std::chrono::steady_clock::now(), end);
        sqlite3_exec(
            handle, sql.c_str(),
            [](void* found, int, char**, char**) { return *static_cast<bool*>(found) = true, 0; },
            &done, nullptr);
        std::this_thread::yield();
    }
    sqlite3_close(handle);
}

TEST_F(KeysOfAStore, ANewKeySealsAllThatLiesThere) {
    std::vector<std::string> ids;
    {
        const auto store = open();
        for (int i = 0; i < 300; ++i) ids.push_back(put(*store, "k/" + std::to_string(i)));
        for (int i = 0; i < 100; ++i) putPlan(*store, "net/" + std::to_string(i));
    }
    StoreKeys changed = keys();
    addSealKey(changed);
    writeKeyFile(options_.keys.file, changed);
    {
        const auto store = open();
        awaitSealedWith(options_.path, 2);
        EXPECT_EQ("k/0", store->body(ids[0])->view());
    }
    changed.seal.erase(1);
    writeKeyFile(options_.keys.file, changed);
    const auto store = open();
    for (int i = 0; i < 300; ++i)
        EXPECT_EQ("k/" + std::to_string(i), store->body(ids[static_cast<std::size_t>(i)])->view());
    for (const RegisterEntry& plan : store->plans().ofNetwork("net", 100))
        EXPECT_EQ("MARKED fact of " + plan.key, plan.fact("gp"));
    EXPECT_EQ(100u, store->plans().ofNetwork("net", 1'000).size());
}

constexpr const char* kSecretNote = "secret of a hook";

Notebook& notesOf(Store& store) { return dynamic_cast<Notebook&>(store); }

/// What stands in the file.
std::string noteIn(const std::string& path, const std::string& key) {
    sqlite3* handle = nullptr;
    std::string found;
    EXPECT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &handle));
    const std::string sql = "SELECT text FROM note WHERE key = '" + key + "'";
    sqlite3_exec(
        handle, sql.c_str(),
        [](void* to, int, char** texts, char**) {
            return *static_cast<std::string*>(to) = texts[0], 0;
        },
        &found, nullptr);
    sqlite3_close(handle);
    return found;
}

TEST_F(KeysOfAStore, ANoteThatHoldsASecretIsSealedAndItsKeyIsChangedWithTheOthers) {
    {
        const auto store = open();
        notesOf(*store).setNote(kSecretNote, "MARKED secret");
        notesOf(*store).setNote("plain", "a habit");
        for (int i = 0; i < 200; ++i)
            notesOf(*store).setNote("secret " + std::to_string(i), "MARKED " + std::to_string(i));
        EXPECT_EQ("MARKED secret", notesOf(*store).note(kSecretNote));
        notesOf(*store).setNote("secret empty", {});
        EXPECT_EQ("", notesOf(*store).note("secret empty"));
    }
    const std::string sealed = noteIn(options_.path, kSecretNote);
    EXPECT_THAT(sealed, AllOf(StartsWith("sealed:"), Not(HasSubstr("MARKED"))));
    EXPECT_EQ("a habit", noteIn(options_.path, "plain"));
    StoreKeys changed = keys();
    addSealKey(changed);
    writeKeyFile(options_.keys.file, changed);
    {
        const auto store = open();
        awaitSealedWith(options_.path, 2);
    }
    changed.seal.erase(1);
    writeKeyFile(options_.keys.file, changed);
    {
        const auto store = open();
        EXPECT_NE(sealed, noteIn(options_.path, kSecretNote));
        EXPECT_EQ("MARKED secret", notesOf(*store).note(kSecretNote));
        for (int i = 0; i < 200; ++i)
            EXPECT_EQ("MARKED " + std::to_string(i),
                      notesOf(*store).note("secret " + std::to_string(i)));
        EXPECT_TRUE(store->check().empty());
    }
    run("UPDATE note SET text = (SELECT text FROM note WHERE key = 'secret 7') WHERE key ="
        " 'secret of a hook'");
    const auto store = open();
    EXPECT_THAT(what([&] { notesOf(*store).note(kSecretNote); }), HasSubstr("damaged"))
        << "another's was put in its place";
    EXPECT_EQ(1u, store->check().size());
}

TEST_F(KeysOfAStore, WithoutEncryptionASecretNoteIsAsItIsUntilItIsSwitchedOn) {
    options_.encrypt = false;
    notesOf(*open()).setNote(kSecretNote, "MARKED secret");
    EXPECT_EQ("MARKED secret", noteIn(options_.path, kSecretNote));
    options_.encrypt = true;
    const auto store = open();
    awaitSealedWith(options_.path, 1);
    EXPECT_THAT(noteIn(options_.path, kSecretNote), StartsWith("sealed:"));
    EXPECT_EQ("MARKED secret", notesOf(*store).note(kSecretNote));
}

TEST_F(KeysOfAStore, ANewKeyIsTakenWhileItRuns) {
    const auto store = open();
    const std::string id = put(*store, "k/1");
    StoreKeys changed = keys();
    addSealKey(changed);
    writeKeyFile(options_.keys.file, changed);
    store->refresh();
    awaitSealedWith(options_.path, 2);
    EXPECT_EQ("k/1", store->body(id)->view());
    writeKeyFile(options_.keys.file, makeStoreKeys());
    EXPECT_THAT(what([&] { store->refresh(); }), HasSubstr("another store"));
    EXPECT_EQ("k/1", store->body(id)->view());
}

TEST_F(KeysOfAStore, SwitchedOffForAWhileAllIsSealedAfterwards) {
    {
        const auto sealed = open();
        awaitSealedWith(options_.path, 1);
    }
    options_.encrypt = false;
    const std::string id = put(*open(), "MARKED plain");
    options_.encrypt = true;
    const auto store = open();
    awaitSealedWith(options_.path, 1);
    sqlite::Connection connection(options_.path, sqlite::Connection::Use::read, "");
    EXPECT_EQ(0, connection.integer("SELECT count(*) FROM body WHERE key_id = 0"));
    EXPECT_EQ("MARKED plain", store->body(id)->view());
}

TEST_F(KeysOfAStore, WhatLayThereUnsealedIsSealedOnceItIsSwitchedOn) {
    options_.encrypt = false;
    const std::string id = put(*open(), "MARKED plain");
    options_.encrypt = true;
    const auto store = open();
    awaitSealedWith(options_.path, 1);
    EXPECT_EQ("MARKED plain", store->body(id)->view());
}

}  // namespace store_suite
