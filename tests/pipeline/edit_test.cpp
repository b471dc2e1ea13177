/// A copy with other bytes of a message that is held: what it may change, and what never.
#include "fixture.h"

namespace {
using namespace pipeline_test;
using testing::ElementsAre;
using testing::HasSubstr;

/// Recipients as the first line says: "k:refuses a" leaves one out.
class SayingPolicy final : public Policy {
public:
    Decisions decide(const Document& pivot, const Context&, const Directory&,
                     const Register&) const override {
        Decisions decisions;
        const bool refuses = pivot.root().firstChild().text() == "k:refuses a";
        decisions.recipients.push_back({"a", "a", !refuses, {}, {"because", "parce que"}});
        decisions.recipients.push_back({"b", "b", true, {}, {"member", "membre"}});
        return decisions;
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        Decision decision;
        decision.send = true;
        return decision;
    }
};

class EditTest : public PipelineTest {
protected:
    /// The second line is the person; "k:bad" in the first is what no map carries.
    std::shared_ptr<gateway::Setup> failing(const std::vector<std::string>& partners,
                                            const std::string& failsOn = "k:bad") {
        auto with = setup(partners);
        with->sources["in"].subjects = std::make_shared<FakeExpression>([](Node root) {
            std::string second;
            int line = 0;
            for (const Node child : root.children())
                if (++line == 2) second = child.text();
            return second;
        });
        with->routes[0].map = {"up", std::make_shared<FakeMap>(failsOn)};
        return with;
    }
    std::string heldId(const std::string& text) {
        const std::string id = acceptId(text);
        EXPECT_TRUE(reach(id, Stage::translated).refused);
        return id;
    }
    std::string edit(const std::string& id, const std::string& text, bool dry = false) {
        return pipeline_->edit({id, Bytes::copy(text), "anne", "typing error"}, dry);
    }
    /// Where it says no; nothing was changed then.
    std::string refusal(const std::string& id, const std::string& text) {
        const std::size_t before = store_->list({}).size();
        try {
            edit(id, text);
        } catch (const Error& error) {
            EXPECT_EQ(Fault::rejected, error.fault);
            EXPECT_FALSE(error.reason().fr.empty());
            EXPECT_EQ(before, store_->list({}).size());
            EXPECT_EQ(MessageState::held, store_->show(id)->state);
            return error.where;
        }
        return "not refused";
    }
};

TEST_F(EditTest, TheCopyGoesItsWayAndBothTimelinesTellIt) {
    run(failing({"a"}));
    const std::string id = heldId("k:bad\nP1\n");
    EXPECT_EQ("", edit(id, "k:good\nP1\n", true));
    EXPECT_EQ(MessageState::held, store_->show(id)->state) << "dry: nothing is done";
    const std::string copy = edit(id, "k:good\nP1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:good\nP1\n"));
    const MessageView first = store_->show(id).value();
    EXPECT_EQ(MessageState::closed, first.state);
    EXPECT_THAT(first.reason.en, HasSubstr(copy));
    EXPECT_THAT(first.reason.en, HasSubstr("typing error"));
    EXPECT_EQ("k:bad\nP1\n", store_->body(id)->view()) << "what came stays as it came";
    std::string told;
    const MessageView second = store_->show(copy).value();
    for (const EventView& event : second.timeline) told += event.text.en + "\n";
    EXPECT_THAT(told, HasSubstr("edited copy of " + id + " by anne: typing error"));
}

TEST_F(EditTest, NeverAboutAnotherPerson) {
    run(failing({"a"}));
    EXPECT_EQ("the identifiers of its person", refusal(heldId("k:bad\nP1\n"), "k:good\nP2\n"));
    EXPECT_EQ("order keys", refusal(heldId("k:bad\nP1\n"), "j:good\nP1\n"));
}

TEST_F(EditTest, NeverWhatWasTranslatedAlready) {
    run(failing({"a"}));
    const std::string id = acceptId("k:good\nP1\n");
    partners_["a"]->wait(1);
    EXPECT_THROW(edit(id, "k:better\nP1\n"), Error);
    EXPECT_THROW(edit("NIX", "k:better\nP1\n"), Error);
}

TEST_F(EditTest, OfAnUnreadableOneWhatNamesThePersonStandsThereAlready) {
    run(failing({"a"}, "k:none"));
    const auto unread = [&](const std::string& text) {
        return accept(text, false).messages.front().receipt.value().id;
    };
    const std::string cut = unread("k:1\nP1\nno end");
    EXPECT_EQ(cut, refusal(cut, "k:1\nP2\nno end\n")) << "another person";
    EXPECT_EQ(cut, refusal(cut, "k:1\nP1\nP1\nno end\n")) << "named where it was not";
    const std::string copy = edit(cut, "k:1\nP1\nno end\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\nP1\nno end\n"));
    EXPECT_THAT(store_->show(cut)->reason.fr, HasSubstr("copie modifiée : " + copy));
}

TEST_F(EditTest, OfAnUnreadableOneNeverWhereAPolicySaysWhoGetsIt) {
    auto with = failing({"a", "b"}, "k:none");
    with->routes[0].to.clear();
    with->routes[0].policy = std::make_shared<SayingPolicy>();
    run(with);
    const std::string id = accept("k:1\nP1\nno end", false).messages.front().receipt.value().id;
    EXPECT_EQ(id, refusal(id, "k:1\nP1\nno end\n"));
}

