/// Streams cut anywhere, senders that are wrong, slow, many or gone.
#include <sys/socket.h>

#include <set>

#include "listener_fixture.h"

namespace {
using namespace gateway;
using fakes::admission;
using fakes::Client;
using mllp::framed;
using namespace std::chrono_literals;
using support::scalar;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

class MllpListenerHostile : public fakes::MllpListenerTest {
protected:
    /// Returns when the loop has gone round: it has read what was sent before.
    void loopOnce() {
        for (int i = 0; i < 2; ++i) {
            Client other(listener_->address());
            other.send(std::string(100'000, 'x'));
            EXPECT_EQ("AR ", other.ack());
        }
    }
    /// Returns when it has also looked at the clock, `mid_frame` after what was sent before.
    void tickOnce() {
        Client other(listener_->address());
        other.send("\x0b" + admission("tick"));
        EXPECT_EQ("AR tick", other.ack());
    }
    Strings bodies() {
        Strings all;
        for (const Arrival& one : inbox().arrivals()) all.emplace_back(one.body.view());
        return all;
    }
};

TEST_F(MllpListenerHostile, AnswersTheSameWhereverAStreamIsCut) {
    start();
    const std::string stream = "\x1c\rjunk" + framed(admission("1")) + "\r\n\x0b" +
                               framed(admission("2\x1c")) + "\x0b" + admission("3") + "\x1c" +
                               framed(admission("4"));
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Client client(listener_->address());
        client.send(stream.substr(0, cut));
        client.send(stream.substr(cut));
        for (const char* const id : {"1", "2 ", "3", "4"})
            ASSERT_EQ(std::string("AA ") + id, client.ack()) << "cut at " << cut;
    }
}

TEST_F(MllpListenerHostile, AnswersFiftyMessagesOfOneReadInOrder) {
    start();
    std::string all;
    for (int i = 0; i < 50; ++i) mllp::appendFrame(all, admission(std::to_string(i)));
    Client client(listener_->address());
    client.send(all);
    for (int i = 0; i < 50; ++i) ASSERT_EQ("AA " + std::to_string(i), client.ack());
    Strings came;
    for (const Arrival& arrival : inbox().arrivals())
        came.emplace_back(mllp::Head(arrival.body.view()).controlId());
    for (int i = 0; i < 50; ++i) EXPECT_EQ(std::to_string(i), came[static_cast<std::size_t>(i)]);
}

TEST_F(MllpListenerHostile, TakesAFrameThatLacksItsReturnOnceNothingMoreComes) {
    start({{"mid_frame", scalar("100 ms")}});
    Client client(listener_->address());
    client.send("\x0b" + admission("1") + "\x1c");
    EXPECT_EQ("AA 1", client.ack());
    client.send("\r" + framed(admission("2")));
    EXPECT_EQ("AA 2", client.ack());
    client.send("\x0b" + admission("3") + "\x1c");
    client.closeOutput();
    EXPECT_EQ("AA 3", client.ack());
    EXPECT_TRUE(client.closed());
}

TEST_F(MllpListenerHostile, LogsWhatFollowsAFrameThatItTookWithoutItsReturn) {
    start({{"mid_frame", scalar("100 ms")}});
    Client client(listener_->address());
    client.send("\x0b" + admission("1") + "\x1c");
    EXPECT_EQ("AA 1", client.ack());
    client.send("Z|INVENTED\r\x1c\r" + framed(admission("2")));
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_TRUE(gateway_.log().has("mllp frame cut short"));
    EXPECT_THAT(gateway_.log().text(), HasSubstr(" message=id"));
    EXPECT_THAT(gateway_.log().text(), HasSubstr("taken without its last 0x0D count=1\n"));
}

TEST_F(MllpListenerHostile, SaysNothingOfLineEndsBehindAFrameThatItTookWithoutItsReturn) {
    start({{"mid_frame", scalar("100 ms")}});
    Client client(listener_->address());
    for (const char* const after : {"", "\r", "\n", "\r\n", "\x1c\r"}) {
        client.send("\x0b" + admission("1") + "\x1c");
        ASSERT_EQ("AA 1", client.ack());
        client.send(after + framed(admission("2")));
        ASSERT_EQ("AA 2", client.ack());
    }
    loopOnce();
    EXPECT_THAT(gateway_.log().text(), testing::Not(HasSubstr("cut short")));
}

TEST_F(MllpListenerHostile, GoesOnWithAFrameThatNoWorkerHasYet) {
    start({{"mid_frame", scalar("100 ms")}, {"workers", scalar("1")}});
    inbox().close();
    Client first(listener_->address());
    first.send(framed(admission("1")));
    inbox().waitForArrivals(1);  // the only worker is in it
    Client client(listener_->address());
    client.send("\x0b" + admission("2") + "\x1c");
    tickOnce();
    client.send("Z|rest\r\x1c\r");
    loopOnce();
    inbox().open();
    EXPECT_EQ("AA 1", first.ack());
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_EQ((Strings{admission("1"), admission("2") + "\x1cZ|rest\r"}), bodies());
}

TEST_F(MllpListenerHostile, TakesNoFrameWithoutItsReturnWhileItDoesNotRead) {
    start({{"mid_frame", scalar("100 ms")}});
    inbox().close();
    Client client(listener_->address());
    client.send(framed(admission("first")));
    inbox().waitForArrivals(1);
    std::string many;
    for (int i = 0; i < 70; ++i) mllp::appendFrame(many, admission("1"));
    client.send(many + "\x0b" + admission("2") + "\x1c");  // reading pauses after that
    loopOnce();
    client.send("Z|rest\r\x1c\r");
    tickOnce();
    inbox().open();
    EXPECT_EQ("AA first", client.ack());
    for (int i = 0; i < 70; ++i) ASSERT_EQ("AA 1", client.ack());
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_EQ(admission("2") + "\x1cZ|rest\r", bodies().back());
}

TEST_F(MllpListenerHostile, TakesAStartWithinALineForData) {
    start();
    const std::string whole = admission("VT1") + "NTE|1||a\x0bMSH|b\r";
    EXPECT_THAT(exchange(whole), HasSubstr("\rMSA|AA|VT1"));
    EXPECT_EQ(Strings{whole}, bodies());
}

TEST_F(MllpListenerHostile, AnswersForAFrameThatItsSenderLeftForAnother) {
    start({{"commit", scalar("true")}, {"mid_frame", scalar("100 ms")}});
    Client client(listener_->address());
    client.send(framed(admission("0")) + "\x0b" + admission("1") + framed(admission("2")));
    EXPECT_EQ("\x06", client.frame().value_or("none"));
    EXPECT_EQ("AA 0", client.ack());
    EXPECT_EQ("\x15", client.frame().value_or("none"));
    EXPECT_THAT(client.frame().value_or("none"),
                HasSubstr("\rMSA|AR|1|the sender began another message before this one ended"));
    EXPECT_EQ("\x06", client.frame().value_or("none"));
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_EQ((Strings{admission("0"), admission("2")}), bodies());
    // Also when the other does not end either.
    client.send("\x0b" + admission("3") + "\x0b" + admission("4"));
    for (const char* const id : {"3", "4"}) {
        EXPECT_EQ("\x15", client.frame().value_or("none"));
        EXPECT_EQ(std::string("AR ") + id, client.ack());
    }
    EXPECT_TRUE(client.closed());
}

TEST_F(MllpListenerHostile, NeverAnswersAnAnswerThatWasGivenUp) {
    start();
    Client client(listener_->address());
    client.send("\x0bMSH|^~\\&|A|B|||||ACK|9|P|2.5\rMSA|AA|7\r" + framed(admission("1")));
    EXPECT_EQ("AA 1", client.ack());
}

TEST_F(MllpListenerHostile, AnswersABatchOfNothing) {
    start({}, {"adt", Stage::delivered, 60s});
    const std::string head = "FHS|^~\\&|A|B|||||||F9\rBHS|^~\\&\r";
    EXPECT_THAT(exchange(head + "BTS|0\rFTS|1\r"), HasSubstr("\rMSA|AA|F9|"));
    EXPECT_TRUE(inbox().arrivals().empty());
    inbox().behaviour = [](const Arrival&) {
        return fakes::Inbox::refused(Error(Fault::malformed, "segment 1", "expected MSH"));
    };
    EXPECT_THAT(exchange(head + "BTS|3\rFTS|1\r"), HasSubstr("\rMSA|AR|F9|segment 1: "));
}

TEST_F(MllpListenerHostile, BoundsTheMemoryOfAllThatIsUnfinished) {
    start({{"memory", scalar("200 KiB")}});
    const auto begin = [&](const std::string& id, std::size_t bytes) {
        auto client = std::make_unique<Client>(listener_->address());
        client->send("\x0b" + admission(id) + "NTE|1||" + std::string(bytes, 'x'));
        return client;
    };
    // Each of these may have its own small part, whatever others hold.
    std::vector<std::unique_ptr<Client>> small, large;
    for (int i = 0; i < 20; ++i) small.push_back(begin("small", 15'000));
    for (int i = 0; i < 30; ++i) large.push_back(begin("large", 60'000));
    EXPECT_TRUE(gateway_.log().has("cause=too many large frames at once"));
    loopOnce();
    EXPECT_THAT(exchange(admission("1")), HasSubstr("\rMSA|AA|1"));
    for (const auto& one : small) one->send("\r\x1c\r");
    for (const auto& one : small) EXPECT_EQ("AA small", one->ack());
    std::map<std::string, int> answers;
    for (const auto& one : large) {
        try {
            one->send("\r\x1c\r");
            ++answers[one->ack()];
        } catch (const Error&) {
            ++answers["AR large"];  // it had been told so, and is gone
        }
    }
    EXPECT_GE(answers["AA large"], 3);
    EXPECT_GE(answers["AR large"], 20);
    EXPECT_EQ(30, answers["AA large"] + answers["AR large"]);
    // What has ended counts no more.
    const auto after = begin("after", 150'000);
    after->send("\r\x1c\r");
    EXPECT_EQ("AA after", after->ack());
}

TEST_F(MllpListenerHostile, ServesWholeFramesWhateverTheMemory) {
    start({{"memory", scalar("20 KiB")}});
    std::vector<std::unique_ptr<Client>> clients;
    std::string many;
    for (int i = 0; i < 50; ++i) mllp::appendFrame(many, admission("1") + std::string(800, '\r'));
    for (int i = 0; i < 10; ++i) {
        clients.push_back(std::make_unique<Client>(listener_->address()));
        clients.back()->send(many);
    }
    for (const auto& client : clients)
        for (int i = 0; i < 50; ++i) ASSERT_EQ("AA 1", client->ack());
}

TEST_F(MllpListenerHostile, GivesUpAFrameThatItsSenderBeginsAnew) {
    start();
    Client client(listener_->address());
    const std::string whole = admission("1");
    client.send("\x0b" + whole.substr(0, whole.size() - 20) + framed(whole));
    EXPECT_EQ("AA 1",
              client.ack());  // and nothing for the part, whose sender would take it for this
    ASSERT_EQ(1U, inbox().arrivals().size());
    EXPECT_EQ(whole, inbox().arrivals()[0].body.view());
    client.send(framed(admission("2")));
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_TRUE(gateway_.log().has("mllp frame given up"));
}

TEST_F(MllpListenerHostile, RejectsAndClosesAFrameThatNeverEnds) {
    start({{"max_frame", scalar("100 KiB")}});
    Client client(listener_->address());
    client.send("\x0b" + admission("1"));
    std::thread sender([&] {
        try {
            for (int i = 0; i < 1000; ++i) client.send(std::string(10'000, 'x'));
        } catch (const Error&) {
            return;  // it was closed
        }
    });
    EXPECT_EQ("AR 1", client.ack());
    sender.join();
    EXPECT_TRUE(inbox().arrivals().empty());
    EXPECT_TRUE(gateway_.log().has("cause=a frame was too large"));
}

TEST_F(MllpListenerHostile, RejectsAndClosesAFrameThatIsTooSlow) {
    start({{"mid_frame", scalar("100 ms")}});
    Client client(listener_->address());
    client.send(framed(admission("1")) + "\x0b" + admission("2"));
    EXPECT_EQ("AA 1", client.ack());
    const std::string answer = client.frame().value_or("none");
    EXPECT_THAT(answer, HasSubstr("\rMSA|AR|2"));
    EXPECT_THAT(answer, HasSubstr("not finished in time"));
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(1U, inbox().arrivals().size());
}

TEST_F(MllpListenerHostile, RejectsAMessageWithoutAFrame) {
    start({{"mid_frame", scalar("100 ms")}});
    Client client(listener_->address());
    client.send(framed(admission("1")) + "\r\n" + admission("2"));
    EXPECT_EQ("AA 1", client.ack());
    const std::string answer = client.frame().value_or("none");
    EXPECT_THAT(answer, HasSubstr("MSA|AR|"));
    EXPECT_THAT(answer, HasSubstr("0x0B"));
    EXPECT_TRUE(client.closed());
    Client quiet(listener_->address());
    quiet.send(framed(admission("3")) + "\r\n\n");
    EXPECT_EQ("AA 3", quiet.ack());
    Client other(listener_->address());
    other.send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ("AR ", other.ack());
    quiet.send(framed(admission("4")));  // line ends alone harm nothing
    EXPECT_EQ("AA 4", quiet.ack());
}

TEST_F(MllpListenerHostile, KeepsASenderThatAddsABitBetweenItsFrames) {
    start();
    Client client(listener_->address());
    const std::string between(30'000, '.');
    for (int i = 0; i < 10; ++i) {
        client.send(framed(admission("1")) + between);
        ASSERT_EQ("AA 1", client.ack());
    }
}

TEST_F(MllpListenerHostile, NeverAnswersACommit) {
    start();
    Client client(listener_->address());
    client.send("\x0b\x06\x1c\r\x0b\x15\x1c\r" + framed(admission("1")));
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_EQ(1U, inbox().arrivals().size());
}

TEST_F(MllpListenerHostile, RefusesConnectionsOverItsLimitsPolitelyAndCountsThem) {
    start({{"connections", scalar("20")}, {"connections_per_peer", scalar("10")}});
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<Client>(listener_->address()));
    for (const auto& client : clients) client->send(framed(admission("1")));
    std::map<std::string, int> answers;
    for (const auto& client : clients) ++answers[client->ack()];
    EXPECT_EQ((std::map<std::string, int>{{"AA 1", 10}, {"AR 1", 20}}), answers);
    EXPECT_EQ(10U, inbox().arrivals().size());
    for (const auto& client : clients) client->closeOutput();
    EXPECT_TRUE(gateway_.log().has("cause=too many connections of this peer count=1\n"));
}

TEST_F(MllpListenerHostile, ClosesSilentConnectionsOverItsLimit) {
    start({{"connections", scalar("1")}, {"mid_frame", scalar("100 ms")}});
    Client first(listener_->address());
    first.send(framed(admission("1")));
    EXPECT_EQ("AA 1", first.ack());
    Client silent(listener_->address());
    EXPECT_TRUE(silent.closed());
    first.send(framed(admission("2")));
    EXPECT_EQ("AA 2", first.ack());
}

TEST_F(MllpListenerHostile, ServesOthersBesideManySlowSenders) {
    start({{"connections_per_peer", scalar("1000")}});
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 300; ++i) {
        slow.push_back(std::make_unique<Client>(listener_->address()));
        slow.back()->send("\x0b" + admission(std::to_string(i)));
    }
    std::atomic<bool> done{false};
    std::thread trickle([&] {
        while (!done)
            for (const auto& one : slow) one->send("x");
    });
    Client other(listener_->address());
    for (int i = 0; i < 200; ++i) {
        other.send(framed(admission(std::to_string(i))));
        ASSERT_EQ("AA " + std::to_string(i), other.ack());
    }
    done = true;
    trickle.join();
    for (const auto& one : slow) one->send("\x1c\r");
    for (std::size_t i = 0; i < slow.size(); ++i)
        EXPECT_EQ("AA " + std::to_string(i), slow[i]->ack());
}

TEST_F(MllpListenerHostile, OutlivesPeersThatResetTheirConnections) {
    start();
    for (int i = 0; i < 100; ++i) {
        Client client(listener_->address());
        client.send(framed(admission("1")) + "\x0bhalf");
        const linger reset{1, 0};
        ::setsockopt(client.stream().socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    EXPECT_THAT(exchange(admission("2")), HasSubstr("MSA|AA|2"));
}

}  // namespace
