#include "tls/pem.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <ctime>

#include "gateway/error.h"

namespace gateway::tls {
namespace {

using Memory = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Memory opened(const std::string& file) { return {BIO_new_file(file.c_str(), "rb"), BIO_free_all}; }

/// Whether reading PEM ended where nothing more stands, and not within something.
bool atEnd() {
    const unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

/// All that `next` reads; empty when it cannot read to the end.
template <class Ptr, class Next>
std::vector<Ptr> allOf(const std::string& file, Next next) {
    std::vector<Ptr> all;
    ERR_clear_error();
    if (const Memory in = opened(file)) {
        while (Ptr one{next(in.get())}) all.push_back(std::move(one));
        if (!atEnd()) all.clear();
    }
    ERR_clear_error();
    return all;
}

}  // namespace

std::vector<CertificatePtr> certificatesIn(const std::string& file) {
    std::vector<CertificatePtr> all = allOf<CertificatePtr>(
        file, [](BIO* in) { return PEM_read_bio_X509(in, nullptr, nullptr, nullptr); });
    if (all.empty())
        throw Error(Fault::rejected, file,
                    {"the file holds no certificate in PEM, or one that is cut",
                     "le fichier ne contient pas de certificat au format PEM, ou un certificat "
                     "tronqué"});
    return all;
}

std::vector<RevocationsPtr> revocationsIn(const std::string& file) {
    std::vector<RevocationsPtr> all = allOf<RevocationsPtr>(
        file, [](BIO* in) { return PEM_read_bio_X509_CRL(in, nullptr, nullptr, nullptr); });
    if (all.empty())
        if (const Memory in = opened(file))
            if (RevocationsPtr one{d2i_X509_CRL_bio(in.get(), nullptr)})
                all.push_back(std::move(one));
    ERR_clear_error();
    if (all.empty())
        throw Error(Fault::rejected, file,
                    {"the file holds no list of revoked certificates (CRL) in PEM or DER, or one "
                     "that is cut",
                     "le fichier ne contient pas de liste de certificats révoqués (CRL) au format "
                     "PEM ou DER, ou une liste tronquée"});
    return all;
}

Time timeOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return Time::max();
    return Time(std::chrono::seconds(::timegm(&parts)));
}

std::string textOf(const X509_NAME* name) {
    const Memory out(BIO_new(BIO_s_mem()), BIO_free_all);
    X509_NAME_print_ex(out.get(), name, 0,
                       XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

namespace {

std::string commonNameOf(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return {};
    std::string common(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return common;
}

std::string fingerprintOf(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    static constexpr char kHex[] = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += kHex[digest[i] >> 4];
        hex += kHex[digest[i] & 15];
    }
    return hex;
}

}  // namespace

Identity identityOf(X509* certificate) {
    if (certificate == nullptr) return {};
    const X509_NAME* const name = X509_get_subject_name(certificate);
    return {textOf(name), commonNameOf(name), fingerprintOf(certificate)};
}

}  // namespace gateway::tls
