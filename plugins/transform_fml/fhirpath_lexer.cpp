#include "fhirpath_lexer.h"

#include <array>

#include "fhirpath_text.h"

namespace fhirpath {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

/// Skips blanks and comments; false when a comment does not end.
bool Lexer::skipBlank(Token& token) {
    for (;;) {
        while (at() == ' ' || at() == '\t' || at() == '\r' || at() == '\n') ++at_;
        if (at() == '/' && at(1) == '/') {
            while (at_ < text_.size() && at() != '\n') ++at_;
        } else if (at() == '/' && at(1) == '*') {
            token.begin = static_cast<std::uint32_t>(at_);
            const std::size_t end = text_.find("*/", at_ + 2);
            at_ = end == text_.npos ? text_.size() : end + 2;
            if (end == text_.npos) return false;
        } else {
            return true;
        }
    }
}

Token Lexer::finish(Token token) {
    token.end = static_cast<std::uint32_t>(at_);
    return token;
}

Token Lexer::bad(std::uint32_t begin, std::string what, std::string french) {
    Token token;
    token.kind = Token::Kind::bad;
    token.begin = begin;
    token.text = std::move(what);
    token.french = std::move(french);
    at_ = text_.size();
    return finish(std::move(token));
}

Token Lexer::next() {
    Token token;
    if (!skipBlank(token))
        return bad(token.begin, "a comment that does not end",
                   "un commentaire qui ne se termine pas");
    token.begin = static_cast<std::uint32_t>(at_);
    if (at_ == text_.size()) return finish(std::move(token));
    const char c = at();
    if (letter(c)) return name(std::move(token));
    if (digit(c)) return number(std::move(token));
    if (c == '@') return moment(std::move(token));
    if (c == '%') return external(std::move(token));
    if (c == '`') return quoted(std::move(token), '`');
    if (c == '\'') return quoted(std::move(token), '\'');
    if (c == '$') {
        ++at_;
        token = name(std::move(token));
        token.kind = Token::Kind::special;
        return token;
    }
    token.kind = Token::Kind::symbol;
    static constexpr std::array<std::string_view, 5> kPairs{"<=", ">=", "!=", "!~", "->"};
    for (const std::string_view pair : kPairs)
        if (text_.substr(at_, 2) == pair) token.text = pair;
    if (token.text.empty()) token.text = std::string(1, c);
    if (std::string_view(".[](){}+-*/&|<>=~,!->;:\"").find(c) == std::string_view::npos)
        return bad(token.begin, "a character that no expression has",
                   "un caractère qu'aucune expression n'a");
    at_ += token.text.size();
    return finish(std::move(token));
}

Token Lexer::name(Token token) {
    token.kind = Token::Kind::identifier;
    const std::size_t begin = at_;
    while (letter(at()) || digit(at())) ++at_;
    token.text = text_.substr(begin, at_ - begin);
    return finish(std::move(token));
}

Token Lexer::number(Token token) {
    token.kind = Token::Kind::number;
    const std::size_t begin = at_;
    while (digit(at())) ++at_;
    if (at() == '.' && digit(at(1))) {
        ++at_;
        while (digit(at())) ++at_;
    }
    token.text = text_.substr(begin, at_ - begin);
    return finish(std::move(token));
}

Token Lexer::moment(Token token) {
    const std::size_t begin = ++at_;
    const auto digits = [this](char separator, std::size_t count) {
        if (at() != separator) return false;
        for (std::size_t i = 1; i <= count; ++i)
            if (!digit(at(i))) return false;
        at_ += count + 1;
        return true;
    };
    token.kind = Token::Kind::date;
    if (at() == 'T') {
        token.kind = Token::Kind::time;
    } else {
        while (digit(at())) ++at_;
        if (digits('-', 2)) digits('-', 2);
        if (at() == 'T') token.kind = Token::Kind::dateTime;
    }
    if (digits('T', 2)) {
        if (digits(':', 2) && digits(':', 2) && at() == '.' && digit(at(1))) {
            ++at_;
            while (digit(at())) ++at_;
        }
        if (token.kind == Token::Kind::dateTime) {
            if (at() == 'Z')
                ++at_;
            else if ((at() == '+' || at() == '-') && digit(at(1)) && digit(at(2)) && at(3) == ':')
                at_ += digit(at(4)) && digit(at(5)) ? 6u : 0u;
        }
    } else if (at() == 'T') {
        ++at_;
    }
    token.text = text_.substr(begin, at_ - begin);
    return finish(std::move(token));
}

Token Lexer::external(Token token) {
    ++at_;
    if (at() == '`' || at() == '\'') {
        token = quoted(std::move(token), at());
        if (token.kind != Token::Kind::bad) token.kind = Token::Kind::external;
        token.delimited = false;
        return token;
    }
    const std::uint32_t begin = token.begin;
    token = name(std::move(token));
    if (token.text.empty()) return bad(begin, "'%' without a name", "« % » sans nom");
    // Names such as context-partner, vs-name, ext-name are one word, though '-' is an operator
    // elsewhere.
    if (at() == '-' && (token.text == "context" || token.text == "vs" || token.text == "ext") &&
        (letter(at(1)) || digit(at(1)))) {
        while (letter(at()) || digit(at()) || (at() == '-' && (letter(at(1)) || digit(at(1)))))
            token.text += text_[at_++];
    }
    token.kind = Token::Kind::external;
    return finish(std::move(token));
}

Token Lexer::quoted(Token token, char delimiter) {
    token.kind = delimiter == '\'' ? Token::Kind::string : Token::Kind::identifier;
    token.delimited = true;
    for (++at_; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == delimiter) {
            ++at_;
            return finish(std::move(token));
        }
        if (c != '\\')
            token.text += c;
        else if (!escape(token.text))
            token.ignored = true;
    }
    if (delimiter == '\'')
        return bad(token.begin, "a text whose closing ' is missing",
                   "un texte dont le ' final manque");
    return bad(token.begin, "a name whose closing ` is missing", "un nom dont le ` final manque");
}

/// at_ stands on the backslash, and on the last character of the escape afterwards. The backslash
/// of what is no escape is ignored; then this is false.
bool Lexer::escape(std::string& to) {
    const char c = at(1);
    static constexpr std::string_view kWritten = "'\"`\\/fnrt", kMeant = "'\"`\\/\f\n\r\t";
    if (c == 'u') return unicode(to);
    const std::size_t known = kWritten.find(c);
    if (known == kWritten.npos) return false;
    to += kMeant[known];
    ++at_;
    return true;
}

bool Lexer::unicode(std::string& to) {
    const auto unit = [this](std::size_t from) -> int {
        int value = 0;
        for (std::size_t i = from; i < from + 4; ++i) {
            const int hex = hexDigit(at(i));
            if (hex < 0) return -1;
            value = value * 16 + hex;
        }
        return value;
    };
    int code = unit(2);
    std::size_t size = 5;
    if (code >= 0xD800 && code < 0xDC00 && at(6) == '\\' && at(7) == 'u') {
        const int low = unit(8);
        if (low < 0xDC00 || low > 0xDFFF) return false;
        code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00);
        size = 11;
    }
    if (code <= 0 || (code >= 0xD800 && code <= 0xDFFF)) return false;
    at_ += size;
    appendUtf8(to, static_cast<char32_t>(code));
    return true;
}

}  // namespace fhirpath
