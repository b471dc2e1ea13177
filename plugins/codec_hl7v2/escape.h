/// @file  The escape sequences of ER7.
#pragma once

#include <string>
#include <string_view>

#include "charset.h"
#include "delimiters.h"

namespace gateway::hl7v2 {

/// What must be known of a text that was unescaped, to write it as it was.
struct Unescaped {
    bool kept = false;       ///< sequences were kept in it: escape characters stand for themselves
    bool returns = false;    ///< its carriage returns were written in hexadecimal
    bool truncated = false;  ///< it ends in the truncation character, as written
    bool any() const { return kept || returns || truncated; }
};

/// Appends `raw` with \F\ \S\ \T\ \R\ \E\ \P\ \.br\ and \Xhh..\ replaced by what they stand for;
/// still in the charset of the message. A sequence that formats (\H\ \N\ \.sp3\), switches the
/// charset (\Cxxyy\), or is not known is kept as it is, and then \E\ beside it too.
Unescaped unescape(std::string_view raw, const Delimiters& d, const Charset& charset,
                   std::string& out);

/// Appends UTF-8 `text` with escape sequences for what would not be text otherwise; a line end
/// becomes \.br\, a truncation character \P\ at the end.
/// @param how  what unescape() said
/// @return false when a sequence is needed and MSH-2 gives no escape character, or at a NUL
bool escape(std::string_view text, const Delimiters& d, Unescaped how, std::string& out);

/// Whether carriage returns of a text are read back as line feeds.
bool losesReturns(std::string_view text, const Delimiters& d, Unescaped how);

}  // namespace gateway::hl7v2
