/// "maps new": a first sheet from sample messages, with the tables that it names.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include "commands.h"
#include "common/csv/writer.h"
#include "common/text/text.h"
#include "guess.h"
#include "rewrite.h"
#include "sheet.h"
#include "source_path.h"
#include "words.h"

namespace maps {
namespace {

namespace fs = std::filesystem;
using gateway::CommandHost;
using gateway::Error;
using gateway::Fault;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;

struct Options {
    std::vector<std::string> samples;
    std::string to = "plan", out, from, mappings = "mappings", name;
    bool force = false, add = false;
};

/// "Centre Exemple" as it may stand in a name of a file: "centre-exemple".
std::string hyphened(std::string_view text) {
    std::string out;
    for (const std::string& word : wordsOf(text)) out += (out.empty() ? "" : "-") + word;
    return out;
}

/// A code as a label for people: "MEDECIN_TRAITANT" is "Medecin traitant".
std::string labelOf(const std::string& code) {
    std::string label;
    for (const std::string& word : wordsOf(code)) label += (label.empty() ? "" : " ") + word;
    if (!label.empty() && label[0] >= 'a' && label[0] <= 'z')
        label[0] = static_cast<char>(label[0] - 'a' + 'A');
    return label;
}

class NewSheet {
public:
    NewSheet(const Options& options, CommandHost& host)
        : options_(options), host_(host), catalogue_(options.mappings, options.to) {}

    int run() {
        for (const std::string& sample : options_.samples) add(sample);
        name_ = options_.name.empty() ? hyphened(fs::path(options_.samples[0]).stem().string())
                                      : options_.name;
        if (name_.ends_with("-to-" + options_.to))
            name_.resize(name_.size() - options_.to.size() - 4);
        if (name_.empty()) name_ = "network";
        place();
        std::error_code error;
        const bool stands = fs::exists(file_, error);
        if (stands && !options_.force && !options_.add)
            throw Error(Fault::rejected, file_,
                        {"stands already and may have been filled in; --add adds what it lacks, "
                         "--force writes it anew",
                         "existe déjà et a peut-être été rempli ; --add ajoute ce qui lui manque, "
                         "--force le réécrit"});
        if (stands && options_.add)
            complete();
        else
            fill();
        writeFile(file_, writeSheet(sheet_, host_.speaks()));
        tell();
        for (const auto& [table, field] : tables_) writeTable(table, *field.first, *field.second);
        return 0;
    }

private:
    void add(const std::string& file) {
        const gateway::Bytes body = host_.read(file);
        const CommandHost::Chosen codec =
            options_.from.empty() ? host_.codecOf(body, file) : host_.codec(options_.from);
        gateway::Issues issues;
        const gateway::Document document = codec.codec->decode(body, issues);
        samples_.add(document);
    }

    void place() {
        fs::path out(options_.out);
        std::error_code error;
        const std::string file = name_ + "-to-" + options_.to + ".csv";
        if (options_.out.empty())
            out = file;
        else if (options_.out.ends_with('/') || fs::is_directory(out, error) ||
                 !out.has_extension())
            out /= file;
        file_ = out.string();
    }

    /// What is null or empty in one place and has parts in another.
    bool hasParts(const SampleField& field) const {
        if (field.seen) return false;
        return std::any_of(samples_.fields().begin(), samples_.fields().end(), [&](const auto& f) {
            return f.names.size() > field.names.size() &&
                   std::equal(field.names.begin(), field.names.end(), f.names.begin());
        });
    }

    void fill() {
        sheet_.head = {{"map", name_ + "-to-" + options_.to},
                       {"to", options_.to},
                       {"title", name_},
                       {"system", "https://passerelle.example/networks/" + name_}};
        const std::vector<Guess> guesses = Guesser(catalogue_, samples_, host_.speaks()).all();
        for (std::size_t i = 0; i < guesses.size(); ++i) {
            const SampleField& field = samples_.fields()[i];
            if (hasParts(field)) continue;
            SheetRow row;
            row.source = samples_.path(field);
            if (!field.values.empty()) row.sample = field.values.front();
            if (guesses[i].field) {
                row.target = guesses[i].field->in(host_.speaks());
                row.table =
                    guesses[i].table ? tableFor(field, *guesses[i].field) : guesses[i].rewrite;
                ++guessed_;
            }
            sheet_.rows.push_back(std::move(row));
        }
        joinInsKeys();
    }

