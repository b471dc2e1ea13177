/// @file  Examples beside a map: MAP/examples/CASE/ holds
///   in.json or in.hl7      what goes in
///   out.json or out.hl7    what must come out; none when the map must hold the message
///   context                optional lines name=value, what the map reads as %context-NAME; `time`
///   is the map's now issues.txt             optional lines "severity place: text in French";
///   without it the map must have nothing to say
#pragma once

#include <string>
#include <vector>

#include "support/plugins.h"

namespace examples {

/// Every examples/CASE below the folder, sorted.
std::vector<std::string> casesBelow(const std::string& folder);

/// Where two trees differ first, and how: "/entry[2]/resource/status: expected 'active', found
/// 'draft'"; empty when they are equal.
std::string firstDifference(gateway::Node expected, gateway::Node found);

/// Runs cases through the shipped plugins.
class Runner {
public:
    explicit Runner(std::string library);

    /// What is wrong with the case; empty when it holds.
    std::string check(const std::string& folder);
    /// Writes out.* and issues.txt as the map gives them today, for a review by eye.
    void update(const std::string& folder);

    gateway::Document decode(const gateway::Codec& codec, const std::string& text) const;
    const gateway::Codec& json() const { return *json_; }

private:
    struct Made {
        std::string text;       ///< what the map made, encoded; empty when it held
        std::string extension;  ///< "json" or "hl7"
        std::string issues;     ///< one line each
    };

    Made run(const std::string& folder);
    const gateway::Transformer& map(const std::string& name);
    const gateway::Codec& codecOf(const std::string& extension, const std::string& text) const;
    const gateway::Codec& codecFor(gateway::Node root) const;

    std::string library_;
    support::Plugins plugins_;
    std::unique_ptr<gateway::MapLanguage> language_;
    std::unique_ptr<gateway::Codec> json_, fhir_, hl7v2_;
    std::map<std::string, std::unique_ptr<gateway::Transformer>> maps_;
};

}  // namespace examples
