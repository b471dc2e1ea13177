/// @file  The register: what the gateway knows of plans.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/message.h"
#include "gateway/state.h"
#include "gateway/time.h"

namespace gateway {

/// What is known of one plan, or of anything else that a policy remembers under a key.
struct RegisterEntry {
    std::string key;  ///< network + plan number, chosen by the policy; stored as given
    std::string network;
    std::string edition;  ///< of the newest one accepted, as the policy spells it
    std::string state;    ///< in the policy's words
    std::vector<std::string>
        subjects;  ///< identifiers, stored as keyed hashes: empty when read; none keep those known
    /// What it is found by beside them ("coordinator|…"), likewise; none beside subjects: no more.
    std::vector<std::string> labels;
    std::vector<std::string> barred;  ///< partners that may not get anything of this plan any more
    std::optional<Time> due;          ///< next instant at which time itself causes a message
    std::string dueReason;
    /// What the policy wants to know again, name and value, in its order; sealed at rest. May be
    /// patient data.
    std::vector<std::pair<std::string, std::string>> facts;
    std::string message;         ///< that made it as it is; set by the store
    Time changed{};              ///< set by the store
    std::uint64_t revision = 0;  ///< grows with each change, first 1; set by the store

    /// Empty when there is none of that name.
    std::string_view fact(std::string_view name) const {
        for (const auto& [known, value] : facts)
            if (known == name) return value;
        return {};
    }
};

/// An entry as it is to stand from now on: replaces what stands under its key, unless that has a
/// later `order` (a late old edition never overwrites a newer one).
struct RegisterChange {
    RegisterEntry entry;
    std::int64_t order = 0;  ///< rises with each edition; equal or higher replaces
    /// The revision that was read, 0: none stood there. When another stands by now nothing of the
    /// message is committed and it is translated again. Empty: whatever stands.
    std::optional<std::uint64_t> expected = {};
    bool remove = false;  ///< nothing is to stand under the key
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
    /// Those with that subject or label, in order of their keys, behind the key `after`.
    virtual std::vector<RegisterEntry> known(std::string_view subjectOrLabel, std::size_t most,
                                             std::string_view after = {}) const;
    /// Those of a network, of all when it is empty, in order of their keys, behind the key `after`.
    virtual std::vector<RegisterEntry> ofNetwork(std::string_view network, std::size_t most,
                                                 std::string_view after = {}) const;
    /// Each delivery of the plan that is not delivered or closed, with its state.
    struct Waiting {
        std::string partner, destination, edition, delivery;
        DeliveryState state = DeliveryState::queued;
        Time since{};
    };
    virtual std::vector<Waiting> waiting(std::string_view key) const;
};

}  // namespace gateway
