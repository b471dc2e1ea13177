#include "mllp/stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>

#include "gateway/error.h"
#include "words/system_fault.h"

namespace mllp {
using gateway::connectionFault;
using gateway::Error;
using gateway::Fault;
using gateway::Reason;
using gateway::say;
using gateway::net::resolve;
using gateway::net::Resolved;
using gateway::net::SocketAddress;

namespace {

[[noreturn]] void fail(const Reason& cause) { throw Error(Fault::unavailable, {}, cause); }

void set(int socket, int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof value);
}

}  // namespace

void keepAlive(int socket) {
    set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 20);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

Clock::time_point steady(gateway::Time time) {
    return Clock::now() + (time - std::chrono::system_clock::now());
}

Address Address::of(const SocketAddress& address) {
    auto [host, port] = address.numbers();
    return {std::move(host), port};
}

std::string Address::text() const {
    const bool six = host.find(':') != host.npos;
    return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Address::loopback() const {
    in_addr four{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    return host == "::1" || host == "localhost";
}

Address parseAddress(std::string_view text) {
    Address address;
    const std::size_t colon = text.rfind(':');
    const char* const end = text.data() + text.size();
    if (colon == text.npos || colon == 0 ||
        std::from_chars(text.data() + colon + 1, end, address.port).ptr != end ||
        colon + 1 == text.size())
        throw Error(Fault::rejected, {},
                    {"expected host:port, such as 127.0.0.1:2575",
                     "attendu hôte:port, comme 127.0.0.1:2575"});
    address.host = text.substr(0, colon);
    if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']')
        address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

ListenSocket::ListenSocket(const Address& address) {
    const auto fail = [&](const Reason& cause) {
        if (socket_ >= 0) ::close(socket_);
        throw Error(Fault::unavailable, address.text(),
                    say("cannot listen: {0}", "écoute impossible : {0}", {cause}));
    };
    const Resolved resolved =
        resolve(address.host, address.port, Clock::now() + std::chrono::seconds(5));
    if (resolved.addresses.empty()) fail(resolved.cause);
    const SocketAddress& first = resolved.addresses.front();
    socket_ = ::socket(first.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) fail(connectionFault(errno));
    set(socket_, SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(socket_, first.get(), first.size()) != 0 || ::listen(socket_, SOMAXCONN) != 0)
        fail(connectionFault(errno));
}

ListenSocket::~ListenSocket() { ::close(socket_); }

Address ListenSocket::address() const {
    SocketAddress name;
    name.length = sizeof name.storage;
    ::getsockname(socket_, name.get(), &name.length);
    return Address::of(name);
}

Stream::Stream(int socket) : socket_(socket) {
    keepAlive(socket);
    // ms; of what was sent and is not received
    set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 90'000);
}

Stream::~Stream() {
    if (tls_) tls_->shutdown();
    ::close(socket_);
}

std::unique_ptr<Stream> Stream::connect(const Address& address, const tls::Context* tls,
                                        Clock::time_point deadline) {
    const Resolved resolved = resolve(address.host, address.port, deadline);
    Reason cause = resolved.cause;
    std::size_t left = resolved.addresses.size();
    for (const SocketAddress& to : resolved.addresses) {
        const Clock::time_point until = gateway::net::turn(Clock::now(), deadline, left--);
        const int socket = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket < 0) fail(connectionFault(errno));
        std::unique_ptr<Stream> stream(new Stream(socket));
        int error = ::connect(socket, to.get(), to.size()) == 0 ? 0 : errno;
        if (error == EINPROGRESS) {
            socklen_t size = sizeof error;
            if (!stream->wait(POLLOUT, until))
                error = ETIMEDOUT;
            else
                ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
        }
        if (error == 0) {
            if (tls != nullptr) stream->handshake(*tls, address.host, deadline);
            return stream;
        }
        cause = connectionFault(error);
    }
    fail(cause);
}

std::unique_ptr<Stream> Stream::accept(int socket, const tls::Context* tls,
                                       Clock::time_point deadline) {
    std::unique_ptr<Stream> stream(new Stream(socket));
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
    if (tls == nullptr) return stream;
    try {
        stream->handshake(*tls, {}, deadline);
    } catch (const Error&) {
        stream->refuse();
        throw;
    }
    return stream;
}

/// Lets the alert, which says why, get there: closing with unread input would reset the connection.
void Stream::refuse() {
    const Clock::time_point until = Clock::now() + std::chrono::seconds(1);
    ::shutdown(socket_, SHUT_WR);
    char buffer[4096];
    while (wait(POLLIN, until) && ::recv(socket_, buffer, sizeof buffer, 0) > 0) {
    }
}

void Stream::handshake(const tls::Context& tls, const std::string& host,
                       Clock::time_point deadline) {
    tls_ = std::make_unique<tls::Session>(tls, socket_, host);
    for (;;) {
        const tls::Session::Result result = tls_->handshake();
        if (result == tls::Session::Result::done) return;
        if (result == tls::Session::Result::closed)
            fail({"the peer closed the connection during the TLS handshake",
                  "le correspondant a fermé la connexion pendant la négociation TLS"});
        if (!wait(result == tls::Session::Result::wantRead ? POLLIN : POLLOUT, deadline))
            fail({"the TLS handshake was not finished in time",
                  "la négociation TLS n'a pas fini à temps"});
    }
}

bool Stream::wait(short events, Clock::time_point deadline) const {
    for (;;) {
        const Clock::time_point now = Clock::now();
        const std::int64_t left =
            deadline <= now ? 0 : std::chrono::ceil<gateway::Milliseconds>(deadline - now).count();
        pollfd one{socket_, events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
        if (ready > 0) return true;
        if (ready == 0) return false;
        if (errno != EINTR) fail(connectionFault(errno));
    }
}

void Stream::write(std::string_view bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
        std::size_t put = 0;
        short wanted = 0;
        if (tls_) {
            ++sent_;  // a part of a record may leave before write() tells
            const tls::Session::Result result = tls_->write(bytes, put);
            if (result == tls::Session::Result::closed) fail(connectionFault(EPIPE));
            if (result == tls::Session::Result::wantRead) wanted = POLLIN;
            if (result == tls::Session::Result::wantWrite) wanted = POLLOUT;
        } else {
            const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN && errno != EINTR) fail(connectionFault(errno));
            if (count < 0 && errno == EAGAIN) wanted = POLLOUT;
            put = count > 0 ? static_cast<std::size_t>(count) : 0;
            sent_ += put;
        }
        bytes.remove_prefix(put);
        if (wanted != 0 && !wait(wanted, deadline))
            fail({"the peer does not read", "le correspondant ne lit pas"});
    }
}

