#include "http/stream.h"

#include <Poco/Exception.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>

#include "gateway/error.h"
#include "words/certificate_fault.h"
#include "words/system_fault.h"

namespace gateway::http {
namespace {
using Poco::Net::SocketAddress;
using std::chrono::milliseconds;

constexpr std::size_t kMostAtOnce = 1u << 30;  // OpenSSL counts in int
const Reason kLost{"connection lost", "connexion perdue"};

/// OpenSSL writes with write(2), which kills a process whose peer is gone.
void ignoreBrokenPipes() {
    static std::once_flag once;
    std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });
}

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

bool wouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

/// Alerts by which a peer says that our certificate is missing or not believed.
bool aboutOurCertificate(int reason) {
    switch (reason) {
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: return true;
        default: return false;
    }
}

bool isIpAddress(const std::string& host) {
    Poco::Net::IPAddress ignored;
    return Poco::Net::IPAddress::tryParse(host, ignored);
}

std::string hexOf(const unsigned char* bytes, unsigned size) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out.push_back(digits[bytes[i] >> 4]);
        out.push_back(digits[bytes[i] & 15]);
    }
    return out;
}

std::string subjectOf(const X509* certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(std::max(0L, size))};
}

}  // namespace

Stream::Stream(const Poco::Net::StreamSocket& socket)
    : socket_(socket), fd_(socket.impl()->sockfd()), tls_(nullptr, SSL_free) {
    ignoreBrokenPipes();
    socket_.setBlocking(false);
    const SocketAddress address = socket_.peerAddress();
    if (address.family() == SocketAddress::UNIX_LOCAL) {
        peer_ = "local";
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

Io Stream::acceptTls(const TlsContext& context, Deadline deadline) {
    context_ = context;
    tls_.reset(SSL_new(context.get()));
    SSL_set_fd(tls_.get(), fd_);
    SSL_set_accept_state(tls_.get());
    return handshake(deadline);
}

Io Stream::connectTls(const TlsContext& context, const std::string& host, Deadline deadline) {
    context_ = context;
    tls_.reset(SSL_new(context.get()));
    SSL_set_fd(tls_.get(), fd_);
    SSL_set_connect_state(tls_.get());
    if (isIpAddress(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), host.c_str());
    } else {
        SSL_set_tlsext_host_name(tls_.get(), host.c_str());
        SSL_set1_host(tls_.get(), host.c_str());
    }
    return handshake(deadline);
}

Io Stream::handshake(Deadline deadline) {
    return tlsIo(deadline, [this] { return SSL_do_handshake(tls_.get()); });
}

Io Stream::tlsIo(Deadline deadline, const std::function<int()>& step) {
    for (;;) {
        ERR_clear_error();
        errno = 0;
        const int result = step();
        if (result > 0) return {Io::Kind::ok, static_cast<std::size_t>(result), {}};
        const int error = SSL_get_error(tls_.get(), result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return failure(error);
        if (!waitFor(fd_, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
            return {Io::Kind::timeout, 0, {}};
    }
}

Io Stream::failure(int error) {
    Io io{error == SSL_ERROR_ZERO_RETURN ? Io::Kind::closed : Io::Kind::broken, 0, {}};
    if (error == SSL_ERROR_SYSCALL) {
        io.why = kLost;
    } else if (error == SSL_ERROR_SSL) {
        const unsigned long code = ERR_peek_last_error();
        const int reason = ERR_GET_REASON(code);
        if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
            io.why = {"connection closed without TLS good-bye",
                      "connexion fermée sans l'au revoir de TLS"};
        } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
            io.weRefusedPeer = true;
            io.why = certificateFault(SSL_get_verify_result(tls_.get()));
        } else {
            io.peerRefusedUs = aboutOurCertificate(reason);
            const char* const text = ERR_reason_error_string(code);
            io.why = text != nullptr ? Reason(text) : Reason("TLS failure", "échec de TLS");
        }
    }
    ERR_clear_error();
    return io;
}

Io Stream::read(char* into, std::size_t most, Deadline deadline) {
    if (tls_)
        return tlsIo(deadline, [&] {
            return SSL_read(tls_.get(), into, static_cast<int>(std::min(most, kMostAtOnce)));
        });
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
            one = tlsIo(deadline, [&] {
                return SSL_write(tls_.get(), bytes.data() + sent,
                                 static_cast<int>(std::min(bytes.size() - sent, kMostAtOnce)));
            });
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
    if (tls_ && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
    ERR_clear_error();
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
    if (!tls_) return facts;
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(tls_.get()),
                                                            X509_free);
    if (!shown) return facts;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (X509_digest(shown.get(), EVP_sha256(), digest.data(), &size) == 1)
        facts.set("tls.fingerprint", hexOf(digest.data(), size));
    facts.set("tls.subject", subjectOf(shown.get()));
    return facts;
}

}  // namespace gateway::http
