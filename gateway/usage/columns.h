/// @file  Lines of columns for a terminal.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace gateway {

/// UTF-8 characters, not bytes.
std::size_t characters(const std::string& text);

/// Filled up with blanks to a width in characters, not bytes.
std::string padded(std::string text, std::size_t width);

/// A line of output: without blanks at its end, and ended.
std::string lineOf(std::string text);

/// Each column as wide as its widest cell, two blanks between them. What a terminal might take for
/// a command is shown as `?`.
void printColumns(std::ostream& out, std::vector<std::vector<std::string>> lines);

}  // namespace gateway
