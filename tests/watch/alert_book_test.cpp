/// One alert per cause, and an all-clear, over restarts; and who tells it.
#include "watch/alert_book.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "raw_client.h"
#include "sights.h"
#include "watch/tellers.h"

namespace watch_test {
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Keeps what it is told, or is down.
class Told final : public Messenger {
public:
    std::string tell(const Notice& notice, std::chrono::steady_clock::time_point) override {
        const std::lock_guard lock(mutex_);
        ++tries;
        if (down) throw Error(Fault::unavailable, "far:25", {"it is down", "il est arrêté"});
        heard.push_back(std::string(toText(notice.state)) + " " + notice.kind + " " + notice.text);
        return "ok";
    }
    std::vector<std::string> all() {
        const std::lock_guard lock(mutex_);
        return heard;
    }
    std::atomic<bool> down{false};
    std::atomic<int> tries{0};

private:
    std::mutex mutex_;
    std::vector<std::string> heard;
};

class AlertBookTest : public testing::Test {
protected:
    AlertBookTest() { setup_.receivers.push_back({"team", "webhook", Spoken::english, told_}); }

    static Cause cause(int level = 1, const std::string& end = "chu/plans") {
        Cause one;
        one.kind = "queue-age";
        one.end = end;
        one.level = level;
        one.text = {end + " waits", end + " attend"};
        return one;
    }
    /// What the receiver hears now, all of it.
    std::vector<std::string> hear(const std::string& receiver = "team") {
        std::vector<std::string> all;
        while (const auto next = book_.next(receiver, setup_, now_)) {
            all.push_back(std::string(toText(next->state)) + " " + next->key.second);
            book_.told(receiver, *next, now_);
        }
        return all;
    }
    std::size_t look(const std::vector<Cause>& causes, Milliseconds later = kMinute) {
        now_ += later;
        return book_.update(causes, setup_, now_).size();
    }
    void restart() { book_ = AlertBook::parsed(book_.text(), now_); }

