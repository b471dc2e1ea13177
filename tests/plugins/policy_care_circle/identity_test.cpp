/// Identity: which numbers travel, who is the same person.
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

// Invented people; the keys of their numbers are right (97 less the number modulo 97).
constexpr const char* kTestOid = "urn:oid:1.2.250.1.213.1.4.10";
constexpr const char* kOid = "urn:oid:1.2.250.1.213.1.4.8";
constexpr const char* kV2 = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445";
constexpr const char* kStates = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-status";

/// 13 characters with their key.
std::string ins(std::string number) {
    std::string digits = number;
    if (const std::size_t at = digits.find("2A", 5); at == 5) digits.replace(5, 2, "19");
    if (const std::size_t at = digits.find("2B", 5); at == 5) digits.replace(5, 2, "18");
    const unsigned long long key = 97 - std::stoull(digits) % 97;
    return number + (key < 10 ? "0" : "") + std::to_string(key);
}

std::string patient(const std::string& oid, const std::string& number,
                    const std::string& status = "VALI", const std::string& system = kV2,
                    const std::string& traits = {}) {
    return R"("meta":{"profile":["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins"]},)"
           R"("extension":[{"url":"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability","extension":[{"url":"identityStatus","valueCoding":{"system":")" +
           system + R"(","code":")" + status + R"("}}]}],"identifier":[{"system":")" + oid +
           R"(","value":")" + number +
           R"("},{"system":"https://passerelle.example/networks/relai/patient","value":"U-1"}])" +
           traits;
}

std::string traits(const std::string& family, const std::string& given, const std::string& place) {
    return R"("identifier":[{"system":"https://passerelle.example/networks/relai/patient","value":"U-)" +
           family + R"("}],"name":[{"use":"official","family":")" + family + R"(","given":[")" +
           given +
           R"(","Autre"]}],"gender":"female","birthDate":"1948-05-17","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"extension":[{"url":"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code","valueCoding":{"code":")" +
           place + R"("}}]}}])";
}

Plan of(const std::string& patient) {
    Plan plan;
    plan.patient = patient;
    return plan;
}

std::string lastNote(const Decisions& decisions) {
    return decisions.notes.empty() ? std::string() : decisions.notes.back().fr;
}

class Identity : public World {
protected:
    void production() { options(support::map({{"mode", support::scalar("production")}})); }
    /// The plan as the GP gets it: as it came when nothing has to be changed.
    std::string sent(const Plan& plan) {
        const Decisions decisions = decide(plan);
        EXPECT_THAT(sentTo(decisions), HasSubstr("gp"));
        const std::string text = instead(decisions, "gp");
        return text.empty() ? plan.json() : text;
    }
};

TEST_F(Identity, AQualifiedOneTravelsWithItsInsAlsoFromCorsica) {
    for (const char* const number : {"2480531993001", "248052A993001", "248052B993001"}) {
        const Decisions decisions = decide(of(patient(kOid, ins(number))));
        EXPECT_EQ("", instead(decisions, "gp")) << "as it came";
        EXPECT_THAT(decisions.changes[0].entry.subjects,
                    testing::Contains(std::string(kOid) + "|" + ins(number)));
    }
}

TEST_F(Identity, AnInsOfAnIdentityThatIsNotQualifiedStaysBehind) {
    for (const char* const status : {"PROV", "RECUP", ""}) {
        const Decisions decisions = decide(of(patient(kOid, ins("2480531993001"), status)));
        const std::string text = instead(decisions, "gp");
        EXPECT_THAT(text, Not(HasSubstr("24805319930"))) << status;
        EXPECT_THAT(text, Not(HasSubstr("fr-core-patient-ins")));
        EXPECT_THAT(text, HasSubstr("U-1"));
        EXPECT_THAT(decisions.changes[0].entry.subjects,
                    testing::ElementsAre("https://passerelle.example/networks/relai/patient|U-1"));
        EXPECT_THAT(instead(decisions, "relai", "OperationOutcome"),
                    HasSubstr("l'identité n'est pas qualifiée"));
        ASSERT_FALSE(decisions.notes.empty());
        EXPECT_THAT(decisions.notes[0].fr, HasSubstr("l'INS n'est pas transmise"));
    }
}

TEST_F(Identity, AnInsWithAWrongKeyOrLengthStaysBehind) {
    std::string wrong = ins("2480531993001");
    wrong.back() = wrong.back() == '9' ? '0' : wrong.back() + 1;
    for (const std::string& number :
         {wrong, ins("2480531993001").substr(0, 13), ins("248052A993001").replace(6, 1, "B")}) {
        const Decisions decisions = decide(of(patient(kOid, number)));
        EXPECT_THAT(instead(decisions, "gp"), Not(HasSubstr(number)));
        EXPECT_THAT(instead(decisions, "relai", "OperationOutcome"), HasSubstr("NUMERO_FAUX"));
    }
}

