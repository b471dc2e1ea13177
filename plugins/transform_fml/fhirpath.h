/// @file  FHIRPath: compiled expressions over trees (FHIRPath N1 2.0.0, and what FHIR R4 adds).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/context.h"
#include "gateway/error.h"
#include "gateway/transformer.h"
#include "gateway/tree.h"

namespace fhirpath {

/// One item of a collection: a node of a document, or a value that was computed.
class Value {
public:
    enum class Type : std::uint8_t {
        node,
        boolean,
        string,
        integer,
        decimal,
        date,
        dateTime,
        time,
        quantity,
        typeInfo
    };

    Value() = default;
    static Value of(gateway::Node node) {
        Value value;
        value.node_ = node;
        return value;
    }
    static Value of(bool yes);
    static Value string(std::string text);
    /// `text` as written: decimals keep their digits, dates their precision.
    static Value scalar(Type type, std::string text, std::string_view unit = {});

    Type type() const { return type_; }
    /// The node, also when it is a primitive; empty for computed values.
    gateway::Node node() const { return node_; }
    /// The value as text: of a node its text, of a boolean "true" or "false", of a quantity its
    /// number.
    std::string_view text() const {
        return type_ == Type::node ? node_.text() : std::string_view(text_.data(), size_);
    }
    std::string_view unit() const;  ///< of a quantity
    /// FHIR or System type name: "Quantity", "code", "String"; empty when a node's type is not
    /// known.
    std::string_view typeName() const;
    /// As HL7's tests spell it: "boolean", "code", "Quantity".
    std::string resultType() const;
    /// The value as toString() gives it, `10 'mg'` of a quantity; empty for what has no text.
    std::string resultText() const;

private:
    Type type_ = Type::node;
    std::uint32_t size_ = 0;  ///< of the text; the unit follows it
    gateway::Node node_;
    std::string text_;
};

/// Values in order. Most collections hold one at most, which stands inside: no memory is asked for.
class Collection {
public:
    Collection() = default;
    Collection(std::initializer_list<Value> values) {
        for (const Value& value : values) push_back(value);
    }
    Collection(const Collection&) = default;
    Collection& operator=(const Collection&) = default;
    Collection(Collection&& other) noexcept
        : size_(std::exchange(other.size_, 0)),
          one_(std::move(other.one_)),
          more_(std::move(other.more_)) {}
    Collection& operator=(Collection&& other) noexcept {
        size_ = std::exchange(other.size_, 0);
        one_ = std::move(other.one_);
        more_ = std::move(other.more_);
        return *this;
    }

    void push_back(Value value) {
        if (size_ == 0)
            one_ = std::move(value);
        else
            add(std::move(value));
        ++size_;
    }
    void clear() {
        size_ = 0;
        if (!more_.empty()) more_.clear();
    }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    const Value* begin() const { return size_ < 2 ? &one_ : more_.data(); }
    const Value* end() const { return begin() + size_; }
    const Value& front() const { return *begin(); }
    const Value& operator[](std::size_t at) const { return begin()[at]; }

private:
    void add(Value value);

    std::size_t size_ = 0;
    Value one_;                ///< while it is the only one
    std::vector<Value> more_;  ///< from two on all of them
};

/// What an evaluation may know beside its focus.
struct Environment {
    const gateway::Context* context = nullptr;  ///< %context-NAME, now(), today()
    gateway::Node resource;      ///< %resource, and where resolve() looks; may be empty
    gateway::Node rootResource;  ///< %rootResource
    /// Variables of the host by name without %, and by their place in Expression::variables(); null
    /// when unknown. A map's variables are found both
    /// as %name and, when the first step of a path is an identifier of that name, bare (`('urn:' +
    /// r.lower())`). Where there is such a host, FHIR nodes also answer to their JSON names:
    /// `valueString`, and `value` of a primitive.
    std::function<const Collection*(std::string_view name, std::size_t ordinal)> variable;
    /// For memberOf(): whether the value set of that URL (without a version) has the code of that
    /// system, which may be empty; nothing when it is not known. May be empty itself.
    std::function<std::optional<bool>(std::string_view url, std::string_view system,
                                      std::string_view code)>
        valueSets;
    gateway::Issues* issues = nullptr;  ///< where trace() writes; may be null
    std::uint64_t steps = 50'000'000;   ///< bound on the work of one evaluation
    std::uint64_t* budget = nullptr;    ///< bound on the work of all that share it; may be null
    /// When given, the nodes whose values were read are added, again and again.
    std::vector<gateway::Node>* read = nullptr;
    /// Made by resolve() and kept for the next evaluation: one Environment serves one document.
    std::shared_ptr<const struct BundleIndex> bundle;
    /// Made by pathname() of nodes with many siblings, and kept likewise.
    std::shared_ptr<struct SiblingPlaces> places;
};

/// A compiled expression: immutable, many threads.
class Expression {
public:
    ~Expression();
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;

    /// Compiles `text`. Mistakes go to `findings` with line and column counted from `where`, what
    /// was found and what was expected; then the result is empty.
    /// @param stopped  when given, compiling stops at the end of the longest expression and its
    /// offset is stored here
    ///                 (for maps, where an expression stands inside a rule); otherwise trailing
    ///                 text is an error. Outside parentheses `as` and `->` then end the expression:
    ///                 they are the map's
    /// @param variables  names of the host's variables that may occur bare or with %; other unknown
    /// %names are an error,
    ///                 but for %context-…, %resource, %rootResource, %context, %ucum, %sct, %loinc,
    ///                 %vs-…, %ext-… Bare, a variable wins over an element of that name.
    /// @param models  when given, names of types must be known to one of them
    static std::optional<Expression> compile(std::string_view text, const gateway::Place& where,
                                             gateway::Findings& findings,
                                             std::size_t* stopped = nullptr,
                                             const std::vector<std::string>& variables = {},
                                             const std::vector<const gateway::Model*>& models = {});

    /// What a host knows of the types of its variables; null: nothing of that one.
    using VariableTypes = std::function<const gateway::ModelType*(std::string_view)>;

    /// Checks it against models, as strict mode wants: elements that the types do not have,
    /// first() and the like of items without an order are errors.
    /// @param focus  the type of what it will be evaluated on; null when that is not known
    /// @param variables  when given, the names of FHIR's JSON are known as in Environment::variable
    void check(const gateway::ModelType* focus, const std::vector<const gateway::Model*>& models,
               gateway::Findings& findings, const VariableTypes& variables = {}) const;

    /// The variables of the host that it names, each once.
    std::vector<std::string> variables() const;
    /// The names after %context- that it asks for, and where they stand.
    std::vector<std::pair<std::string, gateway::Place>> contextNames() const;

    /// @throws gateway::Error(rejected) when it cannot be evaluated (a singleton expected, a wrong
    /// type, too much work)
    Collection evaluate(const Collection& focus, Environment& with) const;
    Collection evaluate(gateway::Node focus, Environment& with) const;
    /// Whether the result is true (one item counts as true if it is no boolean); empty is false.
    bool holds(gateway::Node focus, Environment& with) const;

    struct Code;

private:
    explicit Expression(std::unique_ptr<const Code> code);
    std::unique_ptr<const Code> code_;
};

}  // namespace fhirpath
