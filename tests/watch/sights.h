/// @file  A gateway as tests want it to be seen.
#pragma once

#include "watch/causes.h"

namespace watch_test {
using namespace gateway;

inline constexpr Milliseconds kMinute{60'000}, kHour{3'600'000}, kDay{86'400'000};
inline const Time kNow{Milliseconds(1'800'000'000'000)};

/// Source "adt" and destination "chu/plans", all well.
inline Sight wellSeen() {
    auto setup = std::make_shared<gateway::Setup>();
    setup->version = "v1";
    setup->sources["adt"].name = "adt";
    setup->destinations["chu/plans"].name = "chu/plans";
    setup->destinations["chu/plans"].partner = "chu";
    Sight sight;
    sight.now = kNow;
    sight.started = kNow - kDay;
    sight.version = "1.2.3";
    sight.setup = setup;
    sight.reserve = 256u << 20;
    sight.store.freeBytes = 100ull << 30;
    sight.in["adt"].heard = kNow - kMinute;
    return sight;
}

}  // namespace watch_test
