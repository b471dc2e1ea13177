/// What a partner says of a delivery apart from its first answer.
#include "fixture.h"

namespace {
using namespace pipeline_test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Bytes that have an id of their own, which is their first line.
class LinesWithId final : public Codec {
public:
    explicit LinesWithId(std::shared_ptr<const Codec> lines) : lines_(std::move(lines)) {}
    Document decode(Bytes body, Issues& issues) const override {
        return lines_->decode(std::move(body), issues);
    }
    Envelope envelope(const Document& document) const override {
        return lines_->envelope(document);
    }
    void encode(const Document& document, Sink& out, Issues& issues) const override {
        lines_->encode(document, out, issues);
    }
    std::string controlIdOf(const Document& document) const override {
        return std::string(document.root().firstChild().text());
    }

private:
    const std::shared_ptr<const Codec> lines_;
};

LateAnswer late(const std::string& controlId, bool accepted, const std::string& partner = "a") {
    LateAnswer answer;
    answer.controlId = controlId;
    answer.partner = partner;
    answer.accepted = accepted;
    answer.where = "line 1";
    answer.answer = {Bytes::copy("the peer's later words"), accepted ? "AA" : "AE"};
    return answer;
}

TEST_F(PipelineTest, ALateRefusalSetsAsideWhatWasDelivered) {
    run(setup({"a", "b"}));
    const std::string id = acceptId("k:1\n");
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    const std::string sent = partners_["a"]->ids().front();
    EXPECT_FALSE(pipeline_->inbox().answered(late("no such id", false)));
    EXPECT_FALSE(pipeline_->inbox().answered(late(sent, false, "b"))) << "not sent to him";
    EXPECT_TRUE(pipeline_->inbox().answered(late(sent, false)));
    EXPECT_TRUE(pipeline_->inbox().answered(late(sent, false))) << "known, though said before";
    EXPECT_TRUE(reach(id, Stage::delivered).refused);
    const MessageView message = store_->show(id).value();
    for (const DeliveryView& delivery : message.deliveries) {
        const bool refused = delivery.partner == "a";
        EXPECT_EQ(refused ? DeliveryState::setAside : DeliveryState::delivered, delivery.state);
        if (!refused) continue;
        EXPECT_EQ("the peer's later words", delivery.answer.value().body.view());
        EXPECT_THAT(delivery.reason.en, HasSubstr("application: AE (line 1)"));
        EXPECT_THAT(delivery.reason.fr, HasSubstr("refusé ensuite"));
        EXPECT_THAT(delivery.reason.en, Not(HasSubstr("words")));
        const std::vector<std::string> again{delivery.id};
        EXPECT_FALSE(store_->replay(again, "test").front());
    }
    EXPECT_THAT(partners_["a"]->wait(2), ElementsAre("k:1\n", "k:1\n"));
    EXPECT_EQ(sent, partners_["a"]->ids()[1]) << "the same id";
}

TEST_F(PipelineTest, ALateAcceptanceStandsOnTheTimeline) {
    run(setup({"a"}));
    const std::string id = acceptId("k:1\n");
    reach(id, Stage::delivered);
    EXPECT_TRUE(pipeline_->inbox().answered(late(partners_["a"]->ids().front(), true)));
    const MessageView message = store_->show(id).value();
    EXPECT_EQ(DeliveryState::delivered, message.deliveries.front().state);
    EXPECT_EQ("note", message.timeline.back().what);
    EXPECT_EQ("application accept: AA (line 1)", message.timeline.back().text.en);
    EXPECT_EQ(message.deliveries.front().id, message.timeline.back().delivery);
}

TEST_F(PipelineTest, ARefusalThatOvertakesTheFirstAnswerIsNotLost) {
    auto with = setup({"a"});
    partners_["a"]->answer([&](const Delivery& delivery) -> Answer {
        const bool first = delivery.body.view() == "k:1\n";
        if (first) pipeline_->inbox().answered(late(delivery.controlId, false));
        return {Bytes::copy("taken"), "CA"};
    });
    run(with);
    const std::string first = acceptId("k:1\n"), second = acceptId("k:2\n");
    EXPECT_TRUE(reach(first, Stage::delivered).refused);
    EXPECT_THAT(states(first), Contains("delivered"));
    EXPECT_EQ("set-aside", states(first).back());
    EXPECT_FALSE(reach(second, Stage::delivered).refused) << "its lane goes on";
}

TEST_F(PipelineTest, TheLateAnswerNamesTheIdInTheBytes) {
    auto with = setup({"a"});
    const auto codec = std::make_shared<LinesWithId>(lines_);
    with->sources["in"].codec = {"lines", codec};
    with->destinations["a/d"].codec = {"lines", codec};
    run(with);
    const std::string id = acceptId("SENDER-7\nk:1\n");
    reach(id, Stage::delivered);
    EXPECT_NE("SENDER-7", partners_["a"]->ids().front());
    EXPECT_TRUE(pipeline_->inbox().answered(late("SENDER-7", false)));
    EXPECT_EQ(DeliveryState::setAside, store_->show(id)->deliveries.front().state);
}

TEST_F(PipelineTest, AStrangerDoesNotRefuseForOneOfSeveralPartners) {
    auto with = setup({"a", "b"});
    const auto codec = std::make_shared<LinesWithId>(lines_);
    with->sources["in"].codec = {"lines", codec};
    for (const char* name : {"a/d", "b/d"}) with->destinations[name].codec = {"lines", codec};
    run(with);
    const std::string id = acceptId("M1\nk:1\n");
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    EXPECT_FALSE(pipeline_->inbox().answered(late("M1", false, "")));
    EXPECT_FALSE(reach(id, Stage::delivered).refused);
    int noted = 0;
    const MessageView message = store_->show(id).value();
    for (const DeliveryView& one : message.deliveries)
        EXPECT_EQ(DeliveryState::delivered, one.state) << one.destination;
    for (const EventView& event : message.timeline) {
        if (event.what != "note") continue;
        ++noted;
        EXPECT_THAT(event.text.en, HasSubstr("not applied"));
        EXPECT_THAT(event.text.en, HasSubstr("AE (line 1)"));
        EXPECT_THAT(event.text.fr, HasSubstr("sans effet"));
    }
    EXPECT_EQ(2, noted);
    EXPECT_TRUE(log_.has("late-answer-not-applied"));
    EXPECT_TRUE(pipeline_->inbox().answered(late("M1", false, "b")));
    const MessageView stored = store_->show(id).value();
    for (const DeliveryView& one : stored.deliveries)
        EXPECT_EQ(one.partner == "b" ? DeliveryState::setAside : DeliveryState::delivered,
                  one.state);
}

}  // namespace
