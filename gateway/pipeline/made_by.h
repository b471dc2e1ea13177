/// @file  What made a delivery: by this it is known again when it is to be made once more.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

/// The store keeps it as the delivery's map version.
struct MadeBy {
    std::string route;   ///< empty: not known
    std::string what;    ///< the root of what a policy sends instead of the pivot; empty: the pivot
    unsigned which = 1;  ///< of those that this route makes so of one message for one destination
    std::string maps;    ///< "name@version name@version"

    /// Without the maps; empty when the route is not known.
    std::string mark() const;
    std::string text() const;
    static MadeBy of(std::string_view text);
};

}  // namespace gateway
