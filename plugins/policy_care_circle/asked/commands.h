/// @file  The commands of this plugin: what people ask of the plans that the gateway knows.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>

#include "gateway/command.h"
#include "gateway/tree.h"

namespace care_circle {

gateway::Command plansList();
gateway::Command where();
gateway::Command indicators();

/// A command line in the language of who asks, with the options that all three have.
class Line {
public:
    Line(gateway::CommandHost& host, const std::string& name, const gateway::Reason& summary);

    CLI::App& app() { return app_; }
    std::string in(const gateway::Reason& words) const { return words.in(host_.speaks()); }
    CLI::Option* option(const std::string& name, std::string& into, const gateway::Reason& words);
    CLI::Option* flag(const std::string& name, bool& into, const gateway::Reason& words);
    /// @return the exit code when there is nothing to do
    std::optional<int> parse(std::span<const std::string> words);

    /// Asks the running gateway; words without a value are left out.
    std::string ask(std::string_view question, gateway::Asked words);

private:
    gateway::CommandHost& host_;
    CLI::App app_;
    std::string folder_ = ".", network_;
};

/// An answer to be read. @throws gateway::Error when it is no JSON
gateway::Document answerOf(std::string_view json);

/// Of an instant "2026-03-18 09:42Z".
std::string minute(std::string_view instant);
/// A state of a plan, as FHIR has it, in the language of who asks.
gateway::Reason stateWord(std::string_view state);
/// "", "in 5 d", "5 d late".
gateway::Reason dueIn(gateway::Node days);

}  // namespace care_circle
