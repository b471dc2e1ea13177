/// Real plans through the shipped gateway: what each partner gets equals the source.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "asking.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using rapidjson::Value;
using support::itemsAt;
using support::Json;
using support::RelaiWorld;
using support::textAt;

constexpr const char* kTechnical = "SANS-PROBLEME";

std::vector<std::string> plans() {
    std::vector<std::string> files;
    for (const std::string& folder : {std::string(support::kSourceDir) + "/docs/demo/plans",
                                      support::corpus() + "/pps/relai-json"})
        if (std::filesystem::is_directory(folder))
            for (const auto& entry : std::filesystem::directory_iterator(folder))
                files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// One line for all that a partner must know of one thing: "ORC, problem, label, state, dates".
std::string row(std::initializer_list<std::string> parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : " | ") + part;
    return text;
}

std::string day(std::string date) {
    std::erase(date, '-');
    return date;
}

/// Whether a problem or an approach is a carer's: then it reaches the network and the GP alone.
bool isCarers(const Value& plan, const Value& thing) {
    if (thing.HasMember("beneficiaire")) return textAt(thing["beneficiaire"], "type") == "AIDANT";
    const auto& relatives = itemsAt(plan, "entourage").GetArray();
    return textAt(thing, "code") == "AID-EPUIS" &&
           1 == std::count_if(relatives.begin(), relatives.end(), [](const Value& one) {
               const auto& roles = itemsAt(one, "roles").GetArray();
               return std::find(roles.begin(), roles.end(), "AIDANT_PRINCIPAL") != roles.end();
           });
}

/// What the hospital must get.
std::vector<std::string> rowsOf(const Value& plan) {
    std::vector<std::string> rows{row({"PTH", textAt(plan["dossier"], "statut")})};
    for (const Value& problem : itemsAt(plan, "problemes").GetArray()) {
        if (isCarers(plan, problem)) continue;
        const std::string of = textAt(problem, "id");
        rows.push_back(row({"PRB", of, textAt(problem, "libelle")}));
        for (const Value& goal : itemsAt(problem, "objectifs").GetArray())
            rows.push_back(row({"GOL", of, textAt(goal, "libelle"), textAt(goal, "etat"),
                                day(textAt(goal, "echeance"))}));
        for (const Value& goal : itemsAt(problem, "objectifs").GetArray())
            for (const Value& action : itemsAt(goal, "actions").GetArray())
                rows.push_back(row({"ORC", of, textAt(action, "libelle"), textAt(action, "statut"),
                                    day(textAt(action, "debut")), day(textAt(action, "fin")), ""}));
    }
    const Value& approaches = itemsAt(plan, "soinsComplementaires");
    const Value& aids = itemsAt(plan, "aides");
    const bool any = std::any_of(approaches.Begin(), approaches.End(),
                                 [&](const Value& one) { return !isCarers(plan, one); });
    if (any || !aids.Empty())
        rows.push_back(row({"PRB", kTechnical, "Actions sans problème rattaché"}));
    for (const Value& approach : approaches.GetArray())
        if (!isCarers(plan, approach))
            rows.push_back(row({"ORC", kTechnical, textAt(approach["approche"], "libelle"), "", "",
                                "", day(textAt(approach["prescription"], "date"))}));
    for (const Value& aid : aids.GetArray())
        rows.push_back(row({"ORC", kTechnical, textAt(aid, "libelle"), textAt(aid, "statut"), "",
                            "", day(textAt(aid, "dateDemande"))}));
    return rows;
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, by);) parts.push_back(part);
    return parts;
}

/// A segment's component, both counted from 1 ("GOL", 18, 1), without escapes.
std::string part(const std::vector<std::string>& fields, std::size_t field, std::size_t component) {
    if (field >= fields.size()) return {};
    const std::vector<std::string> parts = split(fields[field], '^');
    std::string text = component <= parts.size() ? parts[component - 1] : "";
    for (const auto& [escape, plain] :
         {std::pair("\\T\\", "&"), {"\\S\\", "^"}, {"\\R\\", "~"}, {"\\F\\", "|"}, {"\\E\\", "\\"}})
        for (std::size_t at; (at = text.find(escape)) != text.npos;) text.replace(at, 3, plain);
    return text;
}

