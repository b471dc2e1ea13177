/// @file  Instants as searches of FHIR compare them (http://hl7.org/fhir/R4/search.html#date).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/time.h"

namespace transport_http {

/// A prefix and the time that a date of FHIR, however exact, stands for. Without an offset it is
/// UTC.
struct SearchedTime {
    enum class Prefix { eq, ne, gt, lt, ge, le, ap };  ///< sa and eb are gt and lt for an instant
    Prefix prefix = Prefix::eq;
    gateway::Time from{}, until{};  ///< first instant, and the first one after it

    bool holds(gateway::Time instant, gateway::Time now) const;
};

/// "ge2026-03-01", "2026-03-01T08:00:00.000+01:00"; nothing when it is none. A space stands for the
/// plus that a form's encoding made of it.
std::optional<SearchedTime> searchedTime(std::string_view text);

}  // namespace transport_http
