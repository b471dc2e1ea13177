/// What comes back to a network's folder through the shipped gateway: answers of the GP, reports of
/// what is wrong, a hospital's merge of records; and a held plan, mended and replayed.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>

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
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kSource = support::kSourceDir;

/// A destination of the network below that folder.
std::string csvFolder(const std::string& folder, const std::string& destination,
                      const std::string& map, const std::string& model) {
    const std::string path = folder + "/" + destination;
    std::filesystem::create_directories(path);
    return "  " + destination + ":\n    folder: {path: " + path + "}\n    map: " + map +
           "\n    codec: {csv: {model: " + kSource + "/mappings/federation/" + map + "/models/" +
           model + ".json}}\n";
}

/// The network has folders there, the GP's software and two hospitals send.
RelaiWorld::Change withNews(const std::string& folder) {
    return [folder](const std::string& name, std::string& text) {
        if (name == "partners/relai.yaml")
            text = "category: network\ndestinations:\n" +
                   csvFolder(folder, "tasks", "task-to-csv", "taches") +
                   csvFolder(folder, "reports", "report-to-csv", "anomalies") +
                   csvFolder(folder, "notices", "notice-to-csv", "nouvelles");
        if (name != "passerelle.yaml") return;
        std::filesystem::create_directories(folder + "/from-gp");
        text = replaced(text,
                        "\nlisteners:", "\nlisteners:\n  feed: {mllp: {listen: '127.0.0.1:0'}}\n#");
        text = replaced(text, "\nsources:",
                        "\nsources:\n  chu-adt: {listener: feed, codec: hl7v2}\n"
                        "  gp: {listener: portal, path: /partners/gp/updates, codec: fhir+json}\n"
                        "  gp-folder: {folder: {path: " +
                            folder + "/from-gp, complete: rename}, codec: fhir+json}\n#");
        text +=
            "  - {name: hospital-news, from: chu-adt, map: adt-to-notice, to: care-team}\n"
            "  - {name: gp-answers, from: [gp, gp-folder], map: gp-to-plan-update, to: "
            "care-team}\n";
    };
}

/// The demo's plan, in which one thing is another.
std::string planWith(const std::string& what, const std::string& by) {
    return replaced(support::fileText(kSource + "/docs/demo/plans/1-actif.json"), what, by);
}

class LifeNewsWorld : public testing::Test {
protected:
    /// @param mappings  instead of those of the sources
    explicit LifeNewsWorld(const std::string& mappings = kSource + "/mappings")
        : world_([&](const std::string& name, std::string& text) {
              withNews(files_.path() + "/network")(name, text);
              if (name == "passerelle.yaml") text = replaced(text, kSource + "/mappings", mappings);
          }) {}

    void sendPlan(const std::string& text) {
        const support::Ran sent = world_.send({files_.write("plan.json", text)});
        ASSERT_EQ(0, sent.code) << sent.out << sent.err;
        settle();
    }
    void settle() {
        ASSERT_TRUE(support::within(60s, [&] { return world_.settled(); }))
            << world_.gateway().output();
    }
    /// Rows of the network's folder of that name, without their headers.
    std::vector<std::string> rows(const std::string& destination) const {
        std::vector<std::string> all;
        for (const std::string& file :
             support::textsIn(files_.path() + "/network/" + destination)) {
            std::istringstream lines(file);
            std::string line;
            std::getline(lines, line);
            while (std::getline(lines, line)) all.push_back(line);
        }
        return all;
    }
    Json messages(const std::string& state) const {
        return support::asked({"messages", "list", "--state", state}, world_.folder());
    }

    support::TemporaryFolder files_;
    RelaiWorld world_;
};

