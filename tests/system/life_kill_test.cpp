/// One life of many plans through the shipped gateway, three times: undisturbed, with kill -9 as
/// soon as what a step sends is accepted, and with kill -9 when a step is done. All end the same.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "asking.h"
#include "native_plans.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using support::Json;
using support::RelaiWorld;
using support::replaced;
using support::textAt;
using support::textsIn;

const std::string kSource = support::kSourceDir;
const std::string kMaps = kSource + "/mappings/federation/";

enum class Kills { never, accepted, done };

/// A destination below that folder.
std::string rowsIn(const std::string& folder, const std::string& destination,
                   const std::string& map, const std::string& model) {
    const std::string path = folder + "/" + destination;
    std::filesystem::create_directories(path);
    return "  " + destination + ":\n    folder: {path: " + path + "}\n    map: " + map +
           "\n    codec: {csv: {model: " + kMaps + model + ".json}}\n";
}

std::string network(const std::string& folder) {
    return "category: network\nvalues: {territory: exemple}\ndestinations:\n" +
           rowsIn(folder, "tasks", "task-to-csv", "task-to-csv/models/taches") +
           rowsIn(folder, "reports", "report-to-csv", "report-to-csv/models/anomalies") +
           rowsIn(folder, "notices", "notice-to-csv", "notice-to-csv/models/nouvelles") +
           rowsIn(folder, "needs", "task-to-besoins-msp", "besoins-msp-to-task/models/besoins-msp");
}

/// Three networks, a health centre, a department; a hospital and a GP who answer.
RelaiWorld::Change withAll(const std::string& folder) {
    const auto inbox = [folder](const std::string& name, const std::string& more) {
        std::filesystem::create_directories(folder + "/in-" + name);
        return "  " + name + ":\n    folder: {path: " + folder + "/in-" + name +
               ", complete: rename}\n" + more;
    };
    return [folder, inbox](const std::string& name, std::string& text) {
        for (const char* const one : {"relai", "arpege", "pluri"})
            if (name == "partners/" + std::string(one) + ".yaml")
                text = network(folder + "/" + one);
        if (name == "partners/msp.yaml")
            text =
                "category: msp\nidentifiers: {finess: \"999000078\"}\nvalues: {territory: "
                "exemple}\ndestinations:\n" +
                rowsIn(folder + "/msp", "needs", "task-to-besoins-msp",
                       "besoins-msp-to-task/models/besoins-msp");
        if (name == "partners/department.yaml") {
            std::filesystem::create_directories(folder + "/department");
            text =
                "category: department\nidentifiers: {finess: \"980000111\"}\n"
                "values: {aid_bodies: \"Conseil départemental\"}\ndestinations:\n"
                "  plans: {folder: {path: " +
                folder + "/department}, codec: fhir}\n";
        }
        if (name == "partners/gp.yaml")  // the GP of the other networks' plans too
            text = replaced(text, "\"99700000211\"]", "\"99700000211\", \"99790000014\"]");
        if (name != "passerelle.yaml") return;
        text = replaced(text,
                        "\nlisteners:", "\nlisteners:\n  feed: {mllp: {listen: '127.0.0.1:0'}}\n#");
        text = replaced(
            text, "\nsources:",
            "\nsources:\n  chu-adt: {listener: feed, codec: hl7v2}\n"
            "  reviews: {policy: care-team, codec: fhir+json}\n"
            "  gp: {listener: portal, path: /partners/gp/updates, codec: fhir+json}\n" +
                inbox("bundles", "    network: relai\n    codec: fhir+json\n") +
                inbox("arpege",
                      "    network: arpege\n    codec: {csv: {model: " + kSource +
                          "/mappings/networks/arpege/models/arpege.json, charset: ISO-8859-15}}\n"
                          "    envelope: {order: dossier.NUM_DOSSIER}\n") +
                inbox("pluri", "    network: pluri\n    codec: {xml: {model: plan-sante, schema: " +
                                   kSource +
                                   "/mappings/networks/pluri/schemas/plan-sante.xsd}}\n"
                                   "    envelope: {order: \"'pluri/' & `@idPlan`\"}\n") +
                inbox("needs",
                      "    codec: {csv: {model: " + kMaps +
                          "besoins-msp-to-task/models/besoins-msp.json, split: FINESS_MSP}}\n") +
                "#");
        text +=
            "  - {name: news, from: chu-adt, map: adt-to-notice, to: care-team}\n"
            "  - {name: answers, from: gp, map: gp-to-plan-update, to: care-team}\n"
            "  - {name: reviews, from: reviews, to: care-team}\n"
            "  - {name: bundles, from: bundles, to: care-team, deliver: plans}\n"
            "  - {name: arpege, from: arpege, map: arpege-to-plan, to: care-team, deliver: plans}\n"
            "  - {name: pluri, from: pluri, map: pluri-to-plan, to: care-team, deliver: plans}\n"
            "  - {name: needs, from: needs, map: besoins-msp-to-task, to: care-team}\n";
    };
}

