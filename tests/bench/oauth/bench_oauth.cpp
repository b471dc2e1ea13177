/// Bearer tokens, one core: one that is known, on one thread and on two; one that is new, by its
/// algorithm; what a scope allows.
#include <benchmark/benchmark.h>

#include "oauth/scope.h"
#include "oauth/token_verifier.h"
#include "support/gateway_process.h"
#include "token_maker.h"

namespace {
using namespace gateway;
using oauth::Algorithm;

/// A verifier, and tokens that are good for it, of some 700 bytes.
struct Desk {
    explicit Desk(Algorithm algorithm) : maker(algorithm) {
        oauth::IssuerOptions idp;
        idp.name = "idp";
        idp.issuer = "https://idp.example";
        idp.audience = {"https://gateway.example"};
        idp.file = folder.write("keys.json", maker.published());
        verifier = std::make_unique<oauth::TokenVerifier>(std::vector<oauth::IssuerOptions>{idp});
    }
    std::string token(int number) const {
        return maker.token(currentTime(), {{"jti", "\"" + std::to_string(number) + "\""},
                                           {"practice", "\"cabinet-1\""},
                                           {"iss_version", "\"1\""}});
    }

    support::TemporaryFolder folder;
    support::TokenMaker maker;
    std::unique_ptr<oauth::TokenVerifier> verifier;
};

void known(benchmark::State& state) {
    static const Desk desk(Algorithm::es256);
    static const std::string token = desk.token(1);
    Facts facts;
    facts.set("tls.fingerprint", std::string(64, 'a'));
    facts.set("http.request", "1");
    for (auto step : state) benchmark::DoNotOptimize(desk.verifier->read(token, facts));
    state.SetLabel(std::to_string(token.size()) + " bytes");
}

void fresh(benchmark::State& state) {
    const auto algorithm = static_cast<Algorithm>(state.range(0));
    const Desk desk(algorithm);
    constexpr int kTokens = 256;
    std::vector<std::string> tokens;
    for (int i = 0; i < kTokens; ++i) tokens.push_back(desk.token(i));
    std::size_t at = 0;
    for (auto step : state) {
        const oauth::SignedToken token = oauth::readToken(tokens[at++ % kTokens]);
        if (!oauth::isSignedBy(token, desk.maker.key())) state.SkipWithError("not believed");
    }
    state.SetLabel(std::string(toText(algorithm)));
}

void scope(benchmark::State& state) {
    const std::vector<std::string> scopes{"openid", "system/Bundle.cu", "system/Task.rus"};
    for (auto step : state)
        benchmark::DoNotOptimize(oauth::grants(scopes, oauth::Right::search, "Task"));
}

BENCHMARK(known)->Threads(1)->Threads(2);
BENCHMARK(fresh)->DenseRange(0, 3);
BENCHMARK(scope);
}  // namespace

BENCHMARK_MAIN();
