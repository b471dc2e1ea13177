#include "host/configuration.h"

#include "directory/partner_directory.h"
#include "host/config_folder.h"
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
    "store: {sqlite: var/p.db}\n"                                     // 1
    "listeners:\n"                                                    // 2
    "  portal: {wire: {listen: '127.0.0.1:0'}}\n"                     // 3
    "sources:\n"                                                      // 4
    "  net: {listener: portal, path: /plans, codec: plain}\n"         // 5
    "  files: {drop: {path: in}, codec: {plain: {model: x}}}\n"       // 6
    "routes:\n"                                                       // 7
    "  - {name: all, from: [net, files], map: up, to: care-team}\n";  // 8
constexpr const char* kPartner =
    "category: hospital\n"                                    // 1
    "identifiers: {finess: '980000004'}\n"                    // 2
    "destinations:\n"                                         // 3
    "  plans: {wire: {host: a}, codec: plain, map: down}\n";  // 4

class ConfigurationTest : public testing::Test {
protected:
    ConfigurationTest() {
        if (auto why =
                host_.load(std::string(support::kBuildDir) + "/tests/house_plugins/house.so"))
            throw std::runtime_error(why->en);
        folder_.write("passerelle.yaml", kMain);
        folder_.write("partners/chu.yaml", kPartner);
        folder_.write("mappings/up.map", "map");
        folder_.write("mappings/down.map", "map");
    }

    Configuration read() { return configure(readConfigFiles(folder_.path()), host_); }

    /// The findings, places without the folder.
    std::vector<std::string> findings(const Configuration& configuration) const {
        std::vector<std::string> texts;
        for (const Finding& finding : configuration.findings.all()) {
            std::string text = finding.where.text() + ": " + finding.text;
            if (text.starts_with(folder_.path())) text.erase(0, folder_.path().size() + 1);
            texts.push_back(std::move(text));
        }
        return texts;
    }
    std::vector<std::string> findings() { return findings(read()); }

    /// Findings when `from` in the file stands as `to`.
    std::vector<std::string> changed(const std::string& file, std::string text,
                                     const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        if (at == text.npos) throw std::runtime_error("no '" + from + "' to change");
        folder_.write(file, text.replace(at, from.size(), to));
        return findings();
    }
    std::vector<std::string> inMain(const std::string& from, const std::string& to) {
        return changed("passerelle.yaml", kMain, from, to);
    }
    std::vector<std::string> inPartner(const std::string& from, const std::string& to) {
        return changed("partners/chu.yaml", kPartner, from, to);
    }

    PluginHost host_;
    support::ConfigFolder folder_;
};

TEST_F(ConfigurationTest, BuildsAllThatTheFolderHolds) {
    const Configuration made = read();
    EXPECT_THAT(findings(made), IsEmpty());
    const gateway::Setup& setup = *made.setup;
    EXPECT_EQ(16u, setup.version.size());
    EXPECT_EQ("Europe/Paris", setup.zone);
    ASSERT_EQ(2u, setup.sources.size());
    EXPECT_EQ("plain", setup.sources.at("net").codec.name);
    EXPECT_TRUE(setup.sources.at("files").codec.codec);
    ASSERT_EQ(1u, setup.destinations.size());
    EXPECT_TRUE(setup.destinations.at("chu/plans").destination);
    EXPECT_EQ("down", setup.destinations.at("chu/plans").map.name);
    ASSERT_EQ(1u, setup.routes.size());
    EXPECT_TRUE(setup.routes[0].policy);
    EXPECT_EQ(setup.routes[0].policy, setup.recheck);
    EXPECT_EQ(2u, setup.maps.size());
    EXPECT_EQ("chu", setup.directory->byIdentifier("finess", "980000004")->name);
    ASSERT_EQ(2u, made.inlets.size());
    EXPECT_EQ("portal", made.inlets[0].name);
    EXPECT_TRUE(made.inlets[0].listener);
    EXPECT_EQ(folder_.path() + "/var/p.db", made.store.path);
    EXPECT_EQ(folder_.path() + "/var/admin.sock", made.adminSocket);
}

TEST_F(ConfigurationTest, TheVersionFollowsEveryFile) {
    const std::string before = read().setup->version;
    EXPECT_EQ(before, read().setup->version);
    folder_.write("partners/chu.yaml", std::string(kPartner) + "label: CHU\n");
    EXPECT_NE(before, read().setup->version);
}

