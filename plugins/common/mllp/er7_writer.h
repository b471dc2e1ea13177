/// @file  Segments of an answer, in the delimiters and the character set of the message answered.
#pragma once

#include <string>
#include <string_view>

#include "mllp/head.h"

namespace mllp {

/// Text that is said is escaped and spelled in the set of MSH-18 (UTF-8, 8859/1 and 8859/15; ASCII
/// for any other): what the set lacks becomes `?`. Text that is echoed stays in the bytes that the
/// peer wrote. Neither can end a segment or a frame, and both are bounded.
class Er7Writer {
public:
    explicit Er7Writer(const Head& head);

    void segment(std::string_view name) { out_ += name; }
    /// A field as the peer wrote it.
    void echo(std::string_view field);
    void field(std::string_view text = {}, std::size_t most = kTextLimit);
    /// Begins the next repetition; false when the message has no mark for it.
    bool repeat();
    void component(std::string_view text = {});
    void component(int number) { component(std::to_string(number)); }
    /// Nothing when the message has no mark for it.
    void subcomponent(std::string_view text);
    void raw(std::string_view text) { out_ += text; }
    void end() { out_ += '\r'; }
    std::string take() { return std::move(out_); }

    static constexpr std::size_t kTextLimit = 500;

private:
    enum class Set { ascii, latin1, latin9, utf8 };
    static Set setOf(std::string_view code);

    void escaped(std::string_view text, std::size_t most);
    void ascii(char c);
    void character(std::string_view bytes);
    char letterOf(char c) const;

    const Head& head_;
    const Set set_;
    std::string out_;
};

}  // namespace mllp