/// The GP's software answers what the gateway brought it, by the identifier that came with it.
class LifeAnswers : public LifeNewsWorld {
protected:
    /// The suggested physiotherapist of the plan.
    void SetUp() override {
        const std::string name = "\"nom\": \"GABARIT\"";
        const std::string plan = planWith(name, name);
        const std::size_t at = plan.find("\"accord\": \"OUI\"", plan.find(name));
        ASSERT_NE(plan.npos, at);
        sendPlan(std::string(plan).replace(at, 15, "\"accord\": \"EN_ATTENTE\""));
        ASSERT_THAT(world_.partner("gp").got(), SizeIs(1));
        const Json bundle = support::jsonOf(world_.partner("gp").got().front());
        for (const auto& entry : bundle["entry"].GetArray())
            for (const auto& one : support::itemsAt(entry["resource"], "identifier").GetArray())
                if (textAt(entry["resource"], "resourceType") == "Task" &&
                    textAt(one, "value").ends_with("/proposal"))
                    proposals_.emplace_back(textAt(one, "system"), textAt(one, "value"));
        ASSERT_THAT(proposals_, SizeIs(1)) << "the GP is asked";
    }
    std::string task(const std::string& status, const std::string& more = {}) const {
        const auto& [system, value] = proposals_.front();
        return R"({"resourceType": "Task", "identifier": [{"system": ")" + system +
               R"(", "value": ")" + value + R"("}], "status": ")" + status +
               R"(", "intent": "order", "lastModified": "2026-03-09T10:00:00+01:00")" + more + "}";
    }
    void answer(const std::string& status, const std::string& more = {}) {
        const std::string url =
            replaced(world_.plansUrl(), "/networks/relai/plans", "/partners/gp/updates");
        const support::Ran sent =
            support::passerelle({"send", "--to", url, "--type", "application/fhir+json",
                                 files_.write("answer.json", task(status, more))});
        ASSERT_EQ(0, sent.code) << sent.out << sent.err;
        settle();
    }

    std::vector<std::pair<std::string, std::string>> proposals_;
};

TEST_F(LifeAnswers, AnAcceptedProposalIsARowOfTheNetworkOnce) {
    answer("accepted");
    const auto accepted = AllOf(HasSubstr("EXC-2026-0001"), HasSubstr("REPONSE"),
                                HasSubstr("Médecin traitant : proposition I5, acceptée."),
                                HasSubstr("MODELE Denis"), HasSubstr("Noter l'accord dans le plan"),
                                HasSubstr(";EXC-2026-0001/I5/proposal;accepted;ACCORD"));
    EXPECT_THAT(rows("notices"), ElementsAre(accepted));
    world_.killAndRestart();
    answer("accepted");
    EXPECT_THAT(rows("notices"), ElementsAre(accepted)) << "the same answer again";
    EXPECT_THAT(world_.partner("gp").got(), SizeIs(1)) << "nothing is merged into the plan";
}

TEST_F(LifeAnswers, AnAnswerAsAFileIsARowToo) {
    const std::string file = files_.path() + "/network/from-gp/answer.json";
    std::filesystem::rename(files_.write("answer.json", task("accepted")), file);
    ASSERT_TRUE(support::within(60s, [&] { return !std::filesystem::exists(file); }));
    settle();
    EXPECT_THAT(rows("notices"),
                ElementsAre(HasSubstr("Médecin traitant : proposition I5, acceptée.")));
}

TEST_F(LifeAnswers, ARejectedProposalSaysWhy) {
    answer("rejected", R"(, "statusReason": {"text": "déjà suivi par un confrère"})");
    EXPECT_THAT(
        rows("notices"),
        ElementsAre(AllOf(HasSubstr("Médecin traitant : proposition I5, refusée. Motif : déjà "
                                    "suivi par un confrère."),
                          HasSubstr("Noter le refus dans le plan"))));
}

TEST_F(LifeAnswers, AnAnswerAboutAPlanThatNobodyKnowsIsHeld) {
    proposals_.front().second = "EXC-2026-0009/I5/proposal";
    answer("accepted");
    EXPECT_THAT(rows("notices"), IsEmpty());
    const Json held = messages("held");
    ASSERT_EQ(1u, held["messages"].Size());
    EXPECT_THAT(textAt(held["messages"][0]["reason"], "fr"),
                HasSubstr("aucun plan de ce numéro n'est connu"));
}

