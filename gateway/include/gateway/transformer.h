/// @file  Transformer and Expression: one tree to another, and questions to a tree.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/context.h"
#include "gateway/error.h"
#include "gateway/model.h"
#include "gateway/tree.h"

namespace gateway {

/// A rule of a map or a row of its tables: what trace and coverage speak of.
struct MapPart {
    enum class Kind { rule, row };
    Kind kind = Kind::rule;
    std::string name;  ///< of the rule; of a row, its table
    Place where;
};
inline constexpr std::uint32_t kNoPart = 0xFFFFFFFF;

/// How a result came about. Parts are indexes into Transformer::parts(). Nodes are of the source
/// document and of the result; they live as long as those.
struct Explanation {
    struct Made {
        Node target;  ///< with a value
        Node source;  ///< that it was made from, one entry for each; empty: the rule alone made it
        Node at;      ///< of the source: where the rule was at work
        std::uint32_t rule = kNoPart;
        std::uint32_t row = kNoPart;
    };
    struct Ignored {
        Node source;
        std::uint32_t rule = kNoPart;
        Reason reason;  ///< as the map's author wrote it
    };
    std::vector<Made> made;
    std::vector<Node> carried;  ///< values of the source that something carried or asked for, once
    std::vector<Ignored> ignored;    ///< each with all below it
    std::vector<std::uint64_t> ran;  ///< how often each part was at work
};

/// A code that no row of a table has. The code may be patient data, and so may the remedy.
struct UnmappedCode {
    std::string table;
    std::string code;
    /// Of a table without a rule for such codes, whose result is held for it: what to add where.
    Reason remedy = {};
};

/// What a transformation has to say beside its result.
struct Report {
    Issues issues;
    std::vector<UnmappedCode> unmapped;
    Explanation* explanation = nullptr;  ///< filled when somebody asks; costs nothing when not
};

/// What a map says of itself.
struct MapFacts {
    std::string name, url, title;
    std::string file;
    std::string sourceType, targetType;  ///< of the group where it begins, as its model has them
    const Model* sourceModel = nullptr;
    const Model* targetModel = nullptr;
    bool deliversWithErrors = false;  ///< else an issue of severity error holds the result
    /// A place that going there and back need not keep, with all below it.
    struct Lossy {
        std::string path;  ///< as a Node spells it; without [n] it is each repetition
        Reason reason;
    };
    std::string reverse;  ///< name of the map that goes the way back, if declared
    std::vector<Lossy> lossy;
};

/// One compiled map, e.g. a plan bundle to PPP^PCB. Pure: same tree and context in, same tree out.
/// Many threads.
class GATEWAY_API Transformer {
public:
    virtual ~Transformer();
    /// A value that cannot be carried over goes to `report` and the rest is still mapped; bounded
    /// in steps and output.
    /// @throws Error(rejected) only when nothing meaningful is left
    virtual Document transform(const Document& in, const Context& with, Report& report) const = 0;
    /// Hash of the map with all that it imports and its tables: stamped on every delivery.
    virtual std::string_view version() const = 0;
    /// Its rules and the rows of its tables, with those of what it imports. Default: none.
    virtual const std::vector<MapPart>& parts() const;
    /// Default: nothing is known.
    virtual const MapFacts& facts() const;
};

/// One result of an expression.
struct ExpressionResult {
    Node node;         ///< where it stands in the document; empty for what was computed
    std::string type;  ///< as the language calls it; may be empty
    std::string text;  ///< of a value; of what has parts only, empty
};

/// One compiled expression over a tree. Many threads.
class GATEWAY_API Expression {
public:
    virtual ~Expression();
    /// Whether it gives true; an empty result is false. @throws Error(rejected) if it cannot be
    /// evaluated
    virtual bool holds(const Document& in, const Context& with) const = 0;
    /// The results as texts, in order.
    virtual std::vector<std::string> texts(const Document& in, const Context& with) const = 0;
    /// The results with their types, in order; what the expression traces goes to `issues`.
    /// Default: texts() without types.
    virtual std::vector<ExpressionResult> results(const Document& in, const Context& with,
                                                  Issues& issues) const;
};

/// What compiling a map or an expression needs from its surroundings.
struct MapSurroundings {
    /// Folder of all maps; names of maps, imports and tables are looked up below it. May be empty
    /// for a bare file.
    std::string library;
    /// The models of all codecs, in order of registration.
    std::vector<const Model*> models;
    /// The type that an expression will be asked of: then the names in it are checked against the
    /// models. Null: what a type does not have is only empty.
    const ModelType* focus = nullptr;
    /// The network for whose messages a map is compiled: what its layer overrides is taken from
    /// there. Empty: the federation's own.
    std::string network = {};
};

/// A mapping language: compiles maps and expressions.
class GATEWAY_API MapLanguage {
public:
    virtual ~MapLanguage();
    /// Compiles the map in `file`, checked against the models. Returns null when `findings` got
    /// errors.
    virtual std::unique_ptr<Transformer> compile(const std::string& file,
                                                 const MapSurroundings& around,
                                                 Findings& findings) const = 0;
    /// Whether the layer of `around.network` says anything about the map in `file`: only then is
    /// what compile() makes for that network another map. A layer with mistakes says something
    /// about each. Default: no.
    virtual bool overrides(const std::string& file, const MapSurroundings& around) const;
    /// The file of the map of that name below the library, or empty.
    virtual std::string locate(std::string_view name, const std::string& library) const = 0;
    /// The files of all maps below the library, in order of their names. Default: none.
    virtual std::vector<std::string> maps(const std::string& library) const;
    /// Compiles an expression that stands at `where`. Returns null when `findings` got errors.
    virtual std::unique_ptr<Expression> expression(std::string_view text, const Place& where,
                                                   const MapSurroundings& around,
                                                   Findings& findings) const = 0;
};

}  // namespace gateway
