/// What is answered, and when: original mode, enhanced mode (HL7 v2.5.1 §2.9), MLLP release 2.
#include <sys/socket.h>

#include "listener_fixture.h"

namespace {
using namespace gateway;
using fakes::admission;
using fakes::Client;
using mllp::framed;
using namespace std::chrono_literals;
using support::scalar;
using testing::ElementsAre;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

class MllpListenerModes : public fakes::MllpListenerTest {
protected:
    /// All answers until that to a message in original mode.
    static Strings answersUntil(Client& client, const std::string& last) {
        Strings all;
        do all.push_back(client.ack());
        while (all.back() != last && all.back() != "none");
        all.pop_back();
        return all;
    }
    static bool silent(Client& client) {
        char byte;
        return ::recv(client.stream().socket(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == -1;
    }
    std::atomic<bool> there_{false};
    std::atomic<int> asked_{0};
    void waitFor(Stage stage) {
        inbox().progress = [this, stage](Stage asked) {
            EXPECT_EQ(stage, asked);
            ++asked_;
            return Progress{there_, false, {}};
        };
    }
};

std::string message(const std::string& controlId, const std::string& accept,
                    const std::string& application) {
    return "MSH|^~\\&|DPI|CHU|||20250318094210||ADT^A01^ADT_A01|" + controlId + "|P|2.5|||" +
           accept + "|" + application + "\rEVN||20250318094210\rPID|||1||INVENTED^NAME\r";
}

struct Mode {
    const char* accept;
    const char* application;
    Strings stored;   ///< what is said of a message that was stored
    Strings refused;  ///< and of one that was refused
};

const std::vector<Mode>& modes() {
    static const std::vector<Mode> all = {
        {"", "", {"AA 1"}, {"AE 1"}},
        {"AL", "AL", {"CA 1", "AA 1"}, {"CE 1"}},
        {"AL", "NE", {"CA 1"}, {"CE 1"}},
        {"AL", "ER", {"CA 1"}, {"CE 1"}},
        {"AL", "SU", {"CA 1", "AA 1"}, {"CE 1"}},
        {"AL", "", {"CA 1"}, {"CE 1"}},
        {"NE", "AL", {"AA 1"}, {"AE 1"}},
        {"NE", "NE", {}, {}},
        {"NE", "ER", {}, {"AE 1"}},
        {"NE", "SU", {"AA 1"}, {}},
        {"NE", "", {}, {}},
        {"ER", "AL", {"AA 1"}, {"CE 1"}},
        {"ER", "NE", {}, {"CE 1"}},
        {"ER", "ER", {}, {"CE 1"}},
        {"ER", "SU", {"AA 1"}, {"CE 1"}},
        {"ER", "", {}, {"CE 1"}},
        {"SU", "AL", {"CA 1", "AA 1"}, {"AE 1"}},
        {"SU", "NE", {"CA 1"}, {}},
        {"SU", "ER", {"CA 1"}, {"AE 1"}},
        {"SU", "SU", {"CA 1", "AA 1"}, {}},
        {"SU", "", {"CA 1"}, {}},
        {"", "AL", {"AA 1"}, {"AE 1"}},
        {"", "NE", {}, {}},
        {"", "ER", {}, {"AE 1"}},
        {"", "SU", {"AA 1"}, {}},
        {"XX", "XX", {"CA 1"}, {"CE 1"}},
        {"al", " al", {"CA 1", "AA 1"}, {"CE 1"}},
        {"", "XX", {"AA 1"}, {"AE 1"}},
        {"ne", "XX", {"AA 1"}, {"AE 1"}},
    };
    return all;
}

TEST_F(MllpListenerModes, AnswersAsMsh15AndMsh16AskForOnceStored) {
    start();
    Client client(listener_->address());
    for (const Mode& mode : modes()) {
        client.send(framed(message("1", mode.accept, mode.application)) + framed(admission("end")));
        EXPECT_EQ(mode.stored, answersUntil(client, "AA end"))
            << mode.accept << "/" << mode.application;
    }
}

TEST_F(MllpListenerModes, AnswersAsMsh15AndMsh16AskForWhenRefused) {
    start();
    inbox().behaviour = [](const Arrival& arrival) {
        return mllp::Head(arrival.body.view()).controlId() == "1"
                   ? fakes::Inbox::refused(Error(Fault::malformed, "PID-3", "it is wrong"))
                   : fakes::Inbox::accepted(arrival);
    };
    Client client(listener_->address());
    for (const Mode& mode : modes()) {
        client.send(framed(message("1", mode.accept, mode.application)) + framed(admission("end")));
        EXPECT_EQ(mode.refused, answersUntil(client, "AA end"))
            << mode.accept << "/" << mode.application;
    }
}

TEST_F(MllpListenerModes, WarnsOfConditionsThatAreNoCodes) {
    start();
    const std::string answer = exchange(message("1", "XX", "al"));
    EXPECT_THAT(answer, HasSubstr("\rMSA|CA|1\rERR||MSH^1^15^1|0^Message accepted^HL70357|W|"));
    EXPECT_THAT(answer, HasSubstr("\rERR||MSH^1^16^1|0^Message accepted^HL70357|W|"));
}

TEST_F(MllpListenerModes, LogsARefusalThatNobodyWantsToHearOf) {
    start();
    inbox().behaviour = [](const Arrival&) {
        return fakes::Inbox::refused(Error(Fault::malformed, "segment 3", "it is wrong"));
    };
    Client client(listener_->address());
    client.send(framed(message("1", "NE", "NE")));
    EXPECT_TRUE(gateway_.log().has("mllp refusal not answered peer=127.0.0.1:"));
    EXPECT_TRUE(
        gateway_.log().has("where=segment 3 code=100 cause=the sender asks for no answer count=1"));
    EXPECT_TRUE(silent(client));
}

TEST_F(MllpListenerModes, GivesTheApplicationAnswerLaterAndGoesOnMeanwhile) {
    start({}, {"adt", Stage::delivered, 60s});
    waitFor(Stage::delivered);
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "AL")) + framed(message("2", "AL", "AL")) +
                framed(message("3", "NE", "SU")));
    EXPECT_EQ("CA 1", client.ack());
    EXPECT_EQ("CA 2", client.ack());
    inbox().waitForArrivals(3);
    EXPECT_TRUE(silent(client));
    there_ = true;
    EXPECT_THAT((Strings{client.ack(), client.ack(), client.ack()}),
                testing::UnorderedElementsAre("AA 1", "AA 2", "AA 3"));
}