TEST_F(Identity, HasFifteenCharactersWithoutGapsOnEveryWire) {
    std::string gaps = ins("2480531993001");
    gaps.insert(1, " ").insert(4, ".");
    EXPECT_THAT(sent(of(patient(kOid, gaps))), HasSubstr('"' + ins("2480531993001") + '"'));
}

TEST_F(Identity, ThatIsOnlyIdentifiedByAnInsThatMayNotTravelHoldsThePlan) {
    std::string alone = patient(kOid, ins("2480531993001"), "PROV");
    alone.replace(alone.find(R"(,{"system":"https://passerelle)"), std::string::npos, "]");
    EXPECT_THAT(why(of(alone)), HasSubstr("la personne n'a plus d'identifiant"));
}

TEST_F(Identity, OfTestsIsHeldInProduction) {
    const Plan plan = of(patient(kTestOid, ins("2480531993001")));
    EXPECT_EQ("", why(plan)) << "mode: test";
    production();
    EXPECT_THAT(why(plan), HasSubstr("INS de test"));
    EXPECT_EQ("", why(of(patient(kOid, ins("2480531993001")))));
    EXPECT_THAT(why(of(patient("urn:oid:1.2.250.1.213.1.4.11", ins("2480531993001")))),
                HasSubstr("INS de test"));
}

TEST_F(Identity, OfAMessageThatIsMarkedAsATestIsHeldInProduction) {
    for (const char* const code : {"T", "D", "P"}) {
        std::string text = Plan().json();
        text.insert(
            text.find(R"("type")"),
            R"("meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0103","code":")" +
                std::string(code) + R"("}]},)");
        production();
        if (*code == 'P')
            EXPECT_NO_THROW(decide(read(text)));
        else
            EXPECT_THROW(decide(read(text)), Error);
        options(support::map({{"mode", support::scalar("test")}}));
        EXPECT_NO_THROW(decide(read(text)));
    }
}

TEST_F(Identity, ValiIsQualifiedUnlessTheSettingOfTheSourceSaysNo) {
    const Plan vali = of(patient(kOid, ins("2480531993001")));
    options(support::map({{"mode", support::scalar("test")},
                          {"ins_when", support::map({{"chu-adt", support::scalar("qual")}})}}));
    EXPECT_THAT(sent(vali), HasSubstr("248053199300")) << "another source";
    source_ = "chu-adt";
    EXPECT_THAT(sent(vali), Not(HasSubstr("248053199300")));
    const std::string qual = sent(of(patient(kOid, ins("2480531993001"), "QUAL", kStates)));
    EXPECT_THAT(qual, HasSubstr("248053199300")) << "QUAL always is";
    options(
        support::map({{"mode", support::scalar("test")}, {"ins_when", support::scalar("qual")}}));
    source_ = "portal";
    EXPECT_THAT(sent(vali), Not(HasSubstr("248053199300"))) << "of every source";
}

