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
    void make(bool clients, fakes::Options options = {}) {
        fakes::Options tls = {{"cert", scalar(server_.cert)}, {"key", scalar(server_.key)}};
        if (clients) tls.emplace_back("clients", scalar(authority_.file()));
        options.emplace_back("tls", support::map(tls));
        options.emplace_back("listen", scalar("127.0.0.1:0"));
        listener_ = plugins_.listener("mllp", support::map(options));
    }
    void start(bool clients, fakes::Options options = {}) {
        make(clients, std::move(options));
        fakes::serve(*listener_, {"adt"});
        listener_->start(gateway_);
    }
    tls::Context client(const support::KeyPair& own = {}) {
        return tls::Context(tls::Role::client, {own.cert, own.key, authority_.file(), {}, {}});
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

TEST_F(MllpListenerTls, NeedsNoClientCertificateUnlessConfigured) {
    start(false);
    EXPECT_EQ("AA 1", exchange(client()));
    EXPECT_EQ("", gateway_.inbox().arrivals().at(0).facts.get("tls.subject"));
}

TEST_F(MllpListenerTls, TellsItsSourcesByThePartnersCertificates) {
    const support::KeyPair byName = authority_.issue("chu-invente");
    const support::KeyPair bySubject = authority_.issue("machine-7");
    gateway_.partners = std::make_shared<fakes::Directory>(std::vector<Partner>{
        {"chu-invente", "hospital", "", {}, {}, {}},
        {"clinique", "hospital", "", {{"certificate", "CN=machine-7"}}, {}, {}}});
    make(true);
    fakes::serve(*listener_, {"from-chu"}, {{"from", scalar("chu-invente")}});
    fakes::serve(*listener_, {"from-clinic"}, {{"from", scalar("clinique")}});
    listener_->start(gateway_);
    EXPECT_EQ("AA 1", exchange(client(byName)));
    EXPECT_EQ("AA 1", exchange(client(bySubject)));
    EXPECT_EQ("AR 1", exchange(client(authority_.issue("somebody"))));
    ASSERT_EQ(2U, gateway_.inbox().arrivals().size());
    EXPECT_EQ("from-chu", gateway_.inbox().arrivals()[0].source);
    EXPECT_EQ("from-clinic", gateway_.inbox().arrivals()[1].source);
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
