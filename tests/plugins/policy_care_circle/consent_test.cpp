/// Who gets a plan: consent, care team, those outside it, those without a channel.
#include <fstream>

#include "../../../plugins/policy_care_circle/plan_facts.h"
#include "support/gateway_process.h"
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

class Consent : public World {};
class Team : public World {};
class Outside : public World {
protected:
    Outside() {
        partners_.partners.push_back({"mdph", "mdph", "", {{"finess", "980000111"}}, {}, {"aids"}});
    }
    static Plan allowing(const std::string& more, const std::string& period = {}) {
        Plan plan;
        plan.consent += Plan::consentOf(
            R"({"type":"permit","actor":[{"reference":{"reference":"u:mdph"}}])" + period + "}",
            "active", more);
        plan.more = Plan::entry(
            "u:mdph",
            R"({"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"980000111"}]})");
        return plan;
    }
    static constexpr const char* kWhole =
        R"(,"dateTime":"2026-02-01","extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/collected","valueCoding":{"code":"ECRIT"}}])";
};
class Patient : public World {};
class Alias : public World {};

TEST_F(Consent, ThatIsMissingHoldsThePlan) {
    Plan plan;
    for (const std::string& consent :
         {std::string(), Plan::consentOf(R"({"type":"permit"})", "inactive"),
          Plan::consentOf(R"({"type":"permit"})", "proposed")}) {
        plan.consent = consent;
        EXPECT_THAT(why(plan), HasSubstr("aucun consentement au partage"));
    }
}

TEST_F(Consent, ThatIsMissingLeavesTheTeamWhereTheSettingSaysSo) {
    options(support::map(
        {{"mode", support::scalar("test")}, {"consent_missing", support::scalar("team-only")}}));
    Plan plan;
    plan.consent.clear();
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), HasSubstr("gp had"));
    EXPECT_THAT(instead(decisions, "relai", "OperationOutcome"),
                HasSubstr("aucun consentement n'est enregistré"));
}

TEST_F(Consent, ThatWasWithdrawnAndIsGivenAgainReachesTheSameTeam) {
    accept(Plan());
    Plan withdrawn;
    withdrawn.edition = "3";
    withdrawn.consent = Plan::consentOf(R"({"type":"deny"})");
    accept(withdrawn);
    EXPECT_FALSE(mayStillGet("gp", "plans", "2"));
    Plan again;
    again.edition = "4";
    EXPECT_EQ("gp had personne relai/tasks relai/reports", sentTo(accept(again)));
    EXPECT_TRUE(mayStillGet("gp", "plans", "4"));
}

TEST_F(Consent, ForOneRecipientIsNoneForTheTeam) {
    Plan plan;
    plan.consent =
        Plan::consentOf(R"({"type":"permit","actor":[{"reference":{"reference":"u:had"}}]})",
                        "active", R"(,"dateTime":"2026-02-01")");
    EXPECT_THAT(why(plan), HasSubstr("aucun consentement au partage"));
}

TEST_F(Team, MembersGetThePlanAndEachDecisionIsToldInBothLanguages) {
    const Decisions decisions = decide(Plan());
    EXPECT_EQ("gp had personne relai/tasks", sentTo(decisions));
    EXPECT_EQ("membre de l'équipe de soins", reason(decisions, "gp"));
    EXPECT_EQ("relai/N1", decisions.plan);
    EXPECT_EQ("2", decisions.edition);
}

TEST_F(Team, MembershipIsADatedFact) {
    Plan plan;
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-01"})"),
                 Plan::member("u:had", "HAD", R"({"start":"2026-03-03"})")};
    Decisions decisions = decide(plan);
    EXPECT_EQ("écarté : ne fait plus partie de l'équipe de soins", reason(decisions, "gp"));
    EXPECT_EQ("écarté : pas encore dans l'équipe de soins", reason(decisions, "had"));
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2026-03-02"})"),
                 Plan::member("u:had", "HAD", R"({"start":"2026-03"})")};
    EXPECT_THAT(sentTo(decide(plan)), HasSubstr("gp had")) << "its last day, its first month";
}

