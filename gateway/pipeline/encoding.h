/// @file  The bytes of one delivery: the recipient's filter map, the destination's map, its codec.
#pragma once

#include <string>
#include <vector>

#include "pipeline/made_by.h"
#include "pipeline/translating.h"

namespace gateway {

/// Of one message, for each of its deliveries.
class Encoding {
public:
    /// @param context  of the source tree
    /// @param notes  what maps say of a result that is delivered with errors
    Encoding(const Translations& shared, const Setup& setup, const MessageClaim& claim,
             const std::string& network, const Context& context, std::vector<Note>& notes)
        : shared_(shared),
          setup_(setup),
          claim_(claim),
          network_(network),
          context_(context),
          notes_(notes) {}

    /// Fills in the bytes and what they are, or why there are none: then it is held.
    /// @return false when it is held since the destination's `when` takes nothing like it
    /// @throws Error(unavailable), std::bad_alloc
    bool encode(const DestinationSetup& destination, const Document& tree,
                const std::string& filterMap, MadeBy made, NewDelivery& delivery);

private:
    struct Step;
    void write(const DestinationSetup& destination, const std::string& filterMap, Step& step);
    bool apply(const Transformer& map, const std::string& name, Document& into, Step& step);
    Context contextOf(const DestinationSetup& destination, const NewDelivery& delivery) const;

    const Translations& shared_;
    const Setup& setup_;
    const MessageClaim& claim_;
    const std::string& network_;
    const Context& context_;
    std::vector<Note>& notes_;
};

}  // namespace gateway
