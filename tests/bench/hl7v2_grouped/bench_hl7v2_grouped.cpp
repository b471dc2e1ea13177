// What the grouped view costs: decode flat against decode grouped of the same message.
//   bench_hl7v2_grouped --benchmark_repetitions=5
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "support/plugins.h"

namespace {
using namespace gateway;

constexpr const char* kLine =
    "|1|12345^^^CLINIQUE&1.2.250.1.71.4.2.2&ISO^PI|AUTRE|MARTIN^Jeanne^^^Mme^^L|20250102103000|F||"
    "12 rue des Lilas^^Nantes^^44000^FRA^H|^PRN^PH^^^^^^^^^0240000000|8480-6^Systole^LN|132|mm\r";

std::string header(const std::string& type, const std::string& version) {
    return "MSH|^~\\&|DPI|CHU|PASSERELLE|DAC|20250102103000+0100||" + type + "|M1|P|" + version +
           "|||||FRA|UNICODE UTF-8\r";
}

std::string segments(const std::string& ids, int times = 1) {
    std::string text;
    for (int i = 0; i < times; ++i)
        for (std::size_t at = 0; at + 3 <= ids.size(); at += 4) text += ids.substr(at, 3) + kLine;
    return text;
}

/// A plan of care of three problems, 4 KB; a laboratory report of 300 results.
const std::string kPlan = header("PPR^PC1^PPR_PC1", "2.5") + segments("PID PV1") +
                          segments("PRB NTE ROL GOL NTE ORC OBR", 2);
const std::string kReport = header("ORU^R01^ORU_R01", "2.5") + segments("PID PV1") +
                            segments("OBR OBX OBX OBX NTE OBX", 60);

void decode(benchmark::State& state, const std::string& text, const std::string& view) {
    support::Plugins plugins({"codec_hl7v2"});
    const std::unique_ptr<Codec> codec =
        plugins.codec("hl7v2", support::map({{"view", support::scalar(view)}}));
    const Bytes body = Bytes::copy(text);
    for (auto _ : state) {
        Issues issues;
        benchmark::DoNotOptimize(codec->decode(body, issues));
        if (!issues.empty()) state.SkipWithError("the message does not fit its structure");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

BENCHMARK_CAPTURE(decode, plan_flat, kPlan, "flat");
BENCHMARK_CAPTURE(decode, plan_grouped, kPlan, "grouped");
BENCHMARK_CAPTURE(decode, report_flat, kReport, "flat");
BENCHMARK_CAPTURE(decode, report_grouped, kReport, "grouped");

}  // namespace

BENCHMARK_MAIN();