/// Maps and tables of its own, which a test may change.
class LifeMended : public LifeNewsWorld {
protected:
    LifeMended() : LifeNewsWorld(own()) {}
    /// A copy, made when it is first asked for.
    static const std::string& own() {
        static const support::TemporaryFolder folder;
        static const std::string path = [] {
            std::filesystem::copy(kSource + "/mappings", folder.path() + "/mappings",
                                  std::filesystem::copy_options::recursive);
            return folder.path() + "/mappings";
        }();
        return path;
    }
    void reload() {
        const auto version = [&] {
            return textAt(support::asked({"status"}, world_.folder()), "config_version");
        };
        const std::string before = version();
        ASSERT_FALSE(before.empty());
        ::kill(world_.gateway().id(), SIGHUP);
        ASSERT_TRUE(support::within(60s, [&] { return version() != before; }))
            << world_.gateway().output();
    }
};

TEST_F(LifeMended, AnUnknownCodeIsDeliveredAfterItsRowAReloadAndAReplay) {
    sendPlan(planWith("\"fonction\": \"KINESITHERAPEUTE\"", "\"fonction\": \"KINE_EXEMPLE\""));
    const Json held = messages("held");
    ASSERT_EQ(1u, held["messages"].Size());
    const std::string id = textAt(held["messages"][0], "id");
    const support::Ran shown =
        support::passerelle({"--lang", "fr", "messages", "show", "-c", world_.folder(), id});
    const std::string table = "networks/relai/tables/relai-fonction.csv";
    const std::string row = "KINE_EXEMPLE,,CIBLE";
    EXPECT_THAT(shown.out, HasSubstr("ajouter à " + own() + "/" + table + " la ligne " + row));
    EXPECT_THAT(shown.out, HasSubstr("passerelle messages replay " + id));
    EXPECT_THAT(world_.partner("gp").got(), IsEmpty());

    std::ofstream(own() + "/" + table, std::ios::app)
        << replaced(row, "CIBLE", "KINESITHERAPEUTE") << "\n";
    reload();
    const support::Ran replayed =
        support::passerelle({"messages", "replay", "-c", world_.folder(), id});
    ASSERT_EQ(0, replayed.code) << replayed.out << replayed.err;
    settle();
    EXPECT_EQ(0u, messages("held")["messages"].Size());
    for (const char* const partner : {"gp", "hospital", "had"})
        EXPECT_THAT(world_.partner(partner).got(), SizeIs(1)) << partner;
}

class LifeReports : public LifeNewsWorld {};

TEST_F(LifeReports, AMissingNumberOfTheGpIsARowOfTheNetworkUntilItIsMended) {
    sendPlan(planWith("\"rpps\": \"99800000103\"", "\"rpps\": null"));
    const auto missing = AllOf(HasSubstr("EXC-2026-0001;2;"), HasSubstr("NUMERO_MANQUANT"),
                               HasSubstr("le médecin traitant n'a pas de numéro RPPS"),
                               HasSubstr("renseigner le RPPS"));
    const std::vector<std::string> before = rows("reports");
    EXPECT_THAT(before, Contains(missing).Times(1));
    EXPECT_THAT(world_.partner("gp").got(), IsEmpty()) << "nobody by name alone";
    EXPECT_THAT(world_.partner("hospital").got(), SizeIs(1)) << "the others have it";

    sendPlan(planWith("\"version\": 2", "\"version\": 3"));
    EXPECT_THAT(world_.partner("gp").got(), SizeIs(1));
    EXPECT_THAT(rows("reports"), Contains(HasSubstr("NUMERO_MANQUANT")).Times(1));
}

/// Messages of a hospital, made of the examples of adt-to-notice.
class LifeMerges : public LifeNewsWorld {
protected:
    static constexpr const char* kIns =
        "~248053199300177^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS^^20210101";
    static std::string numberOf(const std::string& number, const std::string& hospital) {
        return number + "^^^" + hospital + "&" +
               (hospital == "HOPITAL-EXEMPLE" ? "980000004" : "980000012") + "&M^PI";
    }
    void SetUp() override { sendPlan(planWith("\"statut\": \"ACTIF\"", "\"statut\": \"ACTIF\"")); }

