#include "cli/development_ca.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

#include "gateway/error.h"

namespace gateway {
namespace {

constexpr long kBackdated = 300;  ///< seconds, for clocks that are behind
constexpr long kYear = 365L * 24 * 3600;

template <class T, void (*Free)(T*)>
struct Freed {
    void operator()(T* thing) const { Free(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;
using List = std::unique_ptr<X509_CRL, Freed<X509_CRL, X509_CRL_free>>;
using Moment = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME, ASN1_TIME_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

void must(bool worked, const char* what) {
    if (!worked) throw Error(Fault::internal, "certificate", std::string(what) + " failed");
}

Key newKey() {
    Key key(EVP_EC_gen("P-256"));
    must(key != nullptr, "making a key");
    return key;
}

std::string text(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    must(memory && PEM_write_bio_X509(memory.get(), certificate) == 1, "writing a certificate");
    return text(memory.get());
}

std::string pem(EVP_PKEY* key) {
    const Memory memory(BIO_new(BIO_s_mem()));
    must(memory && PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr,
                                            nullptr) == 1,
         "writing a key");
    return text(memory.get());
}

void extend(X509* certificate, X509* issuer, int which, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str()));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "an extension");
}

void setSerial(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "the random generator");
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, full length
    const std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>> number(
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    must(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
         "a serial number");
}

/// Version, serial, dates, name and key; neither extensions nor signature.
Certificate blank(const std::string& name, EVP_PKEY* key) {
    Certificate certificate(X509_new());
    must(certificate != nullptr, "making a certificate");
    setSerial(certificate.get());
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    const auto add = [&](const char* field, const std::string& value) {
        must(X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                        reinterpret_cast<const unsigned char*>(value.c_str()), -1,
                                        -1, 0) == 1,
             "a name");
    };
    add("O", "Passerelle development");
    add("CN", name);
    must(X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kBackdated) != nullptr &&
             X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kYear) != nullptr &&
             X509_set_pubkey(certificate.get(), key) == 1,
         "filling a certificate");
    return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
    must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
             X509_sign(certificate, key, EVP_sha256()) > 0,
         "signing");
}

}  // namespace

struct DevelopmentCa::Parts {
    Key key = newKey();
    Certificate certificate = blank("Development CA", key.get());
};

DevelopmentCa::DevelopmentCa() : parts_(std::make_unique<Parts>()) {
    X509* const own = parts_->certificate.get();
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(own, own, NID_subject_key_identifier, "hash");
    sign(own, own, parts_->key.get());
}

DevelopmentCa::~DevelopmentCa() = default;

KeyPair DevelopmentCa::own() const {
    return {pem(parts_->certificate.get()), pem(parts_->key.get())};
}

KeyPair DevelopmentCa::issue(const std::string& name) const {
    const Key key = newKey();
    const Certificate certificate = blank(name, key.get());
    X509* const one = certificate.get();
    X509* const ca = parts_->certificate.get();
    extend(one, ca, NID_basic_constraints, "critical,CA:FALSE");
    extend(one, ca, NID_key_usage, "critical,digitalSignature");
    extend(one, ca, NID_ext_key_usage, "serverAuth,clientAuth");
    extend(one, ca, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1,DNS:" + name);
    extend(one, ca, NID_subject_key_identifier, "hash");
    extend(one, ca, NID_authority_key_identifier, "keyid:always");
    sign(one, ca, parts_->key.get());
    return {pem(one), pem(key.get())};
}

namespace {

constexpr long kList = 30L * 24 * 3600;

Memory reading(const std::string& text) {
    return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate readCertificate(const std::string& text) {
    Certificate one(PEM_read_bio_X509(reading(text).get(), nullptr, nullptr, nullptr));
    if (!one)
        throw Error(Fault::rejected, "certificate",
                    {"no certificate in PEM can be read", "aucun certificat PEM lisible"});
    return one;
}

void addRevoked(X509_CRL* list, const ASN1_INTEGER* serial, const ASN1_TIME* at) {
    X509_REVOKED* known = nullptr;
    if (X509_CRL_get0_by_serial(list, &known, serial) == 1) return;
    X509_REVOKED* const entry = X509_REVOKED_new();
    must(entry && X509_REVOKED_set_serialNumber(entry, const_cast<ASN1_INTEGER*>(serial)) == 1 &&
             X509_REVOKED_set_revocationDate(entry, const_cast<ASN1_TIME*>(at)) == 1 &&
             X509_CRL_add0_revoked(list, entry) == 1,
         "an entry of a list");
}

}  // namespace

std::string revoked(const KeyPair& authority, const std::string& former,
                    const std::vector<std::string>& more) {
    const Certificate ca = readCertificate(authority.certificate);
    const Key key(PEM_read_bio_PrivateKey(reading(authority.key).get(), nullptr, nullptr, nullptr));
    const List list(X509_CRL_new());
    const Moment now(X509_gmtime_adj(nullptr, 0)), next(X509_gmtime_adj(nullptr, kList));
    must(key && list && now && next && X509_CRL_set_version(list.get(), 1) == 1 &&
             X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(ca.get())) == 1 &&
             X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1 &&
             X509_CRL_set1_nextUpdate(list.get(), next.get()) == 1,
         "filling a list");
    if (!former.empty()) {
        const List old(PEM_read_bio_X509_CRL(reading(former).get(), nullptr, nullptr, nullptr));
        must(old != nullptr, "reading the former list");
        const STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(old.get());
        for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
            const X509_REVOKED* const one = sk_X509_REVOKED_value(entries, i);
            addRevoked(list.get(), X509_REVOKED_get0_serialNumber(one),
                       X509_REVOKED_get0_revocationDate(one));
        }
    }
    for (const std::string& one : more)
        addRevoked(list.get(), X509_get0_serialNumber(readCertificate(one).get()), now.get());
    must(X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), key.get(), EVP_sha256()) > 0,
         "signing a list");
    const Memory memory(BIO_new(BIO_s_mem()));
    must(memory && PEM_write_bio_X509_CRL(memory.get(), list.get()) == 1, "writing a list");
    return text(memory.get());
}

}  // namespace gateway
