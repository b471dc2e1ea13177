/// The writer when there is no memory.
#include "store/writer.h"

#include <gtest/gtest.h>

#include <new>

#include "store/schema.h"
#include "store/sqlite_place.h"
#include "store/store_keys.h"

namespace store_suite {

using namespace gateway;

class WithoutMemory : public testing::Test {
protected:
    WithoutMemory()
        : connection_(folder_.path + "/store.db", sqlite::Connection::Use::write, ""),
          ids_(prepareSchema(connection_, "store.db")),
          seal_(makeStoreKeys(), true),
          hashes_(1000, nullptr),
          writer_({}, host()) {
        writer_.start();
    }
    Writer::Host host() {
        Writer::Host host;
        host.open = [this] {
            ++opened_;
            hashes_.load(connection_);
            return std::make_unique<Transaction>(connection_, names_, board_, ids_, seal_, hashes_,
                                                 0);
        };
        host.now = [] { return Time(Milliseconds(1)); };
        host.gate = &gate_;
        host.notify = [] {};
        host.failed = [](const Error&) {};
        return host;
    }
    std::uint64_t take(const std::function<void(Transaction&)>& further = [](Transaction&) {}) {
        std::uint64_t number = 0;
        writer_.write(1, 0, [&](Transaction& transaction) {
            number = transaction.take(Transaction::Counter::seq);
            further(transaction);
        });
        return number;
    }

    TemporaryFolder folder_;
    sqlite::Connection connection_;
    Ids ids_;
    Seal seal_;
    HashIndex hashes_;
    Names names_;
    Board board_;
    std::mutex gate_;
    int opened_ = 0;
    Writer writer_;
};

TEST_F(WithoutMemory, WhatIsCommittedIsDoneAndMemoryIsMadeAnewFromTheFile) {
    const std::uint64_t first = take([](Transaction& transaction) {
        transaction.after([](Board&) { throw std::bad_alloc(); });
    });
    EXPECT_EQ(2, opened_);
    EXPECT_LT(first, take()) << "no number is given twice";
}

TEST_F(WithoutMemory, WhatCannotBeDoneNowIsForLater) {
    try {
        take([](Transaction&) { throw std::bad_alloc(); });
        FAIL() << "it was done";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_FALSE(error.fr.empty());
    }
    EXPECT_EQ(1, opened_);
    EXPECT_LT(0u, take());
}

}  // namespace store_suite
