/// @file  The transform escape(value, from, to): texts that are themselves escaped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fml {

enum class Escaping { plain, json, markup };

/// plain (or text, raw), java, json, xml, html.
std::optional<Escaping> escapingOf(std::string_view name);

std::string escaped(std::string_view text, Escaping from, Escaping to);

}  // namespace fml