    /// Keeps a filled-in sheet as it is; adds the fields that it lacks, and the tables that it
    /// names and that are not there yet.
    void complete() {
        gateway::Findings findings;
        sheet_ = readSheet(file_, host_.read(file_).view(), findings);
        for (const gateway::Finding& finding : findings.all())
            if (finding.severity >= gateway::Severity::error)
                throw Error(Fault::malformed, finding.where.text(), {finding.text, finding.fr});
        name_ = fs::path(file_).stem().string();
        if (name_.ends_with("-to-" + options_.to))
            name_.resize(name_.size() - options_.to.size() - 4);
        const std::vector<SheetRow> standing = std::move(sheet_.rows);
        const auto head = std::move(sheet_.head);
        fill();
        sheet_.head = head;
        std::vector<SheetRow> found = std::move(sheet_.rows);
        sheet_.rows = standing;
        tables_.clear();
        guessed_ = 0;
        std::vector<std::vector<std::string>> known;
        for (const SheetRow& row : standing)
            for (std::vector<std::string>& names : namesOf(row)) known.push_back(std::move(names));
        for (SheetRow& row : found) {
            const auto all = namesOf(row);
            if (!all.empty() && std::find(known.begin(), known.end(), all.front()) == known.end())
                addRow(std::move(row), standing);
        }
        for (const SheetRow& row : sheet_.rows) nameTable(row);
        added_ = sheet_.rows.size() - standing.size();
    }

    /// What is guessed for a new field does not stand beside what somebody filled in.
    void addRow(SheetRow row, const std::vector<SheetRow>& standing) {
        const bool taken = std::any_of(standing.begin(), standing.end(), [&](const SheetRow& one) {
            return !one.target.empty() &&
                   catalogue_.field(one.target) == catalogue_.field(row.target);
        });
        if (taken) row.target = row.table = "";
        guessed_ += row.target.empty() ? 0 : 1;
        sheet_.rows.push_back(std::move(row));
    }

    /// The code table of a row, to be written with the codes of the samples.
    void nameTable(const SheetRow& row) {
        const Field* const field = catalogue_.field(row.target);
        std::string table;
        try {
            if (field) table = parseRewrite(row.table).table;
        } catch (const Error&) {
            return;  // building the sheet tells what is wrong there
        }
        if (table.empty()) return;
        for (const std::vector<std::string>& names : namesOf(row))
            for (const SampleField& sample : samples_.fields())
                if (sample.names == names) tables_.try_emplace(table, &sample, field);
    }

    /// The names that lead to each value of a row; none where the source cannot be read.
    static std::vector<std::vector<std::string>> namesOf(const SheetRow& row) {
        std::vector<std::vector<std::string>> all;
        try {
            const SourcePath path = parseSourcePath(row.source);
            std::vector<Steps> ends = path.joined;
            if (ends.empty()) ends.emplace_back();
            for (const Steps& end : ends) {
                std::vector<std::string>& names = all.emplace_back();
                for (const Steps& steps : {path.steps, end})
                    for (const Step& step : steps) names.push_back(step.name);
            }
        } catch (const Error&) {
            all.clear();  // building the sheet tells what is wrong there
        }
        return all;
    }

    std::string tableFor(const SampleField& sample, const Field& field) {
        for (std::size_t from = sample.names.size(); from-- > 0;) {
            std::string table = name_;
            for (std::size_t i = from; i < sample.names.size(); ++i)
                table += "-" + hyphened(sample.names[i]);
            const auto [known, fresh] = tables_.try_emplace(table, &sample, &field);
            if (fresh || (known->second.first->values == sample.values &&
                          known->second.second->codes == field.codes))
                return table;
        }
        return name_;
    }

    /// An INS of 13 characters with its key in a field beside it or below it.
    void joinInsKeys() {
        for (SheetRow& row : sheet_.rows) {
            const Field* const field = catalogue_.field(row.target);
            if (field == nullptr || field->type != ValueType::ins || row.sample.size() != 13)
                continue;
            const std::string around = row.source.substr(0, row.source.rfind('/') + 1);
            for (SheetRow& key : sheet_.rows) {
                const bool below = key.source.starts_with(row.source + "/");
                const bool beside = below || (key.source.rfind('/') == row.source.rfind('/') &&
                                              key.source.starts_with(around));
                if (!beside || key.sample.size() != 2 ||
                    !isKey(key.source.substr(key.source.rfind('/') + 1)))
                    continue;
                row.source += " & " + key.source;
                key.target.clear();
                key.table.clear();
                key.remark =
                    say("read together with {0}", "lu avec {0}", {row.target}).in(host_.speaks());
                break;
            }
        }
    }

    static bool isKey(std::string_view name) {
        const std::vector<std::string> words = wordsOf(name);
        return std::any_of(words.begin(), words.end(),
                           [](const auto& word) { return word == "cle" || word == "key"; });
    }

    void tell() const {
        std::cout << say(added_
                             ? "{0}: {1} fields, {3} of them new, a target guessed for {2} of these"
                             : "{0}: {1} fields, a target guessed for {2}",
                         added_ ? "{0} : {1} champs, dont {3} nouveaux, une cible devinée pour {2} "
                                  "de ceux-ci"
                                : "{0} : {1} champs, une cible devinée pour {2}",
                         {file_, std::to_string(sheet_.rows.size()), std::to_string(guessed_),
                          std::to_string(added_.value_or(0))})
                         .in(host_.speaks())
                  << '\n';
    }

