/// Whom an HTTP listener with TLS turns away: what the peer sees, and what the log says; and what
/// happens when its files change.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gateway/error.h"
#include "http/client.h"
#include "http/options.h"
#include "http/server.h"
#include "raw_client.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using support::KeptLog;
using testing::HasSubstr;
using testing::Not;

Deadline soon(int seconds = 5) {
    return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

/// A client that keeps what it needs for a short handshake.
class Resuming {
public:
    Resuming(const std::string& address, const tls::Context& context)
        : context_(context),
          host_(address.substr(0, address.rfind(':'))),
          port_(static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)))) {}
    ~Resuming() { SSL_SESSION_free(session_); }
    Resuming(const Resuming&) = delete;
    Resuming& operator=(const Resuming&) = delete;

    /// "full", "short", or "refused:", then the body of the answer, or the alert.
    std::string ask() {
        Poco::Net::StreamSocket socket;
        socket.connect(Poco::Net::SocketAddress(host_, port_));
        const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(ssl.get(), socket.impl()->sockfd());
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host_.c_str());
        if (session_ != nullptr) SSL_set_session(ssl.get(), session_);
        if (SSL_connect(ssl.get()) != 1) return refused();
        const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        SSL_write(ssl.get(), request.data(), static_cast<int>(request.size()));
        std::string answer;
        char bytes[4096];
        for (int got; (got = SSL_read(ssl.get(), bytes, sizeof bytes)) > 0;)
            answer.append(bytes, static_cast<std::size_t>(got));
        if (answer.empty()) return refused();
        SSL_shutdown(ssl.get());  // without a good-bye the session would count as broken
        SSL_SESSION_free(session_);
        session_ = SSL_get1_session(ssl.get());
        return (SSL_session_reused(ssl.get()) == 1 ? "short " : "full ") +
               answer.substr(answer.rfind('\n') + 1);
    }

private:
    static std::string refused() {
        const char* const why = ERR_reason_error_string(ERR_peek_last_error());
        ERR_clear_error();
        return "refused: " + std::string(why != nullptr ? why : "closed");
    }

    const tls::Context& context_;
    const std::string host_;
    const std::uint16_t port_;
    SSL_SESSION* session_ = nullptr;
};

class HttpTlsDoor : public testing::Test {
protected:
    ~HttpTlsDoor() override {
        server_.reset();
        std::filesystem::remove_all(folder_);
    }
    static std::string makeFolder() {
        std::string name = std::filesystem::temp_directory_path() / "tls-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        return name;
    }
    void start(std::vector<std::string> crl = {}, bool optional = false) {
        ServerOptions options;
        files_ = std::make_shared<tls::Credentials>(tls::Role::server,
                                                    tls::Options{.cert = own_.cert,
                                                                 .key = own_.key,
                                                                 .clients = authority_.file(),
                                                                 .crl = std::move(crl),
                                                                 .optional = optional,
                                                                 .resume = true});
        options.tls = files_;
        options.tlsRefused = [this](const TlsRefusal& one) {
            const std::lock_guard lock(mutex_);
            told_.push_back(one);
        };
        server_ = std::make_unique<Server>(
            options,
            [](const Request& request) {
                return Response{200, {}, Bytes(std::string(request.facts.get("tls.subject")))};
            },
            log_);
        server_->start();
    }
    std::unique_ptr<Client> client(const support::KeyPair& own) {
        ClientOptions options;
        options.server = parsedUrl("https://" + server_->address());
        options.tls = std::make_shared<tls::Credentials>(
            tls::Role::client,
            tls::Options{.cert = own.cert, .key = own.key, .ca = authority_.file()});
        return std::make_unique<Client>(options);
    }
    static std::string said(Client& client) {
        try {
            const Response answer =
                client.exchange(Request{"GET", "", "", {}, {}, {}}, "/", soon());
            return std::to_string(answer.status) + " " + std::string(answer.body.view());
        } catch (const Error& error) {
            return error.what();
        }
    }
    std::string said(const support::KeyPair& own) { return said(*client(own)); }
    /// By a client that does not look at its own certificate.
    std::string saidByAny(const support::KeyPair& own) {
        const tls::Context context(
            tls::Role::client,
            tls::Options{.cert = own.cert, .key = own.key, .ca = authority_.file()});
        return Resuming(server_->address(), context).ask();
    }
    /// Waits: the peer may hear of it before we have told.
    std::string logged(const std::string& text) {
        for (const auto until = soon(); std::chrono::steady_clock::now() < until;) {
            if (log_.text().find(text) != std::string::npos) return text;
            std::this_thread::yield();
        }
        return log_.text();
    }
    bool refresh() {
        Findings findings;
        files_->refresh(findings);
        return !findings.failed();
    }

