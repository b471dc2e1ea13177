#include <algorithm>

#include "fml_compilation.h"

namespace fml {

std::unique_ptr<const Program> Compiler::run(std::string text) {
    const std::size_t before = findings_.errors();
    units_.load(std::move(text));
    for (Unit& unit : units_.all()) constants(unit);
    for (Unit& unit : units_.all()) declareGroups(unit);
    for (const GroupEntry& group : scope_.groups) inherit(group);
    entry();
    for (const GroupEntry& group : scope_.groups) compileGroup(group);
    findLoops();
    if (findings_.errors() == before) {
        // Only of a map without mistakes can it be said what it never does.
        mandatory_.report(findings_);
        unreached();
    }
    numberParts(*program_);
    facts();
    program_->version = units_.version();
    return findings_.errors() == before ? std::move(program_) : nullptr;
}

void Compiler::findLoops() {
    std::vector<const GroupCode*> told;
    for (const Loop& start : loops_) {
        std::vector<const GroupCode*> reached{start.to};
        for (std::size_t i = 0; i < reached.size(); ++i)
            for (const Loop& next : loops_)
                if (next.from == reached[i] &&
                    std::find(reached.begin(), reached.end(), next.to) == reached.end())
                    reached.push_back(next.to);
        const auto among = [](const auto& all, const GroupCode* group) {
            return std::find(all.begin(), all.end(), group) != all.end();
        };
        if (!among(reached, start.from) || among(told, start.to)) continue;
        told.insert(told.end(), reached.begin(), reached.end());
        fail(*start.unit, start.at,
             say("found group '{0}' called without end: nothing goes one element further, "
                 "expected a source element or a condition on the way",
                 "trouvé le groupe « {0} » appelé sans fin : rien n'avance d'un élément, "
                 "attendu un élément de la source ou une condition en chemin",
                 {start.to->name}));
    }
}

std::unique_ptr<const Program> compileMap(const std::string& file,
                                          const gateway::MapSurroundings& around,
                                          Findings& findings) {
    std::optional<std::string> text = readFile(file);
    if (text) return compileMap(file, std::move(*text), around, findings);
    findings.error({file, 0, 0}, {"found no readable file, expected a map",
                                  "aucun fichier lisible trouvé, attendu une transformation"});
    return nullptr;
}

std::unique_ptr<const Program> compileMap(const std::string& file, std::string text,
                                          const gateway::MapSurroundings& around,
                                          Findings& findings) {
    return Compiler(file, around, findings).run(std::move(text));
}

bool overridesMap(const std::string& file, const gateway::MapSurroundings& around) {
    const Library library(around.library, file);
    const Layer layer(library, around.network);
    if (layer.empty() || library.networkOf(file) == around.network) return false;
    Program program;
    Findings told;  // by compileMap() too
    layer.check(library, told);
    if (told.failed()) return true;
    Units units(around, file, program, told);
    units.load(readFile(file).value_or(""));
    return units.overridden();
}

}  // namespace fml
