/// Who comes to a door with the right certificate and the wrong wish: another network's plans,
/// another partner's mailbox, what a person has refused meanwhile. Over TLS, from a gateway of its
/// own process.
#include <signal.h>

#include <filesystem>
#include <map>
#include <tuple>

#include "asking.h"
#include "raw_client.h"
#include "support/gateway_process.h"
#include "support/mllp_peers.h"
#include "support/places.h"
#include "support/plugins.h"
#include "support/tls_certs.h"

namespace {
using namespace std::chrono_literals;
using support::Json;
using support::jsonOf;
using support::textAt;
using support::within;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPlan = "EXC-2026-0001";
constexpr const char* kName = "INVENTEE";
constexpr const char* kIns = "248053199300177";

using Words = std::vector<std::string>;

struct Answer {
    std::string status, body;
    bool operator==(const Answer&) const = default;
};
void PrintTo(const Answer& one, std::ostream* out) { *out << one.status << " " << one.body; }

/// The networks "relai" and "autre" with their portals, the practices "cabinet" (whose doctor is in
/// the plan) and "voisin", the hospital "chu".
class Doors : public testing::Test {
protected:
    Doors() {
        std::filesystem::create_directories(folder_.path() + "/certs");
        ca_ = std::make_unique<support::CertificateAuthority>(folder_.path() + "/certs", "ca");
        server_ = ca_->issue("gateway");
        for (const char* const name :
             {"portail-relai", "portail-autre", "cabinet", "voisin", "chu"})
            shown_[name] = ca_->issue(name);
        for (const char* const network : {"relai", "autre"})
            folder_.write("endpoints/portail-" + std::string(network) + ".yaml",
                          "certificates: [CN=portail-" + std::string(network) + "]\nnetworks: [" +
                              network + "]\n");
        for (const auto& [name, rpps] : {std::pair("cabinet", "99800000103"), {"voisin", "1"}})
            folder_.write("partners/" + std::string(name) + ".yaml",
                          "category: gp\nidentifiers: {rpps: \"" + std::string(rpps) +
                              "\"}\ndestinations:\n  plans: {mailbox: {unread_after: 30 d}, map: "
                              "plan-to-gp, codec: fhir}\n");
        folder_.write("partners/chu.yaml", "category: hospital\n");
        folder_.write("passerelle.yaml", configuration());
        gateway_ = std::make_unique<support::GatewayProcess>(folder_.path());
        url_ = "https://127.0.0.1:" + std::to_string(gateway_->port("portal"));
    }
    std::string configuration() const {
        const std::string tls = "tls: {cert: " + server_.cert + ", key: " + server_.key +
                                ", clients: " + ca_->file() + "}";
        const auto network = [](const std::string& name) {
            return "  " + name + ":\n    listener: portal\n    path: /networks/" + name +
                   "/plans\n    network: " + name + "\n    from: [portail-" + name +
                   "]\n    codec: {json: {model: relai-pps}}\n    envelope:\n"
                   "      sender: reseau.finessGeo\n      control_id: dossier.numero & '/' & "
                   "dossier.version.toString()\n      type: format\n      order: \"'" +
                   name +
                   "/' & dossier.numero\"\n      subjects: usager.ins.matricule | "
                   "usager.idLocal\n";
        };
        return "zone: Europe/Paris\nstore: {sqlite: var/doors.db}\nmappings: " +
               std::string(support::kSourceDir) +
               "/mappings\nissuers:\n  idp: {issuer: 'https://idp.example', audience: doors, jwks: "
               "'https://127.0.0.1:1/jwks', tls: {ca: " +
               ca_->file() +
               "}}\nlisteners:\n  portal: {http: {listen: '127.0.0.1:0', tokens: [idp], " + tls +
               "}}\n  adt: {mllp: {listen: '127.0.0.1:0', " + tls + "}}\nsources:\n" +
               network("relai") + network("autre") +
               "  gp: {listener: portal, fhir: /fhir, codec: fhir, resources: [Bundle, Task], "
               "from: [cabinet, voisin, portail-relai, portail-autre]}\n"
               "  adt: {listener: adt, codec: hl7v2, from: [chu]}\n"
               "policies:\n  care-team: {care_circle: {mode: test, filters: {gp: "
               "plan-without-refusing-carers, others: plan-without-carers}}}\nroutes:\n"
               "  - {name: relai, from: relai, map: relai-to-plan, to: care-team, deliver: plans}\n"
               "  - {name: autre, from: autre, map: relai-to-plan, to: care-team, deliver: plans}\n"
               "  - {name: gp, from: gp, ignore: a test}\n"
               "  - {name: adt, from: adt, ignore: a test}\n";
    }
    /// curl's words, below the address of the portal.
    Answer ask(const std::string& who, const std::string& path, const Words& words = {}) {
        Words all{"/usr/bin/env",
                  "curl",
                  "-s",
                  "--cacert",
                  ca_->file(),
                  "--cert",
                  shown_.at(who).cert,
                  "--key",
                  shown_.at(who).key,
                  "-w",
                  "\n%{http_code}",
                  url_ + path};
        all.insert(all.end(), words.begin(), words.end());
        const support::Ran ran = support::run(all);
        EXPECT_EQ(0, ran.code) << path << "\n" << ran.err;
        const std::size_t end = ran.out.rfind('\n');
        return {ran.out.substr(end + 1), ran.out.substr(0, end)};
    }
    static Words sending(const std::string& body, const std::string& type) {
        return {"-H", "Content-Type: " + type, "--data-binary", body};
    }
    static Words with(Words words, const Words& more) {
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    static Words task(const std::string& status) {
        return with({"-X", "PUT"}, sending(R"({"resourceType":"Task","intent":"order","status":")" +
                                               status + "\"}",
                                           "application/fhir+json"));
    }
    static std::string demoPlan() {
        return support::fileText(std::string(support::kSourceDir) +
                                 "/docs/demo/plans/1-actif.json");
    }
    /// Its next edition, in which the person refuses the doctor of "cabinet".
    static std::string refusing() {
        std::string plan = demoPlan();
        for (const auto& [what, by] :
             {std::pair("\"version\": 2,", "\"version\": 3,"),
              {"\"destinatairesRefuses\": []", "\"destinatairesRefuses\": [\"I1\"]"}}) {
            const std::size_t at = plan.find(what);
            if (at == plan.npos) throw std::runtime_error(std::string("no longer there: ") + what);
            plan.replace(at, std::string(what).size(), by);
        }
        return plan;
    }
    /// Sent by the portal of "relai"; its id, once it is known who gets it, if anybody does.
    std::string sent(const std::string& plan) {
        const std::string file = folder_.write("plan.json", plan);
        const Answer taken =
            ask("portail-relai", "/networks/relai/plans", sending("@" + file, "application/json"));
        EXPECT_EQ("202", taken.status) << taken.body;
        const std::string id = textAt(jsonOf(taken.body), "id");
        EXPECT_TRUE(within(30s, [&] {
            const Answer told = ask("portail-relai", "/networks/relai/plans/" + id);
            return told.status == "200" &&
                   told.body.find(R"("state":"received")") == std::string::npos;
        })) << gateway_->output();
        return id;
    }
    /// What waits for the practice of the plan's doctor.
    std::string waits() {
        std::string id;
        EXPECT_TRUE(within(30s, [&] {
            const Answer found = ask("cabinet", "/fhir/Task?status=requested");
            const std::size_t at = found.body.find("\"pickup-");
            if (at == found.body.npos) return false;
            id = found.body.substr(at + 8, found.body.find('"', at + 8) - at - 8);
            return true;
        })) << gateway_->output();
        return id;
    }

