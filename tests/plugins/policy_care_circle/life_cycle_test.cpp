/// The life of a plan: editions, who leaves, the end, mistakes, death.
#include "../../../plugins/policy_care_circle/plan_facts.h"
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

Plan edition(const std::string& edition, const std::string& status = "active") {
    Plan plan;
    plan.edition = edition;
    plan.status = status;
    return plan;
}

Plan closing(const std::string& status = "completed", const std::string& reason = "RELAIS") {
    Plan plan = edition("3", status);
    plan.care =
        R"(,"period":{"start":"2026-01-12","end":"2026-03-01"},"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/exit","extension":[{"url":"reason","valueCodeableConcept":{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-exit-reason","code":")" +
        reason + R"("}]}}]}])";
    return plan;
}

class LifeCycle : public World {};
class Leaving : public World {};
class Forgetting : public World {
protected:
    /// Keeps what the day causes. @return the message that comes of it
    std::vector<DueMessage> day(const std::string& day) {
        auto due = policy_->due(timeFromText(day + "T06:00:00.000Z"), plans_, 10);
        for (const DueMessage& one : due)
            for (const RegisterChange& change : one.changes) EXPECT_TRUE(plans_.apply(change));
        return due;
    }
};

TEST_F(LifeCycle, ANewEditionReachesEveryoneWhoHadTheFormerAndStillMay) {
    accept(Plan());
    EXPECT_EQ("gp had personne relai/tasks", sentTo(decide(edition("3"))));
    EXPECT_EQ("3", decide(edition("3")).changes.at(0).entry.edition);
}

TEST_F(LifeCycle, APlanIsFoundByItsOwnIdentifier) {
    accept(Plan());
    const RegisterEntry entry = plans_.stands("relai/N1");
    const std::string identifier(entry.fact(care_circle::fact::kSystem));
    ASSERT_FALSE(identifier.empty());
    EXPECT_EQ(1u, plans_.known(identifier + "|N1", 9, "").size());
    EXPECT_TRUE(plans_.known(identifier + "|N2", 9, "").empty());
}

TEST_F(LifeCycle, ALateOlderEditionGoesNowhereAndOverwritesNothing) {
    accept(edition("10"));
    const Decisions decisions = decide(edition("9"));
    EXPECT_EQ("relai/reports", sentTo(decisions)) << "9 is older than 10; the sender is told";
    EXPECT_EQ("écarté : l'édition 10 de ce plan, plus récente, est connue",
              reason(decisions, "gp"));
    EXPECT_THAT(instead(decisions, "relai"),
                HasSubstr("l'édition 9 est arrivée après l'édition 10, plus récente"));
    EXPECT_TRUE(decisions.changes.empty());
    EXPECT_TRUE(decisions.ends.empty());
}

TEST_F(LifeCycle, EditionsAreOrderedByVersionElseByDateElseByAcceptance) {
    accept(edition("1.9"));
    EXPECT_THAT(sentTo(decide(edition("1.10"))), HasSubstr("gp"));
    EXPECT_THAT(sentTo(decide(edition("1.8"))), Not(HasSubstr("gp")));
    Plan dated = edition("2025-02-11");
    dated.number = "N2";
    accept(dated);
    dated.edition = "2025-02-10";
    EXPECT_THAT(sentTo(decide(dated)), Not(HasSubstr("gp")));
    dated.edition = "2025-02-11";
    EXPECT_THAT(sentTo(decide(dated)), HasSubstr("gp")) << "a correction on the same day";
    Plan exported = edition("");
    exported.number = "N3";
    exported.care = R"(,"meta":{"lastUpdated":"2026-03-02T10:15:00+01:00"})";
    accept(exported);
    exported.care = R"(,"meta":{"lastUpdated":"2026-03-02T09:14:00Z"})";
    EXPECT_THAT(sentTo(decide(exported)), Not(HasSubstr("gp"))) << "a minute before, in UTC";
    Plan plain = edition("");
    plain.number = "N4";
    accept(plain);
    today_ = "2026-03-01";
    EXPECT_THAT(sentTo(decide(plain)), Not(HasSubstr("gp"))) << "replayed, accepted before";
    today_ = "2026-03-03";
    EXPECT_THAT(sentTo(decide(plain)), HasSubstr("gp"));
}

