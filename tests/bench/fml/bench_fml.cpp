/// Maps, one core: compiling the project's largest map, an admission (HL7 v2) to FHIR and a plan of
/// about 20 KB (FHIR) to HL7 v2, from bytes to bytes, and that the time of a translation grows with
/// its input alone, from 1,000 to 100,000 elements: else the program ends with 1.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;

const std::string kMappings = std::string(support::kSourceDir) + "/mappings";

struct Tools {
    support::Plugins plugins{{"transform_fml", "codec_fhir", "codec_json", "codec_hl7v2"}};
    std::unique_ptr<MapLanguage> language = plugins.language("fml");
    std::unique_ptr<Codec> fhir = plugins.codec("fhir");
    std::unique_ptr<Codec> json = plugins.codec("json");
    std::unique_ptr<Codec> hl7v2 = plugins.codec("hl7v2");

    std::unique_ptr<Transformer> compile(const std::string& file) const {
        MapSurroundings around;
        around.library = kMappings;
        around.models = {fhir->model()};
        if (hl7v2->model()) around.models.push_back(hl7v2->model());
        Findings findings;
        auto map = language->compile(file, around, findings);
        for (const Finding& finding : findings.all())
            std::cerr << finding.where.text() << ": " << finding.text << "\n";
        return map;
    }
    std::unique_ptr<Transformer> map(const std::string& name) const {
        return compile(language->locate(name, kMappings));
    }
};

Context context() {
    Context context;
    context.now = timeFromText("2025-03-18T08:42:10.000Z");
    context.seed = "bench";
    context.set("time", toText(context.now));
    context.set("control-id", "20250318084210000001");
    return context;
}

std::string action(const std::string& id) {
    return R"({"id":")" + id +
           R"(","type":"SOIN","libelle":"Passage infirmier essai","statut":"EN_COURS",)"
           R"("debut":"2025-01-11","fin":"2025-04-11","intervenantRef":"I1",)"
           R"("frequence":{"nombre":2,"periode":"SEMAINE"},)"
           R"("bilan":{"date":"2025-01-20","texte":"Essai de bilan d'une action du plan"}})";
}

/// A plan of the native format with `problems` problems, each with a goal and two actions.
std::string plan(int problems) {
    std::string text =
        R"({"format":"relai-pps","exporteLe":"2025-03-18T09:42:10+01:00",)"
        R"("reseau":{"nom":"Réseau d'essai",)"
        R"("finessGeo":"999999999"},"dossier":{"numero":"T-1","version":1,"statut":"ACTIF",)"
        R"("dateInclusion":"2025-01-06"},"usager":{"idLocal":"U-1","identite":{"nomNaissance":)"
        R"("ESSAI","premierPrenom":"Anne","sexe":"F","dateNaissance":"1945-06-12",)"
        R"("statutIdentite":"PROVISOIRE"},"adresse":{"lignes":["1 rue de l'Essai"],)"
        R"("codePostal":"99999","commune":"ESSAIVILLE","pays":"FR"}},"intervenants":[{"id":"I1",)"
        R"("fonction":"IDE_LIBERAL","nom":"TEST","prenom":"Luc","accord":"OUI","contact":)"
        R"({"tel":"0102030405"}}],"problemes":[)";
    for (int i = 0; i < problems; ++i) {
        const std::string n = std::to_string(i);
        text += (i ? "," : "") + std::string(R"({"id":"P)") + n +
                R"(","code":"MED-057","libelle":"Essai de mobilité","priorite":1,"objectifs":[)"
                R"({"id":"O)" +
                n +
                R"(","libelle":"Se lever sans aide","echeance":"2025-04-10",)"
                R"("etat":"EN_COURS","criteres":["Aucune chute"],"actions":[)" +
                action("A" + n) + "," + action("B" + n) + "]}]}";
    }
    return text + "]}";
}

