/// The admin interface over its socket, with a store that shows what it is told to.
#include "admin/admin.h"

#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "admin/views.h"
#include "core/json_text.h"
#include "gateway/error.h"
#include "raw_client.h"
#include "shown_store.h"
#include "support/full_disk.h"

namespace {
using namespace gateway;
using admin_test::NoPartners;
using admin_test::ShownStore;
using support::converse;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Answers "where".
class WhereAnswers final : public Policy {
public:
    Decisions decide(const Document&, const Context&, const Directory&,
                     const Register&) const override {
        return {};
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        return {};
    }
    std::optional<std::string> answer(std::string_view question, const Asked& asked,
                                      const Answering&) const override {
        if (question != "where") return {};
        if (!asked.contains("why"))
            throw Error(Fault::rejected, "why", {"say why", "dire pourquoi"});
        return R"({"plans":[{"network":"RELAI","number":"7"}]})";
    }
};

class AdminSocket : public testing::Test {
protected:
    AdminSocket() {
        std::string folder = std::filesystem::temp_directory_path() / "admin-XXXXXX";
        folder_ = ::mkdtemp(folder.data());
        MessageView message;
        message.id = "M1";
        message.source = "relai";
        message.state = MessageState::translated;
        message.received = timeFromText("2025-03-18T08:42:10.000Z");
        DeliveryView delivery;
        delivery.id = "D1";
        delivery.partner = "chu";
        delivery.destination = "chu/plans";
        delivery.state = DeliveryState::setAside;
        delivery.reason = {"refused by the partner", "refusé par le partenaire"};
        delivery.answer = Answer{Bytes("the peer's words"), "AE"};
        message.deliveries.push_back(delivery);
        delivery.id = "D2";
        delivery.state = DeliveryState::delivered;
        message.deliveries.push_back(delivery);
        message.timeline.push_back({message.received, "", "received", "", {}});
        store_.messages.push_back(message);
        store_.figures.messages["relai"] = {{"translated", 3}, {"held", 2}, {"received", 1}};
        store_.figures.deliveries["chu/plans"] = {{"queued", 4}, {"set-aside", 1}};
        store_.figures.oldestWaiting["chu/plans"] = currentTime() - std::chrono::hours(1);
        AdminOptions options;
        options.socket = folder_ / "admin.sock";
        options.audit = &audit_.emplace((folder_ / "audit.jsonl").string(), nullptr, log_);
        admin_ = std::make_unique<Admin>(store_, pipeline_, watch_, log_, options);
        admin_->start();
    }
    ~AdminSocket() override {
        admin_->stop();
        std::filesystem::remove_all(folder_);
    }

