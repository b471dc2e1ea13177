/// @file  Figures for Prometheus: its text format 0.0.4. Labels are names of the configuration;
/// what each means, what is normal and what to do: docs/operating.md.
#pragma once

#include <string>
#include <vector>

#include "watch/alert_book.h"
#include "watch/sight.h"
#include "watch/tellers.h"

namespace gateway {

inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

std::string metricsText(const Sight& seen, const std::vector<AlertBook::Change>& alerts,
                        const std::vector<Telling>& tellings, bool ready);

}  // namespace gateway
