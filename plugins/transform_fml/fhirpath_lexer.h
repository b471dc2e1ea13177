/// @file  Words of FHIRPath (N1 2.0.0, §3 and appendix "Formal Specifications"), one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fhirpath {

struct Token {
    enum class Kind : std::uint8_t {
        end,
        identifier,  ///< also keywords; `delimited` when written in backquotes
        string,
        number,
        date,      ///< @2015-02
        dateTime,  ///< @2015-02T
        time,      ///< @T14:30
        external,  ///< %name
        special,   ///< $this
        symbol,
        bad,  ///< `text` says what is wrong, `french` too
    };
    Kind kind = Kind::end;
    bool delimited = false;
    bool ignored = false;  ///< a backslash that begins no escape was left out
    std::uint32_t begin = 0, end = 0;
    /// Identifiers, strings, externals: unescaped, without delimiters. Numbers, dates: as written,
    /// without '@'.
    std::string text;
    std::string french;

    bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
    bool word(std::string_view keyword) const {
        return kind == Kind::identifier && !delimited && text == keyword;
    }
};

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}
    Token next();

private:
    bool skipBlank(Token& token);
    Token bad(std::uint32_t begin, std::string what, std::string french);
    Token name(Token token);
    Token number(Token token);
    Token moment(Token token);
    Token external(Token token);
    Token quoted(Token token, char delimiter);
    bool escape(std::string& to);
    bool unicode(std::string& to);
    char at(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    Token finish(Token token);

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace fhirpath
