#include "gateway.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace bench {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

Gateway::Gateway(std::uint16_t sink, int translators, bool mapped) {
    fs::copy_file(BENCH_SOURCE_DIR "/adt-to-adt.map", folder_.write("mappings/adt-to-adt.map", ""),
                  fs::copy_options::overwrite_existing);
    folder_.write("passerelle.yaml",
                  "zone: Europe/Paris\nstore: {sqlite: var/bench.db}\nmappings: mappings\n"
                  // Where nothing translates, all that is accepted waits, and the usual limit would
                  // end the measurement with "try later".
                  "limits: {backlog: 1000000000, translators: " +
                      std::to_string(translators) +
                      "}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\nsources:\n"
                      "  adt: {listener: adt, codec: hl7v2}\nroutes:\n"
                      "  - {name: all, from: adt, to: sink/adt}\n");
    folder_.write("partners/sink.yaml",
                  "category: hospital\ndestinations:\n  adt: {mllp: {host: 127.0.0.1, port: " +
                      std::to_string(sink) + ", connections: 16}" +
                      (mapped ? ", map: adt-to-adt" : "") + ", codec: hl7v2, concurrency: 16}\n");
    const Clock::time_point begun = Clock::now();
    process_ = std::make_unique<support::GatewayProcess>(folder_.path());
    port_ = process_->port();
    startMs_ = std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

Gateway::~Gateway() { process_->end(SIGTERM); }

double Gateway::memory(const std::string& what) const {
    std::ifstream status("/proc/" + std::to_string(process_->id()) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(what)) return std::stod(line.substr(what.size() + 1)) / 1024;
    return 0;
}

double Gateway::cpuSeconds() const {
    std::ifstream stat("/proc/" + std::to_string(process_->id()) + "/stat");
    std::string word;
    double ticks = 0;
    for (int i = 1; i <= 15 && stat >> word; ++i)
        if (i >= 14) ticks += std::stod(word);
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t Gateway::number(const std::string& member) const {
    const std::string text = support::passerelle({"status", "--json", "-c", folder_.path()}).out;
    const std::size_t at = text.find(member);
    return at == text.npos ? 0 : std::strtoull(text.c_str() + at + member.size(), nullptr, 10);
}

}  // namespace bench