TEST_F(LifeCycle, ClosingIsAnUpdateThatReachesAllWhoHadAnEarlierEdition) {
    for (const char* const status : {"completed", "revoked"}) {
        plans_ = {};
        accept(Plan());
        Plan end = closing(status);
        end.team = {Plan::member("u:had", "HAD", R"({"end":"2026-03-01"})")};
        const Decisions decisions = accept(end);
        EXPECT_EQ("had personne gp relai/tasks", sentTo(decisions).substr(0, 27)) << status;
        EXPECT_EQ("a reçu une édition précédente : il est informé de la fin du plan",
                  reason(decisions, "gp"));
        const RegisterEntry& entry = plans_.stands("relai/N1");
        EXPECT_EQ(status, entry.state);
        EXPECT_EQ("2026-03-01", entry.fact("closed"));
        EXPECT_EQ("RELAIS", entry.fact("exit"));
        EXPECT_EQ("forget", entry.dueReason);
        EXPECT_THAT(entry.labels, Not(testing::Contains(care_circle::label::open("relai"))));
        EXPECT_THAT(entry.barred, testing::IsEmpty()) << "nobody has left: the plan has ended";
    }
}

TEST_F(LifeCycle, ClosingPassesOverWhoWasRefusedOrHasLeftBefore) {
    accept(Plan());
    Plan second = edition("2.5");
    second.team = {Plan::member("u:gp", "MEDECIN_TRAITANT")};
    accept(second);  // the HAD leaves
    Plan end = closing();
    end.team.clear();
    end.consent = Plan::refusing("u:gp");
    const Decisions decisions = decide(end);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("gp")));
    EXPECT_EQ("écarté : a quitté l'équipe de soins avant la fin du plan", reason(decisions, "had"));
}

TEST_F(LifeCycle, APlanThatWasAMistakeIsTakenBackFromThoseWhoHadItAndFromNobodyElse) {
    Plan first;
    first.team = {Plan::member("u:gp", "MEDECIN_TRAITANT")};
    accept(first);
    plans_.waits("relai/N1", {"gp", "gp/plans", "2", "d", DeliveryState::queued, {}});
    Plan mistake = edition("3", "entered-in-error");
    mistake.consent.clear();  // who had it must know, consent or not
    const Decisions decisions = decide(mistake);
    EXPECT_THAT(sentTo(decisions), HasSubstr("gp"));
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("had")));
    EXPECT_EQ("a reçu une édition : il est informé que le plan était une erreur",
              reason(decisions, "gp"));
    ASSERT_EQ(1u, decisions.ends.size());
    EXPECT_EQ("clos : plan envoyé par erreur", decisions.ends[0].reason.fr);
    const RegisterEntry& entry = decisions.changes.at(0).entry;
    EXPECT_THAT(entry.subjects, testing::ElementsAre("mistake|relai/N1")) << "it means nobody";
    EXPECT_TRUE(entry.labels.empty());
    EXPECT_EQ("forget", entry.dueReason);
}

TEST_F(LifeCycle, WhoMayNotBeToldOfAMistakeIsToldByPeople) {
    accept(Plan());
    Plan refused = edition("3");
    refused.consent = Plan::refusing("u:had");
    accept(refused);
    Plan mistake = edition("4", "entered-in-error");
    mistake.consent = Plan::refusing("u:had");
    const Decisions decisions = decide(mistake);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("had")));
    EXPECT_THAT(instead(decisions, "relai", "mistake"),
                HasSubstr("HAD Exemple en a reçu une édition et ne doit plus rien recevoir"));
}

TEST_F(LifeCycle, DeathStopsReviewsAndCancelsSessions) {
    const std::string session = Plan::entry(
        "u:session",
        R"({"resourceType":"Appointment","status":"proposed","participant":[{"status":"accepted"}]})");
    Plan plan;
    plan.more = session;
    accept(plan);
    ASSERT_EQ("review", plans_.stands("relai/N1").dueReason);
    Plan end = closing("completed", "DECES");
    end.more = session;
    const Decisions decisions = accept(end);
    EXPECT_THAT(instead(decisions, "gp"), HasSubstr(R"("status":"cancelled")"));
    EXPECT_THAT(instead(decisions, "gp"), Not(HasSubstr(R"("status":"proposed")")));
    EXPECT_EQ("forget", plans_.stands("relai/N1").dueReason);
    EXPECT_EQ("yes", plans_.stands("relai/N1").fact("died"));
    Plan other = closing("completed", "RELAIS");
    other.edition = "4";
    other.more = session;
    EXPECT_EQ("", instead(decide(other), "gp")) << "somebody else goes on with the sessions";
}

