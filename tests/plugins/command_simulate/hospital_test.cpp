#include <filesystem>

#include "mllp/framer.h"
#include "simulated.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using support::scalar;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Hospital : public Simulated {
public:
    explicit Hospital(std::vector<std::string> words) : Simulated("hospital", std::move(words)) {}
};

const std::string kMessage =
    "MSH|^~\\&|GW|RESO|DPI|CHU|20250318094210||PPP^PCB^PPP_PCB|4711|P|2.5\rPID|||1||INVENTED^N\r";

class SimulateHospital : public testing::Test {
protected:
    ~SimulateHospital() override { std::filesystem::remove_all(folder_); }
    static std::string makeFolder() {
        std::string name = std::filesystem::temp_directory_path() / "hospitalXXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        return name;
    }
    Answer send(const Hospital& hospital, Milliseconds within = 10s, const std::string& ca = {},
                const support::KeyPair& own = {}) {
        support::Plugins plugins({"transport_mllp"});
        std::vector<std::pair<std::string, ConfigNode>> options = {
            {"address", scalar(hospital.address)}};
        if (!ca.empty()) options.emplace_back("ca", scalar(ca));
        if (!own.cert.empty()) options.emplace_back("cert", scalar(own.cert));
        if (!own.key.empty()) options.emplace_back("key", scalar(own.key));
        return plugins.sender(ca.empty() ? "mllp" : "mllps", support::map(options))
            ->send(Bytes::copy(kMessage), "", currentTime() + within);
    }
    std::optional<Fault> faultOf(std::vector<std::string> words, Milliseconds within = 10s) {
        const Hospital hospital(std::move(words));
        try {
            send(hospital, within);
        } catch (const Error& error) {
            return error.fault;
        }
        return std::nullopt;
    }

    const std::string folder_ = makeFolder();
};

TEST_F(SimulateHospital, AnswersRecordsAndSumsUpWithoutPatientData) {
    const std::string file = folder_ + "/all.mllp";
    Hospital hospital({"--record", file});
    EXPECT_EQ("AA", send(hospital).summary);
    EXPECT_EQ("AA", send(hospital).summary);
    const std::string line = "received 4711 PPP^PCB " + std::to_string(kMessage.size());
    EXPECT_THAT(hospital.stop(),
                ElementsAre(line, line,
                            "total 2 messages, " + std::to_string(2 * kMessage.size()) + " bytes"));
    EXPECT_EQ(0, hospital.code);
    EXPECT_EQ(mllp::framed(kMessage) + mllp::framed(kMessage), support::fileText(file));
}

TEST_F(SimulateHospital, RecordsOneFileForEachMessageAndEndsAfterAsManyAsTold) {
    Hospital hospital({"--record", folder_ + "/inbox/", "--count", "2"});
    send(hospital);
    send(hospital);
    EXPECT_EQ(3U, hospital.rest().size());
    EXPECT_EQ(0, hospital.code);
    EXPECT_EQ(kMessage, support::fileText(folder_ + "/inbox/00000001.hl7"));
    EXPECT_EQ(kMessage, support::fileText(folder_ + "/inbox/00000002.hl7"));
}

TEST_F(SimulateHospital, BehavesAsBadlyAsTold) {
    EXPECT_EQ(std::nullopt, faultOf({"--answer", "AA"}));
    EXPECT_EQ(std::nullopt, faultOf({"--answer", "slow", "10"}));
    EXPECT_EQ(Fault::rejected, faultOf({"--answer", "AE"}));
    EXPECT_EQ(Fault::rejected, faultOf({"--answer", "AR"}));
    EXPECT_EQ(Fault::uncertain, faultOf({"--answer", "garbage"}));
    EXPECT_EQ(Fault::uncertain, faultOf({"--answer", "close"}));
    EXPECT_EQ(Fault::uncertain, faultOf({"--answer", "none"}, 100ms));
    EXPECT_EQ(Fault::uncertain, faultOf({"--answer", "slow", "300"}, 100ms));
}

TEST_F(SimulateHospital, SpeaksTlsWithPartnersOnly) {
    support::CertificateAuthority authority(folder_, "authority");
    const support::KeyPair own = authority.issue("hospital");
    const support::KeyPair gateway = authority.issue("gateway");
    const Hospital hospital(
        {"--tls-cert", own.cert, "--tls-key", own.key, "--tls-clients", authority.file()});
    EXPECT_EQ("AA", send(hospital, 10s, authority.file(), gateway).summary);
    EXPECT_THROW(send(hospital, 10s, authority.file()), Error);
    EXPECT_THROW(send(hospital), Error);
}

TEST_F(SimulateHospital, SaysWhatIsWrongWithItsWords) {
    support::Plugins plugins({"command_simulate"});
    EXPECT_EQ(2, plugins.run("simulate hospital", {}));
    EXPECT_EQ(2, plugins.run("simulate hospital", {"--listen", "127.0.0.1:0", "--answer", "XX"}));
    EXPECT_EQ(2, plugins.run("simulate hospital", {"--listen", "127.0.0.1:0", "--what"}));
    EXPECT_EQ(1, plugins.run("simulate hospital", {"--listen", "nowhere"}));
    EXPECT_EQ(1, plugins.run("simulate hospital",
                             {"--listen", "127.0.0.1:0", "--tls-cert", folder_ + "/none.pem"}));
    EXPECT_EQ(0, plugins.run("simulate hospital", {"--help"}));
}

}  // namespace
