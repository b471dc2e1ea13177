/// @file  Text as FHIRPath counts it: in characters of Unicode, held as UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fhirpath {

/// Value of a hexadecimal digit, or -1.
int hexDigit(char c);
void appendUtf8(std::string& to, char32_t character);
/// Takes one character off the front; a byte that is not UTF-8 counts as one character.
std::string_view takeCharacter(std::string_view& text);
std::size_t characters(std::string_view text);
/// Byte offset of that character, or nothing behind the end.
std::optional<std::size_t> byteOf(std::string_view text, std::size_t character);

/// Letters of ASCII, Latin, Greek and Cyrillic change case; ß and all others stay.
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string_view trimmed(std::string_view text);
/// For equivalence: lower case, any blanks as one space.
std::string folded(std::string_view text);

std::string toBase64(std::string_view bytes, bool url);
std::optional<std::string> fromBase64(std::string_view text, bool url);
std::string toHex(std::string_view bytes);
std::optional<std::string> fromHex(std::string_view text);

/// Every character beyond ASCII as '?'.
std::string toAscii(std::string_view text);
/// Whether the bytes are well-formed UTF-8 (RFC 3629).
bool isUtf8(std::string_view bytes);

std::string escapeJson(std::string_view text);
std::string unescapeJson(std::string_view text);
std::string escapeHtml(std::string_view text);
std::string unescapeHtml(std::string_view text);

}  // namespace fhirpath
