/// "maps convert": a map as FML or as FHIR's StructureMap in JSON, each from the other.
#include "commands.h"
#include "fml_comments.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "fml_structure_map.h"
#include "forms.h"

namespace maps {
namespace {

using gateway::CommandHost;
using gateway::Findings;
using gateway::Reason;
using gateway::Spoken;

const Reason kSummary = {"a map as FML text or StructureMap JSON, each from the other",
                         "une transformation en texte FML ou en JSON StructureMap, l'un depuis "
                         "l'autre"};

int convert(const FormOptions& options, CommandHost& host) {
    Findings findings;
    const gateway::Bytes bytes = host.read(options.file);
    const fml::SourceText source(options.file, std::string(bytes.view()));
    const bool json = isJson(bytes.view());
    fml::MapSyntax map =
        json ? fml::readStructureMap(source, findings, true) : fml::parse(source, findings);
    std::string text;
    if (!findings.failed()) {
        if (!json) fml::readComments(source, map);
        text = options.toJson(!json) ? fml::toStructureMap(source, map, options.release(), findings)
                                     : fml::print(map);
    }
    return finish(text, findings, host.speaks());
}

}  // namespace

gateway::Command convert() {
    return {"maps convert", kSummary, [](std::span<const std::string> words, CommandHost& host) {
                FormOptions options;
                return runCommand(
                    words, host, "maps convert", kSummary,
                    [&](CLI::App& app, Spoken speaks) {
                        addForms(app, options, "fml", speaks);
                        app.footer("passerelle maps convert plan-to-gp.map --fhir r4");
                    },
                    [&] { return convert(options, host); });
            }};
}

}  // namespace maps
