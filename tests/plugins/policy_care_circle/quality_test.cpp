/// The report on the data of a plan, and what the register keeps.
#include "../../../plugins/policy_care_circle/plan_facts.h"
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

class Quality : public World {
protected:
    std::string report(const Plan& plan) {
        return instead(decide(plan), "relai", "OperationOutcome");
    }
};
class Entry : public World {};

TEST_F(Quality, OfAPlanWithoutFaultsIsNoReport) { EXPECT_EQ("", report(Plan())); }

TEST_F(Quality, AMissingNumberOfTheGpIsReported) {
    Plan plan;
    plan.team = {Plan::member("u:doctor", "MEDECIN_TRAITANT"), Plan::member("u:had", "HAD")};
    plan.more = Plan::entry("u:doctor",
                            R"({"resourceType":"Practitioner","name":[{"family":"SANSNUMERO"}]})");
    EXPECT_THAT(report(plan), HasSubstr("le médecin traitant n'a pas de numéro RPPS"));
    plan.team = {Plan::member("u:had", "HAD")};
    EXPECT_THAT(report(plan), HasSubstr("le plan ne nomme pas de médecin traitant"));
}

TEST_F(Quality, WrongCheckDigitsAreWarningsAlone) {
    Plan plan;
    const auto numbered = [](const char* type, const char* system, const char* value) {
        return Plan::entry(std::string("u:") + value, R"({"resourceType":")" + std::string(type) +
                                                          R"(","identifier":[{"system":")" +
                                                          system + R"(","value":")" + value +
                                                          R"("}]})");
    };
    plan.more = numbered("Practitioner", "https://rpps.esante.gouv.fr", "99800000104") +
                numbered("Organization", "https://finess.esante.gouv.fr", "980000021") +
                numbered("PractitionerRole", "https://sirene.fr", "99999999900014");
    const std::string text = report(plan);
    for (const char* const name : {"RPPS", "FINESS", "SIRET"})
        EXPECT_THAT(text, HasSubstr("la clé de ce numéro " + std::string(name) + " est fausse"));
    EXPECT_THAT(text, Not(HasSubstr(R"("severity":"error")")));
    EXPECT_THAT(sentTo(decide(plan)), HasSubstr("gp had"));
    plan.more = numbered("Practitioner", "https://rpps.esante.gouv.fr", "99800000202") +
                numbered("Organization", "https://finess.esante.gouv.fr", "2A0000014") +
                numbered("PractitionerRole", "https://sirene.fr", "35600000000048");
    EXPECT_EQ("", report(plan));
}

TEST_F(Quality, ImpossibleDatesAreReported) {
    Plan plan;
    plan.patient += R"(,"birthDate":"2048-05-17")";
    EXPECT_THAT(report(plan), HasSubstr("naissance à venir"));
    plan = Plan();
    plan.care = R"(,"period":{"start":"2026-02-01","end":"2026-01-01"})";
    EXPECT_THAT(report(plan), HasSubstr("la fin précède le début"));
    plan.care = R"(,"period":{"start":"2026-02","end":"2026-02-01"})";
    EXPECT_EQ("", report(plan));
}

TEST_F(Quality, WordsWithoutACodeAreReportedOncePerPlace) {
    Plan plan;
    for (const char* const url : {"u:a1", "u:a2"})
        plan.more += Plan::entry(
            url,
            R"({"resourceType":"ServiceRequest","intent":"plan","category":[{"text":"Inconnue"}]})");
    const std::string text = report(plan);
    const std::size_t first = text.find("CODE_INCONNU");
    ASSERT_NE(std::string::npos, first);
    EXPECT_EQ(std::string::npos, text.find("CODE_INCONNU", first + 1));
    EXPECT_THAT(text, Not(HasSubstr("Inconnue"))) << "the place, not the words";
}