TEST_F(EditTest, OfWhatAPartnerRefusedTheCopyGoesToThatPartnerAlone) {
    run(failing({"a", "b"}));
    partners_["a"]->answer([](const Delivery& delivery) -> Answer {
        if (delivery.body.view().find("wrong") != std::string_view::npos)
            throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
        return {Bytes::copy("ok"), "AA"};
    });
    const std::string id = acceptId("k:1\nP1\nwrong\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:1\nP1\nwrong\n"));
    EXPECT_EQ("", edit(id, "k:1\nP1\nright\n", true));
    EXPECT_THROW(edit(id, "k:1\nP2\nright\n"), Error) << "another person";
    const std::string copy = edit(id, "k:1\nP1\nright\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\nP1\nright\n"));
    EXPECT_FALSE(reach(copy, Stage::delivered).refused);
    EXPECT_EQ(1u, store_->show(copy)->deliveries.size()) << "the other has the first";
    const MessageView first = store_->show(id).value();
    EXPECT_EQ(MessageState::translated, first.state);
    for (const DeliveryView& one : first.deliveries) {
        if (one.destination != "a/d") continue;
        EXPECT_EQ(DeliveryState::closed, one.state);
        EXPECT_THAT(one.reason.en, HasSubstr("edited copy: " + copy));
        EXPECT_THAT(one.reason.fr, HasSubstr("copie modifiée : " + copy));
    }
    EXPECT_THROW(edit(id, "k:1\nP1\nagain\n"), Error) << "nothing of it waits";
}

/// Somebody else replays one of two deliveries while the copy is being compared.
TEST_F(EditTest, WhatIsReplayedMeanwhileGoesAsItCameAndTheCopyToTheOthersAlone) {
    const auto with = failing({"a", "b"});
    std::string message, replayed;
    with->sources["in"].subjects = std::make_shared<FakeExpression>([&](Node) {
        const std::string delivery = std::exchange(replayed, {});
        if (!delivery.empty()) {
            EXPECT_FALSE(store_->replay(std::vector{delivery}, "bob").front());
            EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:1\nP1\nwrong\n"));
            EXPECT_TRUE(reach(message, Stage::delivered).refused) << "the other still waits";
        }
        return "P1";
    });
    run(with);
    const auto refuses = [](const Delivery&) -> Answer {
        throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
    };
    partners_["a"]->answer(refuses);
    partners_["b"]->answer(refuses);
    message = acceptId("k:1\nP1\nwrong\n");
    const auto deliveries = [&] { return store_->show(message)->deliveries; };
    const auto waiting = [&] {
        std::size_t count = 0;
        for (const DeliveryView& one : deliveries()) count += one.state == DeliveryState::setAside;
        return count;
    };
    while (waiting() < 2) std::this_thread::yield();
    for (const char* const name : {"a", "b"})
        partners_[name]->answer([](const Delivery&) -> Answer {
            return {Bytes::copy("ok"), "AA"};
        });
    for (const DeliveryView& one : deliveries())
        if (one.destination == "b/d") replayed = one.id;
    const std::string copy = edit(message, "k:1\nP1\nright\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\nP1\nright\n"));
    EXPECT_FALSE(reach(copy, Stage::delivered).refused);
    ASSERT_EQ(1u, store_->show(copy)->deliveries.size());
    EXPECT_EQ("a/d", store_->show(copy)->deliveries.front().destination);
    for (const DeliveryView& one : deliveries())
        EXPECT_EQ(one.destination == "b/d" ? DeliveryState::delivered : DeliveryState::closed,
                  one.state);
}

TEST_F(EditTest, ACopyThatNoRouteTakesToThatPartnerIsHeld) {
    run(failing({"a", "b"}));
    partners_["a"]->answer([](const Delivery&) -> Answer {
        throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
    });
    const std::string id = acceptId("k:1\nP1\n");
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    auto other = failing({"a", "b"});
    other->routes[0].to = {"b/d"};
    pipeline_->use(other);
    const std::string copy = edit(id, "k:1\nP1\nmore\n");
    const Progress held = reach(copy, Stage::translated);
    EXPECT_TRUE(held.refused);
    EXPECT_THAT(held.reason.en, HasSubstr("no route"));
}

TEST_F(EditTest, NeverToOthersThanThePolicySaysOfTheFirst) {
    const auto decided = [&](const std::string& failsOn) {
        auto with = failing({"a", "b"}, failsOn);
        with->routes[0].to.clear();
        with->routes[0].policy = std::make_shared<SayingPolicy>();
        return with;
    };
    run(decided("k:bad"));
    const std::string id = heldId("k:bad\nP1\n");
    EXPECT_EQ("recipients", refusal(id, "k:good\nP1\n")) << "nobody knows who would get the first";
    pipeline_->use(decided(""));
    EXPECT_EQ("recipients", refusal(id, "k:refuses a\nP1\n"));
    edit(id, "k:good\nP1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:good\nP1\n"));
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:good\nP1\n"));
}

}  // namespace
