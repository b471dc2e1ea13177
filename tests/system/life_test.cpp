/// The life of a plan through the shipped gateway: editions, a refusal, an exit; the same with
/// kill -9 between any two steps.
#include <set>

#include "asking.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using support::Json;
using support::RelaiWorld;
using support::replaced;
using support::textAt;
using testing::HasSubstr;
using testing::Not;

/// The demo's plan EXC-2026-0001 in another edition.
class Editions {
public:
    /// HAD (I4) is refused from edition 3 on; edition 4 closes.
    static std::string of(int number) {
        std::string text =
            support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json");
        text = replaced(text, "\"version\": 2", "\"version\": " + std::to_string(number));
        if (number >= 3)
            text = replaced(text, "\"destinatairesRefuses\": []",
                            "\"destinatairesRefuses\": [\"I4\"]");
        if (number < 4) return text;
        text = replaced(text, "\"statut\": \"ACTIF\"", "\"statut\": \"SORTI\"");
        return replaced(text, "\"sortie\": null",
                        R"("sortie": {"date": "2026-03-02", "motif": {"code": "COORD-EN-PLACE", )"
                        R"("libelle": "Prise en charge coordonnée"}, "relais": ["I1"]})");
    }
};

/// After which step the gateway is killed; 0: never.
class Life : public testing::TestWithParam<int> {
protected:
    void step(int number, int edition) {
        const std::string file =
            files_.write(std::to_string(number) + ".json", Editions::of(edition));
        const support::Ran sent = world_.send({file});
        ASSERT_EQ(0, sent.code) << sent.out << sent.err;
        if (GetParam() == number) world_.killAndRestart();
        ASSERT_TRUE(support::within(60s, [&] { return world_.settled(); }))
            << world_.gateway().output();
    }
    /// What a partner got; a kill may make it twice, with the same bytes.
    std::set<std::string> got(const std::string& partner) {
        const std::vector<std::string> all = world_.partner(partner).got();
        return {all.begin(), all.end()};
    }
    /// Asked on stdin, as a person does.
    support::Ran where(const std::string& lines) {
        return support::run({"/bin/sh", "-c",
                             "printf '" + lines + "' | " + std::string(support::kBuildDir) +
                                 "/passerelle where -c " + world_.folder() + " --why test"});
    }

    support::TemporaryFolder files_;
    RelaiWorld world_;
};

TEST_P(Life, OfAPlanEndsInTheSameStateWhereverTheGatewayIsKilled) {
    step(1, 2);
    ASSERT_EQ(1u, got("had").size());
    step(2, 3);  // refuses the HAD
    step(3, 1);  // a late old edition, without the refusal
    const std::size_t atGp = got("gp").size(), atHospital = got("hospital").size();
    EXPECT_EQ(2u, atGp) << "editions 2 and 3, and never the late one";
    const support::Ran told = where("Inventée\\n17/05/1948\\n");
    ASSERT_EQ(0, told.code) << told.err;
    EXPECT_THAT(told.out, HasSubstr("relai  EXC-2026-0001  active, edition 3"));
    EXPECT_THAT(told.out, HasSubstr("gp/plans"));
    EXPECT_THAT(told.out, HasSubstr("left out: the person refused this recipient"));

    step(4, 4);  // exit
    EXPECT_EQ(1u, got("had").size()) << "nothing reaches who was refused meanwhile";
    EXPECT_EQ(atGp + 1, got("gp").size());
    EXPECT_EQ(atHospital + 1, got("hospital").size());
    EXPECT_THAT(world_.partner("gp").got().back(), HasSubstr("completed"));
    const support::Ran closed = where("EXC-2026-0001\\n");
    EXPECT_THAT(closed.out, HasSubstr("completed, edition 4"));
    EXPECT_THAT(closed.out, Not(HasSubstr("next review")));
    const Json open = support::asked({"plans", "list"}, world_.folder());
    EXPECT_EQ(0u, open["plans"].Size());
    const Json all = support::asked({"plans", "list", "--state", "closed"}, world_.folder());
    ASSERT_EQ(1u, all["plans"].Size());
    EXPECT_EQ("2026-03-02", textAt(all["plans"][0], "exit"));
    EXPECT_EQ("COORD-EN-PLACE", textAt(all["plans"][0], "exit_reason"));
    EXPECT_THAT(world_.gateway().output(), Not(HasSubstr("INVENT")));
    EXPECT_THAT(world_.gateway().output(), Not(HasSubstr("Invent")));
}

INSTANTIATE_TEST_SUITE_P(KilledAfterStep, Life, testing::Range(0, 5));

/// The network is a partner that fetches its Tasks and reports, and reviews come in.
void withNetwork(const std::string& name, std::string& text) {
    if (name == "partners/relai.yaml")
        text =
            "category: network\ndestinations:\n  tasks: {mailbox: {}, codec: fhir+json}\n"
            "  reports: {mailbox: {}, codec: fhir+json}\n";
    if (name != "passerelle.yaml") return;
    text = replaced(
        text, "\nsources:", "\nsources:\n  reviews: {policy: care-team, codec: fhir+json}\n#");
    text += "  - {name: reviews, from: reviews, to: care-team}\n";
}

std::size_t tasksIn(const std::string& folder) {
    const Json list = support::asked({"messages", "list", "--source", "reviews"}, folder);
    return list["messages"].Size();
}

class Reviews : public testing::TestWithParam<int> {};

