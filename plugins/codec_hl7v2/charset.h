/// @file  The character sets of MSH-18: bytes to UTF-8 and back.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/error.h"

namespace gateway::hl7v2 {

/// One character set. Made once, lives for ever. Those of one byte agree with ASCII below 0x80;
/// text of UTF-16 and UTF-32 is handled as UTF-8 and turned at the edge (wide.h).
class Charset {
public:
    /// By the code of table 0211 ("8859/15", "UNICODE UTF-8") or a usual other spelling of it
    /// ("ISO-8859-15", "utf8"); null if it is none that is supported.
    static const Charset* find(std::string_view code);
    static const Charset& utf8();
    /// The set whose index() this is, or UTF-8.
    static const Charset& at(std::size_t index);
    static Reason expected();

    std::string_view code() const { return code_; }          ///< as table 0211 spells it
    std::string_view mimeName() const { return mimeName_; }  ///< "iso-8859-15"
    std::size_t index() const { return index_; }
    /// Whether it has every character.
    bool isUnicode() const { return form_ == Form::unicode; }
    /// Bytes of a unit: 1, 2 or 4.
    unsigned unit() const { return unit_; }

    /// Whether these bytes are text of this set. C1 controls (0x80 to 0x9F) are none: who sends
    /// them under 8859 means Windows-1252.
    bool fits(std::string_view bytes) const;
    /// Appends bytes that fit as UTF-8.
    void toUtf8(std::string_view bytes, std::string& out) const;
    /// Appends bytes that do not fit as UTF-8: as UTF-8 if they are that, else each byte by this
    /// set, else by Windows-1252, else as U+FFFD.
    void repair(std::string_view bytes, std::string& out) const;
    /// Appends UTF-8 text in this set; false at a character that it lacks.
    bool fromUtf8(std::string_view text, std::string& out) const;
    bool has(std::string_view character) const;

private:
    enum class Form { ascii, unicode, table };
    Charset(std::string code, std::string mimeName, Form form, unsigned unit = 1);
    static std::vector<Charset> all();
    static const std::vector<Charset>& sets();

    std::string code_, mimeName_;
    Form form_;
    unsigned unit_;
    std::size_t index_ = 0;
    std::array<std::string, 128> high_;  ///< UTF-8 of the bytes from 0x80 on; empty: unknown
    std::vector<std::pair<std::string, unsigned char>> back_;  ///< the same, sorted
};

bool validUtf8(std::string_view text);
/// Bytes of the UTF-8 sequence at the beginning of a text that is not empty; 0 when it is none.
std::size_t utf8Sequence(std::string_view text);
/// How many bytes stand before the first one above 0x7F.
std::size_t asciiPrefix(std::string_view text);

}  // namespace gateway::hl7v2
