#include <algorithm>
#include <array>

#include "common/csv/reader.h"
#include "common/csv/spoiled.h"
#include "common/csv/writer.h"
#include "common/text/decoding.h"
#include "gateway/config.h"
#include "tables_table.h"

namespace tables {

const std::vector<std::string> kDetails = {
    "id",        "title",     "status",          "experimental",
    "date",      "publisher", "description",     "purpose",
    "copyright", "language",  "source_valueset", "target_valueset"};

const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys = {"url",    "name",   "version", "overrides",
                                     "source", "target", "unmapped"};
    keys.insert(keys.end(), kDetails.begin(), kDetails.end());
    return keys;
}();

namespace {

using gateway::Findings;
using gateway::Reason;
using gateway::say;

enum Column : std::size_t {
    source,
    sourceLabel,
    target,
    targetLabel,
    relation,
    preferred,
    comment,
    sourceSystem,
    targetSystem,
    unknown
};
const std::vector<std::string> kColumns = {"source",       "source_label",  "target",
                                           "target_label", "relation",      "preferred",
                                           "comment",      "source_system", "target_system"};
constexpr std::size_t kUsualColumns = 7;
const std::vector<std::string> kFrench = {"source",        "libelle_source", "cible",
                                          "libelle_cible", "relation",       "prefere",
                                          "commentaire",   "systeme_source", "systeme_cible"};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

bool isSeparator(char c) { return c == ';' || c == ',' || c == '\t'; }

template <class Words>
std::string joined(const Words& words, std::string_view between, std::size_t most = 100) {
    std::string all;
    for (const auto& word : words) {
        if (most-- == 0) break;
        if (!all.empty()) all += between;
        all += word;
    }
    return all;
}

/// A line `# key: value`, or nothing for a comment.
struct Header {
    std::string key, value;
};

/// The next line if it belongs to the header of a table, which ends before the column names.
/// @return false at its end
bool nextHeader(csv::Reader& reader, Header& header) {
    header = {};
    const std::string_view line = trimmed(reader.lineAhead());
    if (reader.atEnd()) return false;
    std::string text;
    if (line.starts_with("\"#")) {  // a spreadsheet puts a text with a separator into quotes
        const char separator = reader.separator();
        reader.next();
        reader.separateBy(separator);
        text = reader[0];
    } else if (line.find_first_not_of(" ,;\t") == line.npos || line.front() == '#') {
        std::string_view plain = line;
        // It fills a line up with separators too.
        while (!plain.empty() && isSeparator(plain.back())) plain.remove_suffix(1);
        text = trimmed(plain);
        reader.skipLine();
    } else {
        return false;
    }
    const auto colon = text.find(':');
    if (text.empty() || colon == text.npos) return true;
    header.key = trimmed(std::string_view(text).substr(1, colon - 1));
    std::string_view value = std::string_view(text).substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    header.value = value;
    return true;
}

/// "url|version" cut in two.
void setSystem(std::string_view value, std::string& system, std::string& version) {
    const auto bar = value.find('|');
    system = value.substr(0, bar);
    version = bar == value.npos ? std::string_view() : value.substr(bar + 1);
}

class CsvTable {
public:
    CsvTable(Table& table, std::string_view text, Findings& findings)
        : table_(table), reader_(text), findings_(findings) {}

    void read() {
        for (;;) {
            Header header;
            const int line = reader_.lineNumberAhead();
            if (!nextHeader(reader_, header)) break;
            if (!header.key.empty()) take(header, line);
        }
        if (!reader_.next())
            return fail(reader_.line(), 0,
                        say("found no column names, expected {0}",
                            "aucun nom de colonne trouvé, attendu {0}", {columnNames()}));
        if (!columns()) return;  // what follows from it is not told again, row by row
        while (!reader_.atEnd())
            if (trimmed(reader_.lineAhead()).starts_with('#'))
                reader_.skipLine();
            else if (reader_.next())
                row();
        warnOfSpoiled();
    }

private:
    void fail(int line, int column, const Reason& text) {
        findings_.error({table_.file, line, column}, text);
    }
    void failAt(std::size_t field, const Reason& text) {
        const csv::Position at = reader_.position(
            field < reader_.fields().size() ? reader_.fields()[field].at : reader_.begin());
        fail(at.line, at.column, text);
    }

