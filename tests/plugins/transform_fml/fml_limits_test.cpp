// Large inputs take time in proportion; hostile maps are stopped with an issue. The bounds on time
// are far above what is needed, and far below what anything quadratic takes of 100,000 elements.
#include "fml_maps.h"
#include "support/sanitized.h"

namespace {
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FmlLimits : public FmlMaps {
protected:
    static std::string many(int count, const std::string& item) {
        std::string json = R"({"a":[)";
        for (int i = 0; i < count; ++i) json += (i ? "," : "") + item;
        return json + "]}";
    }

    /// Seconds that the map takes of 100,000 elements, without reading and writing JSON.
    double seconds(const std::string& map, const std::string& item) {
        const auto compiled = compileFile(file("m.map", map));
        if (!compiled) throw std::runtime_error(testing::PrintToString(findings()));
        const gateway::Document in = decode(*json_, many(100'000, item));
        report_ = {};
        const auto begun = std::chrono::steady_clock::now();
        const gateway::Document made = compiled->transform(in, context_, report_);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
};

TEST_F(FmlLimits, TimeIsInProportionToTheInput) {
    const std::string item = R"({"b":"x","n":{"family":"y"}})";
    // Elements that stand once, set again beside 100,000 others.
    EXPECT_GT(10, seconds(typed("Bundle",
                                "src.a as a -> tgt.entry as e, e.fullUrl = 'urn:x', tgt.type = "
                                "'collection', tgt.timestamp = '2025-01-31T08:00:00Z';"),
                          item));
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_GT(10, seconds(plain("src.a as a -> tgt.x as x, x.b = 'x', tgt.one as o share one, "
                                "tgt.two as t share, tgt.three as u single, u.c = 'y';"),
                          item));
    EXPECT_GT(10, seconds(plain("src.a as a -> tgt.x as x first, x.b = 'x';\n"
                                "src.a as a -> tgt.x as x last, x.b = 'y';\n"
                                "src.a as a -> tgt.x as x, x.b = 'z', tgt.y as y last, y.b = 'w';"),
                          item));
    // A complex element that stands once is copied again and again.
    EXPECT_GT(10, seconds(typed("Patient",
                                "src.a as a -> tgt.name as n; src.a as a -> "
                                "tgt.maritalStatus as m, m.text = 'x', tgt.photo as p, "
                                "p.title = 'x';"),
                          item));
    EXPECT_GT(10, seconds(plain("src.a as a then { src.a first as f -> tgt.b as b, b.c = (f.b); "
                                "};"),
                          item));
}

TEST_F(FmlLimits, WhereEachOfManyStandsIsKnownInProportion) {
    EXPECT_GT(20, seconds(plain("src -> tgt.k = 'k'; src.a as a where (pathname().endsWith('9]')) "
                                "-> tgt.x = (a.pathname()) single;"),
                          R"("x")"));
    EXPECT_THAT(issues(), IsEmpty());
}

TEST_F(FmlLimits, OneFaultIsToldOnce) {
    toJson(plain("src -> tgt.k = 'k'; src.a as a -> tgt.b = cast(a, 'integer'); "
                 "src.a as a -> tgt.c = cast(a, 'integer');"),
           many(2, R"("x")"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("a[0]"), HasSubstr("a[1]")));
}

TEST_F(FmlLimits, AThousandIssuesAreToldAndTheRestIsCounted) {
    EXPECT_GT(20, seconds(plain("src.a as a -> tgt.k = 'k', tgt.b = cast(a, 'integer') \"n\";"),
                          R"("x")"));
    EXPECT_EQ(1001u, report_.issues.all().size());
    EXPECT_EQ("99000 more issues of this kind", report_.issues.all().back().text.en);
    EXPECT_EQ("99000 autres constats de ce genre", report_.issues.all().back().text.fr);
}

TEST_F(FmlLimits, TextsThatGrowWithoutEndAreStopped) {
    for (const char* const twice : {"append(s, s)", "(s & s)"}) {
        toJson(plain("src -> tgt.k = 'k'; src.a as a then g(a, tgt);\n}\n"
                     "group g(source s, target t) {\n"
                     "  s where (true) -> " +
                     std::string(twice) + " as d then { d then g(d, t); };"),
               R"({"a":"xxxxxxxxxxxxxxxx"})");
        EXPECT_THAT(issues(), Contains(AnyOf(HasSubstr("stopped: the result is too large"),
                                             HasSubstr("the text is too long"),
                                             HasSubstr("stopped: groups call each other"))))
            << twice;
        EXPECT_GE(20u, issues().size());
    }
}

TEST_F(FmlLimits, RulesThatMultiplyAreStopped) {
    toJson(plain("src -> tgt.k = 'k';\n"
                 "src.a as a, src.a as b, src.a as c, src.a as d, src.a as e then { e as f; };"),
           many(100, "1"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("stopped: the map ran too many rules")));
    EXPECT_EQ(gateway::Severity::fatal, report_.issues.worst());
}

TEST_F(FmlLimits, SourcesThatLookThroughAllForEachAreStopped) {
    EXPECT_GT(support::kSanitized ? 100 : 20,
              seconds(plain("src.a as a -> tgt.k = 'k' then { src.none as n -> tgt.n = n; };"),
                      R"("x")"));
    EXPECT_THAT(issues(), Contains(HasSubstr("fatal")));
}

TEST_F(FmlLimits, WhatIsWrittenOverAgainAndAgainIsExplainedInProportion) {
    const auto map =
        compileFile(file("m.map", plain("src.a as a -> tgt.k = a single, tgt.l as l, l.v = a;")));
    ASSERT_TRUE(map);
    const gateway::Document in = decode(*json_, many(50'000, R"("x")"));
    gateway::Explanation explained;
    gateway::Report report;
    report.explanation = &explained;
    const auto begun = std::chrono::steady_clock::now();
    const gateway::Document made = map->transform(in, context_, report);
    EXPECT_GT(std::chrono::seconds(10), std::chrono::steady_clock::now() - begun);
    const gateway::Node once = made.root().child("k");
    EXPECT_EQ(1, std::count_if(explained.made.begin(), explained.made.end(),
                               [&](const auto& each) { return each.target == once; }))
        << "only what made the value that stands there";
    EXPECT_EQ(50'001u, explained.made.size());
}

TEST_F(FmlLimits, AnExpressionThatTakesTooLongIsAnIssueOfItsRule) {
    toJson(plain("src -> tgt.k = 'k';\n"
                 "src -> tgt.b = (a.select(%src.a.select(%src.a.count())).count()) \"slow\";"),
           many(2'000, "1"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("m.map:6:1 slow: ")));
}

TEST_F(FmlLimits, ConstantsThatNeedEachOtherAreBounded) {
    const auto chain = [](int size) {
        std::string lets = "let c0 = 'x';\n";
        for (int i = 1; i < size; ++i)
            lets += "let c" + std::to_string(i) + " = (%c" + std::to_string(i - 1) + ");\n";
        std::string map = plain("src.a -> tgt.b = (%c" + std::to_string(size - 1) + ");");
        return map.insert(map.find("group"), lets);
    };
    EXPECT_EQ(R"({"b":"x"})", toJson(chain(1000), R"({"a":"y"})"));
    EXPECT_THAT(findingsOf(chain(1001)),
                Contains(HasSubstr("m.map:1004:5: found more than 1000 constants")));
}

TEST_F(FmlLimits, AMapThatOnlyRecursesThroughBlocksIsRefusedAtLoad) {
    EXPECT_THAT(findingsOf(plain("src then g(src, tgt);\n}\n"
                                 "group g(source s, target t) { s then { s then g(s, t); };")),
                ElementsAre(HasSubstr("found group 'g' called without end")));
}

}  // namespace
