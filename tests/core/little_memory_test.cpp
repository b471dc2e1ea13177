/// Large allocations under a limit of memory, in processes of their own.
#include "core/little_memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace {
using namespace gateway;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SKIP_IF_REPLACED() GTEST_SKIP() << "a sanitizer has an allocator of its own"
#else
#define SKIP_IF_REPLACED()
#endif

constexpr std::size_t kMebibyte = 1u << 20;

void limitedTo(std::size_t mebibytes) {
    const rlimit limit{mebibytes * kMebibyte, mebibytes * kMebibyte};
    setrlimit(RLIMIT_DATA, &limit);
    liveWithinLimit();
}

/// Null: there was no memory.
std::unique_ptr<std::string> take(std::size_t mebibytes) try {
    auto text = std::make_unique<std::string>();
    text->reserve(mebibytes * kMebibyte);
    return text;
} catch (const std::bad_alloc&) {
    return nullptr;
}

/// 0 when all of them held.
int exitCode(const std::vector<bool>& held) {
    for (std::size_t i = 0; i < held.size(); ++i)
        if (!held[i]) return static_cast<int>(i) + 1;
    return 0;
}

class LittleMemory : public testing::Test {
protected:
    /// As the program is when it starts, without what other tests have left in memory.
    LittleMemory() { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(LittleMemory, LargeOnesLeaveRoomForSmallOnes) {
    SKIP_IF_REPLACED();
    EXPECT_EXIT(
        {
            limitedTo(128);
            const auto first = take(64);
            const auto second = take(64);
            std::vector<std::unique_ptr<std::string>> small;
            std::size_t taken = 0;
            for (std::size_t mebibytes = 40; mebibytes > 0; --mebibytes)
                if (auto more = take(mebibytes)) {
                    taken += mebibytes;
                    small.push_back(std::move(more));
                }
            for (int i = 0; i < 4 * 1024; ++i)
                small.push_back(std::make_unique<std::string>(1000, 'x'));
            std::exit(exitCode({first != nullptr, second == nullptr, taken > 16}));
        },
        testing::ExitedWithCode(0), "");
}

TEST_F(LittleMemory, WhatWasAcceptedGoesFirst) {
    SKIP_IF_REPLACED();
    EXPECT_EXIT(
        {
            limitedTo(128);
            auto first = take(64);
            std::vector<bool> held{first != nullptr};
            std::thread([&] {
                const AcceptedWork accepted;
                held.push_back(take(64) == nullptr);
            }).join();
            held.push_back(take(2) == nullptr);  // there would be room
            first.reset();
            held.push_back(take(2) == nullptr);
            std::thread([&] {
                const AcceptedWork accepted;
                held.push_back(take(64) != nullptr);
            }).join();
            held.push_back(take(2) != nullptr);
            std::exit(exitCode(held));
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
