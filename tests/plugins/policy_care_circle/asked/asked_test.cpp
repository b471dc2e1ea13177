/// The commands of the plugin and the policy's answers, without a gateway between them.
#include "shelf.h"

namespace {
using namespace gateway;
using care_circle::Approach;
using support::plan;
using testing::HasSubstr;
using testing::Not;
namespace fact = care_circle::fact;
namespace label = care_circle::label;

class AskedTest : public testing::Test {
protected:
    int run(const std::string& command, const std::vector<std::string>& words) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = plugins_.run(command, words, counter_);
        out_ = testing::internal::GetCapturedStdout();
        err_ = testing::internal::GetCapturedStderr();
        return code;
    }
    Reason refused(const std::string& question, const Asked& words) {
        try {
            policy_->answer(question, words, counter_);
        } catch (const Error& error) {
            EXPECT_EQ(Fault::rejected, error.fault);
            EXPECT_FALSE(error.fr.empty());
            return {error.where + ": " + error.what(), error.fr};
        }
        ADD_FAILURE() << question << " was answered";
        return {};
    }

    support::Plugins plugins_{{"policy_care_circle"}};
    std::unique_ptr<Policy> policy_ =
        plugins_.policy("care_circle", support::map({{"active_file", support::scalar("3")}}));
    support::Counter counter_{*policy_};
    support::Shelf& shelf_ = counter_.shelf;
    std::string out_, err_;
};

using PlansList = AskedTest;

TEST_F(PlansList, ShowsEachOpenPlanWithItsStateAndWhoWaits) {
    shelf_.put(plan("relai", "N1"));
    shelf_.put(
        plan("relai", "N2", {{fact::kClosed, "2026-03-01"}, {fact::kExit, "DECES"}}, "completed"));
    shelf_.open["relai/N1"] = {{"gp", "gp/plans", "2", "D1", DeliveryState::offered,
                                timeFromText("2026-03-20T08:00:00.000Z")}};
    ASSERT_EQ(0, run("plans list", {}));
    EXPECT_THAT(out_, HasSubstr("relai    N1      active  2026-01-12  79 d        2026-04-12 (in "
                                "11 d)  2        FICTIVE Anne  gp offered 2026-03-20 08:00Z"));
    EXPECT_THAT(out_, Not(HasSubstr("N2")));
    EXPECT_THAT(out_, HasSubstr("FICTIVE Anne (relai, c1): 1 open plan\n"));
    counter_.speak(Spoken::french);
    ASSERT_EQ(0, run("plans list", {"--state", "closed"}));
    EXPECT_THAT(out_, HasSubstr("N2      terminé  2026-01-12  2026-03-01 DECES"));
    EXPECT_THAT(out_, Not(HasSubstr("N1")));
}

TEST_F(PlansList, WarnsAboveTheLimitOfAnActiveFile) {
    for (const char* const number : {"N1", "N2", "N3"}) shelf_.put(plan("relai", number));
    ASSERT_EQ(0, run("plans list", {"--coordinator", "c1"}));
    EXPECT_THAT(out_, HasSubstr("3 open plans\n"));
    shelf_.put(plan("relai", "N4"));
    shelf_.put(plan("relai", "N5", {}, "completed"));
    ASSERT_EQ(0, run("plans list", {"--most", "1"}));
    EXPECT_THAT(out_, HasSubstr("FICTIVE Anne (relai, c1): 4 open plans – more than 3\n"))
        << "counted beyond the page, closed ones left out";
}

TEST_F(PlansList, ChoosesByNetworkCoordinatorSectorAndReview) {
    shelf_.put(plan("relai", "N1"));
    shelf_.put(plan("relai", "N2", {{fact::kCoordinatorId, "c2"}, {fact::kReview, "2026-03-20"}}));
    shelf_.put(plan("relai", "N3", {{fact::kSector, "Sud"}, {fact::kReview, ""}}));
    shelf_.put(plan("relai-2", "N4", {{fact::kReview, "2026-05-02"}}));
    shelf_.put(plan("arpege", "N5", {}, "completed"));
    const auto numbers = [&](const std::vector<std::string>& words) {
        EXPECT_EQ(0, run("plans list", words)) << err_;
        std::string all;
        for (const char* const number : {"N1", "N2", "N3", "N4", "N5"})
            if (out_.find(number) != out_.npos) all += number;
        return all;
    };
    EXPECT_EQ("N1N2N3N4", numbers({}));
    EXPECT_EQ("N1N2N3", numbers({"--network", "relai"}));
    EXPECT_EQ("N2", numbers({"--coordinator", "c2"}));
    EXPECT_EQ("N3", numbers({"--sector", "Sud"}));
    EXPECT_EQ("N2", numbers({"--due", "overdue"}));
    EXPECT_EQ("N1N2", numbers({"--due", "11"})) << "also what is late already";
    EXPECT_EQ("N2", numbers({"--due", "10"}));
    EXPECT_EQ("N1N2N4", numbers({"--due", "31"}));
    EXPECT_EQ("N1N2", numbers({"--due", "31", "--network", "relai"}));
    EXPECT_EQ("N1", numbers({"--due", "31", "--coordinator", "c1", "--network", "relai"}));
    EXPECT_EQ("N5", numbers({"--state", "completed"}));
    EXPECT_EQ("N1N2N3N4N5", numbers({"--state", "all"}));
}

