/// @file  epoll, and a way to wake it from other threads.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

namespace transport_mllp {

/// wait() belongs to one thread; add(), change() and wake() are for all.
class Poller {
public:
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// @param who  given back with each event; not null
    void add(int socket, std::uint32_t events, void* who);
    void change(int socket, std::uint32_t events, void* who);
    void remove(int socket);
    void wake();
    /// @param milliseconds  negative: until something happens
    /// @return what happened; valid until the next call; empty when woken or out of time
    std::span<const epoll_event> wait(int milliseconds);

private:
    int epoll_;
    int wake_;
    std::array<epoll_event, 256> events_{};
};

}  // namespace transport_mllp
