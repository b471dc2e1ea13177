/// Enhanced mode as sender, and answers to earlier messages (HL7 v2.5.1 §2.9).
#include <sys/socket.h>

#include <filesystem>
#include <future>

#include "listener_fixture.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using fakes::Peer;
using mllp::Clock;
using mllp::Stream;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// An invented admission that asks for answers.
std::string asking(const std::string& controlId, const std::string& accept,
                   const std::string& application, const std::string& to = "DPI") {
    return "MSH|^~\\&|PASSERELLE|RESO|" + to + "|CHU|20250318094210||ADT^A01^ADT_A01|" + controlId +
           "|P|2.5|||" + accept + "|" + application + "\rEVN||20250318094210\r";
}

std::string answer(const std::string& code, const std::string& controlId,
                   const std::string& accept = {}, const std::string& ownId = {}) {
    return mllp::framed("MSH|^~\\&|DPI|CHU|PASSERELLE|RESO|20250318094211||ACK^A01^ACK|" +
                        (ownId.empty() ? "A" + controlId : ownId) + "|P|2.5|||" + accept + "|" +
                        (accept.empty() ? "" : "NE") + "\rMSA|" + code + "|" + controlId + "\r" +
                        (code[1] == 'A' ? "" : "ERR||PID^1|101^Required field missing|E\r"));
}

void say(Stream& stream, const std::string& bytes) { stream.write(bytes, Clock::now() + 5s); }

class MllpLateAnswers : public testing::Test {
protected:
    void connect(const Peer& peer, fakes::Options options = {}) {
        options.emplace_back("address", support::scalar(peer.address()));
        options.emplace_back("connections", support::scalar("1"));
        to_ = plugins_.destination("mllp", support::map(std::move(options)));
        to_->start(gateway_);
    }
    Answer send(const std::string& controlId, const std::string& accept = "AL",
                const std::string& application = "AL", Milliseconds within = 10s) {
        return sendAs("delivery-" + controlId, controlId, accept, application, within);
    }
    Answer sendAs(const std::string& delivery, const std::string& controlId,
                  const std::string& accept = "AL", const std::string& application = "AL",
                  Milliseconds within = 10s) {
        Delivery one;
        one.id = delivery;
        one.controlId = "ours";
        one.partner = "chu";
        one.body = Bytes(asking(controlId, accept, application));
        return to_->deliver(one, currentTime() + within);
    }
    Fault faultOf(const std::string& controlId, Milliseconds within = 10s) {
        try {
            send(controlId, "AL", "AL", within);
        } catch (const Error& error) {
            return error.fault;
        }
        ADD_FAILURE() << "was delivered";
        return Fault::internal;
    }
    fakes::Inbox& inbox() { return static_cast<fakes::Inbox&>(gateway_.inbox()); }
    std::vector<std::string> late(std::size_t count) {
        std::vector<std::string> words;
        for (const LateAnswer& one : inbox().waitForLateAnswers(count))
            words.push_back(one.answer.summary + " " + one.controlId + " " +
                            (one.accepted ? "accepted" : "refused"));
        return words;
    }

    /// Which deliveries the first so many late answers were said to be about.
    std::vector<std::string> about(std::size_t count) {
        std::vector<std::string> deliveries;
        for (const LateAnswer& one : inbox().waitForLateAnswers(count))
            deliveries.emplace_back(one.facts.get("delivery"));
        return deliveries;
    }

    fakes::Gateway gateway_;
    support::Plugins plugins_{{"transport_mllp"}};
    std::unique_ptr<Destination> to_;
};

