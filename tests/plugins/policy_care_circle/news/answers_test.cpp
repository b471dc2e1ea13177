/// What partners say of a plan, and documents from hospitals, through their maps.
#include "../world.h"
#include "news_messages.h"
#include "shipped_map.h"

namespace {
using namespace gateway;
using namespace care_circle_test;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Coming : public testing::Test {
protected:
    Coming(const std::string& map, const std::string& codec, const std::string& plugin)
        : plugins_({"policy_care_circle", "codec_fhir", plugin}),
          codec_(plugins_.codec(codec)),
          map_(map, {"codec_fhir", "codec_hl7v2"}) {
        partners_.partners = {
            {"relai", "network", "", {{"finess", "980000012"}}, {}, {"tasks", "notices"}},
            {"gp", "gp", "", {{"rpps", "99800000103"}}, {}, {"plans", "documents"}},
            {"had", "had", "", {{"finess", "980000020"}}, {}, {"plans", "notices"}},
            {"other", "gp", "", {{"rpps", "99800000301"}}, {}, {"documents"}}};
        RegisterEntry plan;
        plan.key = "relai/EX/1";  // a number with a slash
        plan.network = "relai";
        plan.state = "active";
        plan.subjects = {kIns};
        plan.facts = {{"number", "EX/1"},
                      {"system", "https://passerelle.example/networks/relai"},
                      {"patient", "U1"},
                      {"coordinator", "C. Réseau"},
                      {"member", "gp|2026-01-01||"},
                      {"member", "had|2026-01-01||"}};
        put(plan);
    }
    void put(const RegisterEntry& plan) {
        plan_ = plan;
        EXPECT_TRUE(plans_.apply({plan_}));
    }

    Decisions take(const std::string& message, const std::string& source = "in") {
        about_.seed = "m" + std::to_string(++messages_);
        about_.set("source", source);
        return again(message);
    }
    Decisions again(const std::string& message) {
        Issues issues;
        Report report;
        const Document in = codec_->decode(Bytes::copy(message), issues);
        const Document pivot = map_->transform(in, about_, report);
        EXPECT_LT(report.issues.worst(), Severity::error);
        Decisions decisions = policy_->decide(pivot, about_, partners_, plans_);
        for (RegisterChange change : decisions.changes) {
            change.entry.message = about_.seed;
            EXPECT_TRUE(plans_.apply(change)) << change.entry.key;
        }
        return decisions;
    }
    std::string refused(const std::string& message, const std::string& source = "in") {
        try {
            take(message, source);
            return "taken";
        } catch (const Error& error) {
            return error.reason().fr;
        }
    }
    static std::string why(const Decisions& decisions, std::string_view partner) {
        for (const Decision& one : decisions.recipients)
            if (one.partner == partner) return one.reason.fr;
        return "nobody";
    }
    std::string written(const Decisions& decisions, std::string_view partner) {
        for (const Decision& one : decisions.recipients)
            if (one.partner == partner && one.instead) {
                Issues issues;
                Sink out;
                fhir_->encode(*one.instead, out, issues);
                return std::string(out.take().view());
            }
        return {};
    }

    support::Plugins plugins_;
    std::unique_ptr<Codec> codec_;
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir+json");
    std::unique_ptr<Policy> policy_ = plugins_.policy("care_circle");
    const ShippedMap map_;
    circle_test::FakeDirectory partners_;
    circle_test::FakeRegister plans_;
    RegisterEntry plan_;
    Context about_;

private:
    int messages_ = 0;
};

class Answers : public Coming {
protected:
    Answers() : Coming("gp-to-plan-update", "fhir+json", "codec_json") {}

    static std::string task(const std::string& id, const std::string& status) {
        return R"({"resourceType":"Task","intent":"order","status":")" + status +
               R"(","identifier":[{"system":"https://passerelle.example/networks/relai","value":")" +
               id + R"("}]})";
    }
};

TEST_F(Answers, AnAnswerGoesToTheNetworkThatKeepsThePlan) {
    const Decisions decisions = take(task("EX/1/I7/proposal", "rejected"));
    EXPECT_EQ("relai/notices", told(decisions));
    const std::string notice = written(decisions, "relai");
    EXPECT_THAT(notice, HasSubstr("Médecin traitant : proposition I7, refusée."));
    EXPECT_THAT(notice, HasSubstr(R"("value":"EX/1/I7/proposal")"));
    EXPECT_THAT(notice, HasSubstr(R"("code":"REFUS")"));
    EXPECT_THAT(notice, HasSubstr(R"({"url":"state","valueCode":"rejected"})"));
    EXPECT_THAT(notice, HasSubstr(R"("value":"EX/1"})"));
    EXPECT_THAT(notice, HasSubstr("chercher une autre solution"));
}

