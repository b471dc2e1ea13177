/// Benchmark of the whole way: the shipped gateway as a process of its own, MLLP in, store, map,
/// MLLP out, with load and sink on the same machine; and what the disk and SQLite alone would do.
/// See kHelp.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ceiling.h"
#include "gateway.h"
#include "support/mllp_peers.h"

namespace {
using bench::Gateway;
using support::Clock;
using support::Load;

constexpr const char* kHelp = R"(whole_way [OPTION VALUE]...
  --seconds N         each measurement, after its warm-up (60)
  --warm-up N         seconds that count nowhere (10)
  --accept-rate N     messages a second of accept alone in its last measurement: 80 % of what it is designed for (12000)
  --rate N            messages a second of the whole way; 0: the highest at which the backlog does not grow is searched (0)
  --search N          seconds of each step of that search (6)
  --connections N     senders, one message in flight on each (32)
  --patients N        order keys (5000)
  --bytes N           of an ADT (1500)
  --document-bytes N  of an MDM (52000)
  --parts LIST        of accept,whole,documents,ceiling (all)
The disk is that of the folder for temporary files (TMPDIR).
)";

struct Settings {
    std::map<std::string, double> numbers{
        {"seconds", 60},    {"warm-up", 10}, {"accept-rate", 12'000},
        {"rate", 0},        {"search", 6},   {"connections", 32},
        {"patients", 5000}, {"bytes", 1500}, {"document-bytes", 52000}};
    std::string parts = "accept,whole,documents,ceiling";

    double operator[](const char* name) const { return numbers.at(name); }
    bool has(const char* part) const { return parts.find(part) != parts.npos; }
    Load load() const {
        Load load;
        load.connections = static_cast<int>(numbers.at("connections"));
        load.patients = static_cast<int>(numbers.at("patients"));
        load.bytes = static_cast<std::size_t>(numbers.at("bytes"));
        load.seconds = numbers.at("seconds");
        load.warmUp = numbers.at("warm-up");
        return load;
    }
};

/// @return an exit code; none: go on
std::optional<int> read(int count, char** words, Settings& settings) {
    for (int i = 1; i < count; ++i) {
        const std::string option = words[i];
        if (option == "--help" || option == "-h") return std::fputs(kHelp, stdout), 0;
        const auto number =
            settings.numbers.find(option.substr(std::min<std::size_t>(2, option.size())));
        const bool parts = option == "--parts";
        if ((!parts && number == settings.numbers.end()) || i + 1 == count) {
            std::fprintf(stderr, "%s: unknown, or without a value\n%s", option.c_str(), kHelp);
            return 2;
        }
        const std::string value = words[++i];
        char* end = nullptr;
        const double read = std::strtod(value.c_str(), &end);
        if (parts) {
            settings.parts = value;
        } else if (*end != '\0' || read < 0) {
            std::fprintf(stderr, "%s: a number is expected\n", option.c_str());
            return 2;
        } else {
            number->second = read;
        }
    }
    return {};
}

void print(const std::string& what, const support::LoadResult& result) {
    std::printf("%-28s %8.0f ACK/s   ACK ms p50 %.2f  p95 %.2f  p99 %.2f  max %.2f   failed %llu\n",
                what.c_str(), static_cast<double>(result.accepted) / result.seconds,
                result.percentile(0.5), result.percentile(0.95), result.percentile(0.99),
                result.percentile(1.0), static_cast<unsigned long long>(result.failed));
}

/// What went the whole way in one measurement.
struct Way {
    support::LoadResult load;
    double settled = 0;  ///< a second
    double growth = 0;   ///< of the backlog, messages a second
    double backlog = 0;  ///< on average, in the last third
    double cpuMs = 0;    ///< a message
    double group = 0;    ///< messages of a commit

