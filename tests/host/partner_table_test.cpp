/// Partners as rows of a table, who connects for them, what several have alike.
#include <chrono>

#include "access/accesses.h"
#include "directory/partner_directory.h"
#include "host/config_folder.h"
#include "host/configuration.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kMain =
    "store: {sqlite: var/p.db}\n"
    "listeners: {portal: {wire: {listen: '127.0.0.1:0'}}}\n"
    "sources:\n"
    "  gp: {listener: portal, path: /gp, codec: plain, from: [category:gp, saas]}\n"
    "  net: {listener: portal, path: /net, codec: plain, network: relai, from: [relai]}\n"
    "routes: [{name: all, from: [gp, net], to: care-team}]\n";
constexpr const char* kTable =
    "name;label;category;rpps;endpoint;destinations;values.receiving_facility\n"
    "martin;Cabinet Martin;gp;99800000001;saas;box;MARTIN\n"
    "# not yet: durand\n"
    ";;;;;;\n"
    "\"blanc\";\"Cabinet \"\"Blanc\"\"; Exemple\";gp;99800000003;saas;box\n";
constexpr const char* kBox =
    "plans: {wire: {host: a}, codec: plain, concurrency: 3, rate: {most: 2}}\n"
    "news: {wire: {host: b}, codec: plain}\n";

class PartnerTable : public testing::Test {
protected:
    PartnerTable() {
        if (auto why =
                host_.load(std::string(support::kBuildDir) + "/tests/house_plugins/house.so"))
            throw std::runtime_error(why->en);
        folder_.write("passerelle.yaml", kMain);
        folder_.write("partners/chu.yaml",
                      "category: hospital\nidentifiers: {finess: '980000004'}\n"
                      "destinations: {plans: {wire: {host: a}, codec: plain}}\n");
        folder_.write("partners/practices.csv", kTable);
        folder_.write("destinations/box.yaml", kBox);
        folder_.write("endpoints/saas.yaml", "certificates: CN=saas-client\n");
        folder_.write("endpoints/relai.yaml", "networks: [relai]\n");
    }
    Configuration read() { return configure(readConfigFiles(folder_.path()), host_); }

    /// The findings, places without the folder.
    std::vector<std::string> findings(const Configuration& configuration) const {
        std::vector<std::string> texts;
        for (const Finding& finding : configuration.findings.all()) {
            EXPECT_FALSE(finding.fr.empty()) << finding.text;
            std::string text = finding.where.text() + ": " + finding.text;
            if (text.starts_with(folder_.path())) text.erase(0, folder_.path().size() + 1);
            texts.push_back(std::move(text));
        }
        return texts;
    }
    std::vector<std::string> with(const std::string& file, const std::string& text) {
        folder_.write(file, text);
        return findings(read());
    }
    static Who who(const Configuration& made, const std::string& name,
                   const std::string& actsFor = {}) {
        Shown shown;
        shown.facts.set("tls.subject", "CN=" + name);
        shown.actsFor = actsFor;
        return made.setup->access->who(shown);
    }

    PluginHost host_;
    support::ConfigFolder folder_;
};

TEST_F(PartnerTable, EachRowIsAPartner) {
    const Configuration made = read();
    EXPECT_THAT(findings(made), IsEmpty());
    const Directory& directory = *made.setup->directory;
    ASSERT_EQ(3u, directory.all().size());
    const Partner* const martin = directory.byIdentifier("rpps", "99800000001");
    ASSERT_TRUE(martin);
    EXPECT_EQ("martin", martin->name);
    EXPECT_EQ("gp", martin->category);
    EXPECT_EQ("MARTIN", martin->values.at("receiving_facility"));
    EXPECT_THAT(martin->destinations, ElementsAre("plans", "news"));
    EXPECT_EQ("Cabinet \"Blanc\"; Exemple", directory.find("blanc")->label);
}

