/// What is no message is refused with its place, or held with a readable reason; others are served
/// meanwhile, and the gateway lives on.
#include <signal.h>

#include <atomic>

#include "asking.h"
#include "raw_peer.h"
#include "relai_world.h"
#include "support/mllp_peers.h"
#include "support/places.h"
#include "support/plugins.h"
#include "support/sanitized.h"

namespace {
using namespace std::chrono_literals;
using support::asked;
using support::Json;
using support::RelaiWorld;
using support::replaced;
using support::textAt;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kPath = "/networks/relai/plans";
constexpr std::size_t kMemory = support::kSanitized ? 2000 : 300;  ///< MiB

std::string plan() {
    return support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json");
}

/// Good messages all the while, on both listeners; how many were taken and how many were not.
class GoodClients {
public:
    GoodClients(RelaiWorld& world)
        : feed_(world.gateway().port("feed")), portal_(world.gateway().port("portal")) {
        mllp_ = std::thread([this] {
            support::Client client(feed_);
            for (int n = 0; !over_; ++n) {
                const std::string id = "GOOD" + std::to_string(n);
                count(client.exchange(support::admission(id, n % 7, 600)).find("MSA|AA|" + id) !=
                      std::string::npos);
            }
        });
        http_ = std::thread([this] {
            for (int n = 0; !over_; ++n)
                count(support::posted(portal_, kPath,
                                      replaced(plan(), "EXC-2026-0001", "G-" + std::to_string(n)))
                          .starts_with("HTTP/1.1 202"));
        });
    }
    ~GoodClients() { end(); }
    void end() {
        over_ = true;
        if (mllp_.joinable()) mllp_.join();
        if (http_.joinable()) http_.join();
    }
    std::uint64_t taken() const { return taken_; }
    std::uint64_t failed() const { return failed_; }

private:
    void count(bool good) { ++(good ? taken_ : failed_); }

    const std::uint16_t feed_, portal_;
    std::atomic<bool> over_{false};
    std::atomic<std::uint64_t> taken_{0}, failed_{0};
    std::thread mllp_, http_;
};

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

/// 4xx, and an OperationOutcome that names the place and no value.
void expectRefused(const std::string& what, const std::string& answer, const char* status = "4") {
    SCOPED_TRACE(what + ": " + answer.substr(0, 600));
    ASSERT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + status));
    const Json outcome = support::jsonOf(answer.substr(answer.find("\r\n\r\n") + 4));
    EXPECT_EQ("OperationOutcome", textAt(outcome, "resourceType"));
    const auto& issue = support::itemsAt(outcome, "issue")[0];
    EXPECT_FALSE(support::itemsAt(issue, "expression").Empty());
    EXPECT_NE("", textAt(issue, "diagnostics"));
    EXPECT_EQ(std::string::npos, answer.find("INVENT"));
}

