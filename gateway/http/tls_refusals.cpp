#include "http/tls_refusals.h"

namespace gateway::http {

void TlsRefusals::note(const std::string& listen, const TlsRefusal& refusal) {
    const auto now = std::chrono::steady_clock::now();
    std::uint64_t count = 0;
    bool logged = false;
    {
        const std::lock_guard lock(mutex_);
        Tally& tally = tallies_[refusal.why.en];
        count = ++tally.count;
        logged = count == 1 || now - tally.logged >= std::chrono::seconds(1);
        if (logged) tally.logged = now;
    }
    if (logged && refusal.shown.fingerprint.empty())
        log_.warning("tls-refused", {{"listen", listen},
                                     {"peer", refusal.peer},
                                     {"why", refusal.why.en},
                                     {"count", count}});
    else if (logged)
        log_.warning("tls-refused", {{"listen", listen},
                                     {"peer", refusal.peer},
                                     {"why", refusal.why.en},
                                     {"fingerprint", refusal.shown.fingerprint},
                                     {"count", count}});
    if (told_) told_(refusal);
}

}  // namespace gateway::http
