/// Needs of a health centre: who gets its form, and what networks answer.
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;

const std::string kCentre =
    R"({"fullUrl":"u:msp","resource":{"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"999000078"}],"name":"MSP Exemple"}})";

class Needs : public World {
protected:
    Needs() {
        network_ = "";
        partners_.partners = {
            {"msp", "msp", "", {{"finess", "999000078"}}, {{"territory", "nord"}}, {"needs"}},
            {"near", "network", "", {}, {{"territory", "sud | nord"}}, {"tasks", "needs"}},
            {"only-one", "network", "", {}, {{"territory", "nord"}}, {"tout"}},
            {"far", "network", "", {{"finess", "999000052"}}, {{"territory", "est"}}, {"needs"}},
            {"gp", "gp", "", {}, {{"territory", "nord"}}, {"plans"}}};
    }
    static std::string form(const std::string& version = "3", const std::string& more = {},
                            const std::string& centre = kCentre) {
        return R"({"resourceType":"Bundle","identifier":{"value":"999000078/)" + version +
               R"("},"type":"collection","entry":[)" + centre + more + "]}";
    }
    static std::string need(const std::string& owner) {
        return R"(,{"resource":{"resourceType":"Task","status":"requested","intent":"proposal","owner":{"identifier":{"system":"https://finess.esante.gouv.fr","value":")" +
               owner + R"("}}}})";
    }
    Decisions ask(const std::string& json) { return decide(read(json)); }
    std::string refusal(const std::string& json) {
        try {
            ask(json);
        } catch (const Error& error) {
            return error.fr;
        }
        return {};
    }
};

TEST_F(Needs, GoToTheNetworksOfTheTerritory) {
    const Decisions decisions = ask(form());
    EXPECT_EQ("near/needs only-one/tout", sentTo(decisions));
    EXPECT_EQ("réseau du territoire de la maison de santé", reason(decisions, "near"));
    EXPECT_EQ("msp:999000078", decisions.plan);
    EXPECT_EQ("3", decisions.edition);
    EXPECT_EQ("msp:999000078", decisions.changes.front().entry.key);
}

TEST_F(Needs, GoToTheNetworkInChargeWhereverItIs) {
    const Decisions decisions = ask(form("3", need("999000052")));
    EXPECT_EQ("near/needs only-one/tout far/needs", sentTo(decisions));
    EXPECT_EQ("réseau en charge d'un besoin", reason(decisions, "far"));
}

TEST_F(Needs, AnsweredByANetworkGoToTheCentreAndTheOtherNetworks) {
    network_ = "near";
    const Decisions decisions = ask(form());
    EXPECT_EQ("msp/needs only-one/tout", sentTo(decisions));
    EXPECT_EQ("la maison de santé dont ce sont les besoins", reason(decisions, "msp"));
}

TEST_F(Needs, OfAnOlderVersionGoToNobody) {
    for (const RegisterChange& change : ask(form("4")).changes) EXPECT_TRUE(plans_.apply(change));
    const Decisions late = ask(form("3"));
    EXPECT_EQ("", sentTo(late));
    EXPECT_THAT(reason(late, "near"), HasSubstr("une version plus récente"));
    EXPECT_EQ("near/needs only-one/tout", sentTo(ask(form("4"))));
    EXPECT_EQ("near/needs only-one/tout", sentTo(ask(form("10"))));
}

TEST_F(Needs, WithoutAVersionAreThoseOfTheDayTheyCame) {
    EXPECT_EQ("2026-03-02T08:00:00.000Z", ask(form("")).edition);
}

TEST_F(Needs, NameNoPatient) {
    EXPECT_THAT(refusal(form("3", R"(,{"resource":{"resourceType":"Patient"}})")),
                HasSubstr("un besoin ne nomme aucun patient"));
}

TEST_F(Needs, OfACentreThatNobodyKnowsAreHeld) {
    EXPECT_THAT(
        refusal(form("3", "", R"({"resource":{"resourceType":"Organization","name":"MSP"}})")),
        HasSubstr("attendu son numéro FINESS"));
    partners_["msp"].values.clear();
    EXPECT_THAT(refusal(form()), HasSubstr("partners/msp.yaml"));
    partners_["msp"].identifiers.clear();
    EXPECT_THAT(refusal(form()), HasSubstr("aucun partenaire ne porte le FINESS"));
}

TEST_F(Needs, SayWhichSettingIsMissingWhereNoNetworkIsNear) {
    partners_["msp"].values["territory"] = "ouest";
    const Decisions decisions = ask(form());
    EXPECT_EQ("", sentTo(decisions));
    EXPECT_THAT(reason(decisions, "réseaux du territoire"), HasSubstr("territory"));
}

TEST_F(Needs, MayBeSentAsLongAsTheyWait) {
    for (const RegisterChange& change : ask(form()).changes) EXPECT_TRUE(plans_.apply(change));
    EXPECT_TRUE(
        policy_->recheck({"d", "near", "near/needs", "msp:999000078", "3"}, partners_, plans_)
            .send);
}

}  // namespace
}  // namespace circle_test
