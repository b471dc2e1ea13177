/// Benchmark of the whole way: the shipped gateway as a process of its own, MLLP in, store, map,
/// MLLP out, with load and sink on the same machine. Prints figures with their settings.
///   whole_way [--messages N] [--connections N] [--bytes N] [--patients N]
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "mllp_peers.h"

namespace {
using bench::Clock;
namespace fs = std::filesystem;

/// A configuration in a new folder, and the gateway that runs on it.
class Gateway {
public:
    Gateway(std::uint16_t sink, int translators) {
        char name[] = "whole_way_XXXXXX";
        if (mkdtemp(name) == nullptr) std::exit(2);
        folder_ = fs::absolute(name);
        fs::create_directories(folder_ / "partners");
        fs::create_directories(folder_ / "mappings");
        fs::copy_file(BENCH_SOURCE_DIR "/adt-to-adt.map", folder_ / "mappings/adt-to-adt.map");
        std::ofstream(folder_ / "passerelle.yaml")
            << "zone: Europe/Paris\nstore: {sqlite: var/bench.db}\nmappings: mappings\nlimits: "
               "{translators: "
            << translators
            << "}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\nsources:\n  adt: {listener: "
               "adt, codec: hl7v2}\n"
               "routes:\n  - {name: all, from: adt, map: adt-to-adt, to: sink/adt}\n";
        std::ofstream(folder_ / "partners/sink.yaml")
            << "category: hospital\ndestinations:\n  adt: {mllp: {host: 127.0.0.1, port: " << sink
            << ", connections: 16}, codec: hl7v2, concurrency: 16}\n";
        start();
    }
    ~Gateway() {
        kill(child_, SIGTERM);
        waitpid(child_, nullptr, 0);
        fs::remove_all(folder_);
    }

    std::uint16_t port() const { return port_; }
    double startMs() const { return startMs_; }
    /// "VmRSS" or "VmHWM", in MiB.
    double memory(const std::string& what) const {
        std::ifstream status("/proc/" + std::to_string(child_) + "/status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with(what)) return std::stod(line.substr(what.size() + 1)) / 1024;
        return 0;
    }
    double cpuSeconds() const {
        std::ifstream stat("/proc/" + std::to_string(child_) + "/stat");
        std::string word;
        double ticks = 0;
        for (int i = 1; i <= 15 && stat >> word; ++i)
            if (i >= 14) ticks += std::stod(word);
        return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    /// Deliveries that the store knows as delivered.
    std::uint64_t delivered() const {
        const std::string command =
            BENCH_BUILD_DIR "/passerelle status --json -c " + folder_.string();
        FILE* const pipe = popen(command.c_str(), "r");
        std::string text;
        char chunk[4096];
        while (const std::size_t got = fread(chunk, 1, sizeof chunk, pipe)) text.append(chunk, got);
        pclose(pipe);
        const std::size_t at = text.find("\"delivered\":");
        return at == text.npos ? 0 : std::strtoull(text.c_str() + at + 12, nullptr, 10);
    }

private:
    void start() {
        const std::string log = folder_ / "log";
        const Clock::time_point begun = Clock::now();
        child_ = fork();
        if (child_ == 0) {
            const int file = open(log.c_str(), O_CREAT | O_WRONLY, 0600);
            dup2(file, 1);
            dup2(file, 2);
            execl(BENCH_BUILD_DIR "/passerelle", "passerelle", "serve", "-c", folder_.c_str(),
                  nullptr);
            _exit(127);
        }
        while (port_ == 0) {
            std::ifstream in(log);
            std::stringstream text;
            text << in.rdbuf();
            const std::string all = text.str();
            if (const std::size_t at = all.find("\"address\":\"127.0.0.1:"); at != all.npos)
                port_ = static_cast<std::uint16_t>(std::stoi(all.substr(at + 21)));
            if (waitpid(child_, nullptr, WNOHANG) != 0) {
                std::fprintf(stderr, "the gateway did not start:\n%s", all.c_str());
                std::exit(1);
            }
            usleep(500);
        }
        startMs_ = std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
    }

    fs::path folder_;
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
    double startMs_ = 0;
};

void print(const char* what, const bench::LoadResult& result) {
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
    bench::Load load;
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
    bench::Sink sink;
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
        const bench::LoadResult result = run(gateway.port(), load);
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
        bench::Load half = load;
        half.perSecond = rate / 2;
        half.messages = static_cast<std::uint64_t>(half.perSecond * 10);
        char title[64];
        std::snprintf(title, sizeof title, "open loop, %.0f msg/s", half.perSecond);
        print(title, run(gateway.port(), half));
    }
    return 0;
}
