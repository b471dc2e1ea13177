#include "forms.h"

#include <iostream>

#include "commands.h"
#include "common/text/decoding.h"

namespace maps {

using gateway::Reason;

fhir::Release FormOptions::release() const {
    return version == "r4" ? fhir::Release::r4 : fhir::Release::r5;
}

void addForms(CLI::App& app, FormOptions& options, const std::string& text,
              gateway::Spoken speaks) {
    const auto in = [&](const char* en, const char* fr) { return Reason(en, fr).in(speaks); };
    app.add_option("file", options.file, in("the file; - is stdin", "le fichier ; - : stdin"))
        ->required()
        ->type_name("FILE");
    app.add_option("--to", options.to,
                   in("form of the result (default: the other one)",
                      "forme du résultat (par défaut : l'autre)"))
        ->check(CLI::IsMember({text, std::string("json")}));
    app.add_option("--fhir", options.version,
                   in("release of FHIR that JSON is written for", "version de FHIR du JSON écrit"))
        ->check(CLI::IsMember({"r4", "r5"}))
        ->capture_default_str();
}

bool isJson(std::string_view bytes) {
    const std::string text = text::decoded(bytes.substr(0, 256)).text;
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != text.npos && (text[first] == '{' || text[first] == '[');
}

int finish(const std::string& text, const gateway::Findings& findings, gateway::Spoken speaks) {
    print(findings, speaks);
    if (findings.failed()) return 1;
    std::cout << text;
    return 0;
}

}  // namespace maps
