/// @file  Whether the gateway can take messages now, and if not, why.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"

namespace gateway {

struct Readiness {
    struct Hindrance {
        std::string what;  ///< "starting", "draining", "store", "disk", "listener"
        Reason why;
    };
    std::vector<Hindrance> hindrances;
    bool ready() const { return hindrances.empty(); }
};

/// {"ok":true}, or why not.
std::string readinessText(const Readiness& readiness);

}  // namespace gateway
