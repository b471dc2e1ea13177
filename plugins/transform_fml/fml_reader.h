/// @file  What every part of the parser does with words and signs: ask, take, complain.
#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "fml_syntax.h"

namespace fml {

/// Ends the rule or declaration in hand; the parser goes on after it.
struct Mistake {
    At at;
    gateway::Reason text;
};

class Reader {
public:
    Reader(const SourceText& source, gateway::Findings& findings)
        : source_(source), lexer_(source.text()), findings_(findings) {}

    const SourceText& source() const { return source_; }
    const Token& peek() const { return lexer_.peek(); }
    Token next() { return lexer_.next(); }
    /// The token after peek().
    Token second() const;
    /// The end of what next() gave last.
    At last() const { return lexer_.last(); }
    void seek(At at) { lexer_.seek(at); }
    /// A code of an inline table.
    Token bare() { return lexer_.bare(); }
    Lexer ahead() const { return lexer_; }

    bool accept(std::string_view what);
    Token expect(std::string_view what, const gateway::Reason& why = {});
    [[noreturn]] void fail(const Token& found, const gateway::Reason& expected) const;
    Word name(const gateway::Reason& what);
    /// A name or names with points between: types, rules of R3.
    Word dottedName(const gateway::Reason& what);
    Word text(const gateway::Reason& what);

    /// Takes tokens up to the first outside of brackets for which `ends` is true.
    template <class Ends>
    PathText pathUntil(const Ends& ends) {
        const At begin = peek().begin;
        At end = begin;
        bool open = true;  // nothing stands yet, or an operator waits for what it needs
        int depth = 0;
        while (peek().kind != Token::Kind::end) {
            // A text in wide quotes may stand where a value must: default "x", where a = "x".
            const bool value = open && peek().kind == Token::Kind::wide;
            if (depth == 0 && !value && ends(peek())) break;
            if (depth > 0 && (peek().is(";") || peek().is("->"))) break;  // no part of FHIRPath
            open = operates(peek());
            depth += step();
            end = last();
            if (depth < 0) break;
        }
        return closed(begin, end, depth);
    }
    /// What stands between '(' and its ')'; the '(' has been read.
    PathText parenthesized();

    /// One finding for each place: what follows from a mistake is not told again.
    void report(At at, const gateway::Reason& text);

private:
    static bool operates(const Token& token);
    int step();
    PathText closed(At begin, At end, int depth) const;

    const SourceText& source_;
    Lexer lexer_;
    gateway::Findings& findings_;
    At reported_ = std::numeric_limits<At>::max();
};

}  // namespace fml
