#include <sys/resource.h>
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
using testing::Not;

class MllpListener : public fakes::MllpListenerTest {};

TEST_F(MllpListener, AnswersOnceTheInboxHasTheMessageAndNotBefore) {
    start();
    inbox().close();
    Client client(listener_->address());
    client.send(framed(admission("1")));
    inbox().waitForArrivals(1);
    char byte;
    EXPECT_EQ(-1, ::recv(client.stream().socket(), &byte, 1, MSG_DONTWAIT));
    inbox().open();
    EXPECT_EQ("AA 1", client.ack());
    const Arrival arrival = inbox().arrivals().at(0);
    EXPECT_EQ("adt", arrival.source);
    EXPECT_EQ(admission("1"), arrival.body.view());
    EXPECT_THAT(std::string(arrival.facts.get("peer")), HasSubstr("127.0.0.1:"));
    EXPECT_TRUE(arrival.attended);
}

TEST_F(MllpListener, AnswersPipelinedFramesInOrder) {
    start();
    std::string all = "junk before";
    for (int i = 0; i < 500; ++i) mllp::appendFrame(all, admission(std::to_string(i)));
    Client client(listener_->address());
    client.send(all);
    for (int i = 0; i < 500; ++i) ASSERT_EQ("AA " + std::to_string(i), client.ack());
}

TEST_F(MllpListener, ReadsAFrameThatComesByteByByte) {
    start();
    Client client(listener_->address());
    for (const char byte : framed(admission("1"))) client.send({&byte, 1});
    EXPECT_EQ("AA 1", client.ack());
}

TEST_F(MllpListener, ReadsALargeFrame) {
    start();
    Client client(listener_->address());
    const std::string large = admission("1") + "OBX|" + std::string(std::size_t{20} << 20, 'x');
    client.send(framed(large));
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_TRUE(large == inbox().arrivals().at(0).body.view());
}

TEST_F(MllpListener, GivesTheInboxTheFramesOfManyConnectionsAtOnce) {
    start({{"workers", scalar("1")}});
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 10; ++i) clients.push_back(std::make_unique<Client>(listener_->address()));
    std::size_t most = 0;
    for (std::size_t round = 0; round < 1000 && most < 2; ++round) {
        inbox().close();
        clients[0]->send(framed(admission("0")));
        inbox().waitForArrivals(round * 10 + 1);
        for (std::size_t i = 1; i < 10; ++i) clients[i]->send(framed(admission("1")));
        inbox().open();
        for (const auto& client : clients) ASSERT_NE("none", client->ack());
        for (const std::size_t size : inbox().batches()) most = std::max(most, size);
    }
    EXPECT_GE(most, 2U);
}

TEST_F(MllpListener, ReadsNoMoreFromASenderThatDoesNotReadItsAnswers) {
    start();
    inbox().close();
    constexpr int kCount = 20'000;
    Client client(listener_->address());
    std::thread sender([&] {
        for (int i = 0; i < kCount; ++i) client.send(framed(admission(std::to_string(i))));
    });
    inbox().waitForArrivals(1);
    EXPECT_LE(inbox().arrivals().size(), 256U);
    EXPECT_EQ("AA 7", [&] {  // others are served meanwhile, by another worker
        inbox().open();
        Client other(listener_->address());
        other.send(framed(admission("7")));
        return other.ack();
    }());
    for (int i = 0; i < kCount; ++i) ASSERT_EQ("AA " + std::to_string(i), client.ack());
    sender.join();
}

TEST_F(MllpListener, SaysWhatIsWrongWithAMessageAndWhere) {
    start();
    inbox().behaviour = [](const Arrival&) {
        return fakes::Inbox::refused(Error(Fault::malformed, "PID-3.1", "it is too long"));
    };
    const std::string answer = exchange(admission("1"));
    EXPECT_THAT(answer, HasSubstr("\rMSA|AE|1|"));
    EXPECT_THAT(answer, HasSubstr("\rERR||PID^1^3^1^1|102^Data type error^HL70357|E|"));
    EXPECT_THAT(answer, HasSubstr("|PID-3.1: it is too long\r"));
}