    static WatchOptions watchOptions() {
        WatchOptions options;
        options.listeners = [] {
            return std::vector{std::pair<std::string, std::string>{"adt", "127.0.0.1:2575"}};
        };
        return options;
    }
    std::string ask(const std::string& start, const std::string& body = {}) {
        return converse(
            folder_ / "admin.sock",
            start + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
                (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                "\r\n" + body);
    }
    JsonValue json(const std::string& answer) {
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
        return parsedJson(answer.substr(answer.find("\r\n\r\n") + 4));
    }

    support::KeptLog log_;
    ShownStore store_;
    Pipeline pipeline_{store_, log_};
    Watch watch_{store_, pipeline_, log_, watchOptions()};
    /// "who what about: why = result" of each record.
    std::vector<std::string> audited() const {
        std::vector<std::string> all;
        readAudit((folder_ / "audit.jsonl").string(), {}, [&](const std::string& line) {
            const JsonValue one = parsedJson(line);
            std::string about;
            for (const auto& [none, id] : one["about"].items) about += " " + id.text;
            all.push_back(one["by"].text + " " + one["what"].text + about + ": " + one["why"].text +
                          " = " + one["result"].text);
        });
        return all;
    }

    std::string written() const {
        std::ifstream in(folder_ / "audit.jsonl");
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// Who runs this test.
    static std::string user() {
        const passwd* const known = ::getpwuid(::geteuid());
        return known != nullptr ? known->pw_name : "uid " + std::to_string(::geteuid());
    }

    std::filesystem::path folder_;
    std::optional<Audit> audit_;
    std::unique_ptr<Admin> admin_;
};

TEST_F(AdminSocket, SaysWhetherItLivesAndIsReady) {
    EXPECT_THAT(ask("GET /health/live"), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(ask("GET /health/ready"), StartsWith("HTTP/1.1 503 ")) << "no configuration yet";
    auto setup = std::make_shared<gateway::Setup>();
    setup->version = "1";
    pipeline_.use(setup);
    EXPECT_THAT(ask("GET /health/ready"), StartsWith("HTTP/1.1 200 "));
    store_.broken = true;
    EXPECT_THAT(ask("GET /health/ready"), StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(ask("GET /health/live"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminSocket, AStoreThatCannotBeReadEndsNoWatch) {
    store_.broken = true;
    watch_.start();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (log_.text().find("reconciliation-failed") == std::string::npos &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_NO_THROW(watch_.stop());
    EXPECT_THAT(log_.text(), AllOf(HasSubstr("watch-failed"), HasSubstr("reconciliation-failed")));
    store_.broken = false;
    EXPECT_FALSE(json(ask("GET /status"))["uncounted_since"].text.empty())
        << "it is told that nothing is known";
}

TEST_F(AdminSocket, CountsSourcesAndDestinations) {
    auto setup = std::make_shared<gateway::Setup>();
    setup->sources["relai"];
    setup->destinations["had/plans"];
    pipeline_.use(setup);
    const JsonValue status = json(ask("GET /status"));
    EXPECT_EQ("adt", status["listeners"].items.at(0).value["name"].text);
    const JsonValue& source = status["sources"].items.at(0).value;
    EXPECT_EQ(6u, source["accepted"].number());
    EXPECT_EQ(1u, source["waiting"].number());
    EXPECT_TRUE(source["configured"].flag());
    ASSERT_EQ(2u, status["destinations"].items.size());
    const JsonValue& chu = status["destinations"].items.at(0).value;
    EXPECT_EQ(4u, chu["queued"].number());
    EXPECT_FALSE(chu["configured"].flag());
    EXPECT_GE(chu["oldest_waiting_seconds"].number(), 3600u);
    EXPECT_EQ(0u, status["destinations"].items.at(1).value["queued"].number());
    EXPECT_EQ(6u, status["messages"]["accepted"].number());
}

TEST_F(AdminSocket, GivesFiguresAndAlerts) {
    EXPECT_THAT(ask("GET /metrics"), HasSubstr("passerelle_deliveries{destination=\"chu/plans\","
                                               "state=\"queued\"} 4\n"));
    EXPECT_TRUE(json(ask("GET /alerts"))["alerts"].items.empty());
    EXPECT_THAT(ask("POST /alerts/test", R"({"receiver":"nobody"})"), StartsWith("HTTP/1.1 422 "));
}

TEST_F(AdminSocket, ListsByFilter) {
    const JsonValue list = json(
        ask("GET /messages?state=set-aside&source=re%20lai&since=2025-03-18&most=7&before=M9"));
    EXPECT_EQ("M1", list["messages"].items.at(0).value["id"].text);
    EXPECT_EQ("set-aside", store_.asked.state);
    EXPECT_EQ("re lai", store_.asked.source);
    EXPECT_EQ("M9", store_.asked.before);
    EXPECT_EQ(7u, store_.asked.most);
    EXPECT_EQ(timeFromText("2025-03-18"), store_.asked.since);
    for (const char* bad : {"state=lost", "most=0", "most=many", "since=yesterday", "colour=red"})
        EXPECT_THAT(ask(std::string("GET /messages?") + bad), StartsWith("HTTP/1.1 400 ")) << bad;
}

TEST_F(AdminSocket, SaysWhatAFilterMayBeAndWhichNameIsNotConfigured) {
    EXPECT_THAT(ask("GET /messages?state=lost"),
                AllOf(HasSubstr("expected one of received, translated, ignored, held, closed, "
                                "queued, inflight, delivered, uncertain, set-aside, offered"),
                      HasSubstr("attendu l'un de reçu (received)")));
    for (const char* const word : {"set-aside", "set%20aside", "mis%20de%20c%C3%B4t%C3%A9"}) {
        ask(std::string("GET /messages?state=") + word);
        EXPECT_EQ("set-aside", store_.asked.state) << word;
    }
    EXPECT_THAT(ask("GET /messages?since=yesterday"),
                AllOf(HasSubstr("a day such as 2025-03-18"), HasSubstr("un jour comme")));
    auto setup = std::make_shared<gateway::Setup>();
    setup->sources["adt"].name = "adt";
    setup->directory = std::make_shared<admin_test::NoPartners>();
    pipeline_.use(setup);
    EXPECT_THAT(ask("GET /messages?source=adt"), HasSubstr(R"("not_configured":[])"));
    EXPECT_THAT(ask("GET /messages?source=atd&partner=chu"),
                HasSubstr(R"("not_configured":["source","partner"])"));
}

TEST_F(AdminSocket, AHeldMessageIsNotClosedForWhatIsQueuedOfIt) {
    MessageView held;
    held.id = "M7";
    held.state = MessageState::held;
    held.reason = {"no map", "aucune transformation"};
    DeliveryView answer;  // to its sender: why it is held
    answer.id = "D7";
    answer.destination = "chu/answers";
    answer.partner = "chu";
    answer.state = DeliveryState::queued;
    held.deliveries.push_back(answer);
    store_.messages = {held};
    json(ask("POST /messages/close",
             R"({"filter":{"state":"queued","source":"adt"},"by":"anne","why":"no"})"));
    EXPECT_EQ(std::vector<std::string>{"close by anne because no: D7"}, store_.changed);
    json(ask("POST /messages/close", R"({"filter":{"state":"held"},"by":"anne","why":"no"})"));
    EXPECT_EQ("close by anne because no: M7", store_.changed.back());
}

TEST_F(AdminSocket, ShowsOneMessageWithTheAnswersOfPeers) {
    EXPECT_THAT(ask("GET /messages/M1"), Not(HasSubstr("the peer's words"))) << "without a reason";
    const JsonValue message = json(ask("GET /messages/M1?why=a%20call"));
    const JsonValue& delivery = message["deliveries"].items.at(0).value;
    EXPECT_EQ("set-aside", delivery["state"].text);
    EXPECT_EQ("refusé par le partenaire", delivery["reason"]["fr"].text);
    EXPECT_EQ("the peer's words", delivery["answer"]["body"].text);
    EXPECT_EQ("received", message["timeline"].items.at(0).value["what"].text);
    EXPECT_THAT(ask("GET /messages/M2"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("GET /messages/M1/body?why=a%20call"), testing::EndsWith("\r\n\r\nraw bytes"));
    EXPECT_THAT(ask("GET /messages/M2/body?why=a%20call"), StartsWith("HTTP/1.1 404 "));
    for (const char* const without : {"", "?by=anne", "?why=", "?why=%20%20"}) {
        const std::string answer = ask(std::string("GET /messages/M1/body") + without);
        EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("a reason must be given"),
                                  Not(HasSubstr("raw bytes"))));
    }
}

TEST_F(AdminSocket, WhoLooksAtContentOrChangesSomethingIsAudited) {
    auto setup = std::make_shared<gateway::Setup>();
    setup->sources["relai"];
    setup->policies["care-team"] = std::make_shared<const WhereAnswers>();
    setup->directory = std::make_shared<NoPartners>();
    pipeline_.use(setup);
    ask("GET /messages/M1");
    ask("GET /messages/M1/body?by=anne&why=a%20complaint");
    ask("GET /messages/M1/body");
    ask("GET /messages/M2/body?by=anne&why=a%20complaint");
    json(ask("POST /messages/find", R"({"subject":"MARKED"})"));
    json(ask("POST /messages/find", R"({"source":"relai"})"));
    json(ask("POST /messages/replay", R"({"ids":["M1"],"by":"anne","dry":true})"));
    json(ask("POST /messages/replay", R"({"ids":["M1"],"by":"anne"})"));
    json(ask("POST /pause", R"({"end":"relai","by":"luce","why":"maintenance"})"));
    json(ask("POST /ask/where", R"({"by":"anne","why":"a call","name":"MARKED"})"));
    EXPECT_THAT(ask("POST /ask/where", R"({"by":"anne","name":"MARKED"})"),
                StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(audited(),
                ElementsAre("anne break-glass M1: a complaint = done",
                            "anne show M1: a complaint = done", user() + " search M1:  = done",
                            "anne replay D1:  = done", "luce pause relai: maintenance = done",
                            "anne ask RELAI/7: a call = done", "anne ask:  = refused"));
    EXPECT_THAT(written(), Not(HasSubstr("MARKED")));
    EXPECT_EQ("anne (" + user() + ")", watch_.look().glass.begin()->first)
        << "an alert tells of it";
}

TEST_F(AdminSocket, WhoeverTheySayToBeTheSystemsUserIsBeside) {
    json(ask("GET /messages/M1?why=a%20call&by=somebody%20else"));
    json(ask("POST /messages/replay", R"({"ids":["M1"],"by":"somebody else"})"));
    json(ask("POST /messages/replay", R"({"ids":["M1"],"by":")" + user() + "\"}"));
    const std::string beside = "\"user\":\"" + user() + "\"";
    std::vector<std::string> users;
    readAudit((folder_ / "audit.jsonl").string(), {}, [&](const std::string& line) {
        users.push_back(parsedJson(line)["by"].text + (line.find(beside) != line.npos ? " +" : ""));
    });
    EXPECT_THAT(users, ElementsAre("somebody else +", "somebody else +", user()));
}

TEST_F(AdminSocket, WhatCannotBeRecordedIsNeitherShownNorDone) {
    const std::string look = "GET /messages/M1/body?by=anne&why=a%20call";
    {
        const support::FullDisk full(1);
        for (const std::string& one : {look, std::string("GET /messages/M1?by=anne&why=a%20call")})
            EXPECT_THAT(ask(one), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("journal d'audit"),
                                        Not(HasSubstr("words")), Not(HasSubstr("raw bytes"))));
        EXPECT_THAT(ask("POST /messages/find", R"({"subject":"an identifier"})"),
                    AllOf(StartsWith("HTTP/1.1 503 "), Not(HasSubstr("M1"))));
        EXPECT_THAT(ask("GET /messages/M1"), StartsWith("HTTP/1.1 200 "))
            << "its state is no secret";
    }
    EXPECT_TRUE(watch_.look().glass.empty());
    EXPECT_THAT(ask(look), testing::EndsWith("raw bytes"));
}

TEST_F(AdminSocket, WhatIsTypedForAnIdIsRecordedOnlyWhenItIsOne) {
    json(ask("POST /messages/replay", R"({"ids":["MARKED NAME","M1"],"by":"anne"})"));
    json(ask("POST /messages/close", R"({"ids":["MARKED NAME"],"by":"anne","why":"a test"})"));
    EXPECT_THAT(ask("GET /messages/MARKED%20NAME/body?why=a%20call"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("GET /messages/MARKED%20NAME?why=a%20call"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(audited(),
                ElementsAre("anne replay D1:  = partly", "anne close: a test = refused"));
    EXPECT_THAT(written() + log_.text(), Not(HasSubstr("MARKED")));
}

/// Of two members of one name the one who allows and the one who does could each read another.
TEST_F(AdminSocket, NothingStandsTwice) {
    for (const char* const body :
         {R"({"subject":"","subject":"MARKED"})", R"({"source":"a","source":"b"})"})
        EXPECT_THAT(ask("POST /messages/find", body), StartsWith("HTTP/1.1 400 ")) << body;
    for (const char* const body :
         {R"({"ids":["M1"],"by":"anne","by":"luce"})",
          R"({"filter":{"subject":"","subject":"MARKED"},"by":"anne"})",
          R"({"ids":["M1"],"by":"anne","x":[{"a":1,"a":2}]})", R"([])", R"("M1")", "null"})
        EXPECT_THAT(ask("POST /messages/replay", body), StartsWith("HTTP/1.1 400 ")) << body;
    EXPECT_THAT(ask("GET /messages/M1/body?why=a%20call&why="), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("GET /messages/M1/body?why=a%20call&wh%79="), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("GET /messages?source=a&source=b"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("POST /messages/find", R"({"subject":["MARKED"]})"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(store_.changed.empty());
}

TEST_F(AdminSocket, AMessageStandsForItsDeliveriesThatWait) {
    const JsonValue answer =
        json(ask("POST /messages/replay", R"({"ids":["M1","unknown"],"by":"anne"})"));
    EXPECT_EQ((std::vector<std::string>{"replay by anne: D1", "replay by anne: unknown"}),
              store_.changed);
    EXPECT_TRUE(answer["results"].items.at(0).value["done"].flag());
    EXPECT_EQ("unknown id", answer["results"].items.at(1).value["why"]["en"].text);
    EXPECT_THAT(log_.text(), HasSubstr("replayed id=D1 by=anne"));
}

TEST_F(AdminSocket, AMessageWithAPartnerStandsForWhatGoesToThatPartner) {
    json(ask("POST /messages/replay", R"({"ids":["M1/chu","M1/other","M1/"],"by":"anne"})"));
    EXPECT_EQ((std::vector<std::string>{"replay by anne: D1", "replay by anne: M1/other",
                                        "replay by anne: D1"}),
              store_.changed);
}

TEST_F(AdminSocket, ClosesWithAReasonOnly) {
    EXPECT_THAT(ask("POST /messages/close", R"({"ids":["M1"],"by":"anne"})"),
                StartsWith("HTTP/1.1 400 "));
    json(ask("POST /messages/close", R"({"ids":["M1"],"by":"anne","why":"by telephone"})"));
    EXPECT_EQ(std::vector<std::string>{"close by anne because by telephone: D1"}, store_.changed);
}

TEST_F(AdminSocket, FindsByWhatStandsInNoUrl) {
    json(ask("POST /messages/find",
             R"({"subject":"199000000000001","control-id":"MSG1","why":"no map","most":5})"));
    EXPECT_EQ("199000000000001", store_.asked.subject);
    EXPECT_EQ("MSG1", store_.asked.controlId);
    EXPECT_EQ("no map", store_.asked.why);
    EXPECT_EQ(5u, store_.asked.most);
    EXPECT_THAT(ask("GET /messages?patient=199000000000001"), StartsWith("HTTP/1.1 400 "));
    EXPECT_EQ(std::string::npos, log_.text().find("199000000000001"));
}

TEST_F(AdminSocket, ReplaysWhatFitsAndSaysBeforeWhatItWouldDo) {
    const std::string wish = R"({"filter":{"state":"set-aside","why":"refused"},"by":"anne")";
    const JsonValue dry = json(ask("POST /messages/replay", wish + R"(,"dry":true})"));
    ASSERT_EQ(1u, dry["results"].items.size());
    const JsonValue& one = dry["results"].items.at(0).value;
    EXPECT_EQ("D1", one["id"].text);
    EXPECT_EQ("chu/plans", one["destination"].text);
    EXPECT_EQ("set-aside", one["state"].text);
    EXPECT_FALSE(one["done"].flag());
    EXPECT_TRUE(store_.changed.empty());
    json(ask("POST /messages/replay", wish + "}"));
    EXPECT_EQ(std::vector<std::string>{"replay by anne: D1"}, store_.changed);
}

TEST_F(AdminSocket, AFilterTakesOnlyWhatWaitsAndFits) {
    for (const char* const filter :
         {R"({"state":"held"})", R"({"partner":"had"})", R"({"why":"another cause"})"}) {
        const std::string wish = R"({"filter":)" + std::string(filter) + R"(,"by":"anne"})";
        EXPECT_TRUE(json(ask("POST /messages/replay", wish))["results"].items.empty()) << filter;
    }
    EXPECT_THAT(ask("POST /messages/replay", R"({"filter":{},"by":"anne"})"),
                StartsWith("HTTP/1.1 400 "))
        << "nobody replays everything by a slip";
    EXPECT_TRUE(store_.changed.empty());
}

TEST_F(AdminSocket, PausesAndResumesWhatIsConfigured) {
    auto setup = std::make_shared<gateway::Setup>();
    setup->sources["relai"];
    setup->destinations["had/plans"].partner = "had";
    setup->destinations["had/news"].partner = "had";
    pipeline_.use(setup);
    const std::string unknown =
        ask("POST /pause", R"({"end":"nobody","by":"anne","why":"maintenance"})");
    EXPECT_THAT(unknown, StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(unknown, HasSubstr("aucune source"));
    EXPECT_THAT(ask("POST /pause", R"({"end":"relai"})"), StartsWith("HTTP/1.1 400 "));
    json(ask("POST /pause", R"({"end":"relai","by":"anne","why":"maintenance"})"));
    json(ask("POST /pause", R"({"end":"had","by":"anne"})"));
    ASSERT_EQ(3u, store_.paused.size());
    EXPECT_TRUE(store_.paused[0].source);
    EXPECT_EQ("had/news", store_.paused[1].end);
    EXPECT_EQ("had/plans", store_.paused[2].end);
    const JsonValue status = json(ask("GET /status"));
    const JsonValue& source = status["sources"].items.at(0).value;
    EXPECT_EQ("anne", source["paused"]["by"].text);
    EXPECT_EQ("maintenance", source["paused"]["why"].text);
    EXPECT_THAT(log_.text(), HasSubstr("paused end=relai by=anne"));
    pipeline_.use(std::make_shared<gateway::Setup>());
    json(ask("POST /resume", R"({"end":"had","by":"anne"})"));
    json(ask("POST /resume", R"({"end":"relai","by":"anne"})"));
    EXPECT_TRUE(store_.paused.empty()) << "what is not configured any more too";
}

TEST_F(AdminSocket, RefusesWhatItDoesNotKnow) {
    EXPECT_THAT(ask("GET /"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("GET /messages/replay"), StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(ask("POST /status", "{}"), StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(ask("POST /messages/replay", "no json"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("POST /messages/replay", R"({"ids":[],"by":"anne"})"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("POST /messages/replay", R"({"ids":["M1"]})"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(AdminSocket, TellsTheCodesWithoutARow) {
    EXPECT_TRUE(json(ask("GET /unmapped"))["unmapped"].items.empty());
    EXPECT_THAT(ask("POST /unmapped"), StartsWith("HTTP/1.1 405 "));
    JsonWriter out;
    const Time then = timeFromText("2025-03-18T08:42:10.000Z");
    write(out, {{"m", "t", "A", 2, then}, {"m", "t", "", 7, then, true}});
    EXPECT_EQ(R"({"unmapped":[{"map":"m","table":"t","code":"A","count":2,"last":)"
              R"("2025-03-18T08:42:10.000Z"},{"map":"m","table":"t","others":true,"count":7,)"
              R"("last":"2025-03-18T08:42:10.000Z"}]})",
              out.take());
}

}  // namespace
