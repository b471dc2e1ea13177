/// Reviews: timers from the register.
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;

class Review : public World {
protected:
    static std::string review(const std::string& day, const std::string& status = "requested") {
        return Plan::entry(
            "u:review" + day,
            R"({"resourceType":"Task","status":")" + status +
                R"(","intent":"plan","code":{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-task","code":"review"}]},"restriction":{"period":{"end":")" +
                day + R"("}}})");
    }
    static Plan planned(const std::string& day, const std::string& edition = "2",
                        const std::string& status = "requested") {
        Plan plan;
        plan.edition = edition;
        plan.care = R"(,"contributor":[{"reference":"u:nurse"}])";
        plan.more = Plan::entry("u:nurse",
                                R"({"resourceType":"Practitioner","name":[{"family":"MODELE"}]})") +
                    review(day, status);
        return plan;
    }
    /// What falls due on that day, kept in the register as the gateway keeps it; its texts.
    std::vector<std::string> due(const std::string& day) {
        std::vector<std::string> texts;
        for (const DueMessage& one :
             policy_->due(timeFromText(day + "T06:00:00.000Z"), plans_, 10)) {
            for (const RegisterChange& change : one.changes) EXPECT_TRUE(plans_.apply(change));
            EXPECT_TRUE(once_.insert(one.onceKey).second) << one.onceKey;
            bodies_.push_back(std::string(one.body.view()));
            texts.push_back(task(bodies_.back()));
        }
        return texts;
    }
    std::string task(const std::string& body) {
        const Decisions decisions = decide(read(body));
        EXPECT_EQ("relai/tasks", sentTo(decisions));
        EXPECT_EQ("relai/N1", decisions.plan);
        return instead(decisions, "relai");
    }

    std::set<std::string> once_;
    std::vector<std::string> bodies_;
};

TEST_F(Review, IsAskedForSevenDaysBeforeOnTheDayAndFifteenDaysAfterOnceEach) {
    accept(planned("2026-04-12"));
    EXPECT_EQ("2026-04-05T00:00:00.000Z", toText(*plans_.stands("relai/N1").due));
    EXPECT_TRUE(due("2026-04-04").empty());
    const auto soon = due("2026-04-05");
    ASSERT_EQ(1u, soon.size());
    EXPECT_THAT(soon[0], HasSubstr("Réévaluation du plan N1 à prévoir : échéance le 12/04/2026."));
    EXPECT_THAT(soon[0], HasSubstr("DANS_7_JOURS"));
    EXPECT_THAT(soon[0], HasSubstr("MODELE"));
    EXPECT_TRUE(due("2026-04-05").empty());
    EXPECT_TRUE(due("2026-04-11").empty());
    EXPECT_THAT(due("2026-04-12").at(0), HasSubstr("à faire : échéance le 12/04/2026"));
    EXPECT_TRUE(due("2026-04-26").empty());
    EXPECT_THAT(due("2026-04-27").at(0), HasSubstr("en retard de plus de 15 jours"));
    EXPECT_TRUE(due("2027-01-01").empty());
}

TEST_F(Review, ThatWasMissedWhileNothingRanIsAskedForOnce) {
    accept(planned("2026-04-12"));
    const auto late = due("2026-06-01");
    ASSERT_EQ(1u, late.size());
    EXPECT_THAT(late[0], HasSubstr("DEPASSEE"));
    EXPECT_TRUE(due("2026-06-01").empty());
}

TEST_F(Review, IsNotAskedForOnceAHospitalSaidThatThePersonDied) {
    accept(planned("2026-04-12"));
    RegisterChange news;
    news.entry.key = "news:relai/N1";
    news.entry.facts = {{"died", "2026-03-12"}};
    EXPECT_TRUE(plans_.apply(news));
    const auto due = policy_->due(timeFromText("2026-04-12T06:00:00.000Z"), plans_, 10);
    ASSERT_EQ(1u, due.size());
    const Decisions decisions = decide(read(std::string(due[0].body.view())));
    EXPECT_THAT(decisions.ignore.fr, HasSubstr("décès"));
    EXPECT_TRUE(decisions.recipients.empty());
}

TEST_F(Review, FallsDueThreeMonthsAfterAnEditionThatNamesNone) {
    today_ = "2025-11-30";
    accept(Plan());
    EXPECT_EQ("2026-02-28", plans_.stands("relai/N1").fact("review"));
    options(
        support::map({{"mode", support::scalar("test")}, {"review_months", support::scalar("6")}}));
    Plan next;
    next.edition = "3";
    accept(next);
    EXPECT_EQ("2026-05-30", plans_.stands("relai/N1").fact("review"));
    accept(planned("2026-03-01", "4", "completed"));
    EXPECT_EQ("2026-05-30", plans_.stands("relai/N1").fact("review")) << "that one was held";
}

