#include "fml_units.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "common/logical/files.h"
#include "fml_hash.h"
#include "fml_structure_map.h"
#include "gateway/config.h"
#include "tables_conceptmap.h"

namespace fml {

using gateway::Reason;
using gateway::say;

namespace {

std::string lastPart(std::string_view url) {
    const auto slash = url.find_last_of("/#");
    return std::string(slash == url.npos ? url : url.substr(slash + 1));
}

bool ofTarget(const UsesSyntax& use) { return use.mode == "target" || use.mode == "produced"; }

/// A name that no type of FHIR has: profiles, logical models.
bool isProfileName(std::string_view name) {
    return name.find('-') != name.npos ||
           (!name.empty() && name.front() >= 'a' && name.front() <= 'z');
}

}  // namespace

Units::Units(const gateway::MapSurroundings& around, const std::string& file, Program& program,
             gateway::Findings& findings)
    : around_(around),
      library_(around.library, file),
      file_(file),
      program_(program),
      findings_(findings) {}

/// Opens the map, or that which it changes for its network.
void Units::open(std::string text) {
    text_ = std::move(text);
    const std::string own = library_.networkOf(file_);
    const Layer::Change change = overrideOf(SourceText(file_, text_));
    layer_.emplace(library_,
                   around_.network.empty() || !change.wanted.empty() ? own : around_.network);
    layer_->check(library_, findings_);
    if (change.wanted.empty()) return read(file_, text_);
    if (own.empty())
        findings_.error(change.where,
                        say("found a change of map '{0}' outside of networks/NAME",
                            "trouvé une modification de la transformation « {0} » hors de "
                            "networks/NOM",
                            {change.wanted}));
    const std::vector<std::string> files = library_.maps(change.wanted);
    if (files.size() > 1)
        findings_.error(change.where,
                        say("found several maps '{0}': {1} and {2}, expected one",
                            "trouvé plusieurs transformations « {0} » : {1} et {2}, attendu une "
                            "seule",
                            {change.wanted, files[0], files[1]}));
    if (!files.empty()) read(files[0], readFile(files[0]).value_or(""));
}

void Units::load(std::string text) {
    open(std::move(text));
    for (std::size_t i = 0; i < units_.size(); ++i) {
        readChange(i);
        const Unit& unit = units_[i];
        for (const Word& wanted : unit.syntax.imports) {
            bool any = false;
            for (const std::string& path : library_.maps(wanted.text)) {
                any = true;
                std::error_code error;
                const bool known = std::any_of(units_.begin(), units_.end(), [&](const Unit& u) {
                    return u.path == path || std::filesystem::equivalent(u.path, path, error);
                });
                if (!known) read(path, readFile(path).value_or(""));
            }
            if (!any)
                findings_.error(
                    unit.text->place(wanted.at),
                    say("found import \"{0}\", expected the url or name of a map{1}",
                        "trouvé l'import « {0} », attendu l'url ou le nom d'une transformation{1}",
                        {wanted.text, gateway::didYouMean(wanted.text, library_.mapNames())}));
        }
    }
}

void Units::read(const std::string& path, std::string text) {
    read_.push_back(text);
    Unit& unit = units_.emplace_back();
    unit.path = path;
    unit.shown = library_.shown(path);
    unit.text = std::make_unique<SourceText>(path, std::move(text));
    unit.syntax = readMap(*unit.text, findings_);
    lookUpUses(unit);
    inlineTables(unit);
}

/// Reads what the network changes in that unit.
void Units::readChange(std::size_t base) {
    Unit& changed = units_[base];
    if (changed.base) return;
    const Layer::Change* const change = layer_->ofMap(changed.path, changed.syntax, findings_);
    if (change == nullptr) return;
    std::error_code error;
    const bool asked = std::filesystem::equivalent(change->file, file_, error);
    read(change->file, asked ? text_ : readFile(change->file).value_or(""));
    Unit& unit = units_.back();
    unit.base = &changed;
    changed.change = &unit;
    share(unit, changed);
}

/// A change sees what the map that it changes says at its head, unless it says so itself.
void Units::share(Unit& change, const Unit& base) {
    const auto known = [&](bool target) {
        for (const Unit* const unit : std::array<const Unit*, 2>{&change, &base})
            if (std::any_of(unit->syntax.uses.begin(), unit->syntax.uses.end(),
                            [&](const UsesSyntax& use) { return ofTarget(use) == target; }) &&
                !(target ? unit->targetKnown : unit->sourceKnown))
                return false;
        return true;
    };
    const bool sources = known(false), targets = known(true);
    for (const bool target : {false, true}) {
        auto& models = target ? change.targetModels : change.sourceModels;
        for (const Model* const model : target ? base.targetModels : base.sourceModels)
            if (std::find(models.begin(), models.end(), model) == models.end())
                models.push_back(model);
    }
    change.sourceKnown = sources && !change.sourceModels.empty();
    change.targetKnown = targets && !change.targetModels.empty();
    change.syntax.uses.insert(change.syntax.uses.end(), base.syntax.uses.begin(),
                              base.syntax.uses.end());
    for (const auto& [name, table] : base.tables) {
        tables::Table* changed = nullptr;
        for (tables::Table& one : program_.tables)
            if (&one == table) changed = &one;
        const auto own = std::find_if(change.tables.begin(), change.tables.end(),
                                      [&](const auto& entry) { return entry.first == name; });
        if (own == change.tables.end()) {
            change.tables.emplace_back(name, table);
        } else if (changed) {
            changed->apply(*own->second);
            own->second = table;
        }
    }
}

void Units::changeTable(tables::Table& table) {
    const Layer::Change* const change =
        layer_->ofTable(table.file, table.name, table.url, findings_);
    if (change == nullptr) return;
    std::string text = readFile(change->file).value_or("");
    const tables::Table by = tables::readCsv(change->file, text, findings_);
    read_.push_back(std::move(text));
    if (!by.targetSystem.empty() && by.targetSystem != table.targetSystem)
        findings_.error(change->where,
                        say("found target system {0}, expected that of the table, {1}",
                            "trouvé le système cible {0}, attendu celui de la table, {1}",
                            {by.targetSystem, table.targetSystem}));
    table.apply(by);
}

void Units::checkTargets(const tables::Table& table) {
    if (!codeSystems_) codeSystems_.emplace(logical::filesBelow(around_.library, "profiles"));
    codeSystems_->check(table, findings_);
}

bool Units::overridden() const {
    for (const Unit& unit : units_) {
        if (unit.change) return true;
        for (const Layer::Change& change : layer_->tables())
            for (const std::string& file : library_.tables(change.wanted, change.file)) {
                const std::string stem = std::filesystem::path(file).stem().string();
                const std::string url = tables::urlOf(file, readFile(file).value_or(""));
                const std::string_view text = unit.text->text();
                if (text.find(stem) != text.npos || (!url.empty() && text.find(url) != text.npos))
                    return true;
            }
    }
    return false;
}

const GroupSyntax* Unit::group(std::string_view name) const {
    for (const GroupSyntax& group : syntax.groups)
        if (group.name.text == name) return &group;
    return nullptr;
}

/// What a rule calls the structure.
std::string Units::nameOf(const UsesSyntax& use) const {
    if (!use.alias.empty()) return use.alias.text;
    for (const Model* const model : around_.models)
        if (const ModelType* const type = model->byUrl(use.url.text))
            return std::string(type->name.text());
    return lastPart(use.url.text);
}

void Units::twice(const Unit& unit, const UsesSyntax& use) {
    for (const UsesSyntax& other : unit.syntax.uses) {
        if (&other == &use) return;
        if (nameOf(other) != nameOf(use) || other.url.text == use.url.text ||
            ofTarget(other) != ofTarget(use))
            continue;
        const Word& word = use.alias.empty() ? use.url : use.alias;
        return findings_.error(
            unit.text->place(word.at),
            say("found '{0}' for two structures, the first in line {1}, expected another alias",
                "trouvé « {0} » pour deux structures, la première en ligne {1}, attendu un autre "
                "alias",
                {nameOf(use), std::to_string(unit.text->place(other.url.at).line)}));
    }
}

void Units::lookUpUses(Unit& unit) {
    bool sourceKnown = true, targetKnown = true;
    for (const UsesSyntax& use : unit.syntax.uses) {
        twice(unit, use);
        auto& models = ofTarget(use) ? unit.targetModels : unit.sourceModels;
        const Model* known = nullptr;
        for (const Model* const model : around_.models)
            if (known == nullptr && model->byUrl(use.url.text)) known = model;
        if (known == nullptr) {
            (ofTarget(use) ? targetKnown : sourceKnown) = false;
            unknownStructure(unit, use);
        } else if (std::find(models.begin(), models.end(), known) == models.end()) {
            models.push_back(known);
        }
    }
    unit.sourceKnown = sourceKnown && !unit.sourceModels.empty();
    unit.targetKnown = targetKnown && !unit.targetModels.empty();
}

/// A url that no model knows is an untyped tree, unless a model knows its neighbours and it may be
/// one of them misspelt.
void Units::unknownStructure(const Unit& unit, const UsesSyntax& use) {
    const std::string& url = use.url.text;
    const auto slash = url.rfind('/');
    if (slash == url.npos) return;
    const std::string folder = url.substr(0, slash + 1);
    for (const Model* const model : around_.models) {
        const std::vector<std::string_view> names = model->typeNames();
        const bool neighbours = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return name.find('.') == name.npos && model->byUrl(folder + std::string(name));
        });
        if (!neighbours) continue;
        const std::string name = lastPart(url);
        const gateway::Reason meant = gateway::didYouMean(name, {names.begin(), names.end()});
        const gateway::Place at = unit.text->place(use.url.at);
        if (meant.empty() && isProfileName(name))
            findings_.warning(at, say("structure '{0}' is in no model, so its elements are not "
                                      "checked; its StructureDefinition (JSON) may lie in a folder "
                                      "'models' below the mappings",
                                      "la structure « {0} » n'est dans aucun modèle, ses éléments "
                                      "ne sont donc pas vérifiés ; sa StructureDefinition (JSON) "
                                      "peut être dans un dossier « models » sous les "
                                      "transformations",
                                      {name}));
        else
            findings_.error(at, say("found structure '{0}', expected one of model {1}{2}",
                                    "trouvé la structure « {0} », attendu une du modèle {1}{2}",
                                    {name, model->name(), meant}));
        return;
    }
}

