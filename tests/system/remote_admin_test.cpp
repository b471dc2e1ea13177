/// A gateway asked from elsewhere: the command line over TLS, with what each role may see.
#include <signal.h>

#include <filesystem>

#include "asking.h"
#include "support/gateway_process.h"
#include "support/tls_certs.h"

namespace {
using namespace std::chrono_literals;
using support::passerelle;
using support::Ran;
using support::within;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RemoteAdmin : public testing::Test {
protected:
    RemoteAdmin() {
        std::filesystem::create_directories(folder_.path() + "/in");
        std::filesystem::create_directories(folder_.path() + "/out");
        folder_.write("partners/archive.yaml",
                      "destinations: {lines: {folder: {path: out}, codec: lines}}\n");
        folder_.write("people.yaml",
                      "vera: {certificate: CN=vera, roles: viewer}\n"
                      "olga: {certificate: 'CN=olga', roles: [operator]}\n");
        folder_.write("passerelle.yaml",
                      "store: {sqlite: r.db}\nadmin:\n  listen: '127.0.0.1:0'\n  people: "
                      "people.yaml\n  tls: {cert: '" +
                          own_.cert + "', key: '" + own_.key + "', clients: '" + authority_.file() +
                          "', crl: '" + list_ +
                          "'}\nsources:\n  notes: {folder: {path: in}, codec: lines}\nroutes:\n"
                          "  - {name: all, from: notes, to: archive/lines}\n");
    }
    Ran ask(std::vector<std::string> words, const support::KeyPair& who) const {
        for (const std::string& word :
             {std::string("--admin"), "https://127.0.0.1:" + std::to_string(port_),
              std::string("--ca"), authority_.file(), std::string("--cert"), who.cert,
              std::string("--key"), who.key})
            words.push_back(word);
        return passerelle(std::move(words));
    }
    std::string audited() const {
        return passerelle({"audit", "list", "-c", folder_.path(), "--json"}).out;
    }

    support::TemporaryFolder folder_;
    support::CertificateAuthority authority_{folder_.path(), "authority"};
    const std::string list_ = authority_.list({});
    const support::KeyPair own_ = authority_.issue("gateway", 90);
    const support::KeyPair vera_ = authority_.issue("vera", 90);
    const support::KeyPair olga_ = authority_.issue("olga", 90);
    std::uint16_t port_ = 0;
};

TEST_F(RemoteAdmin, EachRoleSeesWhatIsItsOwn) {
    support::GatewayProcess gateway(folder_.path());
    port_ = gateway.portAfter("\"admin-listens\",\"listen\":\"127.0.0.1:");
    folder_.write("in/one.txt", "MARKEDLINE\n");
    std::string id;
    ASSERT_TRUE(within(20s, [&] {
        const Ran listed = ask({"messages", "list", "--json"}, vera_);
        const support::Json json = support::jsonOf(listed.out);
        const auto& messages = support::itemsAt(json, "messages");
        if (messages.Size() == 0) return false;
        id = support::textAt(messages[0], "id");
        return support::textAt(messages[0], "state") == "translated";
    })) << gateway.output();

    EXPECT_EQ(0, ask({"status"}, vera_).code);
    const Ran shown = ask({"messages", "show", id}, vera_);
    EXPECT_THAT(shown.out, AllOf(HasSubstr("archive/lines"), Not(HasSubstr("MARKED"))));
    for (const auto& words :
         {std::vector<std::string>{"messages", "show", id, "--body", "--why", "x"},
          {"messages", "replay", id},
          {"pause", "archive/lines"},
          {"unmapped"}}) {
        const Ran refused = ask(words, vera_);
        EXPECT_EQ(1, refused.code) << words.front();
        EXPECT_THAT(refused.err, HasSubstr("the role viewer"));
    }
    // Content: with a reason, written down, and told.
    const Ran without = ask({"messages", "show", id, "--body"}, olga_);
    EXPECT_EQ(2, without.code);
    EXPECT_THAT(without.err, HasSubstr("a reason must be given"));
    EXPECT_EQ(
        "MARKEDLINE\n",
        ask({"messages", "show", id, "--body", "--why", "the partner called", "--by", "me"}, olga_)
            .out);
    EXPECT_THAT(audited(),
                AllOf(HasSubstr("\"by\":\"olga\",\"what\":\"break-glass\",\"about\":[\"" + id +
                                "\"],\"why\":\"the partner called\""),
                      Not(HasSubstr("\"by\":\"me\"")), HasSubstr("sign-in"),
                      HasSubstr("\"by\":\"vera\",\"what\":\"refusal\"")));
    EXPECT_TRUE(within(70s, [&] {
        return ask({"alerts", "list", "--json"}, vera_).out.find("break-glass") !=
               std::string::npos;
    }));
    // Somebody who has left: by the people's file, and by the list of revoked certificates.
    folder_.write("people.yaml", "olga: {certificate: CN=olga, roles: [operator]}\n");
    ::kill(gateway.id(), SIGHUP);
    EXPECT_TRUE(within(
        20s, [&] { return ask({"status"}, vera_).err.find("nobody's") != std::string::npos; }));
    EXPECT_EQ(0, ask({"pauses"}, olga_).code);
    authority_.list({olga_.cert});
    EXPECT_TRUE(within(20s, [&] {
        return ask({"pauses"}, olga_).err.find("certificate revoked") != std::string::npos;
    }));
    EXPECT_EQ(0, gateway.end(SIGTERM));
    EXPECT_THAT(gateway.output(), Not(HasSubstr("MARKED")));
}

TEST_F(RemoteAdmin, ItsOwnerGoesOnUsingTheSocket) {
    support::GatewayProcess gateway(folder_.path());
    gateway.portAfter("\"admin-listens\",\"listen\":\"127.0.0.1:");
    EXPECT_EQ(0, passerelle({"status", "-c", folder_.path()}).code);
    EXPECT_EQ(0, passerelle({"pause", "archive/lines", "-c", folder_.path()}).code);
}

TEST_F(RemoteAdmin, IsRefusedWithoutPeopleOrCertificates) {
    const auto checked = [&](const std::string& admin) {
        folder_.write("passerelle.yaml", "store: {sqlite: r.db}\nadmin: {" + admin + "}\n");
        return passerelle({"check", "-c", folder_.path()}).out;
    };
    const std::string tls = "tls: {cert: '" + own_.cert + "', key: '" + own_.key + "'";
    const std::string people = ", people: people.yaml";
    EXPECT_THAT(checked("listen: '127.0.0.1:0'" + people), HasSubstr("needs `tls:"));
    EXPECT_THAT(checked("listen: '127.0.0.1:0', " + tls + "}" + people),
                HasSubstr("needs `clients`"));
    EXPECT_THAT(checked("listen: '127.0.0.1:0', " + tls + ", clients: '" + authority_.file() +
                        "', ask: optional}" + people),
                HasSubstr("needs `clients`"));
    EXPECT_THAT(
        checked("listen: '127.0.0.1:0', " + tls + ", clients: '" + authority_.file() + "'}"),
        HasSubstr("nobody may come"));
    EXPECT_THAT(checked("people: people.yaml"), HasSubstr("goes with `listen`"));
}

}  // namespace
