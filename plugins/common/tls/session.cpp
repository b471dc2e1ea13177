#include "tls/session.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

#include "gateway/error.h"
#include "words/certificate_fault.h"

namespace tls {
using gateway::Error;
using gateway::Fault;
using gateway::Reason;
using gateway::say;

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

std::string subjectOf(X509* certificate) {
    const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), &BIO_free);
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string commonNameOf(X509* certificate) {
    X509_NAME* const name = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return {};
    const std::string common(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return common;
}

std::string fingerprintOf(X509* certificate) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return {};
    static constexpr char kHex[] = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += kHex[digest[i] >> 4];
        hex += kHex[digest[i] & 15];
    }
    return hex;
}

Identity identityOf(X509* certificate) {
    if (certificate == nullptr) return {};
    return {subjectOf(certificate), commonNameOf(certificate), fingerprintOf(certificate)};
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
    if (context.role() == Role::server) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
        expected_ = context.name().empty() ? host : context.name();
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
    const long verified = SSL_get_verify_result(ssl_.get());
    const char* const known = ERR_reason_error_string(code);
    const Reason reason =
        known != nullptr ? Reason(known) : Reason("unknown cause", "cause inconnue");
    const int number = ERR_GET_REASON(code);
    refused_ = aboutCertificate(number);
    Reason text;
    if (unwelcome_)
        text = {"the peer's certificate is no partner's",
                "le certificat du correspondant n'est celui d'aucun partenaire"};
    else if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
        text = say("the peer's certificate is not for {0}",
                   "le certificat du correspondant n'est pas pour {0}", {expected_});
    else if (verified != X509_V_OK)
        text = say("the peer's certificate is not accepted: {0}",
                   "le certificat du correspondant n'est pas accepté : {0}",
                   {gateway::certificateFault(verified)});
    else if (number == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
        text = {"the peer shows no certificate", "le correspondant ne montre pas de certificat"};
    else if (number == SSL_R_WRONG_VERSION_NUMBER || number == SSL_R_HTTP_REQUEST)
        text = {"the peer does not speak TLS", "le correspondant ne parle pas TLS"};
    else if (refused_)
        text = say("the peer does not accept our certificate: {0}",
                   "le correspondant n'accepte pas notre certificat : {0}", {reason});
    else if (number > SSL_AD_REASON_OFFSET)
        text = say("the peer refuses our TLS: {0}", "le correspondant refuse notre TLS : {0}",
                   {reason});
    else
        text = say("TLS failed: {0}", "TLS a échoué : {0}", {reason});
    throw Error(Fault::unavailable, {}, text);
}

Identity Session::peer() const {
    return unwelcome_ ? refusedPeer_ : identityOf(SSL_get0_peer_certificate(ssl_.get()));
}

void Session::askOf(Judge judge) {
    judge_ = std::move(judge);
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), &Session::verify);
}

int Session::verify(int good, X509_STORE_CTX* store) {
    if (good != 1 || X509_STORE_CTX_get_error_depth(store) != 0) return good;
    const auto* const ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const session = static_cast<Session*>(SSL_get_app_data(ssl));
    Identity identity = identityOf(X509_STORE_CTX_get_current_cert(store));
    if (session->judge_(identity)) return good;
    session->unwelcome_ = true;
    session->refusedPeer_ = std::move(identity);
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);  // alert "bad certificate"
    return 0;
}

}  // namespace tls
