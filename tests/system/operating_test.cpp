/// What docs/operating.md tells an operator to do, done: its own command lines, in its own order.
#include <signal.h>

#include <filesystem>
#include <regex>

#include "asking.h"
#include "http/raw_client.h"
#include "support/gateway_process.h"
#include "support/mllp_peers.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using support::Ran;
using support::within;
using testing::HasSubstr;

const std::string kPage =
    support::fileText(std::string(support::kSourceDir) + "/docs/operating.md");
const std::string kProgram = std::string(support::kBuildDir) + "/passerelle";

/// A feed of HL7 to a hospital that may refuse, as in "Mending a lane that is stuck".
class Operating : public testing::Test {
protected:
    Operating() {
        folder_.write("passerelle.yaml",
                      "store: {sqlite: var/passerelle.db}\nadmin: {metrics: '127.0.0.1:0'}\n"
                      "listeners:\n  adt: {mllp: {listen: '127.0.0.1:0'}}\n"
                      "sources:\n  adt: {listener: adt, codec: hl7v2}\n"
                      "routes:\n  - {name: all, from: adt, to: chu-exemple/plans}\n");
        setHospital(1);
    }

    void setHospital(std::uint16_t port) {
        folder_.write(
            "partners/chu-exemple.yaml",
            "category: hospital\ndestinations:\n  plans: {mllp: {host: 127.0.0.1, port: " +
                std::to_string(port) +
                "}, codec: hl7v2, on_refusal: block, retry: {first: 10 ms, most: 50 "
                "ms}}\n");
    }
    /// Simulated, with what it is to answer.
    std::uint16_t hospital(const std::vector<std::string>& more) {
        std::vector<std::string> words{kProgram, "simulate", "hospital", "--listen", "127.0.0.1:0"};
        words.insert(words.end(), more.begin(), more.end());
        hospital_.reset();
        hospital_ = std::make_unique<support::Process>(words, other_.path() + "/hospital");
        return hospital_->portAfter("listening ");
    }
    void start(const std::string& program = kProgram) {
        gateway_.reset();
        gateway_ = std::make_unique<support::Process>(
            std::vector<std::string>{program, "serve", "-c", folder_.path()},
            folder_.path() + "/log");
        port_ = gateway_->portAfter("\"listener\":\"adt\",\"address\":\"");
        ASSERT_TRUE(within(30s, [&] {
            return gateway_->output().find("\"event\":\"started\"") != std::string::npos;
        }));
    }
    /// One admission. @return its answer
    std::string send(const std::string& id) {
        support::Client client(port_);
        return client.exchange(support::admission(id, 1, 600));
    }

    /// The line of the page that begins so, as a shell runs it here.
    Ran told(const std::string& begin, const std::string& id = {}) {
        const std::size_t at = kPage.find("\n" + begin);
        if (at == kPage.npos) throw std::runtime_error("the page has no line: " + begin);
        std::string line = kPage.substr(at + 1, kPage.find('\n', at + 1) - at - 1);
        line = line.substr(0, line.find("      #"));
        if (line.starts_with("$ ")) line.erase(0, 2);
        if (line.starts_with("`")) line = line.substr(1, line.find('`', 1) - 1);
        line = std::regex_replace(line, std::regex("build/demo"), folder_.path());
        line = std::regex_replace(line, std::regex("build/monday.db"), copy());
        line = std::regex_replace(line, std::regex("build/passerelle"), kProgram);
        line = std::regex_replace(line, std::regex("127.0.0.1:9464"),
                                  "127.0.0.1:" + std::to_string(metricsPort_));
        if (!id.empty()) line = std::regex_replace(line, std::regex("[0-9A-Z]{5}-[0-9]+"), id);
        return support::run({"/usr/bin/env", "LC_ALL=C.UTF-8", "/bin/sh", "-c", line});
    }
    std::string copy() const { return other_.path() + "/monday.db"; }
    std::uint64_t inState(const char* state) {
        return support::deliveriesIn(support::asked({"status"}, folder_.path()), state);
    }

    support::TemporaryFolder folder_, other_;
    std::unique_ptr<support::Process> hospital_, gateway_;
    std::uint16_t port_ = 0, metricsPort_ = 0;
};