    const std::string folder_ = makeFolder();
    support::CertificateAuthority authority_{folder_, "authority"};
    support::CertificateAuthority foreign_{folder_, "foreign"};
    const support::KeyPair own_ = authority_.issue("server", 90);
    const support::KeyPair known_ = authority_.issue("relai", 90);
    KeptLog log_;
    std::mutex mutex_;
    std::vector<TlsRefusal> told_;
    std::shared_ptr<tls::Credentials> files_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpTlsDoor, WithoutACertificate) {
    start();
    EXPECT_THAT(said(support::KeyPair{}), HasSubstr("does not accept our certificate: tlsv13 alert "
                                                    "certificate required"));
    const std::string why = "why=the peer shows no certificate count=1";
    EXPECT_EQ(why, logged(why));
    EXPECT_EQ("200 CN=relai", said(known_)) << "the others go on";
}

TEST_F(HttpTlsDoor, OfAnotherAuthority) {
    start();
    EXPECT_THAT(said(foreign_.issue("relai", 90)), HasSubstr("alert unknown ca"));
    const std::string why = "their certificate comes from an authority that";
    EXPECT_EQ(why, logged(why));
    const std::lock_guard lock(mutex_);
    ASSERT_EQ(1u, told_.size());
    EXPECT_EQ("CN=relai", told_[0].shown.subject);
    EXPECT_EQ(64u, told_[0].shown.fingerprint.size());
    EXPECT_THAT(log_.text(), HasSubstr("fingerprint=" + told_[0].shown.fingerprint));
}

TEST_F(HttpTlsDoor, ExpiredOrNotYetValid) {
    start();
    EXPECT_THAT(saidByAny(authority_.issue("old", -1)), HasSubstr("alert certificate expired"));
    EXPECT_EQ("certificate has expired", logged("certificate has expired"));
    EXPECT_THAT(saidByAny(authority_.issue("early", 90, "DNS:localhost", 5)),
                HasSubstr("alert bad certificate"));
    EXPECT_EQ("is not valid yet", logged("is not valid yet"));
}

TEST_F(HttpTlsDoor, Revoked) {
    const support::KeyPair gone = authority_.issue("gone", 90);
    start({authority_.list({gone.cert})});
    EXPECT_THAT(said(gone), HasSubstr("alert certificate revoked"));
    EXPECT_EQ("their certificate has been revoked", logged("their certificate has been revoked"));
    EXPECT_EQ("200 CN=relai", said(known_));
}

TEST_F(HttpTlsDoor, RevokedWhileItIsConnected) {
    const std::string list = authority_.list({});
    start({list});
    const support::KeyPair leaving = authority_.issue("leaving", 90);
    const auto open = client(leaving), other = client(known_);
    EXPECT_EQ("200 CN=leaving", said(*open));
    EXPECT_EQ("200 CN=relai", said(*other));
    EXPECT_EQ(2u, server_->connections());
    authority_.list({leaving.cert});
    EXPECT_TRUE(refresh());
    EXPECT_THAT(said(*open), Not(HasSubstr("200")));
    EXPECT_EQ("their certificate has been revoked", logged("their certificate has been revoked"));
    EXPECT_THAT(said(*open), HasSubstr("alert certificate revoked"));
    EXPECT_EQ("200 CN=relai", said(*other));
    // Those that were turned away have a moment to read why.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (server_->connections() > 1 && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ(1u, server_->connections()) << "the other's is there";
}

TEST_F(HttpTlsDoor, FilesThatChangeAreSeenWithoutBeingTold) {
    const std::string list = authority_.list({});
    start({list});
    const support::KeyPair leaving = authority_.issue("leaving", 90);
    EXPECT_EQ("200 CN=leaving", said(leaving));
    authority_.list({leaving.cert});
    std::string last;
    for (const auto until = soon(20); std::chrono::steady_clock::now() < until;)
        if (last = said(leaving); last.find("revoked") != last.npos) break;
    EXPECT_THAT(last, HasSubstr("alert certificate revoked"));
    EXPECT_THAT(log_.text(), HasSubstr("tls-files-taken"));
    // What cannot be read is told once, and the former stays.
    std::filesystem::resize_file(list, 60);
    const std::string told = "tls-files-refused";
    for (const auto until = soon(20); std::chrono::steady_clock::now() < until;) {
        EXPECT_EQ("200 CN=relai", said(known_));
        if (log_.text().find(told) != std::string::npos) break;
    }
    EXPECT_THAT(log_.text(), HasSubstr(told));
    EXPECT_THAT(said(leaving), HasSubstr("alert certificate revoked"));
}

TEST_F(HttpTlsDoor, AListThatHasExpiredLocksOutAndSaysSo) {
    const std::string list = authority_.list({}, -1);
    start({list});
    EXPECT_THAT(said(known_), HasSubstr("alert certificate expired"));
    const std::string why = "the list of revoked certificates of their authority has expired";
    EXPECT_EQ(why, logged(why));
    std::vector<std::string> warnings;
    for (const tls::Flaw& one : tls::flawsOf(tls::Role::server, files_->options()))
        warnings.push_back(one.key + " " + std::string(toText(one.severity)) + " " + one.text.fr);
    EXPECT_THAT(warnings, testing::ElementsAre(HasSubstr("crl warning la liste de CN=authority a "
                                                         "expiré le ")));
    authority_.list({});
    EXPECT_TRUE(refresh());
    EXPECT_EQ("200 CN=relai", said(known_));
}

