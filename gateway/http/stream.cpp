#include "http/stream.h"

#include <Poco/Exception.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "gateway/error.h"
#include "words/system_fault.h"

namespace gateway::http {
namespace {
using Poco::Net::SocketAddress;
using std::chrono::milliseconds;

constexpr const char* kLocal = "local";
const Reason kLost{"connection lost", "connexion perdue"};

/// Waits for one of `events`; false when the deadline came first.
bool waitFor(int fd, short events, Deadline deadline) {
    for (;;) {
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0) return false;
        pollfd one{fd, events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::min<long>(left, 60'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return true;  // the call that follows says what it is
    }
}

/// The system's user at the other end of a unix-domain socket.
std::string userOf(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
    std::array<char, 4096> memory;
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(peer.uid, &entry, memory.data(), memory.size(), &found);
    return found != nullptr ? std::string(found->pw_name) : "uid " + std::to_string(peer.uid);
}

bool wouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Stream::Stream(const Poco::Net::StreamSocket& socket)
    : socket_(socket), fd_(socket.impl()->sockfd()) {
    socket_.setBlocking(false);
    const SocketAddress address = socket_.peerAddress();
    if (address.family() == SocketAddress::UNIX_LOCAL) {
        peer_ = kLocal;
    } else {
        peer_ = address.toString();
        socket_.setNoDelay(true);
    }
}

Stream::~Stream() = default;

std::unique_ptr<Stream> Stream::connect(const SocketAddress& to, Deadline deadline) {
    const auto left = deadline - std::chrono::steady_clock::now();
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(left).count();
    try {
        if (micros <= 0) throw Poco::TimeoutException();
        Poco::Net::StreamSocket socket;
        socket.connect(to, Poco::Timespan(micros));
        return std::make_unique<Stream>(socket);
    } catch (const Poco::TimeoutException&) {
        throw Error(Fault::unavailable, to.toString(),
                    {"no connection in time", "pas de connexion à temps"});
    } catch (const Poco::Exception& failed) {
        const Reason why = failed.code() != 0 ? connectionFault(failed.code()) : failed.name();
        throw Error(Fault::unavailable, to.toString(),
                    say("cannot connect: {0}", "connexion impossible : {0}", {why}));
    }
}

Io Stream::handshake(const tls::Context& context, const std::string& host, Deadline deadline) {
    try {
        tls_ = std::make_unique<tls::Session>(context, fd_, host);
    } catch (const Error& failed) {
        return {Io::Kind::broken, 0, failed.reason()};
    }
    Io io = tlsIo(deadline, [this](std::size_t&) { return tls_->handshake(); });
    if (io.kind == Io::Kind::closed)
        io.why = {"the peer closed the connection during the TLS handshake",
                  "le correspondant a fermé la connexion pendant la négociation TLS"};
    return io;
}

template <class Step>
Io Stream::tlsIo(Deadline deadline, Step step) {
    using Result = tls::Session::Result;
    try {
        for (;;) {
            std::size_t moved = 0;
            const Result result = step(moved);
            if (result == Result::done) return {Io::Kind::ok, moved, {}};
            if (result == Result::closed) return {Io::Kind::closed, 0, {}};
            if (!waitFor(fd_, result == Result::wantRead ? POLLIN : POLLOUT, deadline))
                return {Io::Kind::timeout, 0, {}};
        }
    } catch (const Error& failed) {
        return {Io::Kind::broken, 0, failed.reason(), tls_->refused()};
    }
}

Io Stream::read(char* into, std::size_t most, Deadline deadline) {
    if (tls_) return tlsIo(deadline, [&](std::size_t& got) { return tls_->read(into, most, got); });
    for (;;) {
        const ssize_t got = ::recv(fd_, into, most, 0);
        if (got > 0) return {Io::Kind::ok, static_cast<std::size_t>(got), {}};
        if (got == 0) return {Io::Kind::closed, 0, {}};
        if (!wouldBlock()) return {Io::Kind::broken, 0, kLost};
        if (!waitFor(fd_, POLLIN, deadline)) return {Io::Kind::timeout, 0, {}};
    }
}

Io Stream::write(std::string_view bytes, Deadline deadline) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        Io one;
        if (tls_) {
            one = tlsIo(deadline,
                        [&](std::size_t& put) { return tls_->write(bytes.substr(sent), put); });
        } else {
            const ssize_t put = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (put >= 0) {
                one.bytes = static_cast<std::size_t>(put);
            } else if (!wouldBlock()) {
                one = {Io::Kind::broken, 0, kLost};
            } else if (!waitFor(fd_, POLLOUT, deadline)) {
                one.kind = Io::Kind::timeout;
            }
        }
        sent += one.bytes;
        one.bytes = sent;
        if (!one.ok()) return one;
    }
    return {Io::Kind::ok, sent, {}};
}

bool Stream::stirred() const {
    pollfd one{fd_, POLLIN | POLLRDHUP, 0};
    return ::poll(&one, 1, 0) != 0;
}

void Stream::close(milliseconds linger) {
    if (tls_) tls_->shutdown();
    ::shutdown(fd_, SHUT_WR);
    // Closing with unread bytes would reset the connection and take our last answer with it.
    const Deadline deadline = std::chrono::steady_clock::now() + linger;
    std::array<char, 16384> unread;
    for (int rounds = 0; rounds < 64 && waitFor(fd_, POLLIN, deadline); ++rounds)
        if (::recv(fd_, unread.data(), unread.size(), 0) <= 0) break;
    ::shutdown(fd_, SHUT_RDWR);
}

void Stream::wake() noexcept { ::shutdown(fd_, SHUT_RD); }

void Stream::abort() noexcept { ::shutdown(fd_, SHUT_RDWR); }

Facts Stream::facts() const {
    Facts facts;
    facts.set("peer", peer_);
    if (peer_ == kLocal) facts.set("user", userOf(fd_));
    if (tls_) tls::note(facts, tls_->peer());
    return facts;
}

}  // namespace gateway::http