Stream::Read Stream::read(char* into, std::size_t size, std::size_t& got,
                          Clock::time_point deadline) {
    for (;;) {
        short wanted = POLLIN;
        if (tls_) {
            const tls::Session::Result result = tls_->read(into, size, got);
            if (result == tls::Session::Result::done) return Read::data;
            if (result == tls::Session::Result::closed) return Read::closed;
            if (result == tls::Session::Result::wantWrite) wanted = POLLOUT;
        } else {
            const ssize_t count = ::recv(socket_, into, size, 0);
            if (count == 0) return Read::closed;
            got = static_cast<std::size_t>(count);
            if (count > 0) return Read::data;
            if (errno == ECONNRESET) return Read::closed;
            if (errno != EAGAIN && errno != EINTR) fail(connectionFault(errno));
        }
        if (!wait(wanted, deadline)) return Read::late;
    }
}

bool Stream::arrived(Clock::time_point deadline) const {
    constexpr auto kStep = std::chrono::milliseconds(2);
    for (;;) {
        int waiting = 0;
        if (::ioctl(socket_, SIOCOUTQ, &waiting) != 0) fail(connectionFault(errno));
        if (waiting == 0) return true;
        const Clock::time_point now = Clock::now();
        if (now >= deadline) return false;
        pollfd one{socket_, 0, 0};  // POLLERR and POLLHUP alone
        ::poll(&one, 1, static_cast<int>(kStep.count()));
        if (one.revents != 0) fail(connectionFault(EPIPE));
    }
}

}  // namespace mllp