TEST_F(Leaving, IsToldOnceWithoutHealthContentThenNothing) {
    Plan first;
    first.team = {Plan::member("u:gp", "MEDECIN_TRAITANT"), Plan::member("u:had", "HAD")};
    first.more = Plan::entry("u:problem",
                             R"({"resourceType":"Condition","code":{"text":"Douleur inventée"}})");
    accept(first);
    Plan next = first;
    next.edition = "3";
    next.team = {Plan::member("u:had", "HAD")};
    const Decisions decisions = accept(next);
    EXPECT_THAT(sentTo(decisions), HasSubstr("gp/notices"));
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("gp ")));
    const std::string notice = instead(decisions, "gp");
    EXPECT_THAT(notice, HasSubstr("FIN_PARTAGE"));
    EXPECT_THAT(notice, HasSubstr("vous ne recevrez plus ses mises à jour"));
    EXPECT_THAT(notice, Not(HasSubstr("Douleur")));
    EXPECT_THAT(notice, Not(HasSubstr("Condition")));
    ASSERT_EQ(1u, decisions.ends.size());
    EXPECT_EQ("gp", decisions.ends[0].partner);
    EXPECT_TRUE(mayStillGet("gp", "notices", "3"));
    EXPECT_FALSE(mayStillGet("gp", "plans", "2"));
    EXPECT_FALSE(mayStillGet("gp", "notices", "2")) << "news of before";
    next.edition = "4";
    const Decisions again = accept(next);
    EXPECT_THAT(sentTo(again), Not(HasSubstr("gp")));
    EXPECT_TRUE(again.ends.empty());
    EXPECT_TRUE(mayStillGet("gp", "notices", "3")) << "the notice may still wait";
    first.edition = "5";
    EXPECT_THAT(sentTo(accept(first)), HasSubstr("gp had")) << "back in the team";
    EXPECT_TRUE(mayStillGet("gp", "plans", "5"));
}

TEST_F(Leaving, WhoseParticipationEndsIsToldToo) {
    accept(Plan());
    Plan next = edition("3");
    next.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-01"})"),
                 Plan::member("u:had", "HAD")};
    EXPECT_THAT(sentTo(decide(next)), HasSubstr("gp/notices"));
}

TEST_F(Leaving, WhoTakesNoNoticesIsToldByTheReferent) {
    accept(Plan());
    Plan next = edition("3");
    next.team = {Plan::member("u:gp", "MEDECIN_TRAITANT")};
    const Decisions decisions = decide(next);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("had")));
    EXPECT_THAT(instead(decisions, "relai", "Fin du partage"),
                HasSubstr("HAD Exemple ne fait plus partie de l'équipe de soins"));
}

TEST_F(Leaving, WhoWasRefusedIsNotEvenTold) {
    accept(Plan());
    Plan next = edition("3");
    next.team = {Plan::member("u:had", "HAD")};
    next.consent = Plan::refusing("u:gp");
    EXPECT_THAT(sentTo(accept(next)), Not(HasSubstr("gp")));
    EXPECT_FALSE(mayStillGet("gp", "notices", "3"));
    next.edition = "4";
    next.team = {};
    next.consent = Plan::consentOf(R"({"type":"deny"})");
    const Decisions none = decide(next);
    EXPECT_EQ("relai/reports", sentTo(none)) << "nor when all sharing is refused";
    EXPECT_EQ("", instead(none, "relai", "Fin du partage"));
}

TEST_F(Leaving, WhoNeverGotAnythingIsNotTold) {
    for (const RegisterChange& change : decide(Plan()).changes) plans_.apply(change);
    Plan next = edition("3");
    next.team = {Plan::member("u:had", "HAD")};
    EXPECT_THAT(sentTo(decide(next)), Not(HasSubstr("gp")));
}

