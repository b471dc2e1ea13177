/// @file  The entries of a plan bundle by what they are and by their url.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "gateway/tree.h"

namespace care_circle {

class Bundle {
public:
    /// @throws Error(rejected) when two entries have one url, or when it is not about one plan of
    /// one person: nobody could say which of them is meant
    explicit Bundle(gateway::Node root);

    gateway::Node plan() const { return plan_; }
    gateway::Node patient() const { return patient_; }  ///< empty when there is none
    /// The entry of that url, or an empty Node.
    gateway::Node at(std::string_view url) const;
    /// What a Reference stands for: a child of that name.
    gateway::Node referred(gateway::Node from, std::string_view name) const;
    const std::vector<gateway::Node>& all(std::string_view type) const;

private:
    std::map<std::string_view, gateway::Node> byUrl_;
    std::map<std::string_view, std::vector<gateway::Node>> byType_;
    gateway::Node plan_, patient_;
};

/// The value of the extension of ours of that name, or an empty Node.
gateway::Node extensionOf(gateway::Node element, std::string_view name);
/// The code of that system among the codings of a CodeableConcept; `system`: the name of one of
/// ours.
std::string_view codeOf(gateway::Node concept_, std::string_view system);
/// Words of a CodeableConcept.
std::string_view wordsOf(gateway::Node concept_);

}  // namespace care_circle
