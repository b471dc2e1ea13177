#include "waiting.h"

#include <algorithm>

namespace transport_http {
using namespace gateway;

namespace {
/// How long one wait lasts at most before the listener looks whether it is to stop.
constexpr Milliseconds kWait{500};
}  // namespace

Progress waitFor(Inbox& inbox, const std::string& message, Stage stage, Time deadline,
                 const std::atomic<bool>& stopping) {
    for (;;) {
        const Time until = std::min(deadline, currentTime() + kWait);
        const Progress progress = inbox.wait(message, stage, until);
        if (progress.reached || progress.refused || until == deadline || stopping) return progress;
    }
}

}  // namespace transport_http
