/// "maps fields": what a sheet may name as targets.
#include <iostream>

#include "commands.h"
#include "fields.h"

namespace maps {
namespace {

using gateway::Reason;
using gateway::Spoken;

struct Options {
    std::string to = "plan", mappings = "mappings";
};

/// What a value must be, in words.
Reason typeOf(const Field& field) {
    switch (field.type) {
        case ValueType::code: return {"code", "code"};
        case ValueType::label: return {"code or text", "code ou texte"};
        case ValueType::date: return {"date", "date"};
        case ValueType::instant: return {"date and time", "date et heure"};
        case ValueType::integer: return {"whole number", "nombre entier"};
        case ValueType::decimal: return {"number", "nombre"};
        case ValueType::boolean: return {"yes/no", "oui/non"};
        case ValueType::phone: return {"telephone", "téléphone"};
        case ValueType::mail: return {"mail", "messagerie"};
        case ValueType::ins: return {"INS", "INS"};
        case ValueType::rpps: return {"RPPS", "RPPS"};
        case ValueType::reference: return {"id", "numéro"};
        default: return {"text", "texte"};
    }
}

std::string padded(std::string text, std::size_t width) {
    std::size_t characters = 0;
    for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (characters < width) text.append(width - characters, ' ');
    return text;
}

int list(const Options& options, Spoken speaks) {
    const Catalogue catalogue(options.mappings, options.to);
    for (const Kind& kind : catalogue.kinds()) {
        bool first = true;
        for (const Field& field : catalogue.fields()) {
            if (field.kind != kind.name) continue;
            if (first) {
                const std::string& name = speaks == Spoken::french ? kind.name : kind.english;
                std::cout << name << ": " << kind.explanation.in(speaks) << '\n';
            }
            first = false;
            std::cout << "  " << padded(field.in(speaks), 30) << (field.needed ? "* " : "  ")
                      << padded(typeOf(field).in(speaks), 15) << field.explanation.in(speaks);
            std::string codes;
            for (const TargetCode* const code : catalogue.codes(field.codes))
                codes += (codes.empty() ? " (" : ", ") + code->code;
            std::cout << codes << (codes.empty() ? "" : ")") << '\n';
        }
    }
    std::cout << Reason("* is needed wherever there is such a thing",
                        "* est nécessaire dès qu'il y a une telle chose")
                     .in(speaks)
              << '\n';
    return 0;
}

const Reason kSummary = {"lists the target fields that a sheet may name",
                         "donne la liste des champs cibles qu'une feuille peut nommer"};

}  // namespace

gateway::Command fieldList() {
    return {"maps fields", kSummary,
            [](std::span<const std::string> words, gateway::CommandHost& host) {
                Options options;
                return runCommand(
                    words, host, "maps fields", kSummary,
                    [&](CLI::App& app, Spoken speaks) {
                        app.add_option("--to", options.to,
                                       Reason("what is made", "ce qui est fabriqué").in(speaks))
                            ->capture_default_str();
                        app.add_option("--mappings", options.mappings,
                                       Reason("folder of maps and tables",
                                              "dossier des transformations et des tables")
                                           .in(speaks))
                            ->capture_default_str();
                    },
                    [&] { return list(options, host.speaks()); });
            }};
}

}  // namespace maps
