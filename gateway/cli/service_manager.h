/// @file  What systemd is told (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET names.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace gateway {

/// Silent where nobody asks to be told.
class ServiceManager {
public:
    ServiceManager();
    ~ServiceManager();

    void ready(const std::string& status);
    /// Followed by ready() (Type=notify-reload of systemd 253 needs the monotonic time too).
    void reloading();
    void stopping();
    /// Half as often as systemd wants it (WatchdogSec=), as long as `lives` says so.
    void watch(std::function<bool()> lives);

private:
    void tell(const std::string& text) const;
    void beat(std::chrono::microseconds every, const std::function<bool()>& lives);

    const std::string socket_;
    std::optional<std::chrono::microseconds> watchdog_;
    std::mutex mutex_;  ///< guards ending_
    std::condition_variable ended_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace gateway
