#include "tables_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/csv/writer.h"

namespace tables {

using gateway::Reason;
using gateway::say;

void Table::index(gateway::Findings& findings) {
    // The row that is used, of each code of each system.
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> used;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        std::vector<std::size_t>& same = forward_[row.source];
        const auto [known, fresh] = used.try_emplace({row.source, sourceSystemOf(row)}, i);
        if (!fresh) reportSecond(rows[known->second], row, findings);
        if (row.leads() && !rows[known->second].leads()) known->second = i;
        const bool better = row.leads() && !same.empty() && !rows[same.front()].leads();
        same.insert(better ? same.begin() : same.end(), i);
        if (!row.leads()) continue;
        std::vector<std::size_t>& back = back_[row.target];
        if (!row.preferred) {
            back.push_back(i);
            continue;
        }
        const auto clash = std::find_if(back.begin(), back.end(), [&](std::size_t other) {
            return rows[other].preferred && targetSystemOf(rows[other]) == targetSystemOf(row);
        });
        if (clash == back.end())
            back.insert(back.begin(), i);
        else
            reportPreferred(rows[*clash], row, findings);
    }
    warnOfUnlabelled(findings);
}

void Table::warnOfUnlabelled(gateway::Findings& findings) const {
    const auto labelled = [](const Row& row) { return row.leads() && !row.targetLabel.empty(); };
    if (std::none_of(rows.begin(), rows.end(), labelled)) return;
    for (const Row& row : rows)
        if (row.leads() && row.targetLabel.empty())
            findings.warning(place(row), say("found no label for target code '{0}', which other "
                                             "rows have for theirs: people will read '{1}'",
                                             "aucun libellé trouvé pour le code cible « {0} », "
                                             "alors que d'autres lignes en donnent un : on lira "
                                             "« {1} »",
                                             {row.target, wordsOf(row)}));
}

void Table::reportSecond(const Row& one, const Row& other, gateway::Findings& findings) const {
    findings.warning(place(other), say("source code '{0}' stands in line {1} already, which is the "
                                       "one that is used",
                                       "le code source « {0} » figure déjà à la ligne {1}, qui est "
                                       "celle qui sert",
                                       {other.source, std::to_string(one.line)}));
}

void Table::reportPreferred(const Row& one, const Row& other, gateway::Findings& findings) const {
    findings.error(place(other), say("target code '{0}' is preferred in line {1} already, expected "
                                     "one preferred row for each target",
                                     "le code cible « {0} » est déjà préféré à la ligne {1}, "
                                     "attendu une seule ligne préférée par cible",
                                     {other.target, std::to_string(one.line)}));
}

