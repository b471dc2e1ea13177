/// @file  Whether a file of the gateway is there, and what is said to whoever may not read it.
#pragma once

#include <string>

#include "gateway/error.h"

namespace gateway {

/// The files of a gateway belong to its service: whoever else asks is told as whom to ask.
Reason mayNotRead();

/// @throws Error(unavailable) when this user may not look into its folder: nobody knows then
bool isThere(const std::string& path);

/// Whether this user may not open what is there, or not look for it.
bool isForbidden(const std::string& path);

}  // namespace gateway