TEST_F(Team, WhoLeftAndCameBackStandsTwiceAndTakesPart) {
    Plan plan;
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"end":"2025-01-01"})"),
                 Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"start":"2026-01-01"})")};
    EXPECT_EQ("gp personne relai/tasks", sentTo(decide(plan)));
}

TEST_F(Team, SinceWhenAMemberIsKnownStaysOverEditions) {
    Plan plan;
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT")};
    accept(plan);
    today_ = "2026-04-20";
    plan.edition = "3";
    accept(plan);
    const auto members = care_circle::membersOf(plans_.stands("relai/N1"));
    ASSERT_EQ(1u, members.size());
    EXPECT_EQ("2026-03-02", members[0].since);
    EXPECT_EQ("2026-03-02", plans_.stands("relai/N1").fact("opened"));
}

TEST_F(Team, EachCategoryGetsItsFilterAndOthersTheirs) {
    options(support::map({{"mode", support::scalar("test")},
                          {"filters", support::map({{"gp", support::scalar("some")},
                                                    {"others", support::scalar("least")}})}}));
    std::string filters;
    for (const Decision& one : decide(Plan()).recipients)
        filters += one.partner + "=" + one.filterMap + " ";
    EXPECT_EQ("gp=some had=least personne=least relai= ", filters);
}

TEST_F(Team, TheReferentNeedsNoPartner) {
    Plan plan;
    plan.care = R"(,"contributor":[{"reference":"u:nurse"}])";
    plan.team.push_back(Plan::member("u:nurse", "COORDINATION"));
    plan.more = Plan::entry(
        "u:nurse",
        R"({"resourceType":"Practitioner","identifier":[{"system":"https://rpps.esante.gouv.fr","value":"99800000301"}]})");
    const Decisions decisions = decide(plan);
    EXPECT_EQ("coordonne le plan pour le réseau, qui le tient lui-même",
              reason(decisions, "Rôle COORDINATION"));
    EXPECT_EQ("", instead(decisions, "relai", "DESTINATAIRE_INCONNU"));
}

TEST_F(Team, TheNetworkItselfIsNoRecipientOfItsPlan) {
    Plan plan;
    plan.team.push_back(Plan::member("u:nurse", "IDE_COORDINATION"));
    plan.more = Plan::entry(
        "u:nurse",
        R"({"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"980000095"}]})");
    const Decisions decisions = decide(plan);
    EXPECT_EQ("tient lui-même le plan", reason(decisions, "relai"));
    EXPECT_EQ("gp had personne relai/tasks", sentTo(decisions));
}

TEST_F(Outside, ABodyOutsideTheTeamGetsNothingWithoutAConsentThatNamesIt) {
    Plan plan = allowing("");
    plan.consent = Plan::kConsent;
    plan.team.push_back(Plan::member("u:mdph", "AUTRE"));
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("mdph")));
    EXPECT_THAT(reason(decisions, "mdph"), HasSubstr("un consentement enregistré doit le nommer"));
}

TEST_F(Outside, NoBodyThatPaysIsAMemberWhateverThePlanSays) {
    for (const char* const category :
         {"mdph", "cpam", "department", "town", "pension-fund", "mutual"}) {
        partners_.partners.back().category = category;
        Plan plan = allowing("");
        plan.consent = Plan::kConsent;
        plan.team.push_back(Plan::member("u:mdph", "AUTRE"));
        EXPECT_THAT(sentTo(decide(plan)), Not(HasSubstr("mdph"))) << category;
    }
}

TEST_F(Outside, AConsentThatNamesItGivesItsMinimalExtract) {
    Plan plan = allowing(kWhole);
    for (int i = 0; i < 2; ++i) {
        const Decisions decisions = decide(plan);
        for (const Decision& one : decisions.recipients)
            if (one.partner == "mdph") {
                EXPECT_TRUE(one.send);
                EXPECT_EQ("plan-to-aid-request", one.filterMap);
            }
        EXPECT_EQ("hors de l'équipe de soins : la personne y a consenti le 01/02/2026",
                  reason(decisions, "mdph"));
        plan.team.push_back(Plan::member("u:mdph", "AUTRE"));  // the same when the plan names it
    }
}