    /// Sixteen are in the hands of the sink's workers at any time.
    bool keepsUp(double rate) const {
        const double sent = static_cast<double>(load.accepted) / load.seconds;
        return load.failed == 0 && sent >= 0.99 * rate && (growth <= 0.005 * sent || backlog < 64);
    }
};

class WholeWay {
public:
    WholeWay(Gateway& gateway, support::Sink& sink) : gateway_(gateway), sink_(sink) {}

    Way run(Load load) {
        std::atomic<std::uint64_t> accepted{0};
        load.accepted = &accepted;
        const std::uint64_t before = sink_.received(), commits = gateway_.commits();
        const auto backlog = [&] {
            const std::uint64_t gone = sink_.received() - before, in = accepted;
            return in > gone ? static_cast<double>(in - gone) : 0;
        };
        Way way;
        std::atomic<bool> over{false};
        std::thread watch([&] { look(load, backlog, over, way); });
        way.load = support::run(gateway_.port(), load);
        over = true;
        watch.join();
        while (sink_.received() - before < accepted) usleep(1000);
        total_ += accepted;
        while (gateway_.delivered() < total_) usleep(10'000);
        again_ = sink_.received() - first_ - total_;
        way.group = static_cast<double>(accepted) /
                    static_cast<double>(std::max<std::uint64_t>(1, gateway_.commits() - commits));
        return way;
    }
    std::uint64_t sentAgain() const { return again_; }

private:
    void look(const Load& load, const std::function<double()>& backlog,
              const std::atomic<bool>& over, Way& way) const {
        const auto begun = Clock::now();
        const auto since = [&] {
            return std::chrono::duration<double>(Clock::now() - begun).count();
        };
        while (since() < load.warmUp) usleep(5000);
        const double cpu = gateway_.cpuSeconds(), start = since();
        const std::uint64_t received = sink_.received();
        std::vector<double> waiting;
        while (!over && since() < load.warmUp + load.seconds) {
            waiting.push_back(backlog());
            usleep(20'000);
        }
        const double seconds = since() - start;
        const auto delivered = static_cast<double>(sink_.received() - received);
        way.settled = delivered / seconds;
        way.cpuMs = 1000 * (gateway_.cpuSeconds() - cpu) / std::max(1.0, delivered);
        const auto third = static_cast<std::ptrdiff_t>(waiting.size() / 3);
        if (third == 0) return;
        const auto mean = [&](auto from, auto to) {
            double sum = 0;
            for (auto at = from; at != to; ++at) sum += *at;
            return sum / static_cast<double>(to - from);
        };
        way.backlog = mean(waiting.end() - third, waiting.end());
        way.growth =
            (way.backlog - mean(waiting.begin(), waiting.begin() + third)) / (seconds * 2 / 3);
    }

    Gateway& gateway_;
    support::Sink& sink_;
    const std::uint64_t first_ = sink_.received();
    std::uint64_t total_ = 0, again_ = 0;
};

/// The highest rate that the way keeps up with in short measurements.
double search(WholeWay& way, Load load, double seconds) {
    load.seconds = seconds;
    load.warmUp = std::min(load.warmUp, seconds / 3);
    const double closed = way.run(load).settled;
    double low = 0.5 * closed, high = 1.3 * closed;
    for (int step = 0; step < 6; ++step) {
        load.perSecond = (low + high) / 2;
        const Way one = way.run(load);
        (one.keepsUp(load.perSecond) ? low : high) = load.perSecond;
    }
    return low;
}

struct Figure {
    double rate = 0, group = 0;
};

Figure wholeWay(const char* what, Gateway& gateway, support::Sink& sink, Load load, double rate,
                double searchSeconds) {
    WholeWay way(gateway, sink);
    const bool given = rate > 0;
    if (!given) rate = search(way, load, searchSeconds);
    for (int attempt = 1;; ++attempt) {
        load.perSecond = rate;
        const Way one = way.run(load);
        const bool good = one.keepsUp(rate);
        char title[80];
        std::snprintf(title, sizeof title, "%s, open loop at %.0f/s", what, rate);
        print(title, one.load);
        std::printf(
            "  settled %6.0f msg/s   backlog %.0f, grows by %.1f a second: %s   CPU %.3f ms a "
            "message   resident at most %.0f MiB   %.1f messages a commit   sent more than "
            "once %llu\n",
            one.settled, one.backlog, one.growth, good ? "keeps up" : "does not keep up", one.cpuMs,
            gateway.memory("VmHWM"), one.group, static_cast<unsigned long long>(way.sentAgain()));
        if (good || given || attempt == 4) return {good ? one.settled : 0, one.group};
        rate *= 0.95;
    }
}

void accept(Gateway& gateway, const Load& closed, double rate) {
    std::printf("start to listening           %8.0f ms   resident idle %.0f MiB\n",
                gateway.startMs(), gateway.memory("VmRSS"));
    std::atomic<std::uint64_t> all{0};
    Load load = closed;
    load.accepted = &all;
    const double before = gateway.cpuSeconds();
    const support::LoadResult result = support::run(gateway.port(), load);
    print("accept alone", result);
    std::printf("  CPU %.3f ms a message\n",
                1000 * (gateway.cpuSeconds() - before) / static_cast<double>(all));
    load.perSecond = 0.8 * static_cast<double>(result.accepted) / result.seconds;
    print("accept alone, at 80 % of it", support::run(gateway.port(), load));
    load.perSecond = rate;
    char title[80];
    std::snprintf(title, sizeof title, "accept alone, at %.0f/s", rate);
    print(title, support::run(gateway.port(), load));
}

void ceiling(const Settings& settings, const Figure& whole) {
    const support::TemporaryFolder folder;
    const double seconds = std::min(settings["seconds"], 10.0);
    std::printf("disk                         %8.0f durable writes of 4 KiB a second\n",
                bench::bareDisk(folder.path(), seconds));
    const auto group = static_cast<std::size_t>(std::max(1.0, whole.group));
    const double bare = bench::bareStore(folder.path(), static_cast<std::size_t>(settings["bytes"]),
                                         group, seconds);
    std::printf(
        "store's ceiling              %8.0f msg/s: SQLite alone, the same rows and indexes, one "
        "thread that does nothing else, %zu messages a commit\n",
        bare, group);
    if (whole.rate > 0) std::printf("whole way of that            %8.2f\n", whole.rate / bare);
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    if (const auto code = read(argc, argv, settings)) return *code;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    support::Sink sink;
    const Load load = settings.load();
    std::printf(
        "ADT^A01 of %zu bytes, %d connections, one in flight on each, %d patients; %.0f s after "
        "%.0f s of "
        "warm-up; durable before ACK (SQLite WAL, synchronous=FULL),\nsealed (AES-256-GCM), bodies "
        "and "
        "timelines kept; load, gateway and sink share %ld cores over loopback; map of 24 fields, "
        "one "
        "destination with concurrency 16\n\n",
        load.bytes, load.connections, load.patients, load.seconds, load.warmUp,
        sysconf(_SC_NPROCESSORS_ONLN));
    Figure whole;
    if (settings.has("accept")) {
        Gateway gateway(sink.port(), 0, true);
        accept(gateway, load, settings["accept-rate"]);
    }
    if (settings.has("whole")) {
        Gateway gateway(sink.port(), 1, true);
        whole = wholeWay("whole way", gateway, sink, load, settings["rate"], settings["search"]);
    }
    if (settings.has("documents")) {
        Gateway gateway(sink.port(), 1, false);
        Load documents = load;
        documents.documents = true;
        documents.bytes = static_cast<std::size_t>(settings["document-bytes"]);
        wholeWay("MDM", gateway, sink, documents, 0, settings["search"]);
    }
    if (settings.has("ceiling")) ceiling(settings, whole);
    return 0;
}
