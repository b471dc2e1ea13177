/// Who wants to be told that something waits is told so.
#include "box_gateway.h"
#include "http/server.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using transport_http_test::Answered;
using transport_http_test::plan;

/// Where a partner is told.
class Hook {
public:
    Hook()
        : server_(
              options(), [this](const http::Request& one) { return take(one); }, log_) {
        server_.start();
    }
    ~Hook() {
        release();
        server_.stop(0ms);
    }
    std::string url() const { return "http://" + server_.address() + "/hook"; }
    void answer(int status) {
        const std::lock_guard lock(mutex_);
        status_ = status;
    }
    /// From now on nobody is answered before release().
    void hold() {
        const std::lock_guard lock(mutex_);
        held_ = true;
    }
    void release() {
        const std::lock_guard lock(mutex_);
        held_ = false;
        changed_.notify_all();
    }
    std::vector<http::Request> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return got_.size() >= count; });
        return got_;
    }

private:
    static http::ServerOptions options() {
        http::ServerOptions options;
        options.host = "127.0.0.1";
        return options;
    }
    http::Response take(const http::Request& request) {
        std::unique_lock lock(mutex_);
        got_.push_back(request);
        changed_.notify_all();
        changed_.wait(lock, [this] { return !held_; });
        return {status_, {}, {}};
    }

    support::KeptLog log_;
    std::mutex mutex_;  // guards the next three
    std::vector<http::Request> got_;
    int status_ = 200;
    bool held_ = false;
    std::condition_variable changed_;
    http::Server server_;
};

class MailboxSubscription : public transport_http_test::MailboxDoor {
protected:
    void SetUp() override { quickly(); }
    void quickly(const char* tries = "50") {
        open({{"hooks",
               support::map({{"together", support::scalar("1 ms")},
                             {"tries", support::scalar(tries)},
                             {"retry", support::map({{"first", support::scalar("1 ms")},
                                                     {"most", support::scalar("5 ms")}})}})}});
    }
    static std::string r4(const std::string& endpoint, const std::string& criteria,
                          const std::string& more = {}, const std::string& status = "requested") {
        return R"({"resourceType":"Subscription","status":")" + status +
               R"(","reason":"plans","criteria":")" + criteria +
               R"(","channel":{"type":"rest-hook","endpoint":")" + endpoint + "\"" + more + "}}";
    }
    static std::string backport(const std::string& endpoint,
                                const std::string& content = "id-only") {
        return R"({"resourceType":"Subscription","status":"requested","reason":"plans",)"
               R"("criteria":"https://passerelle.example/fhir/SubscriptionTopic/mailbox",)"
               R"("channel":{"type":"rest-hook","endpoint":")" +
               endpoint +
               R"(","payload":"application/fhir+json","_payload":{"extension":[{"url":)"
               R"("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/)"
               R"(backport-payload-content","valueCode":")" +
               content + R"("}]}}})";
    }
    Answered subscribe(const std::string& body, const std::string& who = "gp") {
        return post("Subscription", body, "application/fhir+json", who);
    }
    std::string subscribed(const std::string& body) {
        const Answered made = subscribe(body);
        EXPECT_EQ(201, made.status) << made.body;
        return made.after("\"id\":\"");
    }
    std::string status(const std::string& id) {
        return get("Subscription/" + id).after("\"status\":\"");
    }
    bool becomes(const std::string& id, const std::string& wanted) {
        for (int i = 0; i < 20'000; ++i) {
            if (status(id) == wanted) return true;
            std::this_thread::yield();
        }
        return false;
    }
};

