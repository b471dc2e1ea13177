#include "fml_printer.h"

namespace fml {
namespace {

using Kind = Token::Kind;

std::vector<Token> tokensOf(std::string_view text) {
    std::vector<Token> tokens;
    for (Lexer lexer(text); lexer.peek().kind != Kind::end;) tokens.push_back(lexer.next());
    return tokens;
}

bool opens(const Token& token) { return token.is("(") || token.is("[") || token.is("{"); }
bool closes(const Token& token) { return token.is(")") || token.is("]") || token.is("}"); }

/// Whether the bracket at `first` is closed by that at `last`.
bool enclosed(const std::vector<Token>& tokens, std::size_t first, std::size_t last) {
    if (last <= first || !tokens[first].is("(") || !tokens[last].is(")")) return false;
    int depth = 0;
    for (std::size_t i = first; i < last; ++i) {
        if (opens(tokens[i])) ++depth;
        if (closes(tokens[i]) && --depth == 0) return false;
    }
    return depth == 1;
}

}  // namespace

std::string canonicalPath(std::string_view text) {
    const std::vector<Token> tokens = tokensOf(text);
    std::size_t first = 0, last = tokens.size();
    while (last > first && enclosed(tokens, first, last - 1)) {
        ++first;
        --last;
    }
    if (last - first == 1 && (tokens[first].kind == Kind::wide || tokens[first].kind == Kind::text))
        return printedParameter({ParameterSyntax::Kind::text, tokens[first].value, 0});
    std::string out;
    for (std::size_t i = first; i < last; ++i) {
        if (tokens[i].kind == Kind::metadata) continue;  // a comment drawn with three slashes
        if (!out.empty() && tokens[i].begin > tokens[i - 1].end) out += ' ';
        out += tokens[i].raw;
    }
    return out;
}

}  // namespace fml