TEST_F(PlansList, GoesOnWhereThePageBeforeEnded) {
    for (int i = 0; i < 300; ++i)
        shelf_.put(plan(i % 2 ? "relai" : "arpege", "N" + std::to_string(100 + i),
                        {{fact::kReview, i % 3 ? "2026-04-12" : "2026-03-12"}}));
    for (const std::vector<std::string>& chosen :
         {std::vector<std::string>{}, {"--due", "30"}, {"--state", "all"}}) {
        std::set<std::string> seen;
        std::string after;
        for (int page = 0; page < 10; ++page) {
            std::vector<std::string> words{"--most", "70", "--after", after};
            words.insert(words.end(), chosen.begin(), chosen.end());
            ASSERT_EQ(0, run("plans list", words));
            for (std::size_t at = 0; (at = out_.find("\nrelai  ", at)) != out_.npos; ++at)
                EXPECT_TRUE(seen.insert(out_.substr(at, 14)).second);
            for (std::size_t at = 0; (at = out_.find("\narpege ", at)) != out_.npos; ++at)
                EXPECT_TRUE(seen.insert(out_.substr(at, 14)).second);
            const std::size_t more = err_.find("--after '");
            if (more == err_.npos) break;
            after = err_.substr(more + 9, err_.rfind('\'') - more - 9);
        }
        EXPECT_EQ(300u, seen.size());
    }
}

