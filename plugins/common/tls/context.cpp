#include "tls/context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <ctime>

namespace tls {
using gateway::Config;
using gateway::Error;
using gateway::Fault;

namespace {

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2; 1.3 has no others
constexpr int kWarnDays = 30;

[[noreturn]] void fail(const std::string& file, const gateway::Reason& what) {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    ERR_clear_error();
    throw Error(Fault::unavailable, file,
                reason != nullptr ? gateway::say("{0} ({1})", "{0} ({1})", {what, reason}) : what);
}

/// Never ask on a terminal.
int noPassphrase(char*, int, int, void*) { return 0; }

struct FreeX509 {
    void operator()(X509* certificate) const { X509_free(certificate); }
};

std::unique_ptr<X509, FreeX509> firstCertificate(const std::string& file) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "r"),
                                                             &std::fclose);
    return std::unique_ptr<X509, FreeX509>(in ? PEM_read_X509(in.get(), nullptr, nullptr, nullptr)
                                              : nullptr);
}

struct Dates {
    bool good = false;
    gateway::Reason text;  ///< what is wrong or will be soon; empty: nothing
};

Dates datesOf(const std::string& file) {
    const auto certificate = firstCertificate(file);
    ERR_clear_error();
    if (!certificate)
        return {false,
                {"the file holds no certificate in PEM",
                 "le fichier ne contient pas de certificat au format PEM"}};
    if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0)
        return {false, {"the certificate has expired", "le certificat a expiré"}};
    if (X509_cmp_current_time(X509_get0_notBefore(certificate.get())) > 0)
        return {false,
                {"the certificate is not valid yet", "le certificat n'est pas encore valable"}};
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) == 1 &&
        days < kWarnDays)
        return {true, gateway::say("the certificate expires in {0} days",
                                   "le certificat expire dans {0} jours", {std::to_string(days)})};
    return {true, {}};
}

std::vector<gateway::Certificate> certificatesIn(const Options& options) {
    std::vector<gateway::Certificate> all;
    for (const std::string* const file : {&options.cert, &options.ca, &options.clients}) {
        const auto certificate = file->empty() ? nullptr : firstCertificate(*file);
        std::tm until{};
        if (certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) == 1)
            all.push_back({*file, gateway::Time(std::chrono::seconds(::timegm(&until)))});
    }
    ERR_clear_error();
    return all;
}

void checkDates(const std::string& key, const std::string& file, Config& section) {
    if (file.empty()) return;
    const Dates dates = datesOf(file);
    if (!dates.good)
        section.fail(key, dates.text);
    else if (!dates.text.empty())
        section.warn(key, dates.text);
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
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Connections are long: resumption saves nothing, and tickets would arrive as unasked bytes.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    own();
    const std::string& trusted = role == Role::server ? options.clients : options.ca;
    if (!trusted.empty()) {
        if (SSL_CTX_load_verify_locations(context, trusted.c_str(), nullptr) != 1)
            fail(trusted, {"no certificates of an authority can be read",
                           "aucun certificat d'autorité ne peut être lu"});
        if (role == Role::server)
            SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(trusted.c_str()));
    } else if (role == Role::client) {
        SSL_CTX_set_default_verify_paths(context);
    }
    if (role == Role::client || asksClients())
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    certificates_ = certificatesIn(options_);
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

std::shared_ptr<const Context> read(Role role, Config section,
                                    std::vector<gateway::Certificate>* noted) {
    if (section.node().kind == gateway::ConfigNode::Kind::none) return nullptr;
    const std::size_t before = section.findings().errors();
    Options options;
    const bool server = role == Role::server;
    options.cert = section.file("cert", server);
    options.key = section.file("key", server || !options.cert.empty());
    if (server) {
        options.clients = section.file("clients", false);
    } else {
        options.ca = section.file("ca", false);
        options.name = section.text("name", "");
    }
    options.where = section.where();
    section.finish();
    if (noted != nullptr) *noted = certificatesIn(options);
    if (section.findings().errors() != before) return nullptr;
    checkDates("cert", options.cert, section);
    checkDates("ca", options.ca, section);
    checkDates("clients", options.clients, section);
    if (section.findings().errors() != before) return nullptr;
    try {
        return std::make_shared<const Context>(role, options);
    } catch (const Error& error) {
        const std::string key = error.where == options.key       ? "key"
                                : error.where == options.cert    ? "cert"
                                : error.where == options.clients ? "clients"
                                                                 : "ca";
        section.fail(key, error.reason());
        return nullptr;
    }
}

std::shared_ptr<const Context> readAgain(const Context& former, gateway::Findings& findings) {
    const Options& options = former.options();
    const std::size_t before = findings.errors();
    for (const std::string* const file : {&options.cert, &options.ca, &options.clients}) {
        if (file->empty()) continue;
        const Dates dates = datesOf(*file);
        if (!dates.good)
            findings.error(options.where,
                           gateway::say("{0}: {1}", "{0} : {1}", {*file, dates.text}));
        else if (!dates.text.empty())
            findings.warning(options.where,
                             gateway::say("{0}: {1}", "{0} : {1}", {*file, dates.text}));
    }
    if (findings.errors() != before) return nullptr;
    try {
        return std::make_shared<const Context>(former.role(), options);
    } catch (const Error& error) {
        findings.error(options.where, error.where + ": " + error.what());
        return nullptr;
    }
}

}  // namespace tls
