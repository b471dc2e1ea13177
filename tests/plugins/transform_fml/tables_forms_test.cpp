// Code tables as CSV and as ConceptMap: what is read, and that nothing is lost between them.
#include "forms_fixture.h"
#include "support/places.h"
#include "support/plugins.h"
#include "tables_conceptmap.h"

namespace {

using fhir::Release;
using tables::Holding;
using tables::Table;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kColumns =
    "source,source_label,target,target_label,relation,preferred,comment\n";

/// A table with everything that a table can say.
const std::string kFull =
    "# url: https://passerelle.example/fhir/ConceptMap/full\n# name: full\n# version: 2\n"
    "# id: full-1\n# title: L'état, \"un\" ; deux\n# status: active\n# experimental: true\n"
    "# date: 2025-01-02\n# publisher: Nobody\n\"# description: two\nlines;\"\n# purpose: p\n"
    "# copyright: c\n# language: fr\n"
    "# source_valueset: https://passerelle.example/fhir/ValueSet/a\n"
    "# target_valueset: https://passerelle.example/fhir/ValueSet/b\n"
    "# source: https://passerelle.example/fhir/CodeSystem/a|1\n"
    "# target: https://passerelle.example/fhir/CodeSystem/b|2\n"
    "# unmapped: fixed \"O T\" autre chose\n"
    "source,source_label,target,target_label,relation,preferred,comment,source_system,target_"
    "system\n"
    "01,Un,1,One,equivalent,,,,\n"
    "01,Un,1b,Other one,source-is-narrower-than-target,yes,\"a, b\",,\n"
    "02,Deux,1,One,source-is-broader-than-target,yes,why,,\n"
    "03,,3,,related-to,,,,\n"
    "04,Quatre,,,not-related-to,,no such thing,,\n"
    "05,Cinq,5,Five,not-related-to,,,,\n"
    "X,Ix,Y,Igrec,equivalent,,,https://passerelle.example/fhir/CodeSystem/c,\n"
    "X,Ix,Z,,source-is-broader-than-target,,,https://passerelle.example/fhir/CodeSystem/c,"
    "https://passerelle.example/fhir/CodeSystem/d\n";

std::vector<std::string> shown(const gateway::Findings& findings) {
    std::vector<std::string> all;
    for (const gateway::Finding& finding : findings.all()) {
        EXPECT_FALSE(finding.fr.empty()) << finding.text;
        all.push_back(finding.where.text() + ": " + finding.text);
    }
    return all;
}

/// Reads a table that has no errors.
Table read(const std::string& file, const std::string& text) {
    gateway::Findings findings;
    Table table = tables::readTable(file, text, Holding::all, findings);
    EXPECT_FALSE(findings.failed()) << testing::PrintToString(shown(findings));
    return table;
}

std::vector<std::string> findingsOf(const std::string& file, const std::string& text,
                                    Holding holding = Holding::all) {
    gateway::Findings findings;
    tables::readTable(file, text, holding, findings);
    return shown(findings);
}

TEST(CodeTables, AFullTableComesBackFromBothReleases) {
    const Table table = read("t.csv", kFull);
    EXPECT_EQ(kFull, tables::toCsv(table));
    for (const Release release : {Release::r4, Release::r5}) {
        const std::string json = tables::toConceptMap(table, release);
        const Table back = read("t.json", json);
        EXPECT_EQ(kFull, tables::toCsv(back)) << json;
        EXPECT_EQ(json, tables::toConceptMap(back, release));
    }
}

TEST(CodeTables, EachRuleForTheUnmappedComesBack) {
    for (const std::string rule : {"", "# unmapped: none\n", "# unmapped: use-source\n",
                                   "# unmapped: fixed OTH\n", "# unmapped: fixed OTH autre\n"}) {
        const std::string csv = "# name: t\n" + rule + kColumns + "a,,b,,equivalent,,\n";
        for (const Release release : {Release::r4, Release::r5})
            EXPECT_EQ(csv, tables::toCsv(
                               read("t.json", tables::toConceptMap(read("t.csv", csv), release))));
    }
}

TEST(CodeTables, ACodeForTheUnmappedOfAnotherSystemThanTheRowsIsRefused) {
    const std::string columns =
        "source,source_label,target,target_label,relation,preferred,comment,target_system\n";
    const std::string head = "# target: urn:a\n# unmapped: fixed OTH\n" + columns;
    const auto refused = [](const std::string& csv) {
        gateway::Findings findings;
        tables::checkForConceptMap(read("t.csv", csv), findings);
        return shown(findings);
    };
    EXPECT_THAT(refused(head + "a,,b,,equivalent,,,urn:b\n"),
                testing::ElementsAre(HasSubstr("is of 'urn:a', the first row of 'urn:b'")));
    EXPECT_THAT(refused(head + "a,,b,,equivalent,,,\nc,,d,,equivalent,,,urn:b\n"),
                testing::IsEmpty());
    EXPECT_THAT(refused(columns + "a,,b,,equivalent,,,urn:b\n"), testing::IsEmpty());
}

TEST(CodeTables, TheTablesOfTheProjectComeBack) {
    int count = 0;
    for (const auto& file :
         forms::filesBelow(std::filesystem::path(support::kSourceDir) / "mappings", ".csv")) {
        if (file.parent_path().filename() != "tables") continue;
        const Table table = read(file.string(), forms::contentOf(file));
        const std::string csv = tables::toCsv(table);
        EXPECT_EQ(csv, tables::toCsv(read(file.string(), csv)));
        for (const Release release : {Release::r4, Release::r5})
            EXPECT_EQ(csv, tables::toCsv(read("t.json", tables::toConceptMap(table, release))))
                << file;
        ++count;
    }
    EXPECT_GT(count, 10);
}

TEST(CodeTables, WhatIsWrittenIsValidInR4) {
    support::Plugins plugins({"codec_fhir"});
    const auto codec = plugins.codec("fhir");
    gateway::Issues issues;
    const auto document = codec->decode(
        gateway::Bytes::copy(tables::toConceptMap(read("t.csv", kFull), Release::r4)), issues);
    codec->checker()->check(document, issues);
    for (const gateway::Issue& issue : issues.all())
        EXPECT_LT(issue.severity, gateway::Severity::error) << issue.where << issue.text.en;
}

TEST(CodeTables, WhatATableCannotHoldIsRefusedWithItsPlace) {
    const std::string json = R"({"resourceType": "ConceptMap", "url": "urn:t", "name": "t",
 "status": "draft", "contact": [{"name": "x"}], "text": {"status": "generated"},
 "group": [{"source": "urn:a", "element": [{"code": "1", "target": [{"code": "2",
 "equivalence": "equal",
 "dependsOn": [{"property": "p", "value": "v"}],
 "product": [{"property": "p", "value": "v"}]}]}],
 "unmapped": {"mode": "other-map", "url": "urn:o"}}]})";
    EXPECT_THAT(
        findingsOf("t.json", json),
        testing::IsSupersetOf(
            {HasSubstr(
                 "t.json:5:16: found 'dependsOn' (/group[0]/element[0]/target[0]/dependsOn[0])"),
             HasSubstr("t.json:6:14: found 'product'"), HasSubstr("t.json:2:33: found 'contact'"),
             HasSubstr("t.json:7:14: found 'unmapped'"),
             HasSubstr("t.json:2:57: found 'text', which a table leaves out")}));
    // For a look-up only what changes the answer matters.
    const auto lookup = findingsOf("t.json", json, Holding::lookup);
    EXPECT_THAT(lookup, testing::Contains(HasSubstr("'dependsOn'")));
    EXPECT_THAT(lookup, testing::Not(testing::Contains(HasSubstr("'contact'"))));
}

