/// @file  The right side of rules: where a value goes and which transform makes it.
#pragma once

#include <string>
#include <vector>

#include "fml_mandatory.h"
#include "fml_scope.h"

namespace fml {

class TargetCompiler {
public:
    TargetCompiler(Scope& scope, Units& units, Mandatory& mandatory)
        : scope_(scope), units_(units), mandatory_(mandatory) {}

    /// A path of several elements becomes several targets, the last one that of the transform.
    /// @param simple  `src.a -> tgt.b`: no variable is made
    /// @param focus  the type of the rule's source, where it is known
    void compile(const TargetSyntax& syntax, bool simple, const ModelType* focus,
                 std::vector<TargetCode>& into);

private:
    struct Parent {
        Slot slot = kNoSlot;
        const ModelType* type = nullptr;
    };

    Parent contextOf(const TargetSyntax& syntax);
    Parent between(const Parent& parent, const Word& step, std::vector<TargetCode>& into);
    const ModelType* element(TargetCode& target, const ModelType* parent, const Word& step);
    void placing(TargetCode& target, const TargetSyntax& syntax);
    void untyped(const TargetCode& target, const Word& step);
    void transform(TargetCode& target, const TargetSyntax& syntax, const ModelType* type);
    void callOrUnknown(TargetCode& target, const TargetSyntax& syntax);
    void details(TargetCode& target, const TargetSyntax& syntax, const ModelType* type);
    void create(TargetCode& target, const TargetSyntax& syntax);
    void fits(const TargetCode& target, At at, const std::string& name);
    void makes(TargetCode& target, const TargetSyntax& syntax, const std::string& name,
               const ModelType* type);
    void castType(TargetCode& target, const ParameterSyntax& parameter);
    void castImplied(TargetCode& target, const Word& name, const ModelType* type);
    void truncate(TargetCode& target, const ParameterSyntax& parameter);
    void translate(TargetCode& target, const TargetSyntax& syntax);
    void evaluate(TargetCode& target, const TargetSyntax& syntax);
    void escape(TargetCode& target, const TargetSyntax& syntax);
    void moment(TargetCode& target, const TargetSyntax& syntax);
    void assigned(const TargetCode& target, const TargetSyntax& syntax, const ModelType* type);
    void plain(At at, const ModelType& type, std::string_view element);
    void literal(const ParameterSyntax& given, const ModelType& type, std::string_view element);
    void copyOf(At at, const TargetCode& target, const ModelType& from, const ModelType* type,
                std::string_view element);
    const Model* targetModel(Name type) const;

    Scope& scope_;
    Units& units_;
    Mandatory& mandatory_;
    const ModelType* focus_ = nullptr;  ///< of the rule in hand
    std::vector<std::string> shares_;   ///< names after `share`
};

}  // namespace fml
