/// @file  Dates and times written in another order than ISO's: "15/01/2024" by "dd/MM/yyyy".
#pragma once

#include <optional>
#include <string_view>

#include "fhirpath_moment.h"

namespace fhirpath {

/// Reads `text` by the format codes of FHIRPath's toDate(): yyyy yy MM M dd d HH H hh h mm m ss s
/// S… a (AM, PM) Z (offset); every other character stands for itself. Nothing when it does not fit,
/// names no day of the calendar, or leaves a part out between two others.
std::optional<Moment> momentByFormat(std::string_view text, std::string_view format,
                                     Moment::Kind kind);

}  // namespace fhirpath