TEST(CodeTables, GroupsWithDifferentRulesAreRefused) {
    EXPECT_THAT(findingsOf("t.json", R"({"resourceType": "ConceptMap", "group": [
 {"source": "urn:a", "unmapped": {"mode": "provided"}, "element": []},
 {"source": "urn:b", "element": []}]})"),
                ElementsAre(HasSubstr("t.json:3:2: found 'unmapped'")));
}

TEST(CodeTables, ExtensionsOfOthersAreRefused) {
    EXPECT_THAT(findingsOf("t.json", R"({"resourceType": "ConceptMap", "group": [{"element": [
 {"code": "a", "target": [{"code": "b", "equivalence": "equal",
 "extension": [{"url": "urn:x", "valueString": "y"}]}]}]}]})"),
                ElementsAre(HasSubstr("t.json:3:16: found 'extension'")));
}

TEST(CodeTables, MistakesInJsonHaveTheirPlace) {
    EXPECT_THAT(findingsOf("t.json", "{\"resourceType\": \"Patient\"}"),
                ElementsAre(HasSubstr("t.json:1:1: found no ConceptMap")));
    EXPECT_THAT(findingsOf("t.json", "nothing"), ElementsAre(HasSubstr("t.json:1:")));
    EXPECT_THAT(findingsOf("t.json", R"({"resourceType": "ConceptMap", "group": [{"element": [
 {"code": "a", "target": [{"code": "b", "equivalence": "same"}]},
 {"code": "c", "target": [{"relationship": "equivalent"}]},
 {"target": [{"code": "b", "equivalence": "equal"}]}]}]})"),
                ElementsAre(HasSubstr("t.json:2:57: found relation 'same'"),
                            HasSubstr("t.json:3:27: found a target without 'code'"),
                            HasSubstr("t.json:4:2: found an element without 'code'")));
}

