#include "support/mllp_peers.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

namespace support {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

void noDelay(int socket) {
    const int one = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

std::string field(std::string_view segment, int number) {
    std::size_t at = 0;
    for (; number > 0 && at != segment.npos; --number) at = segment.find('|', at + (at ? 1 : 0));
    if (at == segment.npos) return {};
    const std::size_t end = segment.find_first_of("|\r", at + 1);
    return std::string(segment.substr(at + 1, end == segment.npos ? end : end - at - 1));
}

}  // namespace

std::string admission(const std::string& id, int patient, std::size_t bytes) {
    std::string text =
        "MSH|^~\\&|BENCH|CH_EXEMPLE|PASSERELLE|RESEAU|20260301101500||ADT^A01^ADT_A01|" + id +
        "|T|2.5|||||FRA|UNICODE UTF-8|FR\rEVN|A01|20260301101500\rPID|1||" +
        std::to_string(100000 + patient) +
        "^^^CH_EXEMPLE^PI||Inventé^Prénom^^^^^L||19500101|F|||1 rue de l'Exemple^^EXEMPLEVILLE^^"
        "31997^FRA^H||^PRN^PH^^^^^^^^^0536497700|||||DOS" +
        std::to_string(patient) + "\rPV1|1|I|MED^101^1||||||||||||||||VIS" + id +
        "|||||||||||||||||||||||||20260301100000\rNTE|1||";
    if (text.size() + 1 < bytes) text.append(bytes - text.size() - 1, 'x');
    return text + "\r";
}

namespace {

/// As a document looks that cannot be compressed much: Base64 of noise. 1 MiB at most.
std::string_view documentBytes() {
    static const std::string bytes = [] {
        constexpr std::string_view kDigits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string text(1u << 20, '0');
        std::uint64_t random = 4711;
        for (char& digit : text) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            digit = kDigits[random >> 58];
        }
        return text;
    }();
    return bytes;
}

}  // namespace

std::string document(const std::string& id, int patient, std::size_t bytes) {
    const std::string number = std::to_string(100000 + patient);
    std::string text =
        "MSH|^~\\&|BENCH|CH_EXEMPLE|PASSERELLE|RESEAU|20260301101500||MDM^T02^MDM_T02|" + id +
        "|T|2.5|||||FRA|UNICODE UTF-8|FR\rEVN|T02|20260301101500\rPID|1||" + number +
        "^^^CH_EXEMPLE^PI||Inventé^Prénom^^^^^L||19500101|F\rPV1|1|I|MED^101^1\rTXA|1|CN|TX|"
        "20260301100000||||||||DOC" +
        id + "|||||AU\rOBX|1|ED|18842-5^CR^LN||^application^pdf^Base64^";
    constexpr std::string_view kEnd = "||||||F\r";
    const std::size_t rest = bytes - std::min(bytes, text.size() + kEnd.size());
    return text.append(documentBytes().substr(static_cast<std::size_t>(patient) % 64, rest))
        .append(kEnd);
}

Sink::Sink(bool record) : record_(record) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    wake_ = eventfd(0, EFD_CLOEXEC);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 256) != 0)
        throw std::runtime_error("the sink cannot listen");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

Sink::~Sink() {
    stopping_ = true;
    const std::uint64_t one = 1;
    if (write(wake_, &one, sizeof one) == sizeof one) thread_.join();
    close(listener_);
    close(wake_);
}

void Sink::run() {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const auto watch = [&](int socket) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    };
    watch(listener_);
    watch(wake_);
    std::unordered_map<int, std::string> unread;
    std::vector<char> chunk(65536);
    while (!stopping_) {
        epoll_event events[64];
        const int ready = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < ready; ++i) {
            const int at = events[i].data.fd;
            if (at == wake_) continue;
            if (at == listener_) {
                const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
                noDelay(peer);
                watch(peer);
                continue;
            }
            const ssize_t got = recv(at, chunk.data(), chunk.size(), 0);
            if (got <= 0) {
                close(at);
                unread.erase(at);
                continue;
            }
            std::string& text = unread[at];
            text.append(chunk.data(), static_cast<std::size_t>(got));
            std::string answers;
            for (std::size_t end; (end = text.find("\x1c\r")) != text.npos;
                 text.erase(0, end + 2)) {
                const std::size_t begin = text.find("MSH");
                const std::string id = field(std::string_view(text).substr(begin, end - begin), 9);
                answers += "\x0bMSH|^~\\&|SINK|SINK|||20260301||ACK^A01^ACK|" + id +
                           "|T|2.5\rMSA|AA|" + id + "\r\x1c\r";
                if (record_) {
                    const std::lock_guard lock(mutex_);
                    arrivals_.push_back({id, text.substr(begin, end - begin)});
                }
                ++received_;
            }
            if (!answers.empty() && send(at, answers.data(), answers.size(), MSG_NOSIGNAL) < 0)
                close(at);
        }
    }
    for (const auto& [socket, text] : unread) close(socket);
    close(epoll);
}

