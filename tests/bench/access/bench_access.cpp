/// Who it is and whether it may, with 5,000 partners, of one thread; and how long their
/// configuration takes to be read, as a table and as files.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <stdexcept>

#include "access/accesses.h"
#include "directory/partner_directory.h"
#include "host/config_folder.h"
#include "host/configuration.h"
#include "support/places.h"

namespace {
using namespace gateway;

constexpr int kPartners = 5'000;

std::string number(int i) { return std::to_string(10'000 + i); }
std::string fingerprint(int i) {
    std::string digits = std::to_string(i);
    return std::string(64 - digits.size(), 'a') + digits;
}

/// Half of the partners connect themselves, one endpoint acts for all of them too.
std::shared_ptr<const Accesses> accesses() {
    std::vector<Partner> partners;
    Endpoint saas{.name = "saas", .certificates = {fingerprint(0)}};
    for (int i = 1; i <= kPartners; ++i) {
        Partner& one = partners.emplace_back();
        one.name = "cabinet-" + number(i);
        one.category = "gp";
        one.identifiers = {{"finess", "9800" + number(i)}, {"rpps", "998000" + number(i)}};
        if (i % 2 == 0) one.identifiers.emplace_back("certificate", fingerprint(i));
        saas.partners.push_back(one.name);
    }
    std::map<std::string, Senders> sources;
    sources["gp"].categories = {"gp"};
    return std::make_shared<Accesses>(std::make_shared<PartnerDirectory>(std::move(partners)),
                                      std::vector{saas}, std::move(sources), nullptr);
}

void decide(benchmark::State& state, const std::string& shownPrint, const std::string& actsFor) {
    const auto access = accesses();
    Shown shown;
    shown.facts.set("peer", "192.0.2.1:40000");
    shown.facts.set("tls.subject", "CN=cabinet,O=Exemple");
    shown.facts.set("tls.fingerprint", shownPrint);
    shown.actsFor = actsFor;
    const Wanted wanted{Wanted::Act::send, "gp", {}, {}};
    for (auto _ : state) {
        const Who who = access->who(shown);
        if (access->refuses(who, wanted)) throw std::runtime_error("refused");
    }
}
void ItsOwnCertificate(benchmark::State& state) { decide(state, fingerprint(2'500), ""); }
void OneOfThousandsByName(benchmark::State& state) {
    decide(state, fingerprint(0), "cabinet-" + number(4'321));
}
void OneOfThousandsBySender(benchmark::State& state) {
    decide(state, fingerprint(0), "998000" + number(4'321) + "\n\nLOGICIEL\n\n");
}
BENCHMARK(ItsOwnCertificate);
BENCHMARK(OneOfThousandsByName);
BENCHMARK(OneOfThousandsBySender);

void load(benchmark::State& state, const support::ConfigFolder& folder) {
    folder.write("passerelle.yaml",
                 "store: {sqlite: var/p.db}\nsources: {drop: {folder: {path: in}, codec: lines}}\n"
                 "routes: [{name: all, from: drop, to: cabinet-10001/box}]\n");
    folder.write("in/.keep", "");
    PluginHost host;
    for (const char* const name : {"codec_lines", "transport_folder", "transport_mailbox"})
        if (auto why = host.load(std::string(support::kBuildDir) + "/plugins/" + name + ".so"))
            throw std::runtime_error(why->en);
    for (auto _ : state) {
        const Configuration made = configure(readConfigFiles(folder.path()), host);
        if (made.findings.failed() || made.setup->destinations.size() != kPartners)
            throw std::runtime_error(made.findings.all().at(0).text);
    }
}

void ReadATable(benchmark::State& state) {
    const support::ConfigFolder folder;
    std::string table = "name;label;category;finess;rpps;endpoint;destinations\n";
    for (int i = 1; i <= kPartners; ++i)
        table += "cabinet-" + number(i) + ";Cabinet " + number(i) + ";gp;9800" + number(i) +
                 ";998000" + number(i) + ";saas;box\n";
    folder.write("partners/practices.csv", table);
    folder.write("destinations/box.yaml", "box: {mailbox: {}, codec: lines}\n");
    folder.write("endpoints/saas.yaml", "label: Logiciel\n");
    load(state, folder);
}
void ReadFiles(benchmark::State& state) {
    const support::ConfigFolder folder;
    for (int i = 1; i <= kPartners; ++i)
        folder.write("partners/cabinet-" + number(i) + ".yaml",
                     "label: Cabinet " + number(i) +
                         "\ncategory: gp\nidentifiers:\n  finess: '9800" + number(i) +
                         "'\n  rpps: '998000" + number(i) +
                         "'\nendpoint: saas\ndestinations:\n  box: {mailbox: {}, codec: lines}\n");
    folder.write("endpoints/saas.yaml", "label: Logiciel\n");
    load(state, folder);
}
BENCHMARK(ReadATable)->Unit(benchmark::kMillisecond);
BENCHMARK(ReadFiles)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
