/// Command "audit-as fhir": the audit as FHIR R4 AuditEvents, for a repository of audits.
#include "gateway/plugin.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "audit_event.h"
#include "common/json/json.h"
#include "usage/usage.h"

namespace {
using namespace gateway;

Document entryOf(std::string_view line) {
    Builder tree(Bytes::copy(line), "entry");
    json::read(line, tree);
    return tree.finish();
}

template <class Each>
void eachLine(std::string_view text, const Each& each) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end != 0) each(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void writeLines(std::string_view entries) {
    eachLine(entries, [](std::string_view line) {
        json::Told told;
        audit_fhir::tellEvent(told, told.root(), entryOf(line).root());
        std::cout << told.take() << '\n';
    });
}

void writeBundle(std::string_view entries) {
    json::Told told;
    told.text(told.root(), "resourceType", "Bundle");
    told.text(told.root(), "type", "collection");
    eachLine(entries, [&](std::string_view line) {
        const Document entry = entryOf(line);
        const json::Told::Place place = told.item(told.root(), "entry");
        if (const std::string id = audit_fhir::idOf(entry.root()); !id.empty())
            told.text(place, "fullUrl", "https://passerelle.example/fhir/AuditEvent/" + id);
        audit_fhir::tellEvent(told, told.object(place, "resource"), entry.root());
    });
    std::cout << told.take() << '\n';
}

int run(std::span<const std::string> words, CommandHost& host) {
    const bool french = host.speaks() == Spoken::french;
    CLI::App app{french
                     ? "Le journal d'audit en AuditEvent FHIR R4, un par ligne ; d'ordinaire par "
                       "« audit export --as fhir »."
                     : "The audit as FHIR R4 AuditEvents, one on each line; usually by 'audit "
                       "export --as fhir'.",
                 "passerelle audit-as fhir"};
    speakUsage(app, host.speaks());
    std::string file = "-";
    bool whole = false;
    app.add_flag("--whole", whole, french ? "Un Bundle (collection)" : "One Bundle (collection)");
    app.add_option("FILE", file,
                   french ? "Ce que « audit list --json » écrit ; - : l'entrée standard"
                          : "What 'audit list --json' prints; -: stdin");
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& stop) {
        return app.exit(stop) == 0 ? 0 : 2;
    }
    const Bytes entries = host.read(file);
    whole ? writeBundle(entries.view()) : writeLines(entries.view());
    return std::cout.flush() ? 0 : 1;
}

}  // namespace

GATEWAY_PLUGIN("command_audit_fhir", "1.0.0", [](Registry& registry) {
    registry.command(
        {"audit-as fhir",
         {"The audit as FHIR R4 AuditEvents.", "Le journal d'audit en AuditEvent FHIR R4."},
         run});
})
