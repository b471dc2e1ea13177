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

class MllpListenerHostile : public fakes::MllpListenerTest {};

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

TEST_F(MllpListenerHostile, GivesUpAFrameThatItsSenderBeginsAnew) {
    start();
    Client client(listener_->address());
    const std::string whole = admission("1");
    client.send("\x0b" + whole.substr(0, whole.size() - 20) + framed(whole));
    EXPECT_EQ("AA 1", client.ack());
    ASSERT_EQ(1U, inbox().arrivals().size());
    EXPECT_EQ(whole, inbox().arrivals()[0].body.view());
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
