#include <poll.h>

#include <filesystem>

#include "fakes.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using fakes::admission;
using fakes::Client;
using mllp::framed;
using namespace std::chrono_literals;
using support::scalar;
using testing::HasSubstr;

class MllpListenerTls : public testing::Test {
protected:
    ~MllpListenerTls() override {
        if (listener_) listener_->stop(5s);
        std::filesystem::remove_all(folder_);
    }
    static std::string makeFolder() {
        std::string name = std::filesystem::temp_directory_path() / "mllpXXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        return name;
    }
    void make(bool clients, fakes::Options options = {}, const fakes::Options& more = {}) {
        fakes::Options tls = {{"cert", scalar(server_.cert)}, {"key", scalar(server_.key)}};
        tls.insert(tls.end(), more.begin(), more.end());
        if (clients) tls.emplace_back("clients", scalar(authority_.file()));
        options.emplace_back("tls", support::map(tls));
        options.emplace_back("listen", scalar("127.0.0.1:0"));
        listener_ = plugins_.listener("mllp", support::map(options));
    }
    void start(bool clients, fakes::Options options = {}, const fakes::Options& more = {}) {
        make(clients, std::move(options), more);
        fakes::serve(*listener_, {"adt"});
        listener_->start(gateway_);
    }
    tls::Context client(const support::KeyPair& own = {}) {
        return tls::Context(tls::Role::client, {own.cert, own.key, authority_.file(), {}, {}});
    }
    /// The subject of the certificate that the listener shows now.
    std::string shown() {
        const tls::Context context = client(authority_.issue("anyone"));
        const mllp::Address address = mllp::parseAddress(listener_->address());
        const auto stream = mllp::Stream::connect(address, nullptr, mllp::Clock::now() + 5s);
        tls::Session session(context, stream->socket(), address.host);
        for (;;) {
            const tls::Session::Result result = session.handshake();
            if (result == tls::Session::Result::done) return session.peer().subject;
            pollfd one{
                stream->socket(),
                static_cast<short>(result == tls::Session::Result::wantWrite ? POLLOUT : POLLIN),
                0};
            if (::poll(&one, 1, 5000) != 1) return "nothing";
        }
    }
    /// SHA-256 of a certificate; with colons as OpenSSL prints it.
    static std::string fingerprint(const support::KeyPair& pair, const std::string& between) {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(pair.cert.c_str(), "r"),
                                                                 &std::fclose);
        X509* const one = PEM_read_X509(in.get(), nullptr, nullptr, nullptr);
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        X509_digest(one, EVP_sha256(), digest, &size);
        X509_free(one);
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            char two[3];
            std::snprintf(two, sizeof two, between.empty() ? "%02x" : "%02X", digest[i]);
            text += (i == 0 ? "" : between) + two;
        }
        return text;
    }
    std::string exchange(const tls::Context& context) {
        try {
            Client client(listener_->address(), &context);
            client.send(framed(admission("1")));
            return client.ack();
        } catch (const Error& error) {
            return error.what();
        }
    }

    const std::string folder_ = makeFolder();
    support::CertificateAuthority authority_{folder_, "authority"};
    support::CertificateAuthority foreign_{folder_, "foreign"};
    const support::KeyPair server_ = authority_.issue("gateway");
    support::Plugins plugins_{{"transport_mllp"}};
    fakes::Gateway gateway_;
    std::unique_ptr<Listener> listener_;
};

TEST_F(MllpListenerTls, TellsWhoTheSenderIs) {
    start(true);
    EXPECT_EQ("AA 1", exchange(client(authority_.issue("chu-invente"))));
    const Facts facts = gateway_.inbox().arrivals().at(0).facts;
    EXPECT_EQ("CN=chu-invente", facts.get("tls.subject"));
    EXPECT_EQ(64U, facts.get("tls.fingerprint").size());
}

TEST_F(MllpListenerTls, TakesNothingFromStrangers) {
    start(true);
    EXPECT_THAT(exchange(client()), HasSubstr("does not accept our certificate"));
    EXPECT_NE("AA 1", exchange(client(foreign_.issue("chu-invente"))));
    EXPECT_NE("AA 1", exchange(client(authority_.issue("expired", -1))));
    EXPECT_TRUE(gateway_.inbox().arrivals().empty());
    EXPECT_TRUE(gateway_.log().has("cause=the peer shows no certificate"));
    EXPECT_TRUE(gateway_.log().has("certificate has expired"));
}

TEST_F(MllpListenerTls, RefusesWhatIsNotValidYet) {
    start(true);
    EXPECT_NE("AA 1", exchange(client(authority_.issue("early", 90, "DNS:localhost", 5))));
    EXPECT_TRUE(gateway_.log().has("not valid yet"));
}

