#include "partner.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "mllp/framer.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

int listenAt(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(socket, 128) != 0)
        throw std::runtime_error("a partner cannot listen");
    return socket;
}

std::uint16_t portOf(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

bool readable(int socket) {
    pollfd one{socket, POLLIN, 0};
    return poll(&one, 1, 20) > 0;
}

std::string answerFor(const std::string& id, const std::string& code = "AA",
                      const std::string& more = {}) {
    return "\x0bMSH|^~\\&|PARTNER|EXEMPLE|||20260301||ACK^A01^ACK|A" + id + "|T|2.5\rMSA|" + code +
           "|" + id + more + "\r\x1c\r";
}

/// As partners do who tell whom they do not know.
std::string refusalFor(const std::string& id) {
    const std::string who = std::string(kPlantedName) + " " + std::string(kPlantedIns);
    return answerFor(id, "AE",
                     "|" + who + "\rERR||PID^1^3|204^Unknown key identifier^HL70357|E||||" + who);
}

bool say(int socket, std::string_view bytes) {
    return send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

void resetAtClose(int socket) {
    const linger hard{1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

}  // namespace

Partner::Partner(Oracle& oracle, std::size_t number) : oracle_(oracle), number_(number) { rise(); }

Partner::~Partner() { die(); }

void Partner::behave(Choice choice) {
    const std::lock_guard lock(mutex_);
    choice_ = std::move(choice);
}

void Partner::behave(Manner::Kind kind, std::chrono::milliseconds after) {
    behave([=](std::uint64_t) { return Manner{kind, after}; });
}

std::vector<std::chrono::steady_clock::time_point> Partner::times() const {
    const std::lock_guard lock(mutex_);
    return times_;
}

void Partner::rise() {
    stopping_ = false;
    listener_ = listenAt(port_);
    port_ = portOf(listener_);
    accepting_ = std::thread([this] { accept(); });
}

void Partner::die() {
    if (!accepting_.joinable()) return;
    stopping_ = true;
    accepting_.join();
    close(listener_);
    std::list<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
}

void Partner::accept() {
    while (!stopping_) {
        if (!readable(listener_)) continue;
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const int one = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        const std::lock_guard lock(mutex_);
        threads_.emplace_back([this, socket] {
            serve(socket);
            close(socket);
        });
    }
}

void Partner::serve(int socket) {
    mllp::Framer framer;
    std::string chunk(65536, '\0');
    while (!stopping_) {
        if (!readable(socket)) continue;
        const ssize_t got = recv(socket, chunk.data(), chunk.size(), 0);
        if (got <= 0) return;
        std::string_view bytes(chunk.data(), static_cast<std::size_t>(got));
        while (auto frame = framer.take(bytes)) {
            const std::string id = controlIdOf(*frame);
            oracle_.arrived(number_, id, *frame);
            Choice choice;
            {
                const std::lock_guard lock(mutex_);
                choice = choice_;
                times_.push_back(std::chrono::steady_clock::now());
            }
            const std::uint64_t number = received_++;
            if (!act(socket, choice ? choice(number) : Manner{}, id)) return;
        }
    }
}

bool Partner::pause(std::chrono::milliseconds length) const {
    const auto end = std::chrono::steady_clock::now() + length;
    while (!stopping_ && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::min(length, 5ms));
    return !stopping_;
}

bool Partner::act(int socket, const Manner& manner, const std::string& id) {
    if (manner.after > 0ms && !pause(manner.after)) return false;
    const std::string answer = answerFor(id);
    switch (manner.kind) {
        case Manner::Kind::answers: return say(socket, answer);
        case Manner::Kind::silent: return true;
        case Manner::Kind::resets: resetAtClose(socket); return false;
        case Manner::Kind::resetsMid:
            say(socket, std::string_view(answer).substr(0, answer.size() / 2));
            resetAtClose(socket);
            return false;
        case Manner::Kind::otherId: return say(socket, answerFor("OTHER" + id));
        case Manner::Kind::refuses: return say(socket, refusalFor(id));
        case Manner::Kind::twice: return say(socket, answer + answer);
        case Manner::Kind::twiceApart:
            return say(socket, answer) && pause(20ms) && say(socket, answer);
    }
    return false;
}

}  // namespace faults
