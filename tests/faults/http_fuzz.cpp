/// Requests that no client would send, as fast as they can be made, from one address: others are
/// served all the while, by HTTP and by MLLP, and memory stays what it was.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "corpus.h"
#include "raw_client.h"
#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
}
bool chance(Random& random, int percent) {
    return below(random, 100) < static_cast<std::size_t>(percent);
}

template <std::size_t N>
std::string one(Random& random, const char* const (&of)[N]) {
    return of[below(random, N)];
}

std::string noise(Random& random, std::size_t size) {
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(random());
    return out;
}

/// The grammar of RFC 9112 with its mistakes: each part is now and then one of them.
class Grammar {
public:
    explicit Grammar(Random& random) : random_(random) {}

    std::string request() {
        std::string out = method() + one(random_, {" ", " ", " ", " ", "  ", "\t"}) + target() +
                          " " + version() + end();
        if (chance(random_, 95)) out += "Host" + colon() + host() + end();
        for (std::size_t i = below(random_, 6); i > 0; --i) out += field();
        return out + body();
    }

private:
    std::string method() {
        return one(random_, {"GET", "POST", "POST", "POST", "PUT", "HEAD", "DELETE", "OPTIONS",
                             "TRACE", "CONNECT", "PATCH", "get", "P\x01ST", "PRI"});
    }
    std::string target() {
        return one(random_, {"/web", "/web", "/web", "/web?x=1", "/web/../web", "/%77eb", "/web%00",
                             "*", "http://127.0.0.1/web", "//web", "/web#x",
                             "/w\xC3\xA9"
                             "b",
                             "web"}) +
               (chance(random_, 3) ? std::string(below(random_, 20'000), 'a') : "");
    }
    std::string version() {
        return one(random_, {"HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0",
                             "HTTP/1.10", "http/1.1", "RTSP/1.1", ""});
    }
    std::string end() {
        return one(random_, {"\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n",
                             "\n", "\r", "\r\r\n", "\r\n "});
    }
    std::string colon() { return one(random_, {": ", ": ", ": ", ":", " : ", ":\t", ";"}); }
    std::string host() {
        return one(random_, {"127.0.0.1", "gateway:80", "[::1]:80", "a b", "a,b", "", "u@h"});
    }
    std::string field() {
        const std::string name = one(
            random_, {"Content-Length", "Transfer-Encoding", "Content-Type", "Connection", "Expect",
                      "Upgrade", "Accept-Encoding", "Content-Encoding", "X-A", "X\xFF", "",
                      "Idempotency-Key", "Trailer", "If-Match", "Prefer", "Accept"});
        const std::string value =
            chance(random_, 10)
                ? noise(random_, below(random_, 200))
                : one(random_,
                      {"5", "0", "-1", "chunked", "gzip", "close", "keep-alive", "100-continue",
                       "h2c", "application/fhir+json", "*/*", "99999999999999999999",
                       "chunked, identity", "\"x\"", "x-application/hl7-v2+er7"});
        return name + colon() + value + end();
    }
    std::string chunks() {
        std::string out = "Transfer-Encoding: chunked\r\n\r\n";
        for (std::size_t i = below(random_, 4); i > 0; --i) {
            const std::size_t size = below(random_, 300);
            char digits[20];
            std::snprintf(digits, sizeof digits, "%zx", chance(random_, 90) ? size : size * 7);
            out += digits + one(random_, {"", "", "", ";a=b", ";a=\"b\"", " ", ";\n"}) + end() +
                   noise(random_, size) + end();
        }
        return out + one(random_,
                         {"0\r\n\r\n", "0\r\n\r\n", "0\r\nX: y\r\n\r\n", "0\r\n", "00\r\n\n", ""});
    }
    std::string body() {
        if (chance(random_, 20)) return "\r\n";
        if (chance(random_, 40)) return chunks();
        const std::string content =
            noise(random_, below(random_, chance(random_, 2) ? 200'000 : 600));
        const std::size_t said = chance(random_, 90) ? content.size() : below(random_, 2000);
        return "Content-Length: " + std::to_string(said) + "\r\n\r\n" + content;
    }

    Random& random_;
};

/// A case of the corpus, or of the grammar, with bytes changed, doubled, left out.
std::string mutated(Random& random, std::string bytes) {
    for (std::size_t i = below(random, 4); i > 0 && !bytes.empty(); --i) {
        const std::size_t at = below(random, bytes.size()),
                          size = std::min(below(random, 40), bytes.size() - at);
        switch (below(random, 4)) {
            case 0: bytes[at] = static_cast<char>(random()); break;
            case 1: bytes.erase(at, size); break;
            case 2: bytes.insert(at, bytes.substr(at, size)); break;
            default: bytes.insert(at, noise(random, size));
        }
    }
    return bytes;
}

/// One connection of a peer that knows no manners.
class Rude {
public:
    explicit Rude(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in from{}, to{};
        from.sin_family = to.sin_family = AF_INET;
        inet_pton(AF_INET, "127.0.0.2", &from.sin_addr);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(port);
        bind(socket_, reinterpret_cast<sockaddr*>(&from), sizeof from);
        open_ = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    ~Rude() { close(socket_); }
    Rude(const Rude&) = delete;
    Rude& operator=(const Rude&) = delete;

    bool open() const { return open_; }
    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            pollfd ready{socket_, POLLOUT, 0};
            if (poll(&ready, 1, 200) <= 0) return;
            const ssize_t put =
                ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (put <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    void endSending() { shutdown(socket_, SHUT_WR); }
    /// What comes until it closes or is silent for a moment.
    std::string answer() {
        std::string out(16384, '\0');
        std::size_t size = 0;
        for (pollfd ready{socket_, POLLIN, 0}; size < out.size() && poll(&ready, 1, 100) > 0;) {
            const ssize_t got = recv(socket_, out.data() + size, out.size() - size, 0);
            if (got <= 0) break;
            size += static_cast<std::size_t>(got);
        }
        out.resize(size);
        return out;
    }

private:
    const int socket_;
    bool open_ = false;
};

/// Sends what it makes until it is told to end; counts what was answered.
class Fuzzer {
public:
    Fuzzer(std::uint16_t port, std::uint64_t seed)
        : port_(port), random_(seed), corpus_(support::httpCorpus()) {
        thread_ = std::thread([this] {
            while (!over_) once();
        });
    }
    ~Fuzzer() { end(); }
    void end() {
        over_ = true;
        if (thread_.joinable()) thread_.join();
    }
    std::uint64_t sent() const { return sent_; }
    const std::map<std::string, std::uint64_t>& answers() const { return answers_; }
    std::uint64_t nonsense() const { return nonsense_; }

private:
    std::string bytes() {
        if (chance(random_, 30))
            return mutated(random_, corpus_[below(random_, corpus_.size())].bytes);
        if (chance(random_, 5)) return noise(random_, below(random_, 5000));
        std::string out = Grammar(random_).request();
        while (chance(random_, 20)) out += Grammar(random_).request();
        return chance(random_, 30) ? mutated(random_, std::move(out)) : out;
    }
    void once() {
        auto peer = std::make_unique<Rude>(port_);
        if (!peer->open()) return;
        std::string text = bytes();
        ++sent_;
        if (chance(random_, 10)) {  // slow: the rest never comes
            peer->send(text.substr(0, below(random_, text.size() + 1)));
            slow_.push_back(std::move(peer));
            if (slow_.size() > 20) slow_.pop_front();
            return;
        }
        for (const std::size_t piece = chance(random_, 30) ? 1 + below(random_, 50)
                                                           : text.size() + 1;
             !text.empty(); text.erase(0, piece))
            peer->send(std::string_view(text).substr(0, piece));
        if (chance(random_, 20)) return;  // reads nothing
        if (chance(random_, 80)) peer->endSending();
        const std::string answer = peer->answer();
        if (answer.empty()) {
            ++answers_["none"];
        } else if (answer.starts_with("HTTP/1.1 ") && answer.size() > 12) {
            ++answers_[answer.substr(9, 3)];
        } else {
            ++nonsense_;
        }
    }

    const std::uint16_t port_;
    Random random_;
    const std::vector<support::HttpCase> corpus_;
    std::deque<std::unique_ptr<Rude>> slow_;
    std::atomic<bool> over_{false};
    std::atomic<std::uint64_t> sent_{0}, nonsense_{0};
    std::map<std::string, std::uint64_t> answers_;
    std::thread thread_;
};

/// A portal that sends good messages on one connection, one after the other.
class GoodClient {
public:
    explicit GoodClient(std::uint16_t port) : client_("127.0.0.1:" + std::to_string(port)) {
        thread_ = std::thread([this] {
            while (!over_) once();
        });
    }
    ~GoodClient() { end(); }
    void end() {
        over_ = true;
        if (thread_.joinable()) thread_.join();
    }
    std::uint64_t failed() const { return failed_; }
    std::vector<double> latencies() {
        std::sort(took_.begin(), took_.end());
        return took_;
    }

private:
    void once() {
        const std::string body = admissionOf({9000 + number_ % 50, ++number_}, 600);
        const auto before = std::chrono::steady_clock::now();
        client_.send("POST /web HTTP/1.1\r\nHost: gateway\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body);
        failed_ += client_.readResponse().starts_with("HTTP/1.1 202 ") ? 0 : 1;
        took_.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before)
                .count());
        std::this_thread::sleep_for(10ms);
    }

    support::RawClient client_;
    int number_ = 0;
    std::atomic<bool> over_{false};
    std::atomic<std::uint64_t> failed_{0};
    std::vector<double> took_;
    std::thread thread_;
};

/// The port of a listener, as the log names it.
std::uint16_t portOf(const World& world, const std::string& listener) {
    const std::string mark = "\"listener\":\"" + listener + "\",\"address\":\"127.0.0.1:";
    const std::string log = world.output();
    const std::size_t at = log.find(mark);
    if (at == log.npos) throw std::runtime_error("the log names no port of " + listener);
    return static_cast<std::uint16_t>(std::stoul(log.substr(at + mark.size())));
}

}  // namespace

void httpFuzz(Run& run) {
    const auto length = run.length(3000ms, 30'000ms, 600'000ms);
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    settings.listener = "}}\n  portal: {http: {listen: '127.0.0.1:0'";
    settings.source =
        "}\n  web: {listener: portal, path: /web, codec: hl7v2, keep: {body: 20 s, metadata: 30 s}";
    settings.routes = "  - {name: web, from: web, ignore: only to be taken}\n";
    World world({&partner}, settings);
    LoadShape shape;
    shape.connections = 4;
    shape.perSecond = 100;
    Load load(oracle, shape);
    load.at(world.start());
    within(10s, [&] { return world.output().find("\"started\"") != std::string::npos; });
    const std::uint16_t portal = portOf(world, "portal");
    GoodClient good(portal);
    std::vector<std::unique_ptr<Fuzzer>> fuzzers;
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
        fuzzers.push_back(std::make_unique<Fuzzer>(portal, seed));
    std::this_thread::sleep_for(length / 3);
    const std::size_t early = world.resident();
    std::this_thread::sleep_for(length - length / 3);
    const std::size_t late = world.resident();
    for (const auto& one : fuzzers) one->end();
    good.end();
    load.stop();

    std::uint64_t sent = 0, nonsense = 0;
    std::map<std::string, std::uint64_t> answers;
    for (const auto& one : fuzzers) {
        sent += one->sent();
        nonsense += one->nonsense();
        for (const auto& [status, count] : one->answers()) answers[status] += count;
    }
    run.check(world.runs(), "it ended");
    run.check(sent > 100, "hardly anything was sent");
    run.check(nonsense == 0, std::to_string(nonsense) + " answers are no HTTP");
    const std::uint64_t internal = answers["500"];
    run.check(internal == 0, std::to_string(internal) + " times 500");
    run.check(good.failed() == 0, std::to_string(good.failed()) + " good requests failed");
    run.check(load.broken() == 0 && load.refused() == 0, "senders over MLLP were not served");
    run.check(late < early + 32,
              "memory grew from " + std::to_string(early) + " to " + std::to_string(late) + " MiB");
    const std::vector<double> http = good.latencies(), mllp = load.latencies();
    run.check(percentile(http, 0.99) < 2000,
              "a good request took " + std::to_string(percentile(http, 0.99)) + " ms");
    std::string told;
    for (const auto& [status, count] : answers)
        told += (told.empty() ? "" : ", ") + std::to_string(count) + " × " + status;
    run.note(std::to_string(sent) + " requests (" + told + "); beside them " +
             std::to_string(http.size()) + " good ones, p50 " +
             std::to_string(percentile(http, 0.5)).substr(0, 5) + " ms, p99 " +
             std::to_string(percentile(http, 0.99)).substr(0, 6) + " ms, MLLP p99 " +
             std::to_string(percentile(mllp, 0.99)).substr(0, 6) + " ms; memory " +
             std::to_string(early) + " to " + std::to_string(late) + " MiB, log " +
             std::to_string(world.output().size() >> 10) + " KiB");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

}  // namespace faults
