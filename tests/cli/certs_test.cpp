#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/plugins.h"

namespace {
using support::Ran;
using support::run;
using testing::HasSubstr;

struct Free {
    void operator()(X509* x) const { X509_free(x); }
    void operator()(X509_STORE* x) const { X509_STORE_free(x); }
    void operator()(X509_STORE_CTX* x) const { X509_STORE_CTX_free(x); }
};

std::unique_ptr<X509, Free> certificate(const std::string& path) {
    const std::string text = support::fileText(path);
    BIO* const memory = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    std::unique_ptr<X509, Free> read(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr));
    BIO_free(memory);
    return read;
}

/// Whether the authority in `ca` vouches for `leaf` for that purpose.
bool verifies(X509* ca, X509* leaf, int purpose) {
    const std::unique_ptr<X509_STORE, Free> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), ca);
    const std::unique_ptr<X509_STORE_CTX, Free> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
    X509_STORE_CTX_set_purpose(context.get(), purpose);
    return X509_verify_cert(context.get()) == 1;
}

mode_t modeOf(const std::string& path) {
    struct stat state {};
    stat(path.c_str(), &state);
    return state.st_mode & 0777;
}

TEST(Certs, AuthorityGatewayAndPartners) {
    const support::ConfigFolder folder;
    const std::string at = folder.path() + "/certs/";
    const Ran made = run({"certs", "init", at, "--name", "chu", "--name", "gp"});
    ASSERT_EQ(0, made.code) << made.err;
    const auto ca = certificate(at + "ca.crt");
    ASSERT_TRUE(ca);
    for (const char* const name : {"gateway", "chu", "gp"}) {
        const auto leaf = certificate(at + name + ".crt");
        ASSERT_TRUE(leaf) << name;
        EXPECT_TRUE(verifies(ca.get(), leaf.get(), X509_PURPOSE_SSL_SERVER)) << name;
        EXPECT_TRUE(verifies(ca.get(), leaf.get(), X509_PURPOSE_SSL_CLIENT)) << name;
        EXPECT_EQ(1, X509_check_host(leaf.get(), "localhost", 0, 0, nullptr)) << name;
        EXPECT_EQ(1, X509_check_ip_asc(leaf.get(), "127.0.0.1", 0)) << name;
        EXPECT_EQ(1, X509_check_ip_asc(leaf.get(), "::1", 0)) << name;
        EXPECT_EQ(0, X509_check_host(leaf.get(), "example.org", 0, 0, nullptr)) << name;
        EXPECT_EQ(0600u, modeOf(at + name + ".key")) << name;
    }
    EXPECT_EQ(0600u, modeOf(at + "ca.key"));
    const auto chu = certificate(at + "chu.crt"), gp = certificate(at + "gp.crt");
    EXPECT_FALSE(verifies(chu.get(), gp.get(), X509_PURPOSE_SSL_SERVER));
}

TEST(Certs, OverwritesNothing) {
    const support::ConfigFolder folder;
    const std::string at = folder.path() + "/";
    folder.write("chu.key", "precious");
    const Ran refused = run({"certs", "init", at, "--name", "chu"});
    EXPECT_EQ(1, refused.code);
    EXPECT_THAT(refused.err, HasSubstr("chu.key: exists already; nothing was written"));
    EXPECT_EQ("precious", support::fileText(at + "chu.key"));
    EXPECT_FALSE(std::filesystem::exists(at + "ca.crt"));
}

TEST(Certs, RefusesNamesThatLeaveTheFolder) {
    const support::ConfigFolder folder;
    EXPECT_EQ(2, run({"certs", "init", folder.path(), "--name", "../x"}).code);
    EXPECT_EQ(2, run({"certs", "init"}).code);
    EXPECT_EQ(2, run({"certs"}).code);
}

TEST(Certs, KeysThatThisGatewaySignsWithAreShownToOthers) {
    const support::ConfigFolder folder;
    const std::string at = folder.path() + "/";
    ASSERT_EQ(0, run({"certs", "init", at}).code);
    const Ran shown = run({"certs", "jwks", at + "gateway.key", at + "ca.key"});
    ASSERT_EQ(0, shown.code) << shown.err;
    EXPECT_THAT(shown.out, testing::StartsWith("{\"keys\":[{\"kty\":\"EC\","));
    EXPECT_THAT(shown.out, testing::Not(HasSubstr("\"d\"")));
    EXPECT_THAT(run({"certs", "jwks", at + "ca.key", "--kid", "2027"}).out,
                HasSubstr("\"kid\":\"2027\""));
    EXPECT_EQ(2, run({"certs", "jwks", at + "ca.key", at + "ca.key", "--kid", "2027"}).code);
    const Ran wrong = run({"certs", "jwks", at + "ca.crt"});
    EXPECT_EQ(1, wrong.code);
    EXPECT_THAT(wrong.err, HasSubstr("ca.crt: holds no private key that can be read"));
    EXPECT_EQ(1, run({"certs", "jwks", at + "none.key"}).code);
}

/// How many the list in that file names; -1 when its authority has not signed it.
int listed(const std::string& path, X509* ca) {
    const std::string text = support::fileText(path);
    BIO* const memory = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    X509_CRL* const list = PEM_read_bio_X509_CRL(memory, nullptr, nullptr, nullptr);
    BIO_free(memory);
    const int count = list != nullptr && X509_CRL_verify(list, X509_get0_pubkey(ca)) == 1
                          ? std::max(0, sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list)))
                          : -1;
    X509_CRL_free(list);
    return count;
}

TEST(Certs, RevokeKeepsWhatWasRevokedBefore) {
    const support::ConfigFolder folder;
    const std::string at = folder.path() + "/certs/";
    ASSERT_EQ(0, run({"certs", "init", at, "--name", "chu", "--name", "gp"}).code);
    const auto ca = certificate(at + "ca.crt");
    EXPECT_EQ(0, run({"certs", "revoke", at}).code);
    EXPECT_EQ(0, listed(at + "ca.crl", ca.get()));
    EXPECT_EQ(0, run({"certs", "revoke", at, "--name", "chu"}).code);
    EXPECT_EQ(1, listed(at + "ca.crl", ca.get()));
    EXPECT_EQ(0, run({"certs", "revoke", at, "--name", "chu", "--name", "gp"}).code);
    EXPECT_EQ(2, listed(at + "ca.crl", ca.get()));
    EXPECT_EQ(0, run({"certs", "revoke", at}).code);
    EXPECT_EQ(2, listed(at + "ca.crl", ca.get()));
    const Ran unknown = run({"certs", "revoke", at, "--name", "nobody"});
    EXPECT_EQ(1, unknown.code);
    EXPECT_THAT(unknown.err, HasSubstr("nobody.crt"));
}

}  // namespace