TEST_F(Outside, TheConsentHasADateAndSaysHowItWasCollectedAndHasNotEnded) {
    EXPECT_THAT(reason(decide(allowing("")), "mdph"), HasSubstr("n'a pas de date"));
    EXPECT_THAT(reason(decide(allowing(R"(,"dateTime":"2026-02-01")")), "mdph"),
                HasSubstr("comment il a été recueilli"));
    EXPECT_THAT(reason(decide(allowing(kWhole, R"(,"period":{"end":"2026-03-01"})")), "mdph"),
                HasSubstr("a pris fin"));
    EXPECT_THAT(sentTo(decide(allowing(kWhole, R"(,"period":{"end":"2026-03-02"})"))),
                HasSubstr("mdph"));
    today_ = "2026-01-31";
    EXPECT_THAT(reason(decide(allowing(kWhole)), "mdph"), HasSubstr("commence plus tard"));
}

TEST_F(Outside, WhoseConsentIsTakenBackIsToldSoAndNeverThatItWasInTheTeam) {
    for (const bool tellable : {true, false}) {
        plans_ = {};
        partners_["mdph"].destinations = {"aids"};
        if (tellable) partners_["mdph"].destinations.emplace_back("notices");
        accept(allowing(kWhole));
        Plan next;
        next.edition = "3";
        const Decisions decisions = accept(next);
        EXPECT_THAT(instead(decisions, tellable ? "mdph" : "relai", "Fin du partage"),
                    HasSubstr("e consentement qui "));
        EXPECT_THAT(reason(decisions, "mdph"),
                    testing::StartsWith("le consentement qui le nommait a pris fin"));
        EXPECT_FALSE(mayStillGet("mdph", "aids", "3"));
    }
}

TEST_F(Outside, AConsentMayNameItByItsNumberOrANameOfTheTable) {
    const auto named = [](const std::string& reference) {
        Plan plan;
        plan.consent +=
            Plan::consentOf(R"({"type":"permit","actor":[{"role":{"text":"MDPH"},"reference":{)" +
                                reference + "}}]}",
                            "active", kWhole);
        return plan;
    };
    const std::string number =
        R"("identifier":{"system":"https://finess.esante.gouv.fr","value":"980000111"})";
    EXPECT_THAT(sentTo(decide(named(number))), HasSubstr("mdph"));
    EXPECT_THAT(sentTo(decide(named(R"("reference":"Organization/9",)" + number))),
                HasSubstr("mdph"));
    const Decisions unknown = decide(named(R"("display":"MDPH Exemple")"));
    EXPECT_THAT(sentTo(unknown), Not(HasSubstr("mdph"))) << "a name alone is nobody";
    EXPECT_THAT(reason(unknown, "MDPH"), HasSubstr("aucun partenaire"));
    EXPECT_THAT(why(named(R"("reference":"Organization/9")")), HasSubstr("de qui s'agit-il"));
}

TEST_F(Outside, ARefusalBeatsTheConsent) {
    Plan plan = allowing(kWhole);
    plan.consent += Plan::refusing("u:mdph");
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("mdph")));
    EXPECT_EQ("écarté : la personne a refusé ce destinataire", reason(decisions, "mdph"));
}

TEST_F(Patient, GetsThePlanByHandAndTheReferentATask) {
    Plan plan;
    plan.care = R"(,"contributor":[{"reference":"u:nurse"}])";
    plan.more = Plan::entry(
        "u:nurse",
        R"({"resourceType":"Practitioner","name":[{"family":"MODELE","given":["Denise"]}]})");
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), HasSubstr("personne relai/tasks"));
    const std::string task = instead(decisions, "relai", "hand-over");
    EXPECT_THAT(task, HasSubstr("Remettre l'édition 2 du plan à la personne"));
    EXPECT_THAT(task, HasSubstr("passerelle messages settle M-1/personne --by-hand"));
    EXPECT_THAT(task, HasSubstr(R"({"text":"remise"},"valueString":"M-1/personne")"));
    EXPECT_THAT(task, HasSubstr("MODELE Denise"));
    EXPECT_THAT(task, HasSubstr(R"("value":"N1")"));
    EXPECT_THAT(task, HasSubstr(R"("authoredOn":"2026-03-02T09:00:00+01:00")"))
        << "as clocks show it there";
}

