/// @file  Policy: who may get what.
#pragma once

#include <string>
#include <vector>

#include "gateway/context.h"
#include "gateway/directory.h"
#include "gateway/error.h"
#include "gateway/register.h"
#include "gateway/tree.h"

namespace gateway {

/// One possible recipient and what was decided about it.
struct Decision {
    std::string partner;  ///< a name of the directory; empty for somebody who is not in it
    std::string who;  ///< how the plan calls it, a role or local id that is no patient data: "I6
                      ///< PHARMACIEN"
    bool send = false;
    std::string filterMap;  ///< the minimum this category gets; empty: all
    Reason reason;          ///< always given, also when it is sent
};

struct Decisions {
    std::vector<Decision> recipients;     ///< sent to and left out, in the order of the plan
    std::vector<RegisterChange> changes;  ///< committed with the translation
    std::string plan;  ///< key in the register; empty: the message is about no plan
    std::string edition;
};

/// What recheck() may know of a delivery.
struct DeliveryHead {
    std::string id;
    std::string partner;
    std::string destination;
    std::string plan;  ///< key in the register, may be empty
    std::string edition;
};

/// A message that time causes.
struct DueMessage {
    std::string source;  ///< put through the inbox as a message of this source
    Bytes body;
    std::string onceKey;  ///< plan + date + kind: once for each
};

/// Reads the directory and the register, decides, and says why in French and English. Stateless,
/// many threads.
class GATEWAY_API Policy {
public:
    virtual ~Policy();
    /// @param about  source, network, time; as a map would see it
    virtual Decisions decide(const Document& pivot, const Context& about,
                             const Directory& directory, const Register& plans) const = 0;
    /// Asked again right before a delivery is sent or picked up.
    virtual Decision recheck(const DeliveryHead& delivery, const Register& plans) const = 0;
    /// Messages that time causes (a review falls due).
    virtual std::vector<DueMessage> due(Time now, const Register& plans) const;
};

}  // namespace gateway
