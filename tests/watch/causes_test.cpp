/// What is wrong, and what is not.
#include <gmock/gmock.h>

#include "sights.h"

namespace watch_test {
using testing::ElementsAre;
using testing::IsEmpty;

class CausesTest : public testing::Test {
protected:
    std::vector<std::string> found() {
        last_ = causes_.of(sight_, setup_, habits_, [&](const Cause::Key& key) {
            return std::find(open_.begin(), open_.end(), key) != open_.end();
        });
        std::vector<std::string> names;
        for (const Cause& one : last_)
            names.push_back(one.kind + " " + one.end + " " + std::to_string(one.level));
        return names;
    }
    gateway::Setup& configured() { return const_cast<gateway::Setup&>(*sight_.setup); }

    Sight sight_ = wellSeen();
    AlertSetup setup_;
    std::map<std::string, Habit> habits_;
    std::vector<Cause::Key> open_;
    Causes causes_;
    std::vector<Cause> last_;
};

TEST_F(CausesTest, NothingIsWrongWithAQuietGateway) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(CausesTest, ASourceThatCannotTakeAnythingInForLong) {
    sight_.troubles["adt"] = {kNow - 4 * kMinute, {"no such folder", "pas de dossier"}};
    EXPECT_THAT(found(), IsEmpty());
    open_ = {{"source", "adt"}};
    EXPECT_THAT(found(), ElementsAre("source adt 1")) << "told already: it lasts";
    open_.clear();
    sight_.troubles["adt"].since = kNow - 6 * kMinute;
    EXPECT_THAT(found(), ElementsAre("source adt 1"));
    EXPECT_EQ("adt: nothing can be taken in for 6 min: no such folder", last_[0].text.en);
    EXPECT_EQ("adt : rien ne peut être pris depuis 6 min : pas de dossier", last_[0].text.fr);
}

TEST_F(CausesTest, WhatWaitsTooLongByDestinationOrByDefault) {
    sight_.counts.oldestWaiting["chu/plans"] = kNow - 29 * kMinute;
    EXPECT_THAT(found(), IsEmpty());
    sight_.counts.oldestWaiting["chu/plans"] = kNow - 31 * kMinute;
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1"));
    EXPECT_EQ("chu/plans : le plus ancien envoi attend depuis 31 min", last_[0].text.fr);
    configured().destinations["chu/plans"].alertAfter = 2 * kHour;
    EXPECT_THAT(found(), IsEmpty());
    sight_.counts.oldestReceived["adt"] = kNow - kHour;
    EXPECT_THAT(found(), ElementsAre("queue-age adt 1"));
}

TEST_F(CausesTest, WhatWaitsWhereNothingIsSentAnyMoreIsTold) {
    sight_.counts.oldestWaiting["chu/former"] = kNow - kMinute;
    EXPECT_THAT(found(), ElementsAre("configuration chu/former 1"));
    EXPECT_EQ(
        "chu/former : n'est plus configurée, et son plus ancien envoi attend depuis 60 s : "
        "la configurer de nouveau, ou clore ce qui attend",
        last_[0].text.fr);
    configured().destinations["chu/former"].name = "chu/former";
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CausesTest, WhatWaitsForTheEndOfQuietHoursIsNotLate) {
    const std::array<bool, 7> daily{true, true, true, true, true, true, true};
    const QuietHours::Window always{daily, std::chrono::minutes(0), std::chrono::hours(24)};
    configured().destinations["chu/plans"].quiet = QuietHours({always}, "Europe/Paris");
    sight_.counts.oldestWaiting["chu/plans"] = kNow - 8 * kHour;
    EXPECT_THAT(found(), IsEmpty());
    configured().destinations["chu/plans"].quiet = {};
    sight_.now = kNow + 29 * kMinute;
    EXPECT_THAT(found(), IsEmpty());
    sight_.now = kNow + 31 * kMinute;
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1"));
}

TEST_F(CausesTest, WhatIsPausedIsToldWhenItIsForgotten) {
    sight_.counts.oldestWaiting["chu/plans"] = kNow - 23 * kHour;
    sight_.pauses.push_back({"chu/plans", false, "anne", "maintenance", kNow - kDay});
    EXPECT_THAT(found(), IsEmpty());
    sight_.counts.oldestWaiting["chu/plans"] = kNow - 25 * kHour;
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1"));
}

TEST_F(CausesTest, APartnerThatIsAwayIsOneCause) {
    GateView away;
    away.broken = true;
    away.since = kNow - 4 * kMinute;
    sight_.gates["chu/plans"] = away;
    EXPECT_THAT(found(), IsEmpty());
    sight_.gates["chu/plans"].since = kNow - kHour;
    sight_.counts.oldestWaiting["chu/plans"] = kNow - kHour;
    EXPECT_THAT(found(), ElementsAre("breaker chu/plans 1"));
    open_ = {{"queue-age", "chu/plans"}};
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1")) << "the one that was told stays";
}

TEST_F(CausesTest, WhatWaitsForAPersonIsToldOnceForEachEndAndWhenItIsMuchMore) {
    sight_.counts.messages["adt"] = {{"translated", 500}, {"held", 3}};
    sight_.counts.deliveries["chu/plans"] = {{"set-aside", 2}, {"held", 1}, {"uncertain", 7}};
    EXPECT_THAT(found(), IsEmpty()) << "somebody may be at it";
    sight_.now += 16 * kMinute;
    sight_.in["adt"].heard = sight_.now;
    EXPECT_THAT(found(), ElementsAre("attention adt 1", "attention chu/plans 1"));
    EXPECT_EQ(
        "adt: messages wait for a person: 3 held (`passerelle messages list "
        "--source adt --state held`)",
        last_[0].text.en);
    EXPECT_EQ(
        "chu/plans : des envois attendent une personne : 2 de côté, 1 retenu(s) (« passerelle "
        "messages list --partner chu --state set-aside », « passerelle messages list --partner chu "
        "--state held »)",
        last_[1].text.fr);
    configured().destinations["chu/plans"].holdUncertain = true;
    EXPECT_THAT(found(), ElementsAre("attention adt 1", "attention chu/plans 2"));
    EXPECT_THAT(last_[1].text.en, testing::HasSubstr("2 set aside, 1 held, 7 uncertain"));
    sight_.counts.messages.clear();
    open_ = {{"refusals", "chu/plans"}};
    EXPECT_THAT(found(), IsEmpty()) << "one cause is told once";
    open_.push_back({"attention", "chu/plans"});
    EXPECT_THAT(found(), ElementsAre("attention chu/plans 2")) << "told already: it lasts";
    sight_.counts.deliveries["chu/plans"] = {{"set-aside", 0}, {"delivered", 3}};
    EXPECT_THAT(found(), IsEmpty());
    open_.clear();
    sight_.counts.deliveries["chu/plans"] = {{"set-aside", 1}};
    EXPECT_THAT(found(), IsEmpty()) << "a new one has its time";
    setup_.attention = Milliseconds(0);
    sight_.now += kDay;
    sight_.in["adt"].heard = sight_.now;
    EXPECT_THAT(found(), IsEmpty()) << "switched off";
}

TEST_F(CausesTest, ALaneThatWaitsForAPersonIsOneCause) {
    sight_.counts.deliveries["chu/plans"] = {{"set-aside", 1}, {"queued", 5}};
    sight_.counts.oldestWaiting["chu/plans"] = kNow - kHour;
    configured().destinations["chu/plans"].blockOnRefusal = true;
    EXPECT_THAT(found(), ElementsAre("attention chu/plans 2"))
        << "others grow old behind it; after a restart too";
    setup_.attention = Milliseconds(0);
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1"));
    setup_.attention = 15 * kMinute;
    open_ = {{"attention", "chu/plans"}};
    EXPECT_THAT(found(), ElementsAre("attention chu/plans 2"));
    configured().destinations["chu/plans"].blockOnRefusal = false;
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1", "attention chu/plans 1"))
        << "what is queued there waits for something else";
    configured().destinations["chu/plans"].blockOnRefusal = true;
    open_ = {{"queue-age", "chu/plans"}};
    sight_.now += 20 * kMinute;
    sight_.in["adt"].heard = sight_.now;
    EXPECT_THAT(found(), ElementsAre("queue-age chu/plans 1")) << "the one that was told stays";
}

TEST_F(CausesTest, AClockThatWasPutBackKeepsNoRefusalsOfTheFuture) {
    sight_.now += kDay;
    found();
    sight_.now -= kDay;
    found();
    sight_.in["adt"].refused = 20;
    EXPECT_THAT(found(), ElementsAre("refusals adt 1"));
    sight_.now += 16 * kMinute;
    found();
    sight_.now += 16 * kMinute;
    EXPECT_THAT(found(), IsEmpty()) << "it is long ago";
}

TEST_F(CausesTest, SilenceAgainstWhatIsExpectedOrUsual) {
    configured().sources["adt"].expectedEvery = 30 * kMinute;
    EXPECT_THAT(found(), IsEmpty());
    sight_.in["adt"].heard = kNow - kHour;
    EXPECT_THAT(found(), ElementsAre("silence adt 1"));
    sight_.pauses.push_back({"adt", true, "anne", {}, kNow});
    EXPECT_THAT(found(), IsEmpty()) << "it is paused";
    sight_.pauses.clear();
    configured().sources["adt"].expectedEvery.reset();
    EXPECT_THAT(found(), IsEmpty());
    const std::int64_t now = localHour(kNow);
    for (std::int64_t hour = now - 4 * 168; hour < now - 4; ++hour) habits_["adt"].add(hour, 3);
    EXPECT_THAT(found(), ElementsAre("silence adt 1"));
    EXPECT_THAT(last_[0].text.en, testing::HasSubstr("12 messages are usual"));
    setup_.silence = false;
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CausesTest, SilenceBeforeTheStartIsNotCounted) {
    configured().sources["adt"].expectedEvery = 2 * kHour;
    sight_.in["adt"].heard = kNow - kDay;
    sight_.started = kNow - kHour;
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CausesTest, WhatIsToldLastsOverARestart) {
    configured().sources["adt"].expectedEvery = 2 * kHour;
    sight_.in["adt"].heard = kNow - kDay;
    sight_.started = kNow - kMinute;
    open_ = {{"silence", "adt"}, {"breaker", "chu/plans"}};
    EXPECT_THAT(found(), ElementsAre("silence adt 1")) << "nothing has come yet";
    sight_.gates["chu/plans"].broken = true;
    sight_.gates["chu/plans"].since = kNow - Milliseconds(1'000);
    EXPECT_THAT(found(), ElementsAre("breaker chu/plans 1", "silence adt 1"));
    sight_.in["adt"].heard = kNow;
    sight_.gates.clear();
    EXPECT_THAT(found(), IsEmpty());
    configured().sources["adt"].expectedEvery.reset();
    const std::int64_t now = localHour(kNow);
    for (std::int64_t hour = now - 4 * 168; hour < now - 4; ++hour) habits_["adt"].add(hour, 3);
    EXPECT_THAT(found(), ElementsAre("silence adt 1"));
    habits_["adt"].add(now, 1);
    EXPECT_THAT(found(), IsEmpty()) << "something has come";
}

TEST_F(CausesTest, WhatWasSetAside) {
    sight_.aside = {{"chu"}, {"relai"}};
    EXPECT_THAT(found(), ElementsAre("configuration chu 2", "configuration relai 2"));
    EXPECT_THAT(last_[0].text.fr, testing::HasSubstr("ses messages attendent"));
}

TEST_F(CausesTest, ManyRefusalsWithinAWhile) {
    found();
    sight_.now += kMinute;
    sight_.in["adt"].accepted = 80;
    sight_.in["adt"].refused = 19;
    EXPECT_THAT(found(), IsEmpty());
    sight_.in["adt"].refused = 20;
    EXPECT_THAT(found(), ElementsAre("refusals adt 1"));
    sight_.now += 16 * kMinute;
    found();
    sight_.now += 16 * kMinute;
    EXPECT_THAT(found(), IsEmpty()) << "it is long ago";
    sight_.out["chu/plans"].delivered = 5;
    sight_.out["chu/plans"].refused = 9;
    EXPECT_THAT(found(), IsEmpty()) << "few";
    sight_.out["chu/plans"].refused = 10;
    EXPECT_THAT(found(), ElementsAre("refusals chu/plans 1"));
}

TEST_F(CausesTest, IdsGivenAgain) {
    found();
    sight_.in["adt"].reused = 1;
    EXPECT_THAT(found(), ElementsAre("id-reuse adt 1"));
    EXPECT_EQ(kHour, last_[0].calm);
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CausesTest, TheDiskBeforeAndAtItsReserve) {
    sight_.store.freeBytes = (256u << 20) + (1ull << 30) - 1;
    EXPECT_THAT(found(), ElementsAre("disk  1"));
    sight_.store.freeBytes = (256u << 20) - 1;
    EXPECT_THAT(found(), ElementsAre("disk  2"));
    sight_.reserve = 0;
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CausesTest, AListOfRevokedCertificatesThatIsLate) {
    Certificate list{"ca.crl", kNow + 5 * kDay, Certificate::Kind::revocations, kNow + kDay};
    sight_.certificates = {{"adt", list}};
    EXPECT_THAT(found(), IsEmpty()) << "it lives for days";
    sight_.now = kNow + kDay;
    EXPECT_THAT(found(), ElementsAre("certificate ca.crl 1"));
    EXPECT_THAT(last_[0].text.fr, testing::HasSubstr("expire dans 4 j"));
    sight_.now = kNow + 5 * kDay;
    EXPECT_THAT(found(), ElementsAre("certificate ca.crl 2"));
}

TEST_F(CausesTest, ADiskThatIsFullIsOneCause) {
    sight_.store.freeBytes = (256u << 20) - 1;
    sight_.writable = false;
    EXPECT_THAT(found(), ElementsAre("disk  2"));
    open_ = {{"store", ""}};
    EXPECT_THAT(found(), ElementsAre("disk  2", "store  2")) << "what was told stays";
}

TEST_F(CausesTest, ASourceThatIsCutOffIsNotSilentToo) {
    configured().sources["adt"].expectedEvery = 30 * kMinute;
    sight_.in["adt"].heard = kNow - kHour;
    sight_.troubles["adt"] = {kNow - kHour, {"no such folder", "pas de dossier"}};
    EXPECT_THAT(found(), ElementsAre("source adt 1"));
    open_ = {{"silence", "adt"}};
    EXPECT_THAT(found(), ElementsAre("silence adt 1", "source adt 1")) << "what was told stays";
}

TEST_F(CausesTest, WhoHasLookedAtContent) {
    sight_.glass["anne"] = kNow - kMinute;
    EXPECT_THAT(found(), ElementsAre("break-glass anne 1"));
    EXPECT_THAT(last_[0].text.en, testing::HasSubstr("anne has looked at content"));
}

TEST_F(CausesTest, CertificatesByTheirDays) {
    const auto with = [&](Milliseconds left) {
        sight_.certificates = {{"chu/plans", {"certs/chu.crt", kNow + left}},
                               {"had/plans", {"certs/chu.crt", kNow + left}}};
        return found();
    };
    EXPECT_THAT(with(31 * kDay), IsEmpty());
    EXPECT_THAT(with(30 * kDay), ElementsAre("certificate certs/chu.crt 1"));
    EXPECT_THAT(last_[0].text.en, testing::HasSubstr("(chu/plans, had/plans) expires in 30 days"));
    sight_.certificates[0].certificate.until = kNow + 300 * kDay;
    EXPECT_THAT(found(), ElementsAre("certificate certs/chu.crt 1")) << "one end has the old one";
    EXPECT_THAT(with(14 * kDay), ElementsAre("certificate certs/chu.crt 2"));
    EXPECT_THAT(with(3 * kDay), ElementsAre("certificate certs/chu.crt 3"));
    EXPECT_THAT(with(kDay), ElementsAre("certificate certs/chu.crt 3"));
    EXPECT_THAT(last_[0].text.fr, testing::HasSubstr("expire dans 1 jour"));
    EXPECT_THAT(with(kHour), ElementsAre("certificate certs/chu.crt 3"));
    EXPECT_THAT(last_[0].text.en, testing::HasSubstr("expires within a day"));
    EXPECT_THAT(with(-kMinute), ElementsAre("certificate certs/chu.crt 4"));
    EXPECT_THAT(last_[0].text.fr, testing::HasSubstr("a expiré"));
}

TEST_F(CausesTest, AStoreThatCannotBeCountedForLong) {
    sight_.reconciled.emplace();
    sight_.uncountedSince = kNow - 9 * kMinute;
    EXPECT_THAT(found(), IsEmpty());
    sight_.uncountedSince = kNow - 11 * kMinute;
    EXPECT_THAT(found(), ElementsAre("reconciliation  2"));
    EXPECT_THAT(last_[0].text.fr, testing::HasSubstr("n'a pu être comptée depuis 11 min"));
}

TEST_F(CausesTest, AccountsThatDoNotComeOutEvenAndDamage) {
    Reconciled all;
    all.sources["adt"].in = 5;
    all.sources["adt"].states["translated"] = 5;
    all.destinations["chu/plans"].in = 5;
    sight_.reconciled = all;
    EXPECT_THAT(found(), ElementsAre("reconciliation chu/plans 2"));
    sight_.reconciled.reset();
    sight_.damaged = 1;
    sight_.writable = false;
    EXPECT_THAT(found(), ElementsAre("store  2", "damage  2"));
    EXPECT_TRUE(last_[1].sticky);
}

}  // namespace watch_test
