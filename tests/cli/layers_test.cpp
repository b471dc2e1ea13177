/// What a network changes, as its people see it: maps diff, test, check.
#include <gmock/gmock.h>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/plugins.h"

namespace {
using support::Ran;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMap =
    "/// url = 'urn:maps/a-to-b'\n"                               // 1
    "/// name = 'a-to-b'\n"                                       // 2
    "uses \"urn:a\" alias A as source\n"                          // 3
    "uses \"urn:b\" alias B as target\n"                          // 4
    "group Start(source a : A, target b : B) {\n"                 // 5
    "  a.name as v -> b.name = v \"name\";\n"                     // 6
    "  a then Code(a, b);\n"                                      // 7
    "}\n"                                                         // 8
    "group Code(source a : A, target b : B) {\n"                  // 9
    "  a.code as v -> b.code = translate(v, 'codes', 'code');\n"  // 10
    "  a.kept as v -> b.kept = v;\n"                              // 11
    "}\n";
constexpr const char* kMain =
    "store: {sqlite: store.db}\n"
    "sources: {in: {folder: {path: in}, codec: json, network: relai}}\n"
    "routes: [{name: r, from: in, map: a-to-b, to: out/d}]\n";

class Layers : public testing::Test {
protected:
    Layers() {
        folder_.write("mappings/federation/a-to-b/a-to-b.map", kMap);
        folder_.write("mappings/federation/a-to-b/tables/codes.csv",
                      "source,target,relation\nX,one,equivalent\nY,two,equivalent\n");
        folder_.write("mappings/federation/a-to-b/examples/both/in.json",
                      R"({"name":"EXEMPLE","code":"X","kept":"k"})");
        folder_.write("mappings/federation/a-to-b/examples/both/out.json",
                      R"({"name":"EXEMPLE","code":"one","kept":"k"})");
        folder_.write("mappings/networks/autre/tables/codes.csv", "source,target\nX,none\n");
        folder_.write("passerelle.yaml", kMain);
        folder_.write("partners/out.yaml",
                      "destinations: {d: {folder: {path: out}, codec: json}}\n");
        folder_.write("in/.keep", "");
        folder_.write("out/.keep", "");
    }

    void changeTable() const {
        folder_.write("mappings/networks/relai/a-to-b/tables/codes.csv",
                      "# overrides: codes\nsource,target,relation\nX,other,related-to\n"
                      "Y,,not-related-to\nZ,three,\n");
    }
    void changeGroup(const std::string& group) const {
        folder_.write("mappings/networks/relai/a-to-b/a-to-b.map",
                      "/// overrides = 'a-to-b'\n" + group);
    }

    Ran ran(std::vector<std::string> words) const {
        for (std::string& word : words)
            if (word == "@") word = folder_.path() + "/mappings";
        return support::run(words);
    }
    Ran check() const { return ran({"check", "-c", folder_.path()}); }

