/// What made each value, and what became of each value of the source.
#include <algorithm>

#include "fml_maps.h"

namespace {
using gateway::Explanation;
using gateway::MapPart;
using gateway::Node;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class FmlExplain : public FmlMaps {
protected:
    /// Runs the map on JSON and keeps how the result came about.
    void explain(const std::string& map, const std::string& json) {
        compiled_ = compileFile(file("m.map", map));
        std::string text;
        for (const std::string& finding : findings()) text += finding + "\n";
        ASSERT_TRUE(compiled_) << text;
        source_ = decode(*json_, json);
        report_ = {};
        report_.explanation = &explanation_;
        result_ = compiled_->transform(source_, context_, report_);
    }

    std::string called(std::uint32_t part) const {
        if (part == gateway::kNoPart) return "-";
        const MapPart& known = compiled_->parts()[part];
        return known.name + ":" + std::to_string(known.where.line);
    }

    /// "target <- source rule:line [row:line]" for each entry.
    std::vector<std::string> made() const {
        std::vector<std::string> all;
        for (const Explanation::Made& one : explanation_.made)
            all.push_back(one.target.path() + " <- " +
                          (one.source ? one.source.path() : "at " + one.at.path()) + " " +
                          called(one.rule) +
                          (one.row == gateway::kNoPart ? "" : " " + called(one.row)));
        return all;
    }

    std::vector<std::string> carried() const {
        std::vector<std::string> all;
        for (const Node node : explanation_.carried) all.push_back(node.path());
        return all;
    }

    std::unique_ptr<gateway::Transformer> compiled_;
    gateway::Document source_, result_;
    Explanation explanation_;
};

TEST_F(FmlExplain, WhereValuesStandIsNoReadingOfThem) {
    explain(plain("src where (children().pathname().count() > 1) -> "
                  "tgt.kind = 'plan' \"kind\";\n"
                  "src.a as v where ($this = 'x') -> tgt.x = 'y' \"first\";"),
            R"({"a":"x","b":"z"})");
    EXPECT_THAT(carried(), ElementsAre("/a"));
}

TEST_F(FmlExplain, NamesRuleAndSourceOfEachValue) {
    explain(plain("src.a as v -> tgt.x = v \"first\";\n"
                  "src -> tgt.kind = 'plan' \"kind\";\n"
                  "src.b as b -> tgt.y as y then {\n"
                  "  b.c -> y.d;\n"
                  "};"),
            R"({"a":"1","b":{"c":"2"},"z":"3"})");
    EXPECT_THAT(made(), ElementsAre("/x <- /a first:5", "/kind <- at / kind:6",
                                    "/y/d <- /b/c b.c -> y.d:8"));
    EXPECT_THAT(carried(), UnorderedElementsAre("/a", "/b/c"));
}

TEST_F(FmlExplain, KnowsWhatAnExpressionReadAndGave) {
    explain(plain("src.name as n -> tgt.text = (n.given.first() & ' ' & n.family) \"text\";"),
            R"({"name":{"given":["Ann","Lou"],"family":"Test"}})");
    EXPECT_THAT(made(),
                ElementsAre("/text <- /name/given[0] text:5", "/text <- /name/family text:5"));
    // The second name went nowhere.
    EXPECT_THAT(carried(), UnorderedElementsAre("/name/given[0]", "/name/family"));
}

TEST_F(FmlExplain, AConditionReadsWhatItDecidesBy) {
    explain(plain("src.item as i where (kind = 'x') -> tgt.line = (i.text) \"line\";"),
            R"({"item":[{"kind":"x","text":"a","more":"m"},{"kind":"y","text":"b"}]})");
    EXPECT_THAT(made(), ElementsAre("/line <- /item[0]/text line:5"));
    EXPECT_THAT(carried(), UnorderedElementsAre("/item[0]/kind", "/item[0]/text", "/item[1]/kind"));
}

TEST_F(FmlExplain, AskingWhetherAGroupIsThereCarriesNothingBelowIt) {
    explain(plain("src where (a.exists() and b.exists()) -> tgt.x = 'yes' \"x\";"),
            R"({"a":{"in":"1"},"b":"2"})");
    EXPECT_THAT(carried(), ElementsAre("/b"));
}

TEST_F(FmlExplain, AFallbackThatWasNotNeededIsNotRead) {
    explain(plain("src -> tgt.x = ((a | b).first()) \"x\";"), R"({"a":"1","b":"2"})");
    EXPECT_THAT(carried(), ElementsAre("/a"));
}

TEST_F(FmlExplain, FollowsVariablesIntoGroupsAndTransforms) {
    explain(plain("src.a as a -> (a & '!') as v then more(v, tgt);\n"
                  "src.b as b, src.c as c -> tgt.both = append(b, '-', c) \"both\";\n"
                  "src.d as d -> tgt.short = truncate(d, 2) \"short\";\n"
                  "src.e as e -> tgt.coding = c('urn:s', e) \"coding\";\n}\n"
                  "group more(source v, target t) {\n  v as w -> t.x = w \"x\";"),
            R"({"a":"1","b":"2","c":"3","d":"long","e":"k"})");
    EXPECT_THAT(made(), ElementsAre("/x <- /a x:11", "/both <- /b both:6", "/both <- /c both:6",
                                    "/short <- /d short:7", "/coding/system <- at /e coding:8",
                                    "/coding/code <- /e coding:8"));
}

TEST_F(FmlExplain, ACopiedTreeIsTracedLeafByLeaf) {
    explain(plain("src.a -> tgt.b \"tree\";"), R"({"a":{"x":"1","y":[{"z":"2"},{"z":"3"}]}})");
    EXPECT_THAT(made(), ElementsAre("/b/x <- /a/x tree:5", "/b/y[0]/z <- /a/y[0]/z tree:5",
                                    "/b/y[1]/z <- /a/y[1]/z tree:5"));
}

TEST_F(FmlExplain, NamesTheRowOfATable) {
    file("tables/sex.csv",
         "# target: urn:sex\nsource,target,relation,comment\nF,female,,\nM,male,,\n"
         "U,,not-related-to,says nothing\n");
    const std::string map = plain(
        "src.sex as s -> tgt.sex = translate(s, 'sex', 'code') \"sex\";\n"
        "src.a -> tgt.a;");
    explain(map, R"({"sex":["M","F"]})");
    EXPECT_THAT(made(),
                ElementsAre("/sex[0] <- /sex[0] sex:5 sex:4", "/sex[1] <- /sex[1] sex:5 sex:3"));
    explain(map, R"({"sex":"U","a":"x"})");
    EXPECT_THAT(carried(), ElementsAre("/a"));
    ASSERT_EQ(1u, explanation_.ignored.size());
    EXPECT_EQ("/sex says nothing",
              explanation_.ignored[0].source.path() + " " + explanation_.ignored[0].reason.en);
}

TEST_F(FmlExplain, ACodeThatNoRowHasIsNotCarried) {
    file("tables/sex.csv", "source,target\nF,female\n");
    explain(plain("src.sex as s -> tgt.sex = translate(s, 'sex', 'code') \"sex\";\n"
                  "src.a -> tgt.a;"),
            R"({"sex":"X","a":"1"})");
    EXPECT_EQ(1u, report_.issues.all().size());
    EXPECT_THAT(carried(), ElementsAre("/a"));
}

TEST_F(FmlExplain, WhatWasWrittenOverIsNotCarried) {
    explain(typed("Patient",
                  "src.a as a -> tgt.birthDate = a \"a\";\nsrc.b as b -> tgt.birthDate = b \"b\";"),
            R"({"a":"1950-01-01","b":"1960-02-02"})");
    EXPECT_THAT(made(), ElementsAre("/birthDate <- /b b:6"));
    EXPECT_THAT(carried(), ElementsAre("/b"));
}

TEST_F(FmlExplain, WhatIsIgnoredOnPurposeHasItsReason) {
    explain(plain("src.a -> tgt.a;\n"
                  "src.note; // @ignore interne au réseau | internal to the network\n"
                  "// @ignore old entries are kept elsewhere\n"
                  "src.entry as e where (e.old = 'yes');"),
            R"({"a":"1","note":{"x":"2"},"entry":[{"old":"yes","t":"3"},{"old":"no","t":"4"}]})");
    std::vector<std::string> ignored;
    for (const Explanation::Ignored& one : explanation_.ignored)
        ignored.push_back(one.source.path() + " " + one.reason.en + " " + called(one.rule));
    EXPECT_THAT(ignored, ElementsAre("/note internal to the network src.note:6",
                                     "/entry[0] old entries are kept elsewhere src.entry:8"));
    EXPECT_EQ("interne au réseau", explanation_.ignored[0].reason.fr);
}

TEST_F(FmlExplain, AnIgnoreThatCannotWorkIsAWarning) {
    EXPECT_THAT(
        findingsOf(plain("src.a -> tgt.a; // @ignore what\nsrc.b; // @ignore")),
        ElementsAre("m.map:5:1: found '@ignore' at a rule that makes something, expected a "
                    "rule of a source alone",
                    "m.map:6:1: found '@ignore' without a reason, expected why this is left "
                    "out"));
}

TEST_F(FmlExplain, CountsHowOftenEachPartWasAtWork) {
    file("tables/sex.csv", "source,target\nF,female\nM,male\n");
    explain(plain("src.p as p -> tgt.p as q then {\n"
                  "  p.sex as s -> q.sex = translate(s, 'sex', 'code') \"sex\";\n"
                  "  p.none -> q.none \"never\";\n} \"person\";"),
            R"({"p":[{"sex":"F"},{"sex":"F"}]})");
    std::vector<std::string> ran;
    for (std::size_t i = 0; i < compiled_->parts().size(); ++i)
        ran.push_back(called(static_cast<std::uint32_t>(i)) + " " +
                      std::to_string(explanation_.ran[i]));
    EXPECT_THAT(ran, ElementsAre("person:5 2", "sex:6 2", "never:7 0", "sex:2 2", "sex:3 0"));
}

TEST_F(FmlExplain, NothingIsNotedWhenNobodyAsks) {
    compiled_ = compileFile(file("m.map", plain("src.a -> tgt.a;")));
    source_ = decode(*json_, R"({"a":"1"})");
    gateway::Report report;
    compiled_->transform(source_, context_, report);
    EXPECT_EQ(nullptr, report.explanation);
    EXPECT_EQ(1u, compiled_->parts().size());
}

TEST_F(FmlExplain, AMapTellsItsReverseAndWhatItLoses) {
    compiled_ = compileFile(file(
        "m.map", "/// reverse = 'back'\n/// lossy = '/a/b the note'\n" + plain("src.a -> tgt.a;")));
    ASSERT_TRUE(compiled_);
    EXPECT_EQ("back", compiled_->facts().reverse);
    ASSERT_EQ(1u, compiled_->facts().lossy.size());
    EXPECT_EQ("/a/b", compiled_->facts().lossy[0].path);
    EXPECT_EQ("the note", compiled_->facts().lossy[0].reason.en);
}

}  // namespace