TEST_F(Leaving, AParticipationThatEndsInTimeIsToldWithoutANewEdition) {
    Plan plan;
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-05"})"),
                 Plan::member("u:had", "HAD")};
    accept(plan);
    EXPECT_EQ("2026-03-06T00:00:00.000Z", toText(*plans_.stands("relai/N1").due));
    EXPECT_TRUE(policy_->due(timeFromText("2026-03-05T23:59:00.000Z"), plans_, 9).empty());
    const auto due = policy_->due(timeFromText("2026-03-06T05:00:00.000Z"), plans_, 9);
    ASSERT_EQ(1u, due.size());
    ASSERT_TRUE(plans_.apply(due[0].changes.at(0)));
    EXPECT_FALSE(mayStillGet("gp"));
    const Decisions decisions = decide(read(std::string(due[0].body.view())));
    EXPECT_EQ("gp/notices", sentTo(decisions));
    EXPECT_TRUE(mayStillGet("gp", "notices", decisions.edition));
    EXPECT_TRUE(policy_->due(timeFromText("2026-03-09T05:00:00.000Z"), plans_, 9).empty());
    plan.edition = "3";
    today_ = "2026-03-10";
    EXPECT_THAT(sentTo(decide(plan)), Not(HasSubstr("gp"))) << "once";
}

TEST_F(Forgetting, APlanThatEndedIsKnownForTwoYearsMoreWithItsNews) {
    accept(Plan());
    RegisterChange news;
    news.entry.key = "news:relai/N1";
    news.entry.facts = {{"died", "2026-03-01"}};
    ASSERT_TRUE(plans_.apply(news));
    accept(closing());
    EXPECT_TRUE(day("2028-03-01").empty());
    EXPECT_TRUE(plans_.has("relai/N1"));
    const auto due = day("2028-03-02");
    ASSERT_EQ(1u, due.size());
    EXPECT_FALSE(plans_.has("relai/N1"));
    EXPECT_FALSE(plans_.has("news:relai/N1"));
    EXPECT_THAT(decide(read(std::string(due[0].body.view()))).ignore.fr, HasSubstr("oubliés"));
    EXPECT_TRUE(day("2028-03-03").empty());
}

TEST_F(Forgetting, WaitsAsLongAsTheSettingSaysAndWhileSomethingWaits) {
    options(
        support::map({{"mode", support::scalar("test")}, {"forget_after", support::scalar("6")}}));
    accept(Plan());
    accept(closing());
    plans_.waits("relai/N1", {"gp", "gp/plans", "3", "d", DeliveryState::offered, {}});
    ASSERT_EQ(1u, day("2026-09-02").size());
    EXPECT_TRUE(plans_.has("relai/N1")) << "the GP has not fetched it yet";
    EXPECT_EQ("2026-10-02T00:00:00.000Z", toText(*plans_.stands("relai/N1").due));
}

TEST_F(Forgetting, SparesAPlanThatGoesOn) {
    accept(Plan());
    accept(closing());
    Plan again = edition("4");
    accept(again);
    day("2030-01-01");
    EXPECT_TRUE(plans_.has("relai/N1"));
}

TEST_F(LifeCycle, ClosingReachesNobodyWhomItRefusesAndNobodyAtAllWithoutSharing) {
    accept(Plan());
    Plan end = closing();
    end.team.clear();
    end.consent = Plan::refusingKind("MEDECIN_TRAITANT");
    EXPECT_THAT(sentTo(decide(end)), Not(HasSubstr("gp"))) << "by its category alone";
    end.consent = Plan::consentOf(R"({"type":"deny"})");
    EXPECT_EQ("relai/reports", sentTo(decide(end)));
}

TEST_F(LifeCycle, ClosingReachesWhoMayJustBeGettingAnEdition) {
    for (const RegisterChange& change : decide(Plan()).changes) plans_.apply(change);
    plans_.waits("relai/N1", {"had", "had/plans", "2", "d", DeliveryState::inflight, {}});
    plans_.waits("relai/N1", {"gp", "gp/plans", "2", "d", DeliveryState::queued, {}});
    Plan end = closing();
    end.team.clear();
    EXPECT_EQ("personne had relai/tasks", sentTo(decide(end)));
}

TEST_F(LifeCycle, WhomAMistakeItselfRefusesIsToldByPeople) {
    accept(Plan());
    Plan mistake = edition("3", "entered-in-error");
    mistake.consent = Plan::refusing("u:had");
    const Decisions decisions = decide(mistake);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("had")));
    EXPECT_THAT(instead(decisions, "relai", "mistake"), HasSubstr("HAD Exemple"));
}

