#include "asked/indicator_table.h"

#include <algorithm>

#include "asked/indicator_words.h"
#include "common/csv/writer.h"
#include "common/text/text.h"

namespace care_circle {
using namespace gateway;

namespace {

std::string valueText(Node figure, Spoken speaks) {
    const bool french = speaks == Spoken::french;
    if (figure.child("masked").text() == "true") return french ? "masqué" : "masked";
    std::string value(figure.child("value").text());
    if (french) std::replace(value.begin(), value.end(), '.', ',');
    return value;
}

/// A spreadsheet runs what begins like a formula (OWASP, CSV injection).
std::string harmless(std::string cell) {
    if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos)
        cell.insert(0, 1, '\'');
    return cell;
}

}  // namespace

std::vector<std::vector<std::string>> indicatorTable(Node answer, Spoken speaks) {
    const auto in = [&](const Reason& words) { return words.in(speaks); };
    const std::string from(answer.child("from").text()), to(answer.child("to").text());
    std::vector<std::vector<std::string>> lines{
        {in({"network", "réseau"}), in({"from", "du"}), in({"to", "au"}), in({"code", "code"}),
         in({"indicator", "indicateur"}), in({"detail", "détail"}), in({"detail 2", "détail 2"}),
         in({"value", "valeur"}), in({"unit", "unité"})}};
    for (const Node figure : answer.children()) {
        if (figure.name() != "figures" || figure.kind() == Kind::list) continue;
        const auto text = [&](std::string_view name) { return figure.child(name).text(); };
        lines.push_back({text("network").empty() ? in({"all networks", "tous les réseaux"})
                                                 : std::string(text("network")),
                         from, to, std::string(text("indicator")),
                         in(indicatorWords(text("indicator"))), in(detailWords(text("row"))),
                         in(detailWords(text("column"))), valueText(figure, speaks),
                         text("unit") == "1" ? "" : std::string(text("unit"))});
    }
    return lines;
}

std::string indicatorCsv(Node answer, Spoken speaks) {
    const bool french = speaks == Spoken::french;
    std::string out(french ? text::kByteOrderMark : std::string_view());
    for (std::vector<std::string>& line : indicatorTable(answer, speaks)) {
        std::transform(line.begin(), line.end(), line.begin(), harmless);
        csv::writeRecord(out, line, french ? ';' : ',');
    }
    return out;
}

}  // namespace care_circle