TEST_F(Team, ADayBeginsWhereTheNetworkIs) {
    today_ = "2026-03-01";
    clock_ = "23:30:00";  // half past midnight in France
    Plan plan;
    plan.team = {Plan::member("u:gp", "MEDECIN_TRAITANT", R"({"start":"2026-03-02"})"),
                 Plan::member("u:had", "HAD", R"({"start":"2025-01-12","end":"2026-03-01"})")};
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), HasSubstr("gp"));
    EXPECT_EQ("écarté : ne fait plus partie de l'équipe de soins", reason(decisions, "had"));
}

TEST_F(Patient, WhoIsNoPartnerIsToldOf) {
    std::erase_if(partners_.partners, [](const Partner& one) { return one.category == "patient"; });
    EXPECT_THAT(reason(decide(Plan()), "la personne"), HasSubstr("catégorie « patient »"));
}

TEST_F(Patient, WhatTheNetworkHandedOverIsSettledWithItsDate) {
    accept(Plan());
    plans_.waits("relai/N1", {"personne", "personne/plans", "2", "d1", DeliveryState::offered,
                              timeFromText("2026-03-02T09:00:00.000Z")});
    Plan next;
    next.edition = "3";
    today_ = "2026-03-10";
    const auto handed = [](const std::string& day) {
        return Plan::entry(
            "u:sent" + day,
            R"({"resourceType":"Communication","status":"completed","recipient":[{"reference":"u:p"}],"sent":")" +
                day + R"("})");
    };
    next.more = handed("2026-03-01");
    EXPECT_EQ("clos : une édition plus récente est à remettre", decide(next).ends.at(0).reason.fr)
        << "handed over before this edition was there";
    EXPECT_EQ("2", decide(next).ends.at(0).edition);
    next.more = handed("2026-03-01") + handed("2026-03-05");
    const Decisions decisions = decide(next);
    ASSERT_EQ(1u, decisions.ends.size());
    EXPECT_EQ("personne", decisions.ends[0].partner);
    EXPECT_EQ("2", decisions.ends[0].edition);
    EXPECT_EQ(DeliveryState::delivered, decisions.ends[0].state);
    EXPECT_EQ("2026-03-05T00:00:00.000Z", toText(decisions.ends[0].at));
    EXPECT_EQ("remis le 05/03/2026, comme le réseau l'a noté", decisions.ends[0].reason.fr);
    EXPECT_THAT(sentTo(decisions), HasSubstr("personne")) << "the new edition is to be handed over";
    next.more = handed("2026-03-10");
    EXPECT_EQ("non envoyé : le réseau l'a remis le 10/03/2026", reason(decide(next), "personne"));
    next.more = handed("2026-03-11");
    EXPECT_THAT(sentTo(decide(next)), HasSubstr("personne")) << "a day to come settles nothing";
}

TEST_F(Alias, AMemberWhomNobodyKnowsIsReportedWithTheRowToAdd) {
    Plan plan;
    plan.team.push_back(Plan::member("u:ph", "PHARMACIEN"));
    plan.more =
        Plan::entry("u:ph", R"({"resourceType":"Organization","name":"Pharmacie Exemple"})");
    Decisions decisions = decide(plan);
    EXPECT_THAT(
        instead(decisions, "relai", "DESTINATAIRE_INCONNU"),
        HasSubstr("ajouter à networks/relai/aliases.csv la ligne Pharmacie Exemple,PARTENAIRE"));
    EXPECT_THAT(reason(decisions, "Rôle PHARMACIEN"), Not(HasSubstr("Pharmacie Exemple")))
        << "no name on a timeline";
    plan.more = Plan::entry(
        "u:ph",
        R"({"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"980000038"}]})");
    EXPECT_THAT(
        reason(decide(plan), "Rôle PHARMACIEN"),
        HasSubstr("ajouter à networks/relai/aliases.csv la ligne finess|980000038,PARTENAIRE"));
}

