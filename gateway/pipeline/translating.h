/// @file  What becomes of one claimed message: its routes, their maps, and who gets it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/log.h"
#include "gateway/policy.h"
#include "gateway/register.h"
#include "gateway/store.h"
#include "pipeline/id_stock.h"
#include "pipeline/made_again.h"
#include "pipeline/setup.h"
#include "pipeline/unmapped_seen.h"

namespace gateway {

/// What all translations share.
struct Translations {
    Store& store;
    Log& log;
    UnmappedSeen& unmapped;
    IdStock& ids;
};

/// One message, one thread, once.
class Translating {
public:
    /// @param plans  what policies read of the register
    Translating(const Translations& shared, const Setup& setup, const MessageClaim& claim,
                const Register& plans);

    /// Never throws for what the message, a map or a policy did: that holds the message.
    /// @throws Error(unavailable) for the store's trouble, std::bad_alloc
    Translation run();

private:
    /// What goes to one destination, as a route or a policy says it.
    struct Sending {
        const RouteSetup& route;
        const Document& tree;
        std::string destination;
        const Decisions* about = nullptr;
        std::string filterMap = {};
        std::string what = {};  ///< instead of the pivot
    };

    Translation attempt();
    void read(const SourceSetup& source);
    void takeRoutes(const Document& tree);
    void takeRoute(const RouteSetup& route, const Document& tree);
    void sendPivot(const RouteSetup& route, const Document& pivot);
    void decide(const RouteSetup& route, const Document& pivot);
    void endThoughHeld(const RouteSetup& route, const Document& pivot);
    std::string follow(const RouteSetup& route, const Document& pivot, const Decisions& decisions,
                       const Decision& decision);
    /// @return false when that destination takes nothing of this kind
    bool deliver(const Sending& sending);
    void note(std::string who, const Reason& what);
    /// Whether another route of this message has sent the same there, as the policy said.
    bool isSent(const std::string& destination, const Decision& decision);
    Translation outcome();
    Translation held(Reason reason) const;
    Translation stillHeld(const Reason& why);

    const Translations& shared_;
    const Setup& setup_;
    const MessageClaim& claim_;
    const Register& plans_;
    MadeAgain again_;
    std::string network_;
    Context context_;
    std::vector<std::string> lanes_;
    std::map<std::string, unsigned> made_;  ///< destination, tab, mark → how many so far
    /// What a policy gave to destinations that it names itself.
    std::vector<std::pair<std::string, std::shared_ptr<const Document>>> named_;
    Translation result_;
    std::vector<Reason> why_;    ///< why routes that fit made nothing
    Reason ignored_;             ///< why nobody needs it, says a route or a policy
    Decisions endedThoughHeld_;  ///< changes and ends alone
    bool taken_ = false;         ///< by a route
    bool stopped_ = false;       ///< held for a route's sake, as result_ says
};

}  // namespace gateway
