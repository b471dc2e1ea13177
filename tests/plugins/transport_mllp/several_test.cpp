/// Several messages that one map made: a frame and an answer each, and none twice without need.
#include <map>

#include "fakes.h"
#include "gateway/deferred.h"
#include "gateway/notebook.h"
#include "support/mllp_peers.h"

namespace {
using namespace gateway;
using fakes::Peer;
using mllp::Clock;
using mllp::Stream;
using mllp::Verdict;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Outlives the destinations that write into it, as the store does.
class Notes final : public Notebook {
public:
    std::string note(std::string_view key) override { return all[std::string(key)]; }
    void setNote(std::string_view key, std::string_view text) override {
        if (failing) throw Error(Fault::unavailable, "store", {"disk full", "disque plein"});
        if (text.empty())
            all.erase(std::string(key));
        else
            all[std::string(key)] = text;
    }
    std::map<std::string, std::string> all;
    bool failing = false;
};

class GatewayWithNotes final : public gateway::Gateway {
public:
    Inbox& inbox() override { return with_.inbox(); }
    Log& log() override { return with_.log(); }
    std::shared_ptr<const Directory> directory() override { return with_.directory(); }
    Notebook& notebook() override { return notes; }
    fakes::Inbox& late() { return static_cast<fakes::Inbox&>(with_.inbox()); }
    Notes notes;

private:
    fakes::Gateway with_;
};

/// An invented appointment.
std::string session(const std::string& controlId, const std::string& accept = {}) {
    return "MSH|^~\\&|PASSERELLE|RESO|DPI|CHU|20260302091500||SIU^S12^SIU_S12|" + controlId +
           "|T|2.5|||" + accept + "|" + accept + "\rSCH|" + controlId + "\rNTE|||MSH|no message\r";
}

class MllpSeveral : public testing::Test {
protected:
    /// Answers each message by what `codes` says of its id, AA when it says nothing; "" ends the
    /// connection without an answer.
    Peer& peer() {
        peer_ = std::make_unique<Peer>([this](Stream& stream, int) {
            for (;;) {
                const std::string message = Peer::read(stream);
                const std::string id(mllp::Head(message).controlId());
                const std::string code = codeOf(id, message);
                if (code.empty()) return;
                stream.write(mllp::framed("MSH|^~\\&|DPI|CHU|||20260302||ACK|A" + id +
                                          "|T|2.5\rMSA|" + code + "|" + id + "\r"),
                             Clock::now() + 5s);
            }
        });
        return *peer_;
    }
    std::string codeOf(const std::string& id, const std::string& message) {
        const std::lock_guard lock(mutex_);
        came_.push_back(id);
        whole_ += message;
        const auto found = codes_.find(id);
        return found == codes_.end() ? "AA" : found->second;
    }
    void answers(std::map<std::string, std::string> codes) {
        const std::lock_guard lock(mutex_);
        codes_ = std::move(codes);
    }
    std::vector<std::string> came() {
        const std::lock_guard lock(mutex_);
        return came_;
    }
    void connect(const Peer& peer, fakes::Options options = {}) {
        options.emplace_back("address", support::scalar(peer.address()));
        to_ = plugins_.destination("mllp", support::map(std::move(options)));
        to_->start(gateway_);
    }
    Answer deliver(const std::string& body) {
        Delivery one;
        one.id = one.controlId = "7K2QF1";
        one.partner = "chu";
        one.body = Bytes::copy(body);
        return to_->deliver(one, currentTime() + 10s);
    }
    Error errorOf(const std::string& body) {
        try {
            deliver(body);
        } catch (const Error& error) {
            EXPECT_NE(error.what(), error.fr);
            return error;
        }
        ADD_FAILURE() << "was delivered";
        return Error(Fault::internal, {}, "none");
    }

