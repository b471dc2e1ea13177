/// @file  The XHTML of a narrative: kept as it is written, in both formats.
#pragma once

#include <string>
#include <string_view>

namespace fhir {

inline constexpr std::string_view kXhtml = "http://www.w3.org/1999/xhtml";

/// Whether a `div` as JSON holds it can stand in XML as it is.
enum class Narrative { good, undeclared, bad };
/// @return undeclared: it is well-formed, but does not say that it is XHTML
Narrative narrativeOf(std::string_view div);

/// `div` with the named entities of HTML 4.0 as the characters that they are; XML's own stay.
std::string withCharacters(std::string_view div);
/// `div` with its namespace declared.
std::string declared(std::string_view div);
/// A well-formed `prefix:div`, all of whose elements have the prefix, without it and with its
/// namespace declared; what the prefix and the default namespace were declared to be is left out.
std::string withoutPrefix(std::string_view div, std::string_view prefix);

}  // namespace fhir