TEST(CodeTables, AreReadInWhateverASpreadsheetSaves) {
    const auto rowsOf = [](const std::string& bytes) {
        gateway::Findings findings;
        const Table table = tables::readCsv("t.csv", bytes, findings);
        EXPECT_FALSE(findings.failed()) << testing::PrintToString(shown(findings));
        std::string all = table.url + " " + table.detail("title");
        for (const tables::Row& row : table.rows)
            all += "|" + row.source + ":" + row.sourceLabel + ":" + row.target;
        return all;
    };
    const std::string expected = "urn:t a;b, c|é:Féminin:F";
    const std::string utf8 =
        "# url: urn:t\n# title: a;b, c\nsource,source_label,target\n"
        "é,Féminin,F\n";
    EXPECT_EQ(expected, rowsOf(utf8));
    EXPECT_EQ(expected, rowsOf("\xEF\xBB\xBF" + utf8));
    std::string tabs =
        "# url: urn:t\t\t\r\n\"# title: a;b, c\"\t\t\r\nSource\tSource label\tTarget"
        "\r\né\tFéminin\tF\r\n";
    EXPECT_EQ(expected, rowsOf(tabs));
    std::string utf16 = "\xFF\xFE";
    for (std::size_t i = 0; i < tabs.size(); ++i) {
        const bool accent = tabs[i] == '\xC3';
        utf16 += accent ? '\xE9' : tabs[i];
        utf16 += '\0';
        if (accent) ++i;
    }
    EXPECT_EQ(expected, rowsOf(utf16));
    EXPECT_EQ(expected, rowsOf("# url: urn:t;;\r\n\"# title: a;b, c\";;\r\n"
                               "source;source_label;target\r\n\xE9;F\xE9minin;F\r\n"));
}

TEST(CodeTables, TheRowToAddIsWrittenAsTheTableIs) {
    const auto rowFor = [](const std::string& bytes, std::string_view code) {
        gateway::Findings findings;
        const gateway::Reason row = tables::readCsv("t.csv", bytes, findings).rowFor(code);
        EXPECT_FALSE(findings.failed());
        return row.in(gateway::Spoken::french);
    };
    EXPECT_EQ("ajouter à t.csv la ligne Z,,CIBLE (CIBLE : le code qui lui correspond)",
              rowFor("# url: urn:t\nsource,source_label,target\nA,,1\n", "Z"));
    EXPECT_EQ(
        "ajouter à t.csv la ligne CIBLE;LIBELLÉ;\"Z, \"\"z\"\"\" (CIBLE : le code qui lui "
        "correspond ; LIBELLÉ : son nom en clair)",
        rowFor("# url: urn:t\ncible;libelle_cible;source\n1;;A\n", "Z, \"z\""));
    EXPECT_THAT(rowFor(std::string(kColumns) + "A,,1,,,,\n", "Z"),
                HasSubstr("la ligne Z,,CIBLE,LIBELLÉ,equivalent,, (CIBLE"));
    EXPECT_THAT(rowFor("# url: urn:t;;\nsource;target;;\nA;1;;\n", "Z"),
                HasSubstr("la ligne Z;CIBLE (CIBLE"));
}

TEST(CodeTables, ARowThatLacksTheLabelThatOthersHaveIsNamed) {
    const std::string columns = "source,source_label,target,target_label,relation\n";
    EXPECT_THAT(
        findingsOf("t.csv", columns + "A,Anne,one,One,\nB,,one,,\nC,Claire,three,,\nD,,four,,\n"
                                      "E,,,,not-related-to\n"),
        ElementsAre("t.csv:3:1: found no label for target code 'one', which other rows have for "
                    "theirs: people will read 'One'",
                    HasSubstr("t.csv:4:1: found no label for target code 'three', which other rows "
                              "have for theirs: people will read 'Claire'"),
                    HasSubstr("t.csv:5:1: found no label for target code 'four', which other rows "
                              "have for theirs: people will read 'four'")));
    EXPECT_THAT(findingsOf("t.csv", columns + "A,Anne,one,,\nB,,two,,\n"), IsEmpty());
}

TEST(CodeTables, ATableInWindows1252SaysSo) {
    EXPECT_THAT(findingsOf("t.csv", "source;target\na;b\nF\xE9;c\n"),
                ElementsAre(HasSubstr("t.csv:3: found a byte that is not UTF-8: the file is read "
                                      "as Windows-1252")));
}