    std::shared_ptr<Told> told_ = std::make_shared<Told>();
    AlertSetup setup_;
    AlertBook book_;
    Time now_ = kNow;
};

TEST_F(AlertBookTest, ACauseIsToldOnceAndItsEndOnce) {
    EXPECT_EQ(1u, look({cause()}));
    EXPECT_THAT(hear(), ElementsAre("open chu/plans"));
    for (int times = 0; times < 100; ++times) EXPECT_EQ(0u, look({cause()}));
    EXPECT_THAT(hear(), IsEmpty());
    EXPECT_EQ(0u, look({}, Milliseconds(30'000))) << "it may come back at once";
    EXPECT_EQ(1u, look({}));
    EXPECT_THAT(hear(), ElementsAre("over chu/plans"));
    look({});
    EXPECT_THAT(book_.all(), IsEmpty());
    look({cause()});
    EXPECT_THAT(hear(), ElementsAre("open chu/plans")) << "it is another one";
}

TEST_F(AlertBookTest, ARestartTellsNothingTwiceAndNothingIsForgotten) {
    look({cause(), cause(1, "had/plans")});
    EXPECT_THAT(hear(), SizeIs(2));
    restart();
    look({cause()});
    EXPECT_THAT(hear(), ElementsAre("over had/plans"));
    look({});
    restart();
    EXPECT_THAT(hear(), ElementsAre("over chu/plans"));
    restart();
    EXPECT_THAT(hear(), IsEmpty());
}

TEST_F(AlertBookTest, WhatStoodStillWhileItDidNotRunIsNotOver) {
    look({cause()});
    EXPECT_THAT(hear(), ElementsAre("open chu/plans"));
    now_ += kHour;
    restart();
    EXPECT_EQ(0u, look({}, Milliseconds(100))) << "nobody could have seen it yet";
    EXPECT_EQ(0u, look({cause()}, Milliseconds(1'000)));
    EXPECT_THAT(hear(), IsEmpty());
    EXPECT_EQ(1u, look({}));
}

TEST_F(AlertBookTest, WhatEndsWhileItIsBeingToldIsToldToBeOver) {
    look({cause()});
    const auto next = book_.next("team", setup_, now_);
    look({});
    EXPECT_THAT(book_.all(), IsEmpty()) << "nobody has heard of it yet";
    book_.told("team", next.value(), now_);
    EXPECT_THAT(hear(), ElementsAre("over chu/plans"));
    look({});
    EXPECT_THAT(book_.all(), IsEmpty());
}

TEST_F(AlertBookTest, AClockThatIsPutBackDelaysNoEnd) {
    look({cause()});
    hear();
    look({}, -kDay);
    EXPECT_EQ(1u, look({}));
    EXPECT_THAT(hear(), ElementsAre("over chu/plans"));
}

TEST_F(AlertBookTest, WhatBecomesWorseIsToldAgainWhatBecomesBetterIsNot) {
    look({cause(1)});
    hear();
    EXPECT_EQ(1u, look({cause(3)}));
    EXPECT_THAT(hear(), ElementsAre("worse chu/plans"));
    restart();
    look({cause(2)});
    EXPECT_THAT(hear(), IsEmpty());
}

TEST_F(AlertBookTest, RemindersOnlyWhereWanted) {
    look({cause()});
    hear();
    look({cause()}, 25 * kHour);
    EXPECT_THAT(hear(), IsEmpty());
    setup_.remind = kDay;
    EXPECT_THAT(hear(), ElementsAre("reminder chu/plans"));
    EXPECT_THAT(hear(), IsEmpty());
}

TEST_F(AlertBookTest, EachReceiverHearsForItselfAndALateOneHearsNoEndOfTheUnknown) {
    setup_.receivers.push_back({"anne", "mail", Spoken::french, told_});
    look({cause()});
    EXPECT_THAT(hear("team"), ElementsAre("open chu/plans"));
    look({});
    look({});
    EXPECT_THAT(hear("anne"), IsEmpty()) << "it was over before it could be told";
    EXPECT_THAT(hear("team"), ElementsAre("over chu/plans"));
}

TEST_F(AlertBookTest, DamageLastsUntilSomebodyHasLooked) {
    Cause damage = cause();
    damage.kind = "damage";
    damage.sticky = true;
    look({damage});
    hear();
    restart();
    look({}, kDay);
    EXPECT_THAT(hear(), IsEmpty());
    book_.mended("damage", now_);
    EXPECT_THAT(hear(), ElementsAre("over chu/plans"));
}

/// Takes what it is told only when it is let.
class Slow final : public Messenger {
public:
    std::string tell(const Notice& notice, std::chrono::steady_clock::time_point) override {
        std::unique_lock lock(mutex_);
        heard_.push_back(std::string(toText(notice.state)));
        changed_.notify_all();
        changed_.wait(lock, [&] { return let_; });
        return "ok";
    }
    std::size_t heard(std::size_t least) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return heard_.size() >= least; });
        return heard_.size();
    }
    void let() {
        const std::lock_guard lock(mutex_);
        let_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> heard_;
    bool let_ = false;
};

TEST_F(AlertBookTest, ANewConfigurationWaitsForNobodyAndTellsNothingTwice) {
    auto slow = std::make_shared<Slow>();
    setup_.receivers = {{"team", "webhook", Spoken::english, slow}};
    const auto setup = std::make_shared<AlertSetup>(setup_);
    support::KeptLog log;
    Tellers::Book book;
    book.book.update({cause()}, setup_, kNow);
    auto former = std::make_unique<Tellers>(book, setup, log);
    EXPECT_EQ(1u, slow->heard(1));
    former->leave();
    EXPECT_FALSE(former->gone());
    Tellers next(book, setup, log);
    next.look();
    EXPECT_EQ("team", next.all().at(0).receiver);
    slow->let();
    former.reset();
    EXPECT_NE(Time{}, next.all().at(0).last) << "the new ones know it";
    {
        const std::lock_guard lock(book.mutex);
        EXPECT_FALSE(book.book.next("team", setup_, kNow)) << "it is told";
        book.book.update({}, setup_, kNow + kHour);
    }
    next.look();
    EXPECT_EQ(2u, slow->heard(2)) << "the end";
}

TEST_F(AlertBookTest, AReceiverThatIsDownIsTriedAgainAndDelaysNobody) {
    auto down = std::make_shared<Told>();
    down->down = true;
    setup_.receivers.push_back({"anne", "mail", Spoken::french, down});
    support::KeptLog log;
    Tellers::Book book;
    book.book.update({cause()}, setup_, kNow);
    setup_.every = Milliseconds(5);
    Tellers tellers(book, std::make_shared<AlertSetup>(setup_), log);
    const auto until = [](auto what) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!what() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        return what();
    };
    EXPECT_TRUE(until([&] { return told_->all().size() == 1; }));
    EXPECT_TRUE(until([&] { return down->tries >= 3 && tellers.all().at(1).failures >= 3; }));
    EXPECT_EQ(1, told_->tries);
    const auto telling = tellers.all().at(1);
    EXPECT_EQ("anne", telling.receiver);
    EXPECT_LE(3u, telling.failures);
    EXPECT_EQ("far:25 : il est arrêté", telling.why.fr);
    down->down = false;
    EXPECT_TRUE(until([&] { return down->all().size() == 1; }));
    EXPECT_THAT(down->all(), ElementsAre("open queue-age chu/plans attend"));
    EXPECT_THAT(log.text(), testing::HasSubstr("alert-not-told receiver=anne"));
    EXPECT_TRUE(until([&] { return tellers.all().at(1).failures == 0; }));
    EXPECT_THAT(log.text(), testing::HasSubstr("alert-receiver-back"));
}

}  // namespace watch_test
