#include "cli/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

namespace gateway {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// How often systemd wants to hear of us; nothing: it does not, or means another process.
std::optional<std::chrono::microseconds> wanted() {
    const std::string process = environment("WATCHDOG_PID");
    if (!process.empty() && process != std::to_string(::getpid())) return {};
    const long long microseconds = std::strtoll(environment("WATCHDOG_USEC").c_str(), nullptr, 10);
    if (microseconds <= 0) return {};
    return std::chrono::microseconds(microseconds);
}

}  // namespace

ServiceManager::ServiceManager()
    : socket_(environment("NOTIFY_SOCKET")), watchdog_(socket_.empty() ? std::nullopt : wanted()) {}

ServiceManager::~ServiceManager() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    ended_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void ServiceManager::tell(const std::string& text) const {
    sockaddr_un address{};
    if (socket_.size() < 2 || socket_.size() >= sizeof(address.sun_path)) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (socket_.front() == '@') address.sun_path[0] = '\0';  // of the abstract namespace
    const int handle = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    // Who is not there to be told needs no answer.
    static_cast<void>(::sendto(handle, text.data(), text.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), size));
    ::close(handle);
}

void ServiceManager::ready(const std::string& status) { tell("READY=1\nSTATUS=" + status); }

void ServiceManager::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const long long microseconds = now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping() { tell("STOPPING=1"); }

void ServiceManager::watch(std::function<bool()> lives) {
    if (!watchdog_) return;
    thread_ = std::thread([this, lives = std::move(lives)] { beat(*watchdog_ / 2, lives); });
}

void ServiceManager::beat(std::chrono::microseconds every, const std::function<bool()>& lives) {
    std::unique_lock lock(mutex_);
    while (!ending_) {
        lock.unlock();
        if (lives()) tell("WATCHDOG=1");
        lock.lock();
        ended_.wait_for(lock, every, [&] { return ending_; });
    }
}

}  // namespace gateway
