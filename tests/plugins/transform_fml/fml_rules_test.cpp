// Sources, conditions, list modes, groups: which rules run on what.
#include "fml_maps.h"

namespace {
using testing::ElementsAre;
using testing::HasSubstr;

class FmlRules : public FmlMaps {};

TEST_F(FmlRules, ARuleRunsOncePerItemInOrder) {
    EXPECT_EQ(R"({"b":["1","2"],"c":"3"})",
              toJson(plain("src.a as v -> tgt.b = v; src.x as v -> tgt.c = v;"),
                     R"({"a":["1","2"],"x":"3"})"));
}

TEST_F(FmlRules, AMissingOrNullElementDoesNothing) {
    EXPECT_EQ(R"({"k":"k"})",
              toJson(plain("src.a as v -> tgt.b = v; src.n as v -> tgt.c = v; src -> tgt.k = 'k';"),
                     R"({"n":null})"));
}

TEST_F(FmlRules, SeveralSourcesFireForEachCombination) {
    EXPECT_EQ(R"({"c":["1x","1y","2x","2y"]})",
              toJson(plain("src.a as a, src.b as b -> tgt.c = append(a, b);"),
                     R"({"a":["1","2"],"b":["x","y"]})"));
    EXPECT_EQ(R"({"c":["1","2","3"]})", toJson(plain("src.a as a, a.b as b -> tgt.c = b;"),
                                               R"({"a":[{"b":["1","2"]},{"b":"3"}]})"));
}

TEST_F(FmlRules, APathOfSourceElementsGoesDown) {
    EXPECT_EQ(R"({"c":["1","2"]})", toJson(plain("src.a.b as v -> tgt.c = v;"),
                                           R"({"a":[{"b":"1"},{"x":0},{"b":"2"}]})"));
}

TEST_F(FmlRules, NumbersAsNamesStandInBackQuotes) {
    EXPECT_EQ(R"({"5":"x"})", toJson(plain("src.`3` as v -> tgt.`5` = v;"), R"({"3":"x"})"));
}

TEST_F(FmlRules, WhereIsAskedOfTheItem) {
    const std::string in = R"({"a":[{"k":"x","v":"1"},{"k":"y","v":"2"}]})";
    for (const char* const where :
         {"where (k = 'y')", "where k = 'y'", "where a.k = 'y'", "where (%a.k = 'y')"})
        EXPECT_EQ(R"({"b":"2"})",
                  toJson(plain("src.a as a " + std::string(where) + " -> tgt.b = (a.v);"), in))
            << where;
}

TEST_F(FmlRules, ListModesPickAfterWhere) {
    const std::string in = R"({"a":["1","2","3","4"]})";
    const auto with = [&](const std::string& mode) {
        return toJson(
            plain("src.a " + mode + " as v where ($this != '1') -> tgt.b = v; src -> tgt.k='';"),
            in);
    };
    EXPECT_EQ(R"({"b":"2","k":""})", with("first"));
    EXPECT_EQ(R"({"b":["3","4"],"k":""})", with("not_first"));
    EXPECT_EQ(R"({"b":"4","k":""})", with("last"));
    EXPECT_EQ(R"({"b":["2","3"],"k":""})", with("not_last"));
    EXPECT_EQ(R"({"k":""})", with("only_one"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("found 'a' 3 times, expected only one")));
}

TEST_F(FmlRules, TheCountOfItemsIsChecked) {
    const std::string map = plain("src.a 1..2 as v -> tgt.b = v \"count\"; src -> tgt.k = 'k';");
    EXPECT_EQ(R"({"b":"1","k":"k"})", toJson(map, R"({"a":"1"})"));
    EXPECT_TRUE(report_.issues.empty());
    EXPECT_EQ(R"({"k":"k"})", toJson(map, R"({"a":["1","2","3"]})"));
    EXPECT_THAT(issues(), ElementsAre("error / m.map:5:1 count: found 'a' 3 times, expected 1..2"));
    EXPECT_EQ(R"({"k":"k"})", toJson(map, "{}"));
    EXPECT_EQ(1u, report_.issues.all().size());
    EXPECT_EQ(R"({"k":"k"})",
              toJson(plain("src.a 0..* as v -> tgt.b = v; src -> tgt.k='k';"), "{}"));
}

TEST_F(FmlRules, ADefaultStandsInForWhatIsMissing) {
    for (const char* const spelled : {"default ('none')", "default \"none\"", "default 'none'"}) {
        const std::string map = plain("src.a " + std::string(spelled) + " as v -> tgt.b = v;");
        EXPECT_EQ(R"({"b":"none"})", toJson(map, "{}")) << spelled;
        EXPECT_EQ(R"({"b":"1"})", toJson(map, R"({"a":"1"})")) << spelled;
    }
}

TEST_F(FmlRules, AFailingCheckIsAnIssueInTheWordsOfTheMap) {
    const std::string map = plain(
        "src check (a.exists()) \"il manque a | a is missing\";\n"
        "src.b as b check ($this = 'x') log 'b est faux | b is wrong' -> tgt.b = b \"b\";\n"
        "src -> tgt.k = 'k';");
    EXPECT_EQ(R"({"k":"k"})", toJson(map, R"({"b":["y"]})"));
    EXPECT_THAT(issues(), ElementsAre("error / m.map:5:1 il manque a | a is missing: a is missing",
                                      "error /b[0] m.map:6:1 b: b is wrong"));
    EXPECT_EQ("il manque a", report_.issues.all()[0].text.fr);
    EXPECT_EQ("b est faux", report_.issues.all()[1].text.fr);
    EXPECT_EQ(R"({"b":"x","k":"k"})", toJson(map, R"({"a":"1","b":"x"})"));
    EXPECT_TRUE(report_.issues.empty());
}

TEST_F(FmlRules, AnEmptyOrBlankTextIsAsAbsent) {
    const std::string map = plain(
        "src.a as a -> tgt.a = a;\n"
        "src where (a.empty() and c.d.exists().not()) -> tgt.none = 'x';\n"
        "src.b as b where ($this = 'y') -> tgt.b = b;");
    EXPECT_EQ(R"({"none":"x","b":"y"})", toJson(map, R"({"a":"","b":["","y"],"c":{"d":""}})"));
    // FHIR has no text of blanks alone.
    EXPECT_EQ(R"({"none":"x","b":"y"})", toJson(map, R"({"a":" \n","b":"y"})"));
    EXPECT_EQ(R"({"a":" z","b":"y"})", toJson(map, R"({"a":" z","b":"y"})"));
}

TEST_F(FmlRules, ALogTellsAndNeverShowsValues) {
    EXPECT_EQ(R"({"b":"1"})",
              toJson(plain("src.a as v log 'vu | seen' -> tgt.b = v;"), R"({"a":"1"})"));
    EXPECT_THAT(issues(), ElementsAre("information /a m.map:5:1: seen"));
    EXPECT_EQ(R"({"b":"DOE"})",
              toJson(plain("src.a as v log (v) -> tgt.b = v;"), R"({"a":"DOE"})"));
    EXPECT_THAT(issues(), ElementsAre("information /a m.map:5:1: the rule was reached"));
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("m.map:5:16: found an expression after 'log'")));
}

