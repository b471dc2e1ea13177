/// @file  What is not sent but laid out for its partner: put there by the dispatcher, fetched by
/// the partner or handed over by a person.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/log.h"
#include "gateway/mailbox.h"
#include "gateway/store.h"
#include "pipeline/current.h"
#include "pipeline/paused.h"
#include "pipeline/progress.h"

namespace gateway {

/// Many threads.
class Mailbox final : public Mailboxes {
public:
    Mailbox(Store& store, Log& log, const Current& current, ProgressBoard& board,
            const Paused& paused)
        : store_(store), log_(log), current_(current), board_(board), paused_(paused) {}

    /// Claimed deliveries of a mailbox, each to wait so long (0: for ever). The policy is asked of
    /// each before; whom it refuses is closed.
    /// @throws Error when the store cannot note it; then they are given back
    void layOut(const Setup& setup, Milliseconds wait, const std::vector<LaneClaim>& lanes);

    std::vector<OfferedDelivery> offered(const std::string& destination, const std::string& after,
                                         std::size_t most) override;
    Bytes read(const std::string& destination, const std::string& id) override;
    void pickedUp(const std::string& destination, const PickUp& pickUp) override;
    std::unique_ptr<Watching> watch(Told told) override;
    /// A person has handed them over. Without a time it is now, and the policy is asked as for a
    /// partner; with one it is a fact, which is noted as it is.
    /// @return per id nothing when it was done, else why not
    std::vector<std::optional<Reason>> handedOver(std::span<const std::string> ids,
                                                  const std::string& by, Time on,
                                                  const std::string& why);

private:
    class Watcher;
    void tell(const std::string& destination);
    void notPaused(const std::string& destination) const;
    /// It waits there and may still be had.
    void want(const std::string& destination, const std::string& id);
    /// As it waits, wherever that is.
    std::optional<OfferedDelivery> find(const std::string& id);
    std::optional<Reason> handOver(const std::string& id, const std::string& by, Time on,
                                   const std::string& why);
    /// @return whether the partner may have it; what it may not have is closed
    bool allowed(const Setup& setup, const OfferedDelivery& offered);

    Store& store_;
    Log& log_;
    const Current& current_;
    ProgressBoard& board_;
    const Paused& paused_;
    std::mutex watchersMutex_;  ///< guards watchers_
    std::vector<Watcher*> watchers_;
};

}  // namespace gateway