TEST_F(MailboxSubscription, AnEmptyRequestTellsThatSomethingWaits) {
    Hook hook;
    const Answered made =
        subscribe(r4(hook.url(), "Bundle?", R"(,"header":["Authorization: Bearer hook-secret"])"));
    EXPECT_EQ(201, made.status);
    const std::string id = made.after("\"id\":\"");
    EXPECT_EQ("http://passerelle.example/fhir/Subscription/" + id, made.field("Location"));
    EXPECT_THAT(made.body,
                AllOf(HasSubstr("\"status\":\"active\""), Not(HasSubstr("hook-secret"))));
    gateway_.lay(plan("299999999999934"), "other/plans");
    gateway_.lay("MSH|", "gp/plans", "application/hl7-v2");
    gateway_.lay(plan("299999999999934"));
    const auto got = hook.wait(1);
    ASSERT_EQ(1u, got.size());
    EXPECT_EQ("POST", got[0].method);
    EXPECT_TRUE(got[0].body.empty());
    EXPECT_EQ("Bearer hook-secret", got[0].headers.get("authorization"));
    EXPECT_FALSE(got[0].headers.has("content-type"));
    gateway_.lay(plan("299999999999934"));
    EXPECT_EQ(2u, hook.wait(2).size());
    EXPECT_THAT(gateway_.logged(), Not(HasSubstr("hook-secret")));
}

