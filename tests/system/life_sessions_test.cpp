/// Sessions of a plan as SIU at a partner: told, moved, and at the end of the plan cancelled there.
#include <filesystem>

#include "asking.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using support::RelaiWorld;
using support::replaced;
using support::textAt;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class LifeSessions : public testing::Test {
protected:
    /// docs/demo's first plan with these days of its approach, beside those that are over; the
    /// approach is a carer's there.
    void send(int edition, const std::string& days, bool ends = false, bool ofCarer = false) {
        std::string text =
            support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json");
        text = replaced(text, "\"version\": 2", "\"version\": " + std::to_string(edition));
        text = replaced(text, "\"2026-02-17\"", "\"2026-02-17\"" + days);
        if (!ofCarer)
            text = replaced(text, "\"type\": \"AIDANT\",\n        \"ref\": \"E1\"",
                            "\"type\": \"USAGER\"");
        if (ends) {
            text = replaced(text, "\"statut\": \"ACTIF\"", "\"statut\": \"SORTI\"");
            text = replaced(text, "\"sortie\": null",
                            R"("sortie": {"date": "2026-03-02", "motif": {"code": "DECES", )"
                            R"("libelle": "Décès"}, "relais": []})");
        }
        ASSERT_EQ(0, world_.send({files_.write(std::to_string(edition) + ".json", text)}).code);
        ASSERT_TRUE(support::within(60s, [&] { return world_.settled(); }))
            << world_.gateway().output();
    }
    /// The newest file of the hospital's, taken away; empty: none.
    std::string told() {
        const std::vector<std::string> all = support::textsIn(folder());
        EXPECT_LE(all.size(), 1u);
        std::filesystem::remove_all(folder());
        std::filesystem::create_directories(folder());
        return all.empty() ? std::string() : all.front();
    }
    std::string folder() const { return files_.path() + "/sessions"; }
    std::size_t sentTo(const std::string& destination) {
        std::size_t all = 0;
        const support::Json list = support::asked({"messages", "list"}, world_.folder());
        for (const auto& message : list["messages"].GetArray())
            for (const auto& delivery : message["deliveries"].GetArray())
                all += textAt(delivery, "destination") == destination;
        return all;
    }

    support::TemporaryFolder files_;
    RelaiWorld world_{[this](const std::string& name, std::string& text) {
        if (name == "partners/relai.yaml")
            text = "category: network\ndestinations:\n  reports: {mailbox: {}, codec: fhir}\n";
        if (name == "partners/hospital.yaml") {
            std::filesystem::create_directories(folder());
            text += "  sessions:\n    folder: {path: " + folder() +
                    "}\n    map: plan-to-siu\n    codec: hl7v2\n"
                    "    when: Bundle.entry.resource.ofType(Appointment).exists()\n";
        }
        if (name == "passerelle.yaml")
            text +=
                "  - {name: sessions, from: relai, map: relai-to-plan, to: care-team, "
                "deliver: sessions}\n";
    }};
};

std::string session(const std::string& day) { return "EXC-2026-0001/SC1/session/" + day + "^"; }

TEST_F(LifeSessions, OneThatWasMovedAndThoseLeftAtADeathAreCancelledThere) {
    send(2, ", \"2096-03-20\", \"2096-03-27\"");
    const std::string first = told();
    EXPECT_THAT(first, AllOf(HasSubstr("SIU^S12"), HasSubstr(session("2096-03-20")),
                             HasSubstr(session("2096-03-27")), Not(HasSubstr("S15"))));
    send(3, ", \"2096-03-21\", \"2096-03-27\"");
    const std::string moved = told();
    const std::size_t at = moved.find("SIU^S15");
    ASSERT_NE(std::string::npos, at) << moved;
    EXPECT_THAT(moved.substr(at), AllOf(HasSubstr(session("2096-03-20")), HasSubstr("Cancelled")));
    EXPECT_THAT(moved.substr(0, at), HasSubstr(session("2096-03-21")));
    send(4, "", true);
    const std::string ended = told();
    EXPECT_THAT(ended, AllOf(HasSubstr(session("2096-03-21")), HasSubstr(session("2096-03-27")),
                             HasSubstr("SIU^S15"), Not(HasSubstr("SIU^S12"))));
    EXPECT_THAT(world_.partner("gp").got().back(),
                AllOf(HasSubstr("\"cancelled\""), HasSubstr("2096-03-27")));
}

TEST_F(LifeSessions, APlanWithoutAnyAsksNothingOfWhoTakesSessionsAndIsNotHeld) {
    send(1, "");
    send(2, ", \"2096-03-20\"", false, true);
    send(3, "");
    EXPECT_THAT(told(), IsEmpty()) << "nor does the hospital learn of a carer's";
    EXPECT_EQ(0u, sentTo("hospital/sessions"));
    EXPECT_EQ(3u, sentTo("hospital/plans"));
    EXPECT_EQ(3u, sentTo("relai/reports")) << "once each, though two routes take a plan";
    const support::Json held =
        support::asked({"messages", "list", "--state", "held"}, world_.folder());
    EXPECT_EQ(0u, held["messages"].Size());
}

}  // namespace
