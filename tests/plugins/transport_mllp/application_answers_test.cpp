/// Application acknowledgements that go to another connection, as messages of their own.
#include <future>

#include "listener_fixture.h"

namespace {
using namespace gateway;
using fakes::Client;
using mllp::framed;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

std::string message(const std::string& controlId, const std::string& accept,
                    const std::string& application, const std::string& version = "2.5") {
    return "MSH|^~\\&|DPI|CHU|RESO|RELAI|20250318094210||ADT^A01^ADT_A01|" + controlId + "|P|" +
           version + "|||" + accept + "|" + application +
           "|FRA|8859/1\rEVN||20250318094210\rPID|||1||INVENTED^NAME\r";
}

class MllpApplicationAnswers : public fakes::MllpListenerTest {
protected:
    void startApart(Stage answer = Stage::stored) { start({}, {"adt", answer, 60s, true}); }
    /// "none" when nothing is to be sent.
    std::string written(const std::string& text, const Progress& outcome) {
        if (!listener_) make();
        const std::optional<Bytes> bytes =
            listener_->answerWriter()->write(Bytes::copy(text), outcome, "PASSERELLE-7");
        return bytes ? std::string(bytes->view()) : "none";
    }
    static Progress accepted() { return {true, false, {}}; }
    static Progress held() {
        return {true, true, {"map m: PID-3: cannot be carried", "map m : PID-3 : non repris"}};
    }
};

TEST_F(MllpApplicationAnswers, TheConnectionGivesTheAcceptAnswerOnly) {
    startApart(Stage::translated);
    Client client(listener_->address());
    struct Case {
        const char *accept, *application;
        bool saysCa, awaits;
    };
    for (const Case& one : std::initializer_list<Case>{{"AL", "AL", true, true},
                                                       {"AL", "SU", true, true},
                                                       {"AL", "ER", true, true},
                                                       {"AL", "NE", true, false},
                                                       {"AL", "", true, false},
                                                       {"SU", "AL", true, true},
                                                       {"NE", "AL", false, true},
                                                       {"", "AL", false, true},
                                                       {"NE", "NE", false, false}}) {
        client.send(framed(message("1", one.accept, one.application)));
        if (one.saysCa) {
            EXPECT_EQ("CA 1", client.ack()) << one.application;
        }
        client.send(framed(message("2", "", "")));  // original mode: one answer, here
        EXPECT_EQ("AA 2", client.ack()) << one.accept << "/" << one.application;
        const std::vector<Arrival> arrivals = inbox().arrivals();
        EXPECT_EQ(one.awaits ? "application" : "",
                  std::string((arrivals.end() - 2)->facts.get("reply")))
            << one.accept << "/" << one.application;
        EXPECT_EQ("", arrivals.back().facts.get("reply")) << "it was answered";
        EXPECT_NE("", arrivals.back().facts.get("peer"));
    }
}

TEST_F(MllpApplicationAnswers, WhatIsRefusedAtTheDoorIsAnsweredThere) {
    startApart();
    inbox().behaviour = [](const Arrival&) {
        return fakes::Inbox::refused(Error(Fault::malformed, "PID-3", "it is wrong"));
    };
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "AL")) + framed(message("2", "NE", "AL")) +
                framed(message("3", "", "")));
    EXPECT_EQ("CE 1", client.ack());
    EXPECT_EQ("AE 2", client.ack());
    EXPECT_EQ("AE 3", client.ack());
}

TEST_F(MllpApplicationAnswers, WithoutTheOptionNothingIsAwaited) {
    start();
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "AL")));
    EXPECT_EQ("CA 1", client.ack());
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_EQ("", inbox().arrivals().front().facts.get("reply"));
}

TEST_F(MllpApplicationAnswers, AnAcceptanceIsAMessageOfItsOwn) {
    const std::string answer = written(message("W7", "AL", "AL"), accepted());
    EXPECT_THAT(answer, StartsWith("MSH|^~\\&|RESO|RELAI|DPI|CHU|"));
    EXPECT_THAT(answer, HasSubstr("||ACK^A01^ACK|PASSERELLE-7|P|2.5|||NE|NE|FRA|8859/1\r"));
    EXPECT_THAT(answer, testing::EndsWith("\rMSA|AA|W7\r"));
}

TEST_F(MllpApplicationAnswers, ARefusalSaysWhyInTheLanguageOfTheSender) {
    const std::string answer = written(message("W7", "AL", "AL"), held());
    EXPECT_THAT(answer, HasSubstr("\rMSA|AE|W7|map m: PID-3: cannot be carried\r"));
    EXPECT_THAT(answer, AllOf(HasSubstr("\rERR||"), HasSubstr("|207^"), HasSubstr("|E|")));
    EXPECT_THAT(answer, HasSubstr("map m : PID-3 : non repris"));
    EXPECT_THAT(answer, Not(HasSubstr("INVENTED")));
    EXPECT_THAT(written(message("W7", "AL", "AL", "2.3"), held()),
                HasSubstr("MSA|AE|W7|map m: PID-3: cannot be carried\r"));
}

TEST_F(MllpApplicationAnswers, AreWrittenAsMsh16AsksFor) {
    const std::string yes = "\rMSA|AA|1", no = "\rMSA|AE|1", none = "none";
    const auto both = [&](const char* accept, const char* application) {
        const std::string text = message("1", accept, application);
        return std::vector<std::string>{written(text, accepted()), written(text, held())};
    };
    EXPECT_THAT(both("AL", "AL"), ElementsAre(HasSubstr(yes), HasSubstr(no)));
    EXPECT_THAT(both("AL", "SU"), ElementsAre(HasSubstr(yes), none));
    EXPECT_THAT(both("AL", "ER"), ElementsAre(none, HasSubstr(no)));
    EXPECT_THAT(both("AL", "NE"), ElementsAre(none, none));
    EXPECT_THAT(both("AL", ""), ElementsAre(none, none));
    EXPECT_THAT(both("", ""), ElementsAre(none, none)) << "original mode";
    EXPECT_EQ(none, written("no message at all", held()));
}

TEST_F(MllpApplicationAnswers, TheirWriterOutlivesTheListener) {
    make();
    const std::shared_ptr<const AnswerWriter> writer = listener_->answerWriter();
    listener_.reset();
    EXPECT_TRUE(writer->write(Bytes::copy(message("1", "AL", "AL")), accepted(), "7"));
}

TEST_F(MllpApplicationAnswers, ADestinationSendsThemAndAwaitsNoAnswer) {
    const std::string answer = written(message("W7", "AL", "AL"), accepted());
    std::promise<std::string> got;
    fakes::Peer peer([&](mllp::Stream& stream, int) {
        got.set_value(fakes::Peer::read(stream));
        char byte;
        std::size_t count = 0;
        stream.read(&byte, 1, count, mllp::Clock::now() + 10s);  // says nothing
    });
    const std::unique_ptr<Destination> to =
        plugins_.destination("mllp", support::map({{"address", support::scalar(peer.address())}}));
    to->start(gateway_);
    Delivery delivery;
    delivery.id = delivery.controlId = "PASSERELLE-7";
    delivery.partner = "chu";
    delivery.body = Bytes::copy(answer);
    const Answer said = to->deliver(delivery, currentTime() + 10s);
    EXPECT_EQ("sent, no answer asked", said.summary);
    EXPECT_EQ(answer, got.get_future().get());
    to->stop();
}

}  // namespace
