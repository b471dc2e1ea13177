/// @file  Words and signs of the FHIR Mapping Language (R5; R3 and R4 spellings).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace fml {

/// Offset in the text of a map.
using At = std::uint32_t;

/// The text of one map file, and where its lines begin.
class SourceText {
public:
    SourceText(std::string file, std::string text);
    const std::string& file() const { return file_; }
    std::string_view text() const { return text_; }
    /// Line and column, counted in characters from 1.
    gateway::Place place(At at) const;

private:
    std::string file_;
    std::string text_;
    std::vector<At> lines_;
};

struct Token {
    enum class Kind : std::uint8_t {
        end,
        word,      ///< name or keyword
        quoted,    ///< `name`
        text,      ///< 'text'
        wide,      ///< "text"
        number,    ///< 12 or 1.50
        sign,      ///< one of -> << >> .. == != <= >= or a single character
        metadata,  ///< the rest of a line that begins with ///
        broken     ///< a quote that nothing closes in its line
    };
    Kind kind = Kind::end;
    At begin = 0;
    At end = 0;
    std::string_view raw;
    std::string value;  ///< of a name or text, unescaped

    bool is(std::string_view what) const {
        return (kind == Kind::word || kind == Kind::sign) && raw == what;
    }
    bool name() const { return kind == Kind::word || kind == Kind::quoted; }
    bool anyText() const { return kind == Kind::text || kind == Kind::wide; }
    /// How a message names it: "'then'", "the end of the file".
    gateway::Reason shown() const;
};

/// 'word' as messages show it.
gateway::Reason quote(const std::string& word);

/// Reads one token after the other, and can go back.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) { advance(); }

    const Token& peek() const { return token_; }
    Token next();
    /// Goes on at that offset.
    void seek(At at);
    /// The end of the last token that next() returned.
    At last() const { return last_; }
    std::string_view text() const { return text_; }
    /// Reads a code of an inline table from where peek() begins: up to white space or a relation.
    Token bare();

private:
    void advance();
    void skipBlank();
    void readQuoted(char quote);

    std::string_view text_;
    std::size_t at_ = 0;
    At last_ = 0;
    Token token_;
};

}  // namespace fml