    static std::string columnNames() { return joined(kColumns, ",", kUsualColumns); }

    void take(const Header& header, int line) {
        const std::string& value = header.value;
        if (header.key == "url") {
            table_.url = value;
        } else if (header.key == "name") {
            table_.name = value;
        } else if (header.key == "version") {
            table_.version = value;
        } else if (header.key == "overrides") {
            table_.overrides = value;
        } else if (header.key == "source") {
            setSystem(value, table_.sourceSystem, table_.sourceVersion);
        } else if (header.key == "target") {
            setSystem(value, table_.targetSystem, table_.targetVersion);
        } else if (header.key == "unmapped") {
            unmapped(value, line);
        } else if (std::find(kDetails.begin(), kDetails.end(), header.key) != kDetails.end()) {
            table_.details.emplace_back(header.key, value);
        } else if (header.key.find(' ') == header.key.npos) {
            const std::string near = gateway::nearest(header.key, kKeys);
            if (!near.empty())
                fail(line, 1,
                     say("found '# {0}:', did you mean '# {1}:'?",
                         "trouvé « # {0}: », vouliez-vous dire « # {1}: » ?", {header.key, near}));
        }
    }

    void unmapped(std::string_view value, int line) {
        if (value == "use-source") {
            table_.unmapped = Unmapped::useSource;
        } else if (value == "none") {
            table_.unmapped = Unmapped::none;
        } else if (value.starts_with("fixed ")) {
            table_.unmapped = Unmapped::fixed;
            value = trimmed(value.substr(6));
            const bool quotes = value.starts_with('"') && value.find('"', 1) != value.npos;
            const std::size_t end = std::min(value.find(quotes ? '"' : ' ', 1), value.size());
            table_.fixed = value.substr(quotes ? 1 : 0, quotes ? end - 1 : end);
            table_.fixedLabel = trimmed(value.substr(std::min(end + 1, value.size())));
        } else {
            fail(line, 1,
                 say("found unmapped '{0}', expected 'use-source', 'fixed CODE' or 'none'",
                     "trouvé unmapped « {0} », attendu 'use-source', 'fixed CODE' ou 'none'",
                     {value}));
        }
    }

    /// "Source label" as people write it.
    static std::string columnName(std::string_view name) {
        std::string plain(name);
        for (std::size_t at;
             (at = plain.find("é")) != plain.npos || (at = plain.find("è")) != plain.npos;)
            plain.replace(at, 2, "e");
        for (char& c : plain) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            if (c == ' ' || c == '-') c = '_';
        }
        return plain;
    }

    /// In English or French.
    static Column columnOf(const std::string& name) {
        for (const auto* const names : {&kColumns, &kFrench})
            if (const auto found = std::find(names->begin(), names->end(), name);
                found != names->end())
                return static_cast<Column>(found - names->begin());
        return unknown;
    }

    bool columns() {
        bool good = !mistake();
        for (std::size_t i = 0; i < reader_.fields().size(); ++i) {
            const std::string name = columnName(reader_[i]);
            const Column column = columnOf(name);
            if (column == unknown && !name.empty()) {
                good = false;
                failAt(i, say("found column '{0}', expected {1}{2}",
                              "trouvé la colonne « {0} », attendu {1}{2}",
                              {reader_[i], columnNames(), gateway::didYouMean(name, kColumns)}));
            }
            if (column != unknown &&
                std::find(order_.begin(), order_.end(), column) != order_.end()) {
                good = false;
                failAt(i,
                       say("found column '{0}' twice, expected it once",
                           "trouvé deux fois la colonne « {0} », attendue une fois", {reader_[i]}));
            }
            order_.push_back(column);
        }
        if (!good || !neededColumns()) return false;
        table_.layout = layout();
        return true;
    }

