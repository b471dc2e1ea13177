// Where maps and tables are found, and what their files may hold.
#include "fml_maps.h"

namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class FmlLibrary : public FmlMaps {
protected:
    /// The findings of a table.
    std::vector<std::string> ofTable(const std::string& text) {
        file("tables/t.csv", text);
        return findingsOf(plain("src.a as v -> tgt.b = translate(v, 't', 'code');"));
    }
};

TEST_F(FmlLibrary, AMapIsLocatedByName) {
    const std::string plan = file("network/plan/plan.map", "");
    EXPECT_EQ(plan, language_->locate("plan", library_));
    EXPECT_EQ(plan, language_->locate("network/plan/plan", library_));
    EXPECT_EQ("", language_->locate("pla", library_));
    EXPECT_EQ("", language_->locate("plan", library_ + "/none"));
    file("other/plan.fml", "");
    EXPECT_THROW(language_->locate("plan", library_), gateway::Error);
    EXPECT_EQ(plan, language_->locate("plan/plan", library_));
}

TEST_F(FmlLibrary, ATargetCodeIsOneOfTheCodeSystemWhereTheLibraryHasIt) {
    const auto system = [](const std::string& name, const std::string& content) {
        return R"({"resource": {"resourceType": "CodeSystem", "url": "urn:)" + name +
               R"(", "content": ")" + content + R"(", "concept": [{"code": "SUN", "concept": [
               {"code": "NOON"}]}, {"code": "RAIN"}]}})";
    };
    file("federation/profiles/codes.json", R"({"resourceType": "Bundle", "entry": [)" +
                                               system("sky", "complete") + "," +
                                               system("part", "fragment") + "]}");
    file("federation/profiles/broken.json", "\"CodeSystem\"");
    const std::string rows =
        "source,target,relation,target_system\n1,SUN,,\n2,NOON,,\n3,RAINS,,\n"
        "4,X,not-related-to,\n5,anything,,urn:other\n";
    EXPECT_THAT(ofTable("# target: urn:sky\n" + rows),
                ElementsAre(HasSubstr("t.csv:5:1: found target code 'RAINS', expected one of "
                                      "urn:sky: SUN, NOON, RAIN; did you mean 'RAIN'?")));
    EXPECT_THAT(ofTable("# target: urn:sky|1\n" + rows), SizeIs(1));
    EXPECT_THAT(ofTable("# target: urn:part\n" + rows), IsEmpty());
    EXPECT_THAT(ofTable(rows), IsEmpty());
}

TEST_F(FmlLibrary, ImportsComeByUrlByNameAndByPattern) {
    file("a/types.map",
         "map 'urn:maps/types' = 'types'\n"
         "conceptmap 'c' { prefix s = 's' s:1 == s:one }\n"
         "group number(source s, target t) { s as v -> t.n = translate(v, '#c', 'code'); }");
    file("b/more.map",
         "map 'urn:maps/more' = 'more'\nimports 'types'\n"
         "group more(source s, target t) { s -> t.m = 'm'; s then number(s, t); }");
    const auto with = [&](const std::string& imports) {
        return toJson(imports + plain("src.a as v then more(v, tgt);"), R"({"a":"1"})");
    };
    EXPECT_EQ(R"({"m":"m","n":"one"})", with("imports 'urn:maps/more'\n"));
    EXPECT_EQ(R"({"m":"m","n":"one"})", with("imports \"more\"\n"));
    EXPECT_EQ(R"({"m":"m","n":"one"})", with("imports \"urn:maps/*\"\n"));
}

TEST_F(FmlLibrary, ImportsMayMeetAgain) {
    file("a.map",
         "map 'urn:a' = 'a'\nimports 'urn:b'\ngroup a(source s, target t) { s -> t.a = "
         "'a'; }");
    file("b.map",
         "map 'urn:b' = 'b'\nimports 'urn:a'\ngroup b(source s, target t) { s then a(s, "
         "t); }");
    EXPECT_EQ(R"({"a":"a"})", toJson("imports 'urn:b'\n" + plain("src then b(src, tgt);"), "{}"));
}