void compileLargest(benchmark::State& state) {
    const Tools tools;
    const std::string file = tools.language->locate("relai-to-plan", kMappings);
    for (auto step : state) benchmark::DoNotOptimize(tools.compile(file));
    state.SetLabel(std::to_string(std::filesystem::file_size(file)) + " bytes of map");
}

void translate(benchmark::State& state, const Tools& tools, const Transformer& map,
               const Document& in, std::size_t bytes) {
    const Context with = context();
    std::size_t nodes = 0;
    for (auto step : state) {
        Report report;
        nodes = map.transform(in, with, report).nodes();
    }
    state.SetItemsProcessed(state.iterations());
    state.SetLabel("in " + std::to_string(bytes) + " bytes, " + std::to_string(in.nodes()) +
                   " nodes; out " + std::to_string(nodes) + " nodes");
    benchmark::DoNotOptimize(tools);
}

void nativeToPlan(benchmark::State& state) {
    const Tools tools;
    const std::string text = plan(20);
    Issues issues;
    const Document in = tools.json->decode(Bytes::copy(text), issues);
    translate(state, tools, *tools.map("relai-to-plan"), in, text.size());
}

void planTo(benchmark::State& state, const char* name) {
    const Tools tools;
    Issues issues;
    const Document native = tools.json->decode(Bytes::copy(plan(5)), issues);
    Report report;
    Sink bytes;
    tools.fhir->encode(tools.map("relai-to-plan")->transform(native, context(), report), bytes,
                       report.issues);
    const std::size_t size = bytes.text().size();
    const Document in = tools.fhir->decode(bytes.take(), issues);
    translate(state, tools, *tools.map(name), in, size);
}

/// From the bytes of one format to those of the other: decoded, mapped, encoded.
void wholeWay(benchmark::State& state, const Codec& from, const Codec& to, const Transformer& map,
              const std::string& text) {
    const Bytes body = Bytes::copy(text);
    const Context with = context();
    std::size_t size = 0;
    for (auto step : state) {
        Report report;
        Issues issues;
        Sink out;
        to.encode(map.transform(from.decode(body, issues), with, report), out, report.issues);
        size = out.text().size();
        if (report.issues.worst() >= Severity::error) state.SkipWithError("the map holds it");
    }
    state.SetItemsProcessed(state.iterations());
    state.SetLabel("in " + std::to_string(text.size()) + " bytes, out " + std::to_string(size));
}

/// @param without  segments that are left out
void adtToBundle(benchmark::State& state, std::string_view without) {
    const Tools tools;
    std::istringstream lines(
        support::fileText(kMappings + "/federation/adt-to-bundle/examples/admission/in.hl7"));
    std::string text;
    for (std::string line; std::getline(lines, line);)
        if (without.find(line.substr(0, 3)) == without.npos) text += line + "\r";
    wholeWay(state, *tools.hl7v2, *tools.fhir, *tools.map("adt-to-bundle"), text);
}

void planToPpp(benchmark::State& state) {
    const Tools tools;
    Issues issues;
    const Document native = tools.json->decode(Bytes::copy(plan(4)), issues);
    Report report;
    Sink bytes;
    tools.fhir->encode(tools.map("relai-to-plan")->transform(native, context(), report), bytes,
                       report.issues);
    wholeWay(state, *tools.fhir, *tools.hl7v2, *tools.map("plan-to-ppp"),
             std::string(bytes.text()));
}

// ---- the same time for each element, however many there are

struct Shape {
    const char *name, *rules;
};

