/// What an expression says when it is wrong, and where it ends when text follows it.
#include "fhirpath_fixture.h"

namespace {
using namespace gateway;
using testing::HasSubstr;
using testing::Not;

TEST_F(Fhirpath, SaysWhereItIsWrongAndWhatItExpected) {
    EXPECT_EQ("1:3 there is no function 'frist'; did you mean 'first'?", mistake("a.frist()"));
    EXPECT_EQ("1:5 found the end of the expression, expected an expression", mistake("a = "));
    EXPECT_EQ("1:3 found 'b', expected an operator or the end of the expression", mistake("a b"));
    EXPECT_EQ("2:3 found ')', expected an expression", mistake("a +\n  )"));
    EXPECT_EQ("1:7 found the end of the expression, expected ')' to close the parenthesis",
              mistake("(1 + 2"));
    EXPECT_EQ("1:1 found a text whose closing ' is missing, expected an expression",
              mistake("'abc"));
    EXPECT_EQ("1:1 substring() got 0 arguments, expected 1 to 2", mistake("substring()"));
    EXPECT_EQ("1:1 there is no variable '%reesource'; did you mean 'resource'?",
              mistake("%reesource"));
    EXPECT_EQ("1:1 there is no variable '%sourse'; did you mean 'source'?",
              mistake("%sourse", {"source"}));
    EXPECT_EQ(
        "1:1 there is no such date or time; expected @YYYY-MM-DD, @YYYY-MM-DDThh:mm:ss or "
        "@Thh:mm:ss",
        mistake("@2015-02-30"));
    EXPECT_EQ("1:6 there is no type 'string1'", mistake("a is string1"));
    EXPECT_THAT(mistake("a = \"b\""), HasSubstr("texts stand in '…'"));
    EXPECT_THAT(mistake("a.matches('(')"), HasSubstr("1:11 the pattern is not valid"));
    EXPECT_EQ("", mistake("a.b"));
}

TEST_F(Fhirpath, SaysItInFrenchToo) {
    for (const char* const text : {"a.frist()",
                                   "a = ",
                                   "a b",
                                   "a +\n  )",
                                   "(1 + 2",
                                   "'abc",
                                   "`abc",
                                   "a /* b",
                                   "a # b",
                                   "%",
                                   "substring()",
                                   "%reesource",
                                   "@2015-02-30",
                                   "a is string1",
                                   "a is 1",
                                   "a.matches('(')",
                                   "$that",
                                   "a[1",
                                   "{1}",
                                   "a.",
                                   "99999999999999999999",
                                   "defineVariable(a)",
                                   "defineVariable('context')"}) {
        Findings findings;
        EXPECT_FALSE(fhirpath::Expression::compile(text, {}, findings)) << text;
        ASSERT_EQ(1u, findings.all().size()) << text;
        const Finding& finding = findings.all().front();
        EXPECT_TRUE(!finding.fr.empty() && finding.fr != finding.text)
            << text << ": " << finding.text;
    }
    Findings findings;
    fhirpath::Expression::compile("a.frist()", {}, findings);
    EXPECT_EQ("il n'y a pas de fonction « frist » ; vouliez-vous dire « first » ?",
              findings.all().front().fr);
}

TEST_F(Fhirpath, CountsFromWhereItStands) {
    Findings findings;
    fhirpath::Expression::compile("a =\n *", {"m.map", 12, 30}, findings);
    fhirpath::Expression::compile("'é' + *", {"m.map", 12, 30}, findings);
    ASSERT_EQ(2u, findings.all().size());
    EXPECT_EQ("m.map:13:2", findings.all()[0].where.text());
    EXPECT_EQ("m.map:12:36", findings.all()[1].where.text());
}

TEST_F(Fhirpath, StopsWhereTheMapGoesOn) {
    const auto rest = [](const std::string& text) {
        Findings findings;
        std::size_t stopped = 0;
        const auto expression =
            fhirpath::Expression::compile(text, {}, findings, &stopped, {"src"});
        return expression ? text.substr(stopped) : "mistake: " + findings.all().front().text;
    };
    EXPECT_EQ(" then other(a)", rest("src.a.exists() then other(a)"));
    EXPECT_EQ(" as v -> tgt.b", rest("(src.a as string) as v -> tgt.b"));
    EXPECT_EQ(" -> tgt.b = a", rest("a.b -> tgt.b = a"));
    EXPECT_EQ(", b", rest("a + 1, b"));
    EXPECT_EQ(") 'x' /* unfinished", rest("a) 'x' /* unfinished"));
    EXPECT_EQ(" \"rule\";", rest("a = 'b' \"rule\";"));
    EXPECT_THAT(rest("a + ;"), HasSubstr("mistake"));
}

TEST_F(Fhirpath, FailsAtAPlaceAndWithoutTheValue) {
    Findings findings;
    const auto expression =
        fhirpath::Expression::compile("1 +\n  'SECRET'", {"m.map", 3, 5}, findings);
    try {
        expression->evaluate(Node(), environment_);
        FAIL() << "added a number and a text";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::rejected, error.fault);
        EXPECT_EQ("m.map:3:7", error.where);
        EXPECT_THAT(error.what(), Not(HasSubstr("SECRET")));
    }
}

TEST_F(Fhirpath, BoundsNestingLengthAndWork) {
    const auto repeated = [](const std::string& part, int times) {
        std::string text;
        for (int i = 0; i < times; ++i) text += part;
        return text;
    };
    EXPECT_THAT(mistake(repeated("(", 100'000)), HasSubstr("nested too deeply"));
    EXPECT_THAT(mistake(repeated("-", 100'000) + "1"), HasSubstr("nested too deeply"));
    EXPECT_THAT(mistake("1" + repeated("+1", 100'000)), HasSubstr("nested too deeply"));
    EXPECT_THAT(mistake("a" + repeated(".a", 100'000)), HasSubstr("too many steps"));
    EXPECT_THAT(mistake("a" + repeated("[0", 50'000)), HasSubstr("nested too deeply"));
    EXPECT_THAT(mistake(repeated(" ", 1'000'000) + "1"), HasSubstr("too long"));
    EXPECT_EQ("500", answer("0" + repeated("+1", 500)));
    environment_.steps = 100'000;
    EXPECT_EQ("error", answer("1.repeatAll($this)"));
    EXPECT_EQ("error", answer("'aaaaaaaa'" + repeated(".replace('a', 'aaaaaaaaaaaaaaaa')", 12)));
}

}  // namespace
