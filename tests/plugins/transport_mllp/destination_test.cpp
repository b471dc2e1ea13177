#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <filesystem>
#include <future>

#include "fakes.h"
#include "support/mllp_peers.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using fakes::Peer;
using mllp::Clock;
using mllp::Stream;
using mllp::Verdict;
using namespace std::chrono_literals;
using testing::HasSubstr;

class MllpDestination : public testing::Test {
protected:
    std::unique_ptr<Destination> to(const std::string& address, fakes::Options options = {}) {
        options.emplace_back("address", support::scalar(address));
        return plugins_.destination("mllp", support::map(std::move(options)));
    }
    static Delivery delivery(const std::string& controlId, std::size_t padding = 0) {
        Delivery one;
        one.controlId = controlId;
        one.body = Bytes(fakes::admission(controlId) + "OBX|" + std::string(padding, 'x') + "\r");
        return one;
    }
    static Answer deliver(Destination& to, const std::string& controlId,
                          Milliseconds within = 10s) {
        return to.deliver(delivery(controlId), currentTime() + within);
    }
    static Fault faultOf(Destination& to, std::string* text = nullptr, Milliseconds within = 10s) {
        try {
            deliver(to, "42", within);
        } catch (const Error& error) {
            if (text != nullptr) *text = error.where + ": " + error.what();
            EXPECT_NE("", error.fr) << error.what();
            EXPECT_NE(error.what(), error.fr);
            return error.fault;
        }
        ADD_FAILURE() << "was delivered";
        return Fault::internal;
    }
    static Peer::Script saying(const std::string& bytes) {
        return [bytes](Stream& stream, int) {
            Peer::read(stream);
            stream.write(bytes, Clock::now() + 5s);
        };
    }

    support::Plugins plugins_{{"transport_mllp"}};
};

TEST_F(MllpDestination, KeepsAConnectionAndReturnsTheAnswerAsProof) {
    Peer peer([](Stream& stream, int) {
        for (;;) Peer::answer(stream);
    });
    const auto to = this->to(peer.address());
    for (const char* id : {"1", "2", "3"}) {
        const Answer answer = deliver(*to, id);
        EXPECT_EQ("AA", answer.summary);
        EXPECT_THAT(std::string(answer.body.view()), HasSubstr(std::string("MSA|AA|") + id));
    }
    EXPECT_EQ(1, peer.connections());
    to->stop();
    EXPECT_EQ("AA", deliver(*to, "4").summary);
    EXPECT_EQ(2, peer.connections());
}