TEST_F(MllpListener, AnswersARepeatLikeTheFirstAndRejectsAConflict) {
    start();
    inbox().behaviour = [](const Arrival& arrival) {
        Accepted accepted = fakes::Inbox::accepted(arrival);
        const bool conflict = mllp::Head(arrival.body.view()).controlId() == "2";
        accepted.messages[0].receipt->kind =
            conflict ? Receipt::Kind::conflict : Receipt::Kind::repeat;
        return accepted;
    };
    EXPECT_THAT(exchange(admission("1")), HasSubstr("\rMSA|AA|1\r"));
    EXPECT_THAT(exchange(admission("2")), HasSubstr("\rMSA|AR|2|"));
}

TEST_F(MllpListener, AnswersABatchOnceByItsFirstError) {
    start();
    inbox().behaviour = [](const Arrival& arrival) {
        Accepted accepted = fakes::Inbox::accepted(arrival);
        accepted.messages.emplace_back().error.emplace(Fault::unsupported, "MSH-12", "not ours");
        accepted.messages.emplace_back().error.emplace(Fault::malformed, "MSH-9", "not it");
        return accepted;
    };
    EXPECT_THAT(exchange(admission("1") + admission("2") + admission("3")),
                AllOf(HasSubstr("\rMSA|AR|1|MSH-12: message 2 of this frame: not ours\r"),
                      HasSubstr("|MSH-9: message 3 of this frame: not it\r")));
}

TEST_F(MllpListener, RejectsTextsThatMllpCannotCarry) {
    start();
    std::string wide = "\xFE\xFF";
    for (const char c : admission("1")) ((wide += '\0') += c);
    EXPECT_THAT(exchange(wide), AllOf(HasSubstr("\rMSA|AR||MSH-18: MLLP cannot carry UTF-16"),
                                      HasSubstr("\rERR||MSH^1^18^1|")));
    EXPECT_THAT(inbox().arrivals(), testing::IsEmpty());
    EXPECT_THAT(exchange(admission("2")), HasSubstr("\rMSA|AA|2\r"));
}

TEST_F(MllpListener, RejectsWhatIsNoHl7AndGoesOn) {
    start();
    inbox().behaviour = [](const Arrival& arrival) {
        return arrival.body.view().starts_with("MSH")
                   ? fakes::Inbox::accepted(arrival)
                   : fakes::Inbox::refused(Error(Fault::malformed, "byte 0", "no MSH"));
    };
    Client client(listener_->address());
    client.send(framed("{}") + framed("") + framed(admission("3")));
    EXPECT_EQ("AR ", client.ack());
    EXPECT_EQ("AR ", client.ack());
    EXPECT_EQ("AA 3", client.ack());
}

TEST_F(MllpListener, TellsItsSourcesByApplicationAndFacility) {
    make();
    fakes::serve(*listener_, {"chu"}, {{"facility", scalar("CHU")}});
    fakes::serve(*listener_, {"chu-lab"},
                 {{"facility", scalar("CHU")}, {"application", scalar("LAB")}});
    EXPECT_THROW(fakes::serve(*listener_, {"again"}, {{"facility", scalar("CHU")}}),
                 std::runtime_error);
    listener_->start(gateway_);
    EXPECT_THAT(exchange(admission("1", "LAB", "CHU^310783055^F")), HasSubstr("MSA|AA|1"));
    EXPECT_THAT(exchange(admission("2", "DPI", "CHU")), HasSubstr("MSA|AA|2"));
    EXPECT_THAT(exchange(admission("3", "LAB", "CHR")), HasSubstr("MSA|AR|3|MSH-4: no source"));
    EXPECT_TRUE(gateway_.log().has("mllp message of no source"));
    ASSERT_EQ(2U, inbox().arrivals().size());
    EXPECT_EQ("chu-lab", inbox().arrivals()[0].source);
    EXPECT_EQ("chu", inbox().arrivals()[1].source);
}

TEST_F(MllpListener, NeedsASource) {
    make();
    EXPECT_THROW(listener_->start(gateway_), Error);
}

TEST_F(MllpListener, SaysWhichAddressIsInUse) {
    start();
    const auto second =
        plugins_.listener("mllp", support::map({{"listen", scalar(listener_->address())}}));
    fakes::serve(*second, {"adt"});
    try {
        second->start(gateway_);
        FAIL() << "listens twice";
    } catch (const Error& error) {
        EXPECT_EQ(listener_->address(), error.where);
        EXPECT_STREQ("cannot listen: the port is in use", error.what());
    }
}

