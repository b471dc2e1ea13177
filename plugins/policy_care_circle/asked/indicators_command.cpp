/// indicators: figures of networks over a period.
#include <fstream>
#include <iostream>

#include "asked/commands.h"
#include "asked/indicator_table.h"
#include "asked/measure_report.h"
#include "asked/typed.h"
#include "usage/columns.h"

namespace care_circle {
using namespace gateway;

namespace {

struct Wish {
    std::string from, to, csv, fhir;
    bool json = false;
};

/// "2026-03" is its first day, or its last one; a year likewise.
std::string dayAt(std::string text, bool end) {
    if (text.size() == 4) text += end ? "-12" : "-01";
    if (text.size() != 7) return text;
    const std::optional<Day> first = calendar::read(text + "-01");
    if (!first) return text;
    const std::chrono::year_month_day date(*first);
    return calendar::write(end ? Day(date.year() / date.month() / std::chrono::last) : *first);
}

int write(const std::string& file, const std::string& text, const Line& line) {
    if (file == "-") {
        std::cout << text << std::flush;
        return std::cout ? 0 : 1;
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (out) return 0;
    std::cerr << file << ": " << line.in({"cannot be written\n", "écriture impossible\n"});
    return 1;
}

int tell(Line& line, const Wish& wish) {
    const Spoken speaks = line.speaks();
    const std::string json =
        line.ask("indicators", {{"from", dayAt(wish.from, false)}, {"to", dayAt(wish.to, true)}});
    if (wish.json) {
        std::cout << json << '\n';
        return 0;
    }
    const Document answer = answerOf(json);
    int code = 0;
    if (!wish.csv.empty()) code = write(wish.csv, indicatorCsv(answer.root(), speaks), line);
    if (!wish.fhir.empty() && code == 0)
        code = write(wish.fhir, measureReports(answer.root()) + "\n", line);
    if (!wish.csv.empty() || !wish.fhir.empty()) return code;
    std::vector<std::vector<std::string>> lines = indicatorTable(answer.root(), speaks);
    for (std::vector<std::string>& one : lines) one.erase(one.begin() + 1, one.begin() + 4);
    printColumns(std::cout, lines);
    return 0;
}

void declare(Line& line, Wish& wish) {
    line.option("--from", wish.from,
                {"First day: 2026-01-01, or a month or a year",
                 "Premier jour : 2026-01-01, ou un mois ou une année"},
                "DATE")
        ->required();
    line.option("--to", wish.to,
                {"Last day: 2026-03-31, or a month or a year",
                 "Dernier jour : 2026-03-31, ou un mois ou une année"},
                "DATE")
        ->required();
    line.option(
        "--csv", wish.csv,
        {"Writes CSV to a file, - for stdout", "Écrit du CSV dans un fichier, - pour stdout"},
        "FILE");
    line.option("--fhir", wish.fhir,
                {"Writes FHIR R4 (Bundle of MeasureReport) to a file, - for stdout",
                 "Écrit du FHIR R4 (Bundle de MeasureReport) dans un fichier, - pour stdout"},
                "FILE");
    line.flag("--json", wish.json, {"As JSON", "En JSON"});
    line.app().footer(line.in(
        {"Example: passerelle indicators --from 2026-01 --to 2026-03 --csv quarter.csv",
         "Exemple : passerelle indicators --from 2026-01 --to 2026-03 --csv trimestre.csv"}));
}

int run(std::span<const std::string> words, CommandHost& host) {
    Line line(host);
    Wish wish;
    return line.run(
        words, "indicators",
        {"Figures of the networks over a period: plans, exits by reason, reviews, sessions, "
         "amounts, evaluations, deliveries. Sums only; a figure behind which fewer than five plans "
         "stand is masked, and so is what would let it be reckoned.",
         "Les chiffres des réseaux sur une période : plans, sorties par motif, réévaluations, "
         "séances, "
         "montants, évaluations, remises. Des sommes seulement ; un chiffre qui repose sur moins "
         "de cinq plans est masqué, et aussi ce qui permettrait de le calculer."},
        [&] { declare(line, wish); }, [&] { return tell(line, wish); });
}

}  // namespace

Command indicators() {
    return {"indicators",
            {"Figures of the networks over a period, as a table, CSV or FHIR MeasureReport.",
             "Les chiffres des réseaux sur une période : tableau, CSV ou FHIR MeasureReport."},
            run};
}

}  // namespace care_circle