TEST_F(Answers, AnAcceptedProposalBecomesAnAgreement) {
    const std::string notice = written(take(task("EX/1/I7/proposal", "accepted")), "relai");
    EXPECT_THAT(notice, HasSubstr(R"("code":"ACCORD")"));
    EXPECT_THAT(notice, HasSubstr("Noter l'accord dans le plan"));
}

TEST_F(Answers, NothingIsMergedIntoThePlan) {
    for (const RegisterChange& change : take(task("EX/1/I7/proposal", "accepted")).changes)
        EXPECT_THAT(change.entry.key, testing::StartsWith("notice:"));
}

TEST_F(Answers, TheSameAnswerIsToldOnceAndATranslationOfItAgain) {
    const std::string said = task("EX/1/A3", "completed");
    EXPECT_EQ("relai/notices", told(take(said)));
    EXPECT_EQ("relai/notices", told(again(said)));
    EXPECT_FALSE(take(said).ignore.empty());
    EXPECT_EQ("relai/notices", told(take(task("EX/1/A3", "failed"))));
}

TEST_F(Answers, AnAnswerAboutAPlanThatNobodyKnowsIsHeld) {
    EXPECT_THAT(refused(task("AUTRE/1/I7/proposal", "accepted")), HasSubstr("aucun plan"));
}

TEST_F(Answers, WhoIsNotInTheCareTeamHasNoSay) {
    EXPECT_EQ("relai/notices", told(take(task("EX/1/A3", "completed"), "gp")));
    EXPECT_THAT(refused(task("EX/1/A4", "completed"), "other"), HasSubstr("équipe de soins"));
    plan_.barred = {"gp"};
    put(plan_);
    EXPECT_THAT(refused(task("EX/1/A5", "completed"), "gp"), HasSubstr("équipe de soins"));
}

TEST_F(Answers, WhoWasConnectedSaysIt) {
    about_.set("sender", "gp");
    EXPECT_EQ("relai/notices", told(take(task("EX/1/A3", "completed"))));
    EXPECT_EQ("relai/notices", told(take(task("EX/1/A4", "completed"), "other")))
        << "whatever the source is called";
    about_.set("sender", "other");
    EXPECT_THAT(refused(task("EX/1/A5", "completed")), HasSubstr("équipe de soins"));
    EXPECT_THAT(refused(task("EX/1/A6", "completed"), "gp"), HasSubstr("équipe de soins"));
}

TEST_F(Answers, WhoHasLeftTheCareTeamHasNoSay) {
    plan_.facts[4].second = "gp|2026-01-01|2026-02-01|3";
    put(plan_);
    EXPECT_THAT(refused(task("EX/1/A3", "completed"), "gp"), HasSubstr("équipe de soins"));
}

class Documents : public Coming {
protected:
    Documents() : Coming("mdm-to-document", "hl7v2", "codec_hl7v2") {}

    struct Mdm {
        std::string event = "T02", id = "1.2.250.1.999.41.7.1", ins = "248053199300177";
        std::string masked = "N", hidden = "Y", byMail = "Y", toPatient = "N";
        std::string recipients =
            "PRT||UC||RCT|99800000103^EXEMPLE^Jeanne^^^^^^A&1.2.250.1.71.4.2.1&ISO^D^^^RPPS\r"
            "PRT||UC||RCT||||HAD^^^^^A&1.2.250.1.71.4.2.2&ISO^FINEG^^^980000020\r"
            "PRT||UC||SB|99800000301^AUTEUR^A^^^^^^A&1.2.250.1.71.4.2.1&ISO^D^^^RPPS\r";

        std::string text() const {
            const auto flag = [](const std::string& name, const std::string& value) {
                return "OBX|2|CWE|" + name + "^^MetaDMPMSS||" + value + "||||||F\r";
            };
            return "MSH|^~\\&|RIS|HOPITAL-EXEMPLE|PFI|RESEAU|20260312150000||MDM^" + event +
                   "^MDM_T02|15|P|2.6|||||FRA|UNICODE UTF-8\rEVN||20260312150000\rPID|1||" + ins +
                   "^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS||INVENTEE^ROSALIE^^^^^L||"
                   "19480517|F" +
                   std::string(24, '|') + "VALI\rTXA|1|18842-5|TEXT|20260312143000||||||||" + id +
                   "\rOBX|1|ED|18842-5^CR de sortie^LN||^text^XML^Base64^PGEvPg==||||||F\r" +
                   recipients + flag("MASQUE_PS", masked) + flag("INVISIBLE_PATIENT", hidden) +
                   flag("INVISIBLE_REP_LEGAUX", hidden) + flag("DESTMSSANTEPS", byMail) +
                   flag("DESTMSSANTEPAT", toPatient);
        }
    };
};

