/// @file  Places of a message, for people.
#pragma once

#include <string_view>

#include "gateway/error.h"

namespace gateway {

/// A place as codecs spell it, "line 68, column 32", "dossier.csv, line 2, column 1": the same in
/// French. Other places, paths and names, are the same in both languages.
Reason spokenPlace(std::string_view where);

/// What a message says of a place: "line 3, column 14: text"; without a place the text alone.
Reason saidOf(std::string_view where, const Reason& text);

}  // namespace gateway
