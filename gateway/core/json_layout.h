/// @file  JSON text, laid out anew.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

/// Well-formed JSON on lines of its own, indented by two; short objects and lists stay on one line.
std::string indentedJson(std::string_view json);
/// The same on one line.
std::string oneLineJson(std::string_view json);

}  // namespace gateway