/// The same lines, read from a PPP^PCB.
std::vector<std::string> rowsOfPathway(const std::string& message) {
    std::vector<std::string> rows, order;
    std::string problem;
    for (const std::string& segment : split(message, '\r')) {
        const std::vector<std::string> fields = split(segment, '|');
        const std::string name = fields.empty() ? "" : fields[0];
        if (name == "PTH") rows.push_back(row({name, part(fields, 5, 1)}));
        if (name == "PRB") {
            const std::string id = part(fields, 4, 1);
            problem = id.substr(id.rfind('/') + 1);
            rows.push_back(row({name, problem, part(fields, 3, 2)}));
        }
        if (name == "GOL")
            rows.push_back(
                row({name, problem, part(fields, 3, 2), part(fields, 18, 1), part(fields, 8, 1)}));
        if (name == "ORC") order = fields;
        if (name == "OBR")
            rows.push_back(row({"ORC", problem, part(fields, 4, 2), part(order, 25, 1),
                                part(order, 7, 4), part(order, 7, 5), part(order, 9, 1)}));
    }
    return rows;
}

/// Requests for care; reviews of the plan are Tasks too.
std::size_t requestsIn(const std::string& bundle) {
    const Json json = support::jsonOf(bundle);
    const auto& entries = itemsAt(json, "entry").GetArray();
    return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [](auto& entry) {
        return textAt(entry["resource"], "resourceType") == "Task" &&
               textAt(entry["resource"], "intent") == "order";
    }));
}

/// Whether somebody of that function is in the plan, and whether the person refused them.
struct Standing {
    bool member = false, refused = false;
    bool gets() const { return member && !refused; }
};

Standing standing(const Value& plan, const std::string& function) {
    Standing found;
    for (const Value& one : itemsAt(plan, "intervenants").GetArray()) {
        if (textAt(one, "fonction") != function) continue;
        found.member = true;
        for (const Value& id : itemsAt(plan["consentement"], "destinatairesRefuses").GetArray())
            found.refused |= id == one["id"];
    }
    return found;
}

class Relai : public testing::TestWithParam<std::string> {
protected:
    /// The timeline says in both languages that this partner was left out by the person's refusal.
    void expectLeftOut(const Value& message, const std::string& partner) {
        for (const Value& event : itemsAt(message, "timeline").GetArray()) {
            if (textAt(event, "what") != "left-out" || textAt(event, "partner") != partner)
                continue;
            EXPECT_THAT(textAt(event["text"], "en"), testing::HasSubstr("refused"));
            EXPECT_THAT(textAt(event["text"], "fr"), testing::HasSubstr("refus"));
            EXPECT_NE(textAt(event["text"], "en"), textAt(event["text"], "fr"));
            return;
        }
        ADD_FAILURE() << "the timeline says nothing of " << partner;
    }
};

