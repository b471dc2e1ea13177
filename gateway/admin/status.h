/// @file  The state of the whole gateway in figures.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/store.h"
#include "pipeline/setup.h"

namespace gateway {

using Listening = std::vector<std::pair<std::string, std::string>>;

struct GatewayFacts {
    std::string version;
    Time started;
    Time now;
    Listening listeners;
    Vitals store;
};

/// JSON: sources and destinations, those that only the store knows included, and the sums of which
/// accepted = translated + held + ignored + closed + waiting.
/// @param setup  may be null
std::string statusText(const Counts& counts, const std::vector<Pause>& pauses, const Setup* setup,
                       const GatewayFacts& facts);

}  // namespace gateway
