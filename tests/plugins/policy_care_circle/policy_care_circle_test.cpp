#include "support/plugins.h"

namespace {
using namespace gateway;

class Partners final : public Directory {
public:
    Partners() {
        partners_ = {{"gp", "gp", "", {{"rpps", "1"}}, {}, {"plans"}},
                     {"had", "had", "", {{"finess", "2"}}, {}, {"plans"}}};
    }
    const Partner* find(std::string_view name) const override {
        for (const Partner& partner : partners_)
            if (partner.name == name) return &partner;
        return nullptr;
    }
    const Partner* byIdentifier(std::string_view scheme, std::string_view value) const override {
        for (const Partner& partner : partners_)
            if (partner.identifiers.front() == std::pair<std::string, std::string>(scheme, value))
                return &partner;
        return nullptr;
    }
    const std::vector<Partner>& all() const override { return partners_; }

private:
    std::vector<Partner> partners_;
};

class Plans final : public Register {
public:
    std::optional<RegisterEntry> find(std::string_view) const override { return entry; }
    std::vector<RegisterReceipt> receipts(std::string_view) const override { return {}; }
    std::vector<RegisterEntry> dueBefore(Time, std::size_t) const override { return {}; }
    std::optional<RegisterEntry> entry;
};

class CareCircle : public testing::Test {
protected:
    /// A plan, edition 2, with a GP and a HAD in its team; `consents` are further entries.
    Decisions decide(const std::string& consents,
                     const std::string& edition = R"(,{"value":"N1/2"})",
                     const std::string& time = "2026-03-01T00:00:00.000Z") {
        const std::string text =
            R"({"resourceType":"Bundle","type":"collection","entry":[)"
            R"({"fullUrl":"u:plan","resource":{"resourceType":"CarePlan","identifier":[{"value":"N1"})" +
            edition +
            R"(],"status":"active","intent":"plan","subject":{"reference":"u:p"}}},)"
            R"({"fullUrl":"u:gp","resource":{"resourceType":"Practitioner","identifier":[{"system":"https://rpps.esante.gouv.fr","value":"1"}]}},)"
            R"({"fullUrl":"u:had","resource":{"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"2"}]}},)"
            R"({"fullUrl":"u:team","resource":{"resourceType":"CareTeam","participant":[{"member":{"reference":"u:gp"}},{"member":{"reference":"u:had"}}]}})" +
            consents + "]}";
        Issues issues;
        Context about;
        about.set("network", "n");
        about.set("time", time);
        return policy_->decide(fhir_->decode(Bytes::copy(text), issues), about, partners_, plans_);
    }
    static std::string consent(const std::string& status, const std::string& provision) {
        return R"(,{"fullUrl":"u:c)" + status + std::to_string(provision.size()) +
               R"(","resource":{"resourceType":"Consent","status":")" + status +
               R"(","provision":)" + provision + "}}";
    }
    static std::string refused(const std::string& url) {
        return R"({"type":"permit","provision":[{"type":"deny","actor":[{"reference":{"reference":")" +
               url + R"("}}]}]})";
    }
    static std::string sentTo(const Decisions& decisions) {
        std::string names;
        for (const Decision& decision : decisions.recipients) {
            EXPECT_FALSE(decision.reason.en.empty());
            EXPECT_FALSE(decision.reason.fr.empty());
            if (decision.send) names += decision.partner + " ";
        }
        return names;
    }

    support::Plugins plugins_{{"policy_care_circle", "codec_fhir"}};
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir");
    std::unique_ptr<Policy> policy_ = plugins_.policy("care_circle");
    Partners partners_;
    Plans plans_;
    const std::string permit_ = consent("active", R"({"type":"permit"})");
};

TEST_F(CareCircle, MembersOfTheTeamGetThePlan) { EXPECT_EQ("gp had ", sentTo(decide(permit_))); }

TEST_F(CareCircle, ARefusalBeatsMembershipAndIsRegistered) {
    const Decisions decisions = decide(consent("active", refused("u:had")));
    EXPECT_EQ("gp ", sentTo(decisions));
    EXPECT_THAT(decisions.changes.front().entry.barred, testing::ElementsAre("had"));
}