TEST_F(MllpListener, GoesPlainBeyondThisMachineOnlyWhenTold) {
    EXPECT_THROW(plugins_.listener("mllp", support::map({{"listen", scalar("0.0.0.0:0")}})),
                 std::runtime_error);
    listener_ = plugins_.listener(
        "mllp", support::map({{"listen", scalar("0.0.0.0:0")}, {"insecure", scalar("true")}}));
    EXPECT_THROW(fakes::serve(*listener_, {"adt"}), std::runtime_error) << "whoever comes";
    listener_ = plugins_.listener(
        "mllp", support::map({{"listen", scalar("0.0.0.0:0")}, {"insecure", scalar("true")}}));
    fakes::serve(*listener_, {"adt"}, {{"from", scalar("anyone")}});
    listener_->start(gateway_);
    EXPECT_THAT(gateway_.log().text(), HasSubstr("mllp without TLS beyond this machine"));
}

TEST_F(MllpListener, RefusesAFrameOverTheLimitWithItsControlIdAndCloses) {
    start({{"max_frame", scalar("100 KiB")}});
    Client client(listener_->address());
    client.send(framed(admission("1")) + framed(admission("2") + std::string(200'000, 'x')) +
                framed(admission("3")));
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_EQ("AR 2", client.ack());
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(1U, inbox().arrivals().size());
    EXPECT_THAT(exchange(admission("4")), HasSubstr("MSA|AA|4"));
}

TEST_F(MllpListener, TellsLargeFramesToComeLaterWhenThereAreTooMany) {
    start({{"memory", scalar("3 MiB")}});
    const std::string part = "\x0b" + admission("1") + std::string(std::size_t{2} << 20, 'x');
    Client first(listener_->address());
    first.send(part);
    Client second(listener_->address());
    second.send(part);
    const bool firstRefused = [&] {  // whichever came last
        char byte;
        while (true) {
            if (::recv(first.stream().socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
                return true;
            if (::recv(second.stream().socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
                return false;
        }
    }();
    Client& refused = firstRefused ? first : second;
    Client& taken = firstRefused ? second : first;
    EXPECT_EQ("AR 1", refused.ack());
    taken.send("\x1c\r");
    EXPECT_EQ("AA 1", taken.ack());
}

TEST_F(MllpListener, ClosesWhatIsUnfinishedIdleOrNoMllp) {
    start({{"mid_frame", scalar("50 ms")}, {"idle", scalar("100 ms")}});
    Client unfinished(listener_->address());
    unfinished.send("\x0b" + admission("0"));
    Client idle(listener_->address());
    idle.send(framed(admission("1")));
    EXPECT_EQ("AA 1", idle.ack());
    EXPECT_EQ("AR 0", unfinished.ack());
    EXPECT_TRUE(unfinished.closed());
    EXPECT_TRUE(idle.closed());
    Client browser(listener_->address());
    browser.send(std::string(100'000, 'x'));
    EXPECT_EQ("AR ", browser.ack());
    EXPECT_TRUE(browser.closed());
    EXPECT_TRUE(gateway_.log().has("cause=a frame was not finished in time"));
    EXPECT_TRUE(gateway_.log().has("cause=idle"));
    EXPECT_TRUE(gateway_.log().has("cause=the peer does not speak MLLP"));
}

TEST_F(MllpListener, AnswersASenderThatHasClosedItsSide) {
    start();
    inbox().close();
    Client client(listener_->address());
    client.send(framed(admission("1")) + framed(admission("2")) + "\x0b cut");
    client.closeOutput();
    inbox().waitForArrivals(1);
    inbox().open();
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_TRUE(client.closed());
}

TEST_F(MllpListener, LimitsConnections) {
    start({{"connections", scalar("3")}, {"connections_per_peer", scalar("2")}});
    Client first(listener_->address());
    auto second = std::make_unique<Client>(listener_->address());
    first.send(framed(admission("1")));
    second->send(framed(admission("2")));
    EXPECT_EQ("AA 1", first.ack());
    EXPECT_EQ("AA 2", second->ack());
    Client third(listener_->address());
    third.send(framed(admission("3")));
    EXPECT_EQ("AR 3", third.ack());
    EXPECT_TRUE(third.closed());
    EXPECT_EQ(2U, inbox().arrivals().size());
    EXPECT_TRUE(gateway_.log().has("cause=too many connections of this peer"));
    second.reset();
    std::string ack;
    while (ack != "AA 4") {  // until the listener has seen that it is gone
        try {
            Client again(listener_->address());
            again.send(framed(admission("4")));
            ack = again.ack();
        } catch (const Error&) {
            ack = "none";
        }
    }
    EXPECT_EQ("AA 4", ack);
}

TEST_F(MllpListener, StopsAfterAnsweringWhatIsInHand) {
    start();
    inbox().close();
    Client client(listener_->address());
    Client idle(listener_->address());
    client.send(framed(admission("1")) + "\x0b unfinished");
    inbox().waitForArrivals(1);
    std::thread stop([&] { listener_->stop(10s); });
    EXPECT_TRUE(idle.closed());
    EXPECT_THROW(Client(listener_->address()), Error);
    inbox().open();
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_TRUE(client.closed());
    const auto begin = mllp::Clock::now();
    stop.join();
    EXPECT_LT(mllp::Clock::now() - begin, 5s);
}

TEST_F(MllpListener, AnswersInProgressWhenItStopsWhileAnAnswerWaits) {
    start({}, {"adt", Stage::delivered, 60s});
    std::atomic<int> asked{0};
    inbox().progress = [&](Stage) {
        ++asked;
        return Progress{};
    };
    Client client(listener_->address());
    client.send(framed(admission("1")));
    while (asked == 0) std::this_thread::yield();
    std::thread stop([&] { listener_->stop(10s); });
    EXPECT_THAT(client.frame().value_or("none"), HasSubstr("\rMSA|AA|1|stored, in progress\r"));
    stop.join();
}

TEST_F(MllpListener, WaitsWithItsAnswerAsTheSourceSays) {
    start({}, {"adt", Stage::delivered, 10s});
    std::atomic<bool> there{false};
    inbox().progress = [&](Stage stage) {
        EXPECT_EQ(Stage::delivered, stage);
        return Progress{there, false, {}};
    };
    Client client(listener_->address());
    client.send(framed(admission("1")));
    inbox().waitForArrivals(1);
    char byte;
    EXPECT_EQ(-1, ::recv(client.stream().socket(), &byte, 1, MSG_DONTWAIT));
    there = true;
    EXPECT_EQ("AA 1", client.ack());
    inbox().progress = [](Stage) {
        return Progress{false, true, {"held: no map fits", "en attente"}};
    };
    EXPECT_THAT(exchange(admission("2")), HasSubstr("\rMSA|AE|2|held: no map fits\rERR|||207"));
}

TEST_F(MllpListener, SaysInProgressAfterTheDeadlineAndAcceptsAtOnceInEnhancedMode) {
    start({}, {"adt", Stage::translated, 50ms});
    inbox().progress = [](Stage) { return Progress{}; };
    EXPECT_THAT(exchange(admission("1")), HasSubstr("\rMSA|AA|1|stored, in progress\r"));
    EXPECT_THAT(exchange("MSH|^~\\&|A|B|||||ADT^A01|2|P|2.5|||AL|NE\r"), HasSubstr("\rMSA|CA|2\r"));
}

/// Processor time of this process.
std::chrono::microseconds used() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

TEST_F(MllpListener, RestsWhileConnectionsComeGoAndWait) {
    start();
    inbox().close();
    Client idle(listener_->address());
    Client halfClosed(listener_->address());
    halfClosed.send(framed(admission("1")));
    halfClosed.closeOutput();
    for (int i = 0; i < 50; ++i) {
        Client gone(listener_->address());
        gone.send(framed(admission("2")));
    }
    inbox().waitForArrivals(1);
    const auto before = used();
    const auto until = mllp::Clock::now() + 400ms;
    std::this_thread::sleep_until(until);  // the time over which work is measured
    EXPECT_LT(used() - before, 150ms);
    inbox().open();
    EXPECT_EQ("AA 1", halfClosed.ack());
}

}  // namespace
