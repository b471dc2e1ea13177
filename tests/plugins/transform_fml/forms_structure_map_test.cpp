// A map as FHIR's StructureMap and back is the same map; what is written is valid.
#include "fml_structure_map.h"
#include "forms_fixture.h"
#include "support/plugins.h"

namespace {

using fhir::Release;
using fml::MapSyntax;
using forms::parsed;
using testing::HasSubstr;
using testing::Not;

std::string written(const std::string& map, Release release) {
    gateway::Findings findings;
    return fml::toStructureMap(fml::SourceText("m.map", map), parsed(map), release, findings);
}

MapSyntax readBack(const std::string& json, gateway::Findings& findings) {
    return fml::readStructureMap(fml::SourceText("m.json", json), findings, true);
}

MapSyntax readBack(const std::string& json) {
    gateway::Findings findings;
    MapSyntax map = readBack(json, findings);
    for (const gateway::Finding& finding : findings.all())
        ADD_FAILURE() << finding.where.text() << ": " << finding.text << "\n" << json;
    return map;
}

std::vector<std::string> findingsOf(const std::string& json) {
    gateway::Findings findings;
    readBack(json, findings);
    std::vector<std::string> all;
    for (const gateway::Finding& finding : findings.all()) {
        EXPECT_FALSE(finding.fr.empty()) << finding.text;
        all.push_back(finding.where.text() + ": " + finding.text);
    }
    return all;
}

std::string withRule(const std::string& rule) {
    return "/// url = 'http://x.example/m'\n/// name = 'M'\n"
           "group G(source src, target tgt) {\n  " +
           rule + "\n}\n";
}

class StructureMaps : public testing::Test {
protected:
    /// What R4 says against it, warnings apart.
    std::vector<std::string> mistakesOf(const std::string& json) {
        gateway::Issues issues;
        const auto document = fhir_->decode(gateway::Bytes::copy(json), issues);
        fhir_->checker()->check(document, issues);
        std::vector<std::string> all;
        for (const gateway::Issue& issue : issues.all())
            if (issue.severity == gateway::Severity::error ||
                issue.severity == gateway::Severity::fatal)
                all.push_back(issue.where + ": " + issue.text.en);
        return all;
    }

    support::Plugins plugins_{{"codec_fhir"}};
    std::unique_ptr<gateway::Codec> fhir_ = plugins_.codec("fhir");
};

TEST_F(StructureMaps, EveryConstructComesBackFromBothReleases) {
    for (const Release release : {Release::r4, Release::r5}) {
        const std::string json = written(forms::kEveryConstruct, release);
        const MapSyntax again = readBack(json);
        EXPECT_EQ("", fml::difference(parsed(forms::kEveryConstruct), again)) << json;
        // What came from JSON is FML again.
        EXPECT_EQ("", fml::difference(again, parsed(fml::print(again)), true)) << fml::print(again);
    }
}

TEST_F(StructureMaps, AllMapsAtHandComeBackAndAreValid) {
    for (const auto& file : forms::allMaps()) {
        const std::string map = forms::contentOf(file);
        for (const Release release : {Release::r4, Release::r5}) {
            const std::string json = written(map, release);
            EXPECT_EQ("", fml::difference(parsed(map), readBack(json))) << file;
            if (release == Release::r4) {
                EXPECT_THAT(mistakesOf(json), testing::IsEmpty()) << file;
            }
        }
    }
}

TEST_F(StructureMaps, EveryConstructIsValidInR4) {
    const std::string json = written(forms::kEveryConstruct, Release::r4);
    EXPECT_THAT(mistakesOf(json), testing::IsEmpty()) << json;
}

TEST_F(StructureMaps, EachReleaseHasItsShape) {
    const std::string map =
        "let x = 1;\n" + withRule(
                             "src.a : string default 'd' as a -> tgt.b = create('T') as b single "
                             "then G(a, 'text', 2);");
    const std::string r4 = written(map, Release::r4), r5 = written(map, Release::r5);
    EXPECT_THAT(r4, HasSubstr("\"defaultValueString\": \"d\""));
    EXPECT_THAT(r5, HasSubstr("\"defaultValue\": \"d\""));
    EXPECT_THAT(r4, HasSubstr("\"contextType\": \"variable\""));
    EXPECT_THAT(r5, Not(HasSubstr("contextType")));
    EXPECT_THAT(r4, HasSubstr("\"typeMode\": \"none\""));
    EXPECT_THAT(r5, Not(HasSubstr("typeMode")));
    EXPECT_THAT(r4, HasSubstr("\"'text'\""));  // among the variables
    EXPECT_THAT(r5, HasSubstr("\"valueString\": \"text\""));
    EXPECT_THAT(r5, HasSubstr("\"valueInteger\": 2"));
    EXPECT_THAT(r4, Not(HasSubstr("\"const\"")));
    EXPECT_THAT(r5, HasSubstr("\"const\""));
    EXPECT_THAT(r4, Not(HasSubstr("\"listMode\"")));
    EXPECT_THAT(r5, HasSubstr("\"single\""));
    // R4 wants a name for each rule.
    EXPECT_THAT(r4, HasSubstr("\"_name\""));
}

TEST_F(StructureMaps, WhatOthersWroteIsRead) {
    const MapSyntax map = readBack(R"JSON({
      "resourceType": "StructureMap", "url": "http://x.example/m", "name": "M", "status": "active",
      "structure": [{"url": "http://x.example/A", "mode": "source", "alias": "A",
                     "documentation": "what comes"}],
      "import": ["http://x.example/*"],
      "group": [{"name": "G", "typeMode": "type-and-types", "documentation": "two\nlines",
        "input": [{"name": "src", "type": "A", "mode": "source"},
                  {"name": "tgt", "mode": "target"}],
        "rule": [{"name": "one",
          "source": [{"context": "src", "element": "a", "min": 0, "max": "*", "type": "Coding",
                      "defaultValueCode": "x", "listMode": "only_one", "variable": "a",
                      "condition": "a = 'b'", "check": "a.exists()", "logMessage": "'seen'"}],
          "target": [{"context": "tgt", "contextType": "variable", "element": "b", "variable": "b",
                      "listMode": ["share"], "listRuleId": "s", "transform": "translate",
                      "parameter": [{"valueId": "a"}, {"valueString": "#t"},
                                    {"valueString": "code"}]},
                     {"transform": "evaluate", "parameter": [{"valueString": "1 + 2"}],
                      "variable": "c"}],
          "dependent": [{"name": "H", "variable": ["a", "b"]},
                        {"name": "I", "parameter": [{"valueId": "a"}, {"valueDecimal": 1.50}]}]}]
      }]})JSON");
    EXPECT_EQ(
        "/// url = 'http://x.example/m'\n/// name = 'M'\n/// status = 'active'\n\n"
        "uses \"http://x.example/A\" alias A as source // what comes\n\n"
        "imports \"http://x.example/*\"\n\n"
        "// two\n// lines\ngroup G(source src : A, target tgt) <<type+>> {\n"
        "  src.a : Coding 0..* default ('x') only_one as a where (a = 'b') check (a.exists()) "
        "log ('seen') ->\n"
        "      tgt.b = translate(a, '#t', 'code') as b share s,\n"
        "      (1 + 2) as c then H(a, b), I(a, 1.50) \"one\";\n}\n",
        fml::print(map));
}

