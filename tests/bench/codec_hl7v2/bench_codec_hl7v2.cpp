/// HL7 v2 decoded, every text and place read, written again: untouched, after one value was
/// changed, and from a tree without source; on one core. Beside it memcpy and a bare scan for
/// delimiters of the same bytes, to show how near the limit is.
#include <benchmark/benchmark.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "messages.h"
#include "support/plugins.h"

namespace {
using namespace gateway;

const std::string& message(std::int64_t kind) {
    static const std::vector<std::string> messages = {bench::admission(), bench::report(1000),
                                                      bench::document(50'000'000),
                                                      bench::segments(1'000'000)};
    return messages[static_cast<std::size_t>(kind)];
}

const char* const kNames[] = {"ADT 3.8 KB", "ORU of 1,000 OBX", "OBX-5 of 50 MB", "10^6 segments"};

const Codec& codec() {
    static support::Plugins plugins({"codec_hl7v2"});
    static const std::unique_ptr<Codec> codec = plugins.codec("hl7v2");
    return *codec;
}

Document decoded(const Bytes& body) {
    Issues issues;
    return codec().decode(body, issues);
}

/// Counts every text and place, so that none can be left unread.
std::size_t readAll(Node node) {
    std::size_t sum = node.text().size() + node.where().end;
    for (const Node child : node.children()) sum += readAll(child);
    return sum;
}

void told(benchmark::State& state) {
    const std::size_t size = message(state.range(0)).size();
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(std::string(kNames[state.range(0)]) + ", " + std::to_string(size) + " bytes");
}

void copyOnly(benchmark::State& state) {
    const std::string& text = message(state.range(0));
    std::string copy(text.size(), '\0');
    for (auto step : state) {
        std::memcpy(copy.data(), text.data(), text.size());
        benchmark::DoNotOptimize(copy.data());
        benchmark::ClobberMemory();
    }
    told(state);
}

/// How many bytes of 16 are delimiters, added to each half of `sum`.
#if defined(__SSE2__)
__m128i delimiters(const char* block, __m128i sum) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
    const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const __m128i parts =
        _mm_or_si128(_mm_or_si128(is('|'), is('^')), _mm_or_si128(is('~'), is('&')));
    const __m128i hit =
        _mm_or_si128(parts, _mm_or_si128(is('\\'), _mm_or_si128(is('\r'), is('\n'))));
    const __m128i ones = _mm_and_si128(hit, _mm_set1_epi8(1));
    return _mm_add_epi64(sum, _mm_sad_epu8(ones, _mm_setzero_si128()));
}

std::int64_t scan(const std::string& text) {
    __m128i sum = _mm_setzero_si128();
    for (std::size_t at = 0; at + 16 <= text.size(); at += 16)
        sum = delimiters(text.data() + at, sum);
    return _mm_cvtsi128_si64(sum);
}
#else
std::int64_t scan(const std::string& text) {
    std::int64_t found = 0;
    for (const char c : text)
        found +=
            c == '|' || c == '^' || c == '~' || c == '&' || c == '\\' || c == '\r' || c == '\n';
    return found;
}
#endif

void scanOnly(benchmark::State& state) {
    const std::string& text = message(state.range(0));
    for (auto step : state) benchmark::DoNotOptimize(scan(text));
    told(state);
}

void decode(benchmark::State& state) {
    const Bytes body = Bytes::copy(message(state.range(0)));
    for (auto step : state) {
        const Document document = decoded(body);
        benchmark::DoNotOptimize(document.nodes());
    }
    told(state);
}

void decodeAndRead(benchmark::State& state) {
    const Bytes body = Bytes::copy(message(state.range(0)));
    for (auto step : state) {
        const Document document = decoded(body);
        benchmark::DoNotOptimize(readAll(document.root()));
    }
    const Document document = decoded(body);
    state.counters["nodes"] = static_cast<double>(document.nodes());
    state.counters["tree MB"] = static_cast<double>(document.memory()) / 1e6;
    told(state);
}

void encoded(benchmark::State& state, const Document& document) {
    for (auto step : state) {
        Issues issues;
        Sink out;
        codec().encode(document, out, issues);
        benchmark::DoNotOptimize(out.text().data());
    }
    told(state);
}

void encodeUntouched(benchmark::State& state) {
    encoded(state, decoded(Bytes::copy(message(state.range(0)))));
}

void encodeEdited(benchmark::State& state) {
    Builder tree(decoded(Bytes::copy(message(state.range(0)))));
    const Node last = [&] {
        Node segment;
        for (const Node child : tree.root().node().children()) segment = child;
        return segment;
    }();
    tree.text(tree.handle(last.child("1")), "ESSAI");
    encoded(state, tree.finish());
}

void encodeBuilt(benchmark::State& state) {
    const Document source = decoded(Bytes::copy(message(state.range(0))));
    Builder tree(source.root().name());
    for (const Node segment : source.root().children())
        tree.copy(tree.root(), segment.nameOf(), segment);
    encoded(state, tree.finish());
}

BENCHMARK(copyOnly)->DenseRange(0, 3);
BENCHMARK(scanOnly)->DenseRange(0, 3);
BENCHMARK(decode)->DenseRange(0, 3);
BENCHMARK(decodeAndRead)->DenseRange(0, 3);
BENCHMARK(encodeUntouched)->DenseRange(0, 3);
BENCHMARK(encodeEdited)->DenseRange(0, 3);
BENCHMARK(encodeBuilt)->DenseRange(0, 3);

}  // namespace

BENCHMARK_MAIN();
