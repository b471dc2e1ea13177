#include "sheet.h"

#include <algorithm>
#include <array>

#include "common/csv/writer.h"
#include "common/text/text.h"
#include "csv_text.h"
#include "gateway/config.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Findings;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;

struct Column {
    Reason name;
    std::string SheetRow::*value;
};

const std::array<Column, 6> kColumns = {{
    {{"source", "source"}, &SheetRow::source},
    {{"sample", "exemple"}, &SheetRow::sample},
    {{"target", "cible"}, &SheetRow::target},
    {{"table", "table"}, &SheetRow::table},
    {{"remark", "remarque"}, &SheetRow::remark},
    {{"ignore because", "ignoré parce que"}, &SheetRow::ignored},
}};

constexpr std::array kHead = {"map", "to", "title", "system"};

const Column* columnOf(const std::string& name) {
    const std::string wanted = folded(name);
    for (const Column& column : kColumns)
        if (wanted == folded(column.name.en) || wanted == folded(column.name.fr)) return &column;
    return nullptr;
}

Reason columnNames() {
    Reason all;
    for (const Column& column : kColumns) {
        all.en += (all.en.empty() ? "" : ", ") + column.name.en;
        all.fr += (all.fr.empty() ? "" : ", ") + column.name.fr;
    }
    return all;
}

std::vector<const Column*> columnsOf(const CsvText& csv, const std::string& file,
                                     Findings& findings) {
    const gateway::Place place{file, csv.columns.line, 0};
    std::vector<const Column*> order;
    for (const std::string& name : csv.columns.fields) {
        order.push_back(columnOf(name));
        if (order.back() == nullptr && !name.empty())
            findings.error(place,
                           say("found column '{0}', expected {1}",
                               "trouvé la colonne « {0} », attendu {1}", {name, columnNames()}));
    }
    for (const std::size_t needed : {std::size_t{0}, std::size_t{2}})
        if (std::find(order.begin(), order.end(), &kColumns[needed]) == order.end())
            findings.error(place, say("found no column '{0}', expected {1}",
                                      "la colonne « {0} » manque, attendu {1}",
                                      {kColumns[needed].name, columnNames()}));
    return order;
}

}  // namespace

std::string Sheet::headOr(const std::string& key, const std::string& otherwise) const {
    const auto found = head.find(key);
    return found == head.end() || found->second.empty() ? otherwise : found->second;
}

Sheet readSheet(const std::string& file, std::string_view text, Findings& findings) {
    const CsvText csv = readCsvText(file, text, findings);
    Sheet sheet;
    sheet.file = file;
    sheet.head = csv.head;
    const std::vector<const Column*> order = columnsOf(csv, file, findings);
    if (findings.failed()) return sheet;
    for (const CsvLine& line : csv.lines) {
        SheetRow row;
        row.line = line.line;
        if (line.fields.size() > order.size())
            findings.error({file, line.line, 0},
                           say("found {0} fields, expected {1}; a field with a separator inside "
                               "stands in quotes",
                               "trouvé {0} champs, attendu {1} ; un champ qui contient le "
                               "séparateur se met entre guillemets",
                               {std::to_string(line.fields.size()), std::to_string(order.size())}));
        for (std::size_t i = 0; i < std::min(order.size(), line.fields.size()); ++i)
            if (order[i]) row.*order[i]->value = line.fields[i];
        sheet.rows.push_back(std::move(row));
    }
    return sheet;
}

std::string writeSheet(const Sheet& sheet, Spoken language) {
    const char separator = language == Spoken::french ? ';' : ',';
    std::string out;
    if (language == Spoken::french) out += text::kByteOrderMark;
    for (const char* const key : kHead)
        if (const auto found = sheet.head.find(key); found != sheet.head.end())
            out += std::string("# ") + key + ": " + found->second + "\n";
    std::vector<std::string> fields;
    for (const Column& column : kColumns) fields.push_back(column.name.in(language));
    csv::writeRecord(out, fields, separator);
    for (const SheetRow& row : sheet.rows) {
        fields.clear();
        for (const Column& column : kColumns) fields.push_back(row.*column.value);
        csv::writeRecord(out, fields, separator);
    }
    return out;
}

}  // namespace maps