    void writeTable(const std::string& name, const SampleField& sample, const Field& field) const {
        const std::string file =
            (fs::path(file_).parent_path() / "tables" / (name + ".csv")).string();
        std::error_code error;
        if (fs::exists(file, error)) {
            if (added_) return;
            std::cout << say("{0}: stands already, left as it is",
                             "{0} : existe déjà, laissée telle quelle", {file})
                             .in(host_.speaks())
                      << '\n';
            return;
        }
        std::size_t empty = 0;
        writeFile(file, tableText(name, sample, field, empty));
        std::cout << say("{0}: {1} codes, {2} to fill in", "{0} : {1} codes, dont {2} à remplir",
                         {file, std::to_string(sample.values.size()), std::to_string(empty)})
                         .in(host_.speaks())
                  << '\n';
    }

    std::string tableText(const std::string& name, const SampleField& sample, const Field& field,
                          std::size_t& empty) const {
        const Spoken speaks = host_.speaks();
        const char separator = speaks == Spoken::french ? ';' : ',';
        std::string text;
        if (speaks == Spoken::french) text += text::kByteOrderMark;
        text += "# url: " + sheet_.head.at("system") + "/tables/" + name + "\n";
        const bool label = field.type == ValueType::label;
        if (label) text += "# unmapped: use-source\n";
        std::string known;
        for (const TargetCode* const code : catalogue_.codes(field.codes))
            known += (known.empty() ? "" : ", ") + code->code +
                     (folded(code->code) == folded(code->label.in(speaks))
                          ? std::string()
                          : " = " + code->label.in(speaks));
        if (!known.empty())
            text += say("# what may stand in target: {0}", "# ce qui peut être en target : {0}",
                        {known})
                        .in(speaks) +
                    "\n";
        const auto line = [&](const std::vector<std::string>& fields) {
            csv::writeRecord(text, fields, separator);
        };
        line({"source", "source_label", "target", "target_label", "relation", "preferred",
              "comment"});
        for (const std::string& value : sample.values) {
            const std::string target = label ? value : guessedCode(catalogue_, field.codes, value);
            empty += target.empty() ? 1 : 0;
            std::string shown = label ? labelOf(value) : std::string();
            for (const TargetCode* const code : catalogue_.codes(field.codes))
                if (code->code == target) shown = code->label.in(speaks);
            line({value, "", target, shown, "", "", ""});
        }
        return text;
    }

    const Options& options_;
    CommandHost& host_;
    const Catalogue catalogue_;
    Samples samples_;
    std::string name_, file_;
    Sheet sheet_;
    std::size_t guessed_ = 0;
    std::optional<std::size_t> added_;  ///< to a sheet that stood already
    std::map<std::string, std::pair<const SampleField*, const Field*>> tables_;
};

const Reason kSummary = {
    "writes a first sheet from sample messages: each field, and which target it may be meant for",
    "écrit une première feuille d'après des exemples : chaque champ, et la cible devinée"};

}  // namespace

gateway::Command newSheet() {
    return {
        "maps new", kSummary, [](std::span<const std::string> words, CommandHost& host) {
            Options options;
            return runCommand(
                words, host, "maps new", kSummary,
                [&](CLI::App& app, Spoken speaks) {
                    const auto in = [&](const char* en, const char* fr) {
                        return Reason(en, fr).in(speaks);
                    };
                    app.add_option("sample", options.samples,
                                   in("sample messages of one format; a folder is a CSV pack",
                                      "exemples d'un même format ; un dossier est un lot CSV"))
                        ->required()
                        ->type_name("SAMPLE");
                    app.add_option("--to", options.to, in("what is made", "ce qui est fabriqué"))
                        ->capture_default_str();
                    app.add_option("-o", options.out,
                                   in("the sheet's file, or the folder for it",
                                      "le fichier de la feuille, ou son dossier"));
                    app.add_option("--from", options.from,
                                   in("codec that reads the samples (default: by content)",
                                      "codec qui lit les exemples (sinon : d'après le contenu)"));
                    app.add_option("--name", options.name,
                                   in("name of the network or format (default: the sample's)",
                                      "nom du réseau ou du format (sinon : celui de l'exemple)"));
                    app.add_option("--mappings", options.mappings,
                                   in("folder of maps and tables",
                                      "dossier des transformations et des tables"))
                        ->capture_default_str();
                    app.add_flag(
                        "--add", options.add,
                        in("add to a sheet that stands already what it lacks: fields of "
                           "these samples, and tables that it names",
                           "ajouter à une feuille qui existe ce qui lui manque : des champs "
                           "de ces exemples, et les tables qu'elle nomme"));
                    app.add_flag("--force", options.force,
                                 in("write over a sheet that stands already",
                                    "réécrire une feuille qui existe déjà"));
                },
                [&] { return NewSheet(options, host).run(); });
        }};
}

}  // namespace maps