TEST_F(MllpListenerModes, SaysWhyAMessageIsHeldAfterItWasAccepted) {
    start({}, {"adt", Stage::translated, 60s});
    inbox().progress = [](Stage) { return Progress{true, true, {"held: no map fits", ""}}; };
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "ER")));
    EXPECT_EQ("CA 1", client.ack());
    const std::string answer = client.frame().value_or("none");
    EXPECT_THAT(answer, HasSubstr("\rMSA|AE|1"));
    EXPECT_THAT(answer, HasSubstr("held: no map fits"));
    EXPECT_THAT(answer, HasSubstr("|NE|NE"));  // nobody answers an answer
}

TEST_F(MllpListenerModes, SaysNothingLaterWhenOnlyErrorsAreAskedFor) {
    start({}, {"adt", Stage::translated, 60s});
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "ER")));
    EXPECT_EQ("CA 1", client.ack());
    client.send(framed(admission("end")));
    EXPECT_EQ("AA end", client.ack());
}

TEST_F(MllpListenerModes, SaysInProgressAtTheDeadline) {
    start({}, {"adt", Stage::delivered, 50ms});
    waitFor(Stage::delivered);
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "AL")));
    EXPECT_EQ("CA 1", client.ack());
    EXPECT_THAT(client.frame().value_or("none"), HasSubstr("\rMSA|AA|1|stored, in progress\r"));
}