    /// Fields without a name at the end are a spreadsheet's: no row needs them.
    Table::Layout layout() const {
        Table::Layout layout{reader_.separator(), {}};
        for (const Column column : order_)
            layout.columns.push_back(column == unknown ? "" : kColumns[column]);
        while (layout.columns.back().empty()) layout.columns.pop_back();
        return layout;
    }

    bool neededColumns() {
        bool good = true;
        for (const Column needed : {source, target}) {
            if (std::find(order_.begin(), order_.end(), needed) != order_.end()) continue;
            good = false;
            fail(reader_.line(), 0,
                 say("found no column '{0}', expected {1}",
                     "aucune colonne « {0} » trouvée, attendu {1}",
                     {kColumns[needed], columnNames()}));
        }
        return good;
    }

    bool mistake() {
        const auto& mistake = reader_.mistake();
        if (mistake) fail(mistake->where.line, mistake->where.column, mistake->text);
        return static_cast<bool>(mistake);
    }

    void row() {
        if (reader_.blank() || mistake()) return;
        std::size_t filled = reader_.fields().size();
        while (filled > order_.size() && reader_[filled - 1].empty()) --filled;
        if (filled > order_.size())
            return failAt(order_.size(),
                          say("found {0} fields, expected {1}; a field with a separator inside "
                              "stands in quotes",
                              "trouvé {0} champs, attendu {1} ; un champ qui contient un "
                              "séparateur se met entre guillemets",
                              {std::to_string(filled), std::to_string(order_.size())}));
        Row row;
        row.line = reader_.line();
        for (std::size_t i = 0; i < std::min(filled, order_.size()); ++i) set(row, i);
        if (row.relation.empty()) row.relation = kEquivalent;
        if (row.source.empty())
            return failAt(fieldOf(source),
                          {"found no source code, expected one in column 'source'",
                           "aucun code source trouvé, attendu un code dans la colonne « source »"});
        if (row.target.empty() && row.relation != kNotRelated)
            return failAt(fieldOf(target),
                          {"found no target code, expected one in column 'target', or the relation "
                           "'not-related-to'",
                           "aucun code cible trouvé, attendu un code dans la colonne « target » ou "
                           "la relation « not-related-to »"});
        table_.rows.push_back(std::move(row));
    }

    std::size_t fieldOf(Column column) const {
        return static_cast<std::size_t>(std::find(order_.begin(), order_.end(), column) -
                                        order_.begin());
    }

    void set(Row& row, std::size_t field) {
        std::string value(reader_[field]);
        switch (order_[field]) {
            case source: row.source = std::move(value); break;
            case sourceLabel: row.sourceLabel = std::move(value); break;
            case target: row.target = std::move(value); break;
            case targetLabel: row.targetLabel = std::move(value); break;
            case relation: setRelation(row, field, value); break;
            case preferred: setPreferred(row, field, value); break;
            case comment: row.comment = std::move(value); break;
            case sourceSystem:
                if (value != table_.sourceSystem) row.sourceSystem = std::move(value);
                break;
            case targetSystem:
                if (value != table_.targetSystem) row.targetSystem = std::move(value);
                break;
            case unknown: break;
        }
    }

    void setRelation(Row& row, std::size_t field, std::string_view value) {
        const std::string_view old = relationOfR4(value);
        row.relation = old.empty() ? value : old;
        if (value.empty() ||
            std::find(kRelations.begin(), kRelations.end(), row.relation) != kRelations.end())
            return;
        failAt(field, say("found relation '{0}', expected one of {1}{2}",
                          "trouvé la relation « {0} », attendu l'une de {1}{2}",
                          {value, joined(kRelations, ", "),
                           gateway::didYouMean(value, {kRelations.begin(), kRelations.end()})}));
    }

    void setPreferred(Row& row, std::size_t field, std::string_view value) {
        constexpr std::array kYes = {"yes", "oui", "true", "vrai", "x", "1", "o", "y"};
        constexpr std::array kNo = {"", "no", "non", "false", "faux", "0", "n"};
        const std::string word = columnName(value);
        if (std::find(kYes.begin(), kYes.end(), word) != kYes.end())
            row.preferred = true;
        else if (std::find(kNo.begin(), kNo.end(), word) == kNo.end())
            failAt(field, say("found '{0}' in column 'preferred', expected 'yes' or nothing",
                              "trouvé « {0} » dans la colonne « preferred », attendu « oui » ou "
                              "rien",
                              {value}));
    }

