#include "tls/session.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

#include "gateway/error.h"
#include "words/certificate_fault.h"

namespace gateway::tls {
namespace {

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a peer that is gone would end the process.

int socketOf(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bioWrite(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t put = ::send(socketOf(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (put < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(put);
}

int bioRead(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(socketOf(bio), into, static_cast<std::size_t>(size), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
}

long bioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
        BIO_METHOD* const socket =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
        BIO_meth_set_write(socket, bioWrite);
        BIO_meth_set_read(socket, bioRead);
        BIO_meth_set_ctrl(socket, bioControl);
        return socket;
    }();
    return made;
}

bool isAddress(const std::string& host) {
    unsigned char buffer[16];
    return inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
           inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

void expectName(SSL* ssl, const std::string& name) {
    if (isAddress(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl, name.c_str());
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);  // RFC 9525 §6.3
        SSL_set1_host(ssl, name.c_str());
    }
}

/// Alerts about the certificate that we showed, or did not show (RFC 8446 §6.2).
bool aboutCertificate(int reason) {
    switch (reason - SSL_AD_REASON_OFFSET) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED: return true;
        default: return false;
    }
}

Reason notAccepted(long code) {
    return say("the peer's certificate is not accepted: {0}",
               "le certificat du correspondant n'est pas accepté : {0}", {certificateFault(code)});
}

}  // namespace

Session::Session(const Context& context, int socket, const std::string& host)
    : ssl_(SSL_new(context.get())) {
    BIO* const bio = BIO_new(method());
    if (!ssl_ || bio == nullptr) {
        BIO_free(bio);
        throw Error(Fault::unavailable, {},
                    {"OpenSSL has no memory for a TLS session",
                     "OpenSSL n'a pas de mémoire pour une session TLS"});
    }
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), &Session::verify);
    if (context.role() == Role::server) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
        expected_ = context.options().name.empty() ? host : context.options().name;
        expectName(ssl_.get(), expected_);
    }
}

Session::Result Session::handshake() {
    ERR_clear_error();
    return outcome(SSL_do_handshake(ssl_.get()));
}

Session::Result Session::read(char* into, std::size_t size, std::size_t& got) {
    ERR_clear_error();
    got = 0;
    return outcome(SSL_read_ex(ssl_.get(), into, size, &got));
}

Session::Result Session::write(std::string_view bytes, std::size_t& put) {
    ERR_clear_error();
    put = 0;
    return outcome(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put));
}

void Session::shutdown() noexcept {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

Session::Result Session::outcome(int returned) {
    if (returned == 1) return Result::done;
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ: return Result::wantRead;
        case SSL_ERROR_WANT_WRITE: return Result::wantWrite;
        case SSL_ERROR_ZERO_RETURN: return Result::closed;
        case SSL_ERROR_SYSCALL: return Result::closed;
        default: fail();
    }
}

void Session::fail() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    refused_ = aboutCertificate(ERR_GET_REASON(code));
    distrusts_ = !unwelcome_ && SSL_get_verify_result(ssl_.get()) != X509_V_OK;
    throw Error(Fault::unavailable, {}, whyFailed(code));
}

Reason Session::whyFailed(unsigned long code) const {
    const long verified = SSL_get_verify_result(ssl_.get());
    const char* const known = ERR_reason_error_string(code);
    const Reason reason =
        known != nullptr ? Reason(known) : Reason("unknown cause", "cause inconnue");
    const int number = ERR_GET_REASON(code);
    if (unwelcome_)
        return {"the peer's certificate is no partner's",
                "le certificat du correspondant n'est celui d'aucun partenaire"};
    if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return say("the peer's certificate is not for {0}",
                   "le certificat du correspondant n'est pas pour {0}", {expected_});
    if (verified != X509_V_OK) return notAccepted(verified);
    if (number == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
        return {"the peer shows no certificate", "le correspondant ne montre pas de certificat"};
    if (number == SSL_R_WRONG_VERSION_NUMBER || number == SSL_R_HTTP_REQUEST)
        return {"the peer does not speak TLS", "le correspondant ne parle pas TLS"};
    if (number == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return {"the peer closed the connection without TLS good-bye",
                "le correspondant a fermé la connexion sans l'au revoir de TLS"};
    if (refused_)
        return say("the peer does not accept our certificate: {0}",
                   "le correspondant n'accepte pas notre certificat : {0}", {reason});
    if (number > SSL_AD_REASON_OFFSET)
        return say("the peer refuses our TLS: {0}", "le correspondant refuse notre TLS : {0}",
                   {reason});
    return say("TLS failed: {0}", "TLS a échoué : {0}", {reason});
}

Identity Session::peer() const {
    return unwelcome_ || distrusts_ ? refusedPeer_
                                    : identityOf(SSL_get0_peer_certificate(ssl_.get()));
}

int Session::verify(int good, X509_STORE_CTX* store) {
    const auto* const ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const session = static_cast<Session*>(SSL_get_app_data(ssl));
    if (good != 1) {
        session->refusedPeer_ = identityOf(X509_STORE_CTX_get0_cert(store));
        return good;
    }
    if (X509_STORE_CTX_get_error_depth(store) != 0 || !session->judge_) return good;
    Identity identity = identityOf(X509_STORE_CTX_get_current_cert(store));
    if (session->judge_(identity)) return good;
    session->unwelcome_ = true;
    session->refusedPeer_ = std::move(identity);
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);  // alert "bad certificate"
    return 0;
}

std::optional<Reason> Session::refusedBy(const Context& context) const {
    if (context.options().clients.empty()) return {};
    X509* const shown = SSL_get0_peer_certificate(ssl_.get());
    if (shown == nullptr)
        return context.options().optional ? std::optional<Reason>()
                                          : Reason{"the peer shows no certificate",
                                                   "le correspondant ne montre pas de certificat"};
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> judged(
        X509_STORE_CTX_new(), &X509_STORE_CTX_free);
    X509_STORE_CTX_init(judged.get(), SSL_CTX_get_cert_store(context.get()), shown,
                        SSL_get_peer_cert_chain(ssl_.get()));
    X509_STORE_CTX_set_default(judged.get(), "ssl_client");
    const bool good = X509_verify_cert(judged.get()) == 1;
    ERR_clear_error();
    if (good) return {};
    return notAccepted(X509_STORE_CTX_get_error(judged.get()));
}

void note(Facts& facts, const Identity& identity) {
    if (identity.fingerprint.empty()) return;
    facts.set("tls.subject", identity.subject);
    facts.set("tls.fingerprint", identity.fingerprint);
}

}  // namespace gateway::tls
