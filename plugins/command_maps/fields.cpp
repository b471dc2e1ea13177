#include "fields.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "csv_text.h"
#include "fml_library.h"
#include "fml_parser.h"
#include "gateway/config.h"
#include "words.h"

namespace maps {
namespace {

namespace fs = std::filesystem;
using gateway::Error;
using gateway::Fault;
using gateway::Reason;
using gateway::say;

constexpr std::array<std::pair<std::string_view, ValueType>, 12> kTypes = {{
    {"text", ValueType::text},
    {"code", ValueType::code},
    {"label", ValueType::label},
    {"date", ValueType::date},
    {"instant", ValueType::instant},
    {"integer", ValueType::integer},
    {"decimal", ValueType::decimal},
    {"boolean", ValueType::boolean},
    {"phone", ValueType::phone},
    {"mail", ValueType::mail},
    {"ins", ValueType::ins},
    {"rpps", ValueType::rpps},
}};

/// The folder TO-fields below the folder of maps.
fs::path folderOf(const std::string& mappings, const std::string& to) {
    std::error_code error;
    fs::recursive_directory_iterator at(mappings, fs::directory_options::skip_permission_denied,
                                        error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error))
        if (at->path().filename() == to + "-fields" && fs::exists(at->path() / "fields.csv", error))
            return at->path();
    throw Error(Fault::unavailable, "--to",
                say("found no folder '{0}-fields' with fields.csv below '{1}', expected one; "
                    "--mappings names the folder of maps",
                    "aucun dossier « {0}-fields » avec fields.csv sous « {1} » ; --mappings "
                    "indique le dossier des transformations",
                    {to, mappings}));
}

/// The lines of one of our own files as columns by name.
class Lines {
public:
    Lines(const std::string& file, std::initializer_list<std::string_view> columns) : file_(file) {
        gateway::Findings findings;
        text_ = readCsvText(file, fml::readFile(file).value_or(""), findings);
        for (const std::string_view column : columns) {
            const auto& names = text_.columns.fields;
            const auto found = std::find(names.begin(), names.end(), column);
            if (found == names.end())
                findings.error({file, text_.columns.line, 0},
                               say("found no column '{0}', expected one",
                                   "la colonne « {0} » manque", {Reason(column)}));
            columns_.emplace_back(column, found - names.begin());
        }
        if (findings.failed()) fail(findings.all().front().where.line, reasonOf(findings));
    }

    const std::vector<CsvLine>& all() const { return text_.lines; }
    std::string get(const CsvLine& line, std::string_view column) const {
        for (const auto& [name, at] : columns_)
            if (name == column)
                return static_cast<std::size_t>(at) < line.fields.size()
                           ? line.fields[static_cast<std::size_t>(at)]
                           : std::string();
        return {};
    }
    [[noreturn]] void fail(int line, const Reason& reason) const {
        throw Error(Fault::unsupported, gateway::Place{file_, line, 0}.text(), reason);
    }

private:
    static Reason reasonOf(const gateway::Findings& findings) {
        return {findings.all().front().text, findings.all().front().fr};
    }

    const std::string file_;
    CsvText text_;
    std::vector<std::pair<std::string_view, std::ptrdiff_t>> columns_;
};

/// How a name is compared: "Patient.Code postal" is "patient.code-postal".
std::string spelling(std::string_view name) {
    std::string out;
    for (const std::string& part : split(name, '.')) out += (out.empty() ? "" : ".") + folded(part);
    return out;
}

}  // namespace

Catalogue::Catalogue(const std::string& mappings, const std::string& to) {
    const fs::path folder = folderOf(mappings, to);
    readKinds((folder / "kinds.csv").string());
    readFields((folder / "fields.csv").string());
    readCodes((folder / "codes.csv").string());
    const std::string& map = libraryFile_ = (folder / (to + "-fields.map")).string();
    library_ = fml::parseHeader(fml::SourceText(map, fml::readFile(map).value_or(""))).url.text;
    if (library_.empty())
        throw Error(
            Fault::unavailable, map,
            {"found no map with a url, expected the groups that fields.csv calls",
             "aucune transformation avec une url, attendue : les groupes qu'appelle fields.csv"});
}