TEST_F(MailboxSubscription, OfTheBackportAHandshakeAndThenTheIds) {
    Hook hook;
    const std::string id = subscribed(backport(hook.url()));
    EXPECT_TRUE(becomes(id, "active"));
    const std::string one = gateway_.lay(plan("299999999999934"));
    const auto got = hook.wait(2);
    ASSERT_EQ(2u, got.size());
    EXPECT_EQ("application/fhir+json; charset=utf-8", got[0].headers.get("content-type"));
    EXPECT_THAT(std::string(got[0].body.view()), HasSubstr("\"valueCode\":\"handshake\""));
    const std::string event(got[1].body.view());
    EXPECT_THAT(event, AllOf(HasSubstr("\"type\":\"history\""),
                             HasSubstr("\"valueCode\":\"event-notification\""),
                             HasSubstr(R"("name":"event-number","valueString":"1")"),
                             HasSubstr("http://passerelle.example/fhir/Task/pickup-" + one),
                             Not(HasSubstr("INVENTEE"))));
    std::string told;
    for (int i = 0; i < 20'000 && told.find("\"valueString\":\"1\"") == told.npos; ++i)
        told = get("Subscription/" + id + "/$status").body;
    EXPECT_THAT(told,
                AllOf(HasSubstr("query-status"),
                      HasSubstr(R"("name":"events-since-subscription-start","valueString":"1")")));
}

TEST_F(MailboxSubscription, EmptyTellsNoIdsAndNoContentIsEverPushed) {
    Hook hook;
    const std::string id = subscribed(backport(hook.url(), "empty"));
    gateway_.lay(plan("299999999999934"));
    EXPECT_THAT(std::string(hook.wait(2).back().body.view()), Not(HasSubstr("pickup-")));
    EXPECT_EQ(422, subscribe(backport(hook.url(), "full-resource")).status);
    EXPECT_EQ(422,
              subscribe(r4(hook.url(), "Bundle?", R"(,"payload":"application/fhir+json")")).status);
}

TEST_F(MailboxSubscription, NobodyIsToldWhereHisConfigurationDoesNotSay) {
    for (const char* const endpoint :
         {"https://elsewhere.example/", "http://hooks.example/x", "ftp://hooks.example/",
          "https://hooks.example.evil.example/", "https://user@hooks.example/",
          "https://hooks.example\\\\@evil.example/", "", "https://hooks.example/ x"}) {
        const Answered refused = subscribe(r4(endpoint, "Bundle?"));
        EXPECT_TRUE(refused.status == 403 || refused.status == 422 || refused.status == 400)
            << endpoint << " " << refused.status;
    }
    EXPECT_EQ(201, subscribe(r4("https://HOOKS.example:443/x", "Bundle?", "", "requested")).status);
    EXPECT_EQ(1, get("Subscription").times("\"resourceType\":\"Subscription\""));
    EXPECT_EQ("https://hooks.example/x", get("Subscription").after("\"endpoint\":\""));
}

TEST_F(MailboxSubscription, RefusesWhatItDoesNotDoAndSaysWhere) {
    Hook hook;
    const auto refused = [&](const std::string& body) {
        const Answered answer = subscribe(body);
        EXPECT_EQ(422, answer.status) << body;
        return answer.after("\"expression\":[\"");
    };
    EXPECT_EQ("Subscription.criteria", refused(r4(hook.url(), "Patient?")));
    EXPECT_EQ("Subscription.criteria", refused(r4(hook.url(), "Bundle?patient.identifier=1")));
    EXPECT_EQ("Subscription.status", refused(r4(hook.url(), "Bundle?", "", "gone")));
    for (const char* const header :
         {"Host: evil", "X-A: a\\r\\nX-B: b", "no colon", "Content-Length: 0", ": x", "X A: b"})
        EXPECT_EQ(
            "Subscription.channel.header",
            refused(r4(hook.url(), "Bundle?", R"(,"header":[")" + std::string(header) + R"("])")))
            << header;
    EXPECT_EQ(400, subscribe(R"({"resourceType":"Bundle","type":"batch"})").status);
    EXPECT_EQ(0, get("Subscription").times("\"endpoint\""));
}

TEST_F(MailboxSubscription, IsItsOwnersAlone) {
    Hook hook;
    const std::string id = subscribed(r4(hook.url(), "Task?status=requested"));
    EXPECT_EQ(404, get("Subscription/" + id, {}, "other").status);
    EXPECT_EQ(404, ask("DELETE", "/fhir/Subscription/" + id, {}, {}, "other").status);
    EXPECT_EQ(404, put("Subscription/" + id, r4(hook.url(), "Task?"), {}, "other").status);
    EXPECT_EQ(0, get("Subscription", {}, "other").times("\"endpoint\""));
    EXPECT_EQ(401, subscribe(r4(hook.url(), "Task?"), "forged").status);
    EXPECT_EQ(204, ask("DELETE", "/fhir/Subscription/" + id).status);
    EXPECT_EQ(404, get("Subscription/" + id).status);
}

TEST_F(MailboxSubscription, TriesAgainUntilItIsTaken) {
    Hook hook;
    hook.answer(503);
    const std::string id = subscribed(r4(hook.url(), "Bundle?"));
    gateway_.lay(plan("299999999999934"));
    EXPECT_GE(hook.wait(3).size(), 3u);
    EXPECT_THAT(get("Subscription/" + id).body, HasSubstr("it answered 503"));
    hook.answer(204);
    const std::size_t before = hook.wait(0).size();
    hook.wait(before + 1);
    EXPECT_EQ("active", status(id));
}

TEST_F(MailboxSubscription, GivesUpUntilItsOwnerAsksAgain) {
    close();
    quickly("3");
    Hook hook;
    hook.answer(500);
    const std::string id = subscribed(r4(hook.url(), "Bundle?", R"(,"header":["X-Key: k"])"));
    gateway_.lay(plan("299999999999934"));
    EXPECT_TRUE(becomes(id, "error"));
    EXPECT_EQ(3u, hook.wait(3).size());
    hook.answer(200);
    EXPECT_EQ(
        200,
        put("Subscription/" + id, r4(hook.url(), "Bundle?", R"(,"header":["X-Key: ***"])")).status);
    const auto got = hook.wait(4);
    ASSERT_EQ(4u, got.size());
    EXPECT_EQ("k", got[3].headers.get("x-key")) << "what was hidden is as it was";
    EXPECT_EQ(200, put("Subscription/" + id, r4(hook.url(), "Bundle?", "", "off")).status);
    EXPECT_EQ("off", status(id));
}

TEST_F(MailboxSubscription, OutlivesARestartAndTellsWhatStillWaits) {
    Hook hook;
    const std::string id = subscribed(r4(hook.url(), "Bundle?"));
    close();
    gateway_.lay(plan("299999999999934"));
    quickly();
    EXPECT_EQ(1u, hook.wait(1).size());
    EXPECT_EQ("active", status(id));
    EXPECT_EQ(204, ask("DELETE", "/fhir/Subscription/" + id).status);
    close();
    quickly();
    EXPECT_EQ(404, get("Subscription/" + id).status);
}

TEST_F(MailboxSubscription, WhatIsKeptOfItIsForTheStoreToSeal) {
    Hook hook;
    const std::string id =
        subscribed(r4(hook.url(), "Bundle?", R"(,"header":["Authorization: Bearer hook-secret"])"));
    close();
    std::string kept;
    for (const auto& [key, text] : gateway_.notes) {
        if (text.find("hook-secret") == text.npos) continue;
        EXPECT_THAT(key, AllOf(StartsWith("secret "), HasSubstr(id)));
        kept = text;
    }
    EXPECT_NE("", kept);
    gateway_.notes["secret fhir-subscription " + id] = {};
    gateway_.notes["fhir-subscription " + id] = kept;  // as it once stood
    quickly();
    EXPECT_EQ("active", status(id));
    close();
    EXPECT_EQ("", gateway_.notes["fhir-subscription " + id]);
    EXPECT_EQ(kept, gateway_.notes["secret fhir-subscription " + id]);
}

TEST_F(MailboxSubscription, WhoNeverAnswersDelaysNobodyElse) {
    close();
    open({{"hooks", support::map({{"together", support::scalar("1 ms")},
                                  {"within", support::scalar("20 s")}})}});
    Hook silent, other;
    silent.hold();
    for (int i = 0; i < 10; ++i) subscribed(r4(silent.url(), "Task?status=requested"));
    gateway_.lay(plan("299999999999934"));
    ASSERT_EQ(1u, silent.wait(1).size());
    subscribed(r4(other.url(), "Task?status=requested"));
    EXPECT_EQ(1u, other.wait(1).size());
    EXPECT_EQ(1u, silent.wait(1).size()) << "one at a time is told there";
    silent.release();
}

TEST_F(MailboxSubscription, StopsWhenItIsNotAllowedAnyMore) {
    Hook hook;
    std::atomic<bool> allowed{true};
    close();
    gateway_.access_->rule = [&](const Who&, const Wanted& wanted) -> std::optional<Reason> {
        if (allowed || wanted.act != Wanted::Act::subscribe) return std::nullopt;
        return Reason{"not any more", "plus maintenant"};
    };
    quickly();
    const std::string id = subscribed(r4(hook.url(), "Bundle?"));
    gateway_.lay(plan("299999999999934"));
    ASSERT_EQ(1u, hook.wait(1).size());  // whoever tells it has asked, and looks for no more
    allowed = false;
    gateway_.lay(plan("299999999999934"));
    EXPECT_TRUE(becomes(id, "error"));
    EXPECT_EQ(1u, hook.wait(0).size());
}

TEST_F(MailboxSubscription, ItsTimeIsOverWhenItSaysSo) {
    Hook hook;
    const std::string body = r4(hook.url(), "Bundle?");
    const std::string id =
        subscribed(body.substr(0, body.size() - 1) + R"(,"end":"2020-01-01T00:00:00Z"})");
    EXPECT_TRUE(becomes(id, "off"));
    gateway_.lay(plan("299999999999934"));
    EXPECT_EQ(0u, hook.wait(0).size());
}

TEST_F(MailboxSubscription, ThereAreNotTooManyOfOne) {
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(201, subscribe(r4("https://hooks.example/x", "Bundle?")).status);
    const Answered refused = subscribe(r4("https://hooks.example/x", "Bundle?"));
    EXPECT_EQ(422, refused.status);
    EXPECT_THAT(refused.body, HasSubstr("delete one"));
}

}  // namespace