TEST_F(MllpDestination, SendsNoByteOrderMark) {
    std::promise<std::string> came;
    Peer peer([&](Stream& stream, int) {
        const std::string message = Peer::read(stream);
        came.set_value(message);
        stream.write(mllp::framed("MSH|^~\\&|A\rMSA|AA|7\r"), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address());
    Delivery marked = delivery("7");
    const std::string text(marked.body.view());
    marked.body = Bytes("\xEF\xBB\xBF" + text);
    EXPECT_EQ("AA", to->deliver(marked, currentTime() + 10s).summary);
    EXPECT_EQ(text, came.get_future().get());
}

TEST_F(MllpDestination, SendsALargeMessageWhole) {
    std::atomic<std::size_t> size{0};
    Peer peer([&](Stream& stream, int) {
        const std::string message = Peer::read(stream);
        size = message.size();
        stream.write(mllp::framed("MSH|^~\\&|\rMSA|CA|7\r"), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address());
    const Delivery large = delivery("7", std::size_t{8} << 20);
    EXPECT_EQ("CA", to->deliver(large, currentTime() + 30s).summary);
    EXPECT_EQ(large.body.size(), size);
}

TEST_F(MllpDestination, KeepsTheWordsOfAPeerThatRefusesAndTheConnection) {
    Peer peer([](Stream& stream, int) {
        Peer::answer(stream, Verdict::of(Error(Fault::rejected, "PID-3", "peer's words")));
        Peer::answer(stream);
    });
    const auto to = this->to(peer.address());
    try {
        deliver(*to, "1");
        FAIL() << "was delivered";
    } catch (const Refused& refused) {
        EXPECT_EQ(Fault::rejected, refused.fault);
        EXPECT_EQ("AE", refused.answer.summary);
        EXPECT_THAT(std::string(refused.answer.body.view()), HasSubstr("peer's words"));
        EXPECT_THAT(refused.what(), testing::Not(HasSubstr("peer's words")));
    }
    EXPECT_EQ("AA", deliver(*to, "2").summary);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpDestination, TheCodeDecidesWhoseFaultItIs) {
    const auto retry = support::scalar("retry");
    const fakes::Options plain,
        patient{{"answers",
                 support::map({{"AE", retry}, {"AR", retry}, {"CE", retry}, {"CR", retry}})}};
    const std::tuple<const char*, const fakes::Options&, const char*> cases[] = {
        {"AA", plain, "taken"},         {"CA", plain, "taken"},
        {"AE", plain, "message"},       {"AR", plain, "message"},
        {"CE", plain, "message"},       {"CR", plain, "message"},
        {"AE", patient, "destination"}, {"AR", patient, "destination"},
        {"CE", patient, "destination"}, {"CR", patient, "destination"},
        {"AA", patient, "taken"},       {"XX", plain, "doubt"},
        {"", plain, "doubt"},           {"aa", plain, "doubt"}};
    for (const auto& [code, options, as] : cases) {
        Peer peer(saying(mllp::framed("MSH|^~\\&|\rMSA|" + std::string(code) + "|42\r")));
        const auto to = this->to(peer.address(), options);
        std::string found = "taken";
        try {
            deliver(*to, "42");
        } catch (const Refused&) {
            found = "message";
        } catch (const Error& error) {
            found = error.fault == Fault::unavailable ? "destination" : "doubt";
            EXPECT_NE("", error.fr) << error.what();
        }
        EXPECT_EQ(as, found) << code;
    }
}

TEST_F(MllpDestination, ANameThatNobodyKnowsIsItsOwnFault) {
    const auto to = this->to("no-such-host.invalid:2575", {{"insecure", support::scalar("true")}});
    std::string text;
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text));
    EXPECT_THAT(text, HasSubstr("the host is not known"));
}

TEST_F(MllpDestination, IsUncertainOfWhateverIsNoAnswerToItsMessage) {
    const std::string right = mllp::framed("MSH|^~\\&|\rMSA|AA|42\r");
    for (const std::string& said :
         {mllp::framed("MSH|^~\\&|\rMSA|AA|43\r"), mllp::framed("MSH|^~\\&|\rMSA|AA|\r"),
          mllp::framed("what?"), mllp::framed(""), std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
          right.substr(0, right.size() - 2), std::string()}) {
        Peer peer(saying(said));
        const auto to = this->to(peer.address());
        EXPECT_EQ(Fault::uncertain, faultOf(*to)) << said;
    }
}

TEST_F(MllpDestination, DoesNotWaitBeyondTheDeadlineNorForALateAnswer) {
    std::atomic<bool> enough{false};
    Peer peer([&](Stream& stream, int connection) {
        const std::string message = Peer::read(stream);
        if (connection == 1) {
            char byte;  // until the destination gives up and closes
            std::size_t got = 0;
            enough = stream.read(&byte, 1, got, Clock::now() + 10s) == Stream::Read::closed;
            return;
        }
        stream.write(mllp::framed("MSH|^~\\&|\rMSA|AA|42\r"), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address());
    const auto begin = Clock::now();
    std::string text;
    EXPECT_EQ(Fault::uncertain, faultOf(*to, &text, 200ms));
    EXPECT_GE(Clock::now() - begin, 190ms);
    EXPECT_LT(Clock::now() - begin, 5s);
    EXPECT_EQ(peer.address() + ": no answer in time", text);
    EXPECT_EQ("AA", deliver(*to, "42").summary);
    EXPECT_TRUE(enough);
}

TEST_F(MllpDestination, GivesUpOnAPeerThatReadsNothing) {
    std::atomic<bool> done{false};
    Peer peer([&](Stream&, int) {
        while (!done) std::this_thread::yield();
    });
    const auto to = this->to(peer.address());
    try {
        to->deliver(delivery("1", std::size_t{32} << 20), currentTime() + 300ms);
        ADD_FAILURE() << "was delivered";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::uncertain, error.fault);
    }
    done = true;
}

TEST_F(MllpDestination, SaysWhyAPeerCannotBeReached) {
    const std::string address = mllp::ListenSocket({"127.0.0.1", 0}).address().text();
    const auto to = this->to(address);
    std::string text;
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text));
    EXPECT_EQ(address + ": connection refused: nothing listens there", text);
}

TEST_F(MllpDestination, ConnectsOnceMoreWhenTheKeptConnectionWasClosed) {
    std::atomic<bool> closed{false};
    Peer peer([&](Stream& stream, int connection) {
        Peer::answer(stream);
        if (connection == 1) ::shutdown(stream.socket(), SHUT_RDWR);
        closed = true;
    });
    const auto to = this->to(peer.address());
    deliver(*to, "1");
    while (!closed) std::this_thread::yield();
    EXPECT_EQ("AA", deliver(*to, "2").summary);
    EXPECT_EQ(2, peer.connections());
}

TEST_F(MllpDestination, DoesNotTakeAnAnswerThatNobodyAskedFor) {
    std::atomic<bool> said{false};
    Peer peer([&](Stream& stream, int) {
        Peer::answer(stream);
        stream.write(mllp::framed("MSH|^~\\&|\rMSA|AE|2\r"), Clock::now() + 5s);
        said = true;
    });
    const auto to = this->to(peer.address());
    deliver(*to, "1");
    while (!said) std::this_thread::yield();
    EXPECT_EQ("AA", deliver(*to, "2").summary);
    EXPECT_EQ(2, peer.connections());
}

TEST_F(MllpDestination, ReadsAnAnswerHoweverItIsCutAndWhateverStandsBetween) {
    const auto answer = [](const char* id) {
        return mllp::framed(std::string("MSH|^~\\&|\rMSA|AA|") + id + "\r");
    };
    Peer peer([&](Stream& stream, int) {
        Peer::read(stream);
        for (const char& byte : answer("1")) stream.write({&byte, 1}, Clock::now() + 5s);
        Peer::read(stream);
        stream.write("\r\n" + answer("2") + "\n", Clock::now() + 5s);
        Peer::read(stream);
        const std::string third = answer("3");  // without its last byte, and nothing follows
        stream.write(third.substr(0, third.size() - 1), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address());
    for (const char* id : {"1", "2", "3"}) EXPECT_EQ("AA", deliver(*to, id).summary);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpDestination, TakesTheFirstOfSeveralAnswersAndNotTheSecondForTheNextMessage) {
    const auto answer = [](const char* code, const char* id) {
        return mllp::framed(std::string("MSH|^~\\&|\rMSA|") + code + "|" + id + "\r");
    };
    Peer peer([&](Stream& stream, int connection) {
        Peer::read(stream);
        if (connection == 1)
            stream.write(answer("AA", "1") + answer("AE", "1"), Clock::now() + 5s);
        else
            stream.write(answer("AA", "2"), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address());
    EXPECT_EQ("AA", deliver(*to, "1").summary);
    EXPECT_EQ("AA", deliver(*to, "2").summary);
    EXPECT_EQ(2, peer.connections());
}

TEST_F(MllpDestination, PassesOverAnAnswerThatIsSaidASecondTime) {
    const auto answer = [](const char* id) {
        return mllp::framed(std::string("MSH|^~\\&|\rMSA|AA|") + id + "\r");
    };
    Peer peer([&](Stream& stream, int) {
        Peer::read(stream);
        stream.write(answer("1"), Clock::now() + 5s);
        Peer::read(stream);
        stream.write(answer("1") + answer("2") + answer("2"), Clock::now() + 5s);
        Peer::read(stream);
        stream.write(answer("3"), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address());
    for (const char* id : {"1", "2", "3"}) EXPECT_EQ("AA", deliver(*to, id).summary);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpDestination, APartnersRefusalMeansWhatItsOptionSays) {
    const auto aside = support::scalar("set-aside"), retry = support::scalar("retry");
    std::atomic<int> got{0};
    Peer peer([&](Stream& stream, int) {
        for (const char* code : {"AR", "CR", "AE", "CE", "AA"}) {
            const std::string message = Peer::read(stream);
            ++got;
            stream.write(mllp::framed(std::string("MSH|^~\\&|\rMSA|") + code +
                                      "|42\rERR||PID^1|207^Application internal error|E\r"),
                         Clock::now() + 5s);
        }
    });
    const auto to = this->to(
        peer.address(), {{"answers", support::map({{"AR", retry}, {"CR", retry}, {"AE", aside}})}});
    std::string text;
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text));
    EXPECT_EQ(peer.address() + ": the peer wants the message later, it says AR (ERR-3 207)", text);
    EXPECT_EQ(1, got) << "not sent again before it is told to";
    EXPECT_EQ(Fault::unavailable, faultOf(*to));
    EXPECT_EQ(Fault::rejected, faultOf(*to, &text));
    EXPECT_EQ(peer.address() + ": the peer refused the message with AE (ERR-3 207)", text);
    EXPECT_EQ(Fault::rejected, faultOf(*to));
    EXPECT_EQ("AA", deliver(*to, "42").summary);
    EXPECT_EQ(1, peer.connections());
    EXPECT_THROW(
        this->to(peer.address(), {{"answers", support::map({{"AE", support::scalar("often")}})}}),
        std::runtime_error);
}

TEST_F(MllpDestination, SpeaksReleaseTwoWithItsCommitBytes) {
    std::mutex mutex;
    std::vector<std::string> committed;  // what came after each answer
    Peer peer([&](Stream& stream, int) {
        mllp::Framer framer;
        std::array<char, 4096> buffer;
        std::size_t answers = 0;
        constexpr std::array<std::string_view, 4> kWords = {mllp::kCommit, mllp::kNoCommit, "",
                                                            mllp::kCommit};
        for (std::size_t got = 0; stream.read(buffer.data(), buffer.size(), got,
                                              Clock::now() + 10s) == Stream::Read::data;)
            for (std::string_view bytes(buffer.data(), got); auto frame = framer.take(bytes);) {
                const mllp::Head head(*frame);
                if (!head.known()) {
                    const std::lock_guard lock(mutex);
                    committed.push_back(*frame);
                    continue;
                }
                const std::string_view word = kWords.at(answers++);  // the third forgets it
                std::string out(word);
                if (word != mllp::kNoCommit)
                    out += mllp::framed(mllp::acknowledgement(head, Verdict::accepted(),
                                                              currentTime(), mllp::newControlId()));
                stream.write(out, Clock::now() + 5s);
            }
    });
    const auto to = this->to(peer.address(), {{"commit", support::scalar("true")}});
    EXPECT_EQ("AA", deliver(*to, "1").summary);
    std::string text;
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text));
    EXPECT_THAT(text, HasSubstr("could not commit"));
    EXPECT_EQ("AA", deliver(*to, "3").summary);
    EXPECT_EQ("AA", deliver(*to, "4").summary);
    EXPECT_EQ(1, peer.connections());
    to->stop();
    const auto until = Clock::now() + 10s;
    const auto three = [&] {
        const std::lock_guard lock(mutex);
        return committed.size() == 3;
    };
    while (!three() && Clock::now() < until) std::this_thread::yield();
    const std::lock_guard lock(mutex);
    EXPECT_EQ(std::vector<std::string>(3, "\x06"), committed);
}

TEST_F(MllpDestination, UsesANewConnectionForEachMessageWhereNoneIsKept) {
    Peer peer([](Stream& stream, int) { Peer::answer(stream); });
    const auto to = this->to(peer.address(), {{"keep", support::scalar("false")}});
    for (int i = 1; i <= 20; ++i) EXPECT_EQ("AA", deliver(*to, std::to_string(i)).summary);
    EXPECT_EQ(20, peer.connections());
}

TEST_F(MllpDestination, SendsSeveralLanesAtOnceEachWithItsOwnAnswer) {
    support::Sink peer;
    const auto to = this->to("127.0.0.1:" + std::to_string(peer.port()),
                             {{"connections", support::scalar("3")}});
    std::atomic<int> right{0};
    std::vector<std::thread> lanes;
    for (int lane = 0; lane < 8; ++lane)
        lanes.emplace_back([&, lane] {
            for (int i = 0; i < 100; ++i) {
                const std::string id = std::to_string(lane) + "-" + std::to_string(i);
                const Answer answer = deliver(*to, id);
                right += mllp::parseAck(answer.body.view()).controlId == id;
            }
        });
    for (std::thread& lane : lanes) lane.join();
    EXPECT_EQ(800, right);
    EXPECT_EQ(800u, peer.received());
}

TEST_F(MllpDestination, NoticesPeersThatAreGoneByTheSocketItself) {
    const mllp::ListenSocket peer({"127.0.0.1", 0});
    const auto stream = Stream::connect(peer.address(), nullptr, Clock::now() + 5s);
    const auto option = [&](int level, int name) {
        int value = 0;
        socklen_t size = sizeof value;
        ::getsockopt(stream->socket(), level, name, &value, &size);
        return value;
    };
    EXPECT_EQ(1, option(IPPROTO_TCP, TCP_NODELAY));
    EXPECT_EQ(1, option(SOL_SOCKET, SO_KEEPALIVE));
    EXPECT_GE(90'000, option(IPPROTO_TCP, TCP_USER_TIMEOUT));
    EXPECT_LT(0, option(IPPROTO_TCP, TCP_USER_TIMEOUT));
    EXPECT_GE(120, option(IPPROTO_TCP, TCP_KEEPIDLE) +
                       option(IPPROTO_TCP, TCP_KEEPINTVL) * option(IPPROTO_TCP, TCP_KEEPCNT));
}

TEST_F(MllpDestination, KnowsWhetherItsBytesHaveArrived) {
    std::atomic<bool> read{false};
    Peer peer([&](Stream& stream, int) {
        while (!read) std::this_thread::yield();
        std::vector<char> buffer(1 << 20);
        std::size_t got = 0;
        while (stream.read(buffer.data(), buffer.size(), got, Clock::now() + 10s) ==
               Stream::Read::data) {
        }
    });
    const auto stream =
        Stream::connect(mllp::parseAddress(peer.address()), nullptr, Clock::now() + 5s);
    stream->write("few", Clock::now() + 5s);
    EXPECT_TRUE(stream->arrived(Clock::now() + 5s));
    EXPECT_THROW(stream->write(std::string(std::size_t{64} << 20, 'x'), Clock::now() + 100ms),
                 Error);
    EXPECT_FALSE(stream->arrived(Clock::now() + 50ms)) << "its buffer is full";
    read = true;
    EXPECT_TRUE(stream->arrived(Clock::now() + 10s));
}

TEST_F(MllpDestination, UsesNoMoreConnectionsThanConfigured) {
    std::mutex mutex;
    mutex.lock();  // the peer answers once it is unlocked
    Peer peer([&](Stream& stream, int) {
        const std::string message = Peer::read(stream);
        const std::lock_guard lock(mutex);
        stream.write(mllp::framed("MSH|^~\\&|\rMSA|AA|42\r"), Clock::now() + 5s);
    });
    const auto to = this->to(peer.address(), {{"connections", support::scalar("1")}});
    std::thread first([&] { EXPECT_EQ("AA", deliver(*to, "42").summary); });
    while (peer.connections() == 0) std::this_thread::yield();
    std::string text;
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text, 100ms));
    EXPECT_THAT(text, HasSubstr("all 1 connections are busy"));
    mutex.unlock();
    first.join();
}

TEST_F(MllpDestination, WhoWaitedForAConnectionStillGivesThePeerItsTime) {
    constexpr Milliseconds kWithin = 2s, kSlow = 1500ms;
    Peer peer([&](Stream& stream, int) {
        for (;;) {
            Peer::read(stream);
            char byte;  // nothing comes for so long
            std::size_t got = 0;
            stream.read(&byte, 1, got, Clock::now() + kSlow);
            stream.write(mllp::framed("MSH|^~\\&|\rMSA|AA|42\r"), Clock::now() + 5s);
        }
    });
    const auto to = this->to(peer.address(), {{"connections", support::scalar("1")}});
    std::vector<std::thread> both;
    for (int i = 0; i < 2; ++i)
        both.emplace_back([&] { EXPECT_EQ("AA", deliver(*to, "42", kWithin).summary); });
    for (std::thread& one : both) one.join();
}

TEST_F(MllpDestination, RefusesToGoPlainBeyondThisMachine) {
    EXPECT_THROW(to("192.0.2.1:2575"), std::runtime_error);
    EXPECT_NO_THROW(to("192.0.2.1:2575", {{"insecure", support::scalar("true")}}));
    EXPECT_NO_THROW(plugins_.destination(
        "mllp",
        support::map({{"host", support::scalar("localhost")}, {"port", support::scalar("2575")}})));
}

TEST_F(MllpDestination, RefusesABodyThatMllpCannotCarry) {
    const auto to = this->to("127.0.0.1:1");
    Delivery one;
    one.body = Bytes::copy("MSH|\x1c\r");
    EXPECT_THROW(to->deliver(one, currentTime() + 1s), Error);
}

class MllpDestinationTls : public MllpDestination {
protected:
    ~MllpDestinationTls() override { std::filesystem::remove_all(folder_); }
    static std::string makeFolder() {
        std::string name = std::filesystem::temp_directory_path() / "mllpXXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        return name;
    }
    std::unique_ptr<Destination> toTls(const Peer& peer, const std::string& ca,
                                       const support::KeyPair& own = {},
                                       const std::string& name = {}) {
        fakes::Options tls = {{"ca", support::scalar(ca)}};
        if (!own.cert.empty()) {
            tls.emplace_back("cert", support::scalar(own.cert));
            tls.emplace_back("key", support::scalar(own.key));
        }
        if (!name.empty()) tls.emplace_back("name", support::scalar(name));
        return to(peer.address(), {{"tls", support::map(tls)}});
    }
    tls::Context server(const support::KeyPair& own, const std::string& clients = {}) {
        return tls::Context(tls::Role::server, {own.cert, own.key, {}, clients, {}});
    }
    static void answerAll(Stream& stream, int) {
        for (;;) Peer::answer(stream);
    }

    const std::string folder_ = makeFolder();
    support::CertificateAuthority authority_{folder_, "authority"};
    support::CertificateAuthority foreign_{folder_, "foreign"};
    const support::KeyPair hospital_ = authority_.issue("hospital");
};

TEST_F(MllpDestinationTls, DeliversWithBothCertificates) {
    const tls::Context context = server(hospital_, authority_.file());
    Peer peer(answerAll, &context);
    const auto to = toTls(peer, authority_.file(), authority_.issue("gateway"));
    EXPECT_EQ("AA", deliver(*to, "1").summary);
    EXPECT_EQ("AA", deliver(*to, "2").summary);
    EXPECT_EQ(1, peer.connections());
}

TEST_F(MllpDestinationTls, SendsALargeMessageWhole) {
    const tls::Context context = server(hospital_);
    Peer peer(answerAll, &context);
    const auto to = toTls(peer, authority_.file());
    EXPECT_EQ("AA", to->deliver(delivery("7", std::size_t{8} << 20), currentTime() + 30s).summary);
}

TEST_F(MllpDestinationTls, IsUnavailableWhenThePeerCannotBeTrusted) {
    const tls::Context context = server(hospital_);
    Peer peer(answerAll, &context);
    std::string text;
    const auto wrongAuthority = toTls(peer, foreign_.file());
    EXPECT_EQ(Fault::unavailable, faultOf(*wrongAuthority, &text));
    EXPECT_THAT(text, HasSubstr("the peer's certificate is not accepted"));
    const auto wrongName = toTls(peer, authority_.file(), {}, "another.example");
    EXPECT_EQ(Fault::unavailable, faultOf(*wrongName, &text));
    EXPECT_THAT(text, HasSubstr("the peer's certificate is not for another.example"));

    const tls::Context expired = server(authority_.issue("expired", -1));
    Peer late(answerAll, &expired);
    const auto to = toTls(late, authority_.file());
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text));
    EXPECT_THAT(text, HasSubstr("expired"));
}

