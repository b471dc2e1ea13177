/// @file  What a network changes of the maps and tables that it shares, rule by rule and row by
/// row.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"

namespace maps {

/// One line of one side: a rule, or what a row says. Without a place it does not stand there.
struct DiffLine {
    std::string text;
    gateway::Place where;
};

struct GroupDiff {
    std::string name;
    DiffLine federation, network;       ///< the groups' heads
    bool adds = false;                  ///< it extends what it replaces: nothing is taken away
    std::vector<DiffLine> gone, fresh;  ///< rules, in their order
};

struct MapDiff {
    std::string name, federation, network;  ///< the map, and both files below the library
    std::vector<GroupDiff> groups;
};

struct RowDiff {
    std::string source;
    DiffLine federation, network;
};

struct TableDiff {
    std::string name, federation, network;
    std::string unmapped;  ///< the network's own rule for codes that no row has; empty: the same
    std::vector<RowDiff> rows;
};

struct LayerDiff {
    std::vector<MapDiff> maps;
    std::vector<TableDiff> tables;
    std::vector<std::string> own;    ///< maps that the network alone has
    std::vector<std::string> whole;  ///< tables named as one of the federation's, which change none
};

/// Compares the layer of `network` with what it changes; its mistakes go to `findings`.
/// @throws gateway::Error(unavailable) when the library has no such network
LayerDiff layerDiff(const std::string& library, const std::string& network,
                    gateway::Findings& findings);

}  // namespace maps
