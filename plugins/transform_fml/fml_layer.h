/// @file  What a network changes in maps and tables that it shares with others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fml_lexer.h"
#include "fml_library.h"
#include "gateway/error.h"

namespace fml {

struct MapSyntax;

/// The files below networks/NAME of a library that say what they change: maps with the line
/// `/// overrides = "MAP"`, tables with the line `# overrides: TABLE`.
class Layer {
public:
    struct Change {
        std::string file;
        std::string wanted;  ///< name or url of the map or table that it changes
        gateway::Place where;
    };

    /// @param network  may be empty: then nothing changes
    Layer(const Library& library, std::string_view network);

    bool empty() const { return maps_.empty() && tables_.empty(); }
    const std::vector<Change>& maps() const { return maps_; }
    const std::vector<Change>& tables() const { return tables_; }
    /// The change to that map or table, or null; a second one is reported.
    const Change* ofMap(const std::string& file, const MapSyntax& map,
                        gateway::Findings& findings) const;
    const Change* ofTable(const std::string& file, std::string_view name, std::string_view url,
                          gateway::Findings& findings) const;
    /// Reports each change of what the library does not have.
    void check(const Library& library, gateway::Findings& findings) const;

private:
    std::vector<Change> maps_, tables_;
};

/// What a map says that it changes, and where; `wanted` is empty when it changes none.
Layer::Change overrideOf(const SourceText& map);

}  // namespace fml