    void warnOfSpoiled() {
        for (std::string Row::*const column : {&Row::source, &Row::target}) {
            std::vector<std::string_view> codes;
            for (const Row& row : table_.rows) codes.push_back(row.*column);
            for (const csv::Spoiled& one : csv::spoiled(codes))
                findings_.warning({table_.file, table_.rows[one.index].line, 0}, one.text);
        }
    }

    Table& table_;
    csv::Reader reader_;
    Findings& findings_;
    std::vector<Column> order_;
};

void writeHeader(std::string& out, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    const std::string line = "# " + std::string(key) + ": " + std::string(value);
    const bool fragile =
        line.find_first_of("\r\n") != line.npos || isSeparator(line.back()) || line.back() == ' ';
    if (!fragile) {
        out += line + "\n";
        return;
    }
    out += '"';
    for (const char c : line) out.append(c == '"' ? 2 : 1, c);
    out += "\"\n";
}

std::string systemText(const std::string& system, const std::string& version) {
    return version.empty() ? system : system + "|" + version;
}

std::string unmappedText(const Table& table) {
    switch (table.unmapped) {
        case Unmapped::useSource: return "use-source";
        case Unmapped::none: return "none";
        case Unmapped::fail: return {};
        case Unmapped::fixed: break;
    }
    const bool quotes = table.fixed.find(' ') != table.fixed.npos;
    return "fixed " + (quotes ? "\"" + table.fixed + "\"" : table.fixed) +
           (table.fixedLabel.empty() ? "" : " " + table.fixedLabel);
}

}  // namespace

std::string nameOfFile(const std::string& file) {
    std::string name = file.substr(file.find_last_of('/') + 1);
    if (const auto dot = name.rfind('.'); dot != name.npos && dot > 0) name.resize(dot);
    return name;
}

Table readCsv(const std::string& file, std::string_view bytes, Findings& findings) {
    Table table;
    table.file = file;
    const text::Decoded decoded = text::decoded(bytes);
    if (const Reason taken = text::takenAs(decoded.encoding); !taken.empty())
        findings.warning({file, decoded.line, 0}, taken);
    CsvTable(table, decoded.text, findings).read();
    if (table.name.empty()) table.name = nameOfFile(file);
    table.index(findings);
    return table;
}

std::string toCsv(const Table& table) {
    std::string out;
    writeHeader(out, "url", table.url);
    writeHeader(out, "name", table.name);
    writeHeader(out, "version", table.version);
    writeHeader(out, "overrides", table.overrides);
    for (const auto& [key, value] : table.details) writeHeader(out, key, value);
    writeHeader(out, "source", systemText(table.sourceSystem, table.sourceVersion));
    writeHeader(out, "target", systemText(table.targetSystem, table.targetVersion));
    writeHeader(out, "unmapped", unmappedText(table));
    const bool systems = std::any_of(table.rows.begin(), table.rows.end(), [](const Row& row) {
        return !row.sourceSystem.empty() || !row.targetSystem.empty();
    });
    const std::size_t count = systems ? kColumns.size() : kUsualColumns;
    csv::writeRecord(out, std::span(kColumns).first(count));
    for (const Row& row : table.rows) {
        const std::vector<std::string> fields = {
            row.source,      row.sourceLabel,  row.target,
            row.targetLabel, row.relation,     row.preferred ? "yes" : "",
            row.comment,     row.sourceSystem, row.targetSystem};
        csv::writeRecord(out, std::span(fields).first(count));
    }
    return out;
}

std::string headerOf(std::string_view bytes, std::string_view key) {
    const std::string text = text::decoded(bytes).text;
    csv::Reader reader(text);
    for (Header header; nextHeader(reader, header);)
        if (header.key == key) return header.value;
    return {};
}

}  // namespace tables
