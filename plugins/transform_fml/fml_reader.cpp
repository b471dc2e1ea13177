#include "fml_reader.h"

namespace fml {

using gateway::Reason;
using gateway::say;
using Kind = Token::Kind;

namespace {
const Reason kExpression{"an expression", "une expression"};
}  // namespace

Token Reader::second() const {
    Lexer ahead = lexer_;
    ahead.next();
    return ahead.peek();
}

bool Reader::accept(std::string_view what) {
    if (!peek().is(what)) return false;
    next();
    return true;
}

Token Reader::expect(std::string_view what, const Reason& why) {
    if (!peek().is(what)) fail(peek(), say("{0}{1}", "{0}{1}", {quote(std::string(what)), why}));
    return next();
}

void Reader::fail(const Token& found, const Reason& expected) const {
    throw Mistake{found.begin, say("found {0}, expected {1}", "trouvé {0}, attendu {1}",
                                   {found.shown(), expected})};
}

Word Reader::name(const Reason& what) {
    if (peek().kind == Kind::number)
        fail(peek(), say("{0}; a name that is a number stands in back quotes: `{1}`",
                         "{0} ; un nom qui est un nombre s'écrit entre accents graves : `{1}`",
                         {what, peek().raw}));
    if (!peek().name()) fail(peek(), what);
    Token token = next();
    return {std::move(token.value), token.begin};
}

Word Reader::dottedName(const Reason& what) {
    Word word = name(what);
    while (peek().is(".") && second().name()) {
        next();
        word.text += "." + next().value;
    }
    return word;
}

Word Reader::text(const Reason& what) {
    if (!peek().anyText()) fail(peek(), say("{0} in quotes", "{0} entre guillemets", {what}));
    Token token = next();
    return {std::move(token.value), token.begin};
}

/// Whether it is an operator of FHIRPath, behind which a value stands.
bool Reader::operates(const Token& token) {
    for (const char* const word : {"in", "contains", "and", "or", "xor", "implies", "div", "mod"})
        if (token.is(word)) return true;
    return token.kind == Kind::sign && !token.is(")") && !token.is("]") && !token.is("}");
}

/// Takes one token of an expression, and says how many brackets it opens or closes.
int Reader::step() {
    if (peek().kind == Kind::broken) fail(peek(), kExpression);
    const Token token = next();
    if (token.is("(") || token.is("[") || token.is("{")) return 1;
    return token.is(")") || token.is("]") || token.is("}") ? -1 : 0;
}

PathText Reader::closed(At begin, At end, int depth) const {
    if (depth > 0) fail(peek(), quote(")"));
    if (end == begin) fail(peek(), kExpression);
    if (depth < 0)
        throw Mistake{end - 1,
                      say("found {0}, expected {1}", "trouvé {0}, attendu {1}",
                          {quote(std::string(source_.text().substr(end - 1, 1))), kExpression})};
    return {std::string(source_.text().substr(begin, end - begin)), begin};
}

PathText Reader::parenthesized() {
    const At begin = last();
    if (peek().is(")")) fail(peek(), kExpression);
    PathText path = pathUntil([](const Token& token) {
        return token.is(")") || token.is(";") || token.is("->");  // the last two: not closed
    });
    // With the blanks and comments before it, so that the expression's places are the map's.
    path.text = source_.text().substr(begin, last() - begin);
    path.at = begin;
    expect(")");
    return path;
}

void Reader::report(At at, const Reason& text) {
    if (at == reported_) return;
    reported_ = at;
    findings_.error(source_.place(at), text);
}

}  // namespace fml
