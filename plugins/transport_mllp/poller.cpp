#include "poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "gateway/error.h"

namespace transport_mllp {

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (epoll_ < 0 || wake_ < 0)
        throw gateway::Error(gateway::Fault::unavailable, {},
                             {"no descriptors are left", "plus de descripteurs de fichiers"});
    add(wake_, EPOLLIN, nullptr);
}

Poller::~Poller() {
    ::close(epoll_);
    ::close(wake_);
}

void Poller::add(int socket, std::uint32_t events, void* who) {
    epoll_event event{events, {who}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

void Poller::change(int socket, std::uint32_t events, void* who) {
    epoll_event event{events, {who}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
}

void Poller::remove(int socket) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr); }

void Poller::wake() { ::eventfd_write(wake_, 1); }

std::span<const epoll_event> Poller::wait(int milliseconds) {
    const int count =
        ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), milliseconds);
    if (count <= 0) return {};
    auto* const end = events_.data() + count;
    auto* const last = std::remove_if(events_.data(), end, [this](const epoll_event& event) {
        eventfd_t value;
        return event.data.ptr == nullptr && ::eventfd_read(wake_, &value) <= 0;
    });
    return {events_.data(), last};
}

}  // namespace transport_mllp
