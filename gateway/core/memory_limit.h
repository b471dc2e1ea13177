/// @file  How much memory this process may have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gateway {

/// RLIMIT_DATA: who asks for more gets none. Nothing when it is not set.
std::optional<std::uint64_t> dataLimit();

/// The least of RLIMIT_DATA and of the limits of its control group and those above it (cgroup v2
/// and v1), in bytes; nothing when none is set.
/// @param membership  as /proc/self/cgroup has it
/// @param root  where the control groups are
std::optional<std::uint64_t> memoryLimit(const std::string& membership = "/proc/self/cgroup",
                                         const std::string& root = "/sys/fs/cgroup");

}  // namespace gateway
