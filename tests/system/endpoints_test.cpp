/// An engine that sends for two hospitals of hundreds of partners: who it may speak for, what the
/// audit is told, and that it stays so over a reload.
#include <signal.h>

#include <filesystem>

#include "asking.h"
#include "mllp/ack.h"
#include "mllp/framer.h"
#include "mllp/stream.h"
#include "support/gateway_process.h"
#include "support/mllp_peers.h"
#include "support/plugins.h"
#include "support/tls_certs.h"

namespace {
using namespace std::chrono_literals;
using mllp::Stream;
using support::within;
using testing::HasSubstr;
namespace tls = gateway::tls;

class Endpoints : public testing::Test {
protected:
    Endpoints() {
        std::filesystem::create_directory(folder_.path() + "/out");
        folder_.write("partners/archive.yaml",
                      "destinations: {adt: {folder: {path: out}, codec: hl7v2}}\n");
        std::string table = "name,category,finess,endpoint,destinations\n";
        for (int i = 100; i < 400; ++i) {
            const std::string number = std::to_string(i);
            table += "clinique-" + number + ",hospital,980000" + number +
                     (i < 102 ? ",groupe" : ",") + ",box\n";
        }
        folder_.write("partners/cliniques.csv", table);
        folder_.write("destinations/box.yaml", "plans: {mailbox: {}, codec: hl7v2}\n");
        folder_.write("endpoints/groupe.yaml", "certificates: [CN=moteur-invente]\n");
        from("[clinique-100, clinique-101]");
    }
    void from(const std::string& names) const {
        folder_.write("passerelle.yaml",
                      "store: {sqlite: c.db}\nlisteners:\n  adt: {mllp: {listen: '127.0.0.1:0', "
                      "tls: {cert: '" +
                          server_.cert + "', key: '" + server_.key + "', clients: '" +
                          authority_.file() +
                          "'}}}\nsources:\n  adt: {listener: adt, codec: hl7v2, from: " + names +
                          "}\nroutes:\n  - {name: all, from: adt, to: archive/adt}\n");
    }
    static mllp::Clock::time_point soon() { return mllp::Clock::now() + 10s; }
    /// The answer to an admission of that facility.
    static std::string told(Stream& stream, const std::string& facility,
                            const std::string& controlId) {
        stream.write(mllp::framed("MSH|^~\\&|MOTEUR|" + facility +
                                  "|PASSERELLE|RESO|20260306101500||ADT^A01^ADT_A01|" + controlId +
                                  "|P|2.5\rEVN||20260306101500\rPID|1||4711^^^X||INVENTE^NOM\r"),
                     soon());
        mllp::Framer framer;
        char bytes[4096];
        for (;;) {
            std::size_t got = 0;
            if (stream.read(bytes, sizeof bytes, got, soon()) != Stream::Read::data) return "none";
            std::string_view rest(bytes, got);
            if (const std::optional<std::string> answer = framer.take(rest)) return *answer;
        }
    }
    std::string audit() const { return support::fileText(folder_.path() + "/audit.jsonl"); }
    std::size_t delivered() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path() + "/out"))
            count += entry.path().filename().string().front() != '.';
        return count;
    }

    support::TemporaryFolder folder_;
    support::CertificateAuthority authority_{folder_.path(), "authority"};
    const support::KeyPair server_ = authority_.issue("gateway");
    const support::KeyPair engine_ = authority_.issue("moteur-invente");
    const support::KeyPair stranger_ = authority_.issue("clinique-100");
};

TEST_F(Endpoints, SpeakForTheirOwnPartnersAlone) {
    support::GatewayProcess gateway(folder_.path());
    const tls::Context engine{tls::Role::client,
                              {engine_.cert, engine_.key, authority_.file(), {}, {}}};
    const auto stream = Stream::connect({"127.0.0.1", gateway.port()}, &engine, soon());
    EXPECT_THAT(told(*stream, "980000100", "1"), HasSubstr("MSA|AA|1"));
    EXPECT_THAT(told(*stream, "^980000101^N", "2"), HasSubstr("MSA|AA|2"));
    const std::string other = told(*stream, "980000200", "3");
    EXPECT_THAT(other, HasSubstr("MSA|AR|3"));
    EXPECT_THAT(other, HasSubstr("ERR||MSH^1^4"));
    EXPECT_THAT(told(*stream, "INCONNU", "4"), HasSubstr("MSA|AR|4"));
    EXPECT_TRUE(within(10s, [&] { return delivered() == 2; }));
    EXPECT_TRUE(within(10s, [&] {
        const std::string text = audit();
        return text.find("\"sign-in\"") != text.npos && text.find("\"refusal\"") != text.npos &&
               text.find("clinique-101") != text.npos;
    })) << audit();
    EXPECT_EQ(std::string::npos, audit().find("INVENTE^NOM"));

    from("[clinique-101]");
    ::kill(gateway.id(), SIGHUP);
    EXPECT_TRUE(within(10s, [&] {
        return told(*stream, "980000100", "5").find("MSA|AR|5") != std::string::npos;
    })) << gateway.output();
    EXPECT_THAT(told(*stream, "980000101", "6"), HasSubstr("MSA|AA|6"));
    EXPECT_EQ(0, gateway.end(SIGTERM));
}

TEST_F(Endpoints, APartnerOfThemThatConnectsItselfIsItself) {
    support::GatewayProcess gateway(folder_.path());
    const tls::Context own{tls::Role::client,
                           {stranger_.cert, stranger_.key, authority_.file(), {}, {}}};
    const auto stream = Stream::connect({"127.0.0.1", gateway.port()}, &own, soon());
    EXPECT_THAT(told(*stream, "980000100", "1"), HasSubstr("MSA|AA|1"));
    EXPECT_THAT(told(*stream, "ANYTHING", "2"), HasSubstr("MSA|AA|2"));
    EXPECT_THAT(told(*stream, "980000101", "3"), HasSubstr("MSA|AR|3")) << "another's";
    EXPECT_EQ(0, gateway.end(SIGTERM));
}

}  // namespace
