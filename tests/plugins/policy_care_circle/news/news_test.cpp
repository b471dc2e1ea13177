/// News from hospitals, from the hospital's bytes through the map adt-to-notice to the decision.
/// Each rule has the test of its name.
#include "../world.h"
#include "news_messages.h"
#include "shipped_map.h"

namespace {
using namespace gateway;
using namespace care_circle_test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class News : public testing::Test {
protected:
    News() {
        add("relai", "network", {}, {"tasks", "notices"});
        add("pluri", "network", {}, {"all"});
        add("gp", "gp", {{"rpps", "1"}}, {"plans", "notices"});
        put(plan("relai", "N1", {kIns, "https://passerelle.example/networks/relai/patient|U1"}));
        plans_.got("relai/N1", "gp", "1");
        plans_.got("pluri/P1", "gp", "1");
    }

    /// The GP has the plan.
    static RegisterEntry plan(const std::string& network, const std::string& number,
                              std::vector<std::string> subjects,
                              const std::string& state = "active") {
        RegisterEntry entry;
        entry.key = network + "/" + number;
        entry.network = network;
        entry.state = state;
        entry.subjects = std::move(subjects);
        entry.facts = {{"number", number},       {"patient", "U1"}, {"coordinator", "C. Réseau"},
                       {"coordinator-id", "C7"}, {"gp", "gp"},      {"member", "gp|2026-01-01||"}};
        return entry;
    }

    /// What is decided on a message of a hospital; committed, as the gateway does.
    Decisions take(const Adt& adt) {
        about_.seed = "m" + std::to_string(++messages_);
        return decide(adt);
    }
    /// The last message, translated again: a map was mended, say.
    Decisions again(const Adt& adt) { return decide(adt); }

    static std::string why(const Decisions& decisions, std::string_view partner) {
        for (const Decision& one : decisions.recipients)
            if (one.partner == partner || one.who == partner) return one.reason.fr;
        return "nobody";
    }
    std::string written(const Decisions& decisions, std::string_view partner) {
        for (const Decision& one : decisions.recipients)
            if (one.partner == partner && one.instead) {
                Issues issues;
                Sink out;
                fhir_->encode(*one.instead, out, issues);
                EXPECT_TRUE(issues.empty()) << issues.all().front().text.en;
                return std::string(out.take().view());
            }
        return {};
    }
    Decision recheck(const Decisions& decisions, const std::string& partner) {
        return policy_->recheck(
            {"d", partner, partner + "/notices", decisions.plan, decisions.edition}, partners_,
            plans_);
    }
    void use(std::vector<std::pair<std::string, ConfigNode>> options) {
        policy_ = plugins_.policy("care_circle", support::map(std::move(options)));
    }

    void add(const std::string& name, const std::string& category,
             std::vector<std::pair<std::string, std::string>> identifiers,
             std::vector<std::string> destinations) {
        partners_.partners.push_back(
            {name, category, name, std::move(identifiers), {}, std::move(destinations)});
    }
    void remove(std::string_view name) {
        std::erase_if(partners_.partners, [&](const Partner& one) { return one.name == name; });
    }
    void put(RegisterEntry entry) { EXPECT_TRUE(plans_.apply({std::move(entry)})); }
    void forgetNews() {
        RegisterChange gone;
        gone.entry.key = "news:relai/N1";
        gone.remove = true;
        plans_.apply(gone);
    }

private:
    void commit(const Decisions& decisions) {
        for (RegisterChange change : decisions.changes) {
            change.entry.message = about_.seed;
            EXPECT_TRUE(plans_.apply(change)) << change.entry.key;
        }
    }
    Decisions decide(const Adt& adt) {
        Issues issues;
        Report report;
        const Document message = hl7_->decode(Bytes::copy(adt.text()), issues);
        const Document pivot = map_->transform(message, about_, report);
        EXPECT_LT(report.issues.worst(), Severity::error);
        Decisions decisions = policy_->decide(pivot, about_, partners_, plans_);
        for (const Decision& one : decisions.recipients) {
            EXPECT_FALSE(one.reason.en.empty());
            EXPECT_FALSE(one.reason.fr.empty());
        }
        commit(decisions);
        return decisions;
    }

protected:
    support::Plugins plugins_{{"policy_care_circle", "codec_fhir", "codec_hl7v2"}};
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir+json");
    std::unique_ptr<Codec> hl7_ = plugins_.codec("hl7v2");
    std::unique_ptr<Policy> policy_ = plugins_.policy("care_circle");
    const ShippedMap map_{"adt-to-notice", {"codec_fhir", "codec_hl7v2"}};
    circle_test::FakeDirectory partners_;
    circle_test::FakeRegister plans_;
    Context about_;

private:
    int messages_ = 0;
};

Adt discharge(const std::string& leaving) {
    Adt adt;
    adt.event = "A03";
    adt.number = "330";
    adt.at = "20260312143000";
    adt.recorded = "20260312150000";
    adt.leaving = leaving;
    return adt;
}

Adt cancelled(Adt adt, const std::string& event) {
    adt.original = adt.event;
    adt.event = event;
    adt.action = "CANCEL";
    adt.recorded = "20260313090000";
    return adt;
}

/// Z99 of the same movement.
Adt corrected(Adt adt, const std::string& recorded = "20260313100000") {
    adt.original = adt.event;
    adt.event = "Z99";
    adt.action = "UPDATE";
    adt.recorded = recorded;
    return adt;
}

TEST_F(News, ADischargeIsToldToTheNetworkAndTheGp) {
    const Decisions decisions = take(discharge("8||6"));
    EXPECT_EQ("relai/notices gp/notices", told(decisions));
    const std::string notice = written(decisions, "relai");
    EXPECT_THAT(notice, HasSubstr("Hôpital Exemple : sortie le 12/03/2026 à 14 h 30, destination : "
                                  "hospitalisation à domicile (HAD)."));
    EXPECT_THAT(notice, HasSubstr(R"("code":"SORTIE")"));
    EXPECT_THAT(notice, HasSubstr(R"("code":"HAD")"));
}

TEST_F(News, TheCoordinatorGetsATaskAndTheGpNone) {
    const Decisions decisions = take(discharge("8"));
    const std::string network = written(decisions, "relai");
    EXPECT_THAT(network, HasSubstr(R"("resourceType":"Task")"));
    EXPECT_THAT(network, HasSubstr(R"("display":"C. Réseau")"));
    EXPECT_THAT(network, HasSubstr(R"("value":"C7")"));
    EXPECT_THAT(network, HasSubstr("Vérifier ce qui doit reprendre à domicile."));
    EXPECT_THAT(network, HasSubstr(R"("value":"N1")"));
    EXPECT_THAT(network, HasSubstr(R"("value":"U1")"));
    const std::string gp = written(decisions, "gp");
    EXPECT_THAT(gp, HasSubstr(R"("resourceType":"Communication")"));
    EXPECT_THAT(gp, Not(HasSubstr(R"("resourceType":"Task")")));
    EXPECT_THAT(gp, Not(HasSubstr("U1"))) << "the network's own number of the person";
}

TEST_F(News, TheHospitalsOwnNumbersStayWithIt) {
    const std::string notice = written(take(discharge("8")), "relai");
    EXPECT_THAT(notice, HasSubstr("248053199300177"));
    EXPECT_THAT(notice, Not(HasSubstr("000777")));
}

TEST_F(News, OfSomebodyWithoutAnOpenPlanIsIgnored) {
    Adt adt = discharge("8");
    adt.ins = "255069912345685";
    EXPECT_FALSE(take(adt).ignore.empty());
    put(plan("relai", "N1", {kIns}, "completed"));
    const Decisions closed = take(discharge("8"));
    EXPECT_FALSE(closed.ignore.empty());
    EXPECT_THAT(closed.recipients, IsEmpty());
}

TEST_F(News, OnlyAQualifiedIdentityIsFoundByItsIns) {
    Adt adt = discharge("8");
    adt.status = "PROV";
    EXPECT_FALSE(take(adt).ignore.empty());
    adt.status = "VALI";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, WhereValiMeansValidatedAloneOnlyQualIsQualified) {
    about_.set("source", "chu-adt");
    use({{"ins_when", support::map({{"chu-adt", support::scalar("qual")}})}});
    Adt adt = discharge("8");
    EXPECT_FALSE(take(adt).ignore.empty());
    adt.status = "QUAL";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, ThePersonIsNeverFoundByName) {
    Adt adt = discharge("8");
    adt.ins = "";
    EXPECT_FALSE(take(adt).ignore.empty());
}

TEST_F(News, ANumberOfTheHospitalLeadsToThePlanToWhichItsInsLed) {
    take(Adt());  // with the INS
    Adt adt = discharge("8");
    adt.ins = "";
    adt.status = "PROV";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
    adt.facility = "CLINIQUE-MODELE";
    adt.local = "000778";
    EXPECT_FALSE(take(adt).ignore.empty()) << "another number";
}

TEST_F(News, ANumberThatGetsAnotherInsLeadsNoMoreToThePlan) {
    take(Adt());
    Adt changed;
    changed.event = "A31";
    changed.ins = "255069912345685";
    EXPECT_FALSE(take(changed).ignore.empty());
    Adt adt = discharge("8");
    adt.ins = "";
    EXPECT_FALSE(take(adt).ignore.empty());
}

TEST_F(News, OfANumberThatTheNetworkWroteIntoThePlanIsTold) {
    put(plan("pluri", "P1", {"urn:oid:1.2.250.1.999.41.1|000777"}));
    Adt adt = discharge("8");
    adt.ins = "";
    EXPECT_EQ("pluri/all gp/notices", told(take(adt)));
}

TEST_F(News, AnIdentityMessageTellsNobodyAndNotesTheNumber) {
    Adt identity;
    identity.event = "A28";
    const Decisions decisions = take(identity);
    EXPECT_FALSE(decisions.ignore.empty());
    EXPECT_FALSE(decisions.changes.empty());
    Adt adt = discharge("8");
    adt.ins = "";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, AMergeMovesTheNumbersOfTheSenderOnly) {
    take(Adt());
    Adt merge;
    merge.event = "A40";
    merge.ins = "";
    merge.merged = "000777";
    merge.local = "000999";
    merge.mergedBy = "1.2.250.1.999.42.1";
    EXPECT_FALSE(take(merge).ignore.empty()) << "a number of somebody else";
    EXPECT_FALSE(plans_.known("urn:oid:1.2.250.1.999.41.1|000777", 9, "").empty());
    merge.mergedBy = "1.2.250.1.999.41.1";
    EXPECT_FALSE(take(merge).ignore.empty());
    Adt adt = discharge("8");
    adt.ins = "";
    EXPECT_FALSE(take(adt).ignore.empty()) << "the old number";
    adt.local = "000999";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, AMergeLeavesTheNumbersOfAnotherHospitalWhereTheyAre) {
    Adt other;
    other.authority = "1.2.250.1.999.42.1";
    take(other);
    Adt merge;
    merge.event = "A40";
    merge.ins = "";
    merge.merged = "000777";
    merge.mergedBy = other.authority;
    merge.local = "000999";
    take(merge);
    Adt adt = discharge("8");
    adt.ins = "";
    adt.local = "000999";
    EXPECT_FALSE(take(adt).ignore.empty());
}

TEST_F(News, ANumberWithoutAnAuthorityIsOfThatHospitalAlone) {
    Adt adt;
    adt.authority = "";
    take(adt);
    Adt next = discharge("8");
    next.authority = "";
    next.ins = "";
    EXPECT_EQ("relai/notices gp/notices", told(take(next)));
    next.facility = "HOPITAL-AUTRE";
    next.visit = "V2";
    EXPECT_FALSE(take(next).ignore.empty());
}

TEST_F(News, AFormerInsFindsNobody) {
    put(plan("pluri", "P1", {"urn:oid:1.2.250.1.213.1.4.2|255069912345685"}));
    Adt adt = discharge("8");
    adt.ins = "255069912345685";
    adt.insAuthority = "1.2.250.1.213.1.4.2";
    EXPECT_FALSE(take(adt).ignore.empty());
}

TEST_F(News, WhatWasToldIsForgottenInTime) {
    about_.set("time", "2026-03-12T14:00:00.000Z");
    const Decisions decisions = take(discharge("8"));
    const RegisterEntry& notice = plans_.stands(decisions.plan);
    EXPECT_EQ("forget", notice.dueReason);
    EXPECT_EQ("2028-03-12T00:00:00.000Z", toText(*notice.due));
    for (const DueMessage& one : policy_->due(timeFromText("2028-03-12T05:00:00.000Z"), plans_, 9))
        for (const RegisterChange& change : one.changes) EXPECT_TRUE(plans_.apply(change));
    EXPECT_FALSE(plans_.has(decisions.plan));
    EXPECT_TRUE(plans_.has("relai/N1")) << "the plan goes on";
}

TEST_F(News, AMergeNeverJoinsTwoPlans) {
    put(plan("pluri", "P1", {kOtherIns}));
    take(Adt());
    Adt other;
    other.ins = "255069912345685";
    other.local = "000999";
    other.visit = "V2";
    take(other);
    Adt merge;
    merge.event = "A40";
    merge.ins = "";
    merge.merged = "000999";
    try {
        take(merge);
        FAIL() << "it is held";
    } catch (const Error& error) {
        EXPECT_EQ("MRG-1", error.where);
        EXPECT_THAT(error.reason().fr, HasSubstr("jamais réunis"));
    }
    Adt adt = discharge("8");
    adt.ins = "";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
    adt.local = "000999";
    adt.visit = "V2";
    EXPECT_EQ("pluri/all gp/notices", told(take(adt)));
}

TEST_F(News, TwoPlansOfTwoNetworksForOnePersonAreBothToldAndTheGpOnce) {
    put(plan("pluri", "P1", {kIns}));
    EXPECT_EQ("pluri/all gp/notices relai/notices", told(take(discharge("8"))));
}

TEST_F(News, ConfidentialStaysAndHiddenIdentitiesAreNeverForwarded) {
    Adt adt = discharge("8");
    adt.vip = "C";
    EXPECT_FALSE(take(adt).ignore.empty());
    adt.vip = "";
    for (const char* status : {"ANOM", "CACH"}) {
        adt.status = status;
        EXPECT_FALSE(take(adt).ignore.empty()) << status;
    }
    take(Adt());  // the number is known
    EXPECT_FALSE(take(adt).ignore.empty());
    adt.status = "VALI";
    adt.vip = "N";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, ATestMessageTellsNobodyInProduction) {
    Adt adt = discharge("8");
    adt.processing = "T";
    use({{"mode", support::scalar("production")}});
    EXPECT_FALSE(take(adt).ignore.empty());
    use({{"mode", support::scalar("test")}});
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, AnUpdateIsNotTold) {
    Adt adt;
    adt.action = "UPDATE";
    EXPECT_FALSE(take(adt).ignore.empty());
    adt.shifted = true;
    EXPECT_FALSE(take(adt).ignore.empty()) << "the template's shifted form";
    adt.event = "A08";
    EXPECT_FALSE(take(adt).ignore.empty());
}

TEST_F(News, AMovementOfThePastIsNotTold) {
    Adt adt;
    adt.historic = "Y";
    EXPECT_FALSE(take(adt).ignore.empty());
    adt.shifted = true;
    EXPECT_FALSE(take(adt).ignore.empty()) << "the template's shifted form";
    adt.historic = "N";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, OneNoticeForEachFacilityStayMovementAndAction) {
    EXPECT_EQ("relai/notices gp/notices", told(take(Adt())));
    EXPECT_FALSE(take(Adt()).ignore.empty()) << "under another control id";
    Adt other;
    other.number = "313";
    EXPECT_EQ("relai/notices gp/notices", told(take(other)));
    other.visit = "V2";
    EXPECT_EQ("relai/notices gp/notices", told(take(other)));
    other.facility = "CLINIQUE-MODELE";
    EXPECT_EQ("relai/notices gp/notices", told(take(other)));
}

TEST_F(News, OfAHospitalThatDoesNotNumberMovementsEachIsTold) {
    Adt transfer;
    transfer.event = "A02";
    transfer.number = "";
    EXPECT_EQ("relai/notices gp/notices", told(take(transfer)));
    EXPECT_FALSE(take(transfer).ignore.empty()) << "the same again";
    transfer.at = "20260307090000";
    EXPECT_EQ("relai/notices gp/notices", told(take(transfer)));
}

TEST_F(News, AMessageThatIsTranslatedAgainSaysTheSameAgain) {
    const Decisions first = take(Adt());
    const Decisions second = again(Adt());
    EXPECT_EQ(told(first), told(second));
    EXPECT_EQ(written(first, "relai"), written(second, "relai"));
    const Adt back = cancelled(Adt(), "A11");
    const Decisions third = take(back);
    const Decisions fourth = again(back);
    EXPECT_EQ(told(third), told(fourth));
    EXPECT_EQ(written(third, "relai"), written(fourth, "relai"));
}

TEST_F(News, ACancellationTakesBackWhatWasTold) {
    const Decisions first = take(discharge("8"));
    const Decisions back = take(cancelled(discharge("8"), "A13"));
    EXPECT_EQ("relai/notices gp/notices", told(back));
    EXPECT_EQ(first.plan, back.plan);
    const std::string notice = written(back, "relai");
    EXPECT_THAT(notice, HasSubstr(R"("status":"entered-in-error")"));
    EXPECT_THAT(notice, HasSubstr(R"("inResponseTo":[{"identifier":)"));
    EXPECT_THAT(notice, HasSubstr("Annulation de l'annonce « Hôpital Exemple : sortie le "
                                  "12/03/2026 à 14 h 30, destination : domicile »."));
    EXPECT_FALSE(take(cancelled(discharge("8"), "A13")).ignore.empty()) << "once";
}

TEST_F(News, ACancellationOfWhatWasNotToldIsNotTold) {
    EXPECT_FALSE(take(cancelled(discharge("8"), "A13")).ignore.empty());
}

TEST_F(News, ACancellationThatComesFirstKeepsTheOriginalFromBeingTold) {
    for (const char* const leaving : {"8", "9"}) {
        Adt late = discharge(leaving);
        late.visit = std::string("V") + leaving;
        EXPECT_FALSE(take(cancelled(late, "A13")).ignore.empty());
        EXPECT_FALSE(again(cancelled(late, "A13")).ignore.empty()) << "translated again";
        EXPECT_EQ("déjà annulé, par un message arrivé avant", take(late).ignore.fr) << leaving;
        EXPECT_FALSE(plans_.has("news:relai/N1") &&
                     !plans_.find("news:relai/N1")->fact("died").empty());
        EXPECT_FALSE(take(cancelled(late, "A13")).ignore.empty()) << "once more";
        EXPECT_FALSE(take(corrected(late)).ignore.empty());
        late.recorded = "20260314080000";
        EXPECT_EQ("relai/notices gp/notices", told(take(late))) << "it happened after all";
    }
}

TEST_F(News, InstantsAreComparedWhateverTheirOffset) {
    take(discharge(""));
    Adt better = corrected(discharge("8||6"), "20260312141500+0000");  // 15 h 15 in France
    EXPECT_EQ("relai/notices gp/notices", told(take(better)));
    Adt older = corrected(discharge("8"), "20260312160000+0200");
    EXPECT_EQ("plus ancien que le dernier avis", take(older).ignore.fr);
}

TEST_F(News, ACancellationAboutAStrangerLeavesNoTrace) {
    Adt adt = discharge("8");
    adt.ins = "255069912345685";
    EXPECT_TRUE(take(cancelled(adt, "A13")).changes.empty());
}

TEST_F(News, ANumberOfTheNetworkLeadsToNoPlanOfAnotherIns) {
    RegisterEntry other = plan("pluri", "P1", {"urn:oid:1.2.250.1.999.41.1|000777"});
    other.facts.emplace_back("ins-oid", "1.2.250.1.213.1.4.8");
    put(other);
    Adt adt = discharge("8");
    adt.ins = "255069912345685";
    EXPECT_FALSE(take(adt).ignore.empty()) << "the plan has an INS, and it is not this one";
    adt.status = "PROV";
    EXPECT_EQ("pluri/all gp/notices", told(take(adt))) << "one that means nothing";
}

TEST_F(News, AnInsWithAWrongKeyLeadsNowhereAndIsNotPassedOn) {
    put(plan("pluri", "P1", {"urn:oid:1.2.250.1.999.41.1|000777"}));
    Adt adt = discharge("8");
    adt.ins = "248053199300178";
    const Decisions decisions = take(adt);
    EXPECT_EQ("pluri/all gp/notices", told(decisions));
    EXPECT_THAT(written(decisions, "pluri"), Not(HasSubstr("248053199300178")));
}

TEST_F(News, ACancelledMovementThatComesBackIsToldAgain) {
    take(Adt());
    take(cancelled(Adt(), "A11"));
    EXPECT_FALSE(take(Adt()).ignore.empty()) << "an old copy";
    Adt back;
    back.recorded = "20260314080000";
    EXPECT_EQ("relai/notices gp/notices", told(take(back)));
}

TEST_F(News, Z99CorrectsWhatWasTold) {
    take(discharge(""));
    EXPECT_FALSE(take(corrected(discharge(""))).ignore.empty()) << "it changes nothing";
    const Decisions better = take(corrected(discharge("8||6")));
    EXPECT_EQ("relai/notices gp/notices", told(better));
    const std::string notice = written(better, "relai");
    EXPECT_THAT(notice, HasSubstr(R"("status":"completed")"));
    EXPECT_THAT(notice, HasSubstr(R"("inResponseTo")"));
    EXPECT_THAT(notice, HasSubstr("destination : hospitalisation à domicile (HAD). Remplace "
                                  "l'annonce « Hôpital Exemple : sortie le 12/03/2026 à 14 h 30, "
                                  "destination : non précisée »."));
    EXPECT_FALSE(take(corrected(discharge("7"), "20260312160000")).ignore.empty())
        << "older than what was told last";
}

TEST_F(News, ACorrectionGoesToExactlyThoseWhoGotTheFirst) {
    remove("gp");
    take(discharge("8"));
    add("gp", "gp", {{"rpps", "1"}}, {"notices"});
    RegisterEntry closed = plan("relai", "N1", {kIns}, "completed");
    put(closed);
    EXPECT_EQ("relai/notices", told(take(cancelled(discharge("8"), "A13"))));
}

TEST_F(News, ADeathIsToldAndNeverAsAReturnHome) {
    for (const char* leaving : {"9", "9||D", "8", "8||6"}) {
        Adt adt = discharge(leaving);
        adt.visit = leaving;
        if (leaving[0] == '8') adt.died = "Y";
        put(plan("relai", "N1", {kIns}));
        forgetNews();
        const std::string notice = written(take(adt), "relai");
        EXPECT_THAT(notice, HasSubstr("décès signalé")) << leaving;
        EXPECT_THAT(notice, Not(HasSubstr("omicile"))) << leaving;
        EXPECT_THAT(notice, HasSubstr(R"("priority":"urgent")"));
    }
}

TEST_F(News, ADeathIsToldOnceAndNotedForThePlan) {
    Adt update;
    update.event = "A08";
    update.died = "Y";
    EXPECT_EQ("relai/notices gp/notices", told(take(update)));
    EXPECT_FALSE(plans_.find("news:relai/N1")->fact("died").empty());
    EXPECT_FALSE(take(discharge("9")).ignore.empty());
}

TEST_F(News, ADeathThatIsCancelledIsNoneAnyMore) {
    take(discharge("9"));
    EXPECT_EQ("2026-03-12T14:30:00+01:00", plans_.find("news:relai/N1")->fact("died"));
    take(cancelled(discharge("9"), "A13"));
    EXPECT_EQ("", plans_.find("news:relai/N1")->fact("died"));
}

TEST_F(News, ADischargeNeverWaitsForItsDestination) {
    EXPECT_THAT(written(take(discharge("8")), "relai"), HasSubstr("destination : domicile."));
    Adt adt = discharge("");
    adt.visit = "V2";
    EXPECT_THAT(written(take(adt), "relai"), HasSubstr("destination : non précisée."));
}

TEST_F(News, TheWardIsToldOnlyBySetting) {
    EXPECT_THAT(written(take(Adt()), "relai"), Not(HasSubstr("Cardiologie")));
    use({{"ward", support::scalar("true")}});
    Adt adt;
    adt.visit = "V2";
    const std::string notice = written(take(adt), "relai");
    EXPECT_THAT(notice, HasSubstr("Service : Cardiologie."));
    EXPECT_THAT(notice, HasSubstr(R"({"url":"ward","valueString":"Cardiologie"})"));
}

TEST_F(News, ARefusedGpIsToldNothing) {
    RegisterEntry entry = plan("relai", "N1", {kIns});
    entry.barred = {"gp"};
    put(entry);
    const Decisions decisions = take(discharge("8"));
    EXPECT_EQ("relai/notices", told(decisions));
    EXPECT_THAT(why(decisions, "gp"), HasSubstr("refusé"));
}

TEST_F(News, ARefusalSinceIsAskedBeforeTheFirstByte) {
    const Decisions decisions = take(discharge("8"));
    EXPECT_TRUE(recheck(decisions, "gp").send);
    RegisterEntry entry = plan("relai", "N1", {kIns});
    entry.barred = {"gp"};
    put(entry);
    EXPECT_FALSE(recheck(decisions, "gp").send);
    EXPECT_TRUE(recheck(decisions, "relai").send);
    EXPECT_EQ("relai/notices", told(take(cancelled(discharge("8"), "A13"))));
}

TEST_F(News, AGpWhoLeftTheTeamOrHasNoDestinationForThemIsToldNothing) {
    RegisterEntry entry = plan("relai", "N1", {kIns});
    entry.facts.back().second = "gp|2026-01-01|2026-02-01|";
    put(entry);
    about_.set("time", "2026-03-12T14:00:00.000Z");
    EXPECT_THAT(why(take(discharge("8")), "gp"), HasSubstr("ne fait plus partie"));
    put(plan("relai", "N1", {kIns}));
    remove("gp");
    add("gp", "gp", {{"rpps", "1"}}, {"plans"});
    Adt adt = discharge("8");
    adt.visit = "V2";
    EXPECT_THAT(why(take(adt), "gp"), HasSubstr("partners/gp.yaml"));
}

TEST_F(News, AGpWhoWasNotGivenThePlanIsToldNothing) {
    put(plan("relai", "N2", {kOtherIns}));
    Adt adt = discharge("8");
    adt.ins = "255069912345685";
    EXPECT_THAT(why(take(adt), "gp"), HasSubstr("pas été transmis"));
    plans_.waits("relai/N2", {"gp", "gp/plans", "1", "d", DeliveryState::queued, {}});
    adt.visit = "V2";
    EXPECT_EQ("relai/notices gp/notices", told(take(adt)));
}

TEST_F(News, ANetworkThatCannotBeReachedIsSaidWithWhatToAdd) {
    remove("relai");
    const Decisions decisions = take(discharge("8"));
    EXPECT_EQ("gp/notices", told(decisions));
    EXPECT_THAT(why(decisions, "relai"), HasSubstr("partners/relai.yaml"));
    add("relai", "network", {}, {"tasks", "reports"});
    Adt adt = discharge("8");
    adt.visit = "V2";
    EXPECT_THAT(why(take(adt), "relai"), HasSubstr("« notices »"));
}

TEST_F(News, OfWhatNobodyCouldBeToldNothingIsNoted) {
    remove("relai");
    remove("gp");
    EXPECT_EQ("", told(take(discharge("8"))));
    add("relai", "network", {}, {"notices"});
    EXPECT_EQ("relai/notices", told(take(discharge("8"))));
}

}  // namespace