TEST_F(ConfigurationTest, SharesCodecsWithEqualOptions) {
    folder_.write("partners/b.yaml", kPartner);
    const Configuration made = read();
    EXPECT_EQ(made.setup->destinations.at("chu/plans").codec.codec,
              made.setup->destinations.at("b/plans").codec.codec);
    EXPECT_NE(made.setup->sources.at("net").codec.codec,
              made.setup->sources.at("files").codec.codec);
}

// Each mistake with its place, what was found and what it may have meant.

TEST_F(ConfigurationTest, UnknownKeys) {
    EXPECT_THAT(inMain("sources:", "sorces:"),
                Contains(AllOf(StartsWith("passerelle.yaml:4:1: unknown key 'sorces'"),
                               HasSubstr("did you mean 'sources'?"))));
    EXPECT_THAT(inMain("path: /plans", "paht: /plans"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:27: unknown key 'paht'"),
                                  HasSubstr("did you mean 'path'?"))));
    EXPECT_THAT(inMain("listen: '127", "lisen: '127"),
                Contains(HasSubstr("passerelle.yaml:3:19: unknown key 'lisen'")));
    EXPECT_THAT(inMain("to: care-team", "to: care-team, whn: x"),
                ElementsAre(StartsWith("passerelle.yaml:8:61: unknown key 'whn'")));
}

TEST_F(ConfigurationTest, IssuersOfTokens) {
    const auto with = [&](const std::string& options) {
        return inMain("routes:", "issuers:\n  idp: {" + options + "}\nroutes:");
    };
    const std::string good = "issuer: 'https://idp.example', audience: 'https://gateway.example', ";
    EXPECT_THAT(with(good + "jwks: 'https://idp.example/jwks', leeway: 10 s, client_claim: appid, "
                            "one_time: true, bound: true"),
                IsEmpty());
    EXPECT_TRUE(read().tokens);
    EXPECT_THAT(with(good + "jwks: 'http://127.0.0.1:1/jwks'"), IsEmpty());
    folder_.write("open.json",
                  R"({"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ","d":"AQ"}]})");
    folder_.write("closed.json", R"({"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]})");
    EXPECT_THAT(with(good + "jwks: 'file:closed.json'"), IsEmpty());
    for (const auto& [wrong, said] : std::vector<std::pair<std::string, std::string>>{
             {good + "jwks: 'http://idp.example/jwks'",
              "passerelle.yaml:8:83: 'jwks': plain HTTP beyond this machine"},
             {good + "jwks: 'idp.example/jwks'", "expected http://host"},
             {good + "jwks: 'file:missing.json'", "missing.json: cannot be read"},
             {good + "jwks: 'file:passerelle.yaml'", "expected a JSON object with a list 'keys'"},
             {good + "jwks: 'file:open.json'", "passerelle.yaml:8:83: 'jwks': holds a private key"},
             {good + "jwks: 'https://idp.example/', leeway: 6 min", "at most 5 min"},
             {good + "jwks: 'https://idp.example/', tls: {ca: none.pem}", "none.pem"},
             {good + "jwks: 'https://idp.example/', audiance: x", "did you mean 'audience'?"},
             {good + "jwks: 'https://idp.example/'}\n  two: {" + good +
                  "jwks: 'https://idp.example/'",
              "passerelle.yaml:9:17: 'issuer': 'idp' is the same issuer already"},
             {"issuer: 'https://idp.example', jwks: 'https://idp.example/'",
              "passerelle.yaml:8:8: 'audience': expected the name by which this issuer knows this "
              "gateway"}})
        EXPECT_THAT(with(wrong), Contains(HasSubstr(said))) << wrong;
    EXPECT_FALSE(read().tokens);
}