TEST_F(Operating, ALaneThatIsStuckIsMendedStepByStep) {
    setHospital(hospital({"--answer", "AE"}));
    start();
    EXPECT_THAT(send("A1"), HasSubstr("MSA|AA|A1"));
    EXPECT_THAT(send("A2"), HasSubstr("MSA|AA|A2"));
    ASSERT_TRUE(within(30s, [&] { return inState("set-aside") == 1 && inState("queued") == 1; }));

    const Ran status = told("$ build/passerelle status -c build/demo");
    EXPECT_THAT(status.out, HasSubstr("Destinations"));
    EXPECT_TRUE(std::regex_search(
        status.out, std::regex("chu-exemple/plans +1 +0 +0 +0 +1 +0 +0 +0 +oldest: ")))
        << status.out;
    const Ran first = told("$ build/passerelle messages list -c build/demo --state set-aside");
    std::smatch id;
    ASSERT_TRUE(std::regex_search(first.out, id, std::regex("^([0-9A-Z]{5}-[0-9]+)  ")))
        << first.out;
    const Ran why = told("$ build/passerelle messages show -c build/demo BG8MP-1", id[1]);
    EXPECT_THAT(why.out, HasSubstr("refused by the partner: the peer refused the message with AE"));
    EXPECT_THAT(why.out, HasSubstr("  answer  "));

    // The partner has mended it.
    setHospital(hospital({}));
    kill(gateway_->id(), SIGHUP);
    ASSERT_TRUE(within(30s, [&] {
        const std::string log = gateway_->output();
        return log.find("configuration-in-force", log.find("reload-began")) != std::string::npos;
    })) << gateway_->output();
    const Ran again = told("$ build/passerelle messages replay -c build/demo BG8MP-1", id[1]);
    EXPECT_EQ(0, again.code) << again.err;
    EXPECT_THAT(again.out, HasSubstr(": replayed"));
    EXPECT_TRUE(within(30s, [&] { return inState("delivered") == 2 && inState("queued") == 0; }));
}

TEST_F(Operating, EveryFigureOfTheTableIsServed) {
    setHospital(hospital({}));
    start();
    send("A1");
    metricsPort_ = gateway_->portAfter("\"metrics-listen\",\"listen\":\"");
    ASSERT_TRUE(within(30s, [&] { return inState("delivered") == 1; }));
    EXPECT_EQ("{\"ok\":true}", told("$ curl -s http://127.0.0.1:9464/health/ready").out);
    EXPECT_THAT(
        told("$ curl -s http://127.0.0.1:9464/metrics | grep deliveries").out,
        HasSubstr(
            "passerelle_deliveries{destination=\"chu-exemple/plans\",state=\"delivered\"} 1"));
    std::string metrics;
    const auto counted =
        [&] {  // the account is made beside the messages' way, soon after the start
            metrics = told("`curl -s --unix-socket build/demo/var/admin.sock ").out;
            return metrics.find("# TYPE passerelle_reconciliation_gap ") != metrics.npos;
        };
    EXPECT_TRUE(within(30s, counted));
    const std::size_t table = kPage.find("| figure (`passerelle_…`)");
    ASSERT_NE(std::string::npos, table);
    std::istringstream rows(kPage.substr(table, kPage.find("\n\n", table) - table));
    std::size_t figures = 0;
    for (std::string row; std::getline(rows, row);) {
        const std::string cell = row.substr(0, row.find(" | ", 2));
        const std::regex name("`([a-z_]+[a-z])[`{]");
        for (std::sregex_iterator at(cell.begin(), cell.end(), name), end; at != end; ++at) {
            ++figures;
            EXPECT_THAT(metrics, HasSubstr("# TYPE passerelle_" + (*at)[1].str() + " "));
        }
    }
    EXPECT_GT(figures, 25u) << "the table was not read";
}

TEST_F(Operating, IsBackedUpCheckedAndRestored) {
    setHospital(hospital({}));
    start();
    EXPECT_THAT(send("A1"), HasSubstr("MSA|AA|A1"));
    ASSERT_TRUE(within(30s, [&] { return inState("delivered") == 1; }));
    const Ran backup = told("$ build/passerelle store backup -c build/demo build/monday.db");
    EXPECT_EQ(0, backup.code) << backup.err;
    EXPECT_THAT(backup.out + backup.err, HasSubstr("The keys are not in it"));
    EXPECT_EQ("damaged: 0\n", told("$ build/passerelle store check -c build/demo\n").err);
    const Ran copied = told("$ build/passerelle store check -c build/demo --file build/monday.db");
    EXPECT_EQ("damaged: 0\n", copied.err);
    EXPECT_EQ(0, copied.code);
    EXPECT_THAT(send("A2"), HasSubstr("MSA|AA|A2"));
    EXPECT_EQ(0, gateway_->end(SIGTERM));
    const Ran no = told("$ build/passerelle store restore -c build/demo build/monday.db\n");
    EXPECT_EQ(1, no.code);
    EXPECT_THAT(no.err, HasSubstr("the store is not empty: --force"));
    const Ran yes = told("$ build/passerelle store restore -c build/demo build/monday.db --force");
    EXPECT_EQ(0, yes.code) << yes.err;
    EXPECT_TRUE(fs::exists(folder_.path() + "/var/passerelle.db.replaced"));
    start();
    EXPECT_EQ(1u, support::asked({"status"}, folder_.path())["messages"]["accepted"].GetUint64())
        << "what came after the copy is gone";
    EXPECT_THAT(send("A2"), HasSubstr("MSA|AA|A2"));
    EXPECT_TRUE(within(30s, [&] { return inState("delivered") == 2; }));
}

