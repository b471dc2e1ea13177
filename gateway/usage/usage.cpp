#include "usage/usage.h"

#include <array>
#include <regex>

namespace gateway {
namespace {

/// Headings, and the names of what an option takes.
constexpr std::array<std::pair<const char*, const char*>, 20> kLabels{{
    {"Usage", "Usage "},
    {"Positionals", "Arguments "},
    {"SUBCOMMAND", "COMMANDE"},
    {"SUBCOMMANDS", "COMMANDES"},
    {"REQUIRED", "(obligatoire)"},
    {"FILE", "FICHIER"},
    {"FILES", "FICHIERS"},
    {"FILE|DIR", "FICHIER|DOSSIER"},
    {"DIR", "DOSSIER"},
    {"NAME", "NOM"},
    {"NAME=VALUE", "NOM=VALEUR"},
    {"MODEL", "MODELE"},
    {"LANG", "LANGUE"},
    {"PERCENT", "POURCENTAGE"},
    {"[=PROFILE]", "[=PROFIL]"},
    {"SHEET", "FEUILLE"},
    {"MAP", "TRANSFORMATION"},
    {"SAMPLE", "EXEMPLE"},
    {"TEXT", "TEXTE"},
    {"UINT", "NOMBRE"},
}};

/// What CLI11 says of a wrong command line, and the same in French; the more special come first.
constexpr std::array<std::pair<const char*, const char*>, 14> kMistakes{{
    {"A subcommand is required", "il manque la commande"},
    {"The following arguments? (?:was|were) not expected: (.*)", "argument inattendu : $1"},
    {"(.*): (\\d+) required (.*) missing", "$1 : il manque une valeur ($3)"},
    {"(.*): At least (\\d+) required but received (\\d+)",
     "$1 : attendu au moins $2 valeurs, trouvé $3"},
    {"(.*): At Most (\\d+) required but received (\\d+)",
     "$1 : attendu au plus $2 valeurs, trouvé $3"},
    {"Expected exactly (\\d+) arguments to (.*), got (\\d+)", "$2 : attendu $1 valeurs, trouvé $3"},
    {"Expected at least (\\d+) arguments to (.*), got (\\d+)",
     "$2 : attendu au moins $1 valeurs, trouvé $3"},
    {"(.*): Value (.*) not in range (.*) to (.*)",
     "$1 : trouvé « $2 », attendu un nombre de $3 à $4"},
    {"Could not convert: (.*) = (.*)", "$1 : la valeur « $2 » ne convient pas"},
    {"(.*): Should be true/false or a number", "$1 : attendu true, false ou un nombre"},
    {"(.*) was given a disallowed flag override", "$1 ne prend pas de valeur"},
    {"(.*): too many inputs for a flag", "$1 est donné trop souvent"},
    {"(.*) is required", "$1 est obligatoire"},
    {"(.*) excludes (.*)", "$1 ne va pas avec $2"},
}};

std::string frenchMistake(const std::string& english) {
    for (const auto& [en, fr] : kMistakes)
        if (const std::regex form(en); std::regex_match(english, form))
            return std::regex_replace(english, form, fr);
    return english;
}

/// CLI11 takes the heading of the commands from the word that it also knows them by.
class FrenchFormatter final : public CLI::Formatter {
public:
    std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override {
        constexpr std::string_view kHeading = "\nSubcommands:\n";
        std::string text = CLI::Formatter::make_subcommands(app, mode);
        if (const std::size_t at = text.find(kHeading); at != text.npos)
            text.replace(at, kHeading.size(), "\nCommandes :\n");
        return text;
    }
    std::string make_group(std::string group, bool positional,
                           std::vector<const CLI::Option*> options) const override {
        return CLI::Formatter::make_group(group == "Options" ? "Options " : group, positional,
                                          std::move(options));
    }
};

}  // namespace

void speakUsage(CLI::App& app, Spoken speaks) {
    if (speaks == Spoken::english) return;
    const auto formatter = std::make_shared<FrenchFormatter>();
    for (const auto& [en, fr] : kLabels) formatter->label(en, fr);
    app.formatter(formatter);
    app.set_help_flag("-h,--help", "Affiche cette aide");
    app.failure_message([](const CLI::App*, const CLI::Error& mistake) {
        return frenchMistake(mistake.what()) + "\nPour l'aide : --help\n";
    });
}

}  // namespace gateway
