#include "fml_layer.h"

#include <filesystem>

#include "fml_structure_map.h"
#include "fml_types.h"
#include "gateway/config.h"
#include "tables_table.h"

namespace fml {
namespace {

using gateway::Findings;
using gateway::say;

std::string stemOf(const std::string& file) { return std::filesystem::path(file).stem().string(); }

Layer::Change tableChange(const std::string& file) {
    const std::string text = readFile(file).value_or("");
    Layer::Change change{file, tables::headerOf(text, "overrides"), {file, 1, 0}};
    for (std::size_t at = 0; at < text.size(); ++change.where.line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (text.substr(at, end - at).find("overrides") != std::string::npos) break;
        at = end + 1;
    }
    return change;
}

void reportSecond(const Layer::Change& first, const Layer::Change& second, Findings& findings) {
    findings.error(second.where,
                   say("found a second file that changes '{0}', the first is {1}",
                       "trouvé un second fichier qui modifie « {0} », le premier est {1}",
                       {second.wanted, first.file}));
}

}  // namespace

Layer::Change overrideOf(const SourceText& map) {
    for (const auto& [key, value] : readMapHeader(map).metadata)
        if (key.text == "overrides") return {map.file(), value, map.place(key.at)};
    return {map.file(), {}, {}};
}

Layer::Layer(const Library& library, std::string_view network) {
    if (network.empty()) return;
    const std::string folder = "networks/" + std::string(network);
    for (const std::string& file : library.mapFiles(folder))
        if (Change change = overrideOf(SourceText(file, readFile(file).value_or("")));
            !change.wanted.empty())
            maps_.push_back(std::move(change));
    for (const std::string& file : library.tableFiles(folder))
        if (Change change = tableChange(file); !change.wanted.empty())
            tables_.push_back(std::move(change));
}

const Layer::Change* Layer::ofMap(const std::string& file, const MapSyntax& map,
                                  Findings& findings) const {
    const Change* found = nullptr;
    for (const Change& change : maps_) {
        if (change.file == file ||
            (change.wanted != map.url.text && change.wanted != map.name.text &&
             change.wanted != stemOf(file)))
            continue;
        if (found)
            reportSecond(*found, change, findings);
        else
            found = &change;
    }
    return found;
}

const Layer::Change* Layer::ofTable(const std::string& file, std::string_view name,
                                    std::string_view url, Findings& findings) const {
    const Change* found = nullptr;
    for (const Change& change : tables_) {
        if (change.wanted != name && change.wanted != url && change.wanted != stemOf(file))
            continue;
        if (found)
            reportSecond(*found, change, findings);
        else
            found = &change;
    }
    return found;
}

void Layer::check(const Library& library, Findings& findings) const {
    for (const Change& change : maps_)
        if (library.maps(change.wanted).empty())
            findings.error(
                change.where,
                say("found a change of map '{0}', expected the name or url of a map{1}",
                    "trouvé une modification de la transformation « {0} », attendu le "
                    "nom ou l'url d'une transformation{1}",
                    {change.wanted, gateway::didYouMean(change.wanted, library.mapNames())}));
    for (const Change& change : tables_)
        if (library.tables(change.wanted, change.file).empty())
            findings.error(
                change.where,
                say("found a change of table '{0}', expected the name or url of a table{1}",
                    "trouvé une modification de la table « {0} », attendu le nom ou l'url d'une "
                    "table{1}",
                    {change.wanted, gateway::didYouMean(change.wanted, library.tableNames())}));
}

}  // namespace fml
