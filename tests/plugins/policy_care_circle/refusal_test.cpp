/// Refusals beat every rule.
#include "support/gateway_process.h"
#include "world.h"

namespace circle_test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

class Refusal : public World {};

Plan refusing(const std::string& consent) {
    Plan plan;
    plan.consent = consent;
    return plan;
}

TEST_F(Refusal, BeatsMembershipAndIsRegistered) {
    const Decisions decisions = decide(refusing(Plan::refusing("u:had")));
    EXPECT_EQ("gp personne relai/tasks", sentTo(decisions));
    EXPECT_EQ("écarté : la personne a refusé ce destinataire", reason(decisions, "had"));
    EXPECT_THAT(decisions.changes.front().entry.barred, ElementsAre("had"));
}

TEST_F(Refusal, OfAKindMeansCategoryFunctionAndStructure) {
    EXPECT_THAT(sentTo(decide(refusing(Plan::refusingKind("HAD")))), HasSubstr("gp personne"));
    EXPECT_THAT(sentTo(decide(refusing(Plan::refusingKind("MEDECIN_TRAITANT")))),
                HasSubstr("had personne"));
    EXPECT_THAT(sentTo(decide(refusing(Plan::refusingKind("SSIAD")))), HasSubstr("gp had"));
    // By category alone, whatever the plan calls it.
    Plan plan = refusing(Plan::refusingKind("HAD"));
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT"), Plan::member("u:had", "AUTRE")};
    EXPECT_EQ("gp personne relai/tasks", sentTo(decide(plan)));
    // By function: the partner of the directory is of another category.
    partners_["had"].category = "other";
    EXPECT_EQ("gp personne relai/tasks", sentTo(decide(refusing(Plan::refusingKind("HAD")))));
    // By structure: who works for one that is refused, whatever the own function.
    plan = refusing(Plan::refusingKind("SSIAD"));
    plan.team = {Plan::member("u:role", "IDE_LIBERAL"), Plan::member("u:there", "SSIAD"),
                 Plan::member("u:had", "HAD")};
    plan.more =
        Plan::entry(
            "u:role",
            R"({"resourceType":"PractitionerRole","practitioner":{"reference":"u:gp"},"organization":{"reference":"u:there"}})") +
        Plan::entry("u:there", R"({"resourceType":"Organization","name":"SSIAD Exemple"})");
    EXPECT_EQ("had personne relai/tasks", sentTo(decide(plan)).substr(0, 24));
}

TEST_F(Refusal, InAnyActiveConsentCounts) {
    EXPECT_THAT(sentTo(decide(refusing(Plan::kConsent + Plan::refusing("u:had")))),
                HasSubstr("gp personne"));
    EXPECT_THAT(sentTo(decide(refusing(Plan::kConsent +
                                       Plan::consentOf(R"({"type":"deny"})", "entered-in-error")))),
                HasSubstr("gp had"));
}