TEST_F(Quality, IsKeptAndTheNextEditionSaysWhenNothingIsLeft) {
    Plan plan;
    plan.patient += R"(,"birthDate":"2048-05-17")";
    accept(plan);
    EXPECT_EQ("naissance à venir", plans_.stands("relai/N1").fact("report"));
    Plan next;
    next.edition = "3";
    EXPECT_THAT(instead(accept(next), "relai", "OperationOutcome"),
                HasSubstr("plus rien à corriger dans cette édition"));
    next.edition = "4";
    EXPECT_EQ("", report(next));
}

TEST_F(Quality, GoesToTheNetworksDestinationForReportsElseToItsOnlyOne) {
    Plan plan;
    plan.patient += R"(,"birthDate":"2048-05-17")";
    partners_["relai"].destinations = {"dossiers"};
    EXPECT_EQ("gp had personne relai/dossiers relai/dossiers", sentTo(decide(plan)));
    partners_["relai"].destinations = {"tasks", "notices"};
    EXPECT_THAT(sentTo(decide(plan)), HasSubstr("relai/reports"))
        << "which it lacks: the gateway says what to add";
    std::erase_if(partners_.partners, [](const Partner& one) { return one.name == "relai"; });
    EXPECT_THAT(reason(decide(plan), "réseau relai"), HasSubstr("destination tasks"));
}

TEST_F(Entry, KeepsFactsLabelsAndTheRevisionThatItWasReadAt) {
    Plan plan;
    plan.care =
        R"(,"period":{"start":"2026-01-12"},"contributor":[{"reference":"u:nurse"}],"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/sector","valueString":"Nord"}])";
    plan.patient +=
        R"(,"name":[{"use":"official","family":"Inventée"},{"use":"usual","family":"Imaginaire"}],"birthDate":"1948-05-17")";
    plan.more =
        Plan::entry(
            "u:nurse",
            R"({"resourceType":"Practitioner","identifier":[{"system":"https://rpps.esante.gouv.fr","value":"99800000202"}],"name":[{"family":"MODELE","given":["Denise"]}]})") +
        Plan::entry(
            "u:apa",
            R"({"resourceType":"ServiceRequest","intent":"plan","status":"active","category":[{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-action-kind","code":"COMPLEMENTAIRE"}]}],"code":{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-approach","code":"SOPHRO"}]},"occurrenceTiming":{"repeat":{"count":8}},"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/beneficiary","valueReference":{"reference":"u:carer"}},{"url":"https://passerelle.example/fhir/StructureDefinition/funding","extension":[{"url":"payer","valueCodeableConcept":{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-payer","code":"FPSP"}]}},{"url":"amount","valueMoney":{"value":45.00,"currency":"EUR"}},{"url":"rest","valueMoney":{"value":5}}]}]})") +
        Plan::entry(
            "u:held",
            R"({"resourceType":"Procedure","status":"completed","basedOn":[{"reference":"u:apa"}]})") +
        Plan::entry(
            "u:carer",
            R"({"resourceType":"RelatedPerson","patient":{"reference":"u:p"},"name":[{"family":"INVENTEE"}]})");
    const Decisions decisions = accept(plan);
    ASSERT_EQ(0u, *decisions.changes.at(0).expected);
    const RegisterEntry& entry = plans_.stands("relai/N1");
    EXPECT_EQ("N1", entry.fact("number"));
    EXPECT_EQ("U-1", entry.fact("patient"));
    EXPECT_EQ("MODELE Denise", entry.fact("coordinator"));
    EXPECT_EQ("2026-01-12", entry.fact("opened"));
    EXPECT_EQ("Nord", entry.fact("sector"));
    EXPECT_EQ("gp", entry.fact("gp"));
    namespace label = care_circle::label;
    for (const std::string& one :
         {label::open("relai"), label::coordinator("relai", "99800000202"),
          label::sector("relai", "Nord"), label::review("2026-06"),
          label::named("INVENTEE", "1948-05-17"), label::named("IMAGINAIRE", "1948-05-17")})
        EXPECT_THAT(entry.labels, testing::Contains(one));
    const auto members = care_circle::membersOf(entry);
    ASSERT_EQ(2u, members.size());
    EXPECT_EQ("gp", members[0].partner);
    EXPECT_EQ("2025-01-12", members[0].since);
    const auto approaches = care_circle::approachesOf(entry);
    ASSERT_EQ(1u, approaches.size());
    EXPECT_EQ((care_circle::Approach{"SOPHRO", true, "8", "1", "45.00", "FPSP", "5", false}),
              approaches[0]);
    plan.edition = "3";
    EXPECT_EQ(1u, *decide(plan).changes.at(0).expected);
}