TEST_F(MllpListenerTls, RefusesWhoIsRevokedAlsoWhileConnected) {
    const support::KeyPair gone = authority_.issue("gone"), leaving = authority_.issue("leaving");
    const std::string list = authority_.list({gone.cert});
    start(true, {}, {{"crl", scalar(list)}});
    EXPECT_THAT(exchange(client(gone)), HasSubstr("alert certificate revoked"));
    EXPECT_TRUE(gateway_.log().has(
        "their certificate has been revoked fingerprint=" + fingerprint(gone, "") + " count=1"));
    const tls::Context theirs = client(leaving), other = client(authority_.issue("chu-invente"));
    Client open(listener_->address(), &theirs), stays(listener_->address(), &other);
    open.send(framed(admission("1")));
    EXPECT_EQ("AA 1", open.ack());
    stays.send(framed(admission("1")));
    EXPECT_EQ("AA 1", stays.ack());
    authority_.list({gone.cert, leaving.cert});
    Findings findings;
    listener_->refresh(findings);
    EXPECT_FALSE(findings.failed());
    const std::size_t before = gateway_.inbox().arrivals().size();
    open.send(framed(admission("2")));
    EXPECT_FALSE(open.frame());
    EXPECT_EQ(before, gateway_.inbox().arrivals().size());
    EXPECT_THAT(exchange(theirs), HasSubstr("alert certificate revoked"));
    stays.send(framed(admission("2")));
    EXPECT_EQ("AA 2", stays.ack());
}

TEST_F(MllpListenerTls, SeesFilesThatChangeByThemselves) {
    const support::KeyPair leaving = authority_.issue("leaving");
    const std::string list = authority_.list({});
    start(true, {}, {{"crl", scalar(list)}});
    const tls::Context theirs = client(leaving);
    EXPECT_EQ("AA 1", exchange(theirs));
    authority_.list({leaving.cert});
    EXPECT_TRUE(gateway_.log().has("tls-files-taken"));
    EXPECT_THAT(exchange(theirs), HasSubstr("alert certificate revoked"));
}

TEST_F(MllpListenerTls, NeedsNoClientCertificateUnlessConfigured) {
    start(false);
    EXPECT_EQ("AA 1", exchange(client()));
    EXPECT_EQ("", gateway_.inbox().arrivals().at(0).facts.get("tls.subject"));
}

TEST_F(MllpListenerTls, TellsItsSourcesByThePartnersCertificates) {
    const support::KeyPair byName = authority_.issue("chu-invente");
    const support::KeyPair bySubject = authority_.issue("machine-7");
    const support::KeyPair byPrint = authority_.issue("machine-8");
    const support::KeyPair byPrinted = authority_.issue("machine-9");
    gateway_.partners = std::make_shared<fakes::Directory>(std::vector<Partner>{
        {"chu-invente", "hospital", "", {}, {}, {}},
        {"clinique", "hospital", "", {{"certificate", "CN=machine-7"}}, {}, {}},
        {"labo", "lab", "", {{"certificate", fingerprint(byPrint, "")}}, {}, {}},
        {"radio", "lab", "", {{"certificate", fingerprint(byPrinted, ":")}}, {}, {}},
        {"pharmacie", "pharmacy", "", {}, {}, {}}});
    make(true);
    fakes::serve(*listener_, {"from-chu"}, {{"from", scalar("chu-invente")}});
    fakes::serve(*listener_, {"from-others"},
                 {{"from", support::list({scalar("clinique"), scalar("labo"), scalar("radio")})}});
    listener_->start(gateway_);
    EXPECT_EQ("AA 1", exchange(client(byName)));
    for (const support::KeyPair& other : {bySubject, byPrint, byPrinted})
        EXPECT_EQ("AA 1", exchange(client(other)));
    EXPECT_EQ("AR 1", exchange(client(authority_.issue("pharmacie"))));  // sends to no source
    std::vector<std::string> sources;
    for (const Arrival& arrival : gateway_.inbox().arrivals()) sources.push_back(arrival.source);
    EXPECT_THAT(sources,
                testing::ElementsAre("from-chu", "from-others", "from-others", "from-others"));
}

