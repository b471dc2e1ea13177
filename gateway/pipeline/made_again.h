/// @file  The deliveries of a message that a person wants made again.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/store.h"
#include "pipeline/id_stock.h"
#include "pipeline/made_by.h"
#include "pipeline/setup.h"

namespace gateway {

/// Of one claim. What the routes make now is compared with what they made: the route, and which of
/// those that it makes for that destination.
class MadeAgain {
public:
    MadeAgain(Store& store, IdStock& ids, const Setup& setup, const MessageClaim& claim);

    /// A claim for all of the message, or for some of its deliveries alone.
    bool some() const { return some_; }
    /// The delivery to begin with when a route makes this for that destination, and where it goes:
    /// another way when nobody fetched it there. Nothing: it is none of those asked for.
    std::optional<NewDelivery> take(const std::string& destination, const MadeBy& made);
    /// What no route has made; each held for that reason.
    std::vector<NewDelivery> rest(const Reason& why);

private:
    struct One {
        std::string id, partner, destination, plan, edition;
        MadeBy made;
        bool anew = false;  ///< it was set aside: another takes its place
        bool unread = false;
    };
    NewDelivery begin(const One& one);
    const std::string& thenOf(const std::string& destination) const;
    bool leads(const std::string& from, const std::string& to) const;

    IdStock& ids_;
    const Setup& setup_;
    bool some_;
    std::vector<One> asked_;
    std::set<std::string> others_;  ///< "destination", tab, mark of those not asked for
};

}  // namespace gateway
