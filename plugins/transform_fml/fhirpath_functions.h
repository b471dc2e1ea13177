/// @file  The functions of FHIRPath: their table, and what each gets when it is called.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath_code.h"
#include "fhirpath_machine.h"

namespace fhirpath {

/// One call of a function on its input.
struct Call {
    Machine& machine;
    const Step& step;
    Frame&
        frame;  ///< of the arguments; defineVariable() adds to its scope for the steps that follow
    View input;
    List& out;

    Arena& arena() const { return machine.arena(); }
    std::size_t arguments() const { return step.arguments.size(); }
    [[noreturn]] void fail(const gateway::Reason& text) const { machine.fail(step.at, text); }

    /// The single item of the input, by value; nothing when it is empty. @throws Error when there
    /// are more
    std::optional<Item> one() const;
    /// The same as a text: nothing when empty. @throws Error when it is no text
    std::optional<std::string_view> text() const;
    /// The argument evaluated in the frame of the call.
    View argument(std::size_t at) const;
    std::optional<Item> argumentValue(std::size_t at) const;
    std::optional<std::string_view> argumentText(std::size_t at) const;
    std::optional<std::int64_t> argumentInteger(std::size_t at) const;
    std::optional<Decimal> argumentNumber(std::size_t at) const;
    /// The argument evaluated with that item of the input as $this.
    Frame loop(std::size_t item) const;
    /// Whether it holds there; empty counts as false. Gives back the memory it took.
    bool holds(std::size_t argument, std::size_t item) const;

    void give(Item item) const { out.push(item); }
    void give(bool yes) const { out.push(Item::of(yes)); }
    void giveText(std::string_view made) const { out.push(Item::string(arena().keep(made))); }
    void give(Decimal number) const { out.push(Item::of(arena().make<Decimal>(number))); }
};

struct Function {
    std::string_view name;
    std::uint8_t least = 0, most = 0;  ///< arguments
    void (*run)(const Call&) = nullptr;
    bool takesType = false;
};

/// By name, or null.
const Function* functionOf(std::string_view name);
std::vector<std::string> functionNames();

// The groups of the table, each in its own source file.
std::span<const Function> collectionFunctions();
std::span<const Function> conversionFunctions();
std::span<const Function> textFunctions();
std::span<const Function> numberFunctions();
std::span<const Function> treeFunctions();
std::span<const Function> dateFunctions();
std::span<const Function> fhirFunctions();
std::span<const Function> utilityFunctions();

}  // namespace fhirpath