    support::ConfigFolder folder_;
};

TEST_F(Layers, DiffShowsRulesAndRowsOfBothSides) {
    changeTable();
    changeGroup(
        "group Code(source a : A, target b : B) {\n"
        "  a.code  as  v -> b.code = translate(v, 'codes', 'code');\n"
        "  a.kept as v -> b.kept = (v & '!') then { a.more as m -> b.more = m; };\n"
        "  a then More(a, b);\n"
        "}\n"
        "group More(source a, target b) { a -> b.more = 'more'; }\n");
    const Ran diff = ran({"maps", "diff", "relai", "--mappings", "@"});
    EXPECT_EQ(0, diff.code) << diff.err;
    const std::string theirs = "networks/relai/a-to-b/a-to-b.map",
                      shared = "federation/a-to-b/a-to-b.map";
    EXPECT_THAT(
        diff.out,
        AllOf(HasSubstr("map a-to-b: " + shared + ", changed by " + theirs + "\n  group Code:\n"),
              HasSubstr("    - " + shared + ":11:3  a.kept as v -> b.kept = v;\n"),
              HasSubstr("    + " + theirs + ":4:3  a.kept as v -> b.kept = (v & '!');\n"),
              HasSubstr("    + " + theirs + ":4:44    a.more as m -> b.more = m;\n"),
              HasSubstr("    + " + theirs + ":5:3  a then More(a, b);\n"),
              HasSubstr("  group More: new\n"), Not(HasSubstr("translate("))));
    EXPECT_THAT(diff.out,
                AllOf(HasSubstr("table codes: federation/a-to-b/tables/codes.csv, changed by "
                                "networks/relai/a-to-b/tables/codes.csv\n"),
                      HasSubstr("  row X:\n    - federation/a-to-b/tables/codes.csv:2  one\n    + "
                                "networks/relai/a-to-b/tables/codes.csv:3  other, related-to\n"),
                      HasSubstr("    + networks/relai/a-to-b/tables/codes.csv:4  not-related-to\n"),
                      HasSubstr("  row Z: new\n")));
    const std::string from = std::filesystem::relative(folder_.path() + "/mappings").string();
    EXPECT_EQ(diff.out, ran({"maps", "diff", "relai", "--mappings", from}).out)
        << "however the folder is named";
}

TEST_F(Layers, DiffIsJsonAndFrenchToo) {
    changeTable();
    changeGroup("group Code(source a : A, target b : B) extends Code { a -> b.more = 'm'; }\n");
    const Ran json = ran({"maps", "diff", "relai", "--json", "--mappings", "@"});
    EXPECT_THAT(json.out,
                AllOf(HasSubstr(R"("group":"Code","change":"added-to")"),
                      HasSubstr(R"("source":"Z","change":"new","network":{"text":"three")"),
                      HasSubstr(R"("removed":[],"added":[{"text":"a -> b.more = 'm';")")));
    const Ran french = ran({"maps", "diff", "relai", "--mappings", "@", "--lang", "fr"});
    EXPECT_THAT(french.out, AllOf(HasSubstr("transformation a-to-b : "),
                                  HasSubstr("groupe Code : celui de la fédération, et ensuite"),
                                  HasSubstr("ligne Z : nouvelle")));
    EXPECT_THAT(ran({"maps", "diff", "autre", "--mappings", "@"}).out,
                AllOf(HasSubstr("autre changes nothing of the federation's"),
                      HasSubstr("networks/autre/tables/codes.csv: has the name of one")));
}

TEST_F(Layers, DiffOfNoNetworkSaysWhichThereAre) {
    const Ran diff = ran({"maps", "diff", "autres", "--mappings", "@"});
    EXPECT_EQ(1, diff.code);
    EXPECT_THAT(diff.err, HasSubstr("no folder networks/autres; did you mean 'autre'?"));
}

TEST_F(Layers, TheExamplesOfTheFederationBindTheNetworkUntilItSaysWhatItWants) {
    EXPECT_EQ(0, check().code);
    changeTable();
    const Ran refused = check();
    EXPECT_EQ(1, refused.code);
    EXPECT_THAT(refused.out,
                AllOf(HasSubstr("mappings/federation/a-to-b/examples/both: error: the example "
                                "'both' of the map a-to-b as the network 'relai' changes it "
                                "fails: /code"),
                      HasSubstr("other")));
    const Ran french = ran({"check", "-c", folder_.path(), "--lang", "fr"});
    EXPECT_THAT(french.out, HasSubstr("l'exemple « both » de la transformation a-to-b telle que le "
                                      "réseau « relai » la modifie échoue : /code"));
    const std::string own = "mappings/networks/relai/a-to-b/examples/both/out.json";
    folder_.write(own, R"({"name":"EXEMPLE","code":"other","kept":"k"})");
    const Ran good = check();
    EXPECT_EQ(0, good.code) << good.out << good.err;
    EXPECT_THAT(good.out, HasSubstr("1 maps (1 as networks change them)"));
}

TEST_F(Layers, TestRunsEachMapAsEachNetworkHasIt) {
    changeTable();
    const Ran failed = ran({"test", "@"});
    EXPECT_EQ(1, failed.code);
    EXPECT_THAT(failed.out, AllOf(HasSubstr("a-to-b: 1 examples, 0 failed"),
                                  HasSubstr("a-to-b as relai changes it: 1 examples, 1 failed")));
    const Ran updated = ran({"test", "@", "--update"});
    EXPECT_EQ(0, updated.code) << updated.out << updated.err;
    EXPECT_THAT(updated.out, HasSubstr("networks/relai/a-to-b/examples/both/out.json"));
    EXPECT_EQ(
        R"({"name":"EXEMPLE","code":"one","kept":"k"})",
        support::fileText(folder_.path() + "/mappings/federation/a-to-b/examples/both/out.json"));
    EXPECT_EQ(0, ran({"test", "@"}).code);
    folder_.write("mappings/networks/relai/a-to-b/examples/more/in.json", R"({"code":"Z"})");
    folder_.write("mappings/networks/relai/a-to-b/examples/more/out.json", R"({"code":"three"})");
    EXPECT_THAT(ran({"test", "@"}).out,
                HasSubstr("a-to-b as relai changes it: 2 examples, 0 failed"));
}

}  // namespace
