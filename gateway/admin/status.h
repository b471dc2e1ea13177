/// @file  The state of the whole gateway in figures.
#pragma once

#include <string>
#include <vector>

#include "core/json_text.h"
#include "pipeline/gate.h"
#include "watch/watch.h"

namespace gateway {

/// JSON: sources and destinations, those that only the store knows included, the accounts of which
/// came in = what lies in the store, certificates, alerts.
std::string statusText(const Sight& sight, const std::vector<AlertBook::Change>& alerts,
                       const Readiness& readiness);

/// What the partner wants: its quiet time, when it is now, and how much it takes.
void writeWishes(JsonWriter& json, const QuietHours& quiet, const std::vector<Rate>& rates,
                 Time now);

/// {"alerts": […], "receivers": […]}
std::string alertsText(const std::vector<AlertBook::Change>& alerts,
                       const std::vector<Telling>& tellings);
/// {"results": [{"receiver", "kind", "done", "answer" or "why"}]}
std::string triedText(const std::vector<Watch::Tried>& all);

}  // namespace gateway
