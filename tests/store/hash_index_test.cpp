/// Runs of hashes: what is found, by whom, and what is left of what was erased.
#include "store/hash_index.h"

#include <gmock/gmock.h>

#include <random>

#include "store/schema.h"
#include "store/sqlite_place.h"

namespace store_suite {

using namespace gateway;
using Sought = HashIndex::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

class HashIndexTest : public testing::Test {
protected:
    HashIndexTest() : connection_(folder_.path + "/store.db", sqlite::Connection::Use::write, "") {
        prepareSchema(connection_, "store.db");
        index_.load(connection_);
    }

    /// A hash of which the number is all.
    static std::string hashOf(std::uint64_t number) {
        std::string hash(16, '\0');
        for (std::size_t i = 0; i < 8; ++i) hash[i] = static_cast<char>(number >> 8 * i);
        return hash;
    }
    static std::uint64_t random() {
        static std::mt19937_64 source(4711);
        return source();
    }
    void put(std::uint64_t seq, std::uint64_t repeat, std::uint64_t subject) {
        sqlite::Statement insert(connection_,
                                 "INSERT INTO message (seq, state, source, codec, received_at,"
                                 " changed_at, size, repeat_hash, subjects)"
                                 " VALUES (?, 1, 1, 1, ?, 1, 1, ?, ?)");
        insert(seq, 1000 + seq, sqlite::Blob{hashOf(repeat)}, sqlite::Blob{hashOf(subject)}).run();
    }
    void build() {
        HashIndex::build(connection_);
        index_.load(connection_);
    }
    std::vector<std::uint64_t> find(Sought kind, std::uint64_t hash, Time since = {}) {
        std::vector<std::uint64_t> found;
        HashIndex::Statements sql(connection_);
        HashIndex::search(sql, index_.places(kind, hashOf(hash), since), [&](std::uint64_t row) {
            found.push_back(row);
            return false;
        });
        return found;
    }

    TemporaryFolder folder_;
    sqlite::Connection connection_;
    HashIndex index_{1'000'000, nullptr};
};

TEST_F(HashIndexTest, EachIsFoundByItsHashAndNoOther) {
    constexpr std::uint64_t kSubject = 77, kMany = 2000;
    std::vector<std::uint64_t> repeats, all;
    for (std::uint64_t seq = 1; seq <= kMany; ++seq) {
        repeats.push_back(random());
        put(seq, repeats.back(), seq % 3 == 0 ? kSubject : random());
        if (seq % 3 == 0) all.insert(all.begin(), seq);
        if (seq == kMany / 4 || seq == kMany / 2) build();
    }
    index_.load(connection_);  // the second half is in no run
    for (std::uint64_t seq = 1; seq <= kMany; ++seq)
        ASSERT_THAT(find(Sought::repeat, repeats[seq - 1]), ElementsAre(seq));
    EXPECT_EQ(all, find(Sought::subject, kSubject)) << "the newest first, over blocks and runs";
    EXPECT_THAT(find(Sought::repeat, kSubject), IsEmpty()) << "of another kind";
    EXPECT_THAT(find(Sought::control, repeats[0]), IsEmpty());
    for (int i = 0; i < 1000; ++i) ASSERT_THAT(find(Sought::subject, random()), IsEmpty());
}

TEST_F(HashIndexTest, WhatCameTooLongAgoIsNotLookedFor) {
    put(1, 5, 6);
    build();
    EXPECT_THAT(find(Sought::repeat, 5, Time(Milliseconds(1001))), ElementsAre(1));
    EXPECT_THAT(find(Sought::repeat, 5, Time(Milliseconds(1002))), IsEmpty());
}

TEST_F(HashIndexTest, WhatIsErasedIsInNoBlock) {
    for (std::uint64_t seq = 1; seq <= 1000; ++seq) put(seq, random(), seq % 2);
    build();
    for (std::uint64_t seq = 2; seq <= 1000; seq += 2) index_.erase(connection_, hashOf(0), seq);
    EXPECT_THAT(find(Sought::subject, 0), IsEmpty());
    EXPECT_EQ(500u, find(Sought::subject, 1).size());
    EXPECT_EQ(16 * 1500, connection_.integer("SELECT sum(length(marks)) FROM hash_block"));
}

TEST_F(HashIndexTest, ARollbackLeavesMemoryAsItWas) {
    index_.begin();
    index_.message(1, Time{});
    index_.add(Sought::subject, hashOf(9), 1);
    index_.committed();
    index_.begin();
    index_.erase(connection_, hashOf(9), 1);
    index_.message(2, Time{});
    index_.add(Sought::subject, hashOf(9), 2);
    EXPECT_THAT(find(Sought::subject, 9), ElementsAre(2));
    index_.rollback();
    EXPECT_THAT(find(Sought::subject, 9), ElementsAre(1));
}

TEST_F(HashIndexTest, WhatACrashLeftOfARunIsGone) {
    put(1, 5, 6);
    build();
    connection_.run("INSERT INTO hash_block VALUES (131072, x'00'), (131073, x'00')");
    index_.load(connection_);
    EXPECT_EQ(1, connection_.integer("SELECT count(*) FROM hash_block"));
    EXPECT_THAT(find(Sought::repeat, 5), ElementsAre(1));
}

TEST_F(HashIndexTest, DeliveriesThatHaveTheirOwnIdAreNotLookedAtAtEachStart) {
    connection_.run(
        "INSERT INTO delivery (id, message, state, flags, ord, lane, partner, destination,"
        " queued_at, changed_at, size)"
        " VALUES (100, 1, 2, 0, 1, 1, 1, 1, 1, 1, 1), (200, 1, 2, 0, 1, 1, 1, 1, 1, 1, 1)");
    build();
    EXPECT_EQ(201, connection_.integer("SELECT value FROM meta WHERE key = 'hash-sent-from'"));
    index_.begin();
    index_.addSent(connection_, hashOf(7), 150);
    index_.addSent(connection_, hashOf(7), 201);
    index_.committed();
    EXPECT_THAT(find(Sought::sent, 7), testing::UnorderedElementsAre(150, 201));
}

TEST_F(HashIndexTest, ADeliveryOutOfOrderIsFoundToo) {
    connection_.run(
        "INSERT INTO delivery (id, message, state, flags, ord, lane, partner, destination,"
        " queued_at, changed_at, size, sent_hash)"
        " VALUES (100, 1, 2, 0, 1, 1, 1, 1, 1, 1, 1, x'05000000000000000000000000000000')");
    build();
    index_.begin();
    index_.addSent(connection_, hashOf(7), 99);  // reserved before, made after
    index_.addSent(connection_, hashOf(7), 101);
    index_.committed();
    EXPECT_THAT(find(Sought::sent, 5), ElementsAre(100));
    EXPECT_THAT(find(Sought::sent, 7), testing::UnorderedElementsAre(99, 101));
    EXPECT_EQ(1, connection_.integer("SELECT count(*) FROM hash_single"));
}

}  // namespace store_suite
