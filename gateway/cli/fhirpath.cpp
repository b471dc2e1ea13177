#include <algorithm>
#include <iostream>

#include "cli/codec_choice.h"
#include "cli/shared.h"
#include "cli/tree_json.h"
#include "core/json_log.h"
#include "host/map_shelf.h"
#include "host/zone.h"

namespace gateway {
namespace {

struct Options {
    std::string expression, file, model = "r4", from, zone;
    std::vector<std::string> context;
    bool json = false, lenient = false;
};

/// The tree, and the codecs that read it and that write its parts.
struct Input {
    CodecSetup reads, writes;
    Document tree;
};

bool writesJson(const CodecSetup& codec) {
    return codec.codec->mediaType().find("json") != std::string::npos;
}

bool looksLikeXml(const Bytes& body) {
    const std::string_view text = body.view();
    const std::size_t at = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return at != text.npos && text[at] == '<';
}

std::vector<CodecSetup> codecsOf(const Options& options, CodecShelf& codecs) {
    if (!options.from.empty()) return {codecOf("--from", options.from, codecs)};
    std::vector<CodecSetup> fit;
    std::vector<std::string> known;
    for (const CodecSetup& one : codecs.plain()) {
        if (one.codec->model() == nullptr) continue;
        known.emplace_back(one.codec->model()->name());
        if (known.back() == options.model) fit.push_back(one);
    }
    if (!fit.empty()) return fit;
    throw Misuse("--model",
                 say("no codec has the model '{0}'{1}", "aucun codec n'a le modèle « {0} »{1}",
                     {options.model, didYouMean(options.model, known)}));
}

/// The first codec that reads it; those of its notation are asked first, and theirs is the error
/// when none does.
Input decoded(const Options& options, const Bytes& body, std::vector<CodecSetup> codecs) {
    const bool xml = looksLikeXml(body);
    std::stable_sort(codecs.begin(), codecs.end(), [&](const CodecSetup& a, const CodecSetup& b) {
        return (writesJson(a) != xml) > (writesJson(b) != xml);
    });
    const auto json = std::find_if(codecs.begin(), codecs.end(), writesJson);
    for (std::size_t i = 0; i < codecs.size(); ++i) {
        try {
            Issues issues;
            return {codecs[i], json == codecs.end() ? codecs[i] : *json,
                    codecs[i].codec->decode(body, issues)};
        } catch (const Error& error) {
            if (i + 1 == codecs.size() || (writesJson(codecs[i + 1]) == xml))
                throw Error(error.fault, options.file + ": " + error.where, error.reason());
        }
    }
    throw Error(Fault::unsupported, options.file, {"no codec reads it", "aucun codec ne le lit"});
}

const ModelType* focusOf(const Input& input) {
    const Model* const model = input.reads.codec ? input.reads.codec->model() : nullptr;
    const Node root = input.tree.root();
    if (model == nullptr || !root) return nullptr;
    const ModelType* const type = root.typeOf().empty() ? nullptr : model->type(root.typeOf());
    return type ? type : model->type(root.nameOf());
}

Context contextOf(const Options& options) {
    Context context;
    context.now = currentTime();
    context.zone = options.zone;
    setContext(context, options.context);
    return context;
}

/// On one line: control characters and the backslash are escaped as C does.
std::string oneLine(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\' || c == '\n' || c == '\r' || c == '\t')
            line += std::string("\\") + (c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c);
        else if (byte < 0x20 || byte == 0x7F)
            line += std::string("\\x") + kDigits[byte >> 4] + kDigits[byte & 15];
        else
            line += c;
    }
    return line;
}

void write(const Options& options, const Input& input,
           const std::vector<ExpressionResult>& results) {
    const char* before = "[";
    for (const ExpressionResult& result : results) {
        const bool parts = result.text.empty() && result.node && !result.node.hasText();
        const std::string text = parts ? jsonOf(result.node, *input.writes.codec) : result.text;
        if (options.json)
            std::cout << before << "{\"type\":" << jsonText(result.type)
                      << ",\"value\":" << jsonText(text) << '}';
        else
            std::cout << result.type << '\t' << oneLine(text) << '\n';
        before = ",\n ";
    }
    if (options.json) std::cout << (results.empty() ? "[]" : "]") << '\n';
    std::cout.flush();
    if (!std::cout)
        throw Error(Fault::unavailable, "stdout",
                    {"the result cannot be written", "le résultat ne peut être écrit"});
}

/// "line:column": the expression stands in no file.
std::string placeOf(std::string_view where) {
    return std::string(where.substr(std::min(where.find_first_not_of(':'), where.size())));
}

void tell(const Findings& findings, Spoken speaks) {
    for (const Finding& finding : findings.all())
        std::cerr << placeOf(finding.where.text()) << ": " << finding.in(speaks) << '\n';
}

int run(const Options& options, const Shared& shared) {
    const Context context = contextOf(options);
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    Findings findings;
    const std::shared_ptr<const MapLanguage> language = mapLanguage(*host, findings);
    if (language == nullptr)
        throw Error(
            Fault::unsupported, "fhirpath",
            {"no loaded plugin offers the language", "aucun greffon chargé n'offre le langage"});
    CodecShelf codecs(*host);
    const std::vector<CodecSetup> fit = codecsOf(options, codecs);
    Input input;
    if (!options.file.empty()) input = decoded(options, readInput(options.file), fit);
    MapSurroundings around;
    for (const CodecSetup& one : fit)
        if (const Model* const model = one.codec->model();
            model &&
            std::find(around.models.begin(), around.models.end(), model) == around.models.end())
            around.models.push_back(model);
    if (!options.lenient) around.focus = focusOf(input);
    const std::unique_ptr<Expression> expression =
        language->expression(options.expression, {}, around, findings);
    tell(findings, shared.speaks);
    if (expression == nullptr) return 1;
    Issues issues;
    std::vector<ExpressionResult> results;
    try {
        results = expression->results(input.tree, context, issues);
    } catch (const Error& error) {
        std::cerr << placeOf(error.where) << ": " << error.reason().in(shared.speaks) << '\n';
        return 1;
    }
    for (const Issue& issue : issues.all())
        std::cerr << placeOf(issue.rule) << ": " << issue.text.in(shared.speaks)
                  << (issue.where.empty() ? "" : (shared.french() ? " en " : " at ") + issue.where)
                  << '\n';
    write(options, input, results);
    return 0;
}

}  // namespace

