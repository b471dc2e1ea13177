#include "http/server.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <filesystem>
#include <set>
#include <thread>

#include "gateway/error.h"
#include "http/connection.h"
#include "http/workers.h"

namespace gateway::http {
namespace {
using Poco::Net::ServerSocket;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

/// Threads beside the connections' own that tell those over the cap so.
constexpr unsigned kRefusers = 8;
constexpr int kBacklog = 512;
/// At the cap idle connections make room: how long they have been idle at least, and how many leave
/// at one time. Who was idle for less may have a request on the way.
constexpr Milliseconds kIdleEnough{1000};
constexpr unsigned kLeaving = 16;

SocketAddress resolved(const std::string& host, std::uint16_t port) {
    try {
        return {host, port};
    } catch (const Poco::Exception&) {
        throw Error(Fault::unavailable, host + ":" + std::to_string(port),
                    "cannot listen: no such host on this machine");
    }
}

ServerSocket listenTcp(const SocketAddress& address) {
    try {
        ServerSocket socket;
        // Never SO_REUSEPORT, which Poco's two-argument form adds: two gateways would share it.
        if (address.family() == SocketAddress::IPv6) {
            socket.bind6(address, true, false, false);
        } else {
            socket.bind(address, true, false);
        }
        socket.listen(kBacklog);
        return socket;
    } catch (const Poco::Exception& failed) {
        const bool used = failed.code() == EADDRINUSE;
        throw Error(Fault::unavailable, address.toString(),
                    used ? "cannot listen: another process uses this address"
                         : std::string("cannot listen: ") + failed.displayText());
    }
}

/// Removes the socket of a gateway that is gone; one that answers is somebody else's.
void clearSocketPath(const SocketAddress& address, const std::string& path) {
    if (!std::filesystem::exists(std::filesystem::symlink_status(path))) return;
    if (!std::filesystem::is_socket(std::filesystem::symlink_status(path)))
        throw Error(Fault::unavailable, path,
                    "cannot listen: something other than a socket is there");
    try {
        StreamSocket other(address);
    } catch (const Poco::Exception&) {
        std::filesystem::remove(path);
        return;
    }
    throw Error(Fault::unavailable, path, "cannot listen: another process uses this socket");
}

ServerSocket listenLocal(const std::string& path) {
    try {
        const SocketAddress address(SocketAddress::UNIX_LOCAL, path);
        clearSocketPath(address, path);
        ServerSocket socket;
        // From its first instant the file has these rights alone.
        const mode_t before = ::umask(S_IRWXG | S_IRWXO | S_IXUSR);
        try {
            socket.bind(address, false, false);
        } catch (const Poco::Exception&) {
            ::umask(before);
            throw;
        }
        ::umask(before);
        socket.listen(kBacklog);
        return socket;
    } catch (const Poco::Exception& failed) {
        throw Error(Fault::unavailable, path, "cannot listen: " + failed.displayText());
    }
}

}  // namespace

bool isLoopback(const std::string& host) {
    if (host == "localhost") return true;
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(host, address) && address.isLoopback();
}

struct Server::Parts {
    Parts(ServerOptions o, Handler handler, Log& l, Gate gate)
        : options(std::move(o)),
          log(l),
          refusals(l, options.tlsRefused),
          peers(options.limits),
          workers(options.limits.connections + kLeaving + kRefusers) {
        service.limits = options.limits;
        service.wording = options.wording;
        service.handler = std::move(handler);
        service.gate = std::move(gate);
        service.log = &log;
        service.peers = &peers;
        service.gzip = options.gzip;
        service.tls = options.tls;
        service.refused = [this](const TlsRefusal& one) { refusals.note(address, one); };
        if (options.tls) options.tls->tell(log);
    }
    ~Parts() {
        if (woken >= 0) ::close(woken);
    }

    void accept();
    void welcome(const StreamSocket& socket);
    bool admit(const std::string& peer, Connection* connection);
    bool makeRoom();
    void leave(const std::string& peer, Connection* connection);

