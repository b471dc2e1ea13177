/// @file  The map files of one program: read, with what they name looked up.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "fml_layer.h"
#include "fml_parser.h"
#include "fml_program.h"
#include "gateway/transformer.h"
#include "tables_code_systems.h"

namespace fml {

/// One map file.
struct Unit {
    std::unique_ptr<SourceText> text;
    MapSyntax syntax;
    std::string path;   ///< where it was read
    std::string shown;  ///< as messages name it
    std::vector<const Model*> sourceModels, targetModels;
    /// Whether all its structures of that side are known to a model, so that an unknown type is a
    /// mistake.
    bool sourceKnown = false, targetKnown = false;
    std::vector<std::pair<std::string, const tables::Table*>> tables;  ///< inline, by name
    std::vector<std::pair<std::string, Slot>> constants;
    const Unit* base = nullptr;    ///< the map that this one changes for a network
    const Unit* change = nullptr;  ///< what the network changes in this one

    /// Which map this is part of: a change is of the map that it changes.
    const Unit& whole() const { return base ? *base : *this; }
    const GroupSyntax* group(std::string_view name) const;
};

/// A type as a map names it.
struct TypeRef {
    const ModelType* type = nullptr;
    std::string name;  ///< of the type in the model, or the last part of its url, or as written
};

/// Reads a map with its imports and answers what is where in them.
class Units {
public:
    Units(const gateway::MapSurroundings& around, const std::string& file, Program& program,
          gateway::Findings& findings);

    /// Reads the map, which is `text`, and what it imports. The first unit is the map itself.
    void load(std::string text);
    std::deque<Unit>& all() { return units_; }
    const std::deque<Unit>& all() const { return units_; }

    /// The type that `word` names on that side; unknown ones are reported.
    TypeRef type(const Unit& unit, const Word& word, bool target);
    /// The table that translate() names, or null, reported. `reverse:NAME` goes its way back.
    const tables::Table* table(const Unit& unit, const Word& wanted);
    /// Whether another map of the library imports that one.
    bool imported(const Unit& unit) const;
    /// The model that has the type; null for null.
    const Model* modelOf(const ModelType* type) const;
    /// Hash of all that was read.
    std::string version() const;
    /// Whether a network's layer says anything about what is read. After load().
    bool overridden() const;

private:
    void open(std::string text);
    void read(const std::string& path, std::string text);
    void readChange(std::size_t base);
    void share(Unit& change, const Unit& base);
    void changeTable(tables::Table& table);
    void checkTargets(const tables::Table& table);
    const tables::Table* reversed(const tables::Table* table);
    void lookUpUses(Unit& unit);
    std::string nameOf(const UsesSyntax& use) const;
    void twice(const Unit& unit, const UsesSyntax& use);
    void unknownStructure(const Unit& unit, const UsesSyntax& use);
    void inlineTables(Unit& unit);

    const gateway::MapSurroundings& around_;
    Library library_;
    std::string file_, text_;  ///< of the map that was asked for
    std::optional<Layer> layer_;
    Program& program_;
    gateway::Findings& findings_;
    std::deque<Unit> units_;
    std::vector<std::pair<std::string, const tables::Table*>> tables_;  ///< by file
    std::optional<tables::CodeSystems> codeSystems_;                    ///< once a table is read
    std::vector<std::pair<const tables::Table*, const tables::Table*>> reversed_;
    std::vector<std::string> read_;  ///< what version() hashes
};

}  // namespace fml
