/// Since when members, problems and goals are known whose start the plan does not say.
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

class FirstSeen : public World {
protected:
    static std::string marked(const std::string& element, const std::string& day) {
        return '"' + element + R"(":")" + day + R"(","_)" + element +
               R"(":{"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/first-seen","valueBoolean":true}]})";
    }
    static Plan undated(const std::string& edition = "2") {
        Plan plan;
        plan.edition = edition;
        plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT"), Plan::member("u:had", "HAD")};
        return plan;
    }
    /// How often the day stands in what the GP gets.
    std::size_t times(const Plan& plan, const std::string& day) {
        const std::string text = instead(accept(plan), "gp"), one = marked("start", day);
        std::size_t count = 0;
        for (std::size_t at = text.find(one); at != text.npos; at = text.find(one, at + 1)) ++count;
        return count;
    }
};

TEST_F(FirstSeen, IsTheStartOfAMemberWithoutOneAndSaysSo) {
    EXPECT_EQ(2u, times(undated(), "2026-03-02"));
    today_ = "2026-04-20";
    EXPECT_EQ(2u, times(undated(), "2026-03-02")) << "the same edition again";
    EXPECT_EQ(2u, times(undated("3"), "2026-03-02")) << "the next one";
}

TEST_F(FirstSeen, IsOfEachMemberItsOwn) {
    Plan first = undated();
    first.team.pop_back();
    accept(first);
    today_ = "2026-04-20";
    EXPECT_EQ(1u, times(undated("3"), "2026-04-20")) << "the HAD is new";
    today_ = "2026-05-11";
    EXPECT_EQ(1u, times(undated("4"), "2026-03-02"));
    first.edition = "5";
    accept(first);
    EXPECT_EQ(1u, times(undated("6"), "2026-05-11")) << "it left and came back";
}

TEST_F(FirstSeen, NeverReplacesAStatedStart) {
    EXPECT_EQ("", instead(decide(Plan()), "gp")) << "as it came";
    Plan plan = undated();
    plan.team[0] = Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"start":"2026-02"})");
    const std::string text = instead(decide(plan), "gp");
    EXPECT_THAT(text, HasSubstr(R"("start":"2026-02"})"));
    EXPECT_THAT(text, HasSubstr(marked("start", "2026-03-02")));
}

TEST_F(FirstSeen, StandsBeforeAStatedEndAndNeverAfterIt) {
    Plan plan = undated();
    plan.team[0] = Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-02"})");
    EXPECT_EQ(2u, times(plan, "2026-03-02"));
    plan.number = "N2";
    plan.team[1] = Plan::member("u:had", "HAD", R"({"end":"2026-03-01"})");
    EXPECT_EQ(1u, times(plan, "2026-03-02"));
    plan.number = "N3";
    plan.team[1] = Plan::member("u:had", "HAD", R"({"end":"2026-03"})");
    EXPECT_EQ(2u, times(plan, "2026-03-02")) << "in the month of its end";
}

TEST_F(FirstSeen, IsTheStartOfGoalsAndTheRecordOfProblemsToo) {
    Plan plan;
    plan.more =
        Plan::entry("u:goal", R"({"resourceType":"Goal","lifecycleStatus":"active"})") +
        Plan::entry(
            "u:begun",
            R"({"resourceType":"Goal","lifecycleStatus":"active","startDate":"2026-01-07"})") +
        Plan::entry("u:problem", R"({"resourceType":"Condition","code":{"text":"Inventé"}})");
    accept(plan);
    plan.edition = "3";
    today_ = "2026-04-20";
    const std::string text = instead(accept(plan), "gp");
    EXPECT_THAT(text, HasSubstr(marked("startDate", "2026-03-02")));
    EXPECT_THAT(text, HasSubstr(R"("startDate":"2026-01-07"})"));
    EXPECT_THAT(text, HasSubstr(marked("recordedDate", "2026-03-02")));
    EXPECT_THAT(text, Not(HasSubstr("2026-04-20")));
}

TEST_F(FirstSeen, OfWhoCameBackIsNotThatOfTheFirstTime) {
    Plan plan = undated();
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-20"})")};
    accept(plan);
    today_ = "2026-04-20";
    plan.edition = "3";
    plan.team.push_back(Plan::member("u:gp", "MEDECIN_TRAITANT"));
    EXPECT_EQ(1u, times(plan, "2026-04-20"));
    EXPECT_EQ(1u, times(plan, "2026-03-02"));
}

}  // namespace
}  // namespace circle_test
