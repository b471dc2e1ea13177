/// @file  What a worker of the dispatcher does with the lanes that it claimed: sends, and notes
/// what became of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/log.h"
#include "gateway/store.h"
#include "pipeline/gate.h"
#include "pipeline/paused.h"
#include "pipeline/progress.h"
#include "pipeline/recheck.h"
#include "pipeline/setup.h"
#include "pipeline/stopping.h"
#include "pipeline/traffic.h"

namespace gateway {

/// Of all that was claimed.
std::vector<ClaimId> idsOf(const std::vector<LaneClaim>& lanes);

/// What all workers share.
struct Sendings {
    Store& store;
    Log& log;
    ProgressBoard& board;
    const Paused& paused;
    Traffic& traffic;
    const Clock& clock;
    Milliseconds lease;
    Stopping stopping = {};

    /// Until the store has done it, or the worker has to stop.
    void insist(const std::function<void()>& action);
};

/// Used by one thread, for one claim.
class Sending {
public:
    Sending(Sendings& shared, const Setup& setup, const DestinationSetup& destination, Gate& gate,
            Gate::Pass& pass);

    /// @return how long the last answer took; nothing: nobody was asked
    std::optional<Milliseconds> run(std::vector<LaneClaim> lanes);

private:
    Rechecked recheck(const DeliveryClaim& claim) const;
    void closeRefused(LaneClaim& lane);
    void stopAtDoubt(LaneClaim& lane);
    bool tooOld(const DeliveryClaim& claim) const;
    void leaveYoung(std::vector<LaneClaim>& lanes);
    void giveUp(const DeliveryClaim& claim, Outcome& outcome, const Reason& why);
    std::vector<Settled> putInFlight(const std::vector<ClaimId>& claims);
    /// Whether something holds back what is in hand.
    bool interrupted() const;
    /// @return whether the lane goes on
    bool deliver(const DeliveryClaim& claim);
    void note(const DeliveryClaim& claim, Outcome outcome);
    void heard();
    void failed(const DeliveryClaim& claim, Outcome& outcome, const Error& error);
    void unavailable(const DeliveryClaim& claim, Outcome& outcome, const Error& error,
                     Milliseconds asked);
    void uncertain(const DeliveryClaim& claim, Outcome& outcome, const Error& error);
    void setAside(const DeliveryClaim& claim, Outcome& outcome, Reason why);
    void settle();

    Sendings& shared_;
    const Setup& setup_;
    const DestinationSetup& destination_;
    Gate& gate_;
    Gate::Pass& pass_;
    const Time begun_;
    const Clock::Steady leased_;
    std::optional<Milliseconds> answeredIn_;

    std::vector<Outcome> outcomes_;
    std::vector<std::string> messages_;  ///< of the outcomes
    std::vector<ClaimId> back_;          ///< not tried: given back
    bool stuck_ = false;                 ///< the destination is unavailable: the rest waits too
    Reason why_;                         ///< it is
    Clock::Steady settled_;
};

}  // namespace gateway
