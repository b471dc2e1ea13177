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

}  // namespace