    support::TemporaryFolder folder_;
    std::unique_ptr<support::CertificateAuthority> ca_;
    support::KeyPair server_;
    std::map<std::string, support::KeyPair> shown_;
    std::unique_ptr<support::GatewayProcess> gateway_;
    std::string url_;
};

TEST_F(Doors, ANetworksPortalLearnsNothingOfAnothersPlans) {
    const std::string id = sent(demoPlan());
    const std::string nobodys = "ZZZZZ-1", plans = "/networks/relai/plans";
    const auto asked = [&](const std::string& path) { return ask("portail-autre", path); };
    for (const char* const below : {"/networks/relai/plans/", "/networks/autre/plans/",
                                    "/fhir/$status/", "/fhir/Bundle/", "/fhir/Task/pickup-"}) {
        const Answer told = asked(below + id);
        EXPECT_EQ("404", told.status) << below;
        EXPECT_EQ(asked(below + nobodys), told) << below << ": as if there were none";
    }
    const std::string file = folder_.write("own.json", demoPlan());
    for (const Words& words : std::vector<Words>{
             sending("@" + file, "application/json"),
             {"-F", "plan=@" + file},
             with({"-X", "PUT"}, sending("@" + file, "application/json")),
             with({"-H", "X-Acts-For: relai"}, sending("@" + file, "application/json"))}) {
        const Answer refused = ask("portail-autre", plans, words);
        EXPECT_EQ("403", refused.status) << refused.body;
        EXPECT_THAT(refused.body, AllOf(Not(HasSubstr(kPlan)), Not(HasSubstr(id))));
    }
    EXPECT_EQ("403", asked("/fhir/CarePlan").status) << "it acts for no partner";

    const auto bundle = [](const std::string& number) {
        return R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)"
               R"({"resourceType":"CarePlan","status":"active","intent":"plan","identifier":)"
               R"([{"system":"https://passerelle.example/networks/relai","value":")" +
               number + R"("}],"subject":{"display":"x"}}}]})";
    };
    const auto unlessKnown = [&](const std::string& who, const std::string& number) {
        return ask(who, "/fhir/Bundle",
                   with({"-H",
                         "If-None-Exist: "
                         "identifier=https://passerelle.example/networks/relai|" +
                             number},
                        sending(bundle(number), "application/fhir+json")))
            .status;
    };
    EXPECT_EQ("200", unlessKnown("portail-relai", kPlan)) << "its own network's is known";
    EXPECT_EQ("202", unlessKnown("portail-autre", kPlan));
    EXPECT_EQ("202", unlessKnown("portail-autre", "EXC-NOBODYS"));
    const auto validated = [&](const std::string& number) {
        return ask("portail-autre", "/fhir/Bundle/$validate",
                   sending(bundle(number), "application/fhir+json"));
    };
    EXPECT_EQ(validated("EXC-NOBODYS"), validated(kPlan));
    std::string audit;  // is written after the answer
    EXPECT_TRUE(support::within(10s, [&] {
        audit = support::passerelle(
                    {"audit", "list", "-c", folder_.path(), "--json", "--what", "refusal"})
                    .out;
        return audit.find("portail-autre") != audit.npos;
    })) << audit;
    EXPECT_THAT(audit, Not(HasSubstr(kPlan)));
}