TEST_F(MllpListenerModes, KeepsASenderThatHasClosedItsSideUntilTheLateAnswer) {
    start({}, {"adt", Stage::delivered, 60s});
    waitFor(Stage::delivered);
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "AL")));
    client.closeOutput();
    EXPECT_EQ("CA 1", client.ack());
    while (asked_ == 0) std::this_thread::yield();
    there_ = true;
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_TRUE(client.closed());
}

TEST_F(MllpListenerModes, LogsALateAnswerWhoseConnectionIsGone) {
    start({}, {"adt", Stage::delivered, 60s});
    waitFor(Stage::delivered);
    {
        Client client(listener_->address());
        client.send(framed(message("1", "AL", "AL")));
        EXPECT_EQ("CA 1", client.ack());
    }
    while (asked_ == 0) std::this_thread::yield();
    there_ = true;
    EXPECT_TRUE(gateway_.log().has("mllp application answer not sent message=id"));
    EXPECT_TRUE(gateway_.log().has("answer=AA"));
    there_ = false;
    EXPECT_THAT(exchange(message("2", "AL", "NE")), HasSubstr("\rMSA|CA|2"));
}

TEST_F(MllpListenerModes, GivesLateAnswersBeforeItStops) {
    start({}, {"adt", Stage::delivered, 60s});
    waitFor(Stage::delivered);
    Client client(listener_->address());
    client.send(framed(message("1", "AL", "AL")));
    EXPECT_EQ("CA 1", client.ack());
    while (asked_ == 0) std::this_thread::yield();
    std::thread stop([&] { listener_->stop(10s); });
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_TRUE(client.closed());
    stop.join();
}

TEST_F(MllpListenerModes, AnswersManyThatWaitInTheirTurn) {
    start({}, {"adt", Stage::delivered, 60s});
    waitFor(Stage::delivered);
    Client client(listener_->address());
    constexpr int kCount = 500;
    for (int i = 0; i < kCount; ++i) client.send(framed(message(std::to_string(i), "NE", "AL")));
    inbox().waitForArrivals(kCount);
    there_ = true;
    std::map<std::string, int> got;
    for (int i = 0; i < kCount; ++i) ++got[client.ack()];
    EXPECT_EQ(static_cast<std::size_t>(kCount), got.size());
}

TEST_F(MllpListenerModes, CommitsBeforeItAnswersInRelease2) {
    start({{"commit", scalar("true")}, {"max_frame", scalar("100 KiB")}});
    inbox().behaviour = [](const Arrival& arrival) {
        return mllp::Head(arrival.body.view()).controlId() == "2"
                   ? fakes::Inbox::refused(Error(Fault::unavailable, "store", "try later"))
                   : fakes::Inbox::accepted(arrival);
    };
    Client client(listener_->address());
    client.send(framed(admission("1")));
    EXPECT_EQ("\x06", client.frame().value_or("none"));
    EXPECT_EQ("AA 1", client.ack());
    client.send("\x0b\x06\x1c\r");  // the sender commits our answer, which is not answered
    client.send(framed(admission("2")));
    EXPECT_EQ("\x15", client.frame().value_or("none"));
    EXPECT_EQ("AR 2", client.ack());
    client.send("\x0b\x15\x1c\r" + framed(message("3", "NE", "NE")));
    EXPECT_EQ("\x06", client.frame().value_or("none"));
    EXPECT_TRUE(gateway_.log().has("mllp answer refused"));
    client.send("\x0b" + admission("4") + std::string(200'000, 'x'));
    EXPECT_EQ("\x15", client.frame().value_or("none"));
    EXPECT_EQ("AR 4", client.ack());
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(3U, inbox().arrivals().size());
}

TEST_F(MllpListenerModes, CommitsWhatIsStoredWhileTheAnswerWaits) {
    start({{"commit", scalar("true")}}, {"adt", Stage::delivered, 60s});
    waitFor(Stage::delivered);
    Client client(listener_->address());
    client.send(framed(admission("1")));
    EXPECT_EQ("\x06", client.frame().value_or("none"));
    EXPECT_TRUE(silent(client));
    there_ = true;
    EXPECT_EQ("AA 1", client.ack());
}

}  // namespace
