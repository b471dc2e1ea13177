/// @file  The commands of this plugin: what people ask of the plans that the gateway knows.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>

#include "gateway/command.h"
#include "gateway/tree.h"

namespace care_circle {

gateway::Command plansList();
gateway::Command where();
gateway::Command indicators();

/// A command line that asks the running gateway: -c, --network, and what the command adds.
class Line {
public:
    explicit Line(gateway::CommandHost& host) : host_(host) {}

    /// @param declare  adds its options
    int run(std::span<const std::string> words, const std::string& name,
            const gateway::Reason& summary, const std::function<void()>& declare,
            const std::function<int()>& work);
    CLI::Option* option(const std::string& name, std::string& into, const gateway::Reason& words,
                        const char* type);
    CLI::Option* flag(const std::string& name, bool& into, const gateway::Reason& words);
    CLI::App& app() { return *app_; }

    gateway::Spoken speaks() const { return host_.speaks(); }
    std::string in(const gateway::Reason& words) const { return words.in(speaks()); }
    /// Words without a value are left out.
    std::string ask(std::string_view question, gateway::Asked words);

private:
    gateway::CommandHost& host_;
    CLI::App* app_ = nullptr;
    std::string folder_ = ".", network_;
};

/// An answer to be read. @throws gateway::Error when it is no JSON
gateway::Document answerOf(std::string_view json);

/// Of an instant "2026-03-18 09:42Z".
std::string minute(std::string_view instant);
/// A state of a plan or of a delivery, in the language of who asks.
gateway::Reason stateWord(std::string_view state);
/// "in 5 d", "5 d late"; empty when no number of days is given.
gateway::Reason dueIn(gateway::Node days);

}  // namespace care_circle