TEST_F(FmlRules, AFailingRuleIsAnIssueAndTheRestGoesOn) {
    EXPECT_EQ(R"({"c":"1"})", toJson(plain("src.a as v -> tgt.b = cast(v, 'integer') \"number\";\n"
                                           "src.c as v -> tgt.c = v;"),
                                     R"({"a":"one","c":"1"})"));
    EXPECT_THAT(issues(), ElementsAre("error /a m.map:5:1 number: found a value that is no "
                                      "integer: write an integer, like 12"));
}

TEST_F(FmlRules, BlocksAndGroupsNest) {
    EXPECT_EQ(R"({"o":{"x":"1","y":"1"}})",
              toJson(plain("src.a as a -> tgt.o as o then { a.b as b -> o.x = b then { b -> o.y = "
                           "b; }; } \"a\";"),
                     R"({"a":{"b":"1"}})"));
    EXPECT_EQ(R"({"o":[{"x":"1!"},{"x":"2!"}]})",
              toJson(plain("src.a as a -> tgt.o as o then g(a, '!', o), h(a, o);\n}\n"
                           "group h(source a, target o) {\n"
                           "}\n"
                           "group g(source a, source more, target o) {\n"
                           "  a.b as b -> o.x = append(b, more);"),
                     R"({"a":[{"b":"1"},{"b":"2"}]})"));
}

TEST_F(FmlRules, AGroupRunsWhatItExtendsFirst) {
    EXPECT_EQ(R"({"base":"1","own":"1"})",
              toJson(plain("src -> tgt then g(src, tgt);\n}\n"
                           "group base(source s, target t) { s.a as v -> t.base = v; }\n"
                           "group g(source src, target tgt) extends base {\n"
                           "  src.a as v -> tgt.own = v;"),
                     R"({"a":"1"})"));
}

