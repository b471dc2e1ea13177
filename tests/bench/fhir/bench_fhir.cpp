/// FHIR JSON and XML of a plan Bundle (compact, about 20 KB) to the tree and back, one core. To
/// decode is to decode and read every leaf's text and place. Beside them what bounds them: a copy
/// of the bytes, and RapidJSON's events that nobody hears.
#include <benchmark/benchmark.h>
#include <rapidjson/reader.h>

#include <cstring>
#include <string>

#include "support/plugins.h"

namespace {
using namespace gateway;

std::string patient(const std::string& i) {
    return R"({"fullUrl":"urn:uuid:0b1d3c5e-0000-4000-8000-00000000000)" + i +
           R"(","resource":{"resourceType":"Patient","id":"p)" + i +
           R"(","meta":{"profile":["https://example.test/fhir/StructureDefinition/patient"]},)"
           R"("identifier":[{"use":"official","type":{"coding":[{"system":)"
           R"("https://example.test/fhir/CodeSystem/v2-0203","code":"INS-NIR"}]},"system":)"
           R"("urn:oid:1.2.250.1.213.1.4.8","value":"29902751234567)" +
           i +
           R"("}],"active":true,"name":[{"use":"official","family":"ÉPREUVE","given":["Zoé",)"
           R"("Ada","Line"]}],"telecom":[{"system":"phone","value":"+33102030405","use":"home"}],)"
           R"("gender":"female","birthDate":"1950-02-28","address":[{"line":["12 rue de l'Essai"],)"
           R"("city":"Exempleville","postalCode":"31000","country":"FRA"}]}})";
}

std::string plan(const std::string& i) {
    std::string text =
        R"({"fullUrl":"urn:uuid:0b1d3c5e-0000-4000-8000-10000000000)" + i +
        R"(","resource":{"resourceType":"CarePlan","id":"c)" + i +
        R"(","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>)"
        R"(Plan personnalisé de santé</p></div>"},"status":"active","intent":"plan","category":[)"
        R"({"coding":[{"system":"http://snomed.info/sct","code":"734163000","display":"Care plan"}])"
        R"(}],"title":"Plan personnalisé de santé","subject":{"reference":"Patient/p)" +
        i +
        R"("},"period":{"start":"2026-01-01","end":"2026-12-31"},"created":"2026-01-01T08:00:00Z",)"
        R"("activity":[)";
    for (int activity = 0; activity < 4; ++activity)
        text +=
            std::string(activity == 0 ? "" : ",") +
            R"({"detail":{"kind":"ServiceRequest","code":{"coding":[{"system":)"
            R"("http://snomed.info/sct","code":"91251008","display":"Physiotherapy"}],"text":)"
            R"("Kinésithérapie"},"status":"scheduled","scheduledTiming":{"repeat":{"frequency":2,)"
            R"("period":1,"periodUnit":"wk"}},"quantity":{"value":12.50,"unit":"séances"},)"
            R"("description":"Rééducation à la marche, deux fois par semaine"}})";
    return text + "]}}";
}

std::string bundle() {
    std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (int i = 0; i < 8; ++i)
        text += (i == 0 ? "" : ",") + patient(std::to_string(i)) + "," + plan(std::to_string(i));
    return text + "]}";
}

struct Codecs {
    support::Plugins plugins{{"codec_fhir"}};
    std::unique_ptr<Codec> json = plugins.codec("fhir+json"), xml = plugins.codec("fhir+xml");
};

std::string written(const Codec& codec, const Document& document) {
    Sink out;
    Issues issues;
    codec.encode(document, out, issues);
    return out.text();
}

std::size_t visit(Node node) {
    std::size_t sum = node.text().size() + node.where().begin;
    for (const Node child : node.children()) sum += visit(child);
    return sum;
}

void rate(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    state.SetLabel(std::to_string(bytes) + " bytes");
}

void decode(benchmark::State& state, const Codec& codec, const std::string& text) {
    const Bytes body = Bytes::copy(text);
    for (auto step : state) {
        Issues issues;
        const Document document = codec.decode(body, issues);
        benchmark::DoNotOptimize(visit(document.root()));
        if (!issues.empty()) state.SkipWithError("issues");
    }
    rate(state, text.size());
}

/// Of a tree that no codec of that format has read.
void encode(benchmark::State& state, const Codec& from, const Codec& to, const std::string& text) {
    Issues issues;
    const Document document = from.decode(Bytes::copy(text), issues);
    std::size_t size = 0;
    for (auto step : state) {
        Sink out;
        to.encode(document, out, issues);
        size = out.text().size();
        benchmark::DoNotOptimize(out.text().data());
    }
    rate(state, size);
}

std::string xmlOf(const Codecs& codecs) {
    Issues issues;
    return written(*codecs.xml, codecs.json->decode(Bytes::copy(bundle()), issues));
}

void jsonToTree(benchmark::State& state) { decode(state, *Codecs().json, bundle()); }
void xmlToTree(benchmark::State& state) {
    const Codecs codecs;
    decode(state, *codecs.xml, xmlOf(codecs));
}
void treeToJson(benchmark::State& state) {
    const Codecs codecs;
    encode(state, *codecs.xml, *codecs.json, xmlOf(codecs));
}
void treeToXml(benchmark::State& state) {
    const Codecs codecs;
    encode(state, *codecs.json, *codecs.xml, bundle());
}

/// Elements, cardinalities, formats, codes, references, constraints: all that base validation asks.
void baseValidation(benchmark::State& state) {
    const Codecs codecs;
    Issues issues;
    const Document document = codecs.json->decode(Bytes(bundle()), issues);
    for (auto _ : state) {
        Issues found;
        codecs.json->checker()->check(document, found);
        if (found.worst() >= Severity::error) state.SkipWithError("the bundle has a fault");
        benchmark::DoNotOptimize(found);
    }
    rate(state, bundle().size());
}

void copyOfTheBytes(benchmark::State& state) {
    const std::string text = bundle();
    std::string copy(text.size(), ' ');
    for (auto step : state) {
        std::memcpy(copy.data(), text.data(), text.size());
        benchmark::DoNotOptimize(copy.data());
        benchmark::ClobberMemory();
    }
    rate(state, text.size());
}

void bareRapidJson(benchmark::State& state) {
    const std::string text = bundle();
    for (auto step : state) {
        rapidjson::BaseReaderHandler<> nobody;
        rapidjson::Reader reader;
        rapidjson::StringStream stream(text.c_str());
        if (!reader.Parse(stream, nobody)) state.SkipWithError("not JSON");
    }
    rate(state, text.size());
}

BENCHMARK(jsonToTree);
BENCHMARK(treeToJson);
BENCHMARK(xmlToTree);
BENCHMARK(treeToXml);
BENCHMARK(baseValidation);
BENCHMARK(copyOfTheBytes);
BENCHMARK(bareRapidJson);
}  // namespace

BENCHMARK_MAIN();