TEST_F(MllpLateAnswers, CaIsTakenAndTheApplicationAnswerInOnePieceWithItIsNoted) {
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "1") + answer("AA", "1"));
        Peer::read(stream);
        say(stream, answer("CA", "2"));
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    EXPECT_THAT(late(1), ElementsAre("AA 1 accepted"));
    const LateAnswer noted = inbox().lateAnswers()[0];
    EXPECT_EQ("chu", noted.partner);
    EXPECT_EQ("delivery-1", noted.facts.get("delivery"));
    EXPECT_EQ("CA", send("2").summary);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpLateAnswers, ALateAnswerNeverConfirmsTheNextMessageNorMakesItUncertain) {
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "1"));
        Peer::read(stream);
        say(stream, answer("AE", "1"));
        say(stream, answer("CA", "2"));
        Peer::read(stream);
        say(stream, answer("AA", "2"));
        std::this_thread::sleep_for(20ms);  // the wait for the third goes on meanwhile
        say(stream, answer("CE", "3"));
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    const Answer second = send("2");
    EXPECT_EQ("CA", second.summary);
    EXPECT_THAT(std::string(second.body.view()), HasSubstr("MSA|CA|2"));
    EXPECT_THROW(send("3"), Refused);
    EXPECT_THAT(late(2), ElementsAre("AE 1 refused", "AA 2 accepted"));
    EXPECT_EQ("ERR-3 101", inbox().lateAnswers()[0].where);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpLateAnswers, AnIdleConnectionIsListenedToWhileAnswersAreDue) {
    std::atomic<bool> idle{false}, closed{false};
    Peer peer([&](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "1"));
        while (!idle) std::this_thread::yield();
        const std::string late = answer("AR", "1");
        for (const char& byte : late) say(stream, std::string(1, byte));  // and in pieces
        closed = Peer::read(stream).empty();
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    idle = true;
    EXPECT_THAT(late(1), ElementsAre("AR 1 refused"));
    to_->stop();
}

TEST_F(MllpLateAnswers, ThePeerHearsThatItsAnswerIsSafeWhenItAsks) {
    std::atomic<bool> heard{false};
    Peer peer([&](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "1") + answer("AA", "1", "AL"));
        const std::string confirmation = Peer::read(stream);
        EXPECT_THAT(confirmation, HasSubstr("MSA|CA|A1"));
        heard = true;
    });
    connect(peer);
    send("1");
    late(1);
    const auto until = Clock::now() + 10s;
    while (!heard && Clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(heard);
}

TEST_F(MllpLateAnswers, AnAnswerToNothingOfOursEndsTheConnection) {
    inbox().known = [](const LateAnswer& one) { return one.controlId == "before"; };
    Peer peer([](Stream& stream, int connection) {
        Peer::read(stream);
        say(stream, answer("CA", "1"));
        Peer::read(stream);
        if (connection == 1) say(stream, answer("AA", "before"));  // sent before a restart
        if (connection == 1) say(stream, answer("AA", "stranger"));
        say(stream, answer("CA", "2"));
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    EXPECT_EQ(Fault::uncertain, faultOf("2"));
    EXPECT_THAT(late(2), ElementsAre("AA before accepted", "AA stranger accepted"));
    EXPECT_EQ("chu", inbox().lateAnswers()[1].partner) << "nobody answers for others";
    EXPECT_EQ("CA", send("1").summary);
    EXPECT_EQ("CA", send("2").summary);
    EXPECT_EQ(2, peer.connections());
}

TEST_F(MllpLateAnswers, InOriginalModeAnotherIdIsNeverALateAnswer) {
    Peer peer([](Stream& stream, int) {
        for (const char* id : {"1", "3"}) {
            Peer::read(stream);
            say(stream, answer("AA", id));
        }
    });
    connect(peer);
    EXPECT_EQ("AA", send("1", "", "").summary);
    try {
        send("2", "", "");
        ADD_FAILURE() << "was delivered";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::uncertain, error.fault);
        EXPECT_THAT(error.what(), HasSubstr("another message (MSA-2)"));
    }
    EXPECT_TRUE(inbox().lateAnswers().empty());
}

TEST_F(MllpLateAnswers, WhatCannotBeStoredIsTriedAgain) {
    std::atomic<int> tries{0};
    inbox().known = [&](const LateAnswer&) {
        if (++tries == 1) throw Error(Fault::unavailable, "store", "the disk is full");
        return true;
    };
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "1") + answer("AE", "1", "AL"));
        EXPECT_THAT(Peer::read(stream), HasSubstr("MSA|CR|A1")) << "it is not safe yet";
        Peer::read(stream);
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    EXPECT_THAT(late(1), ElementsAre("AE 1 refused"));
    EXPECT_GE(tries, 2);
    to_->stop();
}

