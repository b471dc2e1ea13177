/// Benchmark of the MLLP listener alone: the shipped plugin before an inbox that does nothing,
/// senders in the same process on the same cores. Prints figures with their settings.
///   mllp_bench [--messages N] [--connections N] [--window N] [--bytes N]
///   mllp_bench --serve PORT    listens until it is killed, for load generators
#include <malloc.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "crowd.h"
#include "gateway/transport.h"
#include "mllp/ack.h"
#include "mllp/framer.h"
#include "support/access.h"
#include "support/gateway_process.h"
#include "support/plugins.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using bench::Load;
using bench::Result;
using support::scalar;
using Clock = mllp::Clock;

double seconds(Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
}

/// "VmRSS" or "VmHWM" of this process, in MiB. What was freed is given back first, so that no later
/// figure lives on it.
double memory(const std::string& what) {
    ::malloc_trim(0);
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(what)) return std::stod(line.substr(what.size() + 1)) / 1024;
    return 0;
}

class StubInbox final : public Inbox {
public:
    std::vector<Accepted> accept(std::span<const Arrival> arrivals) override {
        std::vector<Accepted> all(arrivals.size());
        for (Accepted& one : all) one.messages.emplace_back().receipt.emplace().id = "id";
        ++calls;
        return all;
    }
    Progress wait(const std::string&, Stage, Time) override { return {true, false, {}}; }
    bool answered(const LateAnswer&) override { return false; }
    std::atomic<std::uint64_t> calls{0};
};

class Silence final : public Log {
public:
    void write(Level, std::string_view, std::initializer_list<Field>) override {}
};

class StubGateway final : public Gateway {
public:
    StubInbox& inbox() override { return inbox_; }
    Log& log() override { return log_; }
    std::shared_ptr<const Directory> directory() override {
        return std::make_shared<PartnerDirectory>(std::vector<Partner>{});
    }
    std::shared_ptr<const Access> access() override { return access_; }

private:
    const std::shared_ptr<const Access> access_ = support::accessOf({{"bench", {}}});
    StubInbox inbox_;
    Silence log_;
};

/// Certificates, and what both ends make of them.
struct Tls {
    support::TemporaryFolder folder;
    support::CertificateAuthority authority{folder.path(), "authority"};
    support::KeyPair server = authority.issue("gateway");
    support::KeyPair own = authority.issue("sender");
    tls::Context client{tls::Role::client, {own.cert, own.key, authority.file(), {}, {}}};
};

class Server {
public:
    Server(support::Plugins& plugins, const Tls* tls, const std::string& port = "0") {
        std::vector<std::pair<std::string, ConfigNode>> options = {
            {"listen", scalar("127.0.0.1:" + port)},
            {"connections", scalar("5000")},
            {"connections_per_peer", scalar("5000")}};
        if (tls != nullptr)
            options.emplace_back("tls", support::map({{"cert", scalar(tls->server.cert)},
                                                      {"key", scalar(tls->server.key)},
                                                      {"clients", scalar(tls->authority.file())}}));
        listener_ = plugins.listener("mllp", support::map(options));
        Findings findings;
        const ConfigNode none = support::map({});
        Config config(none, ".", findings);
        listener_->serve({"bench"}, config);
        listener_->start(gateway_);
    }
    ~Server() { listener_->stop(1s); }
    std::uint16_t port() const { return mllp::parseAddress(listener_->address()).port; }
    StubInbox& inbox() { return gateway_.inbox(); }

private:
    StubGateway gateway_;
    std::unique_ptr<Listener> listener_;
};

/// Senders in a process of their own, so that their memory is not counted. Made before any thread.
class Others {
public:
    explicit Others(const Tls& tls) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
        process_ = ::fork();
        if (process_ == 0) {
            ::close(ends[0]);
            serve(ends[1], tls);
            ::_exit(0);
        }
        ::close(ends[1]);
        socket_ = ends[0];
    }
    ~Others() {
        ::close(socket_);
        ::waitpid(process_, nullptr, 0);
    }
    /// "hold PORT COUNT plain|tls idle|half", "trickle", "shake PORT COUNT", "drop"; waits for it.
    void tell(const std::string& what) { begin(what), end(); }
    void begin(const std::string& what) {
        if (::write(socket_, what.data(), what.size()) < 0) std::abort();
    }
    void end() {
        char done;
        if (::read(socket_, &done, 1) != 1) std::abort();
    }