TEST_F(MllpDestinationTls, IsUnavailableWhenItsOwnCertificateIsRefused) {
    const tls::Context context = server(hospital_, authority_.file());
    Peer peer([](Stream&, int) { ADD_FAILURE() << "took a stranger"; }, &context);
    std::string text;
    const auto none = toTls(peer, authority_.file());
    EXPECT_EQ(Fault::unavailable, faultOf(*none, &text));
    EXPECT_THAT(text, HasSubstr("does not accept our certificate"));
    const auto strange = toTls(peer, authority_.file(), foreign_.issue("gateway"));
    EXPECT_EQ(Fault::unavailable, faultOf(*strange, &text));
}

TEST_F(MllpDestinationTls, IsUnavailableWhenThePeerSpeaksNoTls) {
    Peer peer([](Stream& stream, int) {
        std::array<char, 100> buffer;
        std::size_t got = 0;
        stream.read(buffer.data(), buffer.size(), got, Clock::now() + 5s);
        stream.write("what is this?", Clock::now() + 5s);
    });
    std::string text;
    const auto to = toTls(peer, authority_.file());
    EXPECT_EQ(Fault::unavailable, faultOf(*to, &text));
    EXPECT_THAT(text, HasSubstr("does not speak TLS"));
    Peer silent([](Stream& stream, int) {
        char byte;
        for (std::size_t got = 1; got != 0;)
            if (stream.read(&byte, 1, got, Clock::now() + 10s) != Stream::Read::data) got = 0;
    });
    const auto never = toTls(silent, authority_.file());
    EXPECT_EQ(Fault::unavailable, faultOf(*never, &text, 200ms));
    EXPECT_THAT(text, HasSubstr("TLS handshake was not finished in time"));
}

