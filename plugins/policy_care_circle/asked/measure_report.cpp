#include "asked/measure_report.h"

#include <map>
#include <vector>

#include "asked/indicator_words.h"
#include "asked/told.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kMeasure = "https://passerelle.example/fhir/Measure/pps-indicators";
constexpr std::string_view kIndicators = "https://passerelle.example/fhir/CodeSystem/pps-indicator";
constexpr std::string_view kReports = "https://passerelle.example/fhir/MeasureReport/";
constexpr std::string_view kNetworks = "https://passerelle.example/networks/";

std::string_view textOf(Node figure, std::string_view name) { return figure.child(name).text(); }

/// An id of FHIR: letters, digits, '-' and '.', 64 at most.
std::string idOf(std::string_view network, Node answer) {
    std::string id = network.empty() ? "all-networks" : std::string(network);
    for (char& c : id)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '-';
    return id.substr(0, 42) + "-" + std::string(textOf(answer, "from")) + "-" +
           std::string(textOf(answer, "to"));
}

/// A code, or words where nobody has a code for it.
void tellConcept(Told& told, Told::Place concept_, std::string_view system, std::string_view code,
                 const Reason& words) {
    const std::string& display = words.in(Spoken::french);  // as the code systems have it
    if (!system.empty()) {
        const Told::Place coding = told.item(concept_, "coding");
        told.text(coding, "system", system);
        told.text(coding, "code", code);
        if (words.en != code) told.text(coding, "display", display);
    }
    told.text(concept_, "text", display);
}

void tellMasked(Told& told, Told::Place element) {
    const Told::Place extension = told.item(element, "extension");
    told.text(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    told.text(extension, "valueCode", "masked");
}

/// Numbers of things as a population, amounts and shares as a score.
void tellValue(Told& told, Told::Place in, Node figure) {
    const bool masked = textOf(figure, "masked") == "true";
    const std::string_view unit = textOf(figure, "unit");
    if (unit == "1") {
        const Told::Place population = told.item(in, "population");
        tellConcept(told, told.object(population, "code"),
                    "http://terminology.hl7.org/CodeSystem/measure-population",
                    "initial-population", "Initial Population");
        if (masked) return tellMasked(told, told.object(population, "_count"));
        return told.decimal(population, "count", textOf(figure, "value"));
    }
    const Told::Place score = told.object(in, "measureScore");
    if (masked) return tellMasked(told, score);
    told.decimal(score, "value", textOf(figure, "value"));
    told.text(score, "unit", unit);
    told.text(score, "system", unit == "%" ? "http://unitsofmeasure.org" : "urn:iso:std:iso:4217");
    told.text(score, "code", unit);
}

void tellRow(Told& told, Told::Place concept_, Node figure) {
    const std::string_view code = textOf(figure, "row");
    tellConcept(told, concept_, rowSystem(textOf(figure, "indicator"), code), code,
                detailWords(code));
}

void tellColumn(Told& told, Told::Place concept_, Node figure) {
    const std::string_view code = textOf(figure, "column");
    tellConcept(told, concept_, columnSystem(textOf(figure, "indicator")), code, detailWords(code));
}

/// Strata by row, by column, or by both.
void tellStrata(Told& told, Told::Place group, const std::vector<Node>& figures, bool rows,
                bool columns) {
    Told::Place stratifier;
    for (const Node figure : figures) {
        if (textOf(figure, "row").empty() == rows || textOf(figure, "column").empty() == columns)
            continue;
        const std::string_view of = textOf(figure, "indicator");
        if (!stratifier) {
            stratifier = told.item(group, "stratifier");
            if (rows) told.text(told.item(stratifier, "code"), "text", rowKind(of));
            if (columns) told.text(told.item(stratifier, "code"), "text", columnKind(of));
        }
        const Told::Place stratum = told.item(stratifier, "stratum");
        if (rows && columns) {
            const Told::Place row = told.item(stratum, "component");
            told.text(told.object(row, "code"), "text", rowKind(of));
            tellRow(told, told.object(row, "value"), figure);
            const Told::Place column = told.item(stratum, "component");
            told.text(told.object(column, "code"), "text", columnKind(of));
            tellColumn(told, told.object(column, "value"), figure);
        } else if (rows) {
            tellRow(told, told.object(stratum, "value"), figure);
        } else {
            tellColumn(told, told.object(stratum, "value"), figure);
        }
        tellValue(told, stratum, figure);
    }
}

void tellGroup(Told& told, Told::Place report, const std::vector<Node>& figures) {
    const Told::Place group = told.item(report, "group");
    const std::string_view code = textOf(figures.front(), "indicator");
    tellConcept(told, told.object(group, "code"), kIndicators, code, indicatorWords(code));
    for (const Node figure : figures)
        if (textOf(figure, "row").empty() && textOf(figure, "column").empty())
            tellValue(told, group, figure);
    tellStrata(told, group, figures, true, false);
    tellStrata(told, group, figures, false, true);
    tellStrata(told, group, figures, true, true);
}

using Groups = std::vector<std::vector<Node>>;  ///< figures of one indicator each, in their order

void tellReport(Told& told, std::string_view network, const Groups& groups, Node answer) {
    const std::string id = idOf(network, answer);
    const Told::Place entry = told.item(told.root(), "entry");
    told.text(entry, "fullUrl", std::string(kReports) + id);
    const Told::Place report = told.object(entry, "resource");
    told.text(report, "resourceType", "MeasureReport");
    told.text(report, "id", id);
    told.text(report, "status", "complete");
    told.text(report, "type", "summary");
    told.text(report, "measure", kMeasure);
    told.text(report, "date", textOf(answer, "made"));
    if (!network.empty()) {
        const Told::Place reporter = told.object(report, "reporter");
        const Told::Place identifier = told.object(reporter, "identifier");
        told.text(identifier, "system", "urn:ietf:rfc:3986");
        told.text(identifier, "value", std::string(kNetworks) + std::string(network));
        told.text(reporter, "display", network);
    }
    const Told::Place period = told.object(report, "period");
    told.text(period, "start", textOf(answer, "from"));
    told.text(period, "end", textOf(answer, "to"));
    for (const std::vector<Node>& group : groups) tellGroup(told, report, group);
}

}  // namespace

std::string measureReports(Node answer) {
    std::map<std::string_view, Groups> networks;
    for (const Node figure : answer.children()) {
        if (figure.name() != "figures" || figure.kind() == Kind::list) continue;
        Groups& groups = networks[textOf(figure, "network")];
        if (groups.empty() ||
            textOf(groups.back().front(), "indicator") != textOf(figure, "indicator"))
            groups.emplace_back();
        groups.back().push_back(figure);
    }
    Told told;
    told.text(told.root(), "resourceType", "Bundle");
    told.text(told.root(), "type", "collection");
    told.text(told.root(), "timestamp", textOf(answer, "made"));
    for (const auto& [network, groups] : networks) tellReport(told, network, groups, answer);
    return told.take();
}

}  // namespace care_circle
