/// @file  What this process takes of its machine.
#pragma once

#include <cstdint>

namespace gateway {

struct Process {
    double cpuSeconds = 0;
    std::uint64_t residentBytes = 0, virtualBytes = 0;
    std::uint64_t openFiles = 0, mostFiles = 0;
    std::uint64_t threads = 0;
};

/// As /proc says; what it does not say stays 0.
Process thisProcess();

}  // namespace gateway