TEST_F(ConfigurationTest, AlertsAndWhereFiguresAreServed) {
    const auto with = [&](const std::string& lines) {
        return inMain("routes:", lines + "\nroutes:");
    };
    EXPECT_THAT(with("admin: {metrics: '127.0.0.1:0'}\nalerts: {queue_age: 1 h, receivers: {it: "
                     "{webhook: {url: 'http://127.0.0.1:1/'}}}}"),
                IsEmpty());
    const Configuration made = read();
    ASSERT_TRUE(made.metrics);
    EXPECT_EQ(Milliseconds(3'600'000), made.alerts->queueAge);
    ASSERT_EQ(1u, made.alerts->receivers.size());
    EXPECT_EQ("it", made.alerts->receivers[0].name);
    for (const auto& [wrong, said] : std::vector<std::pair<std::string, std::string>>{
             {"admin: {metrics: '0.0.0.0:1'}", "plain HTTP beyond this machine"},
             {"admin: {metrics: {listen: '0.0.0.0:1'}}", "plain HTTP beyond this machine"},
             {"alerts: {queue_age: 30}", "expected a duration"},
             {"alerts: {every: 1 ms}", "100 ms or more"},
             {"alerts: {receivers: {it: {}}}", "either 'webhook' or 'mail'"},
             {"alerts: {receivers: {it: {webhook: {url: 'http://example.org/'}}}}", "use https://"},
             {"alerts: {receivers: {it: {webhook: {url: 'https://a/', secret: bare}}}}",
              "by reference only"},
             {"alerts: {receivers: {it: {webhook: {url: 'https://a/', header: 'X-Token:'}}}}",
              "the name of a header"},
             {"alerts: {receivers: {it: {mail: {server: 'a:25', security: none, from: a@b, to: "
              "c@d}}}}",
              "plain SMTP beyond"},
             {"alerts: {receivers: {it: {mail: {server: 'a:25', from: nobody, to: c@d}}}}",
              "expected an address"}})
        EXPECT_THAT(with(wrong), testing::Contains(HasSubstr(said))) << wrong;
}

