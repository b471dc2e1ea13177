/// What TLS refuses although an authority that is believed has signed it: weak keys and digests,
/// renegotiation, and certificates that are not for whom they seem to be.
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "access/certificate_name.h"
#include "gateway/error.h"
#include "tls/session.h"

namespace {
using namespace gateway;
using testing::HasSubstr;
namespace fs = std::filesystem;

struct Free {
    void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
    void operator()(SSL_CTX* one) const { SSL_CTX_free(one); }
    void operator()(SSL* one) const { SSL_free(one); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

/// What is odd about a certificate.
struct Odd {
    std::string commonName = "relai";
    std::string names = {};  ///< subjectAltName; empty: none
    Key key = Key(EVP_EC_gen("P-256"));
    const EVP_MD* digest = EVP_sha256();
};

class TlsStrength : public testing::Test {
protected:
    TlsStrength() {
        Odd own;
        own.commonName = "authority";
        authority_ = make(own, true);
        authorityKey_ = std::move(own.key);
        X509_sign(authority_.get(), authorityKey_.get(), EVP_sha256());
        save("authority.pem", [&](std::FILE* out) { PEM_write_X509(out, authority_.get()); });
        Odd server;
        server.names = "DNS:gateway.example.org";
        issue("server", std::move(server));
    }
    ~TlsStrength() override { fs::remove_all(folder_); }

    static std::string makeFolder() {
        std::string name = fs::temp_directory_path() / "strength-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        return name;
    }
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    template <class Write>
    void save(const std::string& name, const Write& write) const {
        std::FILE* const out = std::fopen(path(name).c_str(), "w");
        if (out == nullptr) throw std::runtime_error("cannot write " + name);
        write(out);
        std::fclose(out);
    }
    tls::CertificatePtr make(const Odd& odd, bool authority) {
        tls::CertificatePtr made(X509_new());
        X509* const one = made.get();
        X509_set_version(one, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(one), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(one), -3600);
        X509_gmtime_adj(X509_getm_notAfter(one), 86'400);
        X509_set_pubkey(one, odd.key.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(odd.commonName.data()),
                                   static_cast<int>(odd.commonName.size()), -1, 0);
        X509* const issuer = authority ? one : authority_.get();
        X509_set_issuer_name(one, X509_get_subject_name(issuer));
        extend(one, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
        if (!odd.names.empty()) extend(one, issuer, NID_subject_alt_name, odd.names);
        return made;
    }
    static void extend(X509* one, X509* issuer, int kind, const std::string& value) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, issuer, one, nullptr, nullptr, 0);
        X509_EXTENSION* const extension =
            X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
        if (extension == nullptr) throw std::runtime_error("bad extension " + value);
        X509_add_ext(one, extension, -1);
        X509_EXTENSION_free(extension);
    }
    void issue(const std::string& name, Odd odd) {
        const tls::CertificatePtr made = make(odd, false);
        if (X509_sign(made.get(), authorityKey_.get(), odd.digest) == 0)
            throw std::runtime_error("cannot sign");
        save(name + ".pem", [&](std::FILE* out) { PEM_write_X509(out, made.get()); });
        save(name + ".key", [&](std::FILE* out) {
            PEM_write_PrivateKey(out, odd.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

    /// A peer that takes and shows whatever there is.
    std::unique_ptr<SSL, Free> careless(const SSL_METHOD* method, const std::string& shows,
                                        int socket, int version = 0) {
        const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(method));
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
        if (version != 0) SSL_CTX_set_max_proto_version(context.get(), version);
        if (!shows.empty()) {
            EXPECT_EQ(1, SSL_CTX_use_certificate_file(context.get(), path(shows + ".pem").c_str(),
                                                      SSL_FILETYPE_PEM));
            EXPECT_EQ(1, SSL_CTX_use_PrivateKey_file(context.get(), path(shows + ".key").c_str(),
                                                     SSL_FILETYPE_PEM));
        }
        std::unique_ptr<SSL, Free> ssl(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), socket);
        return ssl;
    }
    struct Pair {
        Pair() {
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
                throw std::runtime_error("no sockets");
        }
        ~Pair() {
            for (const int end : ends) ::close(end);
        }
        int ends[2] = {-1, -1};
    };
    /// Both in turn until ours is done; what it says when it is not.
    static std::string meet(tls::Session& ours, SSL* theirs, bool accepts) {
        try {
            for (int round = 0; round < 100; ++round) {
                accepts ? SSL_accept(theirs) : SSL_connect(theirs);
                if (ours.handshake() == tls::Session::Result::done) return {};
            }
            return "no end";
        } catch (const Error& error) {
            ERR_clear_error();
            return error.what();
        }
    }
    tls::Context serving() const {
        return tls::Context(tls::Role::server, {.cert = path("server.pem"),
                                                .key = path("server.key"),
                                                .clients = path("authority.pem")});
    }
    /// What our server says of a client that shows that.
    std::string client(Odd odd) {
        issue("client", std::move(odd));
        const Pair pair;
        const tls::Context context = serving();
        tls::Session ours(context, pair.ends[0]);
        const auto theirs = careless(TLS_client_method(), "client", pair.ends[1]);
        const std::string refused = meet(ours, theirs.get(), false);
        shown_ = ours.peer();
        return refused;
    }
    /// What our client, which wants "gateway.example.org", says of a server that shows that.
    std::string server(Odd odd, const std::string& wanted = "gateway.example.org") {
        issue("other", std::move(odd));
        const Pair pair;
        const tls::Context context(tls::Role::client, {.ca = path("authority.pem")});
        tls::Session ours(context, pair.ends[0], wanted);
        const auto theirs = careless(TLS_server_method(), "other", pair.ends[1]);
        return meet(ours, theirs.get(), true);
    }
    static Odd named(const std::string& commonName, const std::string& names) {
        Odd odd;
        odd.commonName = commonName;
        odd.names = names;
        return odd;
    }

    const std::string folder_ = makeFolder();
    long serial_ = 0;
    Key authorityKey_;
    tls::CertificatePtr authority_;
    tls::Identity shown_;
};

TEST_F(TlsStrength, WeakKeysAndDigestsAreRefusedOfBothEnds) {
    EXPECT_EQ("", client({}));
    EXPECT_EQ("", server(named("gateway.example.org", "DNS:gateway.example.org")));
    const auto weakKey = [] {
        Odd odd = named("gateway.example.org", "DNS:gateway.example.org");
        odd.key.reset(EVP_RSA_gen(1024));
        return odd;
    };
    const auto weakDigest = [](const EVP_MD* digest) {
        Odd odd = named("gateway.example.org", "DNS:gateway.example.org");
        odd.digest = digest;
        return odd;
    };
    EXPECT_THAT(client(weakKey()), HasSubstr("not accepted"));
    EXPECT_THAT(server(weakKey()), HasSubstr("not accepted"));
    EXPECT_THAT(client(weakDigest(EVP_sha1())), HasSubstr("not accepted"));
    EXPECT_THAT(server(weakDigest(EVP_sha1())), HasSubstr("not accepted"));
}

TEST_F(TlsStrength, NobodyBeginsAnewWithinAConnection) {
    issue("client", Odd());
    const Pair pair;
    const tls::Context context = serving();
    tls::Session ours(context, pair.ends[0]);
    const auto theirs = careless(TLS_client_method(), "client", pair.ends[1], TLS1_2_VERSION);
    ASSERT_EQ("", meet(ours, theirs.get(), false));
    SSL_do_handshake(theirs.get());
    std::size_t size = 0;
    ASSERT_EQ(1, SSL_write_ex(theirs.get(), "before", 6, &size));
    char bytes[64];
    ASSERT_EQ(tls::Session::Result::done, ours.read(bytes, sizeof bytes, size));
    EXPECT_EQ("before", std::string(bytes, size));
    SSL_renegotiate(theirs.get());
    SSL_do_handshake(theirs.get());
    EXPECT_EQ(tls::Session::Result::wantRead, ours.read(bytes, sizeof bytes, size))
        << "it is not begun, and nothing breaks of it";
    EXPECT_NE(1, SSL_do_handshake(theirs.get()));
    const unsigned long why = ERR_peek_last_error();
    EXPECT_EQ(SSL_R_NO_RENEGOTIATION, ERR_GET_REASON(why)) << ERR_reason_error_string(why);
    ERR_clear_error();
}

/// RFC 9525: names stand in subjectAltName; a CN counts where no name stands there.
TEST_F(TlsStrength, ACertificateIsForTheNamesInIt) {
    for (const auto& [commonName, names] : {std::pair{"x", "DNS:gateway.example.org"},
                                            {"x", "DNS:other.example,DNS:GATEWAY.example.org"},
                                            {"x", "DNS:*.example.org"},
                                            {"gateway.example.org", ""},
                                            {"gateway.example.org", "IP:127.0.0.1"}})
        EXPECT_EQ("", server(named(commonName, names))) << commonName << " " << names;
    for (const auto& [commonName, names] : {std::pair{"gateway.example.org", "DNS:other.example"},
                                            {"x", "DNS:gate*.example.org"},
                                            {"x", "DNS:*way.example.org"},
                                            {"x", "DNS:*"},
                                            {"x", "DNS:*.gateway.example.org"},
                                            {"x", "DNS:example.org"},
                                            {"x", "DNS:gateway.example.org.evil.example"},
                                            {"x", "URI:https://gateway.example.org"},
                                            {"x", "email:gateway.example.org@evil.example"},
                                            {"gateway.example.org.evil.example", ""},
                                            {"*", ""}})
        EXPECT_THAT(server(named(commonName, names)), HasSubstr("is not for gateway.example.org"))
            << commonName << " " << names;
    EXPECT_THAT(server(named(std::string("gateway.example.org\0.evil.example", 33), "")),
                HasSubstr("is not for gateway.example.org"));
    EXPECT_THAT(server(named("10.0.0.1", "DNS:10.0.0.1"), "10.0.0.1"),
                HasSubstr("is not for 10.0.0.1"))
        << "an address stands there as one";
}

/// Signs that mean something in the text of a subject are escaped there.
TEST_F(TlsStrength, ASubjectIsReadAsItIsNotAsItLooks) {
    const auto knownAs = [&](const std::string& commonName) {
        EXPECT_EQ("", client(named(commonName, ""))) << commonName;
        return std::string(commonNameOf(shown_.subject));
    };
    EXPECT_EQ("relai", knownAs("relai"));
    for (const std::string& odd :
         {std::string("relai\0.evil", 11), std::string("relai,CN=other"), std::string("relai+CN=x"),
          std::string("x,CN=relai"), std::string("relai\\"), std::string(" relai"),
          std::string("relai "), std::string("relai\n"), std::string("#relai"),
          std::string("\"relai\""), std::string("r\u00e9lai"), std::string("RELAI")}) {
        EXPECT_NE("relai", knownAs(odd)) << odd;
        const auto written = CertificateName::parsed(shown_.subject);
        ASSERT_TRUE(written) << shown_.subject;
        EXPECT_EQ(commonNameOf(shown_.subject), written->commonName)
            << "what the log shows is what the configuration can name";
    }
}

}  // namespace