TEST(BadInput, IsRefusedWithItsPlaceWhileOthersAreServed) {
    support::Sink sink;
    RelaiWorld world(support::withFeed(sink.port()));
    const std::uint16_t portal = world.gateway().port("portal"),
                        feed = world.gateway().port("feed");
    GoodClients good(world);

    const std::vector<std::pair<std::string, std::string>> bodies{
        {"no JSON", "this is no JSON"},
        {"nothing", ""},
        {"truncated", plan().substr(0, plan().size() / 2)},
        {"wrong charset", replaced(plan(), "é", "\xE9")},
        {"deep arrays", repeated("[", 1'000'000)},
        {"deep objects", repeated("{\"a\":", 1'000'000) + "1" + repeated("}", 1'000'000)},
        {"HL7", support::admission("X", 1, 600)},
        {"trailing", plan() + "}"}};
    // However busy the machine is: some are served after each that is not.
    const auto othersAreServed = [&] {
        const std::uint64_t before = good.taken();
        EXPECT_TRUE(support::within(60s, [&] { return good.taken() > before + 1; }));
    };
    for (const auto& [what, body] : bodies) {
        expectRefused(what, support::posted(portal, kPath, body));
        othersAreServed();
    }
    expectRefused("100 MB", support::posted(portal, kPath, std::string(100'000'000, ' ')), "413");

    const std::string msh = "MSH|^~\\&|A|B|C|D|20260301||ADT^A01|";
    const std::vector<std::pair<std::string, std::string>> messages{
        {"no HL7", "this is no HL7"},
        {"JSON", plan()},
        {"delimiters missing", "MSH"},
        {"delimiters twice", "MSH|||||A|B\rPID|1\r"},
        {"no segment name", msh + "M1|T|2.5\rP\r"},
        {"wrong charset", msh + "M2|T|2.5|||||FRA|UNICODE UTF-8\rPID|1||\xE9\xE9\r"},
        {"65 MiB", msh + "M3|T|2.5\rNTE|1||" + std::string(65u << 20, 'x') + "\r"}};
    for (const auto& [what, message] : messages) {
        const std::string answer = support::framed(feed, message);
        SCOPED_TRACE(what + ": " + answer);
        EXPECT_THAT(answer, AnyOf(HasSubstr("MSA|AE"), HasSubstr("MSA|AR")));
        EXPECT_THAT(answer, HasSubstr("\rERR|"));
        othersAreServed();
    }

    good.end();
    EXPECT_EQ(0u, good.failed());
    EXPECT_GT(good.taken(), 20u);
    ASSERT_TRUE(support::within(60s, [&] { return world.settled(); }));
    const Json status = asked({"status"}, world.folder());
    EXPECT_EQ(good.taken(), status["messages"]["accepted"].GetUint64());
    EXPECT_EQ(good.taken(), status["messages"]["translated"].GetUint64());
    EXPECT_LT(support::peakMemory(world.gateway().id()), kMemory);
    EXPECT_EQ(0, world.gateway().end(SIGTERM)) << world.gateway().output();
}

TEST(BadInput, APlanThatTheMapCannotCarryIsHeldAndItsCorrectionIsANewMessage) {
    RelaiWorld world;
    const std::uint16_t portal = world.gateway().port("portal");
    const auto send = [&](const std::string& body) {
        EXPECT_THAT(support::posted(portal, kPath, body), StartsWith("HTTP/1.1 202"));
        ASSERT_TRUE(support::within(20s, [&] { return world.settled(); }));
    };
    const auto newestFirst = [&] { return asked({"messages", "list"}, world.folder()); };
    const std::string unknown = replaced(plan(), "\"statut\": \"ACTIF\"", "\"statut\": \"AUTRE\"");
    const std::string nobody = replaced(plan(), "\"nomNaissance\"", "\"nomInconnu\"");
    for (const auto& [body, en, fr] : {std::tuple(unknown, "/dossier/statut", "/dossier/statut"),
                                       std::tuple(nobody, "no person", "pas d'usager")}) {
        send(body);
        const Json list = newestFirst();
        const auto& held = list["messages"][0];
        const std::string id = textAt(held, "id");
        EXPECT_EQ("held", textAt(held, "state"));
        EXPECT_THAT(textAt(held["reason"], "en"), HasSubstr(en));
        EXPECT_THAT(textAt(held["reason"], "fr"), HasSubstr(fr));
        EXPECT_EQ(std::string::npos, textAt(held["reason"], "en").find("AUTRE"));

        EXPECT_EQ(0, support::passerelle({"messages", "replay", id, "-c", world.folder()}).code);
        ASSERT_TRUE(support::within(20s, [&] { return world.settled(); }));
        const Json again = asked({"messages", "show", id}, world.folder());
        ASSERT_EQ("held", textAt(again, "state"));
        EXPECT_EQ(textAt(held["reason"], "fr"), textAt(again["reason"], "fr"));
    }
    EXPECT_TRUE(world.partner("hospital").got().empty());
    send(plan());
    EXPECT_EQ("translated", textAt(newestFirst()["messages"][0], "state"));
    EXPECT_EQ(1u, world.partner("hospital").got().size());
    const Json status = asked({"status"}, world.folder());
    EXPECT_EQ(3u, status["messages"]["accepted"].GetUint64());
    EXPECT_EQ(2u, status["messages"]["held"].GetUint64());
}

}  // namespace
