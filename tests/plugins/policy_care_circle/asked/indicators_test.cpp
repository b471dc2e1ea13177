/// Figures from plan to CSV and MeasureReport.
#include <sstream>

#include "shelf.h"

namespace {
using namespace gateway;
using care_circle::Approach;
using support::plan;
using testing::HasSubstr;
using testing::Not;
namespace fact = care_circle::fact;

class IndicatorsTest : public testing::Test {
protected:
    int run(std::vector<std::string> words) {
        words.insert(words.begin(), {"--from", "2026-01", "--to", "2026-03"});
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = plugins_.run("indicators", words, counter_);
        out_ = testing::internal::GetCapturedStdout();
        err_ = testing::internal::GetCapturedStderr();
        return code;
    }
    /// The value of the line with these cells: network, code, detail, detail 2.
    std::string value(const std::string& network, const std::string& code,
                      const std::string& row = "", const std::string& column = "") {
        EXPECT_EQ(0, run({"--csv", "-"})) << err_;
        std::istringstream lines(out_);
        for (std::string line; std::getline(lines, line);) {
            std::vector<std::string> cells(1);
            bool quoted = false;
            for (const char c : line)
                if (c == '"')
                    quoted = !quoted;
                else if (c == ',' && !quoted)
                    cells.emplace_back();
                else
                    cells.back() += c;
            if (cells.size() == 9 && cells[0] == network && cells[3] == code && cells[5] == row &&
                cells[6] == column)
                return cells[7] + (cells[8].empty() ? "" : " " + cells[8]);
        }
        return "no such line";
    }
    /// So many plans of that kind, each of another number.
    void put(int plans, const std::string& network,
             const std::vector<std::pair<std::string_view, std::string>>& facts = {},
             const std::string& state = "active") {
        for (int i = 0; i < plans; ++i)
            shelf_.put(plan(network, "N" + std::to_string(1000 + next_++), facts, state));
    }
    static std::pair<std::string_view, std::string> approach(Approach one) {
        return {fact::kApproach, care_circle::written(one)};
    }

