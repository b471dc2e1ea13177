/// @file  Certificates for tests: an authority made on the spot, and what it issues. Links OpenSSL.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

struct KeyPair {
    std::string cert;  ///< files in PEM
    std::string key;
};

/// Writes all files into one folder, which must exist.
class CertificateAuthority {
public:
    CertificateAuthority(std::string folder, std::string name)
        : folder_(std::move(folder)), name_(std::move(name)), key_(EVP_EC_gen("P-256")) {
        certificate_ = make(name_, key_.get(), 3650, "", true);
        write(file(), PEM_write_X509, certificate_.get());
    }

    /// Its certificate, to be trusted.
    std::string file() const { return folder_ + "/" + name_ + ".pem"; }

    /// @param days  from now; negative: expired
    /// @param names  "DNS:localhost,IP:127.0.0.1"; empty: none
    /// @param from  days from now when it begins
    KeyPair issue(const std::string& commonName, int days = 30,
                  const std::string& names = "DNS:localhost,IP:127.0.0.1", int from = -2) {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate = make(commonName, key.get(), days, names, false, from);
        const std::string base = folder_ + "/" + name_ + "-" + commonName;
        write(base + ".pem", PEM_write_X509, certificate.get());
        write(
            base + ".key",
            [](std::FILE* out, EVP_PKEY* one) {
                return PEM_write_PrivateKey(out, one, nullptr, nullptr, 0, nullptr, nullptr);
            },
            key.get());
        return {base + ".pem", base + ".key"};
    }

    /// Writes its list of revoked certificates, those of the files.
    /// @param days  until the next one is due; negative: it has expired
    std::string list(const std::vector<std::string>& revoked, int days = 7,
                     const std::string& file = {}) {
        const std::unique_ptr<X509_CRL, Free> made(X509_CRL_new());
        X509_CRL_set_version(made.get(), 1);
        X509_CRL_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get()));
        // Ever newer, so that of two the later one counts.
        const std::unique_ptr<ASN1_TIME, Free> last(
            ASN1_TIME_adj(nullptr, std::time(nullptr) - 86'400 + ++lists_, days < 0 ? -9 : 0, 0));
        const std::unique_ptr<ASN1_TIME, Free> next(
            ASN1_TIME_adj(nullptr, std::time(nullptr), days, 0));
        X509_CRL_set1_lastUpdate(made.get(), last.get());
        X509_CRL_set1_nextUpdate(made.get(), next.get());
        for (const std::string& one : revoked) {
            const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(one.c_str(), "r"),
                                                                     &std::fclose);
            const Certificate certificate(PEM_read_X509(in.get(), nullptr, nullptr, nullptr));
            X509_REVOKED* const entry = X509_REVOKED_new();
            X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.get()));
            X509_REVOKED_set_revocationDate(entry, last.get());
            X509_CRL_add0_revoked(made.get(), entry);
        }
        X509_CRL_sort(made.get());
        if (X509_CRL_sign(made.get(), key_.get(), EVP_sha256()) == 0)
            throw std::runtime_error("a list cannot be signed");
        std::string path = file.empty() ? folder_ + "/" + name_ + ".crl" : file;
        write(path, PEM_write_X509_CRL, made.get());
        return path;
    }

private:
    struct Free {
        void operator()(X509_CRL* list) const { X509_CRL_free(list); }
        void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
        void operator()(X509* certificate) const { X509_free(certificate); }
        void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    };
    using Key = std::unique_ptr<EVP_PKEY, Free>;
    using Certificate = std::unique_ptr<X509, Free>;

    Certificate make(const std::string& commonName, EVP_PKEY* key, int days,
                     const std::string& names, bool authority, int from = -2) {
        Certificate made(X509_new());
        X509* const one = made.get();
        X509_set_version(one, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(one), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(one), from * 86'400L);
        X509_gmtime_adj(X509_getm_notAfter(one), days * 86'400L);
        X509_set_pubkey(one, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(commonName.c_str()), -1,
                                   -1, 0);
        X509_set_issuer_name(one, X509_get_subject_name(authority ? one : certificate_.get()));
        extend(one, authority ? one : certificate_.get(), NID_basic_constraints,
               authority ? "critical,CA:TRUE" : "CA:FALSE");
        extend(one, authority ? one : certificate_.get(), NID_key_usage,
               authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
        if (!names.empty()) extend(one, certificate_.get(), NID_subject_alt_name, names);
        if (X509_sign(one, key_.get(), EVP_sha256()) == 0)
            throw std::runtime_error("a certificate cannot be signed");
        return made;
    }

    static void extend(X509* one, X509* issuer, int kind, const std::string& value) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, issuer, one, nullptr, nullptr, 0);
        const std::unique_ptr<X509_EXTENSION, Free> extension(
            X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
        if (!extension) throw std::runtime_error("bad certificate extension " + value);
        X509_add_ext(one, extension.get(), -1);
    }

    template <class Writer, class What>
    static void write(const std::string& path, Writer writer, What* what) {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(path.c_str(), "w"),
                                                                  &std::fclose);
        if (!out || writer(out.get(), what) != 1) throw std::runtime_error("cannot write " + path);
    }

    const std::string folder_;
    const std::string name_;
    long serial_ = 0;
    long lists_ = 0;
    Key key_;
    Certificate certificate_;
};

}  // namespace support