void Units::inlineTables(Unit& unit) {
    for (const InlineTableSyntax& syntax : unit.syntax.tables) {
        tables::Table& table = program_.tables.emplace_back();
        table.file = unit.path;
        table.name = syntax.name.text;
        if (syntax.unmapped == "provided") table.unmapped = tables::Unmapped::useSource;
        for (const InlineTableSyntax::Row& from : syntax.rows) {
            tables::Row row;
            row.source = from.code.text;
            row.target = from.target.text;
            row.relation = tables::relationOfSign(from.relation.text);
            row.line = unit.text->place(from.code.at).line;
            if (table.sourceSystem.empty()) table.sourceSystem = from.system.text;
            if (table.targetSystem.empty()) table.targetSystem = from.targetSystem.text;
            if (from.system.text != table.sourceSystem) row.sourceSystem = from.system.text;
            if (from.targetSystem.text != table.targetSystem)
                row.targetSystem = from.targetSystem.text;
            table.rows.push_back(std::move(row));
        }
        table.index(findings_);
        unit.tables.emplace_back(table.name, &table);
    }
}

TypeRef Units::type(const Unit& unit, const Word& word, bool target) {
    if (word.empty()) return {};
    const UsesSyntax* found = nullptr;
    for (const UsesSyntax& use : unit.syntax.uses) {
        const bool named = nameOf(use) == word.text || use.url.text == word.text;
        if (named && (found == nullptr || ofTarget(use) == target)) found = &use;
    }
    const auto& models = target ? unit.targetModels : unit.sourceModels;
    if (found) {
        for (const Model* const model : around_.models)
            if (const ModelType* const type = model->byUrl(found->url.text))
                return {type, std::string(type->name.text())};
        // urn:… has no last part that could be a name.
        const bool urn = found->url.text.find('/') == std::string::npos;
        return {nullptr, urn ? nameOf(*found) : lastPart(found->url.text)};
    }
    for (const Model* const model : models)
        if (const ModelType* const type = model->type(Name::permanent(word.text)))
            return {type, word.text};
    if (word.text.find('/') != std::string::npos)
        for (const Model* const model : around_.models)
            if (const ModelType* const type = model->byUrl(word.text))
                return {type, std::string(type->name.text())};
    if (target ? unit.targetKnown : unit.sourceKnown) {
        std::vector<std::string> names;
        for (const UsesSyntax& use : unit.syntax.uses) names.push_back(use.alias.text);
        for (const Model* const model : models)
            for (const std::string_view name : model->typeNames()) names.emplace_back(name);
        findings_.error(
            unit.text->place(word.at),
            say("found type '{0}', expected an alias or a type of model {1}{2}",
                "trouvé le type « {0} », attendu un alias ou un type du modèle {1}{2}",
                {word.text, models.front()->name(), gateway::didYouMean(word.text, names)}));
    }
    return {nullptr, word.text};
}

