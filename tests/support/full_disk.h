/// @file  A disk without room for a file to grow, as this process sees it.
#pragma once

#include <sys/resource.h>

#include <csignal>
#include <cstdint>

namespace support {

/// No file of this process gets larger than that while it lives.
class FullDisk {
public:
    explicit FullDisk(std::uint64_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit little{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &little);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    void (*const signal_)(int);
    rlimit before_{};
};

}  // namespace support