TEST_F(StructureMaps, NamesThatAreNoIdsComeBackAndAreTold) {
    const std::string text = withRule("src.a as `a_b` -> tgt.c = `a_b` \"l'usager | the person\";");
    gateway::Findings findings;
    const std::string json =
        fml::toStructureMap(fml::SourceText("m.map", text), parsed(text), Release::r5, findings);
    ASSERT_EQ(1u, findings.all().size());
    EXPECT_EQ(
        "m.map:4:12: found name 'a_b', which is no id of FHIR: the StructureMap has 'a-b', "
        "and expressions with the name will not work in other engines",
        findings.all()[0].where.text() + ": " + findings.all()[0].text);
    EXPECT_THAT(json, HasSubstr("\"name\": \"l-usager---the-person\""));
    EXPECT_EQ("", fml::difference(parsed(text), readBack(json)));
}

TEST_F(StructureMaps, MistakesHaveTheirPlace) {
    using testing::ElementsAre;
    EXPECT_THAT(findingsOf("{\"resourceType\": \"Patient\"}"),
                ElementsAre(HasSubstr("m.json:1:1: found no StructureMap")));
    EXPECT_THAT(findingsOf("[1]"), ElementsAre(HasSubstr("m.json:1:1: found no object")));
    EXPECT_THAT(findingsOf("{\n  \"a\" 1}"), ElementsAre(HasSubstr("m.json:2:7: ")));
    const auto rule = [](const std::string& source, const std::string& target) {
        return "{\"resourceType\": \"StructureMap\", \"url\": \"u\", \"name\": \"n\", \"group\": "
               "[{\"name\": \"G\", \"input\": [{\"name\": \"s\", \"mode\": \"source\"}], "
               "\"rule\": [{\n\"source\": [" +
               source + "],\n\"target\": [" + target + "]}]}]}";
    };
    EXPECT_THAT(findingsOf(rule("{\"context\": \"s\", \"condition\": \"(a\"}", "")),
                ElementsAre(HasSubstr("m.json:2:43: found no whole expression")));
    EXPECT_THAT(findingsOf(rule("{\"element\": \"s\"}", "")),
                ElementsAre(HasSubstr("m.json:2:12: found no 'context'")));
    EXPECT_THAT(findingsOf(rule("{\"context\": \"s\"}",
                                "{\"transform\": \"copy\", \"parameter\": "
                                "[{}]}")),
                ElementsAre(HasSubstr("m.json:3:")));
    EXPECT_THAT(findingsOf("{\"resourceType\": \"StructureMap\", \"url\": \"u\", \"name\": \"n\", "
                           "\"contact\": [{\"name\": \"x\"}]}"),
                ElementsAre(HasSubstr("found 'contact', which the mapping language cannot say")));
}

}  // namespace
