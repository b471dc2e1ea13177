/// @file  Names of fields and segments, permanent for all that are usual.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// What Document::format() says of trees of this codec.
Name formatName();
/// "0" to "99".
extern const std::array<Name, 100> numberNames;
/// "1", "2", …; beyond 99 interned in the document.
inline Name numberName(std::uint32_t number, Builder& tree) {
    return number < numberNames.size() ? numberNames[number] : tree.intern(std::to_string(number));
}
/// "PID"; permanent for the segments of the standard, else interned in the document.
Name segmentName(std::string_view id, Builder& tree);

/// Whether this is three upper-case letters or digits.
bool isSegmentId(std::string_view name);
/// The number that a field, component or subcomponent is named by; 0 if it is none.
inline std::uint32_t numberOf(std::string_view name) {
    std::uint32_t number = 0;
    if (name.size() > 7) return 0;
    for (const char c : name) {
        if (c < '0' || c > '9') return 0;
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return number;
}

}  // namespace gateway::hl7v2