TEST_F(Refusal, MayNameWhomItMeansByNumberAndNeverByANameAlone) {
    const auto refusing = [](const std::string& reference) {
        Plan plan;
        plan.consent += Plan::consentOf(
            R"({"type":"permit","provision":[{"type":"deny","actor":[{"reference":{)" + reference +
            "}}]}]}");
        return plan;
    };
    const Plan plan =
        refusing(R"("identifier":{"system":"https://finess.esante.gouv.fr","value":"980000020"})");
    EXPECT_EQ("écarté : la personne a refusé ce destinataire", reason(accept(plan), "had"));
    EXPECT_FALSE(mayStillGet("had"));
    EXPECT_THAT(why(refusing(R"("display":"HAD Exemple")")), HasSubstr("de qui s'agit-il"));
}

TEST_F(Refusal, OfSomebodyWhomNobodyKnowsHoldsThePlan) {
    EXPECT_THAT(why(refusing(Plan::refusing("u:typo"))), HasSubstr("de qui s'agit-il"));
}

TEST_F(Refusal, OfAllSharingLeavesNobody) {
    for (const std::string& consent : {Plan::consentOf(R"({"type":"deny"})"),
                                       Plan::kConsent + Plan::consentOf(R"({"type":"deny"})"),
                                       Plan::consentOf(R"({"type":"permit"})", "rejected")}) {
        const Decisions decisions = decide(refusing(consent));
        EXPECT_EQ("relai/reports", sentTo(decisions)) << "the sender alone is told";
        EXPECT_THAT(reason(decisions, "gp"), HasSubstr("refusé le partage"));
        EXPECT_THAT(instead(decisions, "relai"), HasSubstr("la personne refuse le partage"));
    }
}

TEST_F(Refusal, IsAskedAgainBeforeSending) {
    accept(Plan());
    EXPECT_TRUE(mayStillGet("had"));
    Plan next = refusing(Plan::refusing("u:had"));
    next.edition = "3";
    accept(next);
    EXPECT_FALSE(mayStillGet("had")) << "an older edition neither";
    EXPECT_TRUE(mayStillGet("gp"));
    EXPECT_TRUE(mayStillGet("relai", "tasks")) << "the network keeps the plan";
}

TEST_F(Refusal, IsAskedAgainWithTheDirectoryAsItIsThen) {
    accept(refusing(Plan::refusingKind("HAD") + Plan::refusing("u:gp")));
    partners_.partners.push_back({"had-sud", "had", "", {}, {}, {"plans"}});
    EXPECT_FALSE(mayStillGet("had-sud")) << "by its category";
    partners_.partners.push_back({"gp-neu", "other", "", {{"rpps", "99800000103"}}, {}, {"plans"}});
    EXPECT_FALSE(mayStillGet("gp-neu")) << "by the number of who was refused";
    partners_.partners.push_back({"msp", "msp", "", {}, {}, {"plans"}});
    EXPECT_TRUE(mayStillGet("msp"));
}

TEST_F(Refusal, OfAllSharingIsAskedAgainOfEverybody) {
    accept(Plan());
    Plan next = refusing(Plan::consentOf(R"({"type":"deny"})"));
    next.edition = "3";
    accept(next);
    partners_.partners.push_back({"msp", "msp", "", {}, {}, {"plans"}});
    EXPECT_FALSE(mayStillGet("gp"));
    EXPECT_FALSE(mayStillGet("msp"));
    EXPECT_TRUE(mayStillGet("relai", "reports"));
}

TEST_F(Refusal, ClosesWhatIsStillOnItsWay) {
    accept(Plan());
    Plan next = refusing(Plan::refusing("u:had"));
    next.edition = "3";
    const Decisions decisions = decide(next);
    ASSERT_EQ(1u, decisions.ends.size());
    EXPECT_EQ("relai/N1", decisions.ends[0].plan);
    EXPECT_EQ("had", decisions.ends[0].partner);
    EXPECT_EQ(DeliveryState::closed, decisions.ends[0].state);
    EXPECT_EQ("clos : la personne a refusé ce destinataire depuis", decisions.ends[0].reason.fr);

    plans_.waits("relai/N1", {"gp", "gp/plans", "2", "d1", DeliveryState::queued, {}});
    plans_.waits("relai/N1", {"relai", "relai/tasks", "2", "d2", DeliveryState::offered, {}});
    next.consent = Plan::consentOf(R"({"type":"deny"})");
    const Decisions all = decide(next);
    ASSERT_EQ(1u, all.ends.size()) << "all but what the network has to do";
    EXPECT_EQ("gp", all.ends[0].partner);
}

TEST_F(Refusal, IsNotTakenBackByTheSameEditionAgain) {
    accept(refusing(Plan::refusing("u:had")));
    EXPECT_THAT(sentTo(decide(Plan())), testing::Not(HasSubstr("had")));
    Plan older;
    older.edition = "1";
    EXPECT_EQ("relai/reports", sentTo(decide(older)));
    Plan next;
    next.edition = "3";
    EXPECT_THAT(sentTo(decide(next)), HasSubstr("gp had"));
    accept(refusing(Plan::consentOf(R"({"type":"deny"})")));
    EXPECT_EQ("relai/reports", sentTo(decide(Plan()))) << "neither is that of all sharing";
}

class HeldPlan : public World {
protected:
    /// Edition 2 has reached, or waits for, everybody.
    void SetUp() override {
        accept(Plan());
        for (const char* const partner : {"gp", "had"})
            plans_.waits(
                "relai/N1",
                {partner, std::string(partner) + "/plans", "2", "d", DeliveryState::queued, {}});
    }
    static Plan third(const std::string& consent) {
        Plan plan = refusing(consent);
        plan.edition = "3";
        return plan;
    }
    static std::string closed(const Decisions& decisions) {
        std::string partners;
        for (const DeliveryEnd& end : decisions.ends) {
            EXPECT_EQ(DeliveryState::closed, end.state);
            EXPECT_FALSE(end.reason.fr.empty());
            partners += (partners.empty() ? "" : " ") + end.partner;
        }
        return partners;
    }
    /// Keeps what it ends.
    Decisions hold(const Plan& plan) {
        const Decisions decisions = decideHeld(plan);
        EXPECT_EQ("", sentTo(decisions));
        for (const RegisterChange& change : decisions.changes) EXPECT_TRUE(plans_.apply(change));
        return decisions;
    }
};

TEST_F(HeldPlan, EndsWhatStillWaitsForWhomItRefuses) {
    const Decisions decisions = hold(third(Plan::refusing("u:had")));
    EXPECT_EQ("had", closed(decisions));
    EXPECT_FALSE(mayStillGet("had")) << "what is on its way is asked again";
    EXPECT_TRUE(mayStillGet("gp"));
    EXPECT_EQ("2", plans_.stands("relai/N1").edition) << "the edition that is held is not known";
    EXPECT_FALSE(plans_.stands("relai/N1").subjects.empty()) << "the rest stays as it was";
    EXPECT_TRUE(decideHeld(third(Plan::refusing("u:had"))).changes.empty()) << "once";
    Plan mended = third(Plan::kConsent);
    EXPECT_THAT(sentTo(accept(mended)), HasSubstr("gp had")) << "a mended edition says it anew";
    EXPECT_TRUE(mayStillGet("had", "plans", "3"));
}

TEST_F(HeldPlan, RefusesByKindAndAllSharingToo) {
    EXPECT_EQ("had", closed(hold(third(Plan::refusingKind("HAD")))));
    partners_.partners.push_back({"had-sud", "had", "", {}, {}, {"plans"}});
    EXPECT_FALSE(mayStillGet("had-sud"));
    EXPECT_EQ("gp had", closed(hold(third(Plan::consentOf(R"({"type":"deny"})")))));
    EXPECT_FALSE(mayStillGet("gp"));
}

TEST_F(HeldPlan, WithoutAConsentKeepsToTheRefusalsThatItNames) {
    Plan plan =
        third(Plan::consentOf(R"({"type":"deny","actor":[{"reference":{"reference":"u:gp"}}]})"));
    EXPECT_THAT(why(plan), HasSubstr("aucun consentement au partage"));
    EXPECT_EQ("gp", closed(hold(plan)));
}

TEST_F(HeldPlan, ThatRefusesSomebodyWhomNobodyKnowsLetsNothingGo) {
    EXPECT_EQ("gp had", closed(hold(third(Plan::refusing("u:typo")))));
    EXPECT_FALSE(mayStillGet("gp"));
    EXPECT_TRUE(mayStillGet("relai", "tasks"));
}

TEST_F(HeldPlan, ThatIsOlderOrATestOrTheFirstEndsNothing) {
    Plan older = third(Plan::refusing("u:had"));
    older.edition = "1";
    Plan first = third(Plan::refusing("u:had"));
    first.number = "N2";
    Plan test = third(Plan::refusing("u:had"));
    test.patient =
        R"("identifier":[{"system":"urn:oid:1.2.250.1.213.1.4.10","value":"248053199300177"}])";
    options(support::map({{"mode", support::scalar("production")}}));
    for (const Plan& plan : {older, first, test}) {
        const Decisions decisions = decideHeld(plan);
        EXPECT_TRUE(decisions.ends.empty());
        EXPECT_TRUE(decisions.changes.empty());
    }
}

TEST_F(Refusal, OfAFunctionMeansWhoeverHasItWhateverTheDirectorySays) {
    partners_["gp"].category = "other";
    EXPECT_EQ("had personne relai/tasks",
              sentTo(decide(refusing(Plan::refusingKind("MEDECIN_TRAITANT")))));
}

TEST_F(Refusal, NeverMeansTheNetworkThatKeepsThePlan) {
    Plan plan = refusing(Plan::refusing("u:nurse"));
    plan.more = Plan::entry(
        "u:nurse",
        R"({"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"980000095"}]})");
    const Decisions decisions = accept(plan);
    EXPECT_EQ("gp had personne relai/tasks", sentTo(decisions));
    EXPECT_THAT(plans_.stands("relai/N1").barred, testing::IsEmpty());
}

