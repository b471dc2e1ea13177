/// @file  Places and values of the source as FML and FHIRPath write them.
#pragma once

#include <string>

#include "layout.h"

namespace maps {

/// A name of an element in FHIRPath.
std::string pathName(std::string_view name);
/// "row.a.b.where(type = 'X').c"; with an empty context "a.b…".
std::string pathText(const std::string& context, const Steps& steps);
/// The same as a source of FML: "row.a.b". Of steps without filters.
std::string sourceText(const std::string& context, const Steps& steps);
/// What a filter asks, with the step as focus.
std::string filterText(const Step& step);

/// The steps of `whole` after `front`.
Steps below(const Steps& whole, const Steps& front);

/// The value of a mapping as FHIRPath text, from the things around it: joined, not yet rewritten.
std::string valueText(const std::string& context, const SourcePath& path, const Steps& things);
/// Whether there is any value.
std::string existsText(const std::string& context, const SourcePath& path, const Steps& things);

/// `%x` of a rewriting filled in.
std::string filled(std::string_view expression, const std::string& value);

/// `text` with the parameter `from` of its calls named `to`.
std::string renamed(std::string_view text, std::string_view from, const std::string& to);
/// Whether a call has that parameter.
bool mentions(std::string_view text, std::string_view word);
/// A text of FML in double quotes.
std::string wide(std::string_view text);

}  // namespace maps
