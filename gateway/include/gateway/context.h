/// @file  What a map may know beside its source tree; maps are pure, so nothing else.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/time.h"

namespace gateway {

/// Visible in maps and expressions as %context-NAME. Names that the gateway sets:
///   delivery-id, control-id (20 characters at most), source, network, partner, category,
///   destination, charset,
/// and each key of the partner's `values:` (sending_application, receiving_facility, processing_id,
/// …).
class GATEWAY_API Context {
public:
    void set(std::string name, std::string value);
    /// Empty when unknown.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return values_; }

    Time now{};                         ///< now() and today(); also %context-time
    std::string zone = "Europe/Paris";  ///< for times without offset and for now()
    std::string seed;                   ///< of uuid(): same seed, same ids

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace gateway