/// docs/demo's first plan as another person's, in that edition.
std::string relaiPlan(const std::string& number, int edition) {
    std::string text = support::fileText(kSource + "/docs/demo/plans/1-actif.json");
    text = replaced(text, "\"version\": 2", "\"version\": " + std::to_string(edition));
    if (number == "0001") return text;
    text = replaced(text, "EXC-2026-0001", "EXC-2026-" + number);
    text = replaced(text, "\"U-0001\"", "\"U-" + number + "\"");
    text = replaced(text, "1948-05-17", "1948-06-" + number.substr(2));
    text = replaced(text, "\"QUALIFIEE\"", "\"PROVISOIRE\"");
    const std::size_t ins = text.find("\"ins\": {");
    return text.replace(ins, text.find('}', ins) + 1 - ins, "\"ins\": null");
}

std::string refusing(std::string plan) {
    return replaced(std::move(plan), "\"destinatairesRefuses\": []",
                    "\"destinatairesRefuses\": [\"I4\"]");
}

std::string closing(std::string plan, const std::string& reason) {
    plan = replaced(std::move(plan), "\"statut\": \"ACTIF\"", "\"statut\": \"SORTI\"");
    return replaced(std::move(plan), "\"sortie\": null",
                    R"("sortie": {"date": "2026-03-02", "motif": {"code": ")" + reason +
                        R"(", "libelle": "Fin"}, "relais": ["I1"]})");
}

/// The physiotherapist is only suggested.
std::string proposing(std::string plan) {
    const std::size_t at = plan.find("\"accord\": \"OUI\"", plan.find("\"nom\": \"GABARIT\""));
    return plan.replace(at, 15, "\"accord\": \"EN_ATTENTE\"");
}

class LifeOfMany {
public:
    explicit LifeOfMany(Kills kills) : kills_(kills), world_(withAll(files_.path() + "/f")) {
        world_.gateway().port("portal");  // it runs
        // Who is refused meanwhile could not be reached before.
        command({"pause", "had/plans"});
    }

    /// Everything that `sends` hands over is accepted; then all that follows of it is done.
    void step(const std::function<void()>& sends, std::size_t reviews = 0) {
        sends();
        if (kills_ == Kills::accepted) world_.killAndRestart();
        const bool done =
            support::within(60s, [&] { return settled() && messages("reviews") >= reviews; });
        EXPECT_TRUE(done) << state() << world_.gateway().output();
        if (kills_ == Kills::done) world_.killAndRestart();
    }