TEST_F(PartnerTable, WhatTheyShareIsMadeOnceAndEachHasItsOwn) {
    const Configuration made = read();
    const auto& all = made.setup->destinations;
    ASSERT_EQ(5u, all.size());
    const DestinationSetup& one = all.at("martin/plans");
    const DestinationSetup& other = all.at("blanc/plans");
    EXPECT_EQ("martin", one.partner);
    EXPECT_EQ("martin/plans", one.name);
    EXPECT_EQ(3u, other.concurrency);
    EXPECT_EQ(2u, other.rate->most);
    EXPECT_EQ(one.destination, other.destination);
    EXPECT_NE(one.destination, all.at("martin/news").destination);
    EXPECT_NE(one.destination, all.at("chu/plans").destination);
}

TEST_F(PartnerTable, AFileOfAPartnerMaySayTheSame) {
    EXPECT_THAT(with("partners/chu.yaml",
                     "category: hospital\nendpoint: saas\ndestinations: box\n"
                     "quiet_hours: {from: \"22:00\", to: \"06:00\"}\n"),
                IsEmpty());
    const Configuration made = read();
    EXPECT_FALSE(made.setup->destinations.at("chu/news").quiet.empty()) << "its own quiet hours";
    EXPECT_TRUE(made.setup->destinations.at("martin/news").quiet.empty());
    EXPECT_EQ("chu", who(made, "saas-client", "chu").partner);
}

TEST_F(PartnerTable, AnEndpointActsForThoseWhoSaySo) {
    const Configuration made = read();
    EXPECT_EQ("martin", who(made, "saas-client", "martin").partner);
    EXPECT_EQ("blanc", who(made, "saas-client", "99800000003").partner);
    EXPECT_THROW(who(made, "saas-client", "chu"), Error);
    EXPECT_EQ("relai", who(made, "relai").network);
    const Access& access = *made.setup->access;
    EXPECT_FALSE(
        access.refuses(who(made, "saas-client", "martin"), {Wanted::Act::send, "gp", {}, {}}));
    EXPECT_FALSE(access.refuses(who(made, "relai"), {Wanted::Act::send, "net", {}, {}}));
    EXPECT_TRUE(
        access.refuses(who(made, "saas-client", "martin"), {Wanted::Act::send, "net", {}, {}}));
    EXPECT_TRUE(access.refuses({}, {Wanted::Act::send, "gp", {}, {}}));
}

TEST_F(PartnerTable, TheVersionFollowsTables) {
    const std::string before = read().setup->version;
    folder_.write("partners/practices.csv",
                  std::string(kTable) + "leroy;;gp;99800000004;saas;box\n");
    const std::string table = read().setup->version;
    EXPECT_NE(before, table);
    folder_.write("endpoints/relai.yaml", "networks: [relai]\nlabel: Relai\n");
    EXPECT_NE(table, read().setup->version);
}

TEST_F(PartnerTable, TheTableAsSuchIsTheGatewaysOwn) {
    for (const auto& [text, told] : std::vector<std::pair<std::string, std::string>>{
             {"label,category\nx,gp\n",
              "partners/practices.csv:1:1: the table of partners has no "
              "column 'name'"},
             {"name,rpps,rpps\n", "partners/practices.csv:1:11: the column 'rpps' stands here"},
             {"name,label\nmartin,\"open\n", "partners/practices.csv:2:8: found a quote"},
             {"name,rpps\n,99800000001\n", "partners/practices.csv:2:1: the row has no 'name'"},
             {"name\nanyone\n", "partners/practices.csv:2:1: a name is made of"},
             {"name\na b\n", "partners/practices.csv:2:1: a name is made of"},
             {"name\nchu\n", "partners/practices.csv:2:1: 'chu' is there already: " +
                                 folder_.path() + "/partners/chu.yaml"},
             {"name\nx\ny\nx\n", "partners/practices.csv:4:1: 'x' is there already: " +
                                     folder_.path() + "/partners/practices.csv:2:1"}}) {
        folder_.write("partners/practices.csv", text);
        const Configuration made = read();
        EXPECT_THAT(findings(made), Contains(StartsWith(told))) << text;
        EXPECT_TRUE(made.own.failed()) << text;
    }
}