TEST_F(PlansList, LooksAtNoMorePlansThanAPageNeeds) {
    for (int i = 0; i < 20'000; ++i)
        shelf_.put(plan("relai", "N" + std::to_string(10'000 + i),
                        {{fact::kCoordinatorId, "c" + std::to_string(i / 100)}}));
    shelf_.read = 0;
    ASSERT_EQ(0, run("plans list", {"--coordinator", "c42"}));
    EXPECT_LT(shelf_.read, 500u);
    shelf_.read = 0;
    ASSERT_EQ(0, run("plans list", {"--most", "20", "--due", "90"}));
    EXPECT_LT(shelf_.read, 500u);
    shelf_.read = 0;
    policy_->answer("plans", {{"network", "relai"}, {"state", "on-hold"}}, counter_);
    EXPECT_LT(shelf_.read, 3'000u) << "a wish that nothing fits";
}

TEST_F(PlansList, SaysWhatItCannotTake) {
    shelf_.put(plan("relai", "N1"));
    EXPECT_THAT(refused("plans", {{"due", "soon"}}).en,
                HasSubstr("due: expected a number of days"));
    EXPECT_THAT(refused("plans", {{"state", "alive"}}).en, HasSubstr("state: expected open"));
    EXPECT_THAT(refused("plans", {{"network", "relay"}}).fr, HasSubstr("attendu l'un de : relai"));
    EXPECT_EQ(2, run("plans list", {"--nonsense"}));
    EXPECT_EQ(0, run("plans list", {"--help"}));
    EXPECT_FALSE(policy_->answer("weather", {}, counter_));
}

using Where = AskedTest;

/// Edition 2 went to gp, had is left out, hospital has the first one.
void sendTo(support::Counter& counter) {
    MessageView& message = counter.messages["M-N1"];
    const auto at = [](const char* time) {
        return timeFromText("2026-03-18T" + std::string(time) + ".000Z");
    };
    const auto delivery = [](const char* id, const char* partner, const char* destination,
                             DeliveryState state) {
        DeliveryView one;
        one.id = id;
        one.partner = partner;
        one.destination = destination;
        one.plan = "relai/N1";
        one.edition = "2";
        one.state = state;
        return one;
    };
    message.deliveries = {delivery("D1", "gp", "gp/plans", DeliveryState::delivered),
                          delivery("D2", "nurse", "nurse/box", DeliveryState::offered),
                          delivery("D3", "pharmacy", "pharmacy/box", DeliveryState::delivered)};
    message.timeline = {{at("09:42:00"), "", "received", "", {}},
                        {at("09:42:01"), "D1", "queued", "gp", {}},
                        {at("09:42:01"),
                         "",
                         "left-out",
                         "had",
                         {"left out: the person refused this recipient",
                          "écarté : la personne a refusé ce destinataire"}},
                        {at("09:43:00"), "D1", "inflight", "gp", {}},
                        {at("09:44:00"), "D1", "delivered", "gp", {}},
                        {at("09:45:00"), "D2", "offered", "nurse", {}},
                        {at("09:46:00"), "D3", "offered", "pharmacy", {}},
                        {at("10:47:00"), "D3", "delivered", "pharmacy", {}}};
    counter.shelf.given["relai/N1"] = {{"gp", "2", "D1", at("09:44:00")},
                                       {"hospital", "1", "D0", at("08:00:00")},
                                       {"gp", "1", "D00", at("08:00:00")}};
    counter.shelf.open["relai/N1"] = {
        {"nurse", "nurse/box", "2", "D2", DeliveryState::offered, at("09:45:00")},
        {"town", "town/folder", "1", "D7", DeliveryState::held, at("08:01:00")}};
}

TEST_F(Where, TellsWhatBecameOfTheEditionAtEachRecipient) {
    shelf_.put(plan("relai", "N1", {{fact::kActions, "6"}, {fact::kGp, "gp"}}));
    sendTo(counter_);
    counter_.typed = {"N1"};
    ASSERT_EQ(0, run("where", {"--why", "the GP calls"})) << err_;
    EXPECT_THAT(out_, HasSubstr("relai  N1  active, edition 2, entry 2026-01-12, next review "
                                "2026-04-12 (in 11 d), open actions: 6, coordinator FICTIVE Anne"));
    const auto line = [&](const std::string& name) {
        const std::size_t at = out_.find("\n  " + name);
        return at == out_.npos ? "" : out_.substr(at + 1, out_.find('\n', at + 1) - at - 1);
    };
    EXPECT_THAT(line("gp/plans"), HasSubstr("Cabinet Exemple"));
    EXPECT_THAT(line("gp/plans"), HasSubstr("edition 2  delivered, sent 2026-03-18 09:43Z, "
                                            "answered 2026-03-18 09:44Z"));
    EXPECT_THAT(line("nurse/box"), HasSubstr("offered, sent 2026-03-18 09:45Z, waiting since "));
    EXPECT_THAT(line("pharmacy/box"), HasSubstr("read 2026-03-18 10:47Z"));
    EXPECT_THAT(line("had "), HasSubstr("  left out: the person refused this recipient"));
    EXPECT_THAT(line("hospital "), HasSubstr("edition 1  delivered"));
    EXPECT_THAT(line("town/folder"), HasSubstr("edition 1  held, waiting since 2026-03-18 08:01Z"));
    EXPECT_EQ("the GP calls", counter_.asked.front()["why"]);
}

TEST_F(Where, FindsAPersonByNameAndBirthDateWhateverTheSpelling) {
    RegisterEntry entry = plan("relai", "N1");
    entry.labels = {label::named("L'OEUVRE-EXEMPLE", "1948-05-17"),
                    label::named("INVENTEE", "1948-05-17")};
    shelf_.put(entry);
    for (const char* const name : {"inventée", "L’œuvre‑Exemple", "  Inventee "})
        for (const char* const born : {"17/05/1948", "1948-05-17", "17.5.1948", "17051948"}) {
            counter_.typed = {name, born};
            EXPECT_EQ(0, run("where", {"--why", "test"})) << name << " " << born << err_;
        }
    for (const char* const name : {"INVENTE", "OEUVRE"}) {
        counter_.typed = {name, "17/05/1948"};
        EXPECT_EQ(1, run("where", {"--why", "test"})) << name;
        EXPECT_THAT(err_, HasSubstr("no plan is known"));
    }
    EXPECT_THAT(refused("where", {{"name", "X"}, {"born", "31/02/1948"}, {"why", "w"}}).en,
                HasSubstr("expected the date of birth: 17/05/1948"));
}

TEST_F(Where, ListsSeveralPeopleOfOneNameAndBirthDateAsCandidatesAlone) {
    for (const char* const number : {"N1", "N2"}) {
        RegisterEntry entry = plan("relai", number, {{fact::kPatient, number}});
        entry.labels = {label::named("INVENTEE", "1948-05-17")};
        shelf_.put(entry);
    }
    sendTo(counter_);
    counter_.typed = {"Inventée", "17/05/1948"};
    ASSERT_EQ(0, run("where", {"--why", "test"}));
    EXPECT_THAT(out_, HasSubstr("Several plans"));
    EXPECT_THAT(out_, HasSubstr("relai/N1  active"));
    EXPECT_THAT(out_, HasSubstr("relai/N2  active"));
    EXPECT_THAT(out_, Not(HasSubstr("gp"))) << "which one is meant is not known yet";
}

TEST_F(Where, ShowsBothPlansOfAPersonWhomOneNetworkKnows) {
    for (const char* const number : {"N1", "N2"}) {
        RegisterEntry entry = plan("relai", number, {{fact::kPatient, "U-1"}});
        entry.labels = {label::named("INVENTEE", "1948-05-17")};
        shelf_.put(entry);
    }
    counter_.typed = {"Inventée", "17/05/1948"};
    ASSERT_EQ(0, run("where", {"--why", "test"}));
    EXPECT_THAT(out_, Not(HasSubstr("Several plans")));
    EXPECT_THAT(out_, HasSubstr("messages show M-N1"));
    EXPECT_THAT(out_, HasSubstr("messages show M-N2"));
}

TEST_F(Where, NamesTheMessageOfTheEditionNotTheOneThatTouchedThePlanLast) {
    RegisterEntry entry = plan("relai", "N1", {{fact::kMessage, "M-EDITION"}});
    entry.message = "M-REVIEW";
    entry.labels = {label::named("INVENTEE", "1948-05-17")};
    shelf_.put(entry);
    counter_.typed = {"Inventée", "17/05/1948"};
    ASSERT_EQ(0, run("where", {"--why", "test"}));
    EXPECT_THAT(out_, AllOf(HasSubstr("messages show M-EDITION"), Not(HasSubstr("M-REVIEW"))));
}

TEST_F(Where, FindsByInsWithAndWithoutItsKeyAndByNumberInAnyNetwork) {
    RegisterEntry entry = plan("relai", "N1");
    entry.labels = {label::ins("1.2.250.1.213.1.4.10", "248053199300177")};
    shelf_.put(entry);
    shelf_.put(plan("arpege", "N1"));
    counter_.typed = {"2 48 05 31 993 001 77"};
    EXPECT_EQ(0, run("where", {"--why", "test"})) << err_;
    EXPECT_THAT(out_, HasSubstr("relai  N1"));
    EXPECT_THAT(out_, Not(HasSubstr("arpege")));
    counter_.typed = {"2480531993001"};
    EXPECT_EQ(0, run("where", {"--why", "test"})) << err_;
    EXPECT_THAT(refused("where", {{"who", "248053199300178"}, {"why", "w"}}).fr,
                HasSubstr("clé qui leur correspond"));
    counter_.typed = {"N1"};
    EXPECT_EQ(0, run("where", {"--why", "test"}));
    EXPECT_THAT(out_, HasSubstr("relai  N1"));
    EXPECT_THAT(out_, HasSubstr("arpege  N1"));
    counter_.typed = {"arpege/N1"};
    EXPECT_EQ(0, run("where", {"--why", "test"}));
    EXPECT_THAT(out_, Not(HasSubstr("relai")));
}

TEST_F(Where, TakesNobodyFromTheCommandLineAndAsksForTheReason) {
    shelf_.put(plan("relai", "N1"));
    EXPECT_EQ(2, run("where", {}));
    EXPECT_THAT(err_, HasSubstr("--why"));
    EXPECT_EQ(2, run("where", {"--why", "test", "N1"}));
    EXPECT_EQ(2, run("where", {"--why", "test"})) << "nothing was typed";
    EXPECT_TRUE(counter_.asked.empty());
    EXPECT_THAT(refused("where", {{"who", "N1"}}).en, HasSubstr("why"));
}

TEST_F(Where, SaysInJsonAndFrenchTheSame) {
    shelf_.put(plan("relai", "N1"));
    sendTo(counter_);
    counter_.typed = {"N1"};
    ASSERT_EQ(0, run("where", {"--why", "test", "--json"}));
    EXPECT_THAT(out_, HasSubstr("\"candidates\":[]"));
    EXPECT_THAT(out_, HasSubstr("\"fr\":\"écarté : la personne a refusé ce destinataire\""));
    counter_.speak(Spoken::french);
    counter_.typed = {"N1"};
    ASSERT_EQ(0, run("where", {"--why", "test"}));
    EXPECT_THAT(out_, HasSubstr("actif, édition 2"));
    EXPECT_THAT(out_, HasSubstr("remis, envoyé 2026-03-18 09:43Z, répondu 2026-03-18 09:44Z"));
    EXPECT_EQ("Numéro de plan, INS, ou nom de famille :", counter_.prompts.back());
}

}  // namespace
