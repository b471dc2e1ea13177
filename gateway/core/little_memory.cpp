#include "core/little_memory.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>

#include "core/memory_limit.h"

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kMebibyte = 1u << 20;
constexpr std::uint64_t kLarge = kMebibyte;
/// What large allocations leave for small ones.
constexpr std::uint64_t kForSmall = 6 * kMebibyte;
/// So long those that come in wait for one that was accepted and got none.
constexpr auto kPrecedence = std::chrono::seconds(3);
/// From there on memory is not little.
constexpr std::uint64_t kMuch = 1024 * kMebibyte;
constexpr std::size_t kStack = kMebibyte;

std::uint64_t most = 0;  ///< bytes of data; 0: no limit. Set before any thread begins
int statm = -1;
std::mutex largeMutex;  ///< one large allocation at a time
std::atomic<Steady::rep> precedenceUntil{0};
thread_local bool accepted = false;

/// Bytes of data as RLIMIT_DATA counts them; 0 when that cannot be known.
std::uint64_t dataNow() {
    std::array<char, 256> text{};
    if (::pread(statm, text.data(), text.size() - 1, 0) <= 0) return 0;
    constexpr int kField = 5;  // size resident shared text lib data
    char* at = text.data();
    std::uint64_t value = 0;
    for (int i = 0; i <= kField; ++i) value = std::strtoull(at, &at, 10);
    return value * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

[[maybe_unused]] void* largeOrNone(std::size_t size) {
    const Steady::rep now = Steady::now().time_since_epoch().count();
    if (!accepted && now < precedenceUntil) return nullptr;
    void* place = nullptr;
    {
        const std::lock_guard lock(largeMutex);
        if (dataNow() + size + kForSmall <= most) place = std::malloc(size);
    }
    if (accepted)
        precedenceUntil = place != nullptr ? 0 : now + Steady::duration(kPrecedence).count();
    return place;
}

/// A limit that ends the process becomes one that refuses: less by what is no data.
void limitData(std::uint64_t limit) {
    rlimit data{};
    if (::getrlimit(RLIMIT_DATA, &data) != 0) return;
    const std::uint64_t wanted = limit - limit / 8;
    if (gateway::dataLimit() && *gateway::dataLimit() <= limit) return;
    data.rlim_cur = std::min<rlim_t>(wanted, data.rlim_max);
    ::setrlimit(RLIMIT_DATA, &data);
}

void keepLess() {
    // Else the allocator learns from large blocks to keep what is freed.
    ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 10);
    ::mallopt(M_ARENA_MAX, 2);
    pthread_attr_t stacks;
    if (pthread_attr_init(&stacks) != 0) return;
    std::size_t size = 0;
    if (pthread_attr_getstacksize(&stacks, &size) == 0 && size > kStack &&
        pthread_attr_setstacksize(&stacks, kStack) == 0)
        pthread_setattr_default_np(&stacks);
    pthread_attr_destroy(&stacks);
}

}  // namespace

namespace gateway {

void liveWithinLimit() {
    const auto limit = memoryLimit();
    if (!limit || *limit >= kMuch) return;
    limitData(*limit);
    keepLess();
    statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (statm >= 0 && dataNow() != 0) most = dataLimit().value_or(0);
}

AcceptedWork::AcceptedWork() { accepted = true; }
AcceptedWork::~AcceptedWork() { accepted = false; }

}  // namespace gateway

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they have their own
void* operator new(std::size_t size) {
    if (most != 0 && size >= kLarge) {
        if (void* const place = largeOrNone(size)) return place;
        throw std::bad_alloc();
    }
    for (;;) {
        if (void* const place = std::malloc(std::max<std::size_t>(size, 1))) return place;
        if (const std::new_handler handler = std::get_new_handler())
            handler();
        else
            throw std::bad_alloc();
    }
}

void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }
#endif