TEST_F(PartnerTable, ARowSetsOnlyItselfAside) {
    folder_.write("partners/practices.csv",
                  "name,category,rpps,destinations\nmartin,gp,99800000001,bix\n"
                  "blanc,gp,99800000003,box\nleroy,gp,99800000004,box,more\n");
    const Configuration made = read();
    EXPECT_THAT(findings(made),
                Contains(StartsWith("partners/practices.csv:2:23: 'destinations': there is no file "
                                    "destinations/bix.yaml; did you mean 'box'?")));
    EXPECT_THAT(made.aside, ElementsAre("martin"));
    EXPECT_TRUE(made.own.failed()) << "a row that does not fit its table is nobody's";
    EXPECT_THAT(findings(made), Contains(StartsWith("partners/practices.csv:4:26: the row has 5")));
}

TEST_F(PartnerTable, WhatASpreadsheetDidIsTold) {
    EXPECT_THAT(with("partners/practices.csv",
                     "name,catgory,finess\na,gp,010000001\n"
                     "b,gp,10000002\nc,gp,010000003\nd,gp,9.8E+08\n"),
                AllOf(Contains(HasSubstr("practices.csv:1:6: the column 'catgory' is taken as a "
                                         "scheme of identifiers; did you mean 'category'?")),
                      Contains(HasSubstr("practices.csv:3:6: found '10000002'")),
                      Contains(HasSubstr("practices.csv:5:6: found '9.8E+08'"))));
    folder_.write("partners/practices.csv", "name,label\na,Cabinet des Ch\xeanes\n");
    const Configuration made = read();
    EXPECT_EQ("Cabinet des Chênes", made.setup->directory->find("a")->label);
    EXPECT_THAT(findings(made), Contains(HasSubstr("practices.csv:2:1: ")));
}

TEST_F(PartnerTable, WhatIsSharedAndBrokenSetsThemAside) {
    folder_.write("destinations/box.yaml", "plans: {wire: {host: a}, codec: plan}\n");
    const Configuration made = read();
    EXPECT_THAT(findings(made), ElementsAre(HasSubstr("destinations/box.yaml:1:"))) << "told once";
    EXPECT_THAT(made.aside, ElementsAre("martin", "blanc"));
    EXPECT_FALSE(made.own.failed());
    EXPECT_TRUE(made.setup->destinations.contains("martin/plans"));
    EXPECT_THAT(with("destinations/none.yaml", kBox),
                Contains(HasSubstr("no partner names the destinations 'none'")));
}

TEST_F(PartnerTable, ABrokenEndpointSetsOnlyItselfAside) {
    for (const auto& [text, told] : std::vector<std::pair<std::string, std::string>>{
             {"certificates: [abc]\n", "endpoints/saas.yaml:1:16: expected a SHA-256 fingerprint"},
             {"allow: [10.2.3.4/16]\n",
              "endpoints/saas.yaml:1:9: has digits after its prefix; did "
              "you mean 10.2.0.0/16?"},
             {"allow: [0.0.0.0/0]\n", "endpoints/saas.yaml:1:9: lets every address in"},
             {"allow: [chu.example]\n", "endpoints/saas.yaml:1:9: expected an address"},
             {"acts_for: [chi]\n",
              "endpoints/saas.yaml:1:12: there is no partner 'chi'; did you "
              "mean 'chu'?"},
             {"acts_for: [category:spa]\n", "endpoints/saas.yaml:1:12: no partner is of"},
             {"networks: [relay]\n",
              "endpoints/saas.yaml:1:12: no source is of the network "
              "'relay'; did you mean 'relai'?"},
             {"named_by: {claim: x}\n", "endpoints/saas.yaml:1:19: 'claim': a claim is a token's"},
             {"named_by: {header: x, message: sender}\n", "endpoints/saas.yaml:1:11: 'named_by'"},
             {"named_by: {message: x}\n", "endpoints/saas.yaml:1:21: 'message': found 'x'"},
             {"notify: [hooks.example]\n", "endpoints/saas.yaml:1:10: expected how an address"},
             {"tokens: [{issuer: idp, client: x}]\n",
              "endpoints/saas.yaml:1:19: 'issuer': there "
              "is no issuer 'idp'"},
             {"certificate: CN=x\n",
              "endpoints/saas.yaml:1:1: unknown key 'certificate'; did you "
              "mean 'certificates'?"},
             {"label: [", "endpoints/saas.yaml:"}}) {
        folder_.write("endpoints/saas.yaml", text);
        const Configuration made = read();
        EXPECT_THAT(findings(made), Contains(StartsWith(told)));
        EXPECT_FALSE(made.own.failed()) << text;
        EXPECT_THAT(made.asideEndpoints, ElementsAre("saas")) << text;
        EXPECT_EQ("relai", who(made, "relai").network);
        EXPECT_EQ("", who(made, "saas-client").endpoint);
    }
}

