#include "csv_text.h"

#include "common/csv/reader.h"
#include "common/text/decoding.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Findings;

/// A line above the column names: empty, or one that begins with `#`.
bool isHead(std::string_view line) {
    line = trimmed(line);
    return line.find_first_not_of(" ,;\t\"") == line.npos || line.front() == '#' ||
           line.starts_with("\"#");
}

/// `# key: value`; spreadsheets put quotes around it and fill the line up with separators.
void head(std::string_view line, CsvText& csv) {
    line = trimmed(line);
    while (!line.empty() && (line.back() == ';' || line.back() == ',' || line.back() == '"'))
        line.remove_suffix(1);
    if (line.starts_with('"')) line.remove_prefix(1);
    const auto colon = line.find(':');
    if (!line.starts_with('#') || colon == line.npos) return;
    csv.head[folded(line.substr(1, colon - 1))] = trimmed(line.substr(colon + 1));
}

CsvLine lineOf(const csv::Reader& reader) {
    CsvLine line;
    line.line = reader.line();
    for (const csv::Field& field : reader.fields()) line.fields.emplace_back(trimmed(field.text));
    return line;
}

}  // namespace

CsvText readCsvText(const std::string& file, std::string_view text, Findings& findings) {
    const text::Decoded decoded = text::decoded(text);
    CsvText csv;
    if (const gateway::Reason taken = text::takenAs(decoded.encoding); !taken.empty())
        findings.warning({file, decoded.line, 0}, taken);
    csv::Reader reader(decoded.text);
    while (!reader.atEnd() && isHead(reader.lineAhead())) {
        head(reader.lineAhead(), csv);
        reader.skipLine();
    }
    for (bool names = true; reader.next();) {
        if (const auto& mistake = reader.mistake())
            findings.error({file, mistake->where.line, mistake->where.column}, mistake->text);
        if (reader.blank()) continue;
        if (names)
            csv.columns = lineOf(reader);
        else
            csv.lines.push_back(lineOf(reader));
        names = false;
    }
    return csv;
}

}  // namespace maps