TEST_F(HttpTlsDoor, SeveralListsInOneFileAndAnAuthorityWithoutOne) {
    std::ofstream(authority_.file(), std::ios::app) << std::ifstream(foreign_.file()).rdbuf();
    const support::KeyPair gone = authority_.issue("gone", 90);
    const support::KeyPair alsoGone = foreign_.issue("also-gone", 90);
    const std::string list = authority_.list({gone.cert});
    start({list});
    EXPECT_THAT(said(foreign_.issue("stranger", 90)), HasSubstr("alert unknown ca"));
    const std::string why = "'crl' has no list of revoked certificates of their authority";
    EXPECT_EQ(why, logged(why));
    std::ofstream(list, std::ios::app) << std::ifstream(foreign_.list({alsoGone.cert})).rdbuf();
    EXPECT_TRUE(refresh());
    EXPECT_THAT(said(gone), HasSubstr("revoked"));
    EXPECT_THAT(said(alsoGone), HasSubstr("revoked"));
    EXPECT_EQ("200 CN=relai", said(known_));
    EXPECT_EQ("200 CN=stranger", said(foreign_.issue("stranger", 90)));
}

TEST_F(HttpTlsDoor, AForgedListIsNotTaken) {
    const std::string list = authority_.list({});
    start({list});
    // Of the same name, signed by another key.
    std::filesystem::create_directory(folder_ + "/forged");
    support::CertificateAuthority forger(folder_ + "/forged", "authority");
    forger.list({}, 7, list);
    EXPECT_FALSE(refresh());
    EXPECT_EQ("200 CN=relai", said(known_));
}

TEST_F(HttpTlsDoor, WhereACertificateMayBeMissingWhatIsShownIsStillChecked) {
    const support::KeyPair gone = authority_.issue("gone", 90);
    start({authority_.list({gone.cert})}, true);
    EXPECT_EQ("200 ", said(support::KeyPair{}));
    EXPECT_EQ("200 CN=relai", said(known_));
    EXPECT_THAT(said(gone), HasSubstr("alert certificate revoked"));
    EXPECT_THAT(said(foreign_.issue("relai", 90)), HasSubstr("alert unknown ca"));
}

TEST_F(HttpTlsDoor, AShortHandshakeNamesTheSamePeerUntilTheListsChange) {
    const std::string list = authority_.list({});
    start({list});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const support::KeyPair leaving = authority_.issue("leaving", 90);
        const tls::Context context(
            tls::Role::client,
            tls::Options{
                .cert = leaving.cert, .key = leaving.key, .ca = authority_.file(), .resume = true});
        SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_clear_options(context.get(), SSL_OP_NO_TICKET);
        SSL_CTX_set_max_proto_version(context.get(), version);
        Resuming client(server_->address(), context);
        EXPECT_EQ("full CN=leaving", client.ask());
        EXPECT_EQ("short CN=leaving", client.ask());
        EXPECT_EQ("short CN=leaving", client.ask());
        authority_.list({leaving.cert});
        EXPECT_TRUE(refresh());
        EXPECT_THAT(client.ask(), HasSubstr("alert certificate revoked"))
            << "a ticket is no way around a revocation";
        authority_.list({});
        EXPECT_TRUE(refresh());
        EXPECT_EQ("full CN=leaving", client.ask()) << "nor good for another context";
    }
}

TEST_F(HttpTlsDoor, NothingBelowTls12) {
    start();
    const tls::Context context(
        tls::Role::client,
        tls::Options{.cert = known_.cert, .key = known_.key, .ca = authority_.file()});
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    EXPECT_THAT(Resuming(server_->address(), context).ask(), HasSubstr("alert protocol version"));
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context.get(),
                            "ECDHE-ECDSA-AES128-SHA256:AES128-GCM-SHA256@SECLEVEL=0");
    EXPECT_THAT(Resuming(server_->address(), context).ask(), HasSubstr("handshake failure"))
        << "weak ciphers";
}

TEST_F(HttpTlsDoor, CertificatesTellWhenListsEnd) {
    start({authority_.list({}, 10)});
    std::vector<std::string> ends;
    for (const Certificate& one : files_->certificates())
        ends.push_back(
            std::filesystem::path(one.file).filename().string() + " " +
            std::to_string(
                std::chrono::round<std::chrono::days>(one.until - currentTime()).count()) +
            (one.kind == Certificate::Kind::revocations ? " list" : ""));
    EXPECT_THAT(ends, testing::ElementsAre("authority-server.pem 90", "authority.pem 3650",
                                           "authority.crl 10 list"));
}

}  // namespace
