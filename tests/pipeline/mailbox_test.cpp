/// What is laid out instead of sent, over the whole pipeline.
#include "pipeline/mailbox.h"

#include <gmock/gmock.h>

#include "pipeline/fixture.h"

namespace pipeline_test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Nothing is ever sent to it.
class FakeMailbox final : public Destination {
public:
    explicit FakeMailbox(Milliseconds wait) : wait_(wait) {}
    std::optional<Offering> offers() const override { return Offering{wait_}; }
    Answer deliver(const Delivery&, Time) override {
        ADD_FAILURE() << "something was sent to a mailbox";
        return {};
    }

private:
    const Milliseconds wait_;
};

/// Refuses whom it is told to refuse, from then on.
class FakePolicy final : public Policy {
public:
    Decisions decide(const Document&, const Context&, const Directory& directory,
                     const Register&) const override {
        Decisions all;
        all.plan = "plan-1";
        all.edition = "1";
        for (const Partner& partner : directory.all()) {
            Decision& one = all.recipients.emplace_back();
            one.partner = partner.name;
            one.send = true;
        }
        return all;
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        if (damaged)
            throw Error(Fault::internal, "register", {"it is damaged", "il est endommagé"});
        Decision decision;
        decision.send = !refused;
        if (refused) decision.reason = {"the patient refused", "le patient a refusé"};
        return decision;
    }
    std::atomic<bool> refused{false}, damaged{false};
};

class MailboxTest : public PipelineTest {
protected:
    std::shared_ptr<gateway::Setup> mailbox(Milliseconds wait = 0ms) {
        auto made = setup({"a"});
        made->destinations["a/d"].destination = std::make_shared<FakeMailbox>(wait);
        made->recheck = policy_;
        made->routes[0].policy = policy_;
        made->routes[0].to.clear();
        return made;
    }
    /// The same, and what nobody fetches goes to "a/e".
    std::shared_ptr<gateway::Setup> mailboxWithAnotherWay() {
        auto made = mailbox(1ms);
        made->routes[0].destinationName = "d";
        made->directory = std::make_shared<FakeDirectory>(
            std::vector<Partner>{{"a", "", "", {}, {}, {"d", "e"}}});
        made->destinations["a/d"].then = "a/e";
        DestinationSetup& other = made->destinations["a/e"] = made->destinations["a/d"];
        other.name = "a/e";
        other.then.clear();
        other.map = {"other", std::make_shared<FakeMap>("bad")};
        other.destination = partners_["a"];
        return made;
    }
    /// Has the time looked at until it is so.
    template <class So>
    bool inTime(const std::shared_ptr<gateway::Setup>& made, So so) {
        for (int i = 0; i < 2'000'000; ++i) {
            if (so()) return true;
            pipeline_->use(made);
            std::this_thread::yield();
        }
        return false;
    }
    /// Waits until that many are laid out.
    std::vector<OfferedDelivery> laidOut(std::size_t count) {
        std::vector<OfferedDelivery> all;
        for (int i = 0; i < 2'000'000 && all.size() != count; ++i) {
            all = store_->offered("a/d", "", 100);
            if (all.size() != count) std::this_thread::yield();
        }
        return all;
    }
    PickUp taken(const std::string& id) {
        PickUp one;
        one.id = id;
        one.by = "a";
        return one;
    }
    DeliveryView delivery(const std::string& message) {
        return store_->show(message)->deliveries.at(0);
    }

    std::shared_ptr<FakePolicy> policy_ = std::make_shared<FakePolicy>();
};

