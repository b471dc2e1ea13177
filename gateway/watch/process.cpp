#include "watch/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace gateway {

Process thisProcess() {
    Process process;
    struct rusage used {};
    if (::getrusage(RUSAGE_SELF, &used) == 0)
        for (const timeval& part : {used.ru_utime, used.ru_stime})
            process.cpuSeconds +=
                static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) / 1e6;
    struct rlimit files {};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) process.mostFiles = files.rlim_cur;
    std::ifstream pages("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    if (pages >> all >> resident) {
        process.virtualBytes = all * page;
        process.residentBytes = resident * page;
    }
    const auto count = [](const char* folder) {
        std::error_code error;
        std::uint64_t number = 0;
        for (std::filesystem::directory_iterator one(folder, error), end; !error && one != end;
             one.increment(error))
            ++number;
        return number;
    };
    process.openFiles = count("/proc/self/fd");
    process.threads = count("/proc/self/task");
    return process;
}

}  // namespace gateway