TEST_F(Entry, ValuesWithSeparatorsComeBackAsTheyWere) {
    care_circle::Approach approach;
    approach.code = "A|B\\C";
    approach.payer = "|";
    EXPECT_EQ(approach, care_circle::approach(care_circle::written(approach)));
    EXPECT_FALSE(care_circle::approach("a|b"));
    EXPECT_NE(care_circle::label::sector("a|b", "c"), care_circle::label::sector("a", "b|c"));
}

TEST_F(Quality, DatesToComeAreReported) {
    Plan plan;
    plan.care = R"(,"period":{"start":"2026-03-03"})";
    EXPECT_THAT(report(plan), HasSubstr("l'entrée est à venir"));
    plan.care = R"(,"period":{"start":"2026-01-02","end":"2026-03-03"})";
    EXPECT_EQ("", report(plan)) << "planned";
    plan.status = "completed";
    EXPECT_THAT(report(plan), HasSubstr("la sortie est à venir"));
    plan = Plan();
    plan.consent = Plan::consentOf(R"({"type":"permit"})", "active", R"(,"dateTime":"2026-03-03")");
    EXPECT_THAT(report(plan), HasSubstr("le consentement est à venir"));
}

TEST_F(Quality, AParticipationThatEndsBeforeItBeginsIsReported) {
    Plan plan;
    plan.team.push_back(
        Plan::member("u:had", "HAD", R"({"start":"2026-02-02","end":"2026-02-01"})"));
    EXPECT_THAT(report(plan), HasSubstr("la fin précède le début"));
}

TEST_F(Quality, APlanThatEndsNeedsNoGp) {
    Plan plan;
    plan.team.erase(plan.team.begin());
    plan.status = "completed";
    EXPECT_EQ("", report(plan));
}

TEST_F(Quality, TheNumbersOfThePostHaveASumOfTheirOwn) {
    const auto numbered = [](const std::string& siret) {
        Plan plan;
        plan.more = Plan::entry(
            "u:post",
            R"({"resourceType":"Organization","identifier":[{"system":"https://sirene.fr","value":")" +
                siret + R"("}]})");
        return plan;
    };
    EXPECT_EQ("", report(numbered("35600000000010"))) << "a multiple of five, not of ten by Luhn";
    EXPECT_THAT(report(numbered("35600000000011")), HasSubstr("SIRET"));
}

TEST_F(Entry, CountsActionsUnderWayAndApproachesThatAreAgreed) {
    const auto request = [](const std::string& url, const std::string& intent,
                            const std::string& status, const std::string& more) {
        return Plan::entry(url, R"({"resourceType":"ServiceRequest","intent":")" + intent +
                                    R"(","status":")" + status + '"' + more + "}");
    };
    const std::string sophro =
        R"(,"code":{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-approach","code":"SOPHRO"}]})";
    const std::string psychologist =
        R"(,"performerType":{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-function","code":"PSYCHOLOGUE"}]})";
    const std::string funded =
        R"(,"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/funding","extension":[{"url":"amount","valueMoney":{"value":60}}]}])";
    Plan plan;
    plan.more = request("u:a1", "proposal", "active", sophro) +
                request("u:a2", "plan", "entered-in-error", sophro) +
                request("u:a3", "plan", "active", psychologist + funded) +
                request("u:a4", "plan", "completed", psychologist);
    accept(plan);
    const RegisterEntry& entry = plans_.stands("relai/N1");
    EXPECT_EQ("1", entry.fact("actions"));
    const auto approaches = care_circle::approachesOf(entry);
    ASSERT_EQ(1u, approaches.size()) << "what is paid for";
    EXPECT_EQ("PSYCHOLOGUE", approaches[0].code);
}

}  // namespace
}  // namespace circle_test
