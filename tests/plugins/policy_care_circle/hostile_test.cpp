/// Bundles that are not what they should be hold, and nothing of them goes out.
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

class Hostile : public World {};

Plan with(const std::string& more) {
    Plan plan;
    plan.more = more;
    return plan;
}

TEST_F(Hostile, TwoPlansOrTwoPatientsInOneBundleHold) {
    EXPECT_THAT(why(with(Plan::entry(
                    "u:other", R"({"resourceType":"CarePlan","identifier":[{"value":"X"}]})"))),
                HasSubstr("plusieurs plans"));
    EXPECT_THAT(why(with(Plan::entry("u:other", R"({"resourceType":"Patient"})"))),
                HasSubstr("plusieurs patients"));
}

TEST_F(Hostile, TwoEntriesOfOneUrlHold) {
    EXPECT_THAT(why(with(Plan::entry("u:gp", R"({"resourceType":"Practitioner"})"))),
                HasSubstr("deux entrées"));
}

TEST_F(Hostile, APlanWithoutANumberHolds) {
    Plan plan;
    plan.number.clear();
    EXPECT_THAT(why(plan), HasSubstr("plan qui porte un numéro"));
}

TEST_F(Hostile, WhatIsNoPlanHolds) {
    for (const char* const text :
         {R"({"resourceType":"Bundle","type":"collection"})", R"({"resourceType":"Patient"})",
          R"({"resourceType":"Task","status":"requested","intent":"order"})",
          R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Binary"}},{}]})"})
        EXPECT_THROW(decide(read(text)), Error) << text;
}

TEST_F(Hostile, ReferencesToNobodyAndInCirclesReachNobody) {
    Plan plan;
    plan.team = {R"({"member":{"reference":"u:nowhere"}})", R"({"member":{}})", "{}",
                 R"({"member":{"reference":"u:team"}})", R"({"member":{"reference":"u:r1"}})"};
    plan.care = R"(,"contributor":[{"reference":"u:plan"},{"reference":"u:nowhere"}])";
    plan.more =
        Plan::entry(
            "u:r1",
            R"({"resourceType":"PractitionerRole","practitioner":{"reference":"u:r1"},"organization":{"reference":"u:r2"}})") +
        Plan::entry("u:r2",
                    R"({"resourceType":"PractitionerRole","organization":{"reference":"u:r1"}})");
    const Decisions decisions = decide(plan);
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("gp")));
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("had")));
}

TEST_F(Hostile, RelativesAndThePersonGetNothingByWire) {
    partners_.partners.push_back(
        {"fille", "gp", "", {{"mss", "fille@exemple.example"}}, {}, {"plans"}});
    Plan plan;
    plan.team.push_back(Plan::member("u:carer", "MEDECIN_TRAITANT"));
    plan.more = Plan::entry(
        "u:carer",
        R"({"resourceType":"RelatedPerson","patient":{"reference":"u:p"},"telecom":[{"system":"email","value":"fille@exemple.example"}]})");
    EXPECT_THAT(sentTo(decide(plan)), Not(HasSubstr("fille")));
}

TEST_F(Hostile, AnInsBesideThePatientStaysBehindToo) {
    Plan plan;
    plan.patient =
        R"("identifier":[{"system":"https://passerelle.example/networks/relai/patient","value":"U-1"}])";
    plan.more = Plan::entry(
        "u:review",
        R"({"resourceType":"Task","status":"requested","intent":"plan","for":{"identifier":{"system":"urn:oid:1.2.250.1.213.1.4.8","value":"248053199300177"}}})");
    EXPECT_THAT(instead(decide(plan), "gp"), Not(HasSubstr("248053199300177")));
}

TEST_F(Hostile, ADenyInsideAConsentOfOneRecipientStillCounts) {
    Plan plan;
    plan.consent += Plan::consentOf(
        R"({"type":"permit","actor":[{"reference":{"reference":"u:gp"}}],"provision":[{"type":"deny","actor":[{"reference":{"reference":"u:had"}}]}]})",
        "active", R"(,"dateTime":"2026-01-01")");
    EXPECT_THAT(sentTo(decide(plan)), Not(HasSubstr("had")));
    plan.consent += Plan::consentOf(R"({"type":"deny","actor":[{}]})");
    EXPECT_THAT(why(plan), HasSubstr("de qui s'agit-il"));
}

TEST_F(Hostile, ErrorsNeverRepeatWhatWasFound) {
    Plan plan;
    plan.number = "MARQUE-77";
    plan.patient =
        R"("identifier":[{"system":"urn:oid:1.2.250.1.213.1.4.10","value":"MARQUE-77"}])";
    options(support::map({{"mode", support::scalar("production")}}));
    EXPECT_THAT(why(plan), Not(HasSubstr("MARQUE")));
    EXPECT_THAT(why(plan), HasSubstr("INS de test"));
}

}  // namespace
}  // namespace circle_test