TEST_F(Doors, ACertificateOpensThoseOfItsOwnerAlone) {
    const std::string message = sent(demoPlan()), id = waits();
    for (const std::string& path : {"/fhir/Bundle/" + id, "/fhir/CarePlan/" + id + ".1",
                                    "/fhir/Binary/" + id, "/fhir/Task/pickup-" + id}) {
        EXPECT_EQ("404", ask("voisin", path).status) << path;
        EXPECT_EQ("404", ask("voisin", path, {"-I"}).status) << path;
    }
    EXPECT_EQ("404", ask("voisin", "/fhir/Task/pickup-" + id, task("completed")).status);
    EXPECT_EQ("404", ask("voisin", "/fhir/Bundle/" + id + "/$ack", {"-X", "POST"}).status);
    EXPECT_EQ("403", ask("voisin", "/fhir/Bundle/" + id, {"-H", "X-Acts-For: cabinet"}).status);
    EXPECT_THAT(ask("voisin", "/fhir/Task").body, HasSubstr("\"total\":0"));
    EXPECT_THAT(ask("voisin", "/fhir/CarePlan/_search",
                    {"--data-urlencode", "patient.identifier=" + std::string(kIns)})
                    .body,
                HasSubstr("\"total\":0"));
    EXPECT_EQ("404", ask("voisin", "/fhir/$status/" + message).status);
    EXPECT_EQ("404", ask("cabinet", "/networks/relai/plans/" + message).status)
        << "whoever receives it did not send it";

    const std::string file = folder_.write("plan.json", demoPlan());
    for (const char* const who : {"cabinet", "chu"})
        for (const Words& words :
             std::vector<Words>{sending("@" + file, "application/json"), {"-F", "a=@" + file}})
            EXPECT_EQ("403", ask(who, "/networks/relai/plans", words).status) << who;
    EXPECT_EQ("403", ask("chu", "/fhir/Task",
                         sending(R"({"resourceType":"Task"})", "application/fhir+json"))
                         .status);
    EXPECT_EQ("403", ask("portail-relai", "/fhir/Bundle").status) << "it acts for no partner";

    const auto admitted = [&](const std::string& who) {
        return support::passerelle(
            {"send", "--to", "mllps://127.0.0.1:" + std::to_string(gateway_->port("adt")), "--ca",
             ca_->file(), "--cert", shown_.at(who).cert, "--key", shown_.at(who).key,
             folder_.write("adt.hl7", support::admission(who, 1, 500))});
    };
    EXPECT_THAT(admitted("chu").out, HasSubstr("MSA|AA|chu"));
    for (const char* const who : {"cabinet", "portail-relai"})
        EXPECT_THAT(admitted(who).out, HasSubstr("MSA|AR|")) << who;
    EXPECT_EQ("200", ask("cabinet", "/fhir/Bundle/" + id).status) << "nobody has settled it";
}

