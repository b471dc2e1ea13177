/// `passerelle translate` and `passerelle test`, as a person who writes maps runs them.
#include <cstdio>
#include <filesystem>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/plugins.h"

namespace {
using support::Ran;
using support::run;
using testing::HasSubstr;
using testing::Not;

class Translate : public testing::Test {
protected:
    Translate() {
        folder_.write("m/tables/kind.csv", "source,target\nA,alpha\nB,beta\n");
        folder_.write("m/there.map",
                      "map \"urn:there\" = \"there\"\n"
                      "/// reverse = \"back\"\n"
                      "/// lossy = \"/note left out | laissé de côté\"\n"
                      "uses \"urn:in\" alias In as source\nuses \"urn:out\" alias Out as target\n"
                      "group there(source s : In, target t : Out) {\n"
                      "  s.name as n -> t.title = n \"name\";\n"
                      "  s.kind as k -> t.sort = translate(k, 'kind', 'code') \"kind\";\n"
                      "  s.note;  // @ignore not for partners\n"
                      "  s.never -> t.never \"never\";\n"
                      "}\n");
        folder_.write("m/back.map",
                      "map \"urn:back\" = \"back\"\n"
                      "uses \"urn:out\" alias Out as source\nuses \"urn:in\" alias In as target\n"
                      "group back(source s : Out, target t : In) {\n"
                      "  s.title as n -> t.name = n \"name\";\n"
                      "  s.sort as k -> t.kind = (iif(k = 'alpha', 'A', 'B')) \"kind\";\n"
                      "}\n");
        folder_.write("m/there-one/in.json",
                      R"({"name":"Essai","kind":"A","note":"x","extra":{"deep":["SECRET"]}})");
        folder_.write("m/there-one/out.json", R"({"sort":"alpha","title":"Essai"})");
    }

    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
    Ran translate(std::vector<std::string> words) const {
        words.insert(words.begin(), {"translate", "--map", path("m/there.map")});
        words.push_back(path("m/there-one/in.json"));
        return run(words);
    }
    Ran test(std::vector<std::string> words) const {
        words.insert(words.begin(), {"test", path("m")});
        return run(words);
    }

    support::ConfigFolder folder_;
};

TEST_F(Translate, ABareMapFileNeedsNoConfiguration) {
    const Ran ran = translate({});
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_EQ("{\"title\":\"Essai\",\"sort\":\"alpha\"}\n", ran.out);
    EXPECT_EQ("", ran.err);
}

TEST_F(Translate, TraceAndLossesNamePlacesAndNoValues) {
    const Ran ran = translate({"--trace", "--losses"});
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\"title\""));
    EXPECT_THAT(ran.err, HasSubstr("trace: /title <- /name; rule " + path("m/there.map:7:3 name")));
    EXPECT_THAT(ran.err, HasSubstr("trace: /sort <- /kind; rule "));
    EXPECT_THAT(ran.err, HasSubstr("; row " + path("m/tables/kind.csv:2:1 of table kind")));
    EXPECT_THAT(ran.err, HasSubstr("lost: /extra/deep[0]\n"));
    EXPECT_THAT(ran.err, HasSubstr("ignored: /note: not for partners"));
    EXPECT_THAT(ran.err, HasSubstr("4 values: 2 carried, 1 ignored on purpose, 1 lost\n"));
    EXPECT_THAT(ran.err, Not(HasSubstr("SECRET")));
    EXPECT_THAT(translate({"--losses", "--lang", "fr"}).err,
                HasSubstr("4 valeurs : 2 transportées, 1 ignorées à dessein, 1 perdues\n"));
}

TEST_F(Translate, ScriptsGetOneJsonObjectOnStderr) {
    const Ran ran = translate({"--trace", "--losses", "--json"});
    EXPECT_THAT(ran.out, HasSubstr("\"title\""));
    EXPECT_EQ('{', ran.err.front());
    EXPECT_THAT(ran.err, HasSubstr(R"("target": "/title")"));
    EXPECT_THAT(ran.err, HasSubstr(R"("where": "/extra/deep[0]")"));
    EXPECT_THAT(ran.err, HasSubstr(R"("reason": "not for partners")"));
    EXPECT_THAT(ran.err, HasSubstr(R"("table": "kind")"));
}

TEST_F(Translate, AMessageOfWhichNothingIsMadeIsToldAsJsonToo) {
    folder_.write("m/there-one/in.json", R"({"other":"x"})");
    const Ran ran = translate({"--losses", "--json"});
    EXPECT_EQ(1, ran.code);
    EXPECT_EQ("", ran.out);
    EXPECT_THAT(ran.err, HasSubstr(R"("severity": "fatal")"));
    EXPECT_EQ('{', ran.err.front());
}

