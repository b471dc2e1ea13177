/// A marked person goes every way that a message can go: success, held, refused, malformed, set
/// aside. The mark is in the store and at the partners, and nowhere else.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "asking.h"
#include "raw_client.h"
#include "raw_peer.h"
#include "relai_world.h"
#include "support/mllp_peers.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using support::asked;
using support::RelaiWorld;
using support::replaced;

constexpr const char* kName = "ZZMARQUEE";
constexpr const char* kIns = "199997654321053";

/// Refuses each message, saying whom it was about.
class TalkativePeer {
public:
    TalkativePeer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            listen(listener_, 8) != 0 ||
            getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("the peer cannot listen");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] {
            for (int peer; (peer = accept(listener_, nullptr, nullptr)) >= 0; close(peer))
                talk(peer);
        });
    }
    ~TalkativePeer() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }
    std::uint16_t port() const { return port_; }

private:
    static void talk(int peer) {
        std::string text(65536, '\0');
        for (ssize_t got; (got = recv(peer, text.data(), text.size(), 0)) > 0;) {
            const std::string answer = std::string("\x0bMSH|^~\\&|P|P|||20260301||ACK|1|T|2.5\r") +
                                       "MSA|AE|FEED1|" + kName + "\rERR||PID^1^5|204^" + kIns +
                                       "|E|||" + kName + " is unknown|" + kIns + "\r\x1c\r";
            if (send(peer, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
        }
    }

    const int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

std::string markedPlan() {
    const support::Json plan = support::jsonOf(
        support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json"));
    std::string text =
        support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json");
    text = replaced(text, support::textAt(plan["usager"]["identite"], "nomNaissance"), kName);
    return replaced(text, support::textAt(plan["usager"]["ins"], "matricule"), kIns);
}

class NoPatientData : public testing::Test {
protected:
    NoPatientData() : world_(change(peer_.port())) {}

    /// A feed, and alerts that tell of the first refusal.
    static RelaiWorld::Change change(std::uint16_t port) {
        return [feed = support::withFeed(port)](const std::string& name, std::string& text) {
            feed(name, text);
            if (name == "passerelle.yaml")
                text += "alerts: {every: 200 ms, refusals: {share: 1, least: 1}}\n";
        };
    }

    support::Ran send(const std::string& name, const std::string& text) {
        const support::Ran sent = world_.send({files_.write(name, text)});
        expectClean("stderr of send", sent.err);
        return sent;
    }
    void drop(const std::string& text) {
        const std::string hidden = world_.folder() + "/inbox/.hidden.tmp";
        fs::rename(files_.write("hidden", text), hidden);
        fs::rename(hidden, world_.folder() + "/inbox/" + kName + ".json");
        ASSERT_TRUE(support::within(
            10s, [&] { return !fs::exists(world_.folder() + "/inbox/" + kName + ".json"); }));
    }
    static void expectClean(const std::string& what, const std::string& text) {
        for (const char* const mark : {kName, kIns})
            EXPECT_EQ(std::string::npos, text.find(mark)) << what << ":\n" << text;
    }

    TalkativePeer peer_;
    RelaiWorld world_;
    support::TemporaryFolder files_;
};

TEST_F(NoPatientData, IsOutsideTheStoreOnNoWay) {
    const std::string plan = markedPlan();
    EXPECT_EQ(0, send("success.json", plan).code);
    EXPECT_EQ(
        0, send("held.json", replaced(plan, "\"ACTIF\"", std::string("\"") + kName + "\"")).code);
    const std::string quoted = std::string("\"") + kName + "\"";
    const support::Ran bare = send("bare.json", replaced(plan, quoted, kName));
    const support::Ran cut = send("cut.json", plan.substr(0, plan.find(kName) + 4));
    const support::Ran bytes = send("bytes.json", replaced(plan, quoted, quoted + "\xE9"));
    for (const support::Ran* const refused : {&bare, &cut, &bytes}) {
        EXPECT_EQ(1, refused->code);
        expectClean("the answer", refused->out);
    }
    drop(replaced(plan, quoted, kName));

    const std::uint16_t feed = world_.gateway().port("feed");
    const std::string good = replaced(support::admission("FEED1", 1, 600), "Inventé", kName);
    EXPECT_THAT(support::framed(feed, good), testing::HasSubstr("MSA|AA|"));
    for (const std::string& bad : {replaced(good, "Prénom", "\xE9"), std::string("MSH|") + kName,
                                   std::string(kName) + "|" + kIns}) {
        const std::string answer = support::framed(feed, bad);
        EXPECT_EQ(std::string::npos, answer.find("MSA|AA|"));
        expectClean("the ACK", answer);
    }
    ASSERT_TRUE(support::within(20s, [&] { return world_.settled(); }))
        << world_.gateway().output();

    // Each way was taken, and the mark was on it.
    const support::Json status = asked({"status"}, world_.folder());
    EXPECT_EQ(2u, status["messages"]["held"].GetUint64());
    EXPECT_EQ(1u, support::deliveriesIn(status, "set-aside"));
    EXPECT_EQ(3u, support::deliveriesIn(status, "delivered"));
    EXPECT_GE(status["refused"].GetUint64(), 5u);
    EXPECT_THAT(world_.partner("hospital").got().at(0),
                testing::AllOf(testing::HasSubstr(kName), testing::HasSubstr(kIns)));

    const auto alerting = [&] {
        const support::Json alerts = asked({"alerts", "list"}, world_.folder());
        for (const auto& alert : support::itemsAt(alerts, "alerts").GetArray())
            if (support::textAt(alert, "kind") == "refusals") return true;
        return false;
    };
    EXPECT_TRUE(support::within(20s, alerting)) << "nobody is told of what was refused";

    for (std::vector<std::string> words : {std::vector<std::string>{"status"},
                                           {"status", "--json"},
                                           {"status", "--lang", "fr"},
                                           {"alerts", "list"},
                                           {"alerts", "list", "--json"},
                                           {"messages", "list"},
                                           {"messages", "list", "--json"}}) {
        words.insert(words.end(), {"-c", world_.folder()});
        const support::Ran ran = support::passerelle(words);
        EXPECT_EQ(0, ran.code) << ran.err;
        expectClean(words[0], ran.out + ran.err);
    }
    const std::string metrics =
        support::converse(world_.folder() + "/var/admin.sock",
                          "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(metrics, testing::HasSubstr("passerelle_ready 1\n"));
    expectClean("the metrics", metrics);
    EXPECT_EQ(0, world_.gateway().end(SIGTERM));
    EXPECT_THAT(world_.gateway().output(), testing::HasSubstr("held"));
    expectClean("the log", world_.gateway().output());
    for (const auto& entry : fs::recursive_directory_iterator(world_.folder()))
        expectClean("the name of a file", entry.path());
}

/// The doors for GP software: what is refused there, asked for there and shown there. The audit and
/// the report of one person are looked at too.
class NoPatientDataAtTheFront : public testing::Test {
protected:
    NoPatientDataAtTheFront() : world_(change()), portal_(world_.gateway().port("portal")) {}

    static RelaiWorld::Change change() {
        return [](const std::string& name, std::string& text) {
            if (name != "passerelle.yaml") return;
            text =
                replaced(text, "\nsources:",
                         "\nsources:\n  front: {listener: portal, fhir: /fhir, resources: [Bundle, "
                         "Patient, Task], codec: fhir}\n#");
            text += "  - {name: front, from: front, ignore: nobody wants it}\n";
        };
    }
    std::string ask(const std::string& method, const std::string& target,
                    const std::string& fields = {}, const std::string& body = {}) {
        return support::converse(
            "127.0.0.1:" + std::to_string(portal_),
            method + " " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    static void expectClean(const std::string& what, const std::string& text) {
        for (const char* const mark : {kName, kIns})
            EXPECT_EQ(std::string::npos, text.find(mark)) << what << ":\n" << text;
    }

    RelaiWorld world_;
    const std::uint16_t portal_;
};

TEST_F(NoPatientDataAtTheFront, IsInNoAnswerThatRefusesInNoLogAndInNoAudit) {
    const std::string json = "Content-Type: application/fhir+json\r\n";
    const std::string patient =
        std::string(R"({"resourceType":"Patient","identifier":[{"value":")") + kIns +
        R"("}],"name":[{"family":")" + kName + R"("}]})";
    const std::string bundle =
        std::string(R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)") +
        patient + R"(,"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=)" +
        kIns + R"("}}]})";
    EXPECT_THAT(ask("POST", "/fhir/Patient", json, patient), testing::StartsWith("HTTP/1.1 20"));
    const std::string mark = kName;
    const std::vector<std::pair<std::string, std::string>> refused{
        {"a body that is cut",
         ask("POST", "/fhir/Patient", json, patient.substr(0, patient.size() - 3))},
        {"a broken body",
         ask("POST", "/fhir/Patient", json, replaced(patient, "\"" + mark + "\"", mark))},
        {"another type", ask("POST", "/fhir/" + mark, json, patient)},
        {"a search in the address",
         ask("GET", "/fhir/Patient?family=" + mark + "&identifier=" + kIns)},
        {"a read", ask("GET", "/fhir/Patient/" + mark)},
        {"an unknown operation", ask("POST", "/fhir/$" + mark, json, patient)},
        {"a condition", ask("POST", "/fhir/Patient",
                            json + "If-None-Exist: " + mark + "=" + kIns + "\r\n", patient)},
        {"a version",
         ask("PUT", "/fhir/Patient/1", json + "If-Match: W/\"" + mark + "\"\r\n", patient)},
        {"a token", ask("POST", "/fhir/Patient",
                        json + "Authorization: Bearer " + mark + "." + kIns + ".x\r\n", patient)},
        {"a practice",
         ask("POST", "/fhir/Patient", json + "X-Acts-For: " + mark + "\r\n", patient)},
        {"a media type",
         ask("POST", "/fhir/Patient", "Content-Type: text/" + mark + "\r\n", patient)},
        {"an encoding",
         ask("POST", "/fhir/Patient", json + "Content-Encoding: " + mark + "\r\n", patient)},
        {"gzip that is none",
         ask("POST", "/fhir/Patient", json + "Content-Encoding: gzip\r\n", patient)},
        {"a key", ask("POST", "/fhir/Patient",
                      json + "Idempotency-Key: " + mark + " " + kIns + "\r\n", patient)},
        {"a preference", ask("POST", "/fhir/Patient", json + "Prefer: " + mark + "\r\n", patient)},
        {"a status", ask("GET", "/fhir/$status/" + mark)},
        {"a header", ask("POST", "/fhir/Patient", json + mark + " : " + kIns + "\r\n", patient)}};
    for (const auto& [what, answer] : refused) {
        EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 ")) << what;
        expectClean(what, answer);
    }
    ask("POST", "/fhir", json, bundle);
    ask("POST", "/fhir/Patient/$validate", json, patient);
    ASSERT_TRUE(support::within(20s, [&] { return world_.settled(); }));
    for (std::vector<std::string> words : {std::vector<std::string>{"audit", "list"},
                                           {"audit", "list", "--json"},
                                           {"messages", "list", "--json"},
                                           {"messages", "refused"},
                                           {"status", "--json"}}) {
        words.insert(words.end(), {"-c", world_.folder()});
        const support::Ran ran = support::passerelle(words);
        EXPECT_EQ(0, ran.code) << ran.err;
        expectClean(words[0] + " " + words[1], ran.out + ran.err);
    }
    EXPECT_EQ(0, world_.gateway().end(SIGTERM));
    EXPECT_THAT(world_.gateway().output(), testing::HasSubstr("refused"));
    expectClean("the log", world_.gateway().output());
    for (const auto& entry : fs::recursive_directory_iterator(world_.folder() + "/var")) {
        expectClean("the name of a file", entry.path());
        if (entry.is_regular_file()) expectClean(entry.path(), support::fileText(entry.path()));
    }
}

}  // namespace