TEST(CodeTables, WhatASpreadsheetDidToCodesIsNamed) {
    EXPECT_THAT(findingsOf("t.csv", "source,target\n01,a\n7,b\n1E+05,c\n12,01/02/2024\n"),
                ElementsAre("t.csv:3: found '7', the other codes have 2 digits: a spreadsheet may "
                            "have taken the leading zero, expected '07'?",
                            HasSubstr("t.csv:4: found '1E+05', expected a code"),
                            HasSubstr("t.csv:5: found '01/02/2024', expected a code")));
}

TEST(CodeTables, ACodeIsLookedUpInItsSystem) {
    const Table table = read("t.csv", kFull);
    const std::string c = "https://passerelle.example/fhir/CodeSystem/c";
    ASSERT_NE(nullptr, table.forward("X", c));
    EXPECT_EQ("Y", table.forward("X", c)->target);
    EXPECT_EQ("Y", table.forward("X")->target);
    EXPECT_EQ(nullptr, table.forward("X", "https://passerelle.example/fhir/CodeSystem/a"));
    EXPECT_EQ(nullptr, table.forward("01", c));
    EXPECT_FALSE(table.forward("05")->leads());
    EXPECT_EQ(nullptr, table.back("5"));
}

TEST(CodeTables, TheWayBackGoesByThePreferredRows) {
    gateway::Findings findings;
    const Table table = tables::readCsv("t.csv",
                                        "# name: t\n# source: urn:a\n# target: urn:b\n"
                                        "# unmapped: use-source\nsource,source_label,target,"
                                        "target_label,relation,preferred\n"
                                        "1,Un,A,Ah,wider,\n2,Deux,A,Ah,,yes\n3,Trois,B,Be,,\n"
                                        "4,Quatre,B,Be,,\n5,,,,unmatched,\n",
                                        findings);
    EXPECT_THAT(shown(findings), IsEmpty());
    const Table back = table.reversed(findings);
    EXPECT_THAT(shown(findings), ElementsAre("t.csv:9:1: target code 'B' stands in line 8 too, "
                                             "which is the one that the way back uses: "
                                             "'preferred' in one of the rows says which"));
    EXPECT_EQ("reverse:t", back.name);
    EXPECT_EQ("urn:b", back.sourceSystem);
    EXPECT_EQ(tables::Unmapped::useSource, back.unmapped);
    ASSERT_EQ(2u, back.rows.size());
    EXPECT_EQ("2", back.forward("A")->target);
    EXPECT_EQ("Deux", back.forward("A")->targetLabel);
    EXPECT_EQ("3", back.forward("B")->target);
    EXPECT_EQ(nullptr, back.forward("1"));
}

TEST(CodeTables, RelationsHaveThreeSpellings) {
    for (const std::string_view relation : tables::kRelations) {
        EXPECT_EQ(relation, tables::relationOfR4(tables::toR4(relation)));
        EXPECT_EQ(relation, tables::relationOfSign(tables::toSign(relation)));
        EXPECT_EQ(relation, tables::inverse(tables::inverse(relation)));
    }
    EXPECT_EQ("wider", tables::toR4("source-is-narrower-than-target"));
    EXPECT_EQ("source-is-narrower-than-target", tables::relationOfSign("<="));
    EXPECT_EQ("", tables::relationOfR4("same"));
}

/// One code of 100,000 systems: once each row was compared with all before it.
TEST(Tables, ACodeOfManySystemsIsReadInProportion) {
    std::string csv = "source,source_system,target\n";
    for (int i = 0; i < 100'000; ++i)
        csv += "a,urn:" + std::to_string(i) + ",t" + std::to_string(i) + "\n";
    csv += "a,urn:7,other\n";
    gateway::Findings findings;
    const auto begun = std::chrono::steady_clock::now();
    const Table table = tables::readCsv("t.csv", csv, findings);
    EXPECT_GT(std::chrono::seconds(20), std::chrono::steady_clock::now() - begun);
    ASSERT_EQ(1u, findings.all().size());
    EXPECT_THAT(findings.all()[0].text, HasSubstr("'a' stands in line 9 already"));
    EXPECT_EQ("t7", table.forward("a", "urn:7")->target);
}

/// 20,000 rows with one target, each preferred: once a finding for each pair of them.
TEST(Tables, ATargetThatIsPreferredInEachRowIsToldOncePerRow) {
    std::string csv = kColumns;
    for (int i = 0; i < 20'000; ++i) csv += "c" + std::to_string(i) + ",,t,,,yes,\n";
    gateway::Findings findings;
    const Table table = tables::readCsv("t.csv", csv, findings);
    ASSERT_EQ(19'999u, findings.errors());
    EXPECT_THAT(findings.all().back().text, HasSubstr("'t' is preferred in line 2 already"));
    EXPECT_EQ("c0", table.back("t")->source);
}

}  // namespace
