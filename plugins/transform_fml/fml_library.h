/// @file  Where maps and tables lie on disk.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fml {

/// The whole of a file, or nothing when it cannot be read.
std::optional<std::string> readFile(const std::string& file);

/// The folder of all maps. Names are looked up when asked: a library has tens of files.
class Library {
public:
    /// @param root  may be empty: then the folder of `mapFile` is the library. A bare file outside
    /// of the library also sees what lies beside it
    Library(const std::string& root, const std::string& mapFile);

    /// The path as findings and reports show it: below the library, or as it is.
    std::string shown(const std::string& file) const;
    /// Files of maps whose url, which `wanted` may give with `*`, name or file name is that. What
    /// only changes another map (fml_layer.h) is none.
    std::vector<std::string> maps(std::string_view wanted) const;
    /// Whether a map imports the one of that url or name.
    bool imports(std::string_view url, std::string_view name) const;
    /// tables/NAME.csv beside the map or in a folder above it up to the library, else any table
    /// below the library that has that url or file name; one path each. What only changes another
    /// table is none.
    std::vector<std::string> tables(std::string_view wanted, const std::string& mapFile) const;
    /// Urls and names for "did you mean".
    std::vector<std::string> mapNames() const;
    std::vector<std::string> tableNames() const;
    /// All files of maps, of tables in a folder of the library, changes too.
    std::vector<std::string> mapFiles(std::string_view under = {}) const;
    std::vector<std::string> tableFiles(std::string_view under = {}) const;
    /// NAME of a file below networks/NAME, else empty.
    std::string networkOf(const std::string& file) const;

private:
    std::string root_;
    std::string beside_;  ///< folder of a map outside of the library; else empty
};

/// All files *.map and *.fml below `root`, in order of their names.
std::vector<std::string> mapsBelow(const std::string& root);

/// The file NAME.map or NAME.fml below `root`; empty when there is none. One that changes another
/// map is only found when no other has the name.
/// @throws gateway::Error when several have the name
std::string locateMap(std::string_view name, const std::string& root);

}  // namespace fml
