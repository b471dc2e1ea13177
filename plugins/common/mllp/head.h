/// @file  The first segment of raw HL7 v2 bytes, read by the delimiters that it declares itself.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mllp {

/// Whether this is UTF-16 or UTF-32, which MLLP cannot carry: their bytes may be its own.
bool isWide(std::string_view message);

/// Whether it may be a delimiter: a visible character of ASCII, no letter and no digit.
bool isMark(char c);

/// What MSH says; views into the message. Reads the first 8 KiB only and never throws.
class Head {
public:
    explicit Head(std::string_view message);

    /// Whether there is an MSH with delimiters that can be used. If not, the delimiters are HL7's
    /// default and all fields are empty.
    bool known() const { return known_; }
    /// MSH-n as written, n from 3 to 19; empty when absent.
    std::string_view field(std::size_t n) const { return n < fields_.size() ? fields_[n] : ""; }
    /// Its first repetition.
    std::string_view firstOf(std::size_t n) const;
    /// A component of that, counted from 1.
    std::string_view component(std::size_t n, std::size_t component) const;
    std::string_view controlId() const { return field(10); }
    /// What an answer names in MSA-2: of a frame that begins with FHS or BHS the id of that whole
    /// (FHS-11, else BHS-11; also when it holds no message), else, and when those are empty,
    /// MSH-10.
    std::string_view answeredId() const { return batchId_.empty() ? controlId() : batchId_; }
    /// "ADT^A01", letters and digits only.
    std::string type() const;

    char separator() const { return separator_; }
    /// MSH-2 as written; an escape character that a sender doubled (`^~\\&`) counts once.
    std::string_view encoding() const { return encoding_; }
    char componentMark() const { return encoding_[0]; }
    char repetitionMark() const { return mark(1); }
    /// 0 when the message declares none.
    char escapeMark() const { return mark(2); }
    char subcomponentMark() const { return mark(3); }

private:
    char mark(std::size_t at) const { return at < encoding_.size() ? encoding_[at] : '\0'; }
    std::size_t readMarks(std::string_view line);

    bool known_ = false;
    char separator_ = '|';
    std::string encoding_ = "^~\\&";
    std::string_view batchId_;
    std::array<std::string_view, 20> fields_;
};

/// The messages that stand one behind the other, each from its MSH on; a body that begins otherwise
/// (a batch with its own header, no HL7) is one.
std::vector<std::string_view> messagesIn(std::string_view body);

/// Whether this is FHS or BHS without a message, with trailers whose counts fit.
bool isEmptyBatch(std::string_view frame);

/// The line of the first segment of that name, without its end; empty when the first `most` bytes
/// hold none. Line ends are CR, LF or both; a byte order mark before the first is passed over.
std::string_view segment(std::string_view message, std::string_view name, std::size_t most);

}  // namespace mllp