TEST_F(Review, IsArmedAgainByEachEditionButNotAskedForTwice) {
    accept(planned("2026-04-12"));
    ASSERT_EQ(1u, due("2026-04-06").size());
    accept(planned("2026-04-12", "3"));
    EXPECT_TRUE(due("2026-04-07").empty()) << "the same review";
    plans_.waits("relai/N1",
                 {"relai", "relai/tasks", "review/2026-04-12", "d", DeliveryState::offered, {}});
    const Decisions moved = accept(planned("2026-07-12", "4"));
    ASSERT_EQ(1u, moved.ends.size());
    EXPECT_EQ("review/2026-04-12", moved.ends[0].edition);
    EXPECT_TRUE(due("2026-04-12").empty());
    EXPECT_EQ(1u, due("2026-07-05").size());
}

TEST_F(Review, IsCancelledWhenThePlanEnds) {
    accept(planned("2026-04-12"));
    ASSERT_EQ(1u, due("2026-04-06").size());
    plans_.waits("relai/N1",
                 {"relai", "relai/tasks", "review/2026-04-12", "d", DeliveryState::offered, {}});
    Plan end = planned("2026-04-12", "3");
    end.status = "completed";
    const Decisions decisions = accept(end);
    ASSERT_EQ(1u, decisions.ends.size());
    EXPECT_EQ("clos : une édition du plan a réglé cette réévaluation", decisions.ends[0].reason.fr);
    EXPECT_TRUE(due("2026-04-12").empty());
    EXPECT_EQ("le plan a pris fin, ou sa réévaluation a une autre date",
              decide(read(bodies_.at(0))).ignore.fr)
        << "one that was on its way";
}

TEST_F(Review, WithoutANetworkAsPartnerSaysWhatToAdd) {
    std::erase_if(partners_.partners, [](const Partner& one) { return one.name == "relai"; });
    accept(planned("2026-04-12"));
    const auto due = policy_->due(timeFromText("2026-04-12T06:00:00.000Z"), plans_, 10);
    EXPECT_THAT(reason(decide(read(std::string(due.at(0).body.view()))), "réseau relai"),
                HasSubstr("ajouter partners/relai.yaml"));
}

TEST_F(Review, OfManyPlansComesInPortions) {
    for (int i = 0; i < 5; ++i) {
        Plan plan = planned("2026-04-12");
        plan.number = "N" + std::to_string(i);
        accept(plan);
    }
    std::size_t all = 0;
    for (int i = 0; i < 4; ++i) {
        const auto some = policy_->due(timeFromText("2026-04-12T06:00:00.000Z"), plans_, 2);
        EXPECT_LE(some.size(), 2u);
        for (const DueMessage& one : some)
            for (const RegisterChange& change : one.changes) EXPECT_TRUE(plans_.apply(change));
        all += some.size();
    }
    EXPECT_EQ(5u, all);
}

TEST_F(Review, OfSeveralTheFirstThatIsStillToBeHeldCounts) {
    Plan plan = planned("2026-05-12");
    plan.more += review("2026-04-12") + review("2026-03-12", "cancelled");
    accept(plan);
    EXPECT_EQ("2026-04-12", plans_.stands("relai/N1").fact("review"));
}

TEST_F(Review, OfADraftIsNone) {
    Plan plan = planned("2026-04-12");
    plan.status = "draft";
    accept(plan);
    EXPECT_EQ("", plans_.stands("relai/N1").fact("review"));
}

TEST_F(Review, OfSomebodyWhoDiedIsNoneThoughThePlanIsOpen) {
    accept(planned("2026-04-12"));
    Plan plan = planned("2026-04-12", "3");
    plan.patient += R"(,"deceasedDateTime":"2026-03-01")";
    accept(plan);
    EXPECT_EQ("", plans_.stands("relai/N1").fact("review"));
    EXPECT_TRUE(due("2026-04-12").empty());
}

TEST_F(Review, FallsOnTheLastDayOfAMonthThatHasNoSuchDay) {
    today_ = "2027-11-29";
    accept(Plan());
    EXPECT_EQ("2028-02-29", plans_.stands("relai/N1").fact("review")) << "a leap year";
    today_ = "2028-08-31";
    Plan next;
    next.edition = "3";
    accept(next);
    EXPECT_EQ("2028-11-30", plans_.stands("relai/N1").fact("review"));
}

TEST_F(Review, ThatHasAnotherDateByNowIsNotAskedFor) {
    accept(planned("2026-04-12"));
    ASSERT_EQ(1u, due("2026-04-12").size());
    plans_.waits("relai/N1", {"relai", "relai/tasks", "2", "d", DeliveryState::offered, {}});
    EXPECT_TRUE(accept(planned("2026-07-12", "3")).ends.empty()) << "the other task is still to do";
    EXPECT_EQ("le plan a pris fin, ou sa réévaluation a une autre date",
              decide(read(bodies_.at(0))).ignore.fr);
}

TEST_F(Review, IsNotAskedForAgainByAnotherTimer) {
    Plan plan = planned("2026-04-12");
    plan.team[0] = Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-04-13"})");
    accept(plan);
    ASSERT_EQ(1u, due("2026-04-12").size());
    const auto left = policy_->due(timeFromText("2026-04-14T06:00:00.000Z"), plans_, 10);
    ASSERT_EQ(1u, left.size());
    EXPECT_THAT(left[0].onceKey, HasSubstr("|leaving|gp|"));
}

}  // namespace
}  // namespace circle_test
