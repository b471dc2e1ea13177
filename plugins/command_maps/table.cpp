/// "maps table": a code table as CSV or as FHIR's ConceptMap in JSON, each from the other.
#include "commands.h"
#include "forms.h"
#include "tables_conceptmap.h"

namespace maps {
namespace {

using gateway::CommandHost;
using gateway::Findings;
using gateway::Reason;
using gateway::Spoken;

const Reason kSummary = {"a code table as CSV or ConceptMap JSON, each from the other",
                         "une table de codes en CSV ou en JSON ConceptMap, l'un depuis l'autre"};

int table(const FormOptions& options, CommandHost& host) {
    Findings findings;
    const gateway::Bytes bytes = host.read(options.file);
    const bool json = isJson(bytes.view());
    std::string text;
    tables::Table table;
    if (!json)
        table = tables::readCsv(options.file, bytes.view(), findings);
    else if (const auto resource = fhir::Resource::read(options.file, bytes.view(), findings))
        table = tables::readConceptMap(*resource, resource->root(), tables::Holding::all, findings);
    if (!json && options.toJson(!json) && !findings.failed())
        tables::checkForConceptMap(table, findings);
    if (!findings.failed())
        text = options.toJson(!json) ? tables::toConceptMap(table, options.release())
                                     : tables::toCsv(table);
    return finish(text, findings, host.speaks());
}

}  // namespace

gateway::Command table() {
    return {"maps table", kSummary, [](std::span<const std::string> words, CommandHost& host) {
                FormOptions options;
                return runCommand(
                    words, host, "maps table", kSummary,
                    [&](CLI::App& app, Spoken speaks) {
                        addForms(app, options, "csv", speaks);
                        app.footer("passerelle maps table tables/sexe.csv --fhir r4");
                    },
                    [&] { return table(options, host); });
            }};
}

}  // namespace maps
