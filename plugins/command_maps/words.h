/// @file  Words as people write them, compared as people read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace maps {

/// Lower case, without accents, the words apart: "dateNaissance", "Date de naissance" and
/// "DATE_NAISSANCE" all give "date naissance" (small words like "de" are left out).
std::vector<std::string> wordsOf(std::string_view text);
/// The same words joined by single spaces.
std::string folded(std::string_view text);

/// `text` cut at each `separator`, the parts without white space around them; no empty parts.
std::vector<std::string> split(std::string_view text, char separator);
std::string_view trimmed(std::string_view text);

}  // namespace maps