TEST_F(FmlRules, ATargetMayBeAGroupCallOrAnAliasOfItsContext) {
    EXPECT_EQ(R"({"x":"1"})", toJson(plain("src.a as a -> tgt as t, g(a, t);\n}\n"
                                           "group g(source a, target o) { a -> o.x = a;"),
                                     R"({"a":"1"})"));
}

TEST_F(FmlRules, ConstantsAreKnownInEveryGroup) {
    EXPECT_EQ(R"({"b":"oid.1.2"})", toJson("map 'urn:m' = m\n"
                                           "uses 'urn:out' alias Out as target\n"
                                           "let base = 'oid.';\nlet all = base & '1';\n"
                                           "group m(source src, target tgt : Out) {\n"
                                           "  src.a as v -> tgt.b = append(all, '.', v);\n}",
                                           R"({"a":"2"})"));
}

TEST_F(FmlRules, ContextIsSeenByName) {
    context_.set("sending_application", "RELAI");
    context_.set("control-id", "A1");
    EXPECT_EQ(R"({"a":"RELAI","b":"A1"})",
              toJson(plain("src -> tgt.a = (%context-sending_application), "
                           "tgt.b = (%`context-control-id`);"),
                     "{}"));
}

TEST_F(FmlRules, SpellingsOfR3ToR5) {
    const std::string body =
        "uses 'urn:out' alias Out as target;\n"
        "uses \"urn:q\" alias Q as queried // comment\n"
        "/* a comment\n over lines */\n"
        "group m(source `src`, target tgt : `Out`) {\n"
        "  src.a as v -> tgt.b = v then { v -> tgt.c = v \"in\"; } \"rule\";\n"
        "  src.x : string first as x where $this = 'it\\'s' -> tgt.y = x;\n"
        "}\n"
        "group old(source s : Q, target t : Out) for types { }\n"
        "group older(source s : Q, target t : Q) extends old for type+types { }\n"
        "group newer(source s : Out, target t : Out) <<type+>> { }\n";
    const char* const headers[] = {
        "map \"urn:m\" = \"m\"\n", "map 'urn:m' = m;\n",
        "\xEF\xBB\xBF/// url = \"urn:m\"\r\n/// name = 'm'\r\n"
        "/// description = \"\"\"\nseveral lines\n\"\"\"\n/// title =\n//////////\n"};
    for (const char* const header : headers)
        EXPECT_EQ(R"({"b":"1","c":"1","y":"it's"})",
                  toJson(header + body, R"({"a":"1","x":["no","it's"]})"))
            << header;
}

TEST_F(FmlRules, ManyThreadsRunOneMap) {
    const auto map = compileFile(file(
        "m.map",
        plain("src.a as v where (v > 1) -> tgt.b = (v + 1), tgt.c = uuid(v), tgt.d = uuid();")));
    ASSERT_NE(nullptr, map);
    const gateway::Document in = decode(*json_, R"({"a":[1,2,3,4]})");
    const auto once = [&] {
        gateway::Report report;
        return encode(*json_, map->transform(in, context_, report));
    };
    const std::string expected = once();
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (int& each : wrong)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) each += once() != expected;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(wrong, testing::Each(0));
}

TEST_F(FmlRules, EndlessRecursionIsStopped) {
    EXPECT_EQ(R"({"k":"k"})",
              toJson(plain("src -> tgt.k = 'k'; src.a as a then g(a, tgt);\n}\n"
                           "group g(source a, target o) { a where true then { a then g(a, o); };"),
                     R"({"a":"1"})"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("stopped: groups call each other too deep")));
    EXPECT_EQ(gateway::Severity::fatal, report_.issues.worst());
}

TEST_F(FmlRules, AMillionOutputsAreStopped) {
    std::string in = "[";
    for (int i = 0; i < 1100; ++i) in += i ? ",1" : "1";
    in = R"({"a":)" + in + R"(]})";
    toJson(plain("src.a as a, src.a as b -> tgt.x = '';"), in);
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("stopped: the result is too large")));
}

TEST_F(FmlRules, NothingMadeIsRejected) {
    try {
        toJson(plain("src.a as v -> tgt.b = v; src -> tgt.empty as e, e.deeper as d;"), "{}");
        FAIL() << "made something of nothing";
    } catch (const gateway::Error& error) {
        EXPECT_EQ(gateway::Fault::rejected, error.fault);
    }
}

}  // namespace
