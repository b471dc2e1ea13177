/// @file  Which partner a member of a plan is, where its identifiers do not say so: a table of each
/// network, NETWORK/aliases.csv, with the columns member, partner, comment. A person writes each
/// row; nobody is taken for a partner because names look alike.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config.h"

namespace care_circle {

/// A row that says which partner somebody is.
struct Alias {
    std::string partner;
    int line = 0;
};

class Aliases {
public:
    /// Reads FOLDER/NETWORK/aliases.csv of every network that has one; what is wrong goes to the
    /// findings with its line.
    void read(const std::string& folder, gateway::Findings& findings);

    /// @param words  "rpps|…", "finess|…", "SYSTEM|VALUE" or a name, as the row has them
    const Alias* find(std::string_view network, std::string_view words) const;
    /// Of the table, as people are told it.
    static std::string fileOf(std::string_view network);

private:
    void readTable(const std::string& network, const std::string& file,
                   gateway::Findings& findings);

    std::map<std::string, std::map<std::string, Alias, std::less<>>, std::less<>> networks_;
};

}  // namespace care_circle
