/// @file  Lines that a person types.
#pragma once

#include <optional>
#include <string>

namespace gateway {

/// One line of stdin without its end; the prompt goes to stderr when stdin is a terminal.
/// @param hidden  a terminal does not show what is typed
/// @return nothing at the end of input
std::optional<std::string> readLine(const std::string& prompt, bool hidden);

}  // namespace gateway