void Catalogue::readKinds(const std::string& file) {
    const Lines lines(file, {"kind", "english", "many", "under", "shared", "variable", "always",
                             "made", "then", "words", "explanation", "explanation_en"});
    for (const CsvLine& line : lines.all()) {
        const std::string name = lines.get(line, "kind");
        if (kinds_.empty() || kinds_.back().name != name) {
            Kind kind;
            kind.name = name;
            kind.english = lines.get(line, "english");
            kind.many = !lines.get(line, "many").empty();
            kind.shared = !lines.get(line, "shared").empty();
            kind.under = split(lines.get(line, "under"), '|');
            kind.words = split(lines.get(line, "words"), '|');
            kind.explanation = {lines.get(line, "explanation_en"), lines.get(line, "explanation")};
            kinds_.push_back(std::move(kind));
        }
        if (lines.get(line, "variable").empty()) continue;
        kinds_.back().parts.push_back({lines.get(line, "variable"),
                                       !lines.get(line, "always").empty(), lines.get(line, "made"),
                                       lines.get(line, "then")});
    }
}

void Catalogue::readFields(const std::string& file) {
    const Lines lines(file, {"field", "english", "needed", "many", "type", "codes", "call", "words",
                             "explanation", "explanation_en"});
    for (const CsvLine& line : lines.all()) {
        Field field;
        field.name = lines.get(line, "field");
        field.english = lines.get(line, "english");
        field.kind = field.name.substr(0, field.name.find('.'));
        field.needed = lines.get(line, "needed") == "x";
        const bool first = std::none_of(fields_.begin(), fields_.end(), [&](const Field& other) {
            return other.kind == field.kind && other.needed;
        });
        field.names = (field.needed && first) || lines.get(line, "needed") == "name";
        field.many = !lines.get(line, "many").empty();
        field.codes = lines.get(line, "codes");
        field.call = lines.get(line, "call");
        field.words = split(lines.get(line, "words"), '|');
        field.explanation = {lines.get(line, "explanation_en"), lines.get(line, "explanation")};
        field.line = line.line;
        const std::string type = lines.get(line, "type");
        const auto known = std::find_if(kTypes.begin(), kTypes.end(),
                                        [&](const auto& t) { return t.first == type; });
        if (type.starts_with("ref:")) {
            field.type = ValueType::reference;
            field.refersTo = type.substr(4);
        } else if (known != kTypes.end()) {
            field.type = known->second;
        }
        const bool good = kind(field.kind) && (known != kTypes.end() || kind(field.refersTo));
        if (!good)
            lines.fail(line.line, say("found type '{0}', expected one of the known types, or "
                                      "ref:KIND, of a kind that kinds.csv has",
                                      "trouvé le type « {0} », attendu un des types connus, ou "
                                      "ref:GENRE, d'un genre de kinds.csv",
                                      {type}));
        fields_.push_back(std::move(field));
    }
}

void Catalogue::readCodes(const std::string& file) {
    const Lines lines(file, {"list", "code", "label", "label_en", "words"});
    for (const CsvLine& line : lines.all())
        codes_.push_back({lines.get(line, "list"),
                          lines.get(line, "code"),
                          {lines.get(line, "label_en"), lines.get(line, "label")},
                          split(lines.get(line, "words"), '|')});
}

const Field* Catalogue::field(std::string_view name) const {
    const std::string wanted = spelling(name);
    for (const Field& field : fields_)
        if (spelling(field.name) == wanted || spelling(field.english) == wanted) return &field;
    return nullptr;
}

std::string Catalogue::nearestField(std::string_view name, gateway::Spoken language) const {
    std::vector<std::string> names;
    for (const Field& field : fields_) {
        names.push_back(field.name);
        names.push_back(field.english);
    }
    const Field* const found = field(gateway::nearest(name, names));
    return found ? found->in(language) : std::string();
}

const Kind* Catalogue::kind(std::string_view name) const {
    const auto found = std::find_if(kinds_.begin(), kinds_.end(),
                                    [&](const Kind& kind) { return kind.name == name; });
    return found == kinds_.end() ? nullptr : &*found;
}

const Field* Catalogue::idOf(const Kind& kind) const {
    for (const Field& field : fields_)
        if (field.kind == kind.name && field.call.empty()) return &field;
    return nullptr;
}

const Field* Catalogue::labelOf(const Kind& kind) const {
    for (const Field& field : fields_)
        if (field.kind == kind.name && field.needed) return &field;
    return nullptr;
}

std::vector<const TargetCode*> Catalogue::codes(std::string_view list) const {
    std::vector<const TargetCode*> found;
    for (const TargetCode& code : codes_)
        if (code.list == list) found.push_back(&code);
    return found;
}

}  // namespace maps
