#include "waiting.h"

#include <algorithm>
#include <chrono>

namespace transport_http {
using namespace gateway;

namespace {
/// How long one wait lasts at most before the listener looks whether it is to stop.
constexpr Milliseconds kWait{500};
}  // namespace

Progress waitFor(Inbox& inbox, const std::string& message, Stage stage, Time deadline,
                 const std::atomic<bool>& stopping) {
    // Whatever people do to the time of day meanwhile.
    using Steady = std::chrono::steady_clock;
    const Steady::time_point end = Steady::now() + (deadline - currentTime());
    for (;;) {
        const auto left = std::chrono::ceil<Milliseconds>(end - Steady::now());
        const Progress progress = inbox.wait(message, stage, currentTime() + std::min(left, kWait));
        if (progress.reached || progress.refused || left <= kWait || stopping) return progress;
    }
}

}  // namespace transport_http
