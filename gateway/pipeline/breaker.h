/// @file  What is known of a destination's health: while it is broken nobody tries, then one probe
/// goes first.
#pragma once

#include "gateway/error.h"
#include "pipeline/clock.h"

namespace gateway {

/// How long a destination is left alone after a failure.
struct Patience {
    Milliseconds first{1'000};
    Milliseconds most{300'000};
};

/// 2^(failures-1) times `first`, at most `most`, a fifth of it up or down by chance so that a
/// hundred lanes do not come back in one instant.
Milliseconds backoff(unsigned failures, const Patience& patience);

/// Not safe for threads: Gate guards it. The time is given.
class Breaker {
public:
    using Steady = Clock::Steady;
    /// So many times sent and not answered, one after the other, are the destination's fault.
    static constexpr unsigned kDoubts = 3;
    /// A partner that wants to be left alone for longer is asked all the same.
    static constexpr Milliseconds kMostAsked{86'400'000};

    bool isOpen() const { return failures_ != 0; }
    unsigned failures() const { return failures_; }
    /// When the next probe may go.
    Steady until() const { return until_; }
    bool probing() const { return probing_; }
    bool lets(Steady now) const { return !isOpen() || (!probing_ && now >= until_); }
    /// Takes the probe when it is open. @return whether it did
    bool enter();
    /// The probe was not made, or told nothing: somebody else may make it.
    void leave() { probing_ = false; }

    /// It answered, whatever it said. @return whether it was open
    bool answered();
    /// Nothing could be sent. @param asked  it wants to be left alone that long
    /// @return whether it was closed
    bool failed(Steady now, const Patience& patience, Milliseconds asked);
    /// Something may have been mended: the next probe may go. @param evenIfAsked  also before it
    /// wants to be asked again
    void hurry(Steady now, bool evenIfAsked);
    /// It was sent something and gave no answer. @return whether it opens by that
    bool doubted(Steady now, const Patience& patience);

private:
    unsigned failures_ = 0;
    unsigned doubts_ = 0;  ///< since the last answer
    Steady until_{};
    Steady asked_{};  ///< until then it wants to be left alone
    bool probing_ = false;
};

}  // namespace gateway
