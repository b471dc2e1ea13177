#include "raw_peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>

namespace support {
namespace {

constexpr int kPatience = 30'000;

}  // namespace

std::string exchanged(std::uint16_t port, std::string_view bytes, std::string_view end) {
    const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(peer);
        throw std::runtime_error("nobody listens");
    }
    std::string answer;
    std::array<char, 65536> chunk;
    for (bool open = true; open && (end.empty() || answer.find(end) == answer.npos);) {
        pollfd event{peer, static_cast<short>(bytes.empty() ? POLLIN : POLLIN | POLLOUT), 0};
        if (poll(&event, 1, kPatience) <= 0) break;
        if ((event.revents & POLLIN) != 0) {
            const ssize_t got = recv(peer, chunk.data(), chunk.size(), 0);
            open = got > 0;
            if (open) answer.append(chunk.data(), static_cast<std::size_t>(got));
        } else if ((event.revents & POLLOUT) != 0) {
            const ssize_t put = send(peer, bytes.data(), std::min(bytes.size(), chunk.size()),
                                     MSG_NOSIGNAL | MSG_DONTWAIT);
            bytes.remove_prefix(put > 0 ? static_cast<std::size_t>(put) : bytes.size());
        } else {
            open = false;
        }
    }
    close(peer);
    return answer;
}

std::string posted(std::uint16_t port, const std::string& path, std::string_view body) {
    const std::string head = "POST " + path +
                             " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                             "Connection: close\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n";
    return exchanged(port, head + std::string(body), {});
}

std::string framed(std::uint16_t port, std::string_view message) {
    const std::string answer = exchanged(port, "\x0b" + std::string(message) + "\x1c\r", "\x1c\r");
    return answer.size() > 3 ? answer.substr(1, answer.size() - 3) : answer;
}

std::size_t peakMemory(int process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;)
        if (std::size_t size = 0; word == "VmHWM:" && status >> size) return size >> 10;
    throw std::runtime_error("the process has gone");
}

}  // namespace support
