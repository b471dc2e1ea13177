#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>

#include "gateway/error.h"

namespace gateway::http {
namespace {

TlsContext emptyContext(const SSL_METHOD* method) {
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
    if (!context)
        throw Error(Fault::internal, "TLS",
                    {"OpenSSL gives no context", "OpenSSL ne donne pas de contexte"});
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

void checkDates(ssl_ctx_st* context, const std::string& file) {
    const X509* const own = SSL_CTX_get0_certificate(context);
    if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
        throw Error(Fault::rejected, file,
                    {"the certificate has expired", "le certificat a expiré"});
    if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0)
        throw Error(Fault::rejected, file,
                    {"the certificate is not valid yet", "le certificat n'est pas encore valable"});
}

void useCertificate(ssl_ctx_st* context, const std::string& cert, const std::string& key) {
    if (SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1)
        throw Error(Fault::rejected, cert,
                    {"holds no readable certificate in PEM form",
                     "ne contient pas de certificat lisible au format PEM"});
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
        ERR_clear_error();
        throw Error(
            Fault::rejected, key,
            mismatch ? Reason("is not the key of the certificate", "n'est pas la clé du certificat")
                     : Reason("holds no readable private key in PEM form",
                              "ne contient pas de clé privée lisible au format PEM"));
    }
    checkDates(context, cert);
}

void believe(ssl_ctx_st* context, const std::string& ca) {
    if (SSL_CTX_load_verify_file(context, ca.c_str()) != 1)
        throw Error(Fault::rejected, ca,
                    {"holds no readable CA certificate in PEM form",
                     "ne contient pas de certificat d'autorité lisible au format PEM"});
}

}  // namespace

std::vector<Certificate> certificatesIn(std::initializer_list<std::string> files) {
    std::vector<Certificate> all;
    for (const std::string& file : files) {
        if (file.empty()) continue;
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> in(BIO_new_file(file.c_str(), "r"),
                                                               BIO_free_all);
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(
            in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
        std::tm until{};
        if (certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) == 1)
            all.push_back({file, Time(std::chrono::seconds(::timegm(&until)))});
    }
    ERR_clear_error();
    return all;
}

TlsContext serverContext(const ServerTls& files) {
    TlsContext context = emptyContext(TLS_server_method());
    useCertificate(context.get(), files.cert, files.key);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context.get(), 0);
    if (!files.clients.empty()) {
        believe(context.get(), files.clients);
        SSL_CTX_set_client_CA_list(context.get(), SSL_load_client_CA_file(files.clients.c_str()));
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           nullptr);
    }
    return context;
}

TlsContext clientContext(const ClientTls& files) {
    TlsContext context = emptyContext(TLS_client_method());
    if (files.ca.empty()) {
        SSL_CTX_set_default_verify_paths(context.get());
    } else {
        believe(context.get(), files.ca);
    }
    if (!files.cert.empty()) useCertificate(context.get(), files.cert, files.key);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

}  // namespace gateway::http