TEST_F(Doors, WhomThePersonRefusesAfterTheSearchReadsNothing) {
    sent(demoPlan());
    const std::string id = waits();
    EXPECT_THAT(ask("cabinet", "/fhir/CarePlan").body, HasSubstr(id + ".1"));
    sent(refusing());
    for (const std::string& path : {"/fhir/Bundle/" + id, "/fhir/CarePlan/" + id + ".1"}) {
        const Answer gone = ask("cabinet", path);
        EXPECT_EQ("410", gone.status) << path;
        EXPECT_THAT(gone.body, AllOf(Not(HasSubstr(kName)), Not(HasSubstr(kPlan))));
    }
    EXPECT_THAT(ask("cabinet", "/fhir/Task/pickup-" + id).body,
                HasSubstr("\"status\":\"cancelled\""));
    EXPECT_EQ("410", ask("cabinet", "/fhir/Task/pickup-" + id, task("completed")).status);
    EXPECT_EQ("410", ask("cabinet", "/fhir/Bundle/" + id + "/$ack", {"-X", "POST"}).status);
    for (const char* const type : {"Task", "Bundle", "CarePlan"})
        EXPECT_THAT(ask("cabinet", std::string("/fhir/") + type).body,
                    AllOf(HasSubstr("\"total\":0"), Not(HasSubstr(id))));
    EXPECT_THAT(ask("cabinet", "/fhir/CarePlan/_search",
                    {"--data-urlencode", "patient.identifier=" + std::string(kIns)})
                    .body,
                HasSubstr("\"total\":0"));
}

TEST_F(Doors, TwoPracticesWhoNumberTheirsAlikeAreTwo) {
    const auto told = [&](const char* who) {
        return ask(who, "/fhir/Task",
                   with({"-H", "Idempotency-Key: 1"},
                        sending(R"({"resourceType":"Task","status":"requested","intent":"order"})",
                                "application/fhir+json")))
            .body;
    };
    EXPECT_THAT(told("cabinet"), HasSubstr("stored as message"));
    EXPECT_THAT(told("voisin"), HasSubstr("stored as message")) << "it is not the other's";
    EXPECT_THAT(told("cabinet"), HasSubstr("known already"));
    EXPECT_THAT(told("voisin"), HasSubstr("known already"));
}

