// The thread sanitizer of g++ 12 does not know the calls that wait by the steady clock: it sees
// neither that a mutex is let go of nor that it is taken. There, and only there, waiting goes
// through the calls that it knows.
#include <pthread.h>
#include <time.h>

namespace {

/// The same instant by the clock of the day, which is the one of those calls.
timespec byDay(clockid_t clock, const timespec& until) {
    constexpr long kSecond = 1'000'000'000;  // ns
    timespec now{}, day{};
    clock_gettime(clock, &now);
    clock_gettime(CLOCK_REALTIME, &day);
    timespec then{day.tv_sec + until.tv_sec - now.tv_sec,
                  day.tv_nsec + until.tv_nsec - now.tv_nsec};
    for (; then.tv_nsec < 0; then.tv_nsec += kSecond) --then.tv_sec;
    for (; then.tv_nsec >= kSecond; then.tv_nsec -= kSecond) ++then.tv_sec;
    return then;
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int pthread_cond_clockwait(pthread_cond_t* condition,
                                                          pthread_mutex_t* mutex, clockid_t clock,
                                                          const timespec* until) {
    const timespec then = byDay(clock, *until);
    return pthread_cond_timedwait(condition, mutex, &then);
}

[[gnu::visibility("default")]] int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                                           const timespec* until) noexcept {
    const timespec then = byDay(clock, *until);
    return pthread_mutex_timedlock(mutex, &then);
}

}  // extern "C"
