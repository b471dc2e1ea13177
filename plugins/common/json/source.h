/// @file  The text as RapidJSON reads it: a stream that keeps strings and numbers where they stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace json {

/// A RapidJSON stream, to be read with kParseInsituFlag. Two things differ from RapidJSON's own:
///   - a string without escapes is not copied: its bytes are a view into the text; one with escapes
///     is put together in a buffer;
///   - a number is cut out here and shown to RapidJSON as `0`, because it would refuse what no
///     double holds (1e400) and lose digits.
class Source {
public:
    using Ch = char;

    Source(std::string_view text, std::size_t from)
        : begin_(text.data()), end_(begin_ + text.size()), at_(begin_ + from) {}

    char Peek() const {
        if (at_ == end_) return '\0';
        if (inString_ || !startsNumber(*at_)) return *at_;
        return numberEnd() != nullptr ? '0' : kNoNumber;
    }
    char Take() {
        if (at_ == end_) return '\0';
        if (inString_ || !startsNumber(*at_)) return *at_++;
        return takeNumber();
    }
    void skipBlank() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }
    std::size_t Tell() const { return static_cast<std::size_t>(at_ - begin_); }

    // The in-situ part: RapidJSON puts each character of a string.
    char* PutBegin();
    void Put(char c) {
        if (escaped_)
            buffer_.push_back(c);
        else if (at_ == string_ + length_ + 1)
            ++length_;
        else
            firstEscape(c);
    }
    std::size_t PutEnd(char*) {
        inString_ = false;
        return length_ + 1;
    }

    /// The last string, unescaped, and whether it is a view into the text.
    std::string_view string() const {
        return escaped_ ? std::string_view(buffer_).substr(0, buffer_.size() - 1)
                        : std::string_view(string_, length_ - 1);
    }
    bool stringInText() const { return !escaped_; }
    std::size_t stringBegin() const { return static_cast<std::size_t>(string_ - begin_); }
    /// The last number.
    std::size_t numberBegin() const { return static_cast<std::size_t>(number_ - begin_); }
    bool atEnd() const { return at_ == end_; }

private:
    static constexpr char kNoNumber = '\x01';
    static bool startsNumber(char c) { return c == '-' || (c >= '0' && c <= '9'); }
    /// Past the number that begins here; null if there is none or its end is not one.
    const char* numberEnd() const;
    char takeNumber();
    void firstEscape(char c);

    const char* begin_;
    const char* end_;
    const char* at_;
    const char* number_ = nullptr;
    const char* string_ = nullptr;
    std::size_t length_ = 0;  ///< of the string so far, with RapidJSON's closing NUL
    bool inString_ = false;
    bool escaped_ = false;
    std::string buffer_;
};

/// Past the longest number at `at`; null if there is none.
const char* numberAt(const char* at, const char* end);

}  // namespace json