private:
    static void serve(int socket, const Tls& tls) {
        std::unique_ptr<bench::Idle> held;
        char bytes[200];
        for (ssize_t got; (got = ::read(socket, bytes, sizeof bytes)) > 0;) {
            std::istringstream words(std::string(bytes, static_cast<std::size_t>(got)));
            std::string verb, manner, start;
            int port = 0, count = 0;
            words >> verb >> port >> count >> manner >> start;
            const auto to = static_cast<std::uint16_t>(port);
            if (verb == "hold")
                held = std::make_unique<bench::Idle>(
                    to, count, manner == "tls" ? &tls.client : nullptr,
                    start == "half" ? "\x0b" + bench::message("1", 1024).substr(0, 512) : "");
            if (verb == "trickle") held->trickle();
            if (verb == "shake")
                for (int i = 0; i < count; ++i) bench::Idle(to, 1, &tls.client, "");
            if (verb == "drop") held.reset();
            if (::write(socket, "!", 1) != 1) return;
        }
    }
    int socket_ = -1;
    pid_t process_ = -1;
};

void printRun(const char* what, const Load& load, const Result& result, std::uint64_t calls) {
    const double rate = static_cast<double>(result.answered) / result.seconds;
    std::printf("%-34s %8.0f msg/s  %6.0f MB/s   %.1f messages a call of the inbox%s\n", what, rate,
                rate * static_cast<double>(load.bytes) / 1e6,
                static_cast<double>(result.answered) / static_cast<double>(calls),
                result.wrong != 0 || result.answered != load.messages ? "   WRONG ANSWERS" : "");
}

