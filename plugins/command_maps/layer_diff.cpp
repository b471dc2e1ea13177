#include "layer_diff.h"

#include <algorithm>
#include <filesystem>

#include "fml_layer.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "gateway/config.h"
#include "tables_table.h"

namespace maps {
namespace {

namespace fs = std::filesystem;
using fml::GroupSyntax;
using fml::MapSyntax;
using fml::RuleSyntax;
using fml::SourceText;
using gateway::Findings;
using gateway::Place;
using gateway::say;

/// A map file, and where it stands as people are told.
struct Read {
    SourceText text;
    MapSyntax map;
    std::string shown;

    Read(const fml::Library& library, const std::string& file, Findings& findings)
        : text(file, fml::readFile(file).value_or("")),
          map(fml::parse(text, findings)),
          shown(library.shown(file)) {}

    Place place(fml::At at) const {
        Place place = text.place(at);
        place.file = shown;
        return place;
    }
};

/// What the printer makes of the group's head and rules, on one line without its braces.
std::pair<std::string, std::string> printed(GroupSyntax group) {
    MapSyntax map;
    map.groups.push_back(std::move(group));
    std::string line;
    for (const char c : fml::print(map))
        if (c != '\n' && (c != ' ' || (!line.empty() && line.back() != ' ')))
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    const std::size_t open = std::min(line.find('{'), line.size());
    const std::size_t close = std::max(line.rfind('}'), open + 1);
    std::string head = line.substr(0, open), body = line.substr(open + 1, close - open - 1);
    for (std::string* const text : {&head, &body}) {
        text->erase(0, text->find_first_not_of(' '));
        text->erase(text->find_last_not_of(' ') + 1);
    }
    return {std::move(head), std::move(body)};
}

/// The rules of a group, those inside of others after them and further in.
void flatten(const Read& read, const std::vector<RuleSyntax>& rules, std::size_t depth,
             std::vector<DiffLine>& lines) {
    for (const RuleSyntax& rule : rules) {
        GroupSyntax alone;
        alone.name.text = "g";
        alone.rules.push_back(rule);
        alone.rules[0].rules.clear();
        lines.push_back(
            {std::string(2 * depth, ' ') + printed(std::move(alone)).second, read.place(rule.at)});
        flatten(read, rule.rules, depth + 1, lines);
    }
}

DiffLine headOf(const Read& read, const GroupSyntax& group) {
    GroupSyntax head = group;
    head.rules.clear();
    return {printed(std::move(head)).first, read.place(group.name.at)};
}

/// Takes out what both have, in order (the longest such lines).
void differ(std::vector<DiffLine>& left, std::vector<DiffLine>& right) {
    const std::size_t n = left.size(), m = right.size();
    std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1));
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;)
            common[i][j] = left[i].text == right[j].text
                               ? common[i + 1][j + 1] + 1
                               : std::max(common[i + 1][j], common[i][j + 1]);
    std::vector<DiffLine> gone, fresh;
    std::size_t i = 0, j = 0;
    while (i < n || j < m)
        if (i < n && j < m && left[i].text == right[j].text) {
            ++i;
            ++j;
        } else if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1])) {
            gone.push_back(std::move(left[i++]));
        } else {
            fresh.push_back(std::move(right[j++]));
        }
    left = std::move(gone);
    right = std::move(fresh);
}

const GroupSyntax* groupOf(const MapSyntax& map, const std::string& name) {
    for (const GroupSyntax& group : map.groups)
        if (group.name.text == name) return &group;
    return nullptr;
}

MapDiff compare(const Read& base, const Read& change) {
    MapDiff diff{base.map.name.empty() ? fs::path(base.shown).stem().string() : base.map.name.text,
                 base.shown,
                 change.shown,
                 {}};
    for (const GroupSyntax& group : change.map.groups) {
        const GroupSyntax* const replaced = groupOf(base.map, group.name.text);
        GroupDiff& one = diff.groups.emplace_back();
        one.name = group.name.text;
        one.network = headOf(change, group);
        one.adds = replaced && group.extends.text == group.name.text;
        flatten(change, group.rules, 0, one.fresh);
        if (replaced == nullptr) continue;
        one.federation = headOf(base, *replaced);
        if (one.adds) continue;
        flatten(base, replaced->rules, 0, one.gone);
        differ(one.gone, one.fresh);
    }
    return diff;
}