TEST_F(CareCircle, ARefusedKindIsRefusedByCategoryFunctionAndStructure) {
    const auto kind = [](const std::string& code) {
        return consent(
            "active",
            R"({"type":"permit","provision":[{"type":"deny","extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/refused-kind","valueCoding":{"system":"https://passerelle.example/fhir/CodeSystem/pps-function","code":")" +
                code + R"("}}]}]})");
    };
    const Decisions had = decide(kind("HAD"));
    EXPECT_EQ("gp ", sentTo(had));
    EXPECT_THAT(had.changes.front().entry.barred, testing::ElementsAre("had"));
    EXPECT_EQ("had ", sentTo(decide(kind("MEDECIN_TRAITANT"))));
    EXPECT_EQ("gp had ", sentTo(decide(kind("SSIAD"))));
    // A nurse who works for a refused structure, and one of a refused function, whatever the
    // category of the partner.
    const auto working = [](const std::string& function, const std::string& own) {
        return R"(,{"fullUrl":"u:role","resource":{"resourceType":"PractitionerRole","practitioner":{"reference":"u:gp"},"organization":{"reference":"u:there"},"code":[{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-function","code":")" +
               own +
               R"("}]}]}},{"fullUrl":"u:there","resource":{"resourceType":"Organization"}},{"fullUrl":"u:more","resource":{"resourceType":"CareTeam","participant":[{"member":{"reference":"u:role"}},{"member":{"reference":"u:there"},"role":[{"coding":[{"system":"https://passerelle.example/fhir/CodeSystem/pps-function","code":")" +
               function + R"("}]}]}]}})";
    };
    EXPECT_EQ("had ", sentTo(decide(kind("SSIAD") + working("SSIAD", "IDE_LIBERAL"))));
    EXPECT_EQ("had ", sentTo(decide(kind("IDE_LIBERAL") + working("SSIAD", "IDE_LIBERAL"))));
    EXPECT_EQ("gp had ", sentTo(decide(kind("IDE_LIBERAL") + working("SSIAD", "PSYCHOLOGUE"))));
}

TEST_F(CareCircle, ARefusalInAnyActiveConsentCounts) {
    EXPECT_EQ("gp ", sentTo(decide(permit_ + consent("active", refused("u:had")))));
    EXPECT_EQ("gp had ", sentTo(decide(permit_ + consent("entered-in-error", refused("u:had")))));
}

TEST_F(CareCircle, SomebodyRefusedWhomNobodyKnowsHoldsThePlan) {
    EXPECT_THROW(decide(consent("active", refused("u:typo"))), Error);
}

TEST_F(CareCircle, WithoutAnActiveConsentOrAgainstSharingNobodyGetsIt) {
    EXPECT_EQ("", sentTo(decide("")));
    EXPECT_EQ("", sentTo(decide(consent("inactive", R"({"type":"permit"})"))));
    EXPECT_EQ("", sentTo(decide(consent("active", R"({"type":"deny"})"))));
}

TEST_F(CareCircle, AnOlderCopyOfTheSameEditionTakesNoRefusalBack) {
    plans_.entry = RegisterEntry{};
    plans_.entry->edition = "2";
    plans_.entry->barred = {"had"};
    EXPECT_EQ("gp ", sentTo(decide(permit_)));
    plans_.entry->edition = "1";
    EXPECT_EQ("gp had ", sentTo(decide(permit_)));
    plans_.entry->edition = "3";
    EXPECT_EQ("", sentTo(decide(permit_)));
}

TEST_F(CareCircle, APlanWithoutEditionsIsInTheOrderInWhichItWasAccepted) {
    plans_.entry = decide(consent("active", refused("u:had")), "").changes.front().entry;
    EXPECT_EQ("gp ", sentTo(decide(permit_, ""))) << "the same instant takes no refusal back";
    EXPECT_EQ("gp had ", sentTo(decide(permit_, "", "2026-03-02T00:00:00.000Z")));
    EXPECT_EQ("", sentTo(decide(permit_, "", "2026-02-01T00:00:00.000Z"))) << "an older one";
}

TEST_F(CareCircle, EachCategoryGetsItsFilterAndOthersTheirs) {
    policy_ = plugins_.policy(
        "care_circle",
        support::map({{"filters", support::map({{"gp", support::scalar("some")},
                                                {"others", support::scalar("least")}})}}));
    std::string filters;
    for (const Decision& one : decide(permit_).recipients)
        filters += one.partner + "=" + one.filterMap + " ";
    EXPECT_EQ("gp=some had=least ", filters);
}

TEST_F(CareCircle, IsAskedAgainBeforeSending) {
    plans_.entry = RegisterEntry{};
    plans_.entry->barred = {"had"};
    EXPECT_FALSE(policy_->recheck({"d", "had", "had/plans", "n/N1", "2"}, partners_, plans_).send);
    EXPECT_TRUE(policy_->recheck({"d", "gp", "gp/plans", "n/N1", "2"}, partners_, plans_).send);
}

}  // namespace
