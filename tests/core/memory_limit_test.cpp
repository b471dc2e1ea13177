#include "core/memory_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>

#include "host/config_folder.h"

namespace gateway {
namespace {

class MemoryLimit : public testing::Test {
protected:
    std::optional<std::uint64_t> limit() const {
        return memoryLimit(folder_.path() + "/cgroup", folder_.path());
    }

    support::ConfigFolder folder_;
};

TEST_F(MemoryLimit, IsTheLeastOfAGroupAndThoseAboveIt) {
    folder_.write("cgroup", "0::/system.slice/gateway.service\n");
    folder_.write("system.slice/gateway.service/memory.max", "max\n");
    folder_.write("system.slice/memory.max", "134217728\n");
    EXPECT_EQ(134217728u, limit());
    folder_.write("system.slice/gateway.service/memory.max", "1048576\n");
    EXPECT_EQ(1048576u, limit());
}

TEST_F(MemoryLimit, OfVersionOneIsReadToo) {
    folder_.write("cgroup", "7:cpu:/a\n4:memory:/a/b\n0::/\n");
    folder_.write("memory/memory.limit_in_bytes", "9223372036854771712\n");
    folder_.write("memory/a/b/memory.limit_in_bytes", "268435456\n");
    EXPECT_EQ(268435456u, limit());
}

TEST_F(MemoryLimit, IsNoneWhereNoneIsSet) {
    folder_.write("cgroup", "0::/\n");
    EXPECT_EQ(std::nullopt, limit());
}

TEST_F(MemoryLimit, OfItsDataCounts) {
    folder_.write("cgroup", "");
    struct rlimit before {};
    ASSERT_EQ(0, ::getrlimit(RLIMIT_DATA, &before));
    struct rlimit less = before;
    less.rlim_cur = std::uint64_t{1} << 30;
    ASSERT_EQ(0, ::setrlimit(RLIMIT_DATA, &less));
    const auto found = limit();
    EXPECT_EQ(0, ::setrlimit(RLIMIT_DATA, &before));
    EXPECT_EQ(std::uint64_t{1} << 30, found);
}

}  // namespace
}  // namespace gateway