TEST_F(Translate, WhereAFailedCheckLeavesNothingTheCheckIsTheReason) {
    folder_.write("check.map",
                  "uses \"urn:a\" alias A as source\nuses \"urn:b\" alias B as target\n"
                  "group m(source s : A, target t : B) {\n"
                  "  s.a as a check ($this = '1') -> t.a = a \"il manque a | a is missing\";\n"
                  "  s.b as b check ($this = '1') -> t.b = b \"b\";\n}\n");
    folder_.write("check.json", R"({"a":"2","b":"2"})");
    const std::vector<std::string> words = {"translate",        "--map", path("check.map"),
                                            path("check.json"), "-o",    path("none.json")};
    const Ran ran = run(words);
    EXPECT_EQ(1, ran.code);
    EXPECT_EQ(
        "error: /a: a is missing  [check.map:4:3]\n"
        "error: /b: a check failed: b  [check.map:5:3 b]\n",
        ran.err);
    EXPECT_FALSE(std::filesystem::exists(path("none.json")));
    EXPECT_THAT(run({"translate", "--lang", "fr", "--map", words[2], words[3]}).err,
                HasSubstr("erreur: /a : il manque a  [check.map:4:3]\n"));
}

TEST_F(Translate, ATargetOfAUrnIsCalledByItsAlias) {
    const Ran ran = translate({"--to", "xml"});
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("<Out><title>Essai</title>"));
}

TEST_F(Translate, AnUnknownMapIsToldWithTheNearest) {
    const Ran ran =
        run({"translate", "--map", "theer", "--mappings", path("m"), path("m/there-one/in.json")});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.err, HasSubstr("did you mean 'there'?"));
}

TEST_F(Translate, EachMessageOfABatchIsTranslated) {
    folder_.write("batch.ndjson",
                  "{\"name\":\"Eins\",\"kind\":\"A\"}\n{\"name\":\"Zwei\",\"kind\":\"X\"}\n");
    const Ran ran = run({"translate", "--map", path("m/there.map"), "--from", "json:lines=true",
                         "--losses", path("batch.ndjson")});
    EXPECT_EQ(1, ran.code) << "the second has a code that no table has";
    EXPECT_EQ("{\"title\":\"Eins\",\"sort\":\"alpha\"}\n{\"title\":\"Zwei\"}\n", ran.out);
    EXPECT_THAT(ran.err, testing::ContainsRegex("message 1\n2 values.*\nmessage 2\nerror: /kind"));
}

TEST_F(Translate, DelimitersAreNoLosses) {
    folder_.write("adt.map",
                  "uses \"urn:a\" alias A as source\nuses \"urn:b\" alias B as target\n"
                  "group m(source s : A, target t : B) {\n  s.PID as p then {\n"
                  "    p.`8` as x -> t.sex = x;\n  };\n}\n");
    folder_.write("a.hl7", "MSH|^~\\&|A|||||||1|P|2.5\rPID|||7||ESSAI^ANNE||19450612|F\r");
    const Ran ran = run({"translate", "--map", path("adt.map"), "--losses", "--from",
                         "hl7v2:view=grouped", path("a.hl7")});
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("lost: MSH-3\n"));
    EXPECT_THAT(ran.err, HasSubstr("lost: PID-5.2\n"));
    EXPECT_THAT(ran.err, Not(HasSubstr("MSH-1\n")));
    EXPECT_THAT(ran.err, Not(HasSubstr("MSH-2\n")));
    EXPECT_THAT(ran.err, Not(HasSubstr("PID-8")));
}

TEST_F(Translate, ExamplesAreRunThereAndBack) {
    const Ran ran = test({});
    EXPECT_EQ(1, ran.code);  // /extra is neither carried nor declared lossy
    EXPECT_THAT(ran.out, HasSubstr("there and back"));
    EXPECT_THAT(ran.out, HasSubstr("/extra: expected {deep}, found nothing"));
    EXPECT_THAT(ran.out, Not(HasSubstr("/note")));
    folder_.write("m/there-one/in.json", R"({"name":"Essai","kind":"A","note":"x"})");
    const Ran good = test({});
    EXPECT_EQ(0, good.code) << good.out;
    EXPECT_THAT(good.out, HasSubstr("there and back with back: 1 examples"));
    EXPECT_THAT(good.out, HasSubstr(path("m/there.map:10:3 never")));
    EXPECT_THAT(good.out, HasSubstr(path("m/tables/kind.csv rows in lines 3")));
}

