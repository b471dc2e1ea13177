/// @file  Text to compiled code.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath_code.h"
#include "fhirpath_lexer.h"

namespace fhirpath {

/// What compiling may know beside the text.
struct ParserOptions {
    const std::vector<std::string>* variables = nullptr;  ///< of the host
    const Models* models = nullptr;
    bool mayStop = false;  ///< text may follow the expression
};

/// Recursive descent for terms, precedence climbing for operators. Nesting is bounded, so that
/// neither parsing nor evaluating nor freeing can exhaust the stack.
class Parser {
public:
    Parser(Expression::Code& code, ParserOptions options, gateway::Findings& findings);

    /// The whole expression; null after a finding.
    Operand parse();
    /// Offset behind the last token of the expression.
    std::uint32_t stopped() const { return end_; }

private:
    struct Binary {
        Operator oper;
        int precedence;
    };

    Operand expression(int least);
    Operand unary();
    Operand chain();
    Operand term();
    Operand literal();
    Operand number();
    Operand special();
    Operand external();
    Operand parenthesized();
    bool steps(Operation& path, bool first);
    bool member(Operation& path, bool first);
    bool function(Step& step, const std::string& name, bool first);
    bool arguments(Step& step);
    bool checkArguments(const Step& step, const std::string& name);
    bool special(Step& step);
    bool pattern(Step& step);
    bool typeName(TypeName& type);
    const Binary* binaryHere() const;
    Operand known(std::string_view name, std::uint32_t at);

    bool take(std::string_view symbol);
    bool expect(std::string_view symbol, const gateway::Reason& after);
    void advance();
    Operand made(Operation::Kind kind, std::uint32_t at);
    Operand literalOf(std::uint32_t at, Item item);
    gateway::Reason found() const;
    /// Reports the first mistake; later ones follow from it.
    std::nullptr_t fail(std::uint32_t at, gateway::Reason text);
    bool deepen(Operation& parent, const Operand& child);

    Expression::Code& code_;
    ParserOptions options_;
    gateway::Findings& findings_;
    Lexer lexer_;
    Token token_;            ///< the next one
    std::uint32_t end_ = 0;  ///< of the last one taken
    int nested_ = 0;
    int brackets_ = 0;  ///< open parentheses and indexers
    bool failed_ = false;
    std::vector<std::string> defined_;  ///< by defineVariable() in the chain at hand
};

}  // namespace fhirpath
