/// @file  A map as it is written: what the parser makes and the compiler reads.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fml_lexer.h"

namespace fml {

/// A name or text, and where it stands.
struct Word {
    std::string text;
    At at = 0;
    bool empty() const { return text.empty(); }
};

/// A FHIRPath expression, still as text.
struct PathText {
    std::string text;
    At at = 0;
    bool empty() const { return text.empty(); }
};

/// What is said about a part of a map: the texts of its comments, a line break between lines.
/// Filled by readComments() only.
struct Comments {
    std::string documentation;  ///< before the part, or after it in its line
    std::string ending;         ///< before the brace that closes the part
};

/// One value given to a transform or a group.
struct ParameterSyntax {
    enum class Kind { text, number, boolean, variable, path };
    Kind kind = Kind::text;
    std::string text;
    At at = 0;
};

struct SourceSyntax {
    Word context;
    std::vector<Word> steps;
    Word type;
    std::optional<std::pair<unsigned, unsigned>> count;  ///< min..max; `*` is the largest
    PathText otherwise;                                  ///< default
    Word list;                                           ///< first, not_first, …
    Word variable;
    PathText where, check, log;
};

struct CallSyntax {
    Word name;
    std::vector<ParameterSyntax> parameters;
};

struct TargetSyntax {
    Word context;  ///< empty: the value or the call stands alone
    std::vector<Word> steps;
    Word transform;  ///< "copy", "evaluate", "create", … or empty
    std::vector<ParameterSyntax> parameters;
    Word variable;
    Word list;  ///< share, first, last, single, collate
    Word share;
    At at = 0;
};

struct RuleSyntax {
    std::vector<SourceSyntax> sources;
    std::vector<TargetSyntax> targets;
    std::vector<CallSyntax> calls;
    std::vector<RuleSyntax> rules;
    Word name;
    At at = 0;
    Comments comments;
};

struct InputSyntax {
    bool target = false;
    Word name;
    Word type;
};

struct GroupSyntax {
    enum class Default { no, types, typeAndTypes };
    Word name;
    std::vector<InputSyntax> inputs;
    Word extends;
    Default standard = Default::no;
    std::vector<RuleSyntax> rules;
    Comments comments;
};

struct UsesSyntax {
    Word url, alias;
    std::string mode;  ///< source, queried, target, produced
    Comments comments;
};

struct ImportSyntax : Word {
    Comments comments;
};

struct ConstantSyntax {
    Word name;
    PathText value;
    Comments comments;
};

struct InlineTableSyntax {
    struct Row {
        Word system, code, relation, targetSystem, target;
    };
    Word name;  ///< without '#'
    std::vector<Row> rows;
    std::string unmapped;  ///< "provided": the code goes through as it is
    Comments comments;
};

struct MapSyntax {
    Word url, name;
    std::vector<std::pair<Word, std::string>> metadata;
    std::vector<UsesSyntax> uses;
    std::vector<ImportSyntax> imports;
    std::vector<InlineTableSyntax> tables;
    std::vector<ConstantSyntax> constants;
    std::vector<GroupSyntax> groups;
    Comments comments;
};

}  // namespace fml