TEST_F(Alias, ARowSaysWhichPartnerAMemberIsAndANameAloneNever) {
    partners_.partners.push_back({"pharmacie", "pharmacy", "Pharmacie Exemple", {}, {}, {"plans"}});
    Plan plan;
    plan.team.push_back(Plan::member("u:ph", "PHARMACIEN"));
    plan.more =
        Plan::entry("u:ph", R"({"resourceType":"Organization","name":"Pharmacie Exemple"})");
    EXPECT_THAT(sentTo(decide(plan)), Not(HasSubstr("pharmacie")))
        << "though its label is the same";
    support::TemporaryFolder folder;
    folder.write("networks/relai/aliases.csv",
                 "member,partner,comment\nPharmacie Exemple,pharmacie,vu avec elle\n");
    options(support::map({{"mode", support::scalar("test")},
                          {"aliases", support::scalar(folder.path() + "/networks")}}));
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), HasSubstr("pharmacie"));
    EXPECT_EQ("membre de l'équipe de soins, reconnu par la ligne 2 de networks/relai/aliases.csv",
              reason(decisions, "pharmacie"));
    plan.consent = Plan::refusing("u:ph");
    EXPECT_THAT(sentTo(decide(plan)), Not(HasSubstr("pharmacie"))) << "a refusal finds it too";
}

TEST_F(Alias, ATableThatIsNotOneIsToldOfWithItsLine) {
    support::TemporaryFolder folder;
    for (const char* const table :
         {"nom,partenaire\n", "member,partner\nA,gp\nA,had\n", "member,partner\nA,\n"}) {
        folder.write("relai/aliases.csv", table);
        EXPECT_THROW(options(support::map({{"aliases", support::scalar(folder.path())}})),
                     std::runtime_error)
            << table;
    }
}

TEST_F(Outside, TheEndOfAConsentHoldsForAllThatItSays) {
    Plan plan = allowing("");
    plan.consent =
        Plan::kConsent +
        Plan::consentOf(
            R"({"type":"permit","actor":[{"reference":{"reference":"u:gp"}}],"period":{"end":"2026-03-01"},"provision":[{"type":"permit","actor":[{"reference":{"reference":"u:mdph"}}]}]})",
            "active", kWhole);
    EXPECT_THAT(reason(decide(plan), "mdph"), HasSubstr("a pris fin"));
}

TEST_F(Outside, NothingIsGivenWhereAllSharingIsRefused) {
    Plan plan = allowing(kWhole);
    plan.consent += Plan::consentOf(R"({"type":"deny"})");
    EXPECT_EQ("relai/reports", sentTo(decide(plan)));
    EXPECT_THAT(reason(decide(plan), "mdph"), HasSubstr("refusé le partage"));
}

TEST_F(Outside, WhoIsNoPartnerIsSaid) {
    partners_.partners.pop_back();
    Plan plan = allowing(kWhole);
    plan.consent =
        Plan::kConsent +
        Plan::consentOf(
            R"({"type":"permit","actor":[{"role":{"text":"MDPH"},"reference":{"reference":"u:mdph"}}]})",
            "active", kWhole);
    EXPECT_THAT(reason(decide(plan), "MDPH"), HasSubstr("aucun partenaire ne porte"));
}

TEST_F(Patient, OnlyWhatIsDoneAndLaidOutIsSettled) {
    accept(Plan());
    plans_.waits("relai/N1", {"personne", "personne/plans", "2", "d1", DeliveryState::offered,
                              timeFromText("2026-03-02T09:00:00.000Z")});
    plans_.waits("relai/N1", {"gp", "gp/plans", "2", "d2", DeliveryState::queued,
                              timeFromText("2026-03-02T09:00:00.000Z")});
    today_ = "2026-03-10";
    const auto handed = [](const std::string& to, const std::string& day, const char* status) {
        return Plan::entry("u:sent" + day + to, R"({"resourceType":"Communication","status":")" +
                                                    std::string(status) +
                                                    R"(","recipient":[{"reference":")" + to +
                                                    R"("}],"sent":")" + day + R"("})");
    };
    Plan next;
    next.edition = "3";
    for (const std::string& sent :
         {handed("u:p", "2026-03-05", "preparation"), handed("u:p", "2026-03-11", "completed"),
          handed("u:gp", "2026-03-05", "completed")}) {
        next.more = sent;
        const Decisions decisions = decide(next);
        ASSERT_EQ(1u, decisions.ends.size()) << sent;
        EXPECT_EQ("clos : une édition plus récente est à remettre", decisions.ends[0].reason.fr)
            << sent;
    }
}

}  // namespace
}  // namespace circle_test
