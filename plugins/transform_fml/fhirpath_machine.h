/// @file  Evaluates compiled code over trees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhirpath_code.h"
#include "fhirpath_item.h"

namespace fhirpath {

/// A variable of defineVariable(), and those defined before it.
struct Scope {
    std::string_view name;
    View value;
    const Scope* outer = nullptr;
};

/// What the names that start with $ mean at one place.
struct Frame {
    View focus;  ///< $this
    std::int64_t index = 0;
    View total;
    bool inLoop = false;  ///< $index is known
    bool hasTotal = false;
    const Scope* scope = nullptr;
};

class Machine {
public:
    Machine(const Expression::Code& code, Environment& environment);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// Evaluates the whole; the result lives until the machine ends. @throws
    /// gateway::Error(rejected)
    View run(View focus);

    /// Adds the result to `out`.
    void evaluate(const Operation& operation, const Frame& frame, List& out);
    View evaluate(const Operation& operation, const Frame& frame);

    Arena& arena() { return arena_; }
    Environment& environment() { return environment_; }
    const std::string& zone() const;
    View original() const { return original_; }
    /// Counts work done. @throws Error when it is too much
    void work(std::uint64_t steps = 1) {
        if (steps > stepsLeft_) tooMuch();
        stepsLeft_ -= steps;
    }
    /// Where one item is expected: "before" the function `name`, or wherever the words say.
    struct Expected {
        std::string_view en, fr, name = {};
    };
    [[noreturn]] void fail(std::uint32_t at, const gateway::Reason& text) const;
    /// The single item of `items`, by value. @throws Error when there are several
    std::optional<Item> single(View items, std::uint32_t at, const Expected& of);
    /// As a condition: empty is nothing, one item that is no boolean is true. @throws Error for
    /// several items
    std::optional<bool> condition(View items, std::uint32_t at);
    /// A computed or host's value as an item.
    Item import(const Value& value, std::uint32_t at = 0);
    Value exported(const Item& item) const;

    /// Adds the children of that name; of type information its members.
    void members(const Item& item, gateway::Name name, List& out);
    const Expression::Code& code() const { return code_; }

private:
    [[noreturn]] void tooMuch();
    void path(const Operation& operation, Frame frame, List& out);
    /// Walks `steps` of members below one node, depth first.
    void walk(gateway::Node node, const Step* step, const Step* end, List& out);
    void memberRun(View from, const Step* step, const Step* end, List& out);
    void step(const Step& step, Frame& frame, View from, List& out);
    void index(const Step& step, const Frame& frame, View from, List& out);
    void binary(const Operation& operation, const Frame& frame, List& out);
    void logic(const Operation& operation, const Frame& frame, List& out);
    void variable(const Operation& operation, const Frame& frame, List& out);

    const Expression::Code& code_;
    Environment& environment_;
    Arena& arena_;
    const Arena::Mark mark_;
    View original_;
    std::uint64_t stepsLeft_;
    const std::uint64_t given_;  ///< steps at the start
};

/// Whether navigation sees it: nothing is known of JSON's null and of an empty array.
bool isItem(gateway::Node node);

}  // namespace fhirpath
