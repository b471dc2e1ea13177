/// @file  The codes that a library of maps says itself: CodeSystems in its profiles.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"
#include "tables_table.h"

namespace tables {

class CodeSystems {
public:
    /// @param files  JSON, each a resource or a Bundle of them. What is no JSON is left to whoever
    /// reads the profiles
    explicit CodeSystems(const std::vector<std::string>& files);

    /// A target code that its system does not have is warned of. Says nothing of a system that is
    /// not among these or not whole.
    void check(const Table& table, gateway::Findings& findings) const;

private:
    void add(gateway::Node resource);

    std::map<std::string, std::vector<std::string>, std::less<>> codes_;  ///< by url
};

}  // namespace tables