/// A marked person in all that a portal, a practice and a holder of tokens can say.
TEST_F(Doors, WhatIsSaidAtThemOfAPersonIsWrittenNowhere) {
    const std::string id = [&] {
        sent(demoPlan());
        return waits();
    }();
    const std::string mark = kName, ins = kIns, both = mark + ins;
    const std::string file = folder_.write(both + ".json", "{\"" + mark + "\":" + ins);
    const std::string fhir = "application/fhir+json", form = "application/x-www-form-urlencoded";
    const auto jwt = [&](const std::string& payload) {
        return "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9." + payload + "." + both;
    };
    const std::string plans = "/networks/relai/plans", own = "/fhir/Bundle/" + id;
    const auto subscription = [&](const std::string& endpoint, const std::string& criteria) {
        return sending(R"({"resourceType":"Subscription","status":"requested","reason":")" + mark +
                           R"(","criteria":")" + criteria +
                           R"(","channel":{"type":"rest-hook","endpoint":")" + endpoint +
                           R"(","header":["X-Marked: )" + both + R"("]}})",
                       fhir);
    };
    const std::vector<std::tuple<std::string, std::string, Words>> refused{
        {"portail-relai", plans, sending("@" + file, "application/json")},
        {"portail-relai", plans, {"-F", mark + "=@" + file}},
        {"portail-relai", plans, {"-F", mark + "=@" + file + ";filename=../" + both + "/"}},
        {"portail-relai", plans, {"-F", mark + "=" + ins}},
        {"portail-relai", plans + "/" + both, {}},
        {"portail-autre", plans, {"-F", mark + "=@" + file}},
        {"cabinet", "/fhir/CarePlan?patient.identifier=" + ins + "&name=" + mark, {}},
        {"cabinet", "/fhir/CarePlan?identifier=" + ins, {}},
        {"cabinet", "/fhir/CarePlan?_cursor=" + both, {}},
        {"cabinet", "/fhir/CarePlan?_count=" + both, {}},
        {"cabinet", "/fhir/CarePlan/_search", sending("_lastUpdated=" + both, form)},
        {"cabinet", "/fhir/CarePlan/_search", sending("status:not=" + both, form)},
        {"cabinet", own + "." + ins, {}},
        {"cabinet", "/fhir/Task/pickup-" + both, {}},
        {"cabinet", "/fhir/Task/pickup-" + id, task(both)},
        {"cabinet", "/fhir/Task/pickup-" + id,
         with({"-H", "If-Match: " + both}, task("completed"))},
        {"cabinet", own + "/$ack",
         sending(R"({"resourceType":"Parameters","parameter":[{"name":")" + both +
                     R"(","valueBoolean":true}]})",
                 fhir)},
        {"cabinet", "/fhir/Subscription",
         subscription("https://" + mark + ".example/" + ins, "Task?")},
        {"cabinet", "/fhir/Subscription", subscription("https://a.example/x", both + "?" + ins)},
        {"cabinet", "/fhir/Subscription/" + both, {}},
        {"cabinet", own, {"-H", "X-Acts-For: " + both}},
        {"cabinet", own, {"-H", "Authorization: " + both}},
        {"cabinet", own, {"-H", jwt(both)}},
        {"cabinet", own, {"-H", jwt("eyJpc3MiOiJJTlZFTlRFRSJ9")}},  // {"iss":"INVENTEE"}
        {"cabinet", own, {"-H", jwt("eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIn0")}},  // ours
        {"cabinet", "/fhir/Task",
         with({"-H", "If-None-Exist: identifier=" + mark + "|" + ins},
              sending("{\"resourceType\":\"Task\"}", fhir))},
        {"cabinet", "/fhir", sending(R"({"resourceType":"Bundle","type":")" + both + "\"}", fhir)}};
    for (const auto& [who, path, words] : refused) {
        const Answer answer = ask(who, path, words);
        EXPECT_THAT(answer.status, testing::AnyOf(testing::StartsWith("4"), "503"))
            << path << " " << answer.body;
        EXPECT_THAT(answer.body, AllOf(Not(HasSubstr(mark)), Not(HasSubstr(ins)))) << path;
    }
    // What is read, searched for and refused by its owner is told to nobody else.
    EXPECT_THAT(ask("cabinet", own).body, HasSubstr(mark));
    EXPECT_THAT(
        ask("cabinet", "/fhir/CarePlan/_search", {"--data-urlencode", "patient.identifier=" + ins})
            .body,
        HasSubstr(id));
    EXPECT_EQ("200",
              ask("cabinet", "/fhir/Task/pickup-" + id,
                  with({"-X", "PUT"}, sending(R"({"resourceType":"Task","intent":"order","status":)"
                                              R"("rejected","statusReason":{"text":")" +
                                                  both + "\"}}",
                                              fhir)))
                  .status);
    for (Words words : {Words{"audit", "list", "--json"},
                        {"messages", "list", "--json"},
                        {"messages", "refused"},
                        {"status", "--json"},
                        {"alerts", "list"}}) {
        words.insert(words.end(), {"-c", folder_.path()});
        const support::Ran ran = support::passerelle(words);
        EXPECT_EQ(0, ran.code) << ran.err;
        EXPECT_THAT(ran.out + ran.err, AllOf(Not(HasSubstr(mark)), Not(HasSubstr(ins))))
            << words[0];
    }
    const std::string metrics =
        support::converse(folder_.path() + "/var/admin.sock",
                          "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(metrics, AllOf(HasSubstr("passerelle_ready 1\n"), Not(HasSubstr(mark)),
                               Not(HasSubstr(ins))));
    EXPECT_EQ(0, gateway_->end(SIGTERM));
    EXPECT_THAT(gateway_->output(),
                AllOf(HasSubstr("http-unknown"), Not(HasSubstr(mark)), Not(HasSubstr(ins))));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
        const std::string path = entry.path().string();
        if (!entry.is_regular_file() || path.ends_with(".json")) continue;  // what was sent
        const std::string text = support::fileText(path);
        EXPECT_EQ(text.npos, text.find(mark)) << path;
        EXPECT_EQ(text.npos, text.find(ins)) << path;
    }
}

}  // namespace
