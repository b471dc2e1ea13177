/// What time causes: once each, whatever the clock does and whenever it is killed.
#include <gmock/gmock.h>

#include "pipeline/told_policy.h"

namespace pipeline_test {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Time kMorning = timeFromText("2031-03-18T08:00:00.000Z");

/// Stands still until a test moves it; who waits looks again in a moment.
class HandClock final : public Clock {
public:
    Time now() const override { return Time(Milliseconds(now_.load())); }
    Steady steady() const override { return Steady(Milliseconds(steady_.load())); }
    void wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
              Steady) const override {
        ++looks_;
        changed.wait_for(lock, 1ms);
    }
    void pass(Milliseconds time) {
        now_ += time.count();
        steady_ += time.count();
    }
    /// The time of day alone; a minute later it is noticed.
    void putRight(Milliseconds by) {
        now_ += by.count();
        pass(60s);
    }
    /// Until everybody has seen the time as it is.
    void settle() const {
        const int before = looks_;
        while (looks_ < before + 3) std::this_thread::yield();
    }

private:
    std::atomic<std::int64_t> now_{kMorning.time_since_epoch().count()}, steady_{1'000'000};
    mutable std::atomic<int> looks_{0};
};

/// A plan's reviews: each edition arms one, which is told of once and then again a week later.
Decisions armed(const Document& pivot, const Register& plans) {
    const std::string text(pivot.root().firstChild().text());
    Decisions decisions;
    decisions.recipients = {sent("a")};
    if (!text.starts_with("plan:")) return decisions;
    RegisterEntry entry;
    entry.key = "n/1";
    entry.edition = text;
    entry.due = kMorning + 24h;
    const auto before = plans.find(entry.key);
    decisions.changes.push_back({entry, 0, before ? before->revision : 0});
    return decisions;
}

std::vector<DueMessage> reviews(Time now, const Register& plans, std::size_t most) {
    std::vector<DueMessage> due;
    for (RegisterEntry& entry : plans.dueBefore(now, most)) {
        const std::string at = toText(*entry.due).substr(0, 10);
        DueMessage& one = due.emplace_back();
        one.onceKey = entry.key + " " + at;
        // The text differs each time: it is known again by its key alone.
        one.body = Bytes("review:" + at + " told " + toText(now) + "\n");
        entry.due = *entry.due + 24h * 7;
        one.changes.push_back({entry, 0, entry.revision});
    }
    return due;
}

class DueTest : public PipelineTest {
protected:
    ~DueTest() override { pipeline_.reset(); }

    void begin(unsigned translators = 1) {
        PipelineOptions options;
        options.clock = &clock_;
        options.translators = translators;
        pipeline_ = std::make_unique<Pipeline>(*store_, log_, options);
    }
    std::shared_ptr<gateway::Setup> withReviews(ToldPolicy::Due due = reviews) {
        auto with = setup({"a"});
        with->routes[0].to.clear();
        with->routes[0].from = {"in", "reviews"};
        with->routes[0].policy = std::make_shared<ToldPolicy>(armed, std::move(due));
        SourceSetup source;
        source.name = "reviews";
        source.codec = {"lines", lines_};
        source.due = with->routes[0].policy;
        with->sources["reviews"] = source;
        return with;
    }
    /// As the store and the gateway are after a kill: what was not committed is gone.
    void killed() {
        pipeline_.reset();
        store_.reset();
        SqliteOptions options;
        options.path = folder_ + "/store.db";
        store_ = openSqliteStore(options, &log_);
    }
    std::vector<std::string> cut(std::vector<std::string> bodies) {
        for (std::string& body : bodies) body = body.substr(0, body.find(" told"));
        return bodies;
    }
    void plan(const std::string& edition) {
        reach(acceptId("plan:" + edition + "\n"), Stage::delivered);
    }

    HandClock clock_;
};

TEST_F(DueTest, WhenTheTimeComesAMessageComesInOnceAndLaterTheNext) {
    begin();
    run(withReviews());
    plan("1");
    clock_.pass(23h);
    clock_.settle();
    EXPECT_THAT(partners_["a"]->ids(), SizeIs(1)) << "it is not due yet";
    clock_.pass(2h);
    EXPECT_THAT(cut(partners_["a"]->wait(2)), ElementsAre("plan:1\n", "review:2031-03-19"));
    const MessageView message = store_->list({}).front();
    EXPECT_EQ("reviews", message.source);
    EXPECT_EQ(1u, pipeline_->traffic().in().at("reviews").accepted);
    clock_.settle();
    clock_.pass(24h * 7);
    EXPECT_THAT(cut(partners_["a"]->wait(3)).back(), "review:2031-03-26");
    clock_.settle();
    EXPECT_THAT(partners_["a"]->ids(), SizeIs(3));
}

TEST_F(DueTest, AClockThatIsPutForwardAndBackCausesNothingTwice) {
    begin();
    run(withReviews());
    plan("1");
    clock_.putRight(25h);
    partners_["a"]->wait(2);
    clock_.putRight(-25h);
    clock_.settle();
    clock_.pass(26h);
    clock_.settle();
    EXPECT_THAT(cut(partners_["a"]->wait(2)), ElementsAre("plan:1\n", "review:2031-03-19"));
}

