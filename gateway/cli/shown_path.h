/// @file  Files as people call them.
#pragma once

#include <string>

#include "gateway/error.h"

namespace gateway {

/// The file from here on, if it lies below the working folder.
std::string shownPath(const std::string& file);
/// "file:line:column" with that file.
std::string shownPlace(const Place& place);

}  // namespace gateway