    /// @param ins  ends the patient's number; empty: the message has none
    void sends(const std::string& example, const std::string& number, const std::string& ins,
               const std::string& gone = {}) {
        std::string text = support::fileText(
            kSource + "/mappings/federation/adt-to-notice/examples/" + example + "/in.hl7");
        text = replaced(text, std::string("000777^^^HOPITAL-EXEMPLE&980000004&M^PI") + kIns,
                        number + ins);
        if (!gone.empty()) text = replaced(text, "000999^^^HOPITAL-EXEMPLE&980000004&M^PI", gone);
        const std::string id = std::to_string(++sent_);
        for (const char* const control : {"|4280|", "|4400|", "|4030|"})
            if (text.find(control) != text.npos) text = replaced(text, control, "|N" + id + "|");
        if (text.find("|330^") != text.npos) text = replaced(text, "|330^", "|33" + id + "^");
        const support::Ran ran = support::passerelle(
            {"send", "--to", "mllp://127.0.0.1:" + std::to_string(world_.gateway().port("feed")),
             files_.write("adt.hl7", text)});
        ASSERT_EQ(0, ran.code) << ran.out << ran.err;
        settle();
    }
    /// Of which plans a discharge under that number, without INS, is told.
    std::vector<std::string> toldOf(const std::string& number) {
        const std::size_t before = rows("notices").size();
        sends("discharge-home", number, "");
        std::vector<std::string> plans;
        std::vector<std::string> all = rows("notices");
        for (const char* const plan : {"EXC-2026-0001", "EXC-2026-0002"}) {
            const auto tells = [&](const std::string& row) {
                return row.find(plan) != row.npos && row.find("sortie le 12/03/2026") != row.npos;
            };
            const auto count =
                static_cast<std::size_t>(std::count_if(all.begin(), all.end(), tells));
            for (; told_[plan] < count; ++told_[plan]) plans.push_back(plan);
        }
        EXPECT_EQ(before + plans.size(), all.size()) << "and nothing else is told";
        return plans;
    }

    const std::string old_ = numberOf("000999", "HOPITAL-EXEMPLE");
    const std::string new_ = numberOf("000777", "HOPITAL-EXEMPLE");
    int sent_ = 0;
    std::map<std::string, std::size_t> told_;
};

TEST_F(LifeMerges, ADischargeUnderTheNumberThatStaysIsToldAndUnderTheOneThatWentIsNot) {
    sends("identity-new", old_, kIns);
    EXPECT_THAT(toldOf(old_), ElementsAre("EXC-2026-0001"));
    EXPECT_THAT(toldOf(new_), IsEmpty()) << "not known yet";
    sends("merge", new_, "", old_);
    world_.killAndRestart();
    EXPECT_THAT(toldOf(new_), ElementsAre("EXC-2026-0001"));
    EXPECT_THAT(toldOf(old_), IsEmpty());
}

TEST_F(LifeMerges, AnotherHospitalsNumberIsNotTheirsToMove) {
    const std::string others = numberOf("000555", "HOPITAL-AUTRE");
    sends("identity-new", others, kIns);
    sends("merge", new_, "", others);
    EXPECT_THAT(toldOf(new_), IsEmpty());
    EXPECT_THAT(toldOf(others), ElementsAre("EXC-2026-0001"));
}

TEST_F(LifeMerges, TwoPlansAreNeverJoined) {
    const std::string second = "248053199300276";
    std::string plan = planWith("EXC-2026-0001", "EXC-2026-0002");
    plan = replaced(plan, "\"U-0001\"", "\"U-0002\"");
    plan = replaced(plan, "\"nomNaissance\": \"INVENTEE\"", "\"nomNaissance\": \"FICTIVE\"");
    sendPlan(replaced(plan, "248053199300177", second));
    sends("identity-new", old_, kIns);
    sends("identity-new", new_, replaced(kIns, "248053199300177", second));
    sends("merge", new_, "", old_);
    const Json held = messages("held");
    ASSERT_EQ(1u, held["messages"].Size());
    EXPECT_THAT(textAt(held["messages"][0]["reason"], "fr"),
                HasSubstr("les deux dossiers mènent à deux plans, qui ne sont jamais réunis"));
    EXPECT_THAT(toldOf(old_), ElementsAre("EXC-2026-0001"));
    EXPECT_THAT(toldOf(new_), ElementsAre("EXC-2026-0002"));
    EXPECT_EQ(2u, support::asked({"plans", "list"}, world_.folder())["plans"].Size());
}

}  // namespace