TEST_F(LifeCycle, ALateMistakeOrSmallerTeamChangesNothing) {
    accept(edition("5"));
    EXPECT_EQ("", sentTo(decide(edition("4", "entered-in-error"))));
    Plan smaller = edition("4");
    smaller.team.clear();
    const Decisions decisions = decide(smaller);
    EXPECT_EQ("relai/reports", sentTo(decisions));
    EXPECT_THAT(instead(decisions, "relai"), Not(HasSubstr("NUMERO_MANQUANT")))
        << "what is wrong with it is of no interest any more";
    EXPECT_TRUE(decisions.ends.empty());
}

TEST_F(LifeCycle, OnePlanNumberInTwoNetworksIsTwoPlans) {
    accept(edition("5"));
    network_ = "pluri";
    partners_.partners.push_back({"pluri", "network", "", {}, {}, {"tasks", "reports"}});
    Plan theirs = edition("2");
    theirs.consent = Plan::refusing("u:had");
    EXPECT_THAT(sentTo(accept(theirs)), HasSubstr("gp")) << "no late edition of the other one";
    EXPECT_TRUE(mayStillGet("had", "plans", "5")) << "what was refused there is not refused here";
}

TEST_F(LifeCycle, DeathIsAlsoWhatThePatientSays) {
    Plan end = closing("completed", "RELAIS");
    end.patient += R"(,"deceasedBoolean":true)";
    accept(end);
    EXPECT_EQ("yes", plans_.stands("relai/N1").fact("died"));
}

TEST_F(Leaving, IsBarredAndStaysSoWhenTheSameEditionNamesItAgain) {
    accept(Plan());
    Plan next = edition("3");
    next.team.erase(next.team.begin());
    accept(next);
    EXPECT_THAT(plans_.stands("relai/N1").barred, testing::ElementsAre("gp"));
    EXPECT_EQ("écarté : ne fait plus partie de l'équipe de soins",
              reason(decide(edition("3")), "gp"));
}

class LeavingInTime : public World {
protected:
    void SetUp() override {
        plan_.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-05"})"),
                      Plan::member("u:had", "HAD", Plan::kSince)};
    }
    /// What the day after its end causes, decided.
    Decisions left() {
        const auto due = policy_->due(timeFromText("2026-03-06T05:00:00.000Z"), plans_, 9);
        EXPECT_EQ(1u, due.size());
        EXPECT_TRUE(plans_.apply(due.at(0).changes.at(0)));
        EXPECT_TRUE(policy_->due(timeFromText("2026-03-07T05:00:00.000Z"), plans_, 9).empty());
        return decide(read(std::string(due.at(0).body.view())));
    }

    Plan plan_;
};

TEST_F(LeavingInTime, ClosesWhatStillWaits) {
    accept(plan_);
    const Decisions decisions = left();
    ASSERT_EQ(1u, decisions.ends.size());
    EXPECT_EQ("gp", decisions.ends[0].partner);
}

TEST_F(LeavingInTime, WhoNeverGotAnythingIsNotTold) {
    for (const RegisterChange& change : decide(plan_).changes) plans_.apply(change);
    const Decisions decisions = left();
    EXPECT_EQ("", sentTo(decisions));
    EXPECT_EQ("il n'avait rien reçu de ce plan", decisions.ignore.fr);
}

TEST_F(LeavingInTime, WhoWasRefusedByAHeldEditionIsNotTold) {
    accept(plan_);
    Plan held = plan_;
    held.edition = "3";
    held.consent = Plan::refusing("u:gp");
    for (const RegisterChange& change : decideHeld(held).changes) plans_.apply(change);
    const Decisions decisions = left();
    EXPECT_EQ("", sentTo(decisions));
    EXPECT_FALSE(decisions.ignore.empty());
    EXPECT_FALSE(mayStillGet("gp"));
    EXPECT_FALSE(mayStillGet("gp", "notices", "2"));
}

TEST_F(LeavingInTime, OfAPlanThatNobodyKnowsAnyMoreIsIgnored) {
    accept(plan_);
    const auto due = policy_->due(timeFromText("2026-03-06T05:00:00.000Z"), plans_, 9);
    plans_ = {};
    EXPECT_EQ("le plan n'est plus connu",
              decide(read(std::string(due.at(0).body.view()))).ignore.fr);
}

}  // namespace
}  // namespace circle_test
