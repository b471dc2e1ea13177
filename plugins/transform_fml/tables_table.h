/// @file  A code table: what a ConceptMap says, in a form that is quick to ask.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/error.h"

namespace tables {

/// One row, and its line in the file.
struct Row {
    std::string source, sourceLabel, target, targetLabel, relation, comment;
    bool preferred = false;  ///< used on the way back among rows of one target
    int line = 0;
    std::string file;  ///< where it stands, when that is not the table's own file
};

/// What happens to a code that no row has.
enum class Unmapped {
    fail,       ///< nothing said: an issue, the value is lost
    none,       ///< no target, by the table's own word
    useSource,  ///< the code goes through as it is
    fixed       ///< always the same code
};

/// Immutable once load() has run; many threads.
class Table {
public:
    std::string file, name, url, version, sourceSystem, targetSystem;
    std::string overrides;  ///< the table that this one only changes; empty: it stands alone
    Unmapped unmapped = Unmapped::fail;
    std::string fixed, fixedLabel;
    std::vector<Row> rows;

    /// Builds both indexes. Rows that say the same thing twice are reported.
    void index(gateway::Findings& findings);

    /// Takes the rows of `change` in place of those with the same source code, and its rule for the
    /// unmapped when it has one. Both have been indexed.
    void apply(const Table& change);
    gateway::Place place(const Row& row) const {
        return {row.file.empty() ? file : row.file, row.line, 1};
    }

    const Row* forward(std::string_view code) const;
    /// The preferred row of that target, or its first.
    const Row* back(std::string_view code) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    using Index = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;
    Index forward_, back_;
};

/// Reads a table as CSV: `source,source_label,target,target_label,relation,preferred,comment`, with
/// `,` or `;`, after lines `# key: value` (url, version, source, target, unmapped, overrides).
/// Mistakes are findings with file and line; the rows that could be read are returned.
Table readCsv(const std::string& file, std::string_view text, gateway::Findings& findings);

/// What the line `# key: …` in the header of a table says, without reading its rows.
std::string headerOf(std::string_view text, std::string_view key);

}  // namespace tables
