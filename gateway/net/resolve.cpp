#include "net/resolve.h"

#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace gateway::net {
namespace {

Resolved ask(const std::string& host, std::uint16_t number, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* first = nullptr;
    const std::string port = std::to_string(number);
    const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &first);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(first, [](addrinfo* info) {
        if (info != nullptr) ::freeaddrinfo(info);
    });
    Resolved resolved;
    if (error != 0)
        resolved.cause =
            say("the host is not known: {0}", "cet hôte est inconnu : {0}", {gai_strerror(error)});
    for (const addrinfo* info = first; info != nullptr; info = info->ai_next) {
        SocketAddress& one = resolved.addresses.emplace_back();
        std::memcpy(&one.storage, info->ai_addr, info->ai_addrlen);
        one.length = info->ai_addrlen;
    }
    return resolved;
}

/// One question to the resolver; several callers may wait for it.
struct Question {
    std::mutex mutex;  // guards the rest
    std::condition_variable answered;
    bool done = false;
    Resolved resolved;
};

/// Questions under way, so that a silent name server costs one thread for each name.
struct Questions {
    std::mutex mutex;  // guards `open`
    std::map<std::string, std::shared_ptr<Question>> open;
};

const std::shared_ptr<Questions>& questions() {
    static const auto all = std::make_shared<Questions>();
    return all;
}

std::shared_ptr<Question> questionFor(const std::string& host, std::uint16_t port) {
    const std::string key = host + " " + std::to_string(port);
    const std::shared_ptr<Questions> all = questions();
    const std::lock_guard lock(all->mutex);
    std::shared_ptr<Question>& question = all->open[key];
    if (question) return question;
    question = std::make_shared<Question>();
    std::thread([host, port, key, all, question] {
        Resolved resolved = ask(host, port, AI_ADDRCONFIG);
        {
            const std::lock_guard guard(all->mutex);
            all->open.erase(key);
        }
        const std::lock_guard guard(question->mutex);
        question->resolved = std::move(resolved);
        question->done = true;
        question->answered.notify_all();
    }).detach();
    return question;
}

}  // namespace

std::pair<std::string, std::uint16_t> SocketAddress::numbers() const {
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(get(), length, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return {};
    return {host, static_cast<std::uint16_t>(std::stoi(port))};
}

Resolved resolve(const std::string& host, std::uint16_t port,
                 std::chrono::steady_clock::time_point deadline) {
    Resolved numeric = ask(host, port, AI_NUMERICHOST);
    if (!numeric.addresses.empty()) return numeric;
    const std::shared_ptr<Question> question = questionFor(host, port);
    std::unique_lock lock(question->mutex);
    if (!question->answered.wait_until(lock, deadline, [&] { return question->done; }))
        return {{}, {"the name server does not answer", "le serveur de noms ne répond pas"}};
    return question->resolved;
}

std::chrono::steady_clock::time_point turn(std::chrono::steady_clock::time_point now,
                                           std::chrono::steady_clock::time_point deadline,
                                           std::size_t left) {
    return left < 2 || deadline <= now ? deadline : now + (deadline - now) / static_cast<int>(left);
}

}  // namespace gateway::net