    void plan(const std::string& text) { sent({"--to", world_.plansUrl()}, text, "json"); }
    void gpAnswers(const std::string& proposal) {
        sent(
            {"--to", replaced(world_.plansUrl(), "/networks/relai/plans", "/partners/gp/updates")},
            R"({"resourceType": "Task", "identifier": [{"system": "https://passerelle.example/networks/relai", "value": ")" +
                proposal +
                R"("}], "status": "accepted", "intent": "order", "lastModified": "2026-03-09T10:00:00+01:00"})",
            "fhir+json");
    }
    /// An example of adt-to-notice about the plan's person, under that number of the hospital's.
    void hospital(const std::string& example, const std::string& number, bool ins,
                  const std::string& gone = {}) {
        std::string text =
            support::fileText(kMaps + "adt-to-notice/examples/" + example + "/in.hl7");
        const std::string of = "^^^HOPITAL-EXEMPLE&980000004&M^PI";
        if (!gone.empty()) text = replaced(text, "000999" + of, gone + of);
        text = replaced(text, "000777" + of, number + of);
        if (!ins)
            text = replaced(
                text,
                "~248053199300177^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS^^20210101", "");
        const std::string feed =
            "mllp://127.0.0.1:" + std::to_string(world_.gateway().port("feed"));
        const support::Ran ran = support::passerelle({"send", "--to", feed, write(text)});
        EXPECT_EQ(0, ran.code) << ran.out << ran.err;
    }
    /// A file into the folder of that source, taken.
    void file(const std::string& source, const std::string& text) {
        const std::string path = files_.path() + "/f/in-" + source + "/one";
        std::filesystem::rename(write(text), path);
        EXPECT_TRUE(support::within(60s, [&] { return !std::filesystem::exists(path); }))
            << world_.gateway().output();
    }
    void resume() {
        command({"resume", "had/plans"});
        paused_ = false;
    }

    std::set<std::string> got(const std::string& partner) {
        const std::vector<std::string> all = world_.partner(partner).got();
        return {all.begin(), all.end()};
    }
    std::vector<std::string> in(const std::string& folder) const {
        return textsIn(files_.path() + "/f/" + folder);
    }

    /// What became of everything, without what differs each time: ids and times.
    std::string state() {
        std::map<std::string, int> lines;
        const Json list = support::asked({"messages", "list", "--most", "1000"}, world_.folder());
        for (const auto& message : list["messages"].GetArray()) {
            const std::string what =
                textAt(message, "source") + " " + textAt(message, "state") + " ";
            ++lines[what];
            for (const auto& delivery : message["deliveries"].GetArray())
                ++lines[what + textAt(delivery, "destination") + " " + textAt(delivery, "state") +
                        (textAt(delivery, "state") == "held" ? reasonOf(delivery) : "")];
        }
        const Json plans = support::asked({"plans", "list", "--state", "all"}, world_.folder());
        for (const auto& one : plans["plans"].GetArray())
            ++lines[textAt(one, "number") + " " + textAt(one, "state") + " " +
                    textAt(one, "edition").substr(0, 10)];  // the day, where nothing else is stated
        for (const char* const partner : {"gp", "had", "hospital", "pharmacy"})
            lines[std::string(partner) + " got"] = static_cast<int>(got(partner).size());
        for (const char* const folder :
             {"relai/tasks", "relai/reports", "relai/notices", "relai/needs", "arpege/tasks",
              "pluri/tasks", "pluri/needs", "msp/needs", "department"})
            rowsOf(folder, lines);
        std::string text;
        for (const auto& [line, count] : lines) text += std::to_string(count) + " " + line + "\n";
        return text;
    }

private:
    static std::string reasonOf(const rapidjson::Value& held) {
        const auto reason = held.FindMember("reason");
        return reason == held.MemberEnd() ? "" : ": " + textAt(reason->value, "fr");
    }
    /// By their first column, which names them.
    void rowsOf(const std::string& folder, std::map<std::string, int>& lines) const {
        for (const std::string& text : in(folder)) {
            std::istringstream rows(text);
            std::string row;
            if (!text.starts_with('{')) std::getline(rows, row);
            if (text.starts_with('{')) ++lines[folder];
            while (!text.starts_with('{') && std::getline(rows, row))
                ++lines[folder + ": " + row.substr(0, row.find(';'))];
        }
    }
    std::string write(const std::string& text) {
        return files_.write(std::to_string(++written_) + ".txt", text);
    }
    void sent(std::vector<std::string> words, const std::string& text, const std::string& type) {
        words.insert(words.begin(), "send");
        words.insert(words.end(), {"--type", "application/" + type, write(text)});
        const support::Ran ran = support::passerelle(words);
        EXPECT_EQ(0, ran.code) << ran.out << ran.err;
    }
    void command(std::vector<std::string> words) {
        words.insert(words.end(), {"-c", world_.folder()});
        const support::Ran ran = support::passerelle(words);
        EXPECT_EQ(0, ran.code) << ran.out << ran.err;
    }
    std::size_t messages(const std::string& source) {
        return support::asked({"messages", "list", "--source", source}, world_.folder())["messages"]
            .Size();
    }
    /// What waits for the HAD, as long as it is paused, does not count.
    bool settled() {
        const Json status = support::asked({"status"}, world_.folder());
        std::uint64_t waiting = status["messages"]["waiting"].GetUint64();
        for (const auto& one : support::itemsAt(status, "destinations").GetArray())
            for (const char* const state : {"queued", "inflight", "uncertain"})
                if (textAt(one, "name") != "had/plans" || !paused_)
                    waiting += one[state].GetUint64();
        return waiting == 0;
    }

    const Kills kills_;
    support::TemporaryFolder files_;
    RelaiWorld world_;
    int written_ = 0;
    bool paused_ = true;
};