/// `cmake --install` into a folder of its own: what lies where, and that it runs from there.
TEST_F(Operating, IsInstalledAndRunsFromWhereItIs) {
    const std::string root = other_.path() + "/usr/local";
    std::string line = kPage.substr(kPage.find("\ncmake --install build --prefix /usr/local") + 1);
    line = line.substr(0, line.find("      #"));
    line = std::regex_replace(line, std::regex("/usr/local"), root);
    line = std::regex_replace(line, std::regex(" build "),
                              " " + std::string(support::kBuildDir) + " ");
    const Ran installed = support::run({"/bin/sh", "-c", line});
    ASSERT_EQ(0, installed.code) << installed.err;
    const std::string program = root + "/bin/passerelle";
    for (const char* const part :
         {"/lib/systemd/system/passerelle.service", "/lib/systemd/system/passerelle-backup.timer",
          "/share/passerelle/mappings", "/share/doc/passerelle/operating.md"})
        EXPECT_TRUE(fs::exists(root + part)) << part;
    const Ran plugins = support::run({program, "plugins"});
    EXPECT_EQ(0, plugins.code) << plugins.err;
    EXPECT_THAT(plugins.out, HasSubstr("transport_mllp"));

    // The smallest configuration, as the page has it.
    for (const char* const name : {"passerelle.yaml", "partners/archive.yaml"}) {
        const std::size_t at = kPage.find(std::string("# /etc/passerelle/") + name + "\n");
        ASSERT_NE(std::string::npos, at) << name;
        std::string text = kPage.substr(at, kPage.find("```", at) - at);
        text = std::regex_replace(text, std::regex("/var/lib/passerelle"), root + "/state");
        text = std::regex_replace(text, std::regex("/usr/local/share"), root + "/share");
        folder_.write(name, std::regex_replace(text, std::regex(":2575"), ":0"));
    }
    fs::remove(folder_.path() + "/partners/chu-exemple.yaml");
    fs::create_directories(root + "/state/out");
    const Ran check = support::run({program, "check", "-c", folder_.path()});
    EXPECT_EQ(0, check.code) << check.out << check.err;
    EXPECT_EQ("", check.err) << "no warning either";
    start(program);
    EXPECT_EQ(std::string::npos, gateway_->output().find("kept-for-ever"));
    EXPECT_THAT(send("A1"), HasSubstr("MSA|AA|A1"));
    EXPECT_TRUE(within(30s, [&] { return inState("delivered") == 1; }));
    EXPECT_TRUE(fs::exists(root + "/state/keys/store.key"));
    EXPECT_EQ(0, gateway_->end(SIGTERM));
}

TEST_F(Operating, ItsUnitsAreGood) {
    if (!fs::exists("/usr/bin/systemd-analyze")) GTEST_SKIP() << "no systemd-analyze here";
    std::vector<std::string> words{"/usr/bin/systemd-analyze", "verify", "--man=no"};
    for (const char* const name :
         {"passerelle.service", "passerelle-backup.service", "passerelle-backup.timer"}) {
        const std::string unit =
            support::fileText(std::string(support::kSourceDir) + "/scripts/" + name);
        // The program is looked for; it lies here and not yet there.
        words.push_back(other_.write(
            name, std::regex_replace(unit, std::regex("/usr/local/bin/passerelle"), kProgram)));
    }
    const Ran verified = support::run(words);
    EXPECT_EQ(0, verified.code) << verified.err;
    for (const char* const name : {"passerelle.service:", "passerelle-backup"})
        EXPECT_EQ(std::string::npos, verified.err.find(name)) << verified.err;
}

}  // namespace
