/// @file  Whether a text is written as its primitive data type asks.
#pragma once

#include <string_view>

namespace gateway::hl7v2 {

/// The sentence on what a type expects, "expected a number (NM)"; both empty when the type says
/// nothing about form.
struct Format {
    std::string_view en, fr;
    bool (*holds)(std::string_view text) = nullptr;
};

/// Of NM, SI, DT, TM, DTM and TS (its first component); null for every other type, whose form
/// depends on a table or is free.
const Format* formatOf(std::string_view type);

}  // namespace gateway::hl7v2