/// What the machine does with the same bytes: the limit that the other figures are near to or not.
void printLimits(std::size_t bytes) {
    const std::string one = mllp::framed(bench::message("LOAD1", bytes));
    std::string all;
    while (all.size() < (std::size_t{64} << 20)) all += one;
    const auto rate = [&](const char* what, auto&& work) {
        work();
        const auto begun = Clock::now();
        constexpr int kTimes = 5;
        std::size_t sum = 0;
        for (int i = 0; i < kTimes; ++i) sum += work();
        const double each = seconds(begun) / kTimes;
        std::printf("%-34s %8.0f msg/s  %6.0f MB/s%s\n", what,
                    static_cast<double>(all.size() / one.size()) / each,
                    static_cast<double>(all.size()) / each / 1e6, sum == 0 ? " " : "");
    };
    std::string copy(all.size(), ' ');
    rate("memcpy of the same bytes", [&] {
        std::memcpy(copy.data(), all.data(), all.size());
        return static_cast<std::size_t>(copy[copy.size() / 2]);
    });
    rate("scan for delimiters, one pass", [&] {
        std::size_t found = 0;
        for (const char c : all)
            found += c == '|' || c == '^' || c == '~' || c == '&' || c == '\r' || c == '\x1c';
        return found;
    });
    rate("framer alone, reads of 64 KiB", [&] {
        mllp::Framer framer;
        std::size_t frames = 0;
        for (std::size_t at = 0; at < all.size(); at += 65'536) {
            std::string_view bytesNow = std::string_view(all).substr(at, 65'536);
            while (framer.take(bytesNow)) ++frames;
        }
        return frames;
    });
    const std::string text = bench::message("LOAD1", bytes);
    const auto begun = Clock::now();
    constexpr int kTimes = 200'000;
    std::size_t size = 0;
    for (int i = 0; i < kTimes; ++i)
        size += mllp::acknowledgement(mllp::Head(text), mllp::Verdict::accepted(), currentTime(),
                                      mllp::newControlId())
                    .size();
    std::printf("%-34s %8.0f ACK/s  of %zu bytes\n", "acknowledgements alone",
                kTimes / seconds(begun), size / kTimes);
}

void throughput(support::Plugins& plugins, const Load& load, const Tls* tls, const char* what) {
    Server server(plugins, tls);
    Load warm = load;
    warm.messages = load.messages / 10 + 1;
    bench::run(server.port(), warm, tls != nullptr ? &tls->client : nullptr);
    const std::uint64_t before = server.inbox().calls;
    const Result result = bench::run(server.port(), load, tls != nullptr ? &tls->client : nullptr);
    printRun(what, load, result, std::max<std::uint64_t>(server.inbox().calls - before, 1));
}

void connections(support::Plugins& plugins, Others& others, const Tls& tls) {
    {
        Server server(plugins, nullptr);
        bench::run(server.port(), {1, 1, 100, 1024}, nullptr);
        const double before = memory("VmRSS");
        others.tell("hold " + std::to_string(server.port()) + " 2000 plain half");
        std::printf("2,000 plain, half a frame each     %8.1f MiB more\n",
                    memory("VmRSS") - before);
        const Load load{1, 1, 3000, 1024};
        const Result alone = bench::run(server.port(), load, nullptr);
        others.begin("trickle");
        const Result beside = bench::run(server.port(), load, nullptr);
        others.end();
        std::printf(
            "  one sender, one in flight        %8.0f msg/s beside silent ones, %.0f while "
            "each trickles; %.1f MiB more\n",
            3000 / alone.seconds, 3000 / beside.seconds, memory("VmRSS") - before);
        others.tell("drop");
    }
    {
        Server server(plugins, &tls);
        bench::run(server.port(), {1, 1, 100, 1024}, &tls.client);
        const double before = memory("VmRSS");
        const auto begun = Clock::now();
        others.tell("hold " + std::to_string(server.port()) + " 1000 tls idle");
        const double took = seconds(begun);
        std::printf(
            "1,000 mutual TLS, idle             %8.1f MiB more; %.0f handshakes/s, one "
            "after the other\n",
            memory("VmRSS") - before, 1000 / took);
        others.tell("drop");
        const Load load{1, 1, 5000, 1024};
        const Result alone = bench::run(server.port(), load, &tls.client);
        others.begin("shake " + std::to_string(server.port()) + " 500");
        const Result beside = bench::run(server.port(), load, &tls.client);
        others.end();
        std::printf(
            "  one TLS sender, one in flight    %8.0f msg/s, %.0f while others shake "
            "hands\n",
            5000 / alone.seconds, 5000 / beside.seconds);
    }
}

void large(support::Plugins& plugins) {
    Server server(plugins, nullptr);
    bench::run(server.port(), {1, 1, 100, 1024}, nullptr);
    const auto stream =
        mllp::Stream::connect({"127.0.0.1", server.port()}, nullptr, Clock::now() + 10s);
    constexpr std::size_t kSize = std::size_t{50} << 20;
    const std::string part(std::size_t{64} << 10, 'x');
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
    const double before = memory("VmHWM");
    const auto begun = Clock::now();
    stream->write("\x0b" + bench::message("1", 1024) + "OBX|1|ED|||", Clock::now() + 10s);
    for (std::size_t sent = 0; sent < kSize; sent += part.size())
        stream->write(part, Clock::now() + 10s);
    stream->write("\r\x1c\r", Clock::now() + 10s);
    char byte;
    std::size_t got = 0;
    stream->read(&byte, 1, got, Clock::now() + 10s);
    std::printf("a message of 50 MiB                %8.0f MB/s, at most %.1f MiB more\n",
                static_cast<double>(kSize) / seconds(begun) / 1e6, memory("VmHWM") - before);
}

std::string firstLine(const char* file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

}  // namespace

int main(int argc, char** argv) {
    Load load;
    load.messages = 1'000'000;
    std::string serve;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        const auto value = std::strtoull(argv[i + 1], nullptr, 10);
        if (option == "--messages")
            load.messages = value;
        else if (option == "--connections")
            load.connections = static_cast<int>(value);
        else if (option == "--window")
            load.window = static_cast<int>(value);
        else if (option == "--bytes")
            load.bytes = value;
        else if (option == "--serve")
            serve = argv[i + 1];
        else
            return std::fprintf(stderr, "unknown option %s\n", option.c_str()), 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const Tls tls;
    Others others(tls);
    support::Plugins plugins({"transport_mllp"});
    if (!serve.empty()) {
        const Server server(plugins, nullptr, serve);
        std::printf("listening on 127.0.0.1:%u\n", server.port());
        for (;;) ::pause();
    }
    std::printf(
        "messages of %zu bytes (ORU^R01), inbox that does nothing; senders (one thread) and "
        "listener share %ld cores over loopback; load average %s\n\n",
        load.bytes, sysconf(_SC_NPROCESSORS_ONLN), firstLine("/proc/loadavg").c_str());
    connections(plugins, others, tls);
    large(plugins);
    printLimits(load.bytes);
    char title[64];
    std::snprintf(title, sizeof title, "plain, %d connections, window %d", load.connections,
                  load.window);
    throughput(plugins, load, nullptr, title);
    Load less = load;
    less.messages = load.messages / 4;
    std::snprintf(title, sizeof title, "TLS, %d connections, window %d", load.connections,
                  load.window);
    throughput(plugins, less, &tls, title);
    less.window = 1;
    std::snprintf(title, sizeof title, "plain, %d connections, window 1", load.connections);
    throughput(plugins, less, nullptr, title);
    less.connections = 1;
    less.messages = load.messages / 20;
    throughput(plugins, less, nullptr, "plain, 1 connection, window 1");
    return 0;
}