void Table::apply(const Table& change) {
    std::vector<Row> merged;
    const auto add = [&](const Row& row) {
        merged.push_back(row);
        if (row.file.empty()) merged.back().file = change.file;
        if (row.relation == kNotRelated) merged.back().target.clear();
    };
    std::vector<bool> placed(change.rows.size());
    for (Row& row : rows) {
        if (change.forward(row.source) == nullptr) {
            const Row* const back = row.preferred ? change.back(row.target) : nullptr;
            if (back && back->preferred) row.preferred = false;
            merged.push_back(std::move(row));
            continue;
        }
        std::vector<std::size_t> theirs = change.forward_.find(row.source)->second;
        std::sort(theirs.begin(), theirs.end());
        for (const std::size_t i : theirs)
            if (!placed[i]) {
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

const std::string& Table::sourceSystemOf(const Row& row) const {
    return row.sourceSystem.empty() ? sourceSystem : row.sourceSystem;
}

const std::string& Table::targetSystemOf(const Row& row) const {
    return row.targetSystem.empty() ? targetSystem : row.targetSystem;
}

const std::string& Table::targetLabelOf(const Row& row) const {
    const auto same = back_.find(row.target);
    if (!row.targetLabel.empty() || same == back_.end()) return row.targetLabel;
    for (const std::size_t i : same->second)
        if (!rows[i].targetLabel.empty() && targetSystemOf(rows[i]) == targetSystemOf(row))
            return rows[i].targetLabel;
    return row.targetLabel;
}

const std::string& Table::wordsOf(const Row& row) const {
    const std::string& label = targetLabelOf(row);
    if (!label.empty()) return label;
    return row.sourceLabel.empty() ? row.target : row.sourceLabel;
}

const Row* Table::first(const std::vector<std::size_t>* same, std::string_view system,
                        const std::string& (Table::*systemOf)(const Row&) const) const {
    if (same == nullptr) return nullptr;
    for (const std::size_t i : *same) {
        const std::string& own = (this->*systemOf)(rows[i]);
        if (system.empty() || own.empty() || own == system) return &rows[i];
    }
    return nullptr;
}

const Row* Table::forward(std::string_view code, std::string_view system) const {
    const auto found = forward_.find(code);
    return first(found == forward_.end() ? nullptr : &found->second, system,
                 &Table::sourceSystemOf);
}

const Row* Table::back(std::string_view code, std::string_view system) const {
    const auto found = back_.find(code);
    return first(found == back_.end() ? nullptr : &found->second, system, &Table::targetSystemOf);
}

std::string Table::detail(std::string_view key) const {
    for (const auto& [own, value] : details)
        if (own == key) return value;
    return {};
}

Reason Table::rowFor(std::string_view code) const {
    if (!layout)
        return say("add to {0} what '{1}' becomes", "ajouter à {0} ce que devient « {1} »",
                   {file, code});
    const auto row = [&](std::string_view target, std::string_view label) {
        std::string line;
        for (const std::string& column : layout->columns) {
            if (&column != &layout->columns.front()) line += layout->separator;
            const std::string_view field = column == "source"         ? code
                                           : column == "target"       ? target
                                           : column == "target_label" ? label
                                           : column == "relation"     ? kEquivalent
                                                                      : "";
            line += csv::written(field, layout->separator);
        }
        return line;
    };
    const auto& columns = layout->columns;
    const bool labels = std::find(columns.begin(), columns.end(), "target_label") != columns.end();
    return say("add to {0} the row {1} (TARGET: the code that it means{2})",
               "ajouter à {0} la ligne {1} (CIBLE : le code qui lui correspond{2})",
               {file, Reason{row("TARGET", "LABEL"), row("CIBLE", "LIBELLÉ")},
                labels ? Reason{"; LABEL: what people call it", " ; LIBELLÉ : son nom en clair"}
                       : Reason()});
}

std::string Table::codes() const {
    std::vector<std::string> all;
    for (const Row& row : rows)
        if (row.leads() && std::find(all.begin(), all.end(), row.source) == all.end())
            all.push_back(row.source);
    return listed(all);
}

std::string listed(const std::vector<std::string>& codes) {
    constexpr std::size_t kMost = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(codes.size(), kMost); ++i)
        text.append(i == 0 ? "" : ", ").append(codes[i]);
    return codes.size() > kMost ? text + ", …" : text;
}

void Table::warnOfChoice(const Row& used, const Row& other, gateway::Findings& findings) const {
    findings.warning(place(other),
                     say("target code '{0}' stands in line {1} too, which is the one that the way "
                         "back uses: 'preferred' in one of the rows says which",
                         "le code cible « {0} » figure aussi à la ligne {1}, qui est celle du "
                         "chemin de retour : « preferred » dans l'une des lignes dit laquelle",
                         {other.target, std::to_string(used.line)}));
}

Table Table::reversed(gateway::Findings& findings) const {
    Table back;
    back.file = file;
    back.name = "reverse:" + name;
    back.version = version;
    back.sourceSystem = targetSystem;
    back.targetSystem = sourceSystem;
    if (unmapped != Unmapped::fixed) back.unmapped = unmapped;
    for (const Row& row : rows) {
        const Row* const used = this->back(row.target, targetSystemOf(row));
        if (used != &row) {
            if (used && row.leads() && !used->preferred) warnOfChoice(*used, row, findings);
            continue;
        }
        Row& turned = back.rows.emplace_back(row);
        std::swap(turned.source, turned.target);
        std::swap(turned.sourceLabel, turned.targetLabel);
        std::swap(turned.sourceSystem, turned.targetSystem);
        turned.relation = inverse(row.relation);
    }
    gateway::Findings none;  // each target leads back once
    back.index(none);
    return back;
}

}  // namespace tables
