/// @file  The right side of rules: where a value goes and which transform makes it.
#pragma once

#include <string>
#include <vector>

#include "fml_scope.h"

namespace fml {

class TargetCompiler {
public:
    TargetCompiler(Scope& scope, Units& units) : scope_(scope), units_(units) {}

    /// @param simple  `src.a -> tgt.b`: no variable is made
    TargetCode compile(const TargetSyntax& syntax, bool simple);

private:
    const ModelType* element(TargetCode& target, const ModelType* parent, const Word& step);
    void placing(TargetCode& target, const TargetSyntax& syntax);
    void transform(TargetCode& target, const TargetSyntax& syntax, const ModelType* type);
    void callOrUnknown(TargetCode& target, const TargetSyntax& syntax);
    void unsupported(const Word& name);
    void details(TargetCode& target, const TargetSyntax& syntax, const ModelType* type);
    void create(TargetCode& target, const TargetSyntax& syntax);
    void fits(const TargetCode& target, At at, const std::string& name);
    void makes(TargetCode& target, const TargetSyntax& syntax, const std::string& name,
               const ModelType* type);
    void castType(TargetCode& target, const ParameterSyntax& parameter);
    void truncate(TargetCode& target, const ParameterSyntax& parameter);
    void translate(TargetCode& target, const TargetSyntax& syntax);
    void evaluate(TargetCode& target, const TargetSyntax& syntax);

    Scope& scope_;
    Units& units_;
    std::vector<std::string> shares_;  ///< names after `share`
};

}  // namespace fml
