/// @file  The state of the whole gateway in figures.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "gateway/store.h"
#include "pipeline/gate.h"
#include "pipeline/setup.h"

namespace gateway {

using Listening = std::vector<std::pair<std::string, std::string>>;

struct GatewayFacts {
    std::string version;
    Time started;
    Time now;
    Listening listeners;
    Vitals store;
    std::map<std::string, GateView> gates;  ///< of destinations
};

/// What the partner wants: its quiet time, when it is now, and how much it takes.
void writeWishes(JsonWriter& json, const QuietHours& quiet, const std::vector<Rate>& rates,
                 Time now);

/// JSON: sources and destinations, those that only the store knows included, and the sums of which
/// accepted = translated + held + ignored + closed + waiting.
/// @param setup  may be null
std::string statusText(const Counts& counts, const std::vector<Pause>& pauses, const Setup* setup,
                       const GatewayFacts& facts);

}  // namespace gateway
