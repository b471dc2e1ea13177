#include "pipeline/breaker.h"

#include <algorithm>
#include <random>

namespace gateway {
namespace {

/// Between `least` and `most` of that by chance, in fifths.
Milliseconds jittered(Milliseconds base, int least, int most) {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> by(base.count() / 5 * least,
                                                   base.count() / 5 * most);
    return Milliseconds(by(random));
}

}  // namespace

Milliseconds backoff(unsigned failures, const Patience& patience) {
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0u, 20u);
    const Milliseconds base =
        std::min(patience.first * (std::int64_t{1} << doublings), patience.most);
    return jittered(base, 4, 6);
}

bool Breaker::enter() {
    if (isOpen()) probing_ = true;
    return probing_ && isOpen();
}

bool Breaker::answered() {
    const bool was = isOpen();
    failures_ = doubts_ = 0;
    probing_ = false;
    return was;
}

bool Breaker::failed(Steady now, const Patience& patience, Milliseconds asked) {
    const bool was = isOpen();
    // Workers that were under way when it opened find the same fault: they count as one.
    if (!was || now >= until_) until_ = now + backoff(++failures_, patience);
    if (asked > Milliseconds(0)) {
        asked = std::min(asked, kMostAsked);
        asked_ = now + asked + jittered(std::min(asked, patience.most), 0, 1);
        until_ = std::max(until_, asked_);
    }
    return !was;
}

void Breaker::hurry(Steady now, bool evenIfAsked) {
    until_ = std::min(until_, evenIfAsked ? now : std::max(now, asked_));
}

bool Breaker::doubted(Steady now, const Patience& patience) {
    if (!isOpen() && ++doubts_ < kDoubts) return false;
    return failed(now, patience, Milliseconds(0));
}

}  // namespace gateway
