#include "tables_table.h"

namespace tables {

void Table::index(gateway::Findings& findings) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        const auto [first, fresh] = forward_.try_emplace(row.source, i);
        if (!fresh)
            findings.warning({file, row.line, 1}, "source code '" + row.source +
                                                      "' stands in line " +
                                                      std::to_string(rows[first->second].line) +
                                                      " already, which is the one that is used");
        if (row.target.empty()) continue;
        const auto [other, alone] = back_.try_emplace(row.target, i);
        if (alone || !row.preferred) continue;
        if (rows[other->second].preferred)
            findings.error({file, row.line, 1},
                           "target code '" + row.target + "' is preferred in line " +
                               std::to_string(rows[other->second].line) +
                               " already, expected one preferred row for each target");
        other->second = i;
    }
}

void Table::apply(const Table& change) {
    std::vector<Row> merged;
    const auto add = [&](const Row& row) {
        merged.push_back(row);
        if (row.file.empty()) merged.back().file = change.file;
        if (row.relation == "not-related-to") merged.back().target.clear();
    };
    std::vector<bool> placed(change.rows.size());
    for (Row& row : rows) {
        if (change.forward(row.source) == nullptr) {
            const Row* const back = row.preferred ? change.back(row.target) : nullptr;
            if (back && back->preferred) row.preferred = false;
            merged.push_back(std::move(row));
            continue;
        }
        for (std::size_t i = 0; i < change.rows.size(); ++i)
            if (!placed[i] && change.rows[i].source == row.source) {
                placed[i] = true;
                add(change.rows[i]);
            }
    }
    for (std::size_t i = 0; i < change.rows.size(); ++i)
        if (!placed[i]) add(change.rows[i]);
    rows = std::move(merged);
    if (change.unmapped != Unmapped::fail) {
        unmapped = change.unmapped;
        fixed = change.fixed;
        fixedLabel = change.fixedLabel;
    }
    forward_.clear();
    back_.clear();
    gateway::Findings told;  // of each alone already, and no row of one clashes with the other's
    index(told);
}

const Row* Table::forward(std::string_view code) const {
    const auto found = forward_.find(code);
    return found == forward_.end() ? nullptr : &rows[found->second];
}

const Row* Table::back(std::string_view code) const {
    const auto found = back_.find(code);
    return found == back_.end() ? nullptr : &rows[found->second];
}

}  // namespace tables