TEST_F(FmlLibrary, AGroupInTwoImportsIsAmbiguousWhereItIsCalled) {
    file("a.map", "map 'urn:a' = 'a'\ngroup g(source s, target t) { s -> t.a = 'a'; }");
    file("b.map", "map 'urn:b' = 'b'\ngroup g(source s, target t) { s -> t.a = 'b'; }");
    EXPECT_THAT(findingsOf("imports 'urn:*'\n" + plain("src then g(src, tgt);")),
                ElementsAre(HasSubstr("m.map:6:10: found group 'g' in a.map and in b.map")));
    EXPECT_THAT(findingsOf("imports 'urn:*'\n" + plain("src -> tgt.a = 'x';")), IsEmpty());
}

TEST_F(FmlLibrary, TheNearestTableWins) {
    const std::string near = "source,target\n1,near\n", far = "source,target\n1,far\n";
    const auto of = [&](const std::string& name) {
        const std::string path = file(
            "net/plan/p.map", plain("src.a as v -> tgt.b = translate(v, '" + name + "', 'code');"));
        const auto map = compileFile(path);
        if (!map) return findings().back();
        return encode(*json_, map->transform(decode(*json_, R"({"a":"1"})"), context_, report_));
    };
    file("tables/t.csv", far);
    EXPECT_EQ(R"({"b":"far"})", of("t"));
    file("net/tables/t.csv", near);
    EXPECT_EQ(R"({"b":"near"})", of("t"));
    file("elsewhere/deep/u.csv", "# url: urn:u\nsource,target\n1,deep\n");
    EXPECT_EQ(R"({"b":"deep"})", of("u"));
    EXPECT_EQ(R"({"b":"deep"})", of("urn:u"));
    file("elsewhere/u2.csv", "# url: urn:u\nsource,target\n1,deep\n");
    EXPECT_THAT(of("urn:u"), HasSubstr("found several tables 'urn:u'"));
}

TEST_F(FmlLibrary, NoTableIsTakenFromOutsideOfTheLibrary) {
    const std::string outside = library_;
    file("secret.csv", "source,target\na,b\n");
    library_ += "/inner";
    for (const std::string& name : {outside + "/secret", std::string("../secret")})
        EXPECT_THAT(findingsOf(plain("src.x as x -> tgt.y = translate(x, '" + name + "');")),
                    testing::ElementsAre(HasSubstr("found table '" + name + "'")));
    library_ = outside;
}

TEST_F(FmlLibrary, ATableMayBeAConceptMapInJson) {
    file("tables/t.json", R"({"resourceType": "ConceptMap", "url": "urn:t", "group": [{"source":
"urn:a", "target": "urn:b", "element": [{"code": "1", "target": [{"code": "one",
"equivalence": "equal"}]}], "unmapped": {"mode": "fixed", "code": "other"}}]})");
    file("examples/x/in.json", R"({"resourceType": "ConceptMap", "url": "urn:t"})");
    for (const char* const name : {"t", "urn:t"})
        EXPECT_EQ(R"({"b":["one","other"]})", toJson(plain("src.a as v -> tgt.b = translate(v, '" +
                                                           std::string(name) + "', 'code');"),
                                                     R"({"a":["1","2"]})"));
}

TEST_F(FmlLibrary, ATableGoesItsWayBack) {
    file("tables/t.csv", "source,target,preferred\n1,one,\n2,one,yes\n3,three,\n");
    const std::string inside =
        "conceptmap \"i\" { prefix s = \"urn:s\" prefix t = \"urn:t\" s:\"1\" == t:one }\n";
    EXPECT_EQ(R"({"b":["2","3"]})",
              toJson(plain("src.a as v -> tgt.b = translate(v, 'reverse:t', 'code');"),
                     R"({"a":["one","three"]})"));
    EXPECT_EQ(R"({"b":"1"})",
              toJson(inside + plain("src.a as v -> tgt.b = translate(v, 'reverse:#i', 'code');"),
                     R"({"a":["one"]})"));
    toJson(plain("src.a as v -> tgt.b = translate(v, 'reverse:t', 'code');"),
           R"({"a":["one","1"]})");
    ASSERT_EQ(1u, report_.issues.all().size());
    EXPECT_THAT(report_.issues.all()[0].text.en, HasSubstr("not in table 'reverse:t'"));
    EXPECT_THAT(findingsOf(plain("src.a as v -> tgt.b = translate(v, 'reverse:u', 'code');")),
                testing::Contains(HasSubstr("'u'")));
}

