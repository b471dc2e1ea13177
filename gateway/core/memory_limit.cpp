#include "core/memory_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace gateway {
namespace {

/// What version 1 says when nothing is set: a number near 2^63.
constexpr std::uint64_t kUnbounded = std::uint64_t{1} << 60;

class Least {
public:
    void add(std::uint64_t limit) {
        if (limit < kUnbounded) least_ = std::min(least_.value_or(limit), limit);
    }
    std::optional<std::uint64_t> get() const { return least_; }

private:
    std::optional<std::uint64_t> least_;
};

void addGroups(Least& least, const std::filesystem::path& root, const std::string& group,
               const char* file) {
    std::filesystem::path path = root / std::filesystem::path(group).relative_path();
    for (;; path = path.parent_path()) {
        std::uint64_t limit = 0;  // "max" is no number
        if (std::ifstream(path / file) >> limit) least.add(limit);
        if (path == root || path == path.parent_path()) return;
    }
}

}  // namespace

std::optional<std::uint64_t> dataLimit() {
    struct rlimit data {};
    if (::getrlimit(RLIMIT_DATA, &data) != 0 || data.rlim_cur == RLIM_INFINITY) return {};
    return data.rlim_cur;
}

std::optional<std::uint64_t> memoryLimit(const std::string& membership, const std::string& root) {
    Least least;
    if (const auto data = dataLimit()) least.add(*data);
    std::ifstream lines(membership);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == line.npos || second == line.npos) continue;
        const std::string kind = line.substr(first + 1, second - first - 1);
        const std::string group = line.substr(second + 1);
        if (kind.empty()) addGroups(least, root, group, "memory.max");
        if (kind == "memory")
            addGroups(least, std::filesystem::path(root) / "memory", group,
                      "memory.limit_in_bytes");
    }
    return least.get();
}

}  // namespace gateway
