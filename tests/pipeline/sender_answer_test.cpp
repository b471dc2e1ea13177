/// What the sender of a message is told by a delivery of its own (`application_answers`).
#include "fixture.h"

namespace {
using namespace pipeline_test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "yes LINE" or "no LINE: REASON", where LINE is the message's first; nothing to a line "quiet".
class FakeWriter final : public AnswerWriter {
public:
    std::optional<Bytes> write(const Bytes& message, const Progress& outcome,
                               const std::string& controlId) const override {
        EXPECT_TRUE(outcome.reached);
        EXPECT_FALSE(controlId.empty());
        const std::string line(message.view().substr(0, message.view().find('\n')));
        if (line == "quiet") return std::nullopt;
        if (line == "broken") throw Error(Fault::internal, "writer", "it cannot");
        return Bytes(outcome.refused ? "no " + line + ": " + outcome.reason.en : "yes " + line);
    }
};

class SenderAnswerTest : public PipelineTest {
protected:
    /// Messages of "in" go to "a/d", answers to them to "sender/d".
    std::shared_ptr<gateway::Setup> answering() {
        auto with = setup({"a", "sender"});
        with->routes.front().to = {"a/d"};
        with->sources["in"].answersTo = "sender/d";
        with->sources["in"].answers = std::make_shared<FakeWriter>();
        return with;
    }
    /// A message whose sender awaits an answer apart.
    std::string acceptAsking(const std::string& text) {
        Arrival arrival{"in", Bytes::copy(text), {}, true};
        arrival.facts.set(kReplyFact, kReplyApart);
        return pipeline_->inbox()
            .accept(std::span(&arrival, 1))
            .front()
            .messages.front()
            .receipt.value()
            .id;
    }
    std::vector<std::string> answers(std::size_t count) { return partners_["sender"]->wait(count); }
    std::vector<std::string> destinationsOf(const std::string& id) {
        std::vector<std::string> all;
        const MessageView message = store_->show(id).value();
        for (const DeliveryView& delivery : message.deliveries) all.push_back(delivery.destination);
        return all;
    }
    void replay(const std::string& id) {
        const std::vector<std::string> ids{id};
        EXPECT_FALSE(store_->replay(ids, "test").front());
    }
    static std::shared_ptr<const Transformer> failingOn(const std::string& line) {
        return std::make_shared<FakeMap>(line);
    }
};

TEST_F(SenderAnswerTest, WhatWasTranslatedIsAccepted) {
    run(answering());
    const std::string id = acceptAsking("k:1\n");
    EXPECT_THAT(answers(1), ElementsAre("yes k:1"));
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    const MessageView message = store_->show(id).value();
    EXPECT_THAT(destinationsOf(id), ElementsAre("a/d", "sender/d"));
    const DeliveryView& answer = message.deliveries.back();
    EXPECT_EQ("sender", answer.partner);
    EXPECT_EQ(DeliveryState::delivered, answer.state);
    EXPECT_EQ(answer.controlId, partners_["sender"]->ids().front());
    EXPECT_NE(message.deliveries.front().controlId, answer.controlId);
    EXPECT_EQ("yes k:1", store_->body(answer.id).value().view());
}

TEST_F(SenderAnswerTest, WhatWasIgnoredIsAccepted) {
    auto with = answering();
    with->routes.front().ignore = {"not for us", "pas pour nous"};
    run(with);
    const std::string id = acceptAsking("k:1\n");
    EXPECT_THAT(answers(1), ElementsAre("yes k:1"));
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    EXPECT_EQ(MessageState::ignored, store_->show(id)->state);
    EXPECT_THAT(destinationsOf(id), ElementsAre("sender/d"));
}

TEST_F(SenderAnswerTest, WhatIsHeldIsRefusedOnceAndAcceptedWhenAReplayMendsIt) {
    auto with = answering();
    with->routes.front().map = {"m", failingOn("k:1")};
    run(with);
    const std::string id = acceptAsking("k:1\n");
    EXPECT_THAT(answers(1), ElementsAre("no k:1: map m: line 1: cannot be carried"));
    EXPECT_EQ(MessageState::held, store_->show(id)->state);
    replay(id);
    EXPECT_TRUE(reach(id, Stage::translated).refused);
    EXPECT_THAT(destinationsOf(id), ElementsAre("sender/d")) << "still held is no news";
    pipeline_->use(answering());
    replay(id);
    EXPECT_THAT(answers(2), ElementsAre(HasSubstr("no k:1"), "yes k:1"));
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
}

TEST_F(SenderAnswerTest, AHeldDeliveryRefusesUntilTheLastOfThemIsMade) {
    auto with = answering();
    auto more = setup({"a", "b", "c", "sender"});
    with->destinations = more->destinations;
    with->directory = more->directory;
    with->routes.front().to = {"a/d", "b/d", "c/d"};
    auto mended = std::make_shared<gateway::Setup>(*with);
    for (const char* name : {"b/d", "c/d"}) with->destinations[name].map = {"m", failingOn("k:1")};
    run(with);
    const std::string id = acceptAsking("k:1\n");
    EXPECT_THAT(answers(1), ElementsAre("no k:1: map m: line 1: cannot be carried"));
    pipeline_->use(mended);
    std::vector<std::string> held;
    const MessageView stored = store_->show(id).value();
    for (const DeliveryView& delivery : stored.deliveries)
        if (delivery.state == DeliveryState::held) held.push_back(delivery.id);
    ASSERT_EQ(2u, held.size());
    replay(held[0]);
    partners_["b"]->wait(1);
    EXPECT_EQ(4u, destinationsOf(id).size()) << "one is still held";
    replay(held[1]);
    EXPECT_THAT(answers(2), ElementsAre(HasSubstr("no k:1"), "yes k:1"));
}

TEST_F(SenderAnswerTest, NobodyIsToldWhoDidNotAsk) {
    run(answering());
    const std::string plain = acceptId("k:1\n"), quiet = acceptAsking("quiet\n");
    acceptAsking("k:2\n");
    EXPECT_THAT(answers(1), ElementsAre("yes k:2"));
    reach(plain, Stage::translated);
    reach(quiet, Stage::translated);
    EXPECT_THAT(destinationsOf(plain), ElementsAre("a/d"));
    EXPECT_THAT(destinationsOf(quiet), ElementsAre("a/d"));
}

TEST_F(SenderAnswerTest, NobodyIsToldBySourcesWithoutTheOption) {
    run(setup({"a"}));
    const std::string id = acceptAsking("k:1\n");
    reach(id, Stage::translated);
    EXPECT_THAT(destinationsOf(id), ElementsAre("a/d"));
}

TEST_F(SenderAnswerTest, AnAnswerThatCannotBeWrittenHarmsNoMessage) {
    run(answering());
    const std::string id = acceptAsking("broken\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("broken\n"));
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    const MessageView message = store_->show(id).value();
    EXPECT_THAT(destinationsOf(id), ElementsAre("a/d"));
    const bool told =
        std::any_of(message.timeline.begin(), message.timeline.end(), [](const EventView& event) {
            return event.what == "note" &&
                   event.text.en.find("could not be written") != std::string::npos;
        });
    EXPECT_TRUE(told);
}

TEST_F(SenderAnswerTest, AnswersOutliveTheGatewayAndKeepTheirOrder) {
    auto with = answering();
    partners_["sender"]->answer([](const Delivery&) -> Answer {
        throw Error(Fault::unavailable, "sender:1", "connection refused");
    });
    run(with);
    std::vector<std::string> expected;
    std::string last;
    for (int n = 0; n < 30; ++n) {
        const std::string line = std::string(1, static_cast<char>('x' + n % 3)) + std::to_string(n);
        last = acceptAsking(line + "\n");
        expected.push_back("yes " + line);
        reach(last, Stage::translated);
    }
    partners_["sender"]->waitForTries(2);
    pipeline_.reset();
    store_.reset();
    open();
    partners_["sender"]->answer(nullptr);
    run(with);
    EXPECT_EQ(expected, answers(30));
    EXPECT_TRUE(reach(last, Stage::delivered).reached);
}

}  // namespace