std::vector<Sink::Arrival> Sink::arrivals() const {
    const std::lock_guard lock(mutex_);
    return arrivals_;
}

Client::Client(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), answer_(65536, '\0') {
    const sockaddr_in address = loopback(port);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(socket_);
        socket_ = -1;
        return;
    }
    noDelay(socket_);
}

Client::~Client() {
    if (socket_ >= 0) close(socket_);
}

std::string Client::exchange(const std::string& message) {
    if (socket_ < 0) return {};
    const std::string frame = "\x0b" + message + "\x1c\r";
    if (send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(frame.size()))
        return {};
    for (std::size_t size = 0;;) {
        const ssize_t got = recv(socket_, answer_.data() + size, answer_.size() - size, 0);
        if (got <= 0) return {};
        size += static_cast<std::size_t>(got);
        if (size > 2 && answer_[size - 2] == '\x1c') return answer_.substr(1, size - 3);
    }
}

double LoadResult::percentile(double p) const {
    if (latenciesMs.empty()) return NAN;
    return latenciesMs[std::min(
        latenciesMs.size() - 1,
        static_cast<std::size_t>(p * static_cast<double>(latenciesMs.size())))];
}

LoadResult run(std::uint16_t port, const Load& load) {
    static std::atomic<std::uint64_t> runs{0};
    const std::string prefix = std::to_string(getpid()) + "R" + std::to_string(++runs) + "N";
    std::atomic<std::uint64_t> next{0}, accepted{0}, failed{0};
    std::vector<std::vector<double>> latencies(static_cast<std::size_t>(load.connections));
    std::vector<std::thread> threads;
    const Clock::time_point start = Clock::now();
    const auto after = [&](double seconds) {
        return start +
               std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    };
    const Clock::time_point counted = after(load.warmUp);
    const Clock::time_point end =
        load.seconds > 0 ? after(load.warmUp + load.seconds) : Clock::time_point::max();
    for (int c = 0; c < load.connections; ++c)
        threads.emplace_back([&, c] {
            Client client(port);
            for (;;) {
                const std::uint64_t n = next++;
                if (load.messages > 0 && n >= load.messages) break;
                const std::string id = prefix + std::to_string(n);
                const int patient = static_cast<int>(n % static_cast<std::uint64_t>(load.patients));
                const std::string message = load.documents ? document(id, patient, load.bytes)
                                                           : admission(id, patient, load.bytes);
                Clock::time_point begun = Clock::now();
                if (load.perSecond > 0) {
                    begun = after(static_cast<double>(n) / load.perSecond);
                    if (begun < end) std::this_thread::sleep_until(begun);
                }
                if (begun >= end) break;
                const bool good =
                    client.exchange(message).find("MSA|AA|" + id) != std::string::npos;
                if (good && load.accepted != nullptr) ++*load.accepted;
                if (good && begun < counted) continue;
                ++(good ? accepted : failed);
                if (!good) break;
                latencies[static_cast<std::size_t>(c)].push_back(
                    std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
            }
        });
    for (std::thread& thread : threads) thread.join();
    LoadResult result;
    result.seconds = std::chrono::duration<double>(Clock::now() - counted).count();
    result.accepted = accepted;
    result.failed = failed;
    for (const auto& some : latencies)
        result.latenciesMs.insert(result.latenciesMs.end(), some.begin(), some.end());
    std::sort(result.latenciesMs.begin(), result.latenciesMs.end());
    return result;
}

}  // namespace support