TEST_F(MllpLateAnswers, OfOneIdTwiceTheOldestIsAnsweredFirst) {
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "M1"));
        Peer::read(stream);
        say(stream, answer("CA", "M1") + answer("AE", "M1", "", "X7") +
                        answer("AE", "M1", "", "X7") + answer("AA", "M1", "", "X8"));
        Peer::read(stream);
    });
    connect(peer);
    EXPECT_EQ("CA", sendAs("first", "M1").summary);
    EXPECT_EQ("CA", sendAs("second", "M1").summary);
    EXPECT_THAT(about(3), ElementsAre("first", "first", "second")) << "once it was said again";
    EXPECT_THAT(late(3), ElementsAre("AE M1 refused", "AE M1 refused", "AA M1 accepted"));
    to_->stop();
}

TEST_F(MllpLateAnswers, OfOneIdTwiceOnlyTheNewestIsRefusedWhereAcceptanceIsSilent) {
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "M1"));
        Peer::read(stream);
        say(stream, answer("CA", "M1") + answer("AE", "M1"));
        Peer::read(stream);
    });
    connect(peer);
    EXPECT_EQ("CA", sendAs("first", "M1", "AL", "ER").summary);
    EXPECT_EQ("CA", sendAs("second", "M1", "AL", "ER").summary);
    EXPECT_THAT(about(1), ElementsAre("second"));
    to_->stop();
}