/// The plan as FHIR, in which the person lets the department have what concerns its aids.
std::string bundleForDepartment(const std::string& plan) {
    support::TemporaryFolder files;
    const support::Ran made =
        support::passerelle({"translate", "--mappings", kSource + "/mappings", "--map",
                             "relai-to-plan", "--to", "fhir+json", files.write("in.json", plan)});
    if (made.code != 0) throw std::runtime_error(made.err);
    const std::size_t end = made.out.rfind(']');
    return made.out.substr(0, end) +
           R"(,{"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "resource": {"resourceType": "Organization",
  "identifier": [{"system": "https://finess.esante.gouv.fr", "value": "980000111"}], "name": "Département Exemple"}},
{"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000002", "resource": {"resourceType": "Consent", "status": "active",
  "identifier": [{"system": "https://passerelle.example/networks/relai", "value": "EXC-2026-0004/consent-department"}],
  "dateTime": "2026-02-01",
  "extension": [{"url": "https://passerelle.example/fhir/StructureDefinition/collected", "valueCoding":
    {"system": "https://passerelle.example/fhir/CodeSystem/pps-collected", "code": "ECRIT"}}],
  "provision": {"type": "permit", "actor": [{"role": {"text": "Département", "coding": [
    {"system": "https://passerelle.example/fhir/CodeSystem/pps-payer", "code": "DEPARTEMENT"}]},
    "reference": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}}]}}})" +
           made.out.substr(end);
}

std::string needs(const std::string& state, int version) {
    return "FINESS_MSP;NOM_MSP;NUM_BESOIN;TYPE;DESCRIPTION;ETAT;VERSION\n999000078;MSP "
           "Exemple;B1;DEPISTAGE;Chutes;" +
           state + ";" + std::to_string(version) + "\n";
}

/// Six steps; each has something new of most plans.
std::string lived(Kills kills) {
    LifeOfMany life(kills);
    const std::string refused = "0001", asked = "0002", dying = "0003", aided = "0004";
    const auto arpege = [&](const std::string& sector) {
        const support::ArpegePack pack("EX-2026-01", sector, "MODELE Marie", 1950, "02/04/2096");
        life.file("arpege", support::fileText(pack.tar()));
    };
    life.step(
        [&] {
            life.plan(relaiPlan(refused, 2));
            life.plan(proposing(relaiPlan(asked, 2)));
            life.plan(relaiPlan(dying, 2));
            life.file("bundles", bundleForDepartment(relaiPlan(aided, 2)));
            arpege("Nord");
            life.file("pluri", support::planSante("2026-03-01", "enCours", ""));
            life.file("needs", needs("EXPRIME", 1));
        },
        5);
    life.step([&] {
        life.plan(refusing(relaiPlan(refused, 3)));
        life.gpAnswers("EXC-2026-0002/I5/proposal");
        life.hospital("identity-new", "000999", true);
        life.file("needs", needs("ACCEPTE", 2));
    });
    life.step([&] {
        life.plan(relaiPlan(refused, 1));  // late, and without the refusal
        life.plan(closing(relaiPlan(dying, 3), "DECES"));
        life.hospital("merge", "000777", false, "000999");
        arpege("Sud");
        life.file("needs", needs("EXPRIME", 1));
    });
    life.step([&] {
        life.hospital("discharge-home", "000777", false);
        life.gpAnswers("EXC-2026-0002/I5/proposal");  // the same again
        life.file("bundles", bundleForDepartment(closing(relaiPlan(aided, 3), "COORD-EN-PLACE")));
        life.file("pluri", support::planSante("2026-03-20", "cloture",
                                              R"(<sortie date="2026-03-20" motif="relaisMSP"/>)"));
    });
    life.step([&] { life.plan(closing(refusing(relaiPlan(refused, 4)), "COORD-EN-PLACE")); });
    life.step([&] { life.resume(); });
    for (const std::string& text : life.got("had"))
        EXPECT_EQ(text.npos, text.find("EXC-2026-0001")) << "it was refused meanwhile";
    return life.state();
}

TEST(LifeOfManyPlans, EndsInTheSameStateWithKillsBetweenAnyTwoSteps) {
    const std::string undisturbed = lived(Kills::never);
    for (const char* const line : {
             "1 EXC-2026-0001 completed 4\n",
             "1 EXC-2026-0002 active 2\n",
             "1 EXC-2026-0003 completed 3\n",
             "1 EXC-2026-0004 completed 3\n",
             "2 department\n",
             "1 relai/tasks: EXC-2026-0001/review/2026-04-12/DEPASSEE\n",
         })
        EXPECT_THAT(undisturbed, testing::HasSubstr(line));
    EXPECT_EQ(undisturbed, lived(Kills::accepted)) << "killed as soon as a step is accepted";
    EXPECT_EQ(undisturbed, lived(Kills::done)) << "killed when a step is done";
}

}  // namespace
