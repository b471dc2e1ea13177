/// Benchmark of the whole way: the shipped gateway as a process of its own, MLLP in, store, map,
/// MLLP out, with load and sink on the same machine. Prints figures with their settings.
///   whole_way [--messages N] [--connections N] [--bytes N] [--patients N]
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "support/gateway_process.h"
#include "support/mllp_peers.h"

namespace {
using support::Clock;
namespace fs = std::filesystem;

/// A configuration in a new folder, and the gateway that runs on it.
class Gateway {
public:
    Gateway(std::uint16_t sink, int translators) {
        fs::copy_file(BENCH_SOURCE_DIR "/adt-to-adt.map",
                      folder_.write("mappings/adt-to-adt.map", ""),
                      fs::copy_options::overwrite_existing);
        folder_.write("passerelle.yaml",
                      "zone: Europe/Paris\nstore: {sqlite: var/bench.db}\nmappings: "
                      "mappings\nlimits: {translators: " +
                          std::to_string(translators) +
                          "}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\nsources:\n  adt: "
                          "{listener: adt, "
                          "codec: hl7v2}\nroutes:\n  - {name: all, from: adt, to: "
                          "sink/adt}\n");
        folder_.write("partners/sink.yaml",
                      "category: hospital\ndestinations:\n  adt: {mllp: {host: 127.0.0.1, port: " +
                          std::to_string(sink) +
                          ", connections: 16}, map: adt-to-adt, codec: hl7v2, concurrency: 16}\n");
        const Clock::time_point begun = Clock::now();
        process_ = std::make_unique<support::GatewayProcess>(folder_.path());
        port_ = process_->port();
        startMs_ = std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
    }
    ~Gateway() { process_->end(SIGTERM); }

    std::uint16_t port() const { return port_; }
    double startMs() const { return startMs_; }
    /// "VmRSS" or "VmHWM", in MiB.
    double memory(const std::string& what) const {
        std::ifstream status("/proc/" + std::to_string(process_->id()) + "/status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with(what)) return std::stod(line.substr(what.size() + 1)) / 1024;
        return 0;
    }
    double cpuSeconds() const {
        std::ifstream stat("/proc/" + std::to_string(process_->id()) + "/stat");
        std::string word;
        double ticks = 0;
        for (int i = 1; i <= 15 && stat >> word; ++i)
            if (i >= 14) ticks += std::stod(word);
        return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    /// Deliveries that the store knows as delivered.
    std::uint64_t delivered() const {
        const std::string text =
            support::passerelle({"status", "--json", "-c", folder_.path()}).out;
        const std::size_t at = text.find("\"delivered\":");
        return at == text.npos ? 0 : std::strtoull(text.c_str() + at + 12, nullptr, 10);
    }

private:
    support::TemporaryFolder folder_;
    std::unique_ptr<support::GatewayProcess> process_;
    std::uint16_t port_ = 0;
    double startMs_ = 0;
};

void print(const char* what, const support::LoadResult& result) {
    std::printf(
        "%-28s %8.0f ACK/s   ACK ms p50 %.2f  p95 %.2f  p99 %.2f  max %.2f   accepted %llu  failed "
        "%llu\n",
        what, static_cast<double>(result.accepted) / result.seconds, result.percentile(0.5),
        result.percentile(0.95), result.percentile(0.99), result.percentile(1.0),
        static_cast<unsigned long long>(result.accepted),
        static_cast<unsigned long long>(result.failed));
}

}  // namespace

int main(int argc, char** argv) {
    support::Load load;
    load.messages = 60000;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        const auto value = std::strtoull(argv[i + 1], nullptr, 10);
        if (option == "--messages")
            load.messages = value;
        else if (option == "--connections")
            load.connections = static_cast<int>(value);
        else if (option == "--bytes")
            load.bytes = value;
        else if (option == "--patients")
            load.patients = static_cast<int>(value);
        else
            return std::fprintf(stderr, "unknown option %s\n", option.c_str()), 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    support::Sink sink;
    std::printf(
        "%llu messages of %zu bytes (ADT^A01), %d connections, one in flight on each, %d patients; "
        "durable before "
        "ACK (SQLite WAL, synchronous=FULL);\nload, gateway and sink share %ld cores over "
        "loopback; map of 24 "
        "fields, one destination with concurrency 16\n\n",
        static_cast<unsigned long long>(load.messages), load.bytes, load.connections, load.patients,
        sysconf(_SC_NPROCESSORS_ONLN));
    {
        Gateway gateway(sink.port(), 0);
        std::printf("start to listening           %8.0f ms   resident idle %.0f MiB\n",
                    gateway.startMs(), gateway.memory("VmRSS"));
        print("accept alone", run(gateway.port(), load));
        std::printf("  CPU %.3f ms a message\n",
                    1000 * gateway.cpuSeconds() / static_cast<double>(load.messages));
    }
    {
        Gateway gateway(sink.port(), 1);
        const std::uint64_t before = sink.received();
        const Clock::time_point begun = Clock::now();
        const support::LoadResult result = run(gateway.port(), load);
        print("accept, whole way under load", result);
        while (sink.received() - before < result.accepted) usleep(1000);
        while (gateway.delivered() < result.accepted) usleep(1000);
        const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
        const double rate = static_cast<double>(result.accepted) / seconds;
        std::printf(
            "whole way, settled           %8.0f msg/s  resident at most %.0f MiB   CPU %.3f ms a "
            "message   sent more "
            "than once %llu\n",
            rate, gateway.memory("VmHWM"),
            1000 * gateway.cpuSeconds() / static_cast<double>(load.messages),
            static_cast<unsigned long long>(sink.received() - before - result.accepted));
        support::Load half = load;
        half.perSecond = rate / 2;
        half.messages = static_cast<std::uint64_t>(half.perSecond * 10);
        char title[64];
        std::snprintf(title, sizeof title, "open loop, %.0f msg/s", half.perSecond);
        print(title, run(gateway.port(), half));
    }
    return 0;
}
