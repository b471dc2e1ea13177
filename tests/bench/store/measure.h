/// @file  What a part of a bench took: time, processor time, bytes written.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

namespace store_bench {

using Clock = std::chrono::steady_clock;

inline double seconds(Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
}

inline double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

inline double residentMegabytes() {
    std::ifstream file("/proc/self/statm");
    double total = 0, resident = 0;
    file >> total >> resident;
    return resident * 4096 / 1e6;
}

inline double writtenKilobytes() {
    std::ifstream file("/proc/self/io");
    std::string name;
    double value = 0;
    while (file >> name >> value)
        if (name == "wchar:") return value / 1e3;
    return 0;
}

class Measure {
public:
    void print(const char* what, std::size_t count) const {
        const double took = seconds(start_), cpu = cpuSeconds() - cpu_;
        const double each = static_cast<double>(count);
        std::printf(
            "%-46s %8.0f /s  (%zu in %.2f s; each %.1f us CPU, %.1f KB written; %.0f MB "
            "resident)\n",
            what, each / took, count, took, cpu / each * 1e6,
            (writtenKilobytes() - written_) / each, residentMegabytes());
        std::fflush(stdout);
    }

private:
    const Clock::time_point start_ = Clock::now();
    const double cpu_ = cpuSeconds();
    const double written_ = writtenKilobytes();
};

}  // namespace store_bench
