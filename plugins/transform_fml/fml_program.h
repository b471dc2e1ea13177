/// @file  The rule graph: a map compiled, checked and bound to slots. Immutable, many threads.
#pragma once

#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhirpath.h"
#include "fml_types.h"
#include "gateway/error.h"
#include "gateway/transformer.h"
#include "tables_table.h"

namespace fml {

/// Where a variable lives: an index into the frame of its group, or, below zero, a constant.
using Slot = int;
inline constexpr Slot kNoSlot = std::numeric_limits<int>::min();
constexpr Slot constantSlot(std::size_t index) { return -1 - static_cast<int>(index); }
constexpr std::size_t constantIndex(Slot slot) { return static_cast<std::size_t>(-1 - slot); }

/// A compiled expression and where the variables that it names live, as Expression::variables() has
/// them; kNoSlot: the expression defines it itself.
struct PathCode {
    fhirpath::Expression expression;
    std::vector<Slot> variables;
};

struct ParameterCode {
    enum class Kind { literal, variable, path };
    Kind kind = Kind::literal;
    fhirpath::Collection literal;  ///< one value
    Slot slot = kNoSlot;
    const PathCode* path = nullptr;

    std::string_view text() const { return literal.empty() ? "" : literal.front().text(); }
};

enum class ListMode { all, first, notFirst, last, notLast, onlyOne };
enum class Placing { fresh, share, first, last, single, collate };

enum class Transform {
    none,
    create,
    copy,
    evaluate,
    append,
    truncate,
    escape,
    moment,
    unixMoment,
    translate,
    cast,
    uuid,
    reference,
    pointer,
    codeableConcept,
    coding,
    quantity,
    identifier,
    contactPoint,
    call
};

/// What translate() writes; automatic: what the target's type asks for.
enum class Output { automatic, code, coding, concept_, display, system };

/// An element that a source walks to.
struct SourceStep {
    Name name;
    bool text = false;    ///< may be the text of its parent
    bool choice = false;  ///< may be a choice with its type: `valueQuantity`
};

struct SourceCode {
    Slot context = kNoSlot;
    std::vector<SourceStep> steps;
    Name type;                     ///< filter; empty: none
    const Model* model = nullptr;  ///< of an abstract filter, which takes the types made of it
    std::optional<std::pair<unsigned, unsigned>> count;
    const PathCode* otherwise = nullptr;
    ListMode list = ListMode::all;
    Slot slot = kNoSlot;
    const PathCode* where = nullptr;
    const PathCode* check = nullptr;
    gateway::Reason log;               ///< what a failing check says, or what `log` tells
    const PathCode* logged = nullptr;  ///< told only where this finds something
};

struct GroupCode;

struct CallCode {
    const GroupCode* group = nullptr;
    std::vector<ParameterCode> parameters;
};

struct TargetCode {
    Slot context = kNoSlot;
    Name element;           ///< empty: the context itself
    bool resolved = false;  ///< `ref` was found when the map was compiled
    ElementRef ref;
    Transform transform = Transform::none;
    std::vector<ParameterCode> parameters;
    const ModelType* type = nullptr;  ///< of create and cast
    Name typeName;
    const tables::Table* table = nullptr;
    Output output = Output::automatic;
    std::size_t limit = 0;  ///< of truncate
    Slot slot = kNoSlot;
    Placing place = Placing::fresh;
    std::size_t share = 0;  ///< 0: none; else what nodes of one name are shared under
    CallCode call;
};

struct RuleCode {
    std::vector<SourceCode> sources;
    std::vector<TargetCode> targets;
    std::vector<CallCode> calls;
    std::vector<RuleCode> rules;
    bool simple = false;  ///< `src.a -> tgt.b`: by default group, or copied
    std::string where;    ///< "file:line:column name"
    gateway::Reason name;
    std::string called;  ///< for trace and coverage, with its place and number
    gateway::Place place;
    std::uint32_t part = 0;
    std::optional<gateway::Reason> ignored;  ///< it leaves its sources out on purpose
};

struct GroupInput {
    std::string name;
    bool target = false;
    const ModelType* type = nullptr;
    std::string typeName;
};

struct GroupCode {
    std::string name;
    std::vector<GroupInput> inputs;
    const GroupCode* extends = nullptr;
    std::vector<std::size_t> order;  ///< own inputs as `extends` has them; empty: in the same order
    std::vector<RuleCode> rules;
    std::size_t slots = 0;
};

/// A group that stands for a pair of types.
struct DefaultGroup {
    Name source, target;
    const ModelType* targetType = nullptr;
    bool typeAlone = false;  ///< `<<type+>>`: also for the source type whatever the target
    const GroupCode* group = nullptr;
};

struct Program {
    gateway::MapFacts facts;
    std::string rootName;
    const ModelType* rootType = nullptr;
    const GroupCode* entry = nullptr;
    std::size_t entrySource = 0, entryTarget = 0;
    std::deque<GroupCode> groups;
    std::deque<PathCode> paths;
    std::deque<tables::Table> tables;
    std::vector<const PathCode*> constants;
    std::vector<DefaultGroup> defaults;
    std::string version;
    std::vector<gateway::MapPart> parts;
    std::vector<std::pair<const tables::Table*, std::uint32_t>> rowParts;  ///< its first row's
};

}  // namespace fml