TEST_P(Relai, ReachesEveryPartnerWholeAndNobodyWhomThePersonRefused) {
    RelaiWorld world;
    const Json plan = support::jsonOf(support::fileText(GetParam()));
    const support::Ran sent = world.send({GetParam()});
    ASSERT_EQ(0, sent.code) << sent.out << sent.err;
    ASSERT_TRUE(support::within(20s, [&] { return world.settled(); })) << world.gateway().output();

    ASSERT_EQ(1u, world.partner("hospital").got().size());
    EXPECT_THAT(rowsOfPathway(world.partner("hospital").got()[0]),
                testing::ElementsAreArray(rowsOf(plan)));
    ASSERT_EQ(1u, world.partner("gp").got().size());
    EXPECT_EQ(0u, requestsIn(world.partner("gp").got()[0]));
    const Standing had = standing(plan, "HAD"), pharmacy = standing(plan, "PHARMACIEN");
    ASSERT_EQ(had.gets() ? 1u : 0u, world.partner("had").got().size());
    for (const std::string& bundle : world.partner("had").got()) EXPECT_EQ(1u, requestsIn(bundle));
    EXPECT_EQ(pharmacy.gets() ? 1u : 0u, world.partner("pharmacy").got().size());

    const Json list = support::asked({"messages", "list"}, world.folder());
    ASSERT_EQ(1u, list["messages"].Size());
    const std::string id = textAt(list["messages"][0], "id");
    const Json message = support::asked({"messages", "show", id}, world.folder());
    for (const Value& delivery : message["deliveries"].GetArray())
        EXPECT_EQ("delivered", textAt(delivery, "state")) << textAt(delivery, "destination");
    EXPECT_EQ(2u + had.gets() + pharmacy.gets(), message["deliveries"].Size());
    if (had.refused) expectLeftOut(message, "had");
    if (pharmacy.refused) expectLeftOut(message, "pharmacy");

    const support::Ran again = world.send({GetParam()});
    EXPECT_EQ(0, again.code) << again.err;
    const Json status = support::asked({"status"}, world.folder());
    EXPECT_EQ(1u, status["repeats"].GetUint64());
    EXPECT_EQ(1u, status["messages"]["accepted"].GetUint64());
    EXPECT_EQ(message["deliveries"].Size(), support::deliveriesIn(status, "delivered"));

    EXPECT_EQ(0, world.gateway().end(SIGTERM)) << world.gateway().output();
    EXPECT_THAT(world.partner("hospital").end(), testing::StartsWith("total 1 messages, "));
    for (const auto& [name, place] : {std::pair("had", had), std::pair("pharmacy", pharmacy)}) {
        const std::string total = world.partner(name).end();
        EXPECT_EQ(place.gets(), total != "total 0 messages, 0 bytes") << name << ": " << total;
    }
}

TEST(Carers, TheZaritScoreReachesTheGpAndNeverHospitalOrHad) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside this checkout";
    RelaiWorld world;
    const auto plan = support::corpus() + "/pps/relai-json/relai_01_palliatif_actif.json";
    ASSERT_THAT(support::fileText(plan), testing::HasSubstr("Zarit"));
    ASSERT_EQ(0, world.send({plan}).code);
    ASSERT_TRUE(support::within(20s, [&] { return world.settled(); })) << world.gateway().output();
    ASSERT_EQ(1u, world.partner("gp").got().size());
    EXPECT_THAT(world.partner("gp").got()[0], testing::HasSubstr("Zarit"));
    ASSERT_EQ(1u, world.partner("hospital").got().size());
    for (const char* const partner : {"hospital", "had", "pharmacy"})
        for (const std::string& got : world.partner(partner).got()) {
            EXPECT_THAT(got, testing::Not(testing::HasSubstr("Zarit"))) << partner;
            EXPECT_THAT(got, testing::Not(testing::HasSubstr("Sophrologie"))) << partner;
            EXPECT_THAT(got, testing::HasSubstr("Socio-esthétique")) << partner;
        }
}

TEST(Carers, WhatNoFilterTakesAwayInProductionIsWarnedOf) {
    const auto checked = [](bool filtered) {
        support::TemporaryFolder folder;
        folder.write("passerelle.yaml",
                     std::string("store: {sqlite: p.db}\nmappings: ") + support::kSourceDir +
                         "/mappings\npolicies:\n  team: {care_circle: {mode: "
                         "production" +
                         (filtered ? ", filters: {others: plan-without-carers}" : "") + "}}\n");
        return support::passerelle({"check", "-c", folder.path()});
    };
    EXPECT_THAT(checked(false).out, testing::HasSubstr("what has no filter gets the whole plan"));
    EXPECT_THAT(checked(true).out, testing::Not(testing::HasSubstr("filter")));
}

INSTANTIATE_TEST_SUITE_P(Plans, Relai, testing::ValuesIn(plans()), [](const auto& given) {
    std::string name = std::filesystem::path(given.param).stem();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(RelaiCorpus, IsPartOfThePlansAbove) {
    if (support::corpus().empty()) GTEST_SKIP() << "there is no corpus beside the checkout";
    EXPECT_EQ(7u, plans().size());
}

}  // namespace
