/// FHIRPath on decoded FHIR resources, one core: a path, a filter, a filter over a Bundle of 100
/// entries.
#include <benchmark/benchmark.h>

#include "fhirpath.h"
#include "support/plugins.h"

namespace {
using namespace gateway;

std::string patient() {
    return R"({"resourceType":"Patient","id":"p","meta":{"profile":["http://example.test/p"]},"text":{"status":"generated","div":"<div/>"},)"
           R"("identifier":[{"system":"urn:oid:1.2.3","value":"1"}],"active":true,)"
           R"("name":[{"use":"official","family":"TEST","given":["Anna","Eve"]},{"use":"usual","given":["Nana"]},)"
           R"({"use":"maiden","family":"ESSAI","given":["Anna","Eve"]}],"telecom":[{"system":"phone","value":"0102030405"}],)"
           R"("gender":"female","birthDate":"1950-02-28","address":[{"city":"Exempleville"}]})";
}

std::string bundle() {
    std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (int i = 0; i < 100; ++i) {
        if (i != 0) text += ',';
        text +=
            i % 2 == 0
                ? R"({"resource":)" + patient() + "}"
                : std::string(R"({"resource":{"resourceType":"Observation","status":")") +
                      (i % 4 == 1 ? "final" : "amended") +
                      R"(","code":{"text":"weight"},"valueQuantity":{"value":70.5,"unit":"kg"}}})";
    }
    return text + "]}";
}

void evaluate(benchmark::State& state, const std::string& json, const char* text,
              std::size_t expected) {
    support::Plugins plugins({"codec_fhir"});
    Issues issues;
    const Document document = plugins.codec("fhir")->decode(Bytes::copy(json), issues);
    Findings findings;
    const auto expression = fhirpath::Expression::compile(text, {}, findings);
    fhirpath::Environment environment;
    for (auto step : state) {
        const auto values = expression->evaluate(document.root(), environment);
        if (values.size() != expected) state.SkipWithError("wrong number of results");
        benchmark::DoNotOptimize(values.begin());
    }
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(text);
}

void path(benchmark::State& state) { evaluate(state, patient(), "Patient.name.given", 5); }
void filter(benchmark::State& state) {
    evaluate(state, patient(), "Patient.name.where(use='official').family", 1);
}
void bundleFilter(benchmark::State& state) {
    evaluate(state, bundle(),
             "Bundle.entry.resource.ofType(Observation).where(status='final').value.ofType("
             "Quantity).value",
             25);
}

BENCHMARK(path);
BENCHMARK(filter);
BENCHMARK(bundleFilter);
}  // namespace

BENCHMARK_MAIN();
