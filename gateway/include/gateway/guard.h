/// @file  The one guard for text from outside that is shown, named or written where it could mean
/// more than itself: terminals, logs, mail, HTML, file names, header fields, spreadsheets.
///
/// Formats of messages have escapes of their own, which their codecs write; these are for
/// everything else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/bytes.h"

namespace gateway::guard {

/// On one line of a terminal, a log or a mail: line ends as "⏎", control characters (C0, DEL, C1)
/// as \xNN, marks that turn the direction of writing as \uNNNN, what is no UTF-8 as U+FFFD.
/// @param most  bytes; what is longer ends in "…"
GATEWAY_API std::string line(std::string_view text, std::size_t most = std::string_view::npos);

/// Whether line() would not show the character itself.
GATEWAY_API bool isUnseen(char32_t character);

/// Whether it can be the name of a file, in any folder of any system: no separators, colons,
/// control characters or devices, not hidden, no blank or dot at its end, UTF-8, at most 200 bytes.
GATEWAY_API bool isFileName(std::string_view name);
/// The last part of a path that somebody gave, "C:\\export\\plans.csv" or "../plans.csv"; nothing
/// when that cannot be the name of a file.
GATEWAY_API std::optional<std::string> fileName(std::string_view given);

/// Whether it can be the value of a header field of HTTP (RFC 9110 §5.5) or mail: no control
/// character but a tab, no blank around it.
GATEWAY_API bool isFieldValue(std::string_view value);
/// The same with blanks in place of control characters, on one line.
GATEWAY_API std::string fieldValue(std::string_view value);

/// As text of HTML and XML, also between quotes: markup is shown, never obeyed.
GATEWAY_API std::string markup(std::string_view text);

/// Whether a spreadsheet would compute it: begins with '=', '@', a tab, or '+' and '-' before what
/// is no number.
GATEWAY_API bool isFormula(std::string_view cell);
/// Formulas with an apostrophe before them, which spreadsheets read as "text follows"; so have
/// formulas that had one already. asCell() and ofCell() undo each other, whatever the text.
GATEWAY_API std::string asCell(std::string_view text);
GATEWAY_API std::string_view ofCell(std::string_view cell);

}  // namespace gateway::guard
