/// @file  Text files as people save them, as UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "gateway/error.h"

namespace text {

enum class Encoding {
    utf8,
    utf16,        ///< Excel's "Unicode text"
    windows1252,  ///< Excel's "CSV" in western Europe
    latin9        ///< ISO 8859-15
};

struct Decoded {
    std::string text;  ///< UTF-8 without a byte order mark
    Encoding encoding = Encoding::utf8;
    int line = 0;  ///< the first that is not UTF-8, when it was read as another encoding
};

/// UTF-16 is known by its mark or its zeros; what is no UTF-8 is taken as Windows-1252, or as ISO
/// 8859-15 where only that gives the French œ and €. Never fails: each byte stands for something.
Decoded decoded(std::string_view bytes);

/// The bytes as that encoding has them, whatever they look like; a byte order mark is left out.
/// Bytes that ISO 8859-15 has no sign for are read as Windows-1252 has them.
std::string decodedAs(std::string_view bytes, Encoding encoding);

/// UTF-8 in another encoding but UTF-16. @param lost  counts the characters that it does not have:
/// they are written `?`
std::string encodedAs(std::string_view text, Encoding encoding, std::size_t& lost);

/// "found no UTF-8, taken as Windows-1252 …" for people; empty for Unicode.
gateway::Reason takenAs(Encoding encoding);

}  // namespace text
