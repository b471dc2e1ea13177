#include "tls/context.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

#include "gateway/error.h"
#include "tls/pem.h"

namespace gateway::tls {
namespace {

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2; 1.3 has no others
constexpr int kSecurity = 2;                                     // RSA of 2048 bits, no SHA-1
constexpr int kChain = 6;                                        // authorities above a certificate
constexpr long kTicketSeconds = 3600;

[[noreturn]] void fail(const std::string& file, const Reason& what) {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    ERR_clear_error();
    throw Error(Fault::rejected, file,
                reason != nullptr ? say("{0} ({1})", "{0} ({1})", {what, reason}) : what);
}

/// Never ask on a terminal.
int noPassphrase(char*, int, int, void*) { return 0; }

/// A ticket stands for a handshake in which the client's certificate was checked: not beyond that
/// certificate's end, nor beyond that of the lists (`until`) by which it was good. The key that
/// seals tickets is the context's alone: a context of other files, or of a newer list, takes none.
SSL_TICKET_RETURN judgeTicket(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t,
                              SSL_TICKET_STATUS status, void* until) {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    const X509* const shown = SSL_SESSION_get0_peer(session);
    const bool ended =
        std::time(nullptr) >= static_cast<std::time_t>(reinterpret_cast<std::intptr_t>(until)) ||
        (shown != nullptr && X509_cmp_current_time(X509_get0_notAfter(shown)) < 0);
    if (ended) return SSL_TICKET_RETURN_IGNORE_RENEW;
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

Context::Context(Role role, const Options& options)
    : role_(role),
      options_(options),
      context_(SSL_CTX_new(role == Role::server ? TLS_server_method() : TLS_client_method())) {
    SSL_CTX* const context = context_.get();
    if (context == nullptr)
        fail({}, {"OpenSSL gives no TLS context", "OpenSSL ne donne pas de contexte TLS"});
    SSL_CTX_set_default_passwd_cb(context, noPassphrase);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, kCiphers);
    SSL_CTX_set_security_level(context, std::max(kSecurity, SSL_CTX_get_security_level(context)));
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify_depth(context, kChain);
    own();
    believe();
    revoke();
    ask();
    giveTickets();
    ERR_clear_error();
}

void Context::own() {
    if (options_.cert.empty()) {
        if (role_ == Role::server)
            fail({},
                 {"a TLS server needs a certificate", "un serveur TLS a besoin d'un certificat"});
        return;
    }
    const std::string& key = options_.key.empty() ? options_.cert : options_.key;
    if (SSL_CTX_use_certificate_chain_file(context_.get(), options_.cert.c_str()) != 1)
        fail(options_.cert, {"no certificate can be read", "aucun certificat ne peut être lu"});
    if (SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        fail(key, {"no private key of that certificate can be read",
                   "aucune clé privée de ce certificat ne peut être lue"});
    if (SSL_CTX_check_private_key(context_.get()) != 1)
        fail(key, {"the private key is not the certificate's",
                   "la clé privée n'est pas celle du certificat"});
}

void Context::believe() {
    const std::string& file = options_.authorities(role_);
    if (!file.empty() && SSL_CTX_load_verify_file(context_.get(), file.c_str()) != 1)
        fail(file, {"no certificates of an authority can be read",
                    "aucun certificat d'autorité ne peut être lu"});
    if (file.empty() && role_ == Role::client) SSL_CTX_set_default_verify_paths(context_.get());
    if (!file.empty() && role_ == Role::server)
        SSL_CTX_set_client_CA_list(context_.get(), SSL_load_client_CA_file(file.c_str()));
}

void Context::revoke() {
    X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
    for (const std::string& file : options_.crl)
        for (const RevocationsPtr& list : revocationsIn(file))
            if (X509_STORE_add_crl(store, list.get()) != 1)
                fail(file, {"this list cannot be used", "cette liste est inutilisable"});
    if (!options_.crl.empty())
        X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

void Context::ask() {
    if (role_ == Role::server && options_.clients.empty()) return;
    const bool must = role_ == Role::client || !options_.optional;
    SSL_CTX_set_verify(context_.get(),
                       SSL_VERIFY_PEER | (must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

void Context::giveTickets() {
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (!options_.resume) {  // tickets would arrive as bytes that nobody asked for
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
        return;
    }
    constexpr unsigned char kName[] = "passerelle";
    SSL_CTX_set_session_id_context(context, kName, sizeof kName - 1);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, kTicketSeconds);
    Time until = Time::max();
    for (const std::string& file : options_.crl)
        for (const RevocationsPtr& list : revocationsIn(file))
            until = std::min(until, timeOf(X509_CRL_get0_nextUpdate(list.get())));
    const auto end = std::chrono::floor<std::chrono::seconds>(until).time_since_epoch().count();
    SSL_CTX_set_session_ticket_cb(context, nullptr, judgeTicket,
                                  reinterpret_cast<void*>(static_cast<std::intptr_t>(end)));
}

}  // namespace gateway::tls
