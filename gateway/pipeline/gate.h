/// @file  Whether a destination may be sent something now: its breaker, its quiet hours, its rate.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/transport.h"
#include "pipeline/breaker.h"
#include "pipeline/pace.h"
#include "pipeline/quiet_hours.h"

namespace gateway {

/// How a destination is, for people.
struct GateView {
    bool broken = false;    ///< nothing is sent but one probe from time to time
    unsigned failures = 0;  ///< one after the other
    Time since{};           ///< when it broke
    Time next{};            ///< when the next probe goes
    Reason why;             ///< of the last failure
};

/// Many threads; one for each destination.
class Gate {
public:
    class Pass;

    explicit Gate(const Clock& clock) : clock_(clock) {}

    /// What the configuration says, from now on; who waits looks again.
    void follow(const QuietHours& quiet, std::vector<std::shared_ptr<Pace>> paces);
    /// Something may have been mended: while it is broken the next probe may go at once.
    /// @param evenIfAsked  also where the destination wants to be left alone for longer
    void again(bool evenIfAsked);
    /// Waits until something may be tried. Nothing: ended by follow() or stop(), or after some
    /// seconds; then the caller looks whether it is still wanted.
    std::optional<Pass> wait();
    /// The same at once. @param next  without a pass: when there may be one; max: somebody else
    /// has the probe
    std::optional<Pass> pass(Clock::Steady& next);
    /// How many may be sent at once now; 0: wait() again.
    std::size_t room(std::size_t most) const;
    /// @return whether so many may still be sent; then they are counted
    bool take(std::size_t count);
    bool quiet() const;
    bool broken() const;
    GateView view() const;
    /// Wakes whoever waits, for good.
    void stop();

private:
    bool quietNow() const;
    Clock::Steady due(Clock::Steady now) const;

    const Clock& clock_;
    mutable std::mutex mutex_;  ///< guards the rest
    std::condition_variable changed_;
    Breaker breaker_;
    std::set<std::string> causes_;  ///< told since it broke
    Time since_{};
    Reason why_;
    QuietHours quiet_;
    /// What was found last holds in between.
    mutable struct {
        Time from{}, to{};
        std::optional<Time> until;
    } known_;
    std::vector<std::shared_ptr<Pace>> paces_;
    std::uint64_t wakes_ = 0;
    bool stopped_ = false;
};

/// One worker's right to try. Where it is the probe, and nothing is learnt, it is given back at its
/// end: whatever ends the work, the next worker gets it.
class Gate::Pass {
public:
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&&) = delete;
    ~Pass();

    /// The destination answered, whatever it said. @return whether it was broken
    bool answered();
    struct Failed {
        Time next;  ///< nothing is sent before
        bool tell;  ///< a cause that was not told yet
    };
    /// Nothing could be sent. @param asked  it wants to be left alone that long
    Failed failed(const Patience& patience, Milliseconds asked, const Reason& why);
    /// It was sent something and gave no answer. @return set when it counts as broken by now
    std::optional<Failed> doubted(const Patience& patience, const Reason& why);

private:
    friend class Gate;
    Pass(Gate& gate, bool probe) : gate_(&gate), probe_(probe) {}
    void giveBack();
    Failed told(const Reason& why);

    Gate* gate_;
    bool probe_;
};

}  // namespace gateway