TEST_F(Translate, ACaseMayDeclareWhatItAloneLoses) {
    folder_.write("m/there-one/context", "lossy=/extra\n");
    EXPECT_EQ(0, test({}).code);
    folder_.write("m/there-two/in.json", R"({"name":"Essai","kind":"A","extra":{"deep":["x"]}})");
    folder_.write("m/there-two/out.json", R"({"sort":"alpha","title":"Essai"})");
    const Ran ran = test({});
    EXPECT_EQ(1, ran.code) << "another case stays strict";
    EXPECT_THAT(ran.out, HasSubstr("/extra: expected {deep}, found nothing"));
}

TEST_F(Translate, EachDifferenceIsToldWithItsPath) {
    folder_.write("m/there-one/out.json", R"({"title":"Autre","sort":"beta","more":1})");
    const Ran ran = test({"--map", "there"});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.out, HasSubstr("/title: expected 'Autre', found 'Essai'"));
    EXPECT_THAT(ran.out, HasSubstr("/sort: expected 'beta', found 'alpha'"));
    EXPECT_THAT(ran.out, HasSubstr("/more: expected '1', found nothing"));
    EXPECT_THAT(test({"--map", "there", "--lang", "fr"}).out,
                HasSubstr("/title : attendu 'Autre', trouvé 'Essai'"));
}

TEST_F(Translate, UpdateWritesForReviewAndSaysWhatItKept) {
    folder_.write("m/there-one/in.json", R"({"name":"Essai","kind":"A","note":"x"})");
    folder_.write("m/there-one/out.json", R"({"title":"Autre"})");
    folder_.write("m/examples/there-held/in.json", R"({"kind":"Z","name":"Essai"})");
    folder_.write("m/examples/there-held/out.json", R"({"title":"kept"})");
    const Ran ran = test({"--update"});
    EXPECT_THAT(ran.out, HasSubstr("written: " + path("m/there-one/out.json")));
    EXPECT_THAT(ran.out, HasSubstr("written: " + path("m/examples/there-held/issues.json")));
    EXPECT_THAT(ran.out, HasSubstr("there-held: the map gave nothing"));
    EXPECT_EQ("{\"title\": \"Essai\", \"sort\": \"alpha\"}\n",
              support::fileText(path("m/there-one/out.json")));
    EXPECT_EQ(R"({"title":"kept"})", support::fileText(path("m/examples/there-held/out.json")));
    EXPECT_EQ(1, ran.code);
    std::remove(path("m/examples/there-held/out.json").c_str());
    EXPECT_EQ(0, test({}).code) << test({}).out;
}

TEST_F(Translate, IssuesAreComparedByTheKeysGiven) {
    folder_.write("m/there-held/in.json", R"({"kind":"Z","name":"Essai"})");
    folder_.write("m/there-held/issues.json", R"([{"where":"/kind","rule":"kind"}])");
    EXPECT_THAT(test({}).out, Not(HasSubstr("there-held")));
    const auto says = [&](const char* en) {
        folder_.write("m/there-held/issues.json",
                      std::string(R"([{"where":"/kind","en":")") + en + "\"}]");
        return test({}).out.find("failed: there-held") == std::string::npos;
    };
    EXPECT_TRUE(says("the code is not in table 'kind', expected one of …"));
    EXPECT_FALSE(says("the code is not in table 'other', expected one of …"));
    EXPECT_FALSE(says("the code is not in table 'kind', expected one of "));
    folder_.write("m/there-held/issues.json", R"([{"where":"/other"}])");
    const Ran ran = test({});
    EXPECT_THAT(ran.out, HasSubstr("failed: there-held"));
    EXPECT_THAT(ran.out, HasSubstr("an issue that is not expected: error /kind"));
    EXPECT_THAT(ran.out, HasSubstr("an issue is missing: where /other"));
}

TEST_F(Translate, CoverageBelowTheThresholdFails) {
    folder_.write("m/there-one/in.json", R"({"name":"Essai","kind":"A","note":"x"})");
    EXPECT_EQ(0, test({"--threshold", "40"}).code);
    const Ran ran = test({"--threshold", "90"});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.out, HasSubstr("coverage is below the threshold of 90 %"));
    EXPECT_EQ(2, test({"--threshold", "900"}).code);
}

TEST_F(Translate, TheReportIsJsonToo) {
    const Ran ran = test({"--json"});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.out, HasSubstr(R"("name": "there-one")"));
    EXPECT_THAT(ran.out, HasSubstr(R"("path": "/extra")"));
    EXPECT_THAT(ran.out, HasSubstr(R"("idle": [)"));
}

TEST_F(Translate, ABrokenMapIsToldAtItsPlace) {
    folder_.write("m/back.map", "group x(source s, target t) { s.a -> }\n");
    const Ran ran = test({});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.out, HasSubstr("back.map:1:38: error: "));
}

}  // namespace