TEST_F(FmlLibrary, CodesWithoutARowAreReportedWhateverTheRule) {
    for (const char* const rule :
         {"", "# unmapped: none\n", "# unmapped: use-source\n", "# unmapped: fixed x\n"}) {
        file("tables/t.csv", rule + std::string("source,target\n1,one\n"));
        toJson(plain("src.a as v -> tgt.b = translate(v, 't', 'code');"),
               R"({"a":["1","2","3","2"]})");
        ASSERT_EQ(3u, report_.unmapped.size()) << rule;
        EXPECT_EQ("t", report_.unmapped[0].table);
        EXPECT_EQ("2", report_.unmapped[0].code);
        EXPECT_EQ("3", report_.unmapped[1].code);
    }
}

TEST_F(FmlLibrary, AMapMayBeAStructureMapInJson) {
    const std::string json = R"({"resourceType": "StructureMap", "url": "urn:j", "name": "j",
"status": "draft", "contained": [{"resourceType": "ConceptMap", "id": "c", "name": "c",
"status": "draft", "group": [{"source": "urn:a", "target": "urn:b", "element": [{"code": "1",
"target": [{"code": "one", "equivalence": "equal"}]}]}]}],
"group": [{"name": "g", "typeMode": "none", "input": [{"name": "s", "mode": "source"},
{"name": "t", "type": "Out", "mode": "target"}], "rule": [{"name": "r",
"source": [{"context": "s", "element": "a", "variable": "v"}],
"target": [{"context": "t", "element": "b", "transform": "translate", "parameter": [
{"valueId": "v"}, {"valueString": "#c"}, {"valueString": "code"}]}]}]}]})";
    const std::string path = file("maps/j.json", json);
    EXPECT_EQ(path, language_->locate("j", library_));
    const auto map = compileFile(path);
    ASSERT_TRUE(map) << testing::PrintToString(findings());
    gateway::Report report;
    EXPECT_EQ(R"({"b":"one"})",
              encode(*json_, map->transform(decode(*json_, R"({"a":["1"]})"), context_, report)));
    // Imported by a map in FML, and wrong in a place of its own.
    EXPECT_THAT(findingsOf("imports 'urn:j'\n" + plain("src as s then g(s, tgt);")), IsEmpty());
    std::string wrong = json;
    wrong.replace(wrong.find("#c\""), 3, "#d\"");
    file("maps/j.json", wrong);
    findings_ = {};
    EXPECT_FALSE(compileFile(path));
    EXPECT_THAT(findings().front(), HasSubstr("j.json:9:36: found table '#d'"));
}

TEST_F(FmlLibrary, TheVersionChangesWithMapImportsAndTables) {
    file("i.map", "map 'urn:i' = 'i'\ngroup g(source s, target t) { s -> t.a = 'a'; }");
    file("tables/t.csv", "source,target\n1,one\n");
    const std::string map =
        "imports 'urn:i'\n" + plain("src.a as v -> tgt.b = translate(v, 't', 'code');");
    const auto version = [&](const std::string& text) {
        return std::string(compileFile(file("m.map", text))->version());
    };
    const std::string first = version(map);
    EXPECT_EQ(32u, first.size());
    EXPECT_EQ(first, version(map));
    EXPECT_NE(first, version(map + "\n"));
    file("tables/t.csv", "source,target\n1,two\n");
    const std::string second = version(map);
    EXPECT_NE(first, second);
    file("i.map", "map 'urn:i' = 'i'\ngroup g(source s, target t) { s -> t.a = 'b'; }");
    EXPECT_NE(second, version(map));
}

