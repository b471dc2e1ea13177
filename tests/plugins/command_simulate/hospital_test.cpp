#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "mllp/framer.h"
#include "support/plugins.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using support::scalar;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// `passerelle simulate hospital WORDS…` in a process of its own.
class Hospital {
public:
    explicit Hospital(std::vector<std::string> words) {
        words.insert(words.begin(), {"--listen", "127.0.0.1:0"});
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        std::fflush(stdout);  // or the child would say again what waits there
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::close(ends[1]);
            ::_exit(support::Plugins({"command_simulate"}).run("simulate hospital", words));
        }
        ::close(ends[1]);
        output_.reset(::fdopen(ends[0], "r"));
        const std::string first = line();
        if (first.starts_with("listening ")) address = first.substr(10);
    }
    ~Hospital() {
        if (process_ > 0) stop();
    }
    /// @return what it prints until it ends
    std::vector<std::string> stop() {
        ::kill(process_, SIGTERM);
        return rest();
    }
    std::vector<std::string> rest() {
        std::vector<std::string> lines;
        for (std::string one = line(); !one.empty(); one = line()) lines.push_back(one);
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return lines;
    }
    std::string line() {
        char text[1000];
        if (std::fgets(text, sizeof text, output_.get()) == nullptr) return {};
        std::string one(text);
        one.pop_back();
        return one;
    }

    std::string address;
    int code = -1;

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    pid_t process_ = 0;
    std::unique_ptr<std::FILE, Close> output_;
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
