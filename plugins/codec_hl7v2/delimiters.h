/// @file  The delimiters of one message, as its MSH-1 and MSH-2 give them.
#pragma once

#include <string_view>

namespace gateway::hl7v2 {

/// 0 stands for a delimiter that MSH-2 does not give.
struct Delimiters {
    char field = '|';
    char component = '^';
    char repetition = '~';
    char escape = '\\';
    char subcomponent = '&';
    char truncation = 0;  ///< from v2.7 on

    friend bool operator==(const Delimiters&, const Delimiters&) = default;
};

/// What is unusual about an MSH-2 that can be read nevertheless.
enum class Unusual { nothing, shortened, doubledEscape };

/// Reads MSH-1 and MSH-2. `^~\\&`, the escape character written twice, is a known fault of senders
/// and is read as `^~\&`.
/// @throws Error(malformed, "MSH-1" or "MSH-2")
Delimiters delimitersOf(char field, std::string_view encoding, Unusual& unusual);
/// Whether delimitersOf() takes them.
bool canDelimit(char field, std::string_view encoding);

}  // namespace gateway::hl7v2
