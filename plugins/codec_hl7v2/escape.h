/// @file  The escape sequences of ER7.
#pragma once

#include <string>
#include <string_view>

#include "charset.h"
#include "delimiters.h"

namespace gateway::hl7v2 {

/// Appends `raw` with \F\ \S\ \T\ \R\ \E\ \P\ \.br\ and \Xhh..\ replaced by what they stand for;
/// still in the charset of the message. A sequence that formats (\H\ \N\ \.sp3\), switches the
/// charset (\Cxxyy\), or is not known is kept as it is.
/// @return whether one was kept: then \E\ is kept too, so that the text can be written as it was
bool unescape(std::string_view raw, const Delimiters& d, const Charset& charset, std::string& out);

/// Appends UTF-8 `text` with escape sequences for what would not be text otherwise; a line end
/// becomes \.br\.
/// @param kept  what unescape() said: escape characters stand for themselves
/// @return false when a sequence is needed and MSH-2 gives no escape character, or at a NUL
bool escape(std::string_view text, const Delimiters& d, bool kept, std::string& out);

}  // namespace gateway::hl7v2
