/// @file  The register: what the gateway knows of plans.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/message.h"
#include "gateway/time.h"

namespace gateway {

/// What is known of one plan.
struct RegisterEntry {
    std::string key;  ///< network + plan number, chosen by the policy; stored as given
    std::string network;
    std::string edition;  ///< of the newest one accepted, as the policy spells it
    std::string state;    ///< in the policy's words
    std::vector<std::string>
        subjects;  ///< identifiers; stored as keyed hashes, so not readable: empty when read
    std::vector<std::string> barred;  ///< partners that may not get anything of this plan any more
    std::optional<Time> due;          ///< next instant at which time itself causes a message
    std::string dueReason;
};

/// An entry as it is to stand from now on: replaces what stood under its key, unless what stands
/// has a later `order` (a late old edition never overwrites a newer one).
struct RegisterChange {
    RegisterEntry entry;
    std::int64_t order = 0;  ///< rises with each edition; equal or higher replaces
};

/// Who got which edition.
struct RegisterReceipt {
    std::string partner;
    std::string edition;
    std::string delivery;
    Time at;
};

/// Read-only view of the committed register. Many threads.
class GATEWAY_API Register {
public:
    virtual ~Register();
    virtual std::optional<RegisterEntry> find(std::string_view key) const = 0;
    virtual std::vector<RegisterReceipt> receipts(std::string_view key) const = 0;
    virtual std::vector<RegisterEntry> dueBefore(Time instant, std::size_t most) const = 0;
};

}  // namespace gateway
