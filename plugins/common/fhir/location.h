/// @file  Places as FHIR's OperationOutcome.expression spells them.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "gateway/tree.h"

namespace fhir {

/// "Bundle.entry[0].resource.name[0].family"; an index for what may repeat.
std::string location(gateway::Node node);

/// Spells many places of one tree. Where siblings must be counted, it goes on from the last one
/// that it was asked for.
class Places {
public:
    std::string of(gateway::Node node);

private:
    struct Counted {
        gateway::Node node;
        std::size_t index = 0;
    };
    std::size_t indexOf(gateway::Node node);
    /// By parent and name.
    std::map<std::pair<const gateway::detail::NodeData*, const gateway::detail::NameData*>, Counted>
        counted_;
};

/// Keeps the index of an item with its node, so that location() need not count.
void setIndex(gateway::Builder& tree, gateway::Builder::Handle node, std::uint32_t index);

}  // namespace fhir
