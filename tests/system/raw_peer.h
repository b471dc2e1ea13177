/// @file  A peer that sends whatever it is told to, and reads while it sends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace support {

/// Sends bytes to a port of this machine until all are sent or the other side has answered; what
/// came back until `end` was in it or the connection closed.
std::string exchanged(std::uint16_t port, std::string_view bytes, std::string_view end);
/// Posts a body; the whole answer, with its head.
std::string posted(std::uint16_t port, const std::string& path, std::string_view body);
/// Sends one frame of MLLP; the answer without framing.
std::string framed(std::uint16_t port, std::string_view message);
/// The most memory that a process ever had, in MiB.
std::size_t peakMemory(int process);

}  // namespace support