/// What maps do with repetitions; `src.item` repeats.
constexpr Shape kShapes[] = {
    {"groups, values, conditions",
     "src.item as i where (kind = 'x') -> tgt.line as l then line(i, l);"},
    {"last and single target",
     "src.item as i -> tgt.head as h single, h.id = (i.id), tgt.line as l, tgt.tail as t last, "
     "t.id = (i.id);"},
    {"shared target", "src.item as i -> tgt.line as l, tgt.head as h share s, h.id = (i.id);"},
    {"first and last of the siblings",
     "src.item as i then { src.item as f first -> tgt.line as l, l.id = (f.id); "
     "src.item as z last -> tgt.end as l, l.id = (z.id); };"},
    {"not_first, not_last",
     "src.item as i not_first -> tgt.a as l, l.id = (i.id); "
     "src.item as i not_last -> tgt.b as l, l.id = (i.id);"},
    {"issues", "src.item as i check kind = 'y' \"no\"; src -> tgt.a = 'x';"},
};

/// Least CPU time of a translation of that many elements, in nanoseconds for each.
double perElement(const Tools& tools, const Transformer& map, int elements) {
    std::string text = R"({"item":[)";
    for (int i = 0; i < elements; ++i)
        text += (i ? "," : "") + std::string(R"({"id":)") + std::to_string(i) +
                R"(,"kind":"x","text":"essai"})";
    Issues issues;
    const Document in = tools.json->decode(Bytes(text + "]}"), issues);
    const Context with = context();
    double least = 1e30;
    const int runs = std::max(3, 20'000 / elements);
    for (int run = 0; run < runs; ++run) {
        const std::clock_t begin = std::clock();
        Report report;
        benchmark::DoNotOptimize(map.transform(in, with, report).nodes());
        least = std::min(least, static_cast<double>(std::clock() - begin));
    }
    return least * 1e9 / CLOCKS_PER_SEC / elements;
}

/// Prints the ratio for each shape. @return whether none costs more than `kMost` times as much
bool growsWithItsInputAlone() {
    constexpr double kMost = 5;  // caches: 100,000 elements do not fit them
    const Tools tools;
    bool fine = true;
    std::cout << "ns an element, of 1,000 and of 100,000 elements, and their ratio (at most "
              << kMost << ")\n"
              << std::fixed;
    for (const Shape& shape : kShapes) {
        const std::filesystem::path file = std::filesystem::temp_directory_path() /
                                           ("bench-fml-" + std::to_string(getpid()) + ".map");
        std::ofstream(file)
            << "uses 'urn:in' alias In as source\nuses 'urn:out' alias Out as target\n"
               "group m(source src : In, target tgt : Out) {\n"
            << shape.rules
            << "\n}\n"
               "group line(source i, target l) {\n"
               "  i.id as v -> l.id = v;\n  i.kind -> l.kind;\n"
               "  i.text as v -> l.text = ('t ' & v);\n}\n";
        const auto map = tools.compile(file.string());
        std::filesystem::remove(file);
        const double few = perElement(tools, *map, 1'000);
        // Ten times as many first: what grows with the square would run for hours.
        double many = perElement(tools, *map, 10'000);
        if (many / few <= kMost) many = perElement(tools, *map, 100'000);
        const double ratio = many / few;
        std::cout << std::left << std::setw(32) << shape.name << std::right << std::setprecision(0)
                  << std::setw(8) << few << std::setw(8) << many << std::setw(8)
                  << std::setprecision(2) << ratio << (ratio > kMost ? "  TOO MUCH" : "") << "\n";
        fine = fine && ratio <= kMost;
    }
    return fine;
}

BENCHMARK(compileLargest)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(adtToBundle, patient_encounter, "NK1 ZFA")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adtToBundle, relative_consents_too, "")->Unit(benchmark::kMicrosecond);
BENCHMARK(planToPpp)->Unit(benchmark::kMicrosecond);
BENCHMARK(nativeToPlan)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(planTo, ppp, "plan-to-ppp")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(planTo, gp, "plan-to-gp")->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int count, char** arguments) {
    const bool chosen = std::any_of(arguments, arguments + count, [](std::string_view argument) {
        return argument.starts_with("--benchmark_filter");
    });
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return chosen || growsWithItsInputAlone() ? 0 : 1;
}