TEST_F(DueTest, KilledBetweenAcceptAndTranslateItIsTheSameOneAfterwards) {
    begin();
    run(withReviews());
    plan("1");
    killed();
    clock_.pass(25h);
    begin(0);  // nobody translates: it is stored, and there it ends
    run(withReviews());
    while (store_->list({}).size() < 2) std::this_thread::yield();
    killed();
    begin();
    run(withReviews());
    EXPECT_THAT(cut(partners_["a"]->wait(2)), ElementsAre("plan:1\n", "review:2031-03-19"));
    clock_.settle();
    EXPECT_THAT(store_->list({}), SizeIs(2));
}

TEST_F(DueTest, WhatFellDueWhileTheGatewayWasDownComesAtTheStart) {
    begin();
    run(withReviews());
    plan("1");
    killed();
    clock_.pass(24h * 3);
    begin();
    run(withReviews());
    EXPECT_THAT(cut(partners_["a"]->wait(2)).back(), "review:2031-03-19");
}

TEST_F(DueTest, AnEditionThatIsDueAtATimeToldAlreadyIsNotToldAgainAndTheRegisterMovesOn) {
    begin();
    run(withReviews());
    plan("1");
    clock_.pass(25h);
    partners_["a"]->wait(2);
    plan("2");  // armed as the first one
    clock_.settle();
    while (store_->plans().find("n/1")->due != kMorning + 24h * 8) std::this_thread::yield();
    const auto ignored = [&] {
        return store_->counts().messages["reviews"]["ignored"];  // the proof of it
    };
    while (ignored() == 0) std::this_thread::yield();
    EXPECT_EQ(1u, ignored());
    EXPECT_THAT(partners_["a"]->ids(), SizeIs(3));
    clock_.pass(24h * 7);
    EXPECT_THAT(cut(partners_["a"]->wait(4)).back(), "review:2031-03-26");
}

TEST_F(DueTest, APausedSourceWaitsUntilItIsResumed) {
    begin();
    run(withReviews());
    plan("1");
    pipeline_->pause({"reviews", true, "anne", "", {}});
    clock_.pass(25h);
    clock_.settle();
    EXPECT_THAT(partners_["a"]->ids(), SizeIs(1));
    EXPECT_FALSE(log_.has("due-failed")) << "nothing is wrong";
    pipeline_->resume("reviews", "anne");
    EXPECT_THAT(cut(partners_["a"]->wait(2)).back(), "review:2031-03-19");
}

TEST_F(DueTest, APolicyThatFailsOrMakesNothingIsAskedNowAndThenAndTheLogSaysIt) {
    std::atomic<int> asked{0};
    std::atomic<bool> fails{true};
    begin();
    run(withReviews([&](Time now, const Register& plans, std::size_t most) {
        ++asked;
        const bool any = !plans.dueBefore(now, 1).empty();
        if (any && fails) throw std::runtime_error("out of order");
        return reviews(now, plans, most);
    }));
    plan("1");
    clock_.pass(25h);
    while (!log_.has("due-failed")) std::this_thread::yield();
    clock_.settle();
    const int before = asked;
    clock_.settle();
    EXPECT_EQ(before, asked) << "it spins";
    fails = false;
    clock_.pass(60s);
    EXPECT_THAT(cut(partners_["a"]->wait(2)).back(), "review:2031-03-19");
}

TEST_F(DueTest, AReloadSwapsWhoIsAsked) {
    begin();
    run(setup({"a"}));
    auto with = withReviews();
    pipeline_->use(with);
    plan("1");
    clock_.pass(25h);
    EXPECT_THAT(partners_["a"]->wait(2), SizeIs(2));
    pipeline_->use(setup({"a"}));
    clock_.pass(24h * 7);
    reach(acceptId("k:1\n"), Stage::delivered);
    EXPECT_EQ("k:1\n", partners_["a"]->wait(3).back()) << "nobody is asked any more";
}

TEST_F(DueTest, OneThatAnotherChangeOvertakesIsAskedForAnew) {
    std::atomic<int> asked{0};
    begin();
    run(withReviews([&](Time now, const Register& plans, std::size_t most) {
        std::vector<DueMessage> due = reviews(now, plans, most);
        if (!due.empty() && asked++ == 0) due.front().changes.front().expected = 99;
        return due;
    }));
    plan("1");
    clock_.pass(25h);
    while (asked < 1) std::this_thread::yield();
    clock_.settle();
    EXPECT_THAT(partners_["a"]->ids(), SizeIs(1)) << "nothing of it is stored";
    clock_.pass(1s);
    EXPECT_THAT(cut(partners_["a"]->wait(2)).back(), "review:2031-03-19");
}

TEST_F(DueTest, WhatItsCodecCannotReadIsHeldAndNotMadeAgain) {
    begin();
    run(withReviews([](Time now, const Register& plans, std::size_t most) {
        std::vector<DueMessage> due = reviews(now, plans, most);
        for (DueMessage& one : due) one.body = Bytes(std::string("no end"));
        return due;
    }));
    plan("1");
    clock_.pass(25h);
    while (store_->list({}).size() < 2) std::this_thread::yield();
    EXPECT_EQ(MessageState::held, store_->list({}).front().state);
    clock_.settle();
    clock_.pass(2min);
    clock_.settle();
    EXPECT_THAT(store_->list({}), SizeIs(2));
}

}  // namespace
}  // namespace pipeline_test
