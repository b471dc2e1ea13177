#include <csignal>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using support::Program;
using support::Ran;
using support::run;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kPlugins = std::string(support::kBuildDir) + "/tests/house_plugins";

class Cli : public testing::Test {
protected:
    Cli() {
        folder_.write("passerelle.yaml", main("127.0.0.1:4711"));
        folder_.write("mappings/up.map", "map");
        folder_.write("mappings/loses.map", "loses");
        folder_.write("mappings/broken.map", "broken");
        folder_.write("in.plain", "text");
        folder_.write("unwanted.plain", "unwanted");
    }
    static std::string main(const std::string& listen) {
        return "store: {sqlite: var/p.db}\n"
               "plugins: {folder: " +
               kPlugins +
               "}\n"
               "listeners:\n"
               "  portal: {wire: {listen: '" +
               listen +
               "'}}\n"
               "sources:\n"
               "  net: {listener: portal, codec: plain}\n"
               "routes:\n"
               "  - {name: all, from: net, map: up, to: care-team}\n";
    }
    std::string file(const std::string& name) const { return folder_.path() + "/" + name; }
    Ran translate(const std::string& map, std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"translate",      "--plugins", kPlugins, "--mappings",
                                       file("mappings"), "--map",     map,      file("in.plain")};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }

    support::ConfigFolder folder_;
};

TEST_F(Cli, HelpAndUsage) {
    const Ran help = run({"--plugins", kPlugins, "--help"});
    EXPECT_EQ(0, help.code);
    EXPECT_THAT(help.out,
                AllOf(HasSubstr("serve"), HasSubstr("translate"), HasSubstr("status"),
                      HasSubstr("messages"), HasSubstr("house keep"), HasSubstr("Example: ")));
    for (const char* const command : {"serve", "check", "translate", "send", "plugins", "status"}) {
        const Ran own = run({command, "--help"});
        EXPECT_EQ(0, own.code) << command;
        EXPECT_THAT(own.out, HasSubstr("Example: ")) << command;
    }
    EXPECT_EQ(2, run({}).code);
    EXPECT_EQ(2, run({"check", "--nonsense"}).code);
    const Ran unknown = run({"chek"});
    EXPECT_EQ(2, unknown.code);
    EXPECT_THAT(unknown.err, HasSubstr("did you mean 'check'?"));
    EXPECT_THAT(run({"--version"}).out, StartsWith("passerelle "));
}

TEST_F(Cli, PluginCommandsGetTheirWordsUntouched) {
    const Ran kept = run({"--plugins", kPlugins, "house", "keep", "--help", "-x", "--", "check"});
    EXPECT_EQ(0, kept.code);
    EXPECT_EQ("[--help]\n[-x]\n[--]\n[check]\n", kept.out);
    EXPECT_EQ(2, run({"--plugins", kPlugins, "house", "keep"}).code);
    EXPECT_EQ(2, run({"--plugins", kPlugins, "house"}).code);
    EXPECT_THAT(run({"--plugins", kPlugins, "house", "--help"}).out, HasSubstr("prints its words"));
}

TEST_F(Cli, Plugins) {
    const Ran text = run({"plugins", "--plugins", kPlugins});
    EXPECT_EQ(0, text.code);
    EXPECT_THAT(text.out, StartsWith("house 1.2.3: codec plain, listener wire"));
    const Ran json = run({"plugins", "--json", "--plugins", kPlugins});
    EXPECT_THAT(json.out, AllOf(HasSubstr("{\"name\":\"house\",\"version\":\"1.2.3\""),
                                HasSubstr("{\"kind\":\"codec\",\"name\":\"plain\"}")));
    const Ran refused =
        run({"plugins", "--plugins", std::string(support::kBuildDir) + "/tests/sample_plugins"});
    EXPECT_EQ(1, refused.code);
    EXPECT_THAT(refused.out, HasSubstr("good 1.0.0"));
    EXPECT_THAT(refused.err, HasSubstr("other_abi.so: built for SDK 4711"));
}

TEST_F(Cli, Check) {
    const Ran good = run({"check", "-c", folder_.path()});
    EXPECT_EQ(0, good.code) << good.out << good.err;
    EXPECT_THAT(good.out,
                StartsWith("good: 1 sources, 0 partners, 0 destinations, 1 routes, 1 maps"));
    EXPECT_FALSE(std::filesystem::exists(file("var"))) << "check changes nothing";

    folder_.write("passerelle.yaml", main("127.0.0.1:4711") + "zome: x\n");
    const Ran wrong = run({"check", "-c", folder_.path()});
    EXPECT_EQ(1, wrong.code);
    EXPECT_EQ(file("passerelle.yaml") + ":9:1: error: unknown key 'zome'; did you mean 'zone'?\n",
              wrong.out);
    const Ran json = run({"check", "--json", "-c", folder_.path()});
    EXPECT_EQ(1, json.code);
    EXPECT_THAT(json.out, AllOf(HasSubstr("\"line\":9,\"column\":1,\"severity\":\"error\""),
                                HasSubstr("\"errors\":1,\"warnings\":0")));
}

TEST_F(Cli, CheckSaysThatAStoreHasLostItsKeys) {
    folder_.write("var/p.db", "");
    EXPECT_THAT(run({"check", "-c", folder_.path()}).out,
                HasSubstr("the store is there, the file with its keys is not"));
}

