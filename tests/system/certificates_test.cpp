/// A renewed certificate is shown after SIGHUP, and no connection ends for it.
#include <poll.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <set>

#include "asking.h"
#include "mllp/ack.h"
#include "mllp/framer.h"
#include "mllp/stream.h"
#include "support/gateway_process.h"
#include "support/mllp_peers.h"
#include "support/tls_certs.h"

namespace {
using namespace std::chrono_literals;
using mllp::Stream;
namespace tls = gateway::tls;
using support::within;

class Certificates : public testing::Test {
protected:
    Certificates() {
        folder_.write("partners/archive.yaml",
                      "destinations: {adt: {folder: {path: out}, codec: hl7v2}}\n");
        std::filesystem::create_directory(folder_.path() + "/out");
        folder_.write("passerelle.yaml",
                      "store: {sqlite: c.db}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0', "
                      "tls: {cert: '" +
                          shown_.cert + "', key: '" + shown_.key + "', clients: '" +
                          authority_.file() +
                          "'}}}\nsources:\n  adt: {listener: adt, codec: hl7v2}\nroutes:\n"
                          "  - {name: all, from: adt, to: archive/adt}\n");
    }

    static mllp::Clock::time_point soon() { return mllp::Clock::now() + 10s; }
    std::unique_ptr<Stream> connected(std::uint16_t port) const {
        return Stream::connect({"127.0.0.1", port}, &client_, soon());
    }
    /// MSA-1 and MSA-2.
    static std::string exchange(Stream& stream, const std::string& controlId) {
        stream.write(mllp::framed(support::admission(controlId, 1, 500)), soon());
        mllp::Framer framer;
        char bytes[4096];
        for (;;) {
            std::size_t got = 0;
            if (stream.read(bytes, sizeof bytes, got, soon()) != Stream::Read::data) return "none";
            std::string_view rest(bytes, got);
            if (const std::optional<std::string> answer = framer.take(rest)) {
                const mllp::Ack ack = mllp::parseAck(*answer);
                return ack.code + " " + ack.controlId;
            }
        }
    }
    /// The common name of the certificate that a new connection is shown.
    std::string shown(std::uint16_t port) const {
        const auto stream = Stream::connect({"127.0.0.1", port}, nullptr, soon());
        tls::Session session(client_, stream->socket(), "127.0.0.1");
        while (session.handshake() != tls::Session::Result::done) {
            pollfd one{stream->socket(), POLLIN, 0};
            if (::poll(&one, 1, 10'000) != 1) return "none";
        }
        return session.peer().commonName;
    }
    void renew(const support::KeyPair& by) const {
        const auto replace = std::filesystem::copy_options::overwrite_existing;
        std::filesystem::copy_file(by.cert, shown_.cert, replace);
        std::filesystem::copy_file(by.key, shown_.key, replace);
    }

    support::TemporaryFolder folder_;
    support::CertificateAuthority authority_{folder_.path(), "authority"};
    const support::KeyPair shown_ = authority_.issue("first");
    const support::KeyPair own_ = authority_.issue("hopital-invente");
    const tls::Context client_{tls::Role::client, {own_.cert, own_.key, authority_.file(), {}, {}}};
};

TEST_F(Certificates, ARenewedOneIsShownAfterAHangupAndNoConnectionEnds) {
    support::GatewayProcess gateway(folder_.path());
    const std::uint16_t port = gateway.port();
    const auto open = connected(port);
    EXPECT_EQ("AA 1", exchange(*open, "1"));
    EXPECT_EQ("first", shown(port));

    renew(authority_.issue("second"));
    ::kill(gateway.id(), SIGHUP);
    EXPECT_TRUE(within(10s, [&] { return shown(port) == "second"; }));
    EXPECT_EQ("AA 2", exchange(*open, "2"));
    EXPECT_EQ("AA 3", exchange(*connected(port), "3"));

    renew({authority_.issue("third").cert, own_.key});  // not its key
    ::kill(gateway.id(), SIGHUP);
    EXPECT_TRUE(within(10s, [&] {
        return gateway.output().find("the private key is not the certificate's") !=
                   std::string::npos ||
               gateway.output().find("no private key of that certificate") != std::string::npos;
    })) << gateway.output();
    EXPECT_EQ("second", shown(port));
    EXPECT_EQ("AA 4", exchange(*open, "4"));
    EXPECT_EQ(0, gateway.end(SIGTERM));
}

/// Whoever is connected to, connects, or is asked: what makes either believed ends some day.
TEST_F(Certificates, OfEveryEndAreWatched) {
    folder_.write("people.yaml", "anne: {certificate: CN=hopital-invente, roles: viewer}\n");
    const std::string ca = "{ca: '" + authority_.file() + "'}";
    const std::string own = "{cert: '" + shown_.cert + "', key: '" + shown_.key + "', clients: '" +
                            authority_.file() + "', crl: '" + authority_.list({}, 10) + "'}";
    folder_.write("partners/chu.yaml",
                  "destinations:\n  plans: {http: {url: 'https://127.0.0.1:1/', tls: " + ca +
                      ", oauth: {token: 'https://127.0.0.1:1/token', client: c, tls: {ca: '" +
                      authority_.file() + "', cert: '" + own_.cert + "', key: '" + own_.key +
                      "'}}}, codec: hl7v2}\n");
    folder_.write(
        "passerelle.yaml",
        "store: {sqlite: c.db}\n"
        "admin: {listen: '127.0.0.1:0', people: people.yaml, tls: " +
            own +
            "}\n"
            "issuers:\n  idp: {issuer: i, audience: a, jwks: 'https://127.0.0.1:1/keys', tls: " +
            ca +
            "}\n"
            "alerts: {receivers: {duty: {webhook: {url: 'https://127.0.0.1:1/', tls: " +
            ca +
            "}}}}\n"
            "listeners:\n  adt: {mllp: {listen: '127.0.0.1:0', tls: " +
            own + "}}\nsources:\n  adt: {listener: adt, codec: hl7v2}\nroutes:\n" +
            "  - {name: all, from: adt, to: archive/adt}\n");
    support::GatewayProcess gateway(folder_.path());
    gateway.port();
    std::map<std::string, std::set<std::string>> watched;
    const support::Json status = support::asked({"status"}, folder_.path());
    for (const auto& one : support::itemsAt(status, "certificates").GetArray())
        watched[support::textAt(one, "end")].insert(
            std::filesystem::path(support::textAt(one, "file")).filename().string());
    using Files = std::set<std::string>;
    EXPECT_EQ((Files{"authority-first.pem", "authority.pem", "authority.crl"}), watched["adt"]);
    EXPECT_EQ(watched["adt"], watched["admin"]);
    EXPECT_EQ((Files{"authority-hopital-invente.pem", "authority.pem"}), watched["chu/plans"])
        << "of the destination and of the server that gives its tokens";
    EXPECT_EQ(Files{"authority.pem"}, watched["issuers/idp"]);
    EXPECT_EQ(Files{"authority.pem"}, watched["alerts/duty"]);
    ::kill(gateway.id(), SIGHUP);  // other issuers from now on
    EXPECT_TRUE(within(10s, [&] {
        return support::passerelle({"status", "--json", "-c", folder_.path()})
                   .out.find("issuers/idp") != std::string::npos;
    }));
    EXPECT_EQ(0, gateway.end(SIGTERM));
}

}  // namespace
