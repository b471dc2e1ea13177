#include "fml_language.h"

#include <algorithm>
#include <filesystem>

#include "common/logical/files.h"
#include "fhirpath.h"
#include "fml_compiler.h"
#include "fml_layer.h"
#include "fml_library.h"
#include "fml_run.h"
#include "fml_structure_map.h"

namespace fml {
namespace {

using namespace gateway;

class Map final : public Transformer {
public:
    explicit Map(std::unique_ptr<const Program> program) : program_(std::move(program)) {}

    Document transform(const Document& in, const Context& with, Report& report) const override {
        return Run(*program_, in, with, report).document();
    }
    std::string_view version() const override { return program_->version; }
    const std::vector<MapPart>& parts() const override { return program_->parts; }
    const MapFacts& facts() const override { return program_->facts; }

private:
    const std::unique_ptr<const Program> program_;
};

/// Whether the file is a map to run: not what a network changes in another, and not groups alone
/// that others import. A broken one counts, so that it is told.
bool standsAlone(const std::string& file) {
    const SourceText text(file, readFile(file).value_or(""));
    if (!overrideOf(text).wanted.empty()) return false;
    Findings broken;
    const MapSyntax map = readMap(text, broken);
    if (broken.failed() || map.groups.empty()) return true;
    const std::vector<InputSyntax>& inputs = map.groups.front().inputs;
    const auto targets = std::count_if(inputs.begin(), inputs.end(),
                                       [](const InputSyntax& input) { return input.target; });
    return targets == 1 && inputs.size() == 2;
}

class Path final : public Expression {
public:
    explicit Path(fhirpath::Expression expression) : expression_(std::move(expression)) {}

    bool holds(const Document& in, const Context& with) const override {
        fhirpath::Environment environment = environmentOf(in, with);
        return expression_.holds(in.root(), environment);
    }

    std::vector<std::string> texts(const Document& in, const Context& with) const override {
        fhirpath::Environment environment = environmentOf(in, with);
        std::vector<std::string> all;
        for (const fhirpath::Value& value : expression_.evaluate(in.root(), environment))
            all.emplace_back(value.text());
        return all;
    }

    std::vector<ExpressionResult> results(const Document& in, const Context& with,
                                          Issues& issues) const override {
        fhirpath::Environment environment = environmentOf(in, with);
        environment.issues = &issues;
        std::vector<ExpressionResult> all;
        for (const fhirpath::Value& value : expression_.evaluate(in.root(), environment))
            all.push_back({value.node(), value.resultType(), value.resultText()});
        return all;
    }

private:
    static fhirpath::Environment environmentOf(const Document& in, const Context& with) {
        fhirpath::Environment environment;
        environment.context = &with;
        environment.resource = environment.rootResource = in.root();
        return environment;
    }

    const fhirpath::Expression expression_;
};

/// The logical models of the library, or of a bare map those beside it.
void addOwnModels(MapSurroundings& around, const std::string& file, Findings& findings) {
    std::vector<std::string> files = logical::filesBelow(around.library);
    if (files.empty())
        files =
            logical::filesBelow((std::filesystem::path(file).parent_path() / "models").string());
    if (const Model* const own = logical::modelOf(files, around.models, findings))
        around.models.push_back(own);
}

}  // namespace

std::unique_ptr<Transformer> Language::compile(const std::string& file,
                                               const MapSurroundings& around,
                                               Findings& findings) const {
    MapSurroundings all = around;
    addOwnModels(all, file, findings);
    std::unique_ptr<const Program> program = compileMap(file, all, findings);
    if (!program) return nullptr;
    return std::make_unique<Map>(std::move(program));
}

bool Language::overrides(const std::string& file, const MapSurroundings& around) const {
    return overridesMap(file, around);
}

std::string Language::locate(std::string_view name, const std::string& library) const {
    return locateMap(name, library);
}

std::vector<std::string> Language::maps(const std::string& library) const {
    std::vector<std::string> files = mapsBelow(library);
    std::erase_if(files, [](const std::string& file) { return !standsAlone(file); });
    return files;
}

std::unique_ptr<Expression> Language::expression(std::string_view text, const gateway::Place& where,
                                                 const MapSurroundings& around,
                                                 Findings& findings) const {
    std::optional<fhirpath::Expression> compiled =
        fhirpath::Expression::compile(text, where, findings, nullptr, {}, around.models);
    if (!compiled) return nullptr;
    Findings names;
    if (around.focus) compiled->check(around.focus, around.models, names);
    findings.append(names);
    if (names.failed()) return nullptr;
    return std::make_unique<Path>(std::move(*compiled));
}

}  // namespace fml