TEST_P(Reviews, AnOverdueReviewIsAskedForOnceWhateverIsKilled) {
    RelaiWorld world(withNetwork);
    support::TemporaryFolder files;
    ASSERT_EQ(0, world.send({files.write("plan.json", Editions::of(2))}).code);
    if (GetParam() == 1) world.killAndRestart();
    ASSERT_TRUE(support::within(60s, [&] { return tasksIn(world.folder()) > 0; }))
        << world.gateway().output();
    if (GetParam() == 2) world.killAndRestart();
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    world.killAndRestart();
    ASSERT_EQ(0, world.send({files.write("closed.json", Editions::of(4))}).code);
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    EXPECT_EQ(1u, tasksIn(world.folder()));
    const Json all = support::asked({"plans", "list", "--state", "closed"}, world.folder());
    ASSERT_EQ(1u, all["plans"].Size());
    for (const auto& one : all["plans"][0]["waiting"].GetArray())
        EXPECT_NE("relai/tasks", textAt(one, "destination")) << "asked for in vain";
}

INSTANTIATE_TEST_SUITE_P(KilledAfterStep, Reviews, testing::Range(0, 3));

TEST(LifeEnds, WithADeathThatStopsReviewsAndReachesThoseWhoHadThePlan) {
    RelaiWorld world(withNetwork);
    support::TemporaryFolder files;
    ASSERT_EQ(0, world.send({files.write("first.json", Editions::of(2))}).code);
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    ASSERT_EQ(
        0,
        world
            .send({files.write("death.json", replaced(Editions::of(4), "COORD-EN-PLACE", "DECES"))})
            .code);
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    const Json closed = support::asked({"plans", "list", "--state", "completed"}, world.folder());
    ASSERT_EQ(1u, closed["plans"].Size());
    EXPECT_EQ("DECES", textAt(closed["plans"][0], "exit_reason"));
    EXPECT_FALSE(closed["plans"][0].HasMember("review"));
    ASSERT_EQ(2u, world.partner("gp").got().size());
    EXPECT_THAT(world.partner("gp").got().back(), HasSubstr("completed"));
    EXPECT_EQ(2u, world.partner("hospital").got().size());
    EXPECT_EQ(1u, world.partner("had").got().size()) << "refused meanwhile";
    EXPECT_GE(1u, tasksIn(world.folder())) << "no further one for the dead";
}

/// A hospital's feed beside the portal; the network fetches its news.
void withHospitalFeed(const std::string& name, std::string& text) {
    withNetwork(name, text);
    if (name == "partners/relai.yaml") text += "  notices: {mailbox: {}, codec: fhir+json}\n";
    if (name != "passerelle.yaml") return;
    text =
        replaced(text, "\nlisteners:", "\nlisteners:\n  feed: {mllp: {listen: '127.0.0.1:0'}}\n#");
    text = replaced(text, "\nsources:", "\nsources:\n  chu-adt: {listener: feed, codec: hl7v2}\n#");
    text += "  - {name: hospital-news, from: chu-adt, map: adt-to-notice, to: care-team}\n";
}

TEST(LifeNews, ADischargeReachesTheNetworkOnceAndAStrangersIsIgnored) {
    RelaiWorld world(withHospitalFeed);
    support::TemporaryFolder files;
    ASSERT_EQ(0, world.send({files.write("plan.json", Editions::of(2))}).code);
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    const std::string discharge =
        support::fileText(std::string(support::kSourceDir) +
                          "/mappings/federation/adt-to-notice/examples/discharge-home/in.hl7");
    const auto sends = [&](const std::string& name, const std::string& text) {
        const support::Ran sent = support::passerelle(
            {"send", "--to", "mllp://127.0.0.1:" + std::to_string(world.gateway().port("feed")),
             files.write(name, text)});
        EXPECT_EQ(0, sent.code) << sent.out << sent.err;
        ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    };
    const auto notices = [&] {
        const Json list =
            support::asked({"messages", "list", "--source", "chu-adt"}, world.folder());
        std::size_t all = 0;
        for (const auto& message : list["messages"].GetArray())
            for (const auto& delivery : message["deliveries"].GetArray())
                all += textAt(delivery, "destination") == "relai/notices";
        return all;
    };
    sends("discharge.hl7", discharge);
    EXPECT_EQ(1u, notices());
    world.killAndRestart();
    sends("again.hl7", replaced(discharge, "|4030|", "|4031|"));
    EXPECT_EQ(1u, notices()) << "one for each movement";
    std::string stranger = replaced(discharge, "|4030|", "|4032|");
    stranger = replaced(stranger, "000777", "000778");
    sends("stranger.hl7", replaced(stranger, "248053199300177", "248053199300276"));
    const Json ignored = support::asked(
        {"messages", "list", "--source", "chu-adt", "--state", "ignored"}, world.folder());
    EXPECT_LE(1u, ignored["messages"].Size());
    EXPECT_EQ(1u, notices());
}

TEST(LifeHolds, AnUnknownCodeIsHeldWithTheTableAndReachesNobody) {
    RelaiWorld world;
    support::TemporaryFolder files;
    const std::string file =
        files.write("unknown.json", replaced(Editions::of(2), "\"fonction\": \"KINESITHERAPEUTE\"",
                                             "\"fonction\": \"MAGICIEN\""));
    ASSERT_EQ(0, world.send({file}).code);
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    const Json held = support::asked({"messages", "list", "--state", "held"}, world.folder());
    ASSERT_EQ(1u, held["messages"].Size());
    EXPECT_THAT(textAt(held["messages"][0]["reason"], "fr"), HasSubstr("relai-fonction"));
    for (const char* const partner : {"gp", "hospital", "had"})
        EXPECT_TRUE(world.partner(partner).got().empty()) << partner;
}

}  // namespace