const tables::Table* Units::reversed(const tables::Table* table) {
    if (table == nullptr) return nullptr;
    for (const auto& [own, back] : reversed_)
        if (own == table) return back;
    program_.tables.push_back(table->reversed(findings_));
    reversed_.emplace_back(table, &program_.tables.back());
    return &program_.tables.back();
}

const tables::Table* Units::table(const Unit& unit, const Word& wanted) {
    constexpr std::string_view kReverse = "reverse:";
    if (wanted.text.starts_with(kReverse))
        return reversed(table(unit, {wanted.text.substr(kReverse.size()), wanted.at}));
    const bool inside = wanted.text.starts_with('#');
    const std::string name = wanted.text.substr(inside ? 1 : 0);
    std::vector<std::string> known;
    for (const auto& [own, table] : unit.tables) {
        if (own == name) return table;
        known.push_back("#" + own);
    }
    if (!inside) {
        const std::vector<std::string> files = library_.tables(name, unit.path);
        if (files.size() > 1) {
            findings_.error(unit.text->place(wanted.at),
                            say("found several tables '{0}': {1} and {2}, expected one",
                                "trouvé plusieurs tables « {0} » : {1} et {2}, attendu une seule",
                                {name, files[0], files[1]}));
            return nullptr;
        }
        if (files.size() == 1) {
            for (const auto& [file, table] : tables_)
                if (file == files[0]) return table;
            std::string text = readFile(files[0]).value_or("");
            program_.tables.push_back(
                tables::readTable(files[0], text, tables::Holding::lookup, findings_));
            read_.push_back(std::move(text));
            changeTable(program_.tables.back());
            checkTargets(program_.tables.back());
            tables_.emplace_back(files[0], &program_.tables.back());
            return &program_.tables.back();
        }
        const std::vector<std::string> others = library_.tableNames();
        known.insert(known.end(), others.begin(), others.end());
    }
    const Reason expected =
        inside ? Reason("a conceptmap of this map", "une conceptmap de cette transformation")
               : Reason("the name or url of a table", "le nom ou l'url d'une table");
    findings_.error(
        unit.text->place(wanted.at),
        say("found table '{0}', expected {1}{2}", "trouvé la table « {0} », attendu {1}{2}",
            {wanted.text, expected, gateway::didYouMean(wanted.text, known)}));
    return nullptr;
}

bool Units::imported(const Unit& unit) const {
    return library_.imports(unit.syntax.url.text, unit.syntax.name.text);
}

const Model* Units::modelOf(const ModelType* type) const {
    for (const Model* const model : around_.models)
        if (type && model->type(type->name) == type) return model;
    return nullptr;
}

std::string Units::version() const { return hashOf(read_); }

}  // namespace fml