    const std::string three_ = session("1") + session("2") + session("3");
    GatewayWithNotes gateway_;
    support::Plugins plugins_{{"transport_mllp"}};
    std::mutex mutex_;  // guards the next three
    std::map<std::string, std::string> codes_;
    std::vector<std::string> came_;
    std::string whole_;
    std::unique_ptr<Peer> peer_;
    std::unique_ptr<Destination> to_;  // goes first, so that its peer waits for nothing more
};

TEST_F(MllpSeveral, EachHasItsFrameAndItsAnswerIsAwaited) {
    Peer& peer = this->peer();
    connect(peer);
    const Answer answer = deliver(three_);
    EXPECT_EQ("AA", answer.summary);
    for (const char* const id : {"1", "2", "3"})
        EXPECT_THAT(std::string(answer.body.view()), HasSubstr(std::string("MSA|AA|") + id + "\r"));
    EXPECT_THAT(came(), ElementsAre("1", "2", "3"));
    EXPECT_EQ(three_, whole_) << "not a byte more or less";
    EXPECT_EQ(1, peer.connections());
    EXPECT_THAT(gateway_.notes.all, IsEmpty());
}

TEST_F(MllpSeveral, ABatchWithItsOwnHeaderIsOne) {
    std::vector<std::string> frames;
    Peer peer([&](Stream& stream, int) {
        frames.push_back(Peer::read(stream));
        stream.write(mllp::framed("MSH|^~\\&|\rMSA|AA|B1\r"), Clock::now() + 5s);
    });
    connect(peer);
    const std::string batch = "BHS|^~\\&|||||||||B1\r" + session("1") + session("2") + "BTS|2\r";
    EXPECT_EQ("AA", deliver(batch).summary);
    EXPECT_THAT(frames, ElementsAre(batch));
}

TEST_F(MllpSeveral, WhatWasTakenIsNotSentAgainAfterAFailureNorARestart) {
    Peer& peer = this->peer();
    connect(peer);
    answers({{"2", ""}});
    const Error doubt = errorOf(three_);
    EXPECT_EQ(Fault::uncertain, doubt.fault);
    EXPECT_THAT(doubt.what(), HasSubstr("message 2 of 3"));
    EXPECT_THAT(doubt.what(), HasSubstr("1 taken"));
    EXPECT_THAT(doubt.fr, HasSubstr("message 2 sur 3"));
    answers({});
    connect(peer);  // as after a restart: all that is known is in the notes
    EXPECT_EQ("AA", deliver(three_).summary);
    EXPECT_THAT(came(), ElementsAre("1", "2", "2", "3"));
    EXPECT_THAT(gateway_.notes.all, IsEmpty());
    deliver(three_);  // a person wants it again
    EXPECT_THAT(came(), ElementsAre("1", "2", "2", "3", "1", "2", "3"));
}

TEST_F(MllpSeveral, APeerThatGoesInBetweenIsUnavailableAndItsAnswersAreKept) {
    Peer& peer = this->peer();
    connect(peer, {{"answers", support::map({{"AR", support::scalar("retry")}})}});
    answers({{"2", "AR"}});
    try {
        deliver(three_);
        FAIL() << "was delivered";
    } catch (const Deferred& later) {
        EXPECT_EQ(Fault::unavailable, later.fault);
        EXPECT_EQ("AA, AR", later.answer.summary);
        EXPECT_THAT(std::string(later.answer.body.view()), HasSubstr("MSA|AA|1\r"));
    }
    answers({});
    EXPECT_EQ("AA", deliver(three_).summary);
    EXPECT_THAT(came(), ElementsAre("1", "2", "2", "3"));
}

TEST_F(MllpSeveral, ARefusalKeepsNoOtherBackAndItAloneIsSentAgain) {
    Peer& peer = this->peer();
    connect(peer);
    answers({{"2", "AE"}});
    try {
        deliver(three_);
        FAIL() << "was delivered";
    } catch (const Refused& refused) {
        EXPECT_EQ("AA, AE, AA", refused.answer.summary);
        EXPECT_THAT(refused.what(), HasSubstr("1 of 3 messages refused"));
        EXPECT_THAT(refused.what(), HasSubstr("message 2 of 3"));
    }
    EXPECT_THAT(came(), ElementsAre("1", "2", "3"));
    answers({});
    EXPECT_EQ("AA", deliver(three_).summary);
    EXPECT_THAT(came(), ElementsAre("1", "2", "3", "2"));
}

TEST_F(MllpSeveral, WhatCannotBeNotedIsInDoubt) {
    Peer& peer = this->peer();
    connect(peer);
    gateway_.notes.failing = true;
    EXPECT_EQ(Fault::uncertain, errorOf(three_).fault);
    EXPECT_THAT(came(), ElementsAre("1"));
    gateway_.notes.failing = false;
    EXPECT_EQ("AA", deliver(three_).summary);
}

TEST_F(MllpSeveral, OneThatMllpCannotCarryKeepsAllBack) {
    Peer& peer = this->peer();
    connect(peer);
    EXPECT_EQ(Fault::rejected, errorOf(session("1") + session("2") + "NTE|||\x1c\r").fault);
    EXPECT_THAT(came(), IsEmpty());
}

/// In enhanced mode each has its application answer; only a refusal says something of the whole.
TEST_F(MllpSeveral, OfTheLateAnswersOnlyARefusalIsOneOfTheDelivery) {
    Peer peer([&](Stream& stream, int) {
        const auto say = [&](const std::string& code, const std::string& id) {
            stream.write(mllp::framed("MSH|^~\\&|DPI|CHU|||20260302||ACK|" + code + id +
                                      "|T|2.5\rMSA|" + code + "|" + id + "\r"),
                         Clock::now() + 5s);
        };
        Peer::read(stream);
        say("CA", "1");
        say("AA", "1");
        Peer::read(stream);
        say("CA", "2");
        say("AE", "2");
    });
    connect(peer);
    EXPECT_EQ("CA", deliver(session("1", "AL") + session("2", "AL")).summary);
    const std::vector<LateAnswer> late = gateway_.late().waitForLateAnswers(1);
    ASSERT_EQ(1U, late.size());
    EXPECT_FALSE(late[0].accepted);
    EXPECT_EQ("1", late[0].controlId) << "by it the store knows the delivery";
    EXPECT_EQ("7K2QF1", late[0].facts.get("delivery"));
    EXPECT_THAT(std::string(late[0].answer.body.view()), HasSubstr("MSA|AE|2\r"));
}

}  // namespace