TEST_F(MllpListenerTls, LetsNobodyInWhoIsNoPartnerWhereSourcesNameTheirs) {
    gateway_.partners = std::make_shared<fakes::Directory>(
        std::vector<Partner>{{"chu-invente", "hospital", "", {}, {}, {}}});
    make(true);
    fakes::serve(*listener_, {"from-chu"}, {{"from", scalar("chu-invente")}});
    listener_->start(gateway_);
    const support::KeyPair stranger = authority_.issue("somebody");
    EXPECT_THAT(exchange(client(stranger)), HasSubstr("does not accept our certificate"));
    EXPECT_EQ("AA 1", exchange(client(authority_.issue("chu-invente"))));
    EXPECT_EQ(1U, gateway_.inbox().arrivals().size());
    EXPECT_TRUE(gateway_.log().has("mllp connection refused"));
    EXPECT_TRUE(gateway_.log().has("cause=the peer's certificate is no partner's fingerprint=" +
                                   fingerprint(stranger, "") + " count=1"));
    // A partner from now on, without a restart.
    gateway_.partners = std::make_shared<fakes::Directory>(std::vector<Partner>{
        {"chu-invente", "hospital", "", {{"certificate", "CN=somebody"}}, {}, {}}});
    EXPECT_EQ("AA 1", exchange(client(stranger)));
}

TEST_F(MllpListenerTls, AMessageOfAnotherPartnerIsToldAR) {
    gateway_.partners = std::make_shared<fakes::Directory>(
        std::vector<Partner>{{"chu", "hospital", "", {}, {{"receiving_facility", "CHU"}}, {}},
                             {"clinique", "hospital", "", {{"finess", "980000002"}}, {}, {}},
                             {"autre", "hospital", "", {{"finess", "980000003"}}, {}, {}}});
    gateway_.endpoints = {{.name = "groupe", .partners = {"chu", "clinique"}}};
    make(true);
    fakes::serve(*listener_, {"adt"}, {{"from", scalar("groupe")}});
    listener_->start(gateway_);
    const tls::Context context = client(authority_.issue("groupe"));
    Client group(listener_->address(), &context);
    const auto told = [&](const std::string& message) {
        group.send(framed(message));
        return group.frame().value_or("none");
    };
    EXPECT_THAT(told(admission("1")), HasSubstr("MSA|AA|1"));
    EXPECT_THAT(told(admission("2", "DPI", "980000002")), HasSubstr("MSA|AA|2"));
    EXPECT_THAT(told(admission("3", "DPI", "980000003")),
                testing::AllOf(HasSubstr("MSA|AR|3"), HasSubstr("ERR||MSH^1^4^1|")));
    EXPECT_THAT(told(admission("4", "autre", "")),
                testing::AllOf(HasSubstr("MSA|AR|4"), HasSubstr("ERR||MSH^1^3^1|")));
    EXPECT_THAT(told(admission("5", "X", "Y")),
                testing::AllOf(HasSubstr("MSA|AR|5"), HasSubstr("ERR||MSH^1^4^1|")))
        << "it acts for several and names none";
    EXPECT_THAT(told(admission("6") + admission("7", "DPI", "980000002")),
                testing::AllOf(HasSubstr("MSA|AR|6"), HasSubstr("ERR||MSH^1^4^1|")))
        << "another's message behind one of its own";
    std::vector<std::string> partners;
    for (const Arrival& arrival : gateway_.inbox().arrivals())
        partners.emplace_back(arrival.facts.get("who.partner"));
    EXPECT_THAT(partners, testing::ElementsAre("chu", "clinique"));
    EXPECT_THAT(
        gateway_.told().records(),
        testing::ElementsAre("sign-in groupe chu", "sign-in groupe clinique", "refusal groupe ",
                             "refusal groupe ", "refusal groupe ", "refusal groupe "));
}

