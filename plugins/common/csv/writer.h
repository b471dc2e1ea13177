/// @file  A record as RFC 4180 writes it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace csv {

/// A field, in quotes where it needs them: a separator, quote or line break inside, blanks around.
std::string written(std::string_view text, char separator = ',');

/// The fields with separators between them and a LF at the end.
void writeRecord(std::string& out, std::span<const std::string> fields, char separator = ',');

}  // namespace csv