TEST_F(Cli, Translate) {
    const Ran done = translate("up", {"--to", "plain", "--context", "tail=!"});
    EXPECT_EQ(0, done.code) << done.err;
    EXPECT_EQ("text!\n", done.out);
    EXPECT_EQ(
        0, translate(file("mappings/up.map"), {"--to", "plain", "--from", "plain:model=x"}).code);

    const Ran lost = translate("loses", {"--to", "plain"});
    EXPECT_EQ(1, lost.code);
    EXPECT_THAT(lost.err, HasSubstr("error: /text: lost"));
    const Ran broken = translate("broken", {"--to", "plain"});
    EXPECT_EQ(1, broken.code);
    EXPECT_THAT(broken.err, HasSubstr("mappings/broken.map:1:1: error: expected a map"));
    EXPECT_THAT(translate("none", {"--to", "plain"}).err, HasSubstr("there is no map 'none'"));
    EXPECT_THAT(translate("up").err, HasSubstr("--to: name the codec"));
    EXPECT_THAT(translate("up", {"--from", "plan"}).err, HasSubstr("did you mean 'plain'?"));
    EXPECT_EQ(2, translate("up", {"--context", "tail"}).code);
    folder_.write("in.plain", "unreadable");
    EXPECT_THAT(translate("up", {"--to", "plain"}).err, HasSubstr("no codec reads it"));
}

TEST_F(Cli, Send) {
    const Ran sent = run({"send", "--plugins", kPlugins, "--to", "wire://there:1", "--type", "a/b",
                          file("in.plain")});
    EXPECT_EQ(0, sent.code) << sent.err;
    EXPECT_EQ("a/b of 4 to there:1\n", sent.out);
    const Ran refused = run({"send", "--plugins", kPlugins, "--to", "wire://there:1",
                             file("unwanted.plain"), file("in.plain")});
    EXPECT_EQ(1, refused.code);
    EXPECT_THAT(refused.out, AllOf(StartsWith("no\n"), HasSubstr(" of 4 to there:1")));
    EXPECT_THAT(run({"send", "--plugins", kPlugins, "--to", "gopher://x", file("in.plain")}).err,
                HasSubstr("no plugin sends to 'gopher://', known are: wire"));
    EXPECT_EQ(2, run({"send", "--plugins", kPlugins, "--to", "there", file("in.plain")}).code);
    EXPECT_THAT(
        run({"send", "--plugins", kPlugins, "--to", "wire://there:1/path", file("in.plain")}).err,
        HasSubstr("unknown key 'path'"));
}

TEST_F(Cli, ServeStartsReloadsAndStops) {
    Program program({"serve", "-c", folder_.path()});
    EXPECT_THAT(program.line("\"listening\""), AllOf(HasSubstr("\"listener\":\"portal\""),
                                                     HasSubstr("\"address\":\"127.0.0.1:4711\"")));
    ASSERT_NE("", program.line("\"started\""));
    EXPECT_EQ(0, run({"status", "-c", folder_.path()}).code);

    const Ran second = run({"serve", "-c", folder_.path()});
    EXPECT_EQ(1, second.code) << "two on one store";

    folder_.write("passerelle.yaml", main("127.0.0.1:4711") + "zome: x\n");
    program.signal(SIGHUP);
    EXPECT_THAT(program.line("unknown key 'zome'"), HasSubstr("passerelle.yaml:9:1"));
    EXPECT_NE("", program.line("\"reload-refused\""));

    folder_.write("passerelle.yaml", main("127.0.0.1:4712"));
    program.signal(SIGHUP);
    EXPECT_NE("", program.line("changes to 'listeners' need a restart"));

    folder_.write("passerelle.yaml", main("127.0.0.1:4711"));
    folder_.write("partners/new.yaml", "destinations: {plans: {wire: {host: a}, codec: plain}}\n");
    program.signal(SIGHUP);
    EXPECT_NE("", program.line("\"configuration-in-force\""));

    program.signal(SIGTERM);
    EXPECT_NE("", program.line("\"stopped\""));
    EXPECT_EQ(0, program.end());
}

TEST_F(Cli, ServeSetsAsideABrokenPartnerUnlessStrict) {
    folder_.write("partners/bad.yaml", "destinations: {plans: {wire: {hots: a}, codec: plain}}\n");
    const Ran strict = run({"serve", "--strict", "-c", folder_.path()});
    EXPECT_EQ(1, strict.code);
    EXPECT_THAT(strict.err, HasSubstr("partners/bad.yaml:1:31: error: unknown key 'hots'"));

    Program program({"serve", "-c", folder_.path()});
    EXPECT_THAT(program.line("\"partner-set-aside\""), HasSubstr("\"partner\":\"bad\""));
    EXPECT_NE("", program.line("\"started\""));
    program.signal(SIGINT);
    EXPECT_EQ(0, program.end());
}

TEST_F(Cli, ServeEndsWithItsOwnMistakesAndAListenerThatCannot) {
    folder_.write("passerelle.yaml", main("127.0.0.1:4711', unavailable: true, x: '"));
    const Ran wrong = run({"serve", "-c", folder_.path()});
    EXPECT_EQ(1, wrong.code);
    EXPECT_THAT(wrong.err, HasSubstr("passerelle.yaml:4:"));
    std::string text = main("127.0.0.1:4711");
    text.replace(text.find("'127.0.0.1:4711'"), 16, "'127.0.0.1:4711', unavailable: true");
    folder_.write("passerelle.yaml", text);
    const Ran taken = run({"serve", "-c", folder_.path()});
    EXPECT_EQ(1, taken.code);
    EXPECT_THAT(taken.err, HasSubstr("passerelle: 127.0.0.1:4711: in use"));
}

}  // namespace
