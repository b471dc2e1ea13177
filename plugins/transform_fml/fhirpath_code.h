/// @file  Compiled expressions: a tree of operations, whose chains of steps stand in one list each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath.h"
#include "fhirpath_item.h"
#include "fhirpath_types.h"

namespace re2 {
class RE2;
}

namespace fhirpath {

struct Operation;
struct Function;
using Operand = std::unique_ptr<Operation>;

enum class Operator : std::uint8_t {
    multiply,
    divide,
    div,
    mod,
    add,
    subtract,
    concatenate,
    unite,
    less,
    lessOrEqual,
    greater,
    greaterOrEqual,
    equal,
    notEqual,
    equivalent,
    notEquivalent,
    in,
    contains,
    and_,
    or_,
    xor_,
    implies,
    is,
    as,
};

/// A regular expression as FHIRPath means it: Unicode, '.' matches line ends. Check ok() before
/// use.
/// @param flags  "i" without case, "m" lines by themselves
std::unique_ptr<re2::RE2> compilePattern(std::string_view text, std::string_view flags = {});

/// One step of a path: `.name`, `.function(…)`, `[index]`.
struct Step {
    enum class Kind : std::uint8_t { member, function, index };

    Step();
    Step(Step&&) noexcept;
    ~Step();

    Kind kind = Kind::member;
    bool first = false;     ///< nothing stands before it: it starts at the focus
    bool typeLike = false;  ///< a first name with a capital: may name the focus itself
    bool spelled = false;   ///< may be a name of FHIR's JSON: `valueString`, `value`
    std::uint32_t at = 0;   ///< offset in the text
    gateway::Name name;
    const Function* function = nullptr;
    std::vector<Operand> arguments;
    TypeName type;                      ///< of is(), as(), ofType()
    std::unique_ptr<re2::RE2> pattern;  ///< of matches() and the like, when it is a literal
};

struct Operation {
    enum class Kind : std::uint8_t {
        literal,   ///< `items`
        focus,     ///< $this
        index,     ///< $index
        total,     ///< $total
        path,      ///< `left` (or the focus), then `steps`
        binary,    ///< `left` `oper` `right`, or `left` is/as `type`
        negate,    ///< - `left`
        plus,      ///< + `left`
        variable,  ///< %name of the host, of defineVariable(), or bare
        context,   ///< %context-name
        original,  ///< %context
        resource,
        rootResource,
    };

    Kind kind = Kind::literal;
    Operator oper = Operator::equal;
    bool hasItem = false;
    bool descending = false;  ///< a key of sort() with `desc`
    std::uint32_t at = 0;
    std::uint32_t depth = 1;
    Item item;
    std::string_view name;      ///< of a variable
    std::uint32_t ordinal = 0;  ///< of a variable, in Expression::variables()
    TypeName type;
    Operand left, right;
    std::vector<Step> steps;
};

struct Expression::Code {
    std::string text;
    gateway::Place where;
    Arena arena;  ///< literals and names
    Operand root;
    std::vector<std::string> variables;  ///< each once

    /// Where that offset of the text stands.
    gateway::Place place(std::uint32_t offset) const;
};

}  // namespace fhirpath
