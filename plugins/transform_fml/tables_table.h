/// @file  A code table: what a ConceptMap says, in a form that is quick to ask.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/error.h"
#include "tables_relations.h"

namespace tables {

/// One row, and its line in the file.
struct Row {
    std::string source, sourceLabel, target, targetLabel, relation, comment;
    bool preferred = false;  ///< used on the way back among rows of one target
    int line = 0;
    std::string file = {};  ///< where it stands, when that is not the table's own file
    /// Where they are not the table's.
    std::string sourceSystem = {}, targetSystem = {};

    /// Whether the code becomes another one.
    bool leads() const { return !target.empty() && relation != kNotRelated; }
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
    std::string sourceVersion, targetVersion;  ///< of the systems
    /// What else a ConceptMap says of itself: title, status, …, source_valueset, target_valueset.
    std::vector<std::pair<std::string, std::string>> details;
    std::string overrides;  ///< the table that this one only changes; empty: it stands alone
    Unmapped unmapped = Unmapped::fail;
    std::string fixed, fixedLabel;
    std::vector<Row> rows;
    /// How a row of a CSV is written: its separator, and what each field holds, by the English name
    /// of its column; empty: nothing that is known.
    struct Layout {
        char separator = ',';
        std::vector<std::string> columns;
    };
    std::optional<Layout> layout;  ///< nothing: it is no CSV

    /// Builds both indexes. Rows that say the same thing twice are reported, and those that lack
    /// the label that others have.
    void index(gateway::Findings& findings);

    /// Takes the rows of `change` in place of those with the same source code, and its rule for the
    /// unmapped when it has one. Both have been indexed.
    void apply(const Table& change);
    gateway::Place place(const Row& row) const {
        return {row.file.empty() ? file : row.file, row.line, 1};
    }

    /// The first row of that code that leads somewhere, else its first.
    /// @param system  of the code; empty: not known, any will do
    const Row* forward(std::string_view code, std::string_view system = {}) const;
    /// The preferred row of that target, or its first.
    const Row* back(std::string_view code, std::string_view system = {}) const;
    const std::string& sourceSystemOf(const Row& row) const;
    const std::string& targetSystemOf(const Row& row) const;
    /// The label of what the row leads to: its own, else what another row of that target says.
    const std::string& targetLabelOf(const Row& row) const;
    /// The words for what the row leads to: where it has no label, what people call its source, at
    /// worst the code.
    const std::string& wordsOf(const Row& row) const;
    std::string detail(std::string_view key) const;
    /// What to add for a code that has no row, for people.
    gateway::Reason rowFor(std::string_view code) const;
    /// The codes that become others, for people.
    std::string codes() const;

    /// The table for the way back: its rows lead from each target to the source of its preferred
    /// row. A rule `use-source` or `none` holds both ways, a fixed code does not. Places are those
    /// of this table. Where none of several rows of a target is preferred, that is told.
    Table reversed(gateway::Findings& findings) const;

private:
    void reportSecond(const Row& one, const Row& other, gateway::Findings& findings) const;
    void reportPreferred(const Row& one, const Row& other, gateway::Findings& findings) const;
    void warnOfUnlabelled(gateway::Findings& findings) const;
    void warnOfChoice(const Row& used, const Row& other, gateway::Findings& findings) const;
    const Row* first(const std::vector<std::size_t>* rows, std::string_view system,
                     const std::string& (Table::*systemOf)(const Row&) const) const;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    using Index = std::unordered_map<std::string, std::vector<std::size_t>, Hash, std::equal_to<>>;
    Index forward_, back_;  ///< rows of a code, the one to use first
};

/// The names of `details`, and all that may stand in a line `# key: value`.
extern const std::vector<std::string> kDetails, kKeys;

/// Codes for people: "A, B, C"; of many, the first and "…".
std::string listed(const std::vector<std::string>& codes);

/// Reads a table as CSV: `source,source_label,target,target_label,relation,preferred,comment` and,
/// where rows differ in it, `source_system,target_system`, after lines `# key: value` (kKeys), in
/// any encoding and with any separator that spreadsheets use. Mistakes are findings with file, line
/// and column; the rows that could be read are returned.
Table readCsv(const std::string& file, std::string_view bytes, gateway::Findings& findings);

/// The same table as CSV: UTF-8, commas.
std::string toCsv(const Table& table);

/// The name of a table in that file which says none.
std::string nameOfFile(const std::string& file);

/// What the line `# key: …` in the header of a table says, without reading its rows.
std::string headerOf(std::string_view text, std::string_view key);

}  // namespace tables