TEST_F(MllpLateAnswers, ARefusalOfTheFirstIsNotTheAnswerToTheSecondOfThatId) {
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CA", "M1"));
        Peer::read(stream);
        say(stream, answer("AE", "M1"));
        say(stream, answer("CA", "M1"));
        Peer::read(stream);
        say(stream, answer("CA", "M1") + answer("AA", "M1"));
        Peer::read(stream);
        say(stream, answer("AA", "M1"));
    });
    connect(peer);
    EXPECT_EQ("CA", sendAs("first", "M1").summary);
    EXPECT_EQ("CA", sendAs("second", "M1").summary);
    EXPECT_THAT(about(1), ElementsAre("first"));
    EXPECT_EQ("CA", sendAs("second", "M1").summary) << "sent again";
    EXPECT_THAT(about(2), ElementsAre("first", "second"));
    EXPECT_EQ("AA", sendAs("second", "M1").summary) << "nothing else is awaited";
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpLateAnswers, BeyondAThousandUnsavedOnesThePeerAndTheLogAreTold) {
    inbox().known = [](const LateAnswer&) -> bool {
        throw Error(Fault::unavailable, "store", "the disk is full");
    };
    std::atomic<bool> told{false};
    Peer peer([&](Stream& stream, int) {
        Peer::read(stream);
        std::string all = answer("CA", "1");
        for (int i = 0; i < 1'000; ++i) all += answer("AE", "1");
        say(stream, all + answer("AE", "1", "AL"));
        EXPECT_THAT(Peer::read(stream), HasSubstr("MSA|CR|A1"));
        told = true;
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    auto& log = static_cast<fakes::Log&>(gateway_.log());
    EXPECT_TRUE(log.has("late-answer-dropped"));
    const auto until = Clock::now() + 10s;
    while (!told && Clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(told);
    to_->stop();
    const std::string text = log.text();
    std::size_t waits = 0;
    for (std::size_t at = 0; (at = text.find("late-answer-waits", at)) != text.npos; ++at) ++waits;
    EXPECT_EQ(1'000u, waits) << "only of what is kept";
}

TEST_F(MllpLateAnswers, WaitsForWhatTheMessageAsks) {
    Peer peer([](Stream& stream, int) {
        for (const char* code : {"AA", "AA", "AE", "CA"}) {
            const std::string message = Peer::read(stream);
            say(stream, answer(code, std::string(mllp::Head(message).controlId())));
        }
    });
    connect(peer);
    EXPECT_EQ("AA", send("1", "NE", "AL").summary) << "only MSH-16 asks";
    EXPECT_EQ("AA", send("2", "AL", "AL").summary) << "at once, where CA was asked: taken";
    EXPECT_THROW(send("3", "", "SU"), Refused);
    EXPECT_EQ("CA", send("4", "AL", "NE").summary);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpLateAnswers, WaitsForNothingWhenNothingIsAsked) {
    std::atomic<int> got{0};
    Peer peer([&](Stream& stream, int) {
        mllp::Framer framer;
        std::array<char, 4096> buffer;
        for (std::size_t size = 0; stream.read(buffer.data(), buffer.size(), size,
                                               Clock::now() + 10s) == Stream::Read::data;)
            for (std::string_view bytes(buffer.data(), size); framer.take(bytes);) ++got;
    });
    connect(peer);
    EXPECT_EQ("sent, no answer asked", send("1", "NE", "NE").summary);
    EXPECT_EQ("sent, no answer asked", send("2", "NE", "").summary);
    EXPECT_TRUE(send("3", "NE", "NE").body.view().empty());
    to_->stop();
    const auto until = Clock::now() + 10s;
    while (got < 3 && Clock::now() < until) std::this_thread::yield();
    EXPECT_EQ(3, got);
}

TEST_F(MllpLateAnswers, WhatIsOnlyAnsweredWhenRefusedCanBeRefusedLater) {
    Peer peer([](Stream& stream, int) {
        Peer::read(stream);
        say(stream, answer("CE", "1"));
        Peer::read(stream);
    });
    connect(peer);
    EXPECT_EQ("sent, only a refusal is answered", send("1", "ER", "NE").summary);
    EXPECT_THAT(late(1), ElementsAre("CE 1 refused"));
    to_->stop();
}

TEST_F(MllpLateAnswers, StopsWhileItListensAndGoesOnAfterwards) {
    Peer peer([](Stream& stream, int connection) {
        Peer::read(stream);
        say(stream, answer("CA", std::to_string(connection)));
        char byte;
        std::size_t got = 0;
        stream.read(&byte, 1, got, Clock::now() + 10s);
    });
    connect(peer);
    for (const char* id : {"1", "2", "3"}) {
        EXPECT_EQ("CA", send(id).summary);
        to_->stop();
    }
    EXPECT_EQ(3, peer.connections());
}

TEST_F(MllpLateAnswers, WhoTakesItsPlaceHearsWhatIsStillDueOnItsConnections) {
    std::promise<void> replaced;
    std::promise<Stream::Read> end;
    Peer peer([&](Stream& stream, int connection) {
        Peer::read(stream);
        say(stream, answer("CA", std::to_string(connection)));
        if (connection > 1) return;
        replaced.get_future().wait();
        say(stream, answer("AE", "1"));
        char byte;
        std::size_t got = 0;
        end.set_value(stream.read(&byte, 1, got, Clock::now() + 10s));
    });
    connect(peer);
    EXPECT_EQ("CA", send("1").summary);
    std::unique_ptr<Destination> former = std::move(to_);
    connect(peer);
    former.reset();
    replaced.set_value();
    EXPECT_THAT(late(1), ElementsAre("AE 1 refused"));
    EXPECT_THAT(about(1), ElementsAre("delivery-1"));
    EXPECT_EQ(Stream::Read::closed, end.get_future().get()) << "nothing more is due there";
    EXPECT_EQ("CA", send("2").summary);
    EXPECT_EQ(2, peer.connections());
}

class MllpListenerAnswers : public fakes::MllpListenerTest {
protected:
    /// As a message to the listener.
    static std::string message(const std::string& type, const std::string& code,
                               const std::string& answers, const std::string& accept = {}) {
        return "MSH|^~\\&|DPI|CHU|PASSERELLE|RESO|20250318094211||" + type + "|B1|P|2.5|||" +
               accept + "|\rSFT|Maker\nMSA|" + code + "|" + answers + "\r";
    }
    std::vector<std::string> late() {
        std::vector<std::string> words;
        for (const LateAnswer& one : inbox().lateAnswers())
            words.push_back(one.answer.summary + " " + one.controlId);
        return words;
    }
};

TEST_F(MllpListenerAnswers, AnAnswerToAMessageOfOursIsNoMessageAndIsNotAnswered) {
    start();
    fakes::Client client(listener_->address());
    client.send(mllp::framed(message("ACK^A01^ACK", "AA", "7")) +
                mllp::framed(fakes::admission("1")) + mllp::framed(message("ACK", "AE", "8")) +
                mllp::framed(fakes::admission("2")));
    EXPECT_EQ("AA 1", client.ack());
    EXPECT_EQ("AA 2", client.ack());
    EXPECT_EQ(2u, inbox().arrivals().size());
    EXPECT_THAT(late(), ElementsAre("AA 7", "AE 8"));
    EXPECT_FALSE(inbox().lateAnswers()[1].accepted);
    EXPECT_FALSE(inbox().lateAnswers()[1].facts.get("peer").empty());
}

TEST_F(MllpListenerAnswers, ItsSenderHearsThatItIsSafeWhenItAsks) {
    inbox().known = [](const LateAnswer& answer) {
        if (answer.controlId == "full") throw Error(Fault::unavailable, "store", "full");
        return answer.controlId == "7";
    };
    start();
    const auto told = [&](const std::string& id) {
        return exchange(message("ACK^A01", "AA", id, "AL"));
    };
    EXPECT_THAT(told("7"), HasSubstr("MSA|CA|B1"));
    EXPECT_THAT(told("stranger"), HasSubstr("MSA|CE|B1"));
    EXPECT_THAT(told("stranger"), HasSubstr("no message of ours, or more than one, awaits this"));
    EXPECT_THAT(told("full"), HasSubstr("MSA|CR|B1"));
    EXPECT_TRUE(inbox().arrivals().empty());
}

TEST_F(MllpListenerAnswers, AnotherKindOfAnswerMayBeForSomebodyElse) {
    inbox().known = [](const LateAnswer& answer) { return answer.controlId == "7"; };
    start();
    EXPECT_THAT(exchange(message("RSP^K22", "AA", "stranger")), HasSubstr("MSA|AA|B1"));
    EXPECT_EQ(1u, inbox().arrivals().size());
    EXPECT_THAT(exchange(message("ORR^O02", "AA", "7", "AL")), HasSubstr("MSA|CA|B1"));
    EXPECT_EQ(1u, inbox().arrivals().size());
    EXPECT_THAT(exchange(fakes::admission("1") + "MSA|AA|7\r"), HasSubstr("MSA|AA|1"));
    EXPECT_EQ(2u, inbox().arrivals().size()) << "what stands further down is content";
}

TEST_F(MllpListenerAnswers, InReleaseTwoItIsCommitted) {
    start({{"commit", support::scalar("true")}});
    fakes::Client client(listener_->address());
    client.send(mllp::framed(message("ACK", "AA", "7")));
    EXPECT_EQ("\x06", client.frame());
    EXPECT_THAT(late(), ElementsAre("AA 7"));
}

/// Two partners that have taken what was sent to them under one id.
class MllpSpeakers : public MllpListenerAnswers {
protected:
    struct Taker {
        Taker(support::Plugins& plugins, const std::string& name, const std::string& host)
            : partner(name),
              peer(
                  [](Stream& stream, int) {
                      Peer::read(stream);
                      say(stream, answer("CA", "M1"));
                      Peer::read(stream);
                  },
                  nullptr, host),
              to(plugins.destination(
                  "mllp", support::map({{"address", support::scalar(peer.address())}}))) {}
        ~Taker() { to->stop(); }
        void send(Gateway& gateway, const std::string& application) {
            to->start(gateway);
            Delivery one;
            one.id = "delivery-" + partner;
            one.partner = partner;
            one.body = Bytes(asking("M1", "AL", "AL", application));
            EXPECT_EQ("CA", to->deliver(one, currentTime() + 10s).summary);
        }

        std::string partner;
        Peer peer;
        std::unique_ptr<Destination> to;
    };
    /// Whom the gateway is told that an answer means.
    std::string meant(const std::string& application) {
        std::string ack = message("ACK^A01", "AE", "M1", "AL");
        ack.replace(ack.find("DPI"), 3, application);
        exchange(ack);
        const LateAnswer last = inbox().lateAnswers().back();
        EXPECT_EQ("", last.partner) << "likely is not known";
        return std::string(last.facts.get("delivery"));
    }
};

TEST_F(MllpSpeakers, TheNamesInAnAnswerSetOneApartAndAStrangersDoNot) {
    Taker chu(plugins_, "chu", "127.0.0.1"), labo(plugins_, "labo", "127.0.0.1");
    start();
    chu.send(gateway_, "DPI");
    labo.send(gateway_, "LABO");
    EXPECT_EQ("", meant("EVIL"));
    EXPECT_EQ("delivery-labo", meant("LABO"));
    EXPECT_EQ("delivery-chu", meant("DPI"));
    fakes::Gateway other;
    chu.to->start(other);
    EXPECT_NE("delivery-chu", meant("DPI")) << "of another gateway";
    chu.to->start(gateway_);
}

TEST_F(MllpSpeakers, AStrangerRefusesNothingThatHasItsLastAnswer) {
    Peer peer([](Stream& stream, int) {
        for (const char* code : {"AA", "CA"}) {
            Peer::read(stream);
            say(stream, answer(code, "M1"));
        }
        Peer::read(stream);
    });
    const auto to =
        plugins_.destination("mllp", support::map({{"address", support::scalar(peer.address())}}));
    to->start(gateway_);
    start();
    Delivery one;
    one.id = "delivery-1";
    one.body = Bytes(asking("M1", "", ""));
    EXPECT_EQ("AA", to->deliver(one, currentTime() + 10s).summary);
    EXPECT_THAT(exchange(message("ACK^A01", "AE", "M1", "AL")), HasSubstr("MSA|CE|B1"));
    EXPECT_TRUE(inbox().lateAnswers().empty());
    EXPECT_TRUE(static_cast<fakes::Log&>(gateway_.log()).has("late-answer-not-applied"));
    one.id = "delivery-2";
    one.body = Bytes(asking("M1", "AL", "AL"));
    EXPECT_EQ("CA", to->deliver(one, currentTime() + 10s).summary);
    EXPECT_EQ("delivery-2", meant("DPI")) << "this one awaits it";
    to->stop();
}

TEST_F(MllpSpeakers, SoDoesTheHostItComesFrom) {
    Taker near(plugins_, "near", "127.0.0.1");
    start();
    {
        Taker far(plugins_, "far", "127.0.0.2");
        near.send(gateway_, "DPI");
        far.send(gateway_, "DPI");
        EXPECT_EQ("delivery-near", meant("DPI"));
        EXPECT_EQ("delivery-near", meant("EVIL"));
    }
    EXPECT_EQ("delivery-near", meant("DPI")) << "what is gone is not asked";
}

TEST_F(MllpListenerAnswers, ACertificateSpeaksForItsPartnerAndForNobodyElse) {
    std::string folder = std::filesystem::temp_directory_path() / "mllpXXXXXX";
    ASSERT_NE(nullptr, ::mkdtemp(folder.data()));
    support::CertificateAuthority authority(folder, "authority");
    const support::KeyPair own = authority.issue("gateway");
    Partner chu;
    chu.name = "chu-invente";
    gateway_.partners = std::make_shared<fakes::Directory>(std::vector<Partner>{chu});
    start({{"tls", support::map({{"cert", support::scalar(own.cert)},
                                 {"key", support::scalar(own.key)},
                                 {"clients", support::scalar(authority.file())}})}});
    for (const char* name : {"chu-invente", "someone"}) {
        const support::KeyPair pair = authority.issue(name);
        const tls::Context context(tls::Role::client,
                                   {pair.cert, pair.key, authority.file(), {}, {}});
        fakes::Client client(listener_->address(), &context);
        client.send(mllp::framed(message("ACK", "AE", "7", "AL")));
        EXPECT_EQ("CA B1", client.ack());
    }
    EXPECT_EQ("chu-invente", inbox().lateAnswers().at(0).partner);
    EXPECT_EQ("CN=someone", inbox().lateAnswers().at(1).partner);
    std::filesystem::remove_all(folder);
}

}  // namespace