TEST_F(ConfigurationTest, RepeatedKeys) {
    EXPECT_THAT(
        inMain("codec: plain}", "codec: plain, path: /b}"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:5:"), HasSubstr("stands here already"))));
}

TEST_F(ConfigurationTest, NamesThatNothingHas) {
    EXPECT_THAT(inMain("listener: portal", "listener: portol"),
                Contains(AllOf(StartsWith("passerelle.yaml:5:19: "),
                               HasSubstr("no listener 'portol'; did you mean 'portal'?"))));
    EXPECT_THAT(inMain("[net, files]", "[net, fils]"),
                Contains(AllOf(StartsWith("passerelle.yaml:8:29: "),
                               HasSubstr("no source 'fils'; did you mean 'files'?"))));
    EXPECT_THAT(
        inMain("to: care-team", "to: chu/plan"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:8:50: "),
                          HasSubstr("no destination 'chu/plan'; did you mean 'chu/plans'?"))));
    EXPECT_THAT(
        inMain("to: care-team", "to: care-teem"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:8:50: "), HasSubstr("found 'care-teem'"))));
    EXPECT_THAT(inMain("codec: plain}", "codec: plan}"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:48: "),
                                  HasSubstr("did you mean 'plain'?"))));
    EXPECT_THAT(
        inMain("map: up", "map: upp"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:8:42: "), HasSubstr("no map 'upp'"))));
    EXPECT_THAT(inMain("wire: {listen", "wires: {listen"),
                Contains(AllOf(StartsWith("passerelle.yaml:3:12: unknown key 'wires'"),
                               HasSubstr("did you mean 'wire'?"))));
}

TEST_F(ConfigurationTest, AnswersToSendersGoToADestination) {
    const std::string plain = "listen: '127.0.0.1:0'";
    std::string main = kMain;
    main.replace(main.find(plain), plain.size(), plain + ", answers: true");
    const auto with = [&](const std::string& option) {
        return changed("passerelle.yaml", main, "path: /plans", option);
    };
    const std::string to = "application_answers: chu/plans";
    EXPECT_THAT(with(to + ", answer: translated"), IsEmpty());
    std::shared_ptr<const gateway::Setup> setup = read().setup;  // its listeners have gone
    const SourceSetup& source = setup->sources.at("net");
    EXPECT_EQ("chu/plans", source.answersTo);
    ASSERT_NE(nullptr, source.answers);
    EXPECT_EQ("answer 7", source.answers->write({}, {}, "7").value().view());
    EXPECT_EQ(nullptr, setup->sources.at("files").answers);

    EXPECT_THAT(with("application_answers: chu/plan"),
                ElementsAre(AllOf(
                    StartsWith("passerelle.yaml:5:48: 'application_answers': found 'chu/plan'"),
                    HasSubstr("'partner/destination'; did you mean 'chu/plans'?"))));
    EXPECT_THAT(with("application_answers: [chu/plans]"),
                ElementsAre(StartsWith("passerelle.yaml:5:48: ")));
    EXPECT_THAT(with(to + ", answer: delivered"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:48: "),
                                  HasSubstr("does not go with 'answer: delivered'"))));
    EXPECT_THAT(inMain("path: /plans", to),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:48: "),
                                  HasSubstr("'portal' speaks a protocol that has no such"))));
    EXPECT_THAT(
        inMain("codec: {plain: {model: x}}", "codec: plain, " + to),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:6:"), HasSubstr("goes with 'listener'"))));
}

TEST_F(ConfigurationTest, TimeCausesTheMessagesOfASourceThatNamesARule) {
    const auto with = [&](const std::string& reviews) {
        return inMain("routes:", "  reviews: {" + reviews + ", codec: plain, network: n}\nroutes:");
    };
    with("policy: care-team, keep: {body: 7 d}, expected_every: 40 d");
    const Configuration made = read();
    ASSERT_FALSE(made.findings.failed()) << findings(made)[0];
    const SourceSetup& reviews = made.setup->sources.at("reviews");
    EXPECT_EQ("n", reviews.network);
    ASSERT_NE(nullptr, reviews.due);
    EXPECT_EQ(made.setup->policies.at("care-team"), reviews.due);
    EXPECT_EQ(made.setup->routes.at(0).policy, reviews.due) << "one object of each rule";
    EXPECT_EQ(2u, made.inlets.size()) << "it has no end of its own";

    EXPECT_THAT(with("policy: care-teem"),
                Contains(AllOf(StartsWith("passerelle.yaml:7:21: "),
                               HasSubstr("found 'care-teem', expected a rule of 'policies:'"))));
    EXPECT_THAT(with("policy: care-team, answer: translated"),
                Contains(AllOf(StartsWith("passerelle.yaml:7:40: "),
                               HasSubstr("has no effect beside 'policy:'"))));
    EXPECT_THAT(with("policy: care-team, listener: portal"),
                Contains(AllOf(StartsWith("passerelle.yaml:7:42: "),
                               HasSubstr("has no effect beside 'policy:'"))));
    EXPECT_THAT(with("policy: care-team, drop: {path: in}"),
                Contains(AllOf(StartsWith("passerelle.yaml:7:32: "), HasSubstr("unknown key"))));
    EXPECT_THAT(with("policy: care-team, codec: plain}\n  again: {policy: care-team"),
                Contains(AllOf(StartsWith("passerelle.yaml:8:"),
                               HasSubstr("'reviews' has the messages of this rule already"))));
}

TEST_F(ConfigurationTest, WrongValues) {
    EXPECT_THAT(inMain("path: /plans", "answer: later"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:35: "),
                                  HasSubstr("expected one of: stored, translated, delivered"))));
    EXPECT_THAT(inMain("path: /plans", "answer_within: 10"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:42: "), HasSubstr("its unit"))));
    EXPECT_THAT(
        inMain("path: /plans", "zone: Europe/Pari"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:5:33: "), HasSubstr("no time zone"))));
    EXPECT_THAT(inMain("path: /plans", "envelope: {order: broken}"),
                ElementsAre(StartsWith("passerelle.yaml:5:45: expected an expression")));
    EXPECT_THAT(inMain("path: /plans", "path: /taken"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:5:33: "), HasSubstr("taken"))));
    EXPECT_THAT(inMain("to: care-team", "to: care-team, ignore: no"),
                ElementsAre(AllOf(StartsWith("passerelle.yaml:8:5: "), HasSubstr("either 'to:'"))));
    EXPECT_THAT(
        inMain("store: {sqlite: var/p.db}", "store: {mysql: x}"),
        Contains(AllOf(StartsWith("passerelle.yaml:1:9: "), HasSubstr("unknown key 'mysql'"))));
}

TEST_F(ConfigurationTest, WhatIsMissing) {
    EXPECT_THAT(inMain("store: {sqlite: var/p.db}", "zone: Europe/Paris"),
                ElementsAre(HasSubstr("'store' is missing here")));
    EXPECT_THAT(
        inMain(", codec: plain}", "}"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:5:8: "), HasSubstr("'codec' is missing"))));
    EXPECT_THAT(inMain("{name: all, ", "{"), ElementsAre(AllOf(StartsWith("passerelle.yaml:8:5: "),
                                                               HasSubstr("'name' is missing"))));
    EXPECT_THAT(
        inMain("drop: {path: in}, ", ""),
        ElementsAre(AllOf(
            StartsWith("passerelle.yaml:6:10: "),
            HasSubstr("expected a 'listener: NAME', 'policy: RULE' or a transport here: drop"))));
    std::filesystem::remove(folder_.path() + "/passerelle.yaml");
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("passerelle.yaml: there is no such file")));
}

TEST_F(ConfigurationTest, WarnsOfASourceThatNothingTakesFrom) {
    const std::vector<std::string> found = inMain("[net, files]", "net");
    EXPECT_THAT(found, ElementsAre(HasSubstr("no route takes from the source 'files'")));
    EXPECT_FALSE(read().findings.failed());
}

TEST_F(ConfigurationTest, WarnsOfAListenerThatNothingUses) {
    EXPECT_THAT(
        inMain("sources:", "  spare: {wire: {listen: 'b:1'}}\nsources:"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:4:"), HasSubstr("listener 'spare'"))));
}

TEST_F(ConfigurationTest, ChecksTheFilterMapsOfAPolicy) {
    EXPECT_THAT(
        inMain("routes:", "policies: {care-team: {care_circle: {filters: {gp: least}}}}\nroutes:"),
        ElementsAre(AllOf(StartsWith("passerelle.yaml:7:52: "), HasSubstr("no map 'least'"))));
    folder_.write("mappings/least.map", "map");
    EXPECT_TRUE(read().setup->maps.contains("least"));
}

TEST_F(ConfigurationTest, WhatAPolicyAsksForOfItselfIsLoadedWhereSomebodyGetsIt) {
    folder_.write("mappings/plan-to-aid-request.map", "map");
    EXPECT_FALSE(read().setup->maps.contains("plan-to-aid-request")) << "nobody gets it";
    inPartner("hospital", "mdph");
    EXPECT_TRUE(read().setup->maps.contains("plan-to-aid-request"));
    std::filesystem::remove(folder_.path() + "/mappings/plan-to-aid-request.map");
    EXPECT_THAT(findings(), IsEmpty()) << "a library that has no such map";
}

TEST_F(ConfigurationTest, ADestinationMayTakeOnlyWhatFits) {
    EXPECT_THAT(inPartner("codec: plain", "codec: plain, when: fits"), IsEmpty());
    EXPECT_TRUE(read().setup->destinations.at("chu/plans").when);
    EXPECT_THAT(inPartner("codec: plain", "codec: plain, when: broken"),
                ElementsAre(AllOf(StartsWith("partners/chu.yaml:4:"),
                                  HasSubstr("expected an expression"))));
}

TEST_F(ConfigurationTest, ABrokenMapOfARouteIsTheGatewaysOwnMistake) {
    folder_.write("mappings/up.map", "broken");
    const Configuration made = read();
    EXPECT_TRUE(made.own.failed());
    EXPECT_THAT(findings(made), ElementsAre("mappings/up.map:1:1: expected a map",
                                            HasSubstr("the map 'up' does not compile")));
}

// What belongs to one network sets that network aside.

TEST_F(ConfigurationTest, ANetworkHasItsOwnOfTheMapsThatItChanges) {
    folder_.write("mappings/networks/relai/down.map", "changed");
    inMain("codec: plain}", "codec: plain, network: relai}");
    const Configuration made = read();
    EXPECT_TRUE(findings(made).empty());
    const MapSetup& down = made.setup->destinations.at("chu/plans").map;
    EXPECT_EQ("map", down.of("")->version());
    EXPECT_EQ("map", down.of("autre")->version());
    EXPECT_EQ("changed", down.of("relai")->version());
    EXPECT_TRUE(made.setup->maps.at("up").changed.empty());
    const std::string version = made.setup->version;
    folder_.write("mappings/networks/relai/down.map", "otherwise");
    EXPECT_NE(version, read().setup->version) << "what a network changes is part of the version";
}

TEST_F(ConfigurationTest, ANetworkOfNoSourceIsNotAsked) {
    folder_.write("mappings/networks/relai/down.map", "broken");
    EXPECT_THAT(findings(), ElementsAre());
}

TEST_F(ConfigurationTest, ABrokenChangeHoldsTheMessagesOfItsNetworkAlone) {
    folder_.write("mappings/networks/relai/down.map", "broken");
    EXPECT_THAT(inMain("codec: plain}", "codec: plain, network: relai}"),
                ElementsAre("mappings/networks/relai/down.map:1:1: expected a map",
                            AllOf(StartsWith("partners/chu.yaml:4:47: "),
                                  HasSubstr("does not compile as the network 'relai'"))));
    const Configuration made = read();
    EXPECT_FALSE(made.own.failed());
    EXPECT_THAT(made.asideNetworks, ElementsAre("relai"));
    EXPECT_TRUE(made.aside.empty());
    const MapSetup& down = made.setup->destinations.at("chu/plans").map;
    EXPECT_EQ("map", down.of("")->version());
    Report report;
    try {
        down.of("relai")->transform({}, {}, report);
        FAIL() << "it translated";
    } catch (const Error& error) {
        EXPECT_EQ("network relai", error.where);
        EXPECT_THAT(error.fr, HasSubstr("mise de côté"));
    }
}

TEST_F(ConfigurationTest, ABrokenMapOfARouteOfOneNetworkIsTheNetworks) {
    folder_.write("mappings/up.map", "broken");
    inMain("from: [net, files]", "from: net");
    EXPECT_TRUE(read().own.failed()) << "of no network";
    std::string main = kMain;
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"from: [net, files]", "from: net"},
             {"codec: plain}", "codec: plain, network: relai}"}})
        main.replace(main.find(from), from.size(), to);
    folder_.write("passerelle.yaml", main);
    const Configuration made = read();
    EXPECT_FALSE(made.own.failed());
    EXPECT_TRUE(made.findings.failed());
    EXPECT_THAT(made.asideNetworks, ElementsAre("relai"));
    Report report;
    EXPECT_THROW(made.setup->routes[0].map.of("relai")->transform({}, {}, report), Error);
}

TEST_F(ConfigurationTest, EachFindingIsInFrenchToo) {
    folder_.write("mappings/up.map", "broken");
    folder_.write("partners/other.yaml",
                  "identifiers: {finess: ['980000004', '']}\nlabl: x\ndestinations: {a/b: {wire: "
                  "{host: [a]}, codec: plan, concurrency: many, retry: {first: 1 d, most: 1 s}, "
                  "answer_within: 5, map: none, on_refusal: stop}, c: {}}\n");
    folder_.write("partners/a b.yaml", "x\n");
    folder_.write("partners/twice.yaml", "label: a\nlabel: b\n? [c]\n: d\ne: &f g\nh: !i j\n");
    folder_.write(
        "passerelle.yaml",
        "zone: Europe/Pari\nadmin: {socket: " + std::string(200, 'x') +
            "}\nmappings: nowhere\nlimits: {backlog: -1, message_size: 2 GiB, translators: "
            "'3'}\nmaps: {a: b}\nlisteners:\n  a: {wire: {listen: x, answers: maybe}}\n  b: "
            "{}\n  c: {wire: {}, drop: {}}\nsources:\n  s: {listener: aa, codec: [plain], "
            "answer: later, application_answers: chu/none}\n  t: {drop: {path: in}, codec: "
            "{plain: {modle: x}}, application_answers: chu/plans}\nroutes:\n  - {name: r, "
            "from: ss, map: up, if: broken, to: care-tema, deliver: x}\n  - {name: r, from: "
            "[], to: [chu/plan], deliver: y, ignore: no}\n  - {from: s, ignore: no, map: up}\n"
            "policies: {p: {}}\n");
    const Configuration made = read();
    EXPECT_GT(made.findings.all().size(), 30u);
    for (const Finding& finding : made.findings.all())
        EXPECT_TRUE(!finding.fr.empty() && finding.fr != finding.text)
            << finding.where.text() << ": " << finding.text;
}

// What belongs to one partner sets that partner aside.

TEST_F(ConfigurationTest, APartnersMistakeSetsItAsideAlone) {
    folder_.write("partners/good.yaml", "destinations: {plans: {wire: {host: b}, codec: plain}}\n");
    EXPECT_THAT(inPartner("host: a", "hots: a"),
                Contains(AllOf(StartsWith("partners/chu.yaml:4:18: unknown key 'hots'"),
                               HasSubstr("did you mean 'host'?"))));
    const Configuration made = read();
    EXPECT_FALSE(made.own.failed());
    EXPECT_TRUE(made.findings.failed());
    EXPECT_THAT(made.aside, ElementsAre("chu"));
    try {
        made.setup->destinations.at("chu/plans").destination->deliver({}, {});
        FAIL() << "it delivered";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_EQ("partner chu", error.where);
    }
    EXPECT_EQ("taken",
              made.setup->destinations.at("good/plans").destination->deliver({}, {}).summary);
    EXPECT_TRUE(made.setup->directory->byIdentifier("finess", "980000004"));
}

TEST_F(ConfigurationTest, WhatNobodyFetchesGoesToAnotherDestinationOfThePartner) {
    const auto then = [&](const std::string& where, const std::string& more = {}) {
        return inPartner(
            "host: a}, codec: plain, map: down}",
            "host: a, box: true, then: " + where + more + "}, codec: plain}\n" +
                "  mail: {wire: {host: b}, codec: plain}\n"
                "  round: {wire: {host: c, box: true, then: chu/plans}, codec: plain}");
    };
    folder_.write("partners/other.yaml", "destinations: {x: {wire: {host: b}, codec: plain}}\n");
    EXPECT_THAT(then("chu/mail"), IsEmpty());
    EXPECT_EQ("chu/mail", read().setup->destinations.at("chu/plans").then);
    EXPECT_THAT(then("mail"), IsEmpty()) << "of the same partner";
    EXPECT_EQ("chu/mail", read().setup->destinations.at("chu/plans").then);
    EXPECT_THAT(then("chu/mial"), Contains(AllOf(StartsWith("partners/chu.yaml:4:44: found 'mial'"),
                                                 HasSubstr("did you mean 'mail'"))));
    EXPECT_THAT(then("other/x"), Contains(HasSubstr("expected another destination of the same")));
    EXPECT_THAT(then("chu/mail", ", unread_after: 0 s"), Contains(HasSubstr("waits for ever")));
    EXPECT_THAT(then("chu/round"), Contains(HasSubstr("would come back there")));
    EXPECT_THAT(then("chu/plans"), Contains(HasSubstr("would come back there")));
}

TEST_F(ConfigurationTest, APartnersCertificatesAreSeenWhileItIsSetAside) {
    inPartner("host: a", "host: a, certificate: old.pem, hots: a");
    const Configuration made = read();
    EXPECT_THAT(made.aside, ElementsAre("chu"));
    const auto all = made.setup->destinations.at("chu/plans").destination->certificates();
    ASSERT_EQ(1u, all.size()) << "the alert of one that has expired is not over by that";
    EXPECT_EQ("old.pem", all.front().file);
}

TEST_F(ConfigurationTest, ABrokenMapOfAPartnerHoldsItsDeliveries) {
    folder_.write("mappings/down.map", "broken");
    const Configuration made = read();
    EXPECT_FALSE(made.own.failed());
    EXPECT_THAT(made.aside, ElementsAre("chu"));
    Report report;
    EXPECT_THROW(made.setup->destinations.at("chu/plans").map.map->transform({}, {}, report),
                 Error);
}

TEST_F(ConfigurationTest, ABrokenCodecOfAPartnerHoldsItsDeliveries) {
    inPartner("codec: plain", "codec: plan");
    const Configuration made = read();
    EXPECT_THAT(made.aside, ElementsAre("chu"));
    ASSERT_TRUE(made.setup->destinations.at("chu/plans").codec.codec);
    Sink out;
    Issues issues;
    EXPECT_THROW(made.setup->destinations.at("chu/plans").codec.codec->encode({}, out, issues),
                 Error);
}

TEST_F(ConfigurationTest, APartnerThatCannotBeRecognisedEndsTheStart) {
    inPartner("identifiers:", "identifers:");
    EXPECT_TRUE(read().own.failed()) << "its messages would go nowhere without anybody's notice";
    inPartner("category: hospital", "category: [");
    EXPECT_TRUE(read().own.failed());
    inPartner("category: hospital", "categry: hospital");
    EXPECT_FALSE(read().own.failed());
    EXPECT_THAT(read().aside, ElementsAre("chu"));
}

TEST_F(ConfigurationTest, WarnsOfTwoPartnersWithOneIdentifier) {
    folder_.write("partners/b.yaml", "identifiers: {finess: '980000004'}\n");
    const Configuration made = read();
    EXPECT_FALSE(made.findings.failed());
    EXPECT_THAT(findings(made),
                ElementsAre(AllOf(StartsWith("partners/chu.yaml: "), HasSubstr("'b' and 'chu'"),
                                  HasSubstr("the same finess"))));
}

TEST_F(ConfigurationTest, WhatIsKeptIsSaidForAllAndBySource) {
    EXPECT_EQ(Milliseconds(90 * 86'400'000ll), read().setup->refusalsKept);
    inMain("routes:", "keep: {body: 30 d, metadata: 365 d, refusals: 5 d}\nroutes:");
    EXPECT_EQ(Milliseconds(5 * 86'400'000ll), read().setup->refusalsKept);
    EXPECT_EQ(Milliseconds(30 * 86'400'000ll), read().setup->sources.at("files").keep.body);
    EXPECT_EQ(Milliseconds(365 * 86'400'000ll), read().setup->sources.at("net").keep.metadata);
    EXPECT_THAT(
        inMain("  net: {", "  net: {keep: {body: 10 d, metadata: 20 d}, repeat_window: 1 h, "),
        IsEmpty());
    const Configuration made = read();
    const SourceSetup& net = made.setup->sources.at("net");
    EXPECT_EQ(Milliseconds(10 * 86'400'000ll), net.keep.body);
    EXPECT_EQ(Milliseconds(20 * 86'400'000ll), net.keep.metadata);
    EXPECT_EQ(Milliseconds(3'600'000), net.repeatWindow);
    EXPECT_EQ(Milliseconds(0), made.setup->sources.at("files").keep.body) << "for ever";
    EXPECT_EQ(Milliseconds(7 * 86'400'000ll), made.setup->sources.at("files").repeatWindow);
}

TEST_F(ConfigurationTest, BytesDoNotStayLongerThanWhatTellsWhoseTheyAre) {
    for (const char* keep : {"keep: {metadata: 20 d}", "keep: {body: 30 d, metadata: 20 d}"})
        EXPECT_THAT(inMain("  net: {", std::string("  net: {") + keep + ", "),
                    ElementsAre(HasSubstr("not be longer than 'metadata'")))
            << keep;
    EXPECT_THAT(inMain("  net: {", "  net: {keep: {bodies: 20 d}, "),
                ElementsAre(HasSubstr("unknown key 'bodies'")));
    EXPECT_THAT(inMain("  net: {", "  net: {keep: {body: 20}, "),
                ElementsAre(HasSubstr("expected a duration")));
}

TEST_F(ConfigurationTest, RepeatsAreKnownByIdContentOrNotAtAll) {
    EXPECT_THAT(inMain("  files: {", "  files: {repeats: content, "), IsEmpty());
    EXPECT_EQ(SourceSetup::Repeats::content, read().setup->sources.at("files").repeats);
    EXPECT_THAT(inMain("  files: {", "  files: {repeats: contents, "),
                ElementsAre(HasSubstr("expected one of: id, content, none")));
    EXPECT_THAT(inMain("  files: {", "  files: {repeats: none, on_id_reuse: refuse, "),
                ElementsAre(HasSubstr("goes with 'repeats: id'")));
}

TEST_F(ConfigurationTest, WithoutALanguageEachMapIsAMistakeAtItsPlace) {
    const PluginHost none;
    const Configuration made = configure(readConfigFiles(folder_.path()), none);
    EXPECT_THAT(findings(made), Contains(AllOf(StartsWith("passerelle.yaml:8:42: "),
                                               HasSubstr("no loaded plugin offers the language"))));
}

TEST_F(ConfigurationTest, AClientFindsTheAdminSocketWithoutPlugins) {
    Findings none;
    EXPECT_EQ(folder_.path() + "/var/admin.sock", clientPlacesOf(folder_.path(), none).adminSocket);
    folder_.write("passerelle.yaml", "store: {sqlite: a.db}\nadmin: {socket: b.sock}\n");
    EXPECT_EQ(folder_.path() + "/b.sock", clientPlacesOf(folder_.path(), none).adminSocket);
    EXPECT_FALSE(none.failed());
}

TEST_F(ConfigurationTest, LoadsThePluginsThatItNames) {
    folder_.write("passerelle.yaml", "plugins: {files: [" + std::string(support::kBuildDir) +
                                         "/tests/house_plugins/house.so, missing.so]}\n");
    PluginHost host;
    Findings loading;
    loadPlugins(readConfigFiles(folder_.path()), "", host, loading);
    EXPECT_TRUE(host.codecs().contains("plain"));
    ASSERT_EQ(1u, loading.errors());
    EXPECT_THAT(loading.all()[0].text, HasSubstr("missing.so: there is no such library"));
    EXPECT_EQ(1, loading.all()[0].where.line);
}

TEST_F(ConfigurationTest, ThousandsOfPartnersAreFoundAtOnce) {
    std::vector<Partner> partners(5000);
    for (std::size_t i = 0; i < partners.size(); ++i) {
        partners[i].name = "p" + std::to_string(i);
        partners[i].identifiers = {{"rpps", std::to_string(i)}, {"mss", std::to_string(i)}};
    }
    const PartnerDirectory directory(std::move(partners));
    EXPECT_TRUE(directory.clashes().empty());
    EXPECT_EQ("p4711", directory.byIdentifier("mss", "4711")->name);
    EXPECT_EQ(nullptr, directory.byIdentifier("mss", "5000"));
    EXPECT_EQ(nullptr, directory.byIdentifier("finess", "4711"));
}

}  // namespace