    const ServerOptions options;
    Log& log;
    TlsRefusals refusals;
    Service service;
    ServerSocket socket{};
    std::string address;
    int woken = -1;  ///< eventfd: ends the acceptor
    std::thread acceptor;
    Peers peers;
    std::mutex mutex;  ///< guards open
    std::condition_variable left;
    std::set<Connection*> open;
    std::atomic<unsigned> refusing = 0;
    Workers workers;
};

Server::Server(ServerOptions options, Handler handler, Log& log, Gate gate)
    : parts_(
          std::make_unique<Parts>(std::move(options), std::move(handler), log, std::move(gate))) {}

Server::~Server() { stop(Milliseconds(0)); }

void Server::start() {
    Parts& parts = *parts_;
    const ServerOptions& options = parts.options;
    if (options.tls && !options.tls->inForce())
        throw Error(
            Fault::rejected, options.host + ":" + std::to_string(options.port),
            {"the files of its `tls` are not good", "les fichiers de son `tls` ne sont pas bons"});
    if (!options.socket.empty()) {
        parts.socket = listenLocal(options.socket);
        parts.address = options.socket;
    } else {
        if (!options.tls && !options.insecure && !isLoopback(options.host))
            throw Error(Fault::rejected, options.host + ":" + std::to_string(options.port),
                        "plain HTTP beyond this machine needs `insecure: true`");
        parts.socket = listenTcp(resolved(options.host, options.port));
        parts.address = parts.socket.address().toString();
    }
    parts.socket.setBlocking(false);
    parts.woken = ::eventfd(0, EFD_CLOEXEC);
    parts.acceptor = std::thread([&parts] { parts.accept(); });
}

void Server::Parts::accept() {
    const int listening = socket.impl()->sockfd();
    std::array<pollfd, 2> events{pollfd{listening, POLLIN, 0}, pollfd{woken, POLLIN, 0}};
    while (!service.stopping) {
        ::poll(events.data(), events.size(), -1);
        if (events[1].revents != 0) return;
        if ((events[0].revents & POLLIN) == 0) continue;
        try {
            welcome(socket.acceptConnection());
        } catch (const Poco::Exception& failed) {
            // The peer left meanwhile, or this process has no descriptor left: then pause a little.
            if (failed.code() == EMFILE || failed.code() == ENFILE) {
                log.error("http-accept-failed", {{"listen", address}, {"why", failed.name()}});
                ::poll(&events[1], 1, 100);
            }
        }
    }
}

void Server::Parts::welcome(const StreamSocket& accepted) {
    const bool local = !options.socket.empty();
    const std::string peer =
        local ? "local" : Peers::nameOf(accepted.peerAddress().host().toString());
    auto connection = std::make_shared<Connection>(service, accepted, peer);
    if (admit(peer, connection.get())) {
        const bool taken = workers.tryRun([this, connection, peer] {
            connection->run();
            leave(peer, connection.get());
        });
        if (taken) return;
        leave(peer, connection.get());
    }
    if (const auto untold = peers.tells(peer, std::chrono::steady_clock::now()))
        log.warning(
            "http-too-many-connections",
            {{"listen", address}, {"peer", peer}, {"untold", static_cast<std::int64_t>(*untold)}});
    const bool told = refusing.fetch_add(1) < kRefusers && workers.tryRun([this, connection] {
        connection->refuse();
        --refusing;
    });
    if (!told) --refusing;
}

bool Server::Parts::admit(const std::string& peer, Connection* connection) {
    if (!peers.enter(peer)) return false;
    {
        const std::lock_guard lock(mutex);
        if (open.size() < options.limits.connections || makeRoom()) {
            open.insert(connection);
            return true;
        }
    }
    peers.leave(peer);
    return false;
}

/// Under the lock. Ends the connection that has been idle longest; false when none can be.
bool Server::Parts::makeRoom() {
    if (open.size() >= options.limits.connections + kLeaving) return false;
    Deadline oldest = std::chrono::steady_clock::now() - kIdleEnough;
    Connection* idlest = nullptr;
    for (Connection* const one : open)
        if (const auto since = one->idleSince(); since && *since < oldest) {
            oldest = *since;
            idlest = one;
        }
    if (idlest == nullptr) return false;
    idlest->endIfIdle();
    return true;
}

void Server::Parts::leave(const std::string& peer, Connection* connection) {
    peers.leave(peer);
    const std::lock_guard lock(mutex);
    open.erase(connection);
    left.notify_all();
}

void Server::stop(Milliseconds grace) noexcept {
    Parts& parts = *parts_;
    if (!parts.acceptor.joinable()) return;
    parts.service.stopping = true;
    ::eventfd_write(parts.woken, 1);
    parts.acceptor.join();
    parts.socket.close();
    if (!parts.options.socket.empty()) ::unlink(parts.options.socket.c_str());
    {
        std::unique_lock lock(parts.mutex);
        for (Connection* connection : parts.open) connection->endIfIdle();
        parts.left.wait_for(lock, grace, [&] { return parts.open.empty(); });
        for (Connection* connection : parts.open) connection->abort();
    }
    parts.workers.join();
}

bool Server::stopping() const { return parts_->service.stopping; }

std::string Server::address() const { return parts_->address; }

std::size_t Server::connections() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->open.size();
}

}  // namespace gateway::http