TEST_F(Identity, StatusIsWrittenAsThePartnersVersionOfFrCoreHasIt) {
    const std::string read = sent(of(patient(kOid, ins("2480531993001"), "QUAL", kStates)));
    EXPECT_THAT(read, HasSubstr(std::string(R"({"system":")") + kV2 + R"(","code":"VALI"})"));
    partners_["gp"].values["identity_status"] = "qual";
    const Decisions decisions = decide(of(patient(kOid, ins("2480531993001"))));
    EXPECT_THAT(instead(decisions, "gp"),
                HasSubstr(std::string(R"({"system":")") + kStates + R"(","code":"QUAL"})"));
    EXPECT_EQ("", instead(decisions, "had")) << "each as it reads it";
    const Decisions provisional = decide(of(patient(kOid, ins("2480531993001"), "PROV")));
    EXPECT_THAT(instead(provisional, "gp"), HasSubstr("PROV"));
}

TEST_F(Identity, WithOneInsInTwoNetworksIsSignalledOnceAndNeverMerged) {
    partners_.partners.push_back({"pluri", "network", "", {}, {}, {"tasks"}});
    const Plan plan = of(patient(kOid, ins("2480531993001")));
    accept(plan);
    network_ = "pluri";
    const Decisions decisions = accept(plan);
    EXPECT_THAT(lastNote(decisions),
                HasSubstr("le réseau relai a un plan ouvert avec la même INS"));
    EXPECT_THAT(instead(decisions, "pluri", "Identité"), HasSubstr("du réseau relai"));
    EXPECT_THAT(instead(decisions, "relai", "Identité"), HasSubstr("au réseau pluri"));
    EXPECT_TRUE(plans_.has("relai/N1") && plans_.has("pluri/N1"));
    const Decisions again = accept(plan);
    EXPECT_EQ("", instead(again, "relai", "Identité")) << "once";
    network_ = "relai";
    Plan next = plan;
    next.edition = "3";
    const Decisions other = decide(next);
    EXPECT_EQ("", instead(other, "pluri", "Identité"));
    EXPECT_THAT(lastNote(other), HasSubstr("le réseau pluri a un plan ouvert"))
        << "on both timelines";
}

TEST_F(Identity, OfAPlanThatIsKeptToItselfIsToldToNoOtherNetwork) {
    partners_.partners.push_back({"pluri", "network", "", {}, {}, {"tasks"}});
    Plan plan = of(patient(kOid, ins("2480531993001")));
    accept(plan);
    network_ = "pluri";
    plan.consent = Plan::consentOf(R"({"type":"deny"})");
    EXPECT_EQ("", instead(decide(plan), "relai"));
}

TEST_F(Identity, WithFiveEqualTraitsIsACandidateForPeople) {
    partners_.partners.push_back({"pluri", "network", "", {}, {}, {"tasks"}});
    accept(of(traits("Œuvrard-d’Été", "Inès", "2A004")));
    network_ = "pluri";
    const Decisions decisions = decide(of(traits("OEUVRARD‑D'ETE", "INES", "2A004")));
    EXPECT_THAT(lastNote(decisions), HasSubstr("candidat"));
    EXPECT_THAT(instead(decisions, "pluri", "Identité"), HasSubstr("vérifier l'identité"));
    EXPECT_EQ("", instead(decisions, "relai")) << "it may be another person: nothing is told";
    for (const Plan& other : {of(traits("OEUVRARD-D'ETE", "INES", "2B004")),
                              of(traits("OEUVRARD D'ETE", "INES", "2A004")),
                              of(traits("OEUVRARD-D'ETE", "AGNES", "2A004"))})
        EXPECT_EQ("", instead(decide(other), "pluri", "Identité"));
}

TEST_F(Identity, OfEachAuthorityOfAnInsStaysBehindUnlessItIsQualified) {
    for (const char* const authority : {"8", "9", "2"}) {
        const std::string oid = std::string("urn:oid:1.2.250.1.213.1.4.") + authority;
        EXPECT_THAT(sent(of(patient(oid, ins("2480531993001"), "PROV"))),
                    Not(HasSubstr("24805319930")))
            << authority;
    }
    EXPECT_THAT(sent(of(patient("urn:oid:1.2.250.1.213.1.4.9", ins("2480531993001")))),
                HasSubstr("24805319930"));
}

TEST_F(Identity, AFormerInsStaysBehindAlsoBesideARightOne) {
    const std::string text = sent(of(patient(
        kOid, ins("2480531993001") + R"("},{"system":"urn:oid:1.2.250.1.213.1.4.2","value":")" +
                  ins("2480531993001"))));
    EXPECT_THAT(text, Not(HasSubstr("213.1.4.2\"")));
    EXPECT_THAT(text, HasSubstr("213.1.4.8\""));
}

TEST_F(Identity, WithTwoInsThatDifferTravelsWithNeither) {
    const std::string text =
        sent(of(patient(kOid, ins("2480531993001") + R"("},{"system":")" + kOid + R"(","value":")" +
                                  ins("2480531993002"))));
    EXPECT_THAT(text, Not(HasSubstr("24805319930")));
}

TEST_F(Identity, OfSomebodyElseInThePlanTravelsWithNoIns) {
    Plan plan = of(patient(kOid, ins("2480531993001")));
    plan.more = Plan::entry(
        "u:carer",
        R"({"resourceType":"RelatedPerson","patient":{"reference":"u:p"},"identifier":[{"system":")" +
            std::string(kOid) + R"(","value":")" + ins("1480531993001") + R"("}]})");
    EXPECT_THAT(sent(plan), Not(HasSubstr("14805319930")));
    EXPECT_THAT(sent(plan), HasSubstr("24805319930"));
}

TEST_F(Identity, WithoutItsInsIsValidatedWhateverThePartnerReads) {
    partners_["gp"].values["identity_status"] = "qual";
    const std::string text = sent(of(patient(kOid, "248053199300100")));
    EXPECT_THAT(text, HasSubstr(R"("code":"VALI")"));
    EXPECT_THAT(text, Not(HasSubstr("QUAL")));
}

TEST_F(Identity, OfAPlanThatEndedIsNobodysSecondOne) {
    partners_.partners.push_back({"pluri", "network", "", {}, {}, {"tasks"}});
    Plan plan = of(patient(kOid, ins("2480531993001")));
    plan.status = "completed";
    accept(plan);
    network_ = "pluri";
    plan.status = "active";
    EXPECT_EQ("", instead(accept(plan), "pluri", "Identité")) << "the other one has ended";
    network_ = "relai";
    plan.status = "completed";
    plan.edition = "3";
    EXPECT_EQ("", instead(decide(plan), "relai", "Identité")) << "this one has ended";
}

TEST_F(Identity, OfAPlanWhoseSharingWasRefusedIsToldToNoOtherNetwork) {
    partners_.partners.push_back({"pluri", "network", "", {}, {}, {"tasks"}});
    Plan plan = of(patient(kOid, ins("2480531993001")));
    plan.consent = Plan::consentOf(R"({"type":"deny"})");
    accept(plan);
    network_ = "pluri";
    plan.consent = Plan::kConsent;
    EXPECT_EQ("", instead(decide(plan), "relai"));
}

}  // namespace
}  // namespace circle_test
