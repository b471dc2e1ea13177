/// Life of plans of other networks through the shipped gateway: arpege packs, plan-sante files,
/// needs of a health centre, complementary approaches; from native file to partner and back.
#include <filesystem>
#include <sstream>

#include "asking.h"
#include "native_plans.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using support::ArpegePack;
using support::Json;
using support::planSante;
using support::replaced;
using support::textAt;
using support::textsIn;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const std::string kSource = support::kSourceDir;

std::string replacedAll(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

/// A gateway on the configuration of docs/examples/NAME and partners beside it; all in folders.
class ExampleGateway {
public:
    using Partners = std::map<std::string, std::string>;
    explicit ExampleGateway(const std::string& example, const Partners& partners = {}) {
        const std::filesystem::path from = kSource + "/docs/examples/" + example;
        std::filesystem::copy(from, path(), std::filesystem::copy_options::recursive);
        for (const auto& file : std::filesystem::recursive_directory_iterator(from))
            if (file.path().extension() == ".yaml")
                folder_.write(file.path().lexically_relative(from),
                              replacedAll(support::fileText(file.path()), "../../../mappings",
                                          kSource + "/mappings"));
        for (const auto& [name, text] : partners) {
            std::filesystem::create_directories(path(name));
            folder_.write("partners/" + name + ".yaml", text);
        }
        gateway_ = std::make_unique<support::GatewayProcess>(path());
        const bool runs = support::within(60s, [&] {
            return support::passerelle({"status", "-c", path()}).code == 0;
        });
        if (!runs) throw std::runtime_error(gateway_->output());
    }

    std::string path(const std::string& name = {}) const { return folder_.path() + "/" + name; }
    std::vector<std::string> in(const std::string& name) const { return textsIn(path(name)); }
    std::string output() const { return gateway_->output(); }

    /// Renames a file into a folder and waits until all that follows is done.
    void put(const std::string& file, const std::string& name) {
        std::filesystem::rename(file, path(name));
        ASSERT_TRUE(support::within(60s, [&] {
            return !std::filesystem::exists(path(name)) && support::settled(path());
        })) << output();
    }
    void putText(const std::string& text, const std::string& name) {
        put(folder_.write(name + ".part", text), name);
    }
    Json plans(std::vector<std::string> which) const {
        which.insert(which.begin(), {"plans", "list"});
        return support::asked(which, path());
    }

private:
    support::TemporaryFolder folder_;
    std::unique_ptr<support::GatewayProcess> gateway_;
};

/// A practitioner with a folder, by RPPS.
std::string practitioner(const std::string& name, const std::string& rpps) {
    return "category: gp\nidentifiers: {rpps: \"" + rpps +
           "\"}\ndestinations:\n  plans: {folder: {path: " + name +
           "}, map: plan-to-gp, codec: fhir}\n";
}

TEST(ArpegeLife, AidsAndCarersReachTheGpAndEachCoordinatorHasAnActiveFile) {
    ExampleGateway gateway("arpege", {{"cabinet", practitioner("cabinet", "99790000014")}});
    const ArpegePack first("EX-2026-01", "Nord", "MODELE Marie", 1950);
    const ArpegePack second("EX-2026-02", "Nord", "SPECIMEN Anne", 1951);
    const ArpegePack third("EX-2026-03", "Sud", "MODELE Marie", 1952);
    for (const ArpegePack* const pack : {&first, &second, &third})
        gateway.put(pack->tar(), "inbox/export.tar");
    const std::vector<std::string> got = gateway.in("cabinet");
    ASSERT_THAT(got, SizeIs(3)) << gateway.output();
    EXPECT_THAT(got.front(), AllOf(HasSubstr("Lit"), HasSubstr("Fonds"), HasSubstr("Garde de nuit"),
                                   HasSubstr("Zarit 42"), HasSubstr("Soutien psychologique")));

    const Json all = gateway.plans({});
    ASSERT_EQ(3u, all["plans"].Size());
    EXPECT_EQ(2u, gateway.plans({"--sector", "Nord"})["plans"].Size());
    EXPECT_EQ(0u, gateway.plans({"--sector", "Ouest"})["plans"].Size());
    std::size_t found = 0;
    for (const auto& coordinator : all["coordinators"].GetArray()) {
        if (textAt(coordinator, "name") != "MODELE Marie") continue;
        ++found;
        const Json file = gateway.plans({"--coordinator", textAt(coordinator, "id")});
        ASSERT_EQ(2u, file["plans"].Size());
        EXPECT_EQ("EX-2026-01", textAt(file["plans"][0], "number"));
        EXPECT_EQ("EX-2026-03", textAt(file["plans"][1], "number"));
        EXPECT_EQ(2, file["coordinators"][0]["open"].GetInt());
    }
    EXPECT_EQ(1u, found);
}

TEST(PluriLife, ASharedPlanReachesAHealthCentreAndSoDoesItsExitWithRelay) {
    ExampleGateway gateway("pluri", {{"cabinet", practitioner("cabinet", "99790000014")}});
    gateway.putText(planSante("2026-03-01", "enCours", ""), "inbox/first.xml");
    ASSERT_THAT(gateway.in("outbox"), SizeIs(1)) << gateway.output();
    EXPECT_THAT(gateway.in("outbox")[0],
                AllOf(HasSubstr("<planSante"), HasSubstr("Atelier du souffle"), HasSubstr("etp"),
                      HasSubstr("enCours"), Not(HasSubstr("<sortie"))));
    ASSERT_THAT(gateway.in("cabinet"), SizeIs(1));

    gateway.putText(planSante("2026-03-20", "cloture",
                              R"(<sortie date="2026-03-20" motif="relaisMSP" relais="m2"/>)"),
                    "inbox/exit.xml");
    std::string both;
    ASSERT_THAT(gateway.in("outbox"), SizeIs(2)) << gateway.output();
    for (const std::string& one : gateway.in("outbox")) both += one;
    EXPECT_THAT(both, AllOf(HasSubstr("cloture"), HasSubstr("relaisMSP")));
    ASSERT_THAT(gateway.in("cabinet"), SizeIs(2)) << "who had the former gets the closing one";
    EXPECT_THAT(gateway.in("cabinet"), Contains(HasSubstr("\"completed\"")));
    const Json closed = gateway.plans({"--state", "closed"});
    ASSERT_EQ(1u, closed["plans"].Size());
    EXPECT_EQ("completed", textAt(closed["plans"][0], "state"));
    EXPECT_EQ("2026-03-20", textAt(closed["plans"][0], "exit"));
    EXPECT_EQ(0u, gateway.plans({})["plans"].Size());
}

TEST(NeedsLife, AFormGoesToTheNetworksOfTheTerritoryAndTheAnswerBack) {
    const std::string elsewhere =
        "category: network\nvalues: {territory: exemple-sud}\ndestinations:\n  needs: {folder: "
        "{path: elsewhere}, map: task-to-besoins-msp, codec: {csv: {model: " +
        kSource + "/mappings/federation/besoins-msp-to-task/models/besoins-msp.json}}}\n";
    ExampleGateway gateway("msp", {{"elsewhere", elsewhere}});
    const std::string form =
        "FINESS_MSP;NOM_MSP;NUM_BESOIN;TYPE;DESCRIPTION;ACTIONS_PREVUES;ETAT;RESEAU;FINESS_RESEAU;"
        "VERSION\n999000078;MSP Exemple;B1;DEPISTAGE;Chutes;Une journee;EXPRIME;;;1\n";
    gateway.putText(form, "inbox/besoins.csv");
    ASSERT_THAT(gateway.in("outbox/reseau-exemple/besoins"), SizeIs(1)) << gateway.output();
    EXPECT_THAT(gateway.in("outbox/reseau-exemple/besoins")[0],
                AllOf(HasSubstr("999000078"), HasSubstr("Chutes"), HasSubstr("EXPRIME")));
    EXPECT_THAT(gateway.in("outbox/msp-exemple"), SizeIs(0));

    gateway.putText(replaced(form, "EXPRIME;;;1", "ACCEPTE;Reseau Exemple;999000052;2"),
                    "inbox-reseau/besoins.csv");
    ASSERT_THAT(gateway.in("outbox/msp-exemple"), SizeIs(1)) << gateway.output();
    EXPECT_THAT(gateway.in("outbox/msp-exemple")[0],
                AllOf(HasSubstr("B1"), HasSubstr("ACCEPTE"), HasSubstr("999000052")));
    EXPECT_THAT(gateway.in("outbox/reseau-exemple/besoins"), SizeIs(1)) << "not to itself";
    EXPECT_THAT(gateway.in("elsewhere"), SizeIs(0)) << "of another territory";

    gateway.putText(form, "inbox/late.csv");
    EXPECT_THAT(gateway.in("outbox/reseau-exemple/besoins"), SizeIs(1)) << "an older version";
}

/// docs/demo's first plan, of another person; two sessions of each approach, 50 euros each.
std::string withApproaches(int number, const std::vector<std::string>& approaches) {
    const std::string digit = std::to_string(number);
    std::string text = support::fileText(kSource + "/docs/demo/plans/1-actif.json");
    text = replaced(text, "EXC-2026-0001", "EXC-2026-100" + digit);
    text = replaced(text, "U-0001", "U-100" + digit);
    text = replaced(text, "1948-05-17", "1948-05-0" + digit);
    text = replaced(text, "\"QUALIFIEE\"", "\"PROVISOIRE\"");
    const std::size_t ins = text.find("\"ins\": {");
    text.replace(ins, text.find('}', ins) + 1 - ins, "\"ins\": null");
    const std::size_t begin = text.find('{', text.find("\"soinsComplementaires\""));
    const std::size_t end = text.find("],\n  \"aides\"");
    const std::string one = text.substr(begin, end - begin);
    std::string all;
    for (const std::string& approach : approaches)
        all += (all.empty() ? "" : ",") +
               replaced(replaced(one, "\"SC1\"", "\"SC-" + approach + "\""), "SOPHRO", approach);
    return text.replace(begin, end - begin, all);
}

/// The lines of a CSV that hold all of these.
std::vector<std::string> lines(const std::string& csv, const std::vector<std::string>& cells) {
    std::vector<std::string> found;
    std::istringstream in(csv);
    for (std::string line; std::getline(in, line);) {
        bool all = true;
        for (const std::string& cell : cells) all &= line.find(cell) != line.npos;
        if (all) found.push_back(line);
    }
    return found;
}

TEST(ApproachesLife, SumsByApproachAndPayerAreShownAndThoseOfFewAreMasked) {
    support::RelaiWorld world;
    support::TemporaryFolder files;
    for (int number = 1; number <= 6; ++number) {
        std::vector<std::string> approaches{"SOPHRO"};
        if (number <= 2) approaches.emplace_back("APA");
        if (number >= 3 && number <= 5) approaches.emplace_back("SOCIOESTH");
        const support::Ran sent = world.send({files.write("plan" + std::to_string(number) + ".json",
                                                          withApproaches(number, approaches))});
        ASSERT_EQ(0, sent.code) << sent.out << sent.err;
    }
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); })) << world.gateway().output();
    const support::Ran made = support::passerelle(
        {"indicators", "--from", "2026-01", "--to", "2026-03", "--csv", "-", "-c", world.folder()});
    ASSERT_EQ(0, made.code) << made.err;
    const auto amount = [&](const std::string& cells) {
        return lines(made.out, {"relai,", ",amounts,", "," + cells + ","});
    };
    EXPECT_THAT(amount("SOPHRO,RESEAU"), ElementsAre(EndsWith(",600.00,EUR"))) << made.out;
    EXPECT_THAT(amount("SOPHRO,PERSONNE"), ElementsAre(EndsWith(",0.00,EUR")));
    EXPECT_THAT(amount("APA,RESEAU"), ElementsAre(EndsWith(",masked,EUR"))) << "two plans";
    EXPECT_THAT(amount("SOCIOESTH,RESEAU"), ElementsAre(EndsWith(",masked,EUR"))) << "three";
    EXPECT_THAT(lines(made.out, {",sessions-done,", ",SOPHRO,for a carer,"}),
                ElementsAre(EndsWith(",12,")));
    EXPECT_THAT(lines(made.out, {"EXC-2026"}), SizeIs(0)) << "sums only";
}

}  // namespace
