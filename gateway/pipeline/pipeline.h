/// @file  The one way a message goes: inbox, translator, dispatcher (docs/architecture.md).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/log.h"
#include "gateway/store.h"
#include "gateway/transport.h"
#include "pipeline/edit.h"
#include "pipeline/gate.h"
#include "pipeline/setup.h"
#include "pipeline/traffic.h"
#include "pipeline/unmapped_seen.h"

namespace gateway {

class Mailbox;

struct PipelineOptions {
    unsigned translators = 1;
    std::uint64_t backlog = 2'000'000;  ///< waiting messages above which accept() says "try later"
    std::uint64_t bigBodyBudget = 256ull << 20;  ///< memory for bodies over 1 MiB in hand
    Milliseconds lease{60'000};
    const Clock* clock = &Clock::real();  ///< of the dispatcher and of what is due
};

/// Owns the workers; speaks to the store alone. start() and stop() once each.
class Pipeline {
public:
    Pipeline(Store& store, Log& log, PipelineOptions options = {});
    ~Pipeline();

    /// The configuration from now on; what is in hand ends under the one it began with. May be
    /// called while running.
    void use(std::shared_ptr<const Setup> setup);
    std::shared_ptr<const Setup> setup() const;

    void start();
    /// Takes nothing new and returns when all workers are gone: after the delivery in hand, which
    /// its own deadline bounds. The rest goes back to the store.
    void stop();

    /// From now on, over restarts, that source takes nothing or that destination sends nothing.
    void pause(const Pause& pause);
    void resume(const std::string& end, const std::string& by);

    /// Stores a copy with other bytes of a message that is held, closes that one and lets the copy
    /// go its way; both timelines tell it.
    /// @param dry  only look whether it may be done
    /// @return the copy's id, empty when dry  @throws Error(rejected) when it must not be
    std::string edit(const Edit& edit, bool dry);

    Inbox& inbox();
    /// What has come in and gone out since the start.
    const Traffic& traffic() const;
    /// How each destination is.
    std::map<std::string, GateView> gates() const;
    Mailbox& mailbox();
    /// Codes without a row in their table, since the start.
    std::vector<UnmappedSeen::Seen> unmapped() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gateway
