#include "tables_code_systems.h"

#include <algorithm>

#include "fhir_json.h"
#include "fml_library.h"
#include "gateway/config.h"

namespace tables {

using gateway::Node;
using gateway::say;

namespace {

/// With those below them.
void collect(Node parent, std::vector<std::string>& codes) {
    for (const Node one : fhir::items(parent)) {
        if (one.name() != "concept") continue;
        codes.emplace_back(one.child("code").text());
        collect(one, codes);
    }
}

}  // namespace

CodeSystems::CodeSystems(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        const std::string text = fml::readFile(file).value_or("");
        if (text.find("\"CodeSystem\"") == text.npos) continue;  // most: not worth parsing
        gateway::Findings ignored;
        const auto resource = fhir::Resource::read(file, text, ignored);
        if (!resource) continue;
        add(resource->root());
        for (const Node entry : fhir::items(resource->root()))
            if (entry.name() == "entry") add(entry.child("resource"));
    }
}

void CodeSystems::add(Node resource) {
    if (resource.child("resourceType").text() == "CodeSystem" &&
        resource.child("content").text() == "complete")
        collect(resource, codes_[std::string(resource.child("url").text())]);
}

void CodeSystems::check(const Table& table, gateway::Findings& findings) const {
    for (const Row& row : table.rows) {
        const auto system = codes_.find(table.targetSystemOf(row));
        if (!row.leads() || system == codes_.end()) continue;
        const std::vector<std::string>& codes = system->second;
        if (std::find(codes.begin(), codes.end(), row.target) != codes.end()) continue;
        findings.warning(table.place(row),
                         say("found target code '{0}', expected one of {1}: {2}{3}",
                             "trouvé le code cible « {0} », attendu l'un de {1} : {2}{3}",
                             {row.target, system->first, listed(codes),
                              gateway::didYouMean(row.target, codes)}));
    }
}

}  // namespace tables