TEST_F(MllpListenerTls, ShowsARenewedCertificateAndDropsNoConnection) {
    start(true);
    const tls::Context context = client(authority_.issue("chu-invente"));
    Client open(listener_->address(), &context);
    open.send(framed(admission("1")));
    EXPECT_EQ("AA 1", open.ack());
    const std::string former = shown();
    const support::KeyPair renewed = authority_.issue("renewed");
    std::filesystem::copy_file(renewed.cert, server_.cert,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(renewed.key, server_.key,
                               std::filesystem::copy_options::overwrite_existing);
    Findings findings;
    listener_->refresh(findings);
    EXPECT_FALSE(findings.failed());
    EXPECT_NE(former, shown());
    EXPECT_EQ("CN=renewed", shown());
    open.send(framed(admission("2")));
    EXPECT_EQ("AA 2", open.ack());
}

TEST_F(MllpListenerTls, KeepsTheFormerCertificateWhenTheFilesAreWrong) {
    start(true);
    const std::string former = shown();
    const auto finding = [&] {
        Findings findings;
        listener_->refresh(findings);
        EXPECT_EQ(former, shown());
        for (const Finding& one : findings.all())
            if (one.severity >= Severity::error) return one.text;
        return std::string("none");
    };
    const support::KeyPair other = authority_.issue("other");
    const auto copy = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(other.cert, server_.cert, copy);
    EXPECT_THAT(finding(), HasSubstr(server_.key + ": "));  // of the former certificate
    std::filesystem::copy_file(authority_.issue("expired", -1).cert, server_.cert, copy);
    EXPECT_EQ(server_.cert + ": the certificate has expired", finding());
    std::filesystem::resize_file(server_.cert, 100);
    EXPECT_THAT(finding(), HasSubstr(server_.cert + ": the file holds no certificate in PEM"));
    std::filesystem::remove(server_.cert);
    EXPECT_THAT(finding(), HasSubstr(server_.cert + ": the file holds no certificate in PEM"));
}

TEST_F(MllpListenerTls, ServesConnectionsWhileManyShakeHands) {
    start(true);
    const tls::Context context = client(authority_.issue("chu-invente"));
    Client open(listener_->address(), &context);
    std::vector<std::thread> crowd;
    std::atomic<int> welcome{0};
    for (int i = 0; i < 8; ++i)
        crowd.emplace_back([&] {
            for (int n = 0; n < 20; ++n) welcome += exchange(context) == "AA 1";
        });
    for (int i = 0; i < 200; ++i) {
        open.send(framed(admission(std::to_string(i))));
        EXPECT_EQ("AA " + std::to_string(i), open.ack());
    }
    for (std::thread& one : crowd) one.join();
    EXPECT_EQ(160, welcome);
}

TEST_F(MllpListenerTls, RefusesConnectionsOverItsLimitBeforeAHandshake) {
    start(true, {{"connections", scalar("1")}});
    const tls::Context context = client(authority_.issue("chu-invente"));
    Client open(listener_->address(), &context);
    open.send(framed(admission("1")));
    EXPECT_EQ("AA 1", open.ack());
    EXPECT_THROW(Client(listener_->address(), &context), Error);
    EXPECT_TRUE(gateway_.log().has("cause=too many connections count=1"));
    open.send(framed(admission("2")));
    EXPECT_EQ("AA 2", open.ack());
}

TEST_F(MllpListenerTls, OutlivesPeersThatGoInTheMiddleOfAHandshake) {
    start(true);
    const tls::Context context = client(authority_.issue("chu-invente"));
    std::string hello;
    {
        fakes::Peer thief([&](mllp::Stream& stream, int) {
            char bytes[4096];
            std::size_t got = 0;
            stream.read(bytes, sizeof bytes, got, mllp::Clock::now() + 5s);
            hello.assign(bytes, got);
        });
        EXPECT_THROW(Client(thief.address(), &context), Error);
    }
    ASSERT_GT(hello.size(), 100U);
    for (std::size_t size = 0; size <= hello.size(); size += 10) {
        Client half(listener_->address());
        half.send(hello.substr(0, size));
        if (size % 20 == 0) half.closeOutput();
    }
    EXPECT_EQ("AA 1", exchange(context));
}

TEST_F(MllpListenerTls, ReadsLargeAndPipelinedFrames) {
    start(true);
    const tls::Context context = client(authority_.issue("chu-invente"));
    Client client(listener_->address(), &context);
    std::string all = framed(admission("0") + std::string(std::size_t{5} << 20, 'x'));
    for (int i = 1; i < 200; ++i) mllp::appendFrame(all, admission(std::to_string(i)));
    std::thread sender([&] { client.send(all.substr(0, all.size() / 2)); });
    sender.join();
    client.send(all.substr(all.size() / 2));
    for (int i = 0; i < 200; ++i) ASSERT_EQ("AA " + std::to_string(i), client.ack());
}

TEST_F(MllpListenerTls, ServesOthersWhileAHandshakeStalls) {
    start(true, {{"mid_frame", scalar("200 ms")}});
    Client silent(listener_->address());
    Client plain(listener_->address());
    plain.send(framed(admission("1")));
    EXPECT_EQ("AA 1", exchange(client(authority_.issue("chu-invente"))));
    EXPECT_TRUE(silent.closed());
    EXPECT_FALSE(plain.frame());
    EXPECT_EQ(1U, gateway_.inbox().arrivals().size());
}

TEST_F(MllpListenerTls, StopsWhileConnected) {
    start(true);
    const tls::Context context = client(authority_.issue("chu-invente"));
    Client client(listener_->address(), &context);
    client.send(framed(admission("1")));
    EXPECT_EQ("AA 1", client.ack());
    const auto begin = mllp::Clock::now();
    listener_->stop(10s);
    EXPECT_LT(mllp::Clock::now() - begin, 5s);
    EXPECT_TRUE(client.closed());
}

}  // namespace