TEST_F(Refusal, OfAMemberWhomATableNamesIsRegisteredAndAskedAgain) {
    support::TemporaryFolder folder;
    folder.write("relai/aliases.csv", "member,partner\nPharmacie Exemple,pharmacie\n");
    options(support::map(
        {{"mode", support::scalar("test")}, {"aliases", support::scalar(folder.path())}}));
    partners_.partners.push_back({"pharmacie", "other", "", {}, {}, {"plans"}});
    Plan plan = refusing(Plan::refusing("u:ph"));
    plan.team.push_back(Plan::member("u:ph", "PHARMACIEN", Plan::kSince));
    plan.more =
        Plan::entry("u:ph", R"({"resourceType":"Organization","name":"Pharmacie Exemple"})");
    accept(plan);
    EXPECT_THAT(plans_.stands("relai/N1").barred, ElementsAre("pharmacie"));
    EXPECT_FALSE(mayStillGet("pharmacie"));
}

TEST_F(Refusal, OfAKindIsKeptWhenTheSameEditionComesAgain) {
    accept(refusing(Plan::refusingKind("HAD") + Plan::refusing("u:gp")));
    accept(Plan());
    partners_.partners.push_back({"had-sud", "had", "", {}, {}, {"plans"}});
    partners_.partners.push_back({"gp-neu", "other", "", {{"rpps", "99800000103"}}, {}, {"plans"}});
    EXPECT_FALSE(mayStillGet("had-sud"));
    EXPECT_FALSE(mayStillGet("gp-neu"));
}

TEST_F(HeldPlan, BarsWhomItRefusesAndWhoeverHasTheirNumbersLater) {
    hold(third(Plan::refusing("u:gp")));
    EXPECT_THAT(plans_.stands("relai/N1").barred, ElementsAre("gp"));
    partners_.partners.push_back({"gp-neu", "other", "", {{"rpps", "99800000103"}}, {}, {"plans"}});
    EXPECT_FALSE(mayStillGet("gp-neu"));
}

}  // namespace
}  // namespace circle_test