void markExpression(const CLI::App& command, std::vector<std::string>& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--" || !word.starts_with("-") || word == "-") return;
        const CLI::Option* const option =
            command.get_option_no_throw(word.substr(0, word.find('=')));
        if (option == nullptr && !word.starts_with("--")) {
            words.insert(words.begin() + static_cast<std::ptrdiff_t>(i), "--");
            return;
        }
        if (option != nullptr && option->get_items_expected_max() > 0 &&
            word.find('=') == word.npos)
            ++i;  // its value
    }
}

void addFhirpath(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "fhirpath",
        shared.say("Asks a file one expression and prints what it gives.",
                   "Évalue une expression sur un fichier et affiche ce qu'elle donne."));
    auto options = std::make_shared<Options>();
    command
        .add_option("expression", options->expression, shared.say("The expression", "L'expression"))
        ->required()
        ->type_name("EXPRESSION");
    command
        .add_option(
            "file", options->file,
            shared.say("What it is asked of; - is stdin; without it, the expression stands alone",
                       "Le fichier interrogé ; - désigne l'entrée standard ; sans fichier, "
                       "l'expression est évaluée seule"))
        ->type_name("FILE");
    command.add_flag("--json", options->json,
                     shared.say("All results as one array of {\"type\",\"value\"}",
                                "Tous les résultats en un seul tableau de {\"type\",\"value\"}"));
    command
        .add_option(
            "--model", options->model,
            shared.say("Model that names and types are checked against; its codecs read FILE",
                       "Modèle auquel noms et types doivent se conformer ; ses codecs lisent le "
                       "fichier"))
        ->type_name("MODEL")
        ->capture_default_str();
    command
        .add_option("--from", options->from,
                    shared.say("Codec that reads FILE, instead of the model's",
                               "Codec qui lit le fichier, au lieu de ceux du modèle"))
        ->type_name("CODEC");
    command.add_flag("--lenient", options->lenient,
                     shared.say("An element that a type does not have is empty, not an error",
                                "Un élément qu'un type n'a pas est vide, ce n'est pas une erreur"));
    command
        .add_option(
            "--zone", options->zone,
            shared.say("Zone of times without offset, and of now(); without it they stay open and "
                       "now() is UTC",
                       "Fuseau des heures sans décalage, et de now() ; sans lui elles restent "
                       "indéterminées et now() est en UTC"))
        ->check(CLI::Validator(
            [&shared](const std::string& zone) { return zoneMistake(zone).in(shared.speaks); }, {}))
        ->type_name("ZONE");
    command
        .add_option("--context", options->context,
                    shared.say("A value that is read as %context-NAME",
                               "Une valeur lue comme %context-NOM"))
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    addPluginsOption(command, shared);
    command.footer(shared.say(
        "One result on each line: its type, a tab, its value; line ends in values are \\n.\n"
        "Exit code 1 with line:column when the expression is wrong or cannot be evaluated.\n"
        "Example: passerelle fhirpath \"name.where(use = 'official').given\" input.json\n"
        "         passerelle fhirpath --json \"birthDate + 18 years\" input.json",
        "Un résultat par ligne : son type, une tabulation, sa valeur ; une fin de "
        "ligne dans une valeur s'écrit \\n"
        ".\n"
        "Code de retour 1 avec ligne:colonne si l'expression est fausse ou ne peut "
        "être évaluée.\n"
        "Exemple : passerelle fhirpath \"name.where(use = 'official').given\" "
        "input.json\n"
        "          passerelle fhirpath --json \"birthDate + 18 years\" input.json"));
    command.callback([&shared, options] { shared.exitCode = run(*options, shared); });
}

}  // namespace gateway