    support::Plugins plugins_{{"policy_care_circle", "codec_fhir"}};
    std::unique_ptr<Policy> policy_ = plugins_.policy("care_circle");
    support::Counter counter_{*policy_};
    support::Shelf& shelf_ = counter_.shelf;
    int next_ = 0;
    std::string out_, err_;
};

TEST_F(IndicatorsTest, CountsTheLifeOfPlansInThePeriod) {
    put(10, "relai", {{fact::kOpened, "2025-11-02"}});
    put(7, "relai");  // entry 2026-01-12
    put(6, "relai",
        {{fact::kOpened, "2025-11-02"}, {fact::kClosed, "2026-03-31"}, {fact::kExit, "DECES"}},
        "completed");
    put(5, "relai", {{fact::kClosed, "2026-02-01"}, {fact::kExit, "RELAIS"}}, "completed");
    put(9, "relai", {{fact::kOpened, "2025-01-02"}, {fact::kClosed, "2025-12-31"}}, "completed");
    put(8, "relai", {{fact::kOpened, "2026-04-01"}});
    put(6, "relai", {}, "entered-in-error");
    EXPECT_EQ("16", value("relai", "plans-open-before"));
    EXPECT_EQ("12", value("relai", "plans-opened"));
    EXPECT_EQ("11", value("relai", "plans-closed"));
    EXPECT_EQ("6", value("relai", "plans-closed", "DECES"));
    EXPECT_EQ("5", value("relai", "plans-closed", "RELAIS"));
    EXPECT_EQ("17", value("relai", "plans-open"));
}

TEST_F(IndicatorsTest, CountsReviewsThatAreLateAndToCome) {
    counter_.today = timeFromText("2026-03-10T10:00:00.000Z");
    put(6, "relai", {{fact::kReview, "2026-03-09"}});
    put(5, "relai", {{fact::kReview, "2026-03-10"}});
    put(5, "relai", {{fact::kReview, "2026-04-10"}});
    EXPECT_EQ("6", value("relai", "reviews-due", "late"));
    EXPECT_EQ("5", value("relai", "reviews-due", "to come"));
    EXPECT_EQ("11", value("relai", "reviews-due"));
}

TEST_F(IndicatorsTest, CountsSessionsByTheirDatesAmountsByPayerAndTheShareOfCarers) {
    // Three of four dated sessions in the period, one more without a date, asked for in it.
    Approach one{"SOPHRO",     true,
                 "6",          "5",
                 "50.00",      "RESEAU",
                 "10.00",      true,
                 "2026-01-20", {"2025-12-30", "2026-01-21", "2026-02-03", "2026-03-31"}};
    put(5, "relai", {approach(one)});
    Approach apa{"APA", false, "12", "4", "30", "MUTUELLE", "", false, "2025-10-01", {}};
    put(5, "relai", {approach(apa)});  // all before the period
    apa.asked = "2026-02-01";
    put(5, "relai", {approach(apa)});
    EXPECT_EQ("20", value("relai", "sessions-done", "SOPHRO", "for a carer"));
    EXPECT_EQ("20", value("relai", "sessions-done", "APA", "for the person"));
    EXPECT_EQ("40", value("relai", "sessions-done"));
    EXPECT_EQ("90", value("relai", "sessions-planned"));
    EXPECT_EQ("50.0 %", value("relai", "carer-share"));
    EXPECT_EQ("100.0 %", value("relai", "carer-share", "SOPHRO"));
    EXPECT_EQ("800.00 EUR", value("relai", "amounts", "SOPHRO", "RESEAU"));
    EXPECT_EQ("200.00 EUR", value("relai", "amounts", "SOPHRO", "PERSONNE"));
    EXPECT_EQ("600.00 EUR", value("relai", "amounts", "APA", "MUTUELLE"));
    EXPECT_EQ("1600.00 EUR", value("relai", "amounts"));
    EXPECT_EQ("5", value("relai", "programmes", "SOPHRO", "evaluated"));
    EXPECT_EQ("10", value("relai", "programmes"));
}

TEST_F(IndicatorsTest, CountsDeliveriesByTheCategoryOfTheirRecipients) {
    put(6, "relai");
    for (int i = 0; i < 6; ++i)
        shelf_.given["relai/N" + std::to_string(1000 + i)] = {
            {"gp", "1", "D", timeFromText("2026-03-31T23:59:59.000Z")},
            {"gp", "2", "D", timeFromText("2026-04-01T00:00:00.000Z")}};
    EXPECT_EQ("6", value("relai", "deliveries", "gp"));
    EXPECT_EQ("6", value("relai", "deliveries"));
}

TEST_F(IndicatorsTest, MasksFewPeopleInEveryNetworkAndWhatWouldTellOfThem) {
    put(20, "arpege");
    put(20, "pluri");
    put(3, "relai");
    EXPECT_EQ("masked", value("relai", "plans-opened"));
    EXPECT_EQ("43", value("all networks", "plans-opened"));
    EXPECT_EQ("masked", value("arpege", "plans-opened")) << "else 43 less 20 less 20 were known";
    EXPECT_EQ("20", value("pluri", "plans-opened"));
    ASSERT_EQ(0, run({"--network", "arpege", "--csv", "-"}));
    EXPECT_THAT(out_, HasSubstr("plans-opened,plans opened in the period,,,masked,"))
        << "asking for one network alone shows no more";
    EXPECT_THAT(out_, Not(HasSubstr("all networks")));
    EXPECT_EQ(1, run({"--network", "elsewhere"}));
    EXPECT_THAT(err_, HasSubstr("arpege, pluri, relai"));
}

TEST_F(IndicatorsTest, AnAmountOfOnePersonIsMaskedHoweverGreatItIs) {
    put(1, "relai",
        {approach({"APA", false, "20", "20", "45", "RESEAU", "", false, "2026-02-01", {}})});
    put(9, "relai");
    EXPECT_EQ("masked EUR", value("relai", "amounts"));
    EXPECT_EQ("masked", value("relai", "sessions-done", "APA"));
    EXPECT_EQ("masked %", value("relai", "carer-share"));
}

TEST_F(IndicatorsTest, WordsOfANetworkAreNoCodesAndNoFormulas) {
    put(5, "=relai",
        {approach({"APA", false, "", "2", "10", "=HYPERLINK(\"x\")", "", false, "2026-02-01", {}}),
         {fact::kExit, "-2+3"},
         {fact::kClosed, "2026-02-02"}},
        "completed");
    ASSERT_EQ(0, run({"--csv", "-"}));
    EXPECT_THAT(out_, Not(HasSubstr("HYPERLINK")));
    EXPECT_THAT(out_, HasSubstr(",AUTRE,"));
    for (const char first : {'=', '-', '+', '@'}) {
        EXPECT_THAT(out_, Not(HasSubstr(std::string("\n") + first)));
        EXPECT_THAT(out_, Not(HasSubstr(std::string(",") + first)));
    }
    EXPECT_THAT(out_, HasSubstr("\n'=relai,"));
}

TEST_F(IndicatorsTest, FrenchCsvIsForFrenchSpreadsheets) {
    put(5, "relai",
        {approach({"APA", false, "", "2", "10.5", "RESEAU", "", false, "2026-02-01", {}})});
    counter_.speak(Spoken::french);
    ASSERT_EQ(0, run({"--csv", "-"}));
    EXPECT_THAT(out_, testing::StartsWith("\xEF\xBB\xBFréseau;du;au;code;indicateur;"));
    EXPECT_THAT(out_, HasSubstr("APA;RESEAU;105,00;EUR\n"));
    EXPECT_THAT(out_, HasSubstr("relai;2026-01-01;2026-03-31;plans-opened;plans ouverts dans la "
                                "période;;;5;\n"));
}

TEST_F(IndicatorsTest, WritesMeasureReportsThatAreFhir) {
    put(9, "relai",
        {approach({"SOPHRO", true, "6", "2", "50", "RESEAU", "5", true, "2026-01-20", {}})});
    put(3, "relai", {{fact::kClosed, "2026-02-02"}, {fact::kExit, "DECES"}}, "completed");
    put(12, "arpege_2");
    ASSERT_EQ(0, run({"--fhir", "-"})) << err_;
    const std::unique_ptr<Codec> fhir = plugins_.codec("fhir");
    Issues issues;
    const Document bundle = fhir->decode(Bytes::copy(out_), issues);
    ASSERT_NE(nullptr, fhir->checker());
    fhir->checker()->check(bundle, issues);
    for (const Issue& issue : issues.all())
        EXPECT_LT(issue.severity, Severity::error) << issue.where << ": " << issue.text.en;
    EXPECT_EQ("Bundle", bundle.root().type());
    int reports = 0;
    for (const Node entry : bundle.root().children())
        reports += entry.child("resource").type() == "MeasureReport";
    EXPECT_EQ(3, reports) << "two networks and all of them";
    EXPECT_THAT(out_, HasSubstr("\"id\":\"arpege-2-2026-01-01-2026-03-31\""));
    EXPECT_THAT(out_, HasSubstr("\"valueCode\":\"masked\""));
    EXPECT_THAT(out_, HasSubstr("{\"system\":\"https://passerelle.example/fhir/CodeSystem/"
                                "pps-approach\",\"code\":\"SOPHRO\"}"));
}

TEST_F(IndicatorsTest, SaysWhatAPeriodIs) {
    put(1, "relai");
    const auto refused = [&](const std::string& from, const std::string& to) {
        testing::internal::CaptureStderr();
        testing::internal::CaptureStdout();
        const int code = plugins_.run("indicators", {"--from", from, "--to", to}, counter_);
        testing::internal::GetCapturedStdout();
        return std::to_string(code) + " " + testing::internal::GetCapturedStderr();
    };
    EXPECT_THAT(refused("2026-02-30", "2026-03"), HasSubstr("from: no day of the calendar"));
    EXPECT_THAT(refused("2026-03", "2026-02"), HasSubstr("to: the period ends before"));
    EXPECT_THAT(refused("2026", "2026"), testing::StartsWith("0 "));
}

}  // namespace