/// "female (Female), equivalent".
std::string saying(const tables::Row& row) {
    std::string text = row.relation == "not-related-to" ? "" : row.target;
    if (!text.empty() && !row.targetLabel.empty()) text += " (" + row.targetLabel + ")";
    if (row.relation != "equivalent") text += (text.empty() ? "" : ", ") + row.relation;
    if (row.preferred) text += ", preferred";
    return text;
}

std::string ruleOf(const tables::Table& table) {
    switch (table.unmapped) {
        case tables::Unmapped::fail: break;
        case tables::Unmapped::none: return "none";
        case tables::Unmapped::useSource: return "use-source";
        case tables::Unmapped::fixed: return "fixed " + table.fixed;
    }
    return {};
}

TableDiff compare(const fml::Library& library, const tables::Table& base,
                  const tables::Table& change) {
    const std::string baseFile = library.shown(base.file), file = library.shown(change.file);
    TableDiff diff{base.name, baseFile, file, {}, {}};
    if (ruleOf(change) != ruleOf(base)) diff.unmapped = ruleOf(change);
    for (const tables::Row& row : change.rows) {
        const tables::Row* const was = base.forward(row.source);
        RowDiff one{row.source, {}, {saying(row), {file, row.line, 0}}};
        if (was) one.federation = {saying(*was), {baseFile, was->line, 0}};
        if (was == nullptr || one.federation.text != one.network.text)
            diff.rows.push_back(std::move(one));
    }
    return diff;
}

tables::Table readTable(const std::string& file, Findings& findings) {
    return tables::readCsv(file, fml::readFile(file).value_or(""), findings);
}

void requireNetwork(const std::string& library, const std::string& network) {
    std::vector<std::string> known;
    std::error_code error;
    for (fs::directory_iterator at(fs::path(library) / "networks", error), end; !error && at != end;
         at.increment(error))
        if (at->is_directory()) known.push_back(at->path().filename().string());
    if (std::find(known.begin(), known.end(), network) != known.end()) return;
    throw gateway::Error(
        gateway::Fault::unavailable, library,
        say("there is no folder networks/{0}{1}", "il n'y a pas de dossier networks/{0}{1}",
            {network, gateway::didYouMean(network, known)}));
}

}  // namespace

LayerDiff layerDiff(const std::string& folder, const std::string& network, Findings& findings) {
    requireNetwork(folder, network);
    const fml::Library library(folder, "");
    const fml::Layer layer(library, network);
    layer.check(library, findings);
    LayerDiff diff;
    for (const fml::Layer::Change& change : layer.maps()) {
        const std::vector<std::string> files = library.maps(change.wanted);
        if (files.empty()) continue;
        diff.maps.push_back(
            compare(Read(library, files.front(), findings), Read(library, change.file, findings)));
    }
    for (const fml::Layer::Change& change : layer.tables()) {
        const std::vector<std::string> files = library.tables(change.wanted, change.file);
        if (files.empty()) continue;
        diff.tables.push_back(
            compare(library, readTable(files.front(), findings), readTable(change.file, findings)));
    }
    const std::string below = "networks/" + network;
    const auto changes = [](const std::vector<fml::Layer::Change>& all, const std::string& file) {
        return std::any_of(all.begin(), all.end(),
                           [&](const auto& change) { return change.file == file; });
    };
    for (const std::string& file : library.mapFiles(below))
        if (!changes(layer.maps(), file)) diff.own.push_back(library.shown(file));
    for (const std::string& file : library.tableFiles(below))
        if (!changes(layer.tables(), file))
            for (const std::string& shared : library.tableFiles("federation"))
                if (fs::path(shared).stem() == fs::path(file).stem())
                    diff.whole.push_back(library.shown(file));
    return diff;
}

}  // namespace maps