TEST_F(Documents, ADocumentGoesToThoseWhomPrtNamesByteForByte) {
    const Decisions decisions = take(Mdm().text());
    EXPECT_EQ("gp/documents had/notices", told(decisions)) << "neither the sender nor the network";
    const std::string document = written(decisions, "gp");
    EXPECT_THAT(document, HasSubstr(R"("data":"PGEvPg==")"));
    EXPECT_THAT(document, HasSubstr(R"("resourceType":"DocumentReference")"));
    EXPECT_THAT(document, Not(HasSubstr("980000020"))) << "who else gets it";
    EXPECT_THAT(document, Not(HasSubstr("MASQUE_PS")));
}

TEST_F(Documents, NobodySpeaksForAnotherHospital) {
    partners_.partners.push_back({"hospital", "hospital", "", {{"finess", "980000004"}}, {}, {}});
    about_.set("sender", "had");
    EXPECT_THAT(refused(Mdm().text()),
                HasSubstr("envoyé par le partenaire had au nom du partenaire hospital"));
    about_.set("sender", "hospital");
    EXPECT_EQ("taken", refused(Mdm().text()));
}

TEST_F(Documents, AMaskedDocumentNeverGoesToProfessionals) {
    Mdm mdm;
    mdm.masked = "Y";
    mdm.byMail = "N";
    const Decisions decisions = take(mdm.text());
    EXPECT_EQ("", told(decisions));
    EXPECT_THAT(why(decisions, "gp"), HasSubstr("MASQUE_PS"));
}

TEST_F(Documents, MasksThatContradictTheRecipientsHoldTheDocument) {
    Mdm mdm;
    mdm.masked = "Y";
    EXPECT_THAT(refused(mdm.text()), HasSubstr("se contredisent"));
    mdm.masked = "N";
    mdm.toPatient = "Y";
    EXPECT_THAT(refused(mdm.text()), HasSubstr("se contredisent"));
    mdm.hidden = "N";
    EXPECT_EQ("gp/documents had/notices", told(take(mdm.text())));
    mdm.toPatient = "N";
    mdm.id = "1.2.250.1.999.41.7.2";
    EXPECT_THAT(refused(mdm.text()), HasSubstr("se contredisent"));
    mdm.byMail = "N";
    EXPECT_EQ("gp/documents had/notices", told(take(mdm.text()))) << "no secure mail is asked for";
}

TEST_F(Documents, OfSomebodyWhomNobodyFollowsIsIgnored) {
    Mdm mdm;
    mdm.ins = "255069912345685";
    EXPECT_FALSE(take(mdm.text()).ignore.empty());
}

TEST_F(Documents, ForNobodyHereIsIgnored) {
    Mdm mdm;
    mdm.recipients = "";
    EXPECT_FALSE(take(mdm.text()).ignore.empty());
}

TEST_F(Documents, WhoIsNotInTheTeamOrRefusedGetsNone) {
    plan_.barred = {"gp"};
    plan_.facts.pop_back();
    put(plan_);
    const Decisions decisions = take(Mdm().text());
    EXPECT_EQ("", told(decisions));
    EXPECT_THAT(why(decisions, "gp"), HasSubstr("refusé"));
    EXPECT_THAT(why(decisions, "had"), HasSubstr("équipe de soins"));
}

TEST_F(Documents, WhoseParticipationIsOverGetsNone) {
    plan_.facts.back().second = "had|2026-01-01|2026-02-01|";
    put(plan_);
    about_.set("time", "2026-03-12T14:00:00.000Z");
    EXPECT_EQ("gp/documents", told(take(Mdm().text())));
}

TEST_F(Documents, TheSameAgainIsNotSentTwice) {
    EXPECT_EQ("gp/documents had/notices", told(take(Mdm().text())));
    EXPECT_EQ("déjà transmis : même document", take(Mdm().text()).ignore.fr);
}

TEST_F(Documents, ARefusalSinceIsAskedBeforeTheFirstByte) {
    const Decisions decisions = take(Mdm().text());
    plan_.barred = {"gp"};
    put(plan_);
    EXPECT_FALSE(
        policy_->recheck({"d", "gp", "gp/documents", decisions.plan, "1"}, partners_, plans_).send);
    EXPECT_TRUE(
        policy_->recheck({"d", "had", "had/notices", decisions.plan, "1"}, partners_, plans_).send);
}

TEST_F(Documents, ADeletionIsToldWithoutBytes) {
    Mdm mdm;
    mdm.event = "T04";
    const std::string notice = written(take(mdm.text()), "gp");
    EXPECT_THAT(notice, HasSubstr(R"("status":"entered-in-error")"));
    EXPECT_THAT(notice, Not(HasSubstr(R"("resourceType":"Binary")")));
}

}  // namespace