TEST_F(MllpDestinationTls, ReportsACertificateOfNoUseWhenItIsConfigured) {
    const support::KeyPair expired = authority_.issue("old", -1);
    const support::KeyPair other = authority_.issue("other");
    const auto refusal = [&](const std::string& cert, const std::string& key) -> std::string {
        try {
            to("127.0.0.1:1", {{"tls", support::map({{"cert", support::scalar(cert)},
                                                     {"key", support::scalar(key)}})}});
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    };
    EXPECT_EQ("", refusal(hospital_.cert, hospital_.key));
    EXPECT_THAT(refusal(expired.cert, expired.key), HasSubstr("the certificate has expired"));
    EXPECT_THAT(refusal(hospital_.cert, other.key), HasSubstr("private key"));
    EXPECT_THAT(refusal(hospital_.key, hospital_.key), HasSubstr("no certificate in PEM"));
    EXPECT_THAT(refusal(folder_ + "/none.pem", hospital_.key), HasSubstr("there is no file"));
}

TEST_F(MllpDestinationTls, SendsOneMessageForTheCommandLine) {
    const tls::Context context = server(hospital_);
    Peer peer(answerAll, &context);
    const auto sender =
        plugins_.sender("mllps", support::map({{"address", support::scalar(peer.address())},
                                               {"ca", support::scalar(authority_.file())}}));
    const Bytes body(fakes::admission("77"));
    EXPECT_EQ("AA", sender->send(body, "", currentTime() + 10s).summary);

    Peer plain([](Stream& stream, int) {
        Peer::answer(stream, Verdict::of(Error(Fault::unavailable, "", "later")));
    });
    const auto plainly =
        plugins_.sender("mllp", support::map({{"address", support::scalar(plain.address())}}));
    EXPECT_THROW(plainly->send(body, "", currentTime() + 10s), Refused);
}

}  // namespace