TEST_F(MailboxTest, LaysOutInOrderAndIsDeliveredWhenPickedUp) {
    run(mailbox());
    const std::string first = acceptId("k:1\n"), second = acceptId("k:2\n");
    const auto laid = laidOut(2);
    ASSERT_EQ(2u, laid.size());
    EXPECT_EQ(first, laid[0].message);
    EXPECT_EQ(second, laid[1].message);
    Mailbox& box = pipeline_->mailbox();
    EXPECT_EQ(2u, box.offered("a/d", "", 10).size());
    EXPECT_EQ("k:1\n", box.read("a/d", laid[0].id).view());
    box.pickedUp("a/d", taken(laid[0].id));
    EXPECT_TRUE(reach(first, Stage::delivered).reached);
    EXPECT_THAT(states(first),
                ElementsAre("received", "translated", "queued", "note", "offered", "delivered"));
    EXPECT_THROW(box.pickedUp("a/d", taken(laid[0].id)), Error) << "twice";
    EXPECT_THROW(box.read("a/d", laid[0].id), Error) << "it is not there any more";
    EXPECT_THROW(box.read("b/d", laid[1].id), Error) << "another's";
    EXPECT_EQ(1u, box.offered("a/d", "", 10).size());
}

std::size_t threads() {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_F(MailboxTest, ThousandsHaveTheirOwnAndShareAThread) {
    std::vector<std::string> names;
    for (int i = 0; i < 5'000; ++i) names.push_back("p" + std::to_string(i));
    auto made = setup(names);
    const auto box = std::make_shared<FakeMailbox>(0ms);
    for (auto& [name, destination] : made->destinations) destination.destination = box;
    made->routes[0].to = {"p0/d", "p4321/d"};
    const std::size_t before = threads();
    run(made);
    EXPECT_LT(threads(), before + 30);
    acceptId("k:1\n");
    for (const char* const name : {"p0/d", "p4321/d"}) {
        std::vector<OfferedDelivery> laid;
        for (int i = 0; i < 2'000'000 && laid.empty(); ++i) {
            laid = store_->offered(name, "", 10);
            if (laid.empty()) std::this_thread::yield();
        }
        EXPECT_EQ(1u, laid.size()) << name;
    }
    EXPECT_THAT(store_->offered("p1/d", "", 10), IsEmpty());
}

TEST_F(MailboxTest, ALaterRefusalClosesWhatWaits) {
    run(mailbox());
    const std::string one = acceptId("k:1\n"), two = acceptId("k:2\n"), three = acceptId("k:3\n");
    const auto laid = laidOut(3);
    policy_->refused = true;
    Mailbox& box = pipeline_->mailbox();
    EXPECT_THROW(box.read("a/d", laid[0].id), Error);
    EXPECT_EQ(DeliveryState::closed, delivery(one).state);
    EXPECT_EQ("the patient refused", delivery(one).reason.en);
    EXPECT_EQ("le patient a refusé", delivery(one).reason.fr);
    EXPECT_THROW(box.pickedUp("a/d", taken(laid[1].id)), Error);
    EXPECT_EQ(DeliveryState::closed, delivery(two).state);
    EXPECT_THAT(box.offered("a/d", "", 10), IsEmpty());
    EXPECT_EQ(DeliveryState::closed, delivery(three).state);
    EXPECT_TRUE(reach(three, Stage::delivered).reached);
}

TEST_F(MailboxTest, ARefusalBeforeItIsLaidOutClosesItToo) {
    policy_->refused = true;
    run(mailbox());
    const std::string one = acceptId("k:1\n");
    EXPECT_TRUE(reach(one, Stage::delivered).reached);
    EXPECT_EQ(DeliveryState::closed, delivery(one).state);
    EXPECT_THAT(states(one), ElementsAre("received", "translated", "queued", "note", "closed"));
}

TEST_F(MailboxTest, WhatThePolicyCannotJudgeIsSetAsideAndTheOthersGoOn) {
    run(mailbox());
    const std::string one = acceptId("k:1\n");
    laidOut(1);
    policy_->damaged = true;
    EXPECT_THAT(pipeline_->mailbox().offered("a/d", "", 10), IsEmpty());
    EXPECT_EQ(DeliveryState::setAside, delivery(one).state);
    EXPECT_THAT(delivery(one).reason.fr, testing::HasSubstr("endommagé"));
    policy_->damaged = false;
    acceptId("k:2\n");
    EXPECT_EQ(1u, laidOut(1).size());
}

TEST_F(MailboxTest, PausedNobodyFetchesAndNothingIsLaidOut) {
    run(mailbox());
    acceptId("k:1\n");
    const auto laid = laidOut(1);
    pipeline_->pause({"a/d", false, "anne", "moving", {}});
    Mailbox& box = pipeline_->mailbox();
    EXPECT_THROW(box.offered("a/d", "", 10), Error);
    EXPECT_THROW(box.pickedUp("a/d", taken(laid[0].id)), Error);
    const std::string waits = acceptId("k:2\n");
    EXPECT_TRUE(reach(waits, Stage::translated).reached);
    EXPECT_EQ(DeliveryState::queued, delivery(waits).state);
    pipeline_->resume("a/d", "anne");
    EXPECT_EQ(2u, laidOut(2).size());
    EXPECT_EQ(2u, box.offered("a/d", "", 10).size());
}

TEST_F(MailboxTest, WhatNobodyFetchesIsSetAside) {
    const auto made = mailbox(1ms);
    run(made);
    const std::string id = acceptId("k:1\n");
    EXPECT_TRUE(reach(id, Stage::translated).reached);
    for (int i = 0; i < 2'000'000 && !log_.has("not-picked-up"); ++i) {
        pipeline_->use(made);  // has the time looked at
        std::this_thread::yield();
    }
    EXPECT_THAT(states(id),
                ElementsAre("received", "translated", "queued", "note", "offered", "set-aside"));
    EXPECT_TRUE(log_.has("not-picked-up"));
}

TEST_F(MailboxTest, WhatNobodyFetchesGoesItsOtherWay) {
    const auto made = mailboxWithAnotherWay();
    run(made);
    const std::string id = acceptId("k:1\n");
    EXPECT_TRUE(inTime(made, [&] { return store_->show(id)->deliveries.size() == 2; }));
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
    const MessageView view = store_->show(id).value();
    EXPECT_EQ(DeliveryState::closed, view.deliveries[0].state);
    EXPECT_EQ("a/d", view.deliveries[0].destination);
    EXPECT_EQ(DeliveryState::delivered, view.deliveries[1].state);
    EXPECT_EQ("a/e", view.deliveries[1].destination);
    EXPECT_EQ("other@1", MadeBy::of(view.deliveries[1].mapVersion).maps);
    EXPECT_EQ("plan-1", view.deliveries[1].plan);
    EXPECT_THAT(partners_["a"]->ids(), ElementsAre(view.deliveries[1].controlId));
}

TEST_F(MailboxTest, WhatItsOtherWayDoesNotCarryIsSetAsideAndGoesThereOnceMended) {
    const auto made = mailboxWithAnotherWay();
    run(made);
    const std::string id = acceptId("bad\n");
    EXPECT_TRUE(inTime(made, [&] { return states(id).back() == "note" && delivery(id).unread; }));
    EXPECT_EQ(DeliveryState::setAside, delivery(id).state);
    made->destinations["a/e"].map = {"other", std::make_shared<FakeMap>("")};
    pipeline_->use(made);
    EXPECT_FALSE(store_->retranslate(std::vector{delivery(id).id}, "anne").front());
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("bad\n"));
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
}

TEST_F(MailboxTest, WhatWentItsOtherWayAndWasRefusedThereIsMadeAnewForThere) {
    const auto made = mailboxWithAnotherWay();
    run(made);
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
    });
    const std::string id = acceptId("k:1\n");
    EXPECT_TRUE(inTime(made, [&] {
        const auto deliveries = store_->show(id)->deliveries;
        return deliveries.size() == 2 && deliveries[1].state == DeliveryState::setAside;
    }));
    partners_["a"]->answer({});
    store_->retranslate(std::vector{store_->show(id)->deliveries[1].id}, "anne");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
    EXPECT_EQ("a/e", store_->show(id)->deliveries.at(2).destination);
}

}  // namespace
}  // namespace pipeline_test
