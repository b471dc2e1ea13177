/// The gateway as a service: what its unit allows, that it lives with it, and that nobody looks
/// into it. What the machine does not offer (systemd, root for mounts) is skipped.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "asking.h"
#include "raw_client.h"
#include "support/gateway_process.h"
#include "support/places.h"

namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

std::string textOf(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

const std::string kProgram = std::string(support::kBuildDir) + "/passerelle";

/// A whole configuration whose store lies in `var/`, readable by everybody but for that.
void configure(const support::TemporaryFolder& folder) {
    folder.write("passerelle.yaml",
                 "store: {sqlite: var/store.db, keys: 'file:var/store.key'}\n"
                 "listeners: {portal: {http: {listen: '127.0.0.1:0'}}}\n"
                 "sources: {notes: {listener: portal, path: /notes, codec: lines}}\n"
                 "routes: [{name: all, from: notes, ignore: 'only to be taken'}]\n");
    fs::create_directory(folder.path() + "/var");
    fs::permissions(folder.path(), fs::perms(0755));
}

TEST(Service, ItsUnitIsRatedSafe) {
    if (!fs::exists("/usr/bin/systemd-analyze")) GTEST_SKIP() << "no systemd-analyze here";
    const support::Ran rated = support::run(
        {"/usr/bin/systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager",
         std::string(support::kSourceDir) + "/scripts/passerelle.service"});
    if (rated.err.find("Unknown") != rated.err.npos ||
        rated.err.find("unrecognized") != rated.err.npos)
        GTEST_SKIP() << "this systemd rates no files";
    EXPECT_EQ(0, rated.code) << rated.out << rated.err;
    EXPECT_THAT(rated.out, HasSubstr("Overall exposure level"));
}

/// As the unit says: all of the disk read-only but the state folder, another user, no capability,
/// no new privilege.
TEST(Service, LivesOnAReadOnlyDiskWithoutRights) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can mount";
    if (support::run({"/usr/bin/unshare", "-m", "/bin/true"}).code != 0)
        GTEST_SKIP() << "no mounts here";
    const support::TemporaryFolder folder;
    configure(folder);
    const std::string state = folder.path() + "/var";
    ASSERT_EQ(0, ::chown(state.c_str(), 65534, 65534));
    const std::string script =
        "mount --bind / / && mount -o remount,bind,ro / && mount --bind " + state + " " + state +
        " && mount -o remount,bind,rw " + state + " && ! touch " + folder.path() +
        "/elsewhere 2>/dev/null && exec setpriv --bounding-set=-all,+setuid,+setgid "
        "--inh-caps=-all --no-new-privs " +
        kProgram + " serve --user nobody -c " + folder.path();
    support::TemporaryFolder outside;
    support::Process process({"/usr/bin/unshare", "-m", "/bin/sh", "-c", script},
                             outside.path() + "/output");
    const std::uint16_t port = process.portAfter("\"address\":\"127.0.0.1");
    ASSERT_TRUE(support::within(std::chrono::seconds(20), [&] {
        return process.output().find("\"started\"") != std::string::npos;
    })) << process.output();
    EXPECT_THAT(support::converse("127.0.0.1:" + std::to_string(port),
                                  "POST /notes HTTP/1.1\r\nHost: a\r\nConnection: "
                                  "close\r\nContent-Length: 4\r\n\r\none\n"),
                StartsWith("HTTP/1.1 202 "));
    const std::string about = textOf("/proc/" + std::to_string(process.id()) + "/status");
    EXPECT_THAT(about, HasSubstr("Uid:\t65534\t65534\t65534\t65534"));
    EXPECT_THAT(about, HasSubstr("CapEff:\t0000000000000000"));
    EXPECT_THAT(about, HasSubstr("CapPrm:\t0000000000000000"));
    EXPECT_THAT(about, HasSubstr("NoNewPrivs:\t1"));
    struct stat memory {};
    ASSERT_EQ(0, ::stat(("/proc/" + std::to_string(process.id()) + "/maps").c_str(), &memory));
    EXPECT_EQ(0u, memory.st_uid) << "its own user could read its memory";
    EXPECT_THAT(textOf("/proc/" + std::to_string(process.id()) + "/limits"),
                testing::ContainsRegex("Max core file size +0 +0 "));
    EXPECT_EQ(std::string::npos, process.output().find("runs-as-root"));
    EXPECT_EQ(0, process.end(SIGTERM)) << process.output();
}

TEST(Service, RootIsToldToBeAnother) {
    if (::geteuid() != 0) GTEST_SKIP() << "not root";
    const support::TemporaryFolder folder;
    configure(folder);
    support::GatewayProcess gateway(folder.path());
    gateway.port();
    EXPECT_THAT(gateway.output(), HasSubstr("\"level\":\"warning\",\"event\":\"runs-as-root\""));
    EXPECT_EQ(0, gateway.end(SIGTERM));
    for (const char* const user : {"root", "nobody-of-that-name"}) {
        const support::Ran ran =
            support::passerelle({"serve", "--user", user, "-c", folder.path()});
        EXPECT_EQ(1, ran.code);
        EXPECT_THAT(ran.err, HasSubstr(std::string("--user ") + user));
    }
}

/// A secret by value is refused, one that others can read is told of, and nothing prints either.
TEST(Service, SecretsAreReferencesAndPrintedNowhere) {
    const std::string secret = "S3CRET-THAT-NOTHING-PRINTS";
    const support::TemporaryFolder folder;
    configure(folder);
    const std::string plain = textOf(folder.path() + "/passerelle.yaml");
    const auto check = [&](const std::string& reference) {
        folder.write(
            "passerelle.yaml",
            plain + "alerts: {receivers: {it: {webhook: {url: 'http://127.0.0.1:9/', secret: '" +
                reference + "'}}}}\n");
        const support::Ran ran = support::passerelle({"check", "-c", folder.path()});
        EXPECT_EQ(std::string::npos, (ran.out + ran.err).find(secret)) << ran.out << ran.err;
        return ran;
    };
    const support::Ran byValue = check(secret);
    EXPECT_EQ(1, byValue.code);
    EXPECT_THAT(byValue.out + byValue.err, HasSubstr("by reference only"));
    folder.write("hook", secret + "\n");
    fs::permissions(folder.path() + "/hook", fs::perms(0644));
    const support::Ran open = check("file:hook");
    EXPECT_EQ(0, open.code) << open.out << open.err;
    EXPECT_THAT(open.out + open.err, HasSubstr("everybody on this machine can read this secret"));
    fs::permissions(folder.path() + "/hook", fs::perms(0600));
    const support::Ran closed = check("file:hook");
    EXPECT_EQ(std::string::npos, (closed.out + closed.err).find("can read this secret"));
    support::GatewayProcess gateway(folder.path());
    gateway.port();
    EXPECT_EQ(0, gateway.end(SIGTERM));
    EXPECT_EQ(std::string::npos, gateway.output().find(secret));
}

}  // namespace
