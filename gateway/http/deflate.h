/// @file  gzip bodies, made.
#pragma once

#include <string>
#include <string_view>

namespace gateway::http {

/// As one member (RFC 1952), quickly rather than small. @throws Error(unavailable) without memory
std::string deflated(std::string_view bytes);

}  // namespace gateway::http
