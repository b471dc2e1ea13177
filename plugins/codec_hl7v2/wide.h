/// @file  Messages in UTF-16 and UTF-32: read and written as UTF-8, places kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "charset.h"
#include "gateway/bytes.h"

namespace gateway::hl7v2 {

/// How units of more than one byte stand in bytes.
struct WideForm {
    unsigned unit = 1;    ///< bytes of a unit: 2 or 4; 1: not wide
    bool little = false;  ///< the lowest byte first
    bool mark = false;    ///< a byte order mark stands in front
    bool wide() const { return unit > 1; }
    friend bool operator==(WideForm, WideForm) = default;
};

/// What a byte order mark says, or the zero bytes beside the first letters.
WideForm wideFormOf(std::string_view body);

/// A wide text as UTF-8, and which byte of the one is which of the other.
class WideText {
public:
    /// @throws Error(malformed) naming the byte of what is no character, unless `repair`: then
    ///         U+FFFD
    WideText(std::string_view bytes, WideForm form, bool repair);

    const std::string& utf8() const { return utf8_; }
    /// How many U+FFFD had to be put in.
    std::uint32_t repairs() const { return repairs_; }
    std::uint32_t toSource(std::uint32_t offset) const;
    std::uint32_t toUtf8(std::uint32_t sourceOffset) const;
    Span toSource(Span span) const { return {toSource(span.begin), toSource(span.end)}; }
    Span toUtf8(Span span) const { return {toUtf8(span.begin), toUtf8(span.end)}; }

private:
    /// A character that begins at both places.
    struct Step {
        std::uint32_t utf8, source;
    };
    void read(std::string_view bytes, bool repair);
    void append(char32_t c);
    void next(Step& step) const;

    WideForm form_;
    std::string utf8_;
    std::uint32_t size_;  ///< of the source
    std::uint32_t repairs_ = 0;
    std::vector<Step> steps_;  ///< one for each 64 bytes of utf8_
};

/// Appends UTF-8 text in that form, without a mark.
void appendWide(std::string_view utf8, WideForm form, Sink& out);

}  // namespace gateway::hl7v2