TEST_F(PartnerTable, NamesMeanOneThing) {
    folder_.write("endpoints/chu.yaml", "certificates: CN=other\n");
    EXPECT_THAT(findings(read()),
                ElementsAre(AllOf(HasSubstr("endpoints/chu.yaml:1:1: a partner is "
                                            "called 'chu' too"))));
    folder_.write("endpoints/chu.yaml", "acts_for: chu\n");
    folder_.write("endpoints/relai.yaml", "label: x\n");
    EXPECT_THAT(findings(read()), ElementsAre(HasSubstr("a network is called 'relai' too")));
    folder_.write("endpoints/relai.yaml", "certificates: CN=saas-client\nnetworks: [relai]\n");
    const Configuration made = read();
    EXPECT_THAT(findings(made),
                ElementsAre(HasSubstr("endpoints/saas.yaml: 'relai' and 'saas' have "
                                      "the same certificate")));
    EXPECT_THAT(made.asideEndpoints, ElementsAre("saas"));
    EXPECT_EQ("relai", who(made, "saas-client").endpoint);
}

TEST_F(PartnerTable, FromNamesWhatIsThere) {
    const auto from = [&](const std::string& names) {
        std::string text = kMain;
        const std::string before = "[category:gp, saas]";
        return with("passerelle.yaml", text.replace(text.find(before), before.size(), names));
    };
    EXPECT_THAT(from("[sas]"), ElementsAre("passerelle.yaml:4:58: 'from': there is no endpoint, "
                                           "partner or network 'sas'; did you mean 'saas'?"));
    EXPECT_THAT(from("category:gpp"),
                ElementsAre("passerelle.yaml:4:57: no partner is of the category 'gpp'"));
    EXPECT_THAT(from("anyone"), IsEmpty());
    EXPECT_THAT(with("partners/practices.csv", "name,endpoint\nmartin,sas\n"),
                Contains("partners/practices.csv:2:8: there is no endpoint 'sas'; did you mean "
                         "'saas'?"));
}

TEST_F(PartnerTable, AListenerBelievesIssuersThatAreThere) {
    std::string text = kMain;
    const std::string before = "listen: '127.0.0.1:0'";
    EXPECT_THAT(with("passerelle.yaml",
                     text.replace(text.find(before), before.size(), before + ", tokens: [idp]")),
                ElementsAre("passerelle.yaml:2:61: there is no issuer 'idp' under 'issuers:'"));
}

TEST_F(PartnerTable, FiveThousandPracticesAreRead) {
    std::string table = "name,label,category,finess,rpps,endpoint,destinations\n";
    for (int i = 10'000; i < 15'000; ++i) {
        const std::string n = std::to_string(i);
        table += "cabinet-" + n + ",Cabinet " + n + ",gp,9800" + n + ",998000" + n + ",saas,box\n";
    }
    folder_.write("partners/practices.csv", table);
    const auto begin = std::chrono::steady_clock::now();
    const Configuration made = read();
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_THAT(findings(made), IsEmpty());
    EXPECT_EQ(10'001u, made.setup->destinations.size());
    EXPECT_EQ("cabinet-12345", who(made, "saas-client", "rpps|99800012345").partner);
    // Far from what it takes (tests/bench/access says that), and far below what squares take.
    EXPECT_LT(took, std::chrono::seconds(20));
}

}  // namespace