TEST_F(FmlLibrary, TablesAreReadAsFrenchExcelWritesThem) {
    EXPECT_THAT(
        ofTable("\xEF\xBB\xBF# url: urn:t;;;\r\n# source: urn:s;;;\r\n;;;\r\n"
                "source;source_label;target;comment\r\n"
                "\"A;1\";\"dit \"\"un\"\"\r\nsuite\";a;é\r\n\r\n;;;\r\n# remarque\r\nB;;b;\r\n"),
        IsEmpty());
    EXPECT_EQ(R"({"b":["a","b"]})",
              toJson(plain("src.a as v -> tgt.b = translate(v, 'urn:t', 'code');"),
                     R"({"a":["A;1","B"]})"));
}

TEST_F(FmlLibrary, ColumnsOfTablesMayHaveFrenchNames) {
    EXPECT_THAT(
        ofTable("# url: urn:t\nSource;Libellé source;Cible;Préféré;Commentaire\nA;un;a;oui;x\n"),
        IsEmpty());
    EXPECT_EQ(R"({"b":"a"})", toJson(plain("src.a as v -> tgt.b = translate(v, 'urn:t', 'code');"),
                                     R"({"a":"A"})"));
}

TEST_F(FmlLibrary, MistakesOfTablesNameTheirLine) {
    const std::string head = "source,source_label,target,target_label,relation,preferred,comment\n";
    const std::pair<std::string, const char*> all[] = {
        {"", "t.csv:1: found no column names"},
        {"source,traget\n1,2\n", "t.csv:1:8: found column 'traget'"},
        {"source,comment\n1,2\n", "t.csv:1: found no column 'target'"},
        {"sorce,target\n1,2\n3,4\n", "t.csv:1:1: found column 'sorce'"},
        {"# unmaped: none\n" + head, "t.csv:1:1: found '# unmaped:', did you mean '# unmapped:'?"},
        {"# unmapped: keep\n" + head, "t.csv:1:1: found unmapped 'keep', expected 'use-source'"},
        {head + "1,,one,,equal\n,,two,,\n", "t.csv:3:1: found no source code"},
        {head + "1,,one,,same\n", "t.csv:2:9: found relation 'same'"},
        {head + "1,,,,\n", "t.csv:2:4: found no target code"},
        {head + "1,,a,,,maybe,\n", "t.csv:2:8: found 'maybe' in column 'preferred'"},
        {head + "1,,a,,,,x,y\n", "t.csv:2:11: found 8 fields, expected 7"},
        {head + "1,,\"a,,\n\n", "t.csv:2:4: found a quote that is not closed"},
        {head + "1,,\"a\"b,,\n", "t.csv:2:7: found text after a closing quote"},
        {head + "1,,a\n2,\xE9,b\n", "t.csv:3: found a byte that is not UTF-8"},
        {head + "1,,a,,,yes\n2,,a,,,yes\n",
         "t.csv:3:1: target code 'a' is preferred in line 2 already"},
        {head + "1,,a\n1,,b\n", "t.csv:3:1: source code '1' stands in line 2 already"},
    };
    for (const auto& [text, expected] : all) {
        const std::vector<std::string> found = ofTable(text);
        EXPECT_THAT(found, ElementsAre(HasSubstr(expected))) << text;
    }
}

TEST_F(FmlLibrary, ExpressionsStandAlone) {
    gateway::Findings findings;
    const auto expression = language_->expression("a.where(b = %context-partner).c",
                                                  {"passerelle.yaml", 3, 9}, {}, findings);
    ASSERT_NE(nullptr, expression);
    context_.set("partner", "x");
    const gateway::Document in = decode(*json_, R"({"a":[{"b":"x","c":["1","2"]},{"b":"y"}]})");
    EXPECT_THAT(expression->texts(in, context_), ElementsAre("1", "2"));
    const auto condition = language_->expression("a.exists()", {}, {}, findings);
    EXPECT_TRUE(condition->holds(in, context_));
    EXPECT_FALSE(condition->holds(decode(*json_, "{}"), context_));
    EXPECT_EQ(nullptr, language_->expression("a.(", {"passerelle.yaml", 3, 9}, {}, findings));
    ASSERT_FALSE(findings.all().empty());
    EXPECT_EQ("passerelle.yaml:3:11", findings.all()[0].where.text());
}

}  // namespace
