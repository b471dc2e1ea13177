#include "core/memory_limit.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace gateway {
namespace {

class MemoryLimit : public testing::Test {
protected:
    MemoryLimit() {
        std::string name = std::filesystem::temp_directory_path() / "passerelle_test_XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = name;
    }
    ~MemoryLimit() override { std::filesystem::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) {
        const std::filesystem::path path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    std::optional<std::uint64_t> limit() const { return memoryLimit(folder_ / "cgroup", folder_); }

    std::filesystem::path folder_;
};

TEST_F(MemoryLimit, IsTheLeastOfAGroupAndThoseAboveIt) {
    write("cgroup", "0::/system.slice/gateway.service\n");
    write("system.slice/gateway.service/memory.max", "max\n");
    write("system.slice/memory.max", "134217728\n");
    EXPECT_EQ(134217728u, limit());
    write("system.slice/gateway.service/memory.max", "1048576\n");
    EXPECT_EQ(1048576u, limit());
}

TEST_F(MemoryLimit, OfVersionOneIsReadToo) {
    write("cgroup", "7:cpu:/a\n4:memory:/a/b\n0::/\n");
    write("memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("memory/a/b/memory.limit_in_bytes", "268435456\n");
    EXPECT_EQ(268435456u, limit());
}

TEST_F(MemoryLimit, IsNoneWhereNoneIsSet) {
    write("cgroup", "0::/\n");
    EXPECT_EQ(std::nullopt, limit());
}

TEST_F(MemoryLimit, OfItsDataCounts) {
    write("cgroup", "");
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
