/// `passerelle store` as a user runs it, beside a running gateway and without one.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using support::Program;
using support::Ran;
using support::run;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr uid_t kAnybody = 65534;

/// Root, whom no right stops, is somebody else meanwhile: in all but what it goes back to, so that
/// whoever it starts is trusted with the folder it lies in.
class AsAnybody {
public:
    AsAnybody() : was_(::geteuid()) {
        if (was_ == 0) {
            EXPECT_EQ(0, ::setresuid(kAnybody, kAnybody, 0));
        }
    }
    ~AsAnybody() {
        if (was_ == 0) {
            EXPECT_EQ(0, ::setresuid(0, 0, 0));
        }
    }
    AsAnybody(const AsAnybody&) = delete;
    AsAnybody& operator=(const AsAnybody&) = delete;

    /// A folder of root's own keeps everybody else from what is built there.
    static bool canRun() {
        const AsAnybody other;
        return ::access((std::string(support::kBuildDir) + "/passerelle").c_str(), X_OK) == 0;
    }

private:
    uid_t was_;
};

class StoreCommand : public testing::Test {
protected:
    StoreCommand() {
        folder_.write("in/.keep", "");
        const std::string plugins = std::string(support::kBuildDir) + "/plugins/";
        folder_.write("passerelle.yaml",
                      "store: {sqlite: var/p.db}\n"
                      "plugins: {files: [" +
                          plugins + "codec_lines.so, " + plugins +
                          "transport_folder.so]}\n"
                          "sources: {drop: {folder: {path: in, every: 50 ms}, codec: lines, "
                          "keep: {body: 30 d, metadata: 365 d}}}\n");
    }

    Ran store(std::vector<std::string> words) const {
        words.insert(words.begin(), "store");
        words.insert(words.end(), {"-c", folder_.path()});
        return run(words);
    }
    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
    std::string list() const {
        return run({"messages", "list", "--json", "-c", folder_.path()}).out;
    }
    /// Until the gateway holds one message: no route takes it.
    void dropOne() {
        folder_.write("in/.a.txt", "one\n");
        fs::rename(path("in/.a.txt"), path("in/a.txt"));
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (list().find("\"held\"") == std::string::npos)
            ASSERT_LT(std::chrono::steady_clock::now(), end);
    }

    support::ConfigFolder folder_;
};

TEST_F(StoreCommand, BacksUpARunningGatewayAndPutsItBack) {
    {
        Program program({"serve", "-c", folder_.path()});
        ASSERT_NE("", program.line("\"started\""));
        dropOne();
        const Ran made = store({"backup", path("copy.db")});
        EXPECT_EQ(0, made.code) << made.err;
        EXPECT_EQ(path("copy.db") + "\n", made.out);
        EXPECT_THAT(made.err, HasSubstr("certs/store.key"));
        struct stat status {};
        ASSERT_EQ(0, ::stat(path("copy.db").c_str(), &status));
        EXPECT_EQ(0600u, status.st_mode & 0777u);
        EXPECT_EQ(1, store({"backup", path("copy.db")}).code) << "never over a file";
        const Ran checked = store({"check"});
        EXPECT_EQ(0, checked.code);
        EXPECT_THAT(checked.err, HasSubstr("damaged: 0"));
        const Ran restored = store({"restore", path("copy.db"), "--force"});
        EXPECT_EQ(1, restored.code);
        EXPECT_THAT(restored.err, HasSubstr("in use by another process: stop the gateway first"));
        program.signal(SIGTERM);
        EXPECT_EQ(0, program.end());
    }
    EXPECT_THAT(store({"restore", path("copy.db")}).err, HasSubstr("not empty"));
    fs::remove_all(path("var"));
    const Ran restored = store({"restore", path("copy.db")});
    EXPECT_EQ(0, restored.code) << restored.err;
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    EXPECT_THAT(list(), HasSubstr("\"held\""));
}

TEST_F(StoreCommand, WorksWithoutARunningGatewayToo) {
    EXPECT_THAT(store({"check"}).err, HasSubstr("there is no store here"));
    {
        Program program({"serve", "-c", folder_.path()});
        ASSERT_NE("", program.line("\"started\""));
        dropOne();
        program.signal(SIGKILL);
        program.end();
    }
    EXPECT_EQ(0, store({"check"}).code);
    EXPECT_EQ(0, store({"backup", path("copy.db")}).code);
    EXPECT_EQ(0, store({"check", "--file", path("copy.db")}).code);
    const Ran json = store({"check", "--json"});
    EXPECT_EQ("{\"damaged\":[]}\n", json.out);
    std::fstream file(path("copy.db"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 3);
    file << std::string(4096 * 20, 'x');
    file.close();
    const Ran damaged = store({"check", "--file", path("copy.db"), "--lang", "fr"});
    EXPECT_EQ(1, damaged.code);
    fs::remove_all(path("var"));
    const Ran refused = store({"restore", path("copy.db")});
    EXPECT_EQ(1, refused.code);
    EXPECT_EQ(0u, fs::file_size(path("var/p.db"))) << "nothing was restored";
}

TEST_F(StoreCommand, WhoMayNotReadIsToldAsWhomToAsk) {
    if (!AsAnybody::canRun()) GTEST_SKIP() << "only root may run what is built in this folder";
    const auto check = [&](const std::string& hidden, std::vector<std::string> words) {
        ASSERT_EQ(0, ::chmod(hidden.c_str(), 0));
        words.insert(words.end(), {"-c", folder_.path()});
        const auto runAsAnybody = [&] {
            const AsAnybody other;
            return run(words);
        };
        const Ran english = runAsAnybody();
        words.insert(words.end(), {"--lang", "fr"});
        const Ran french = runAsAnybody();
        ASSERT_EQ(0, ::chmod(hidden.c_str(), 0755));
        EXPECT_EQ(1, english.code);
        EXPECT_THAT(english.out + english.err,
                    testing::AllOf(HasSubstr("may not read it"), HasSubstr("runuser -u passerelle"),
                                   testing::Not(HasSubstr("internal"))));
        EXPECT_THAT(french.out + french.err, HasSubstr("n'a pas le droit de le lire"));
    };
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"status"}, {"check"}, {"store", "check"}, {"messages", "list"}})
        check(folder_.path(), words);
    fs::create_directories(path("var"));
    ASSERT_EQ(0, ::chmod(folder_.path().c_str(), 0755));
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"status"}, {"store", "check"}, {"store", "backup", path("copy.db")}})
        check(path("var"), words);
}

TEST_F(StoreCommand, ACopyIsCheckedWithoutAnythingMadeBesideIt) {
    if (!AsAnybody::canRun()) GTEST_SKIP() << "only root may run what is built in this folder";
    {
        Program program({"serve", "-c", folder_.path()});
        ASSERT_NE("", program.line("\"started\""));
        dropOne();
        fs::create_directories(path("copies"));
        EXPECT_EQ(0, store({"backup", path("copies/copy.db")}).code);
        program.signal(SIGTERM);
        EXPECT_EQ(0, program.end());
    }
    ASSERT_EQ(0, ::chmod(path("copies").c_str(), 0555));
    for (const char* const one : {"copies/copy.db", "certs/store.key", "certs"})
        if (::geteuid() == 0) {
            ASSERT_EQ(0, ::chown(path(one).c_str(), kAnybody, kAnybody));
        }
    ASSERT_EQ(0, ::chmod(folder_.path().c_str(), 0755));
    const Ran checked = [&] {
        const AsAnybody other;
        return store({"check", "--file", path("copies/copy.db")});
    }();
    ASSERT_EQ(0, ::chmod(path("copies").c_str(), 0755));
    EXPECT_EQ(0, checked.code) << checked.err;
    EXPECT_EQ(1, std::distance(fs::directory_iterator(path("copies")), {})) << "nothing is left";
}

TEST_F(StoreCommand, WhatRootPutsBackBelongsToWhoseFolderItIs) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
    {
        Program program({"serve", "-c", folder_.path()});
        ASSERT_NE("", program.line("\"started\""));
        dropOne();
        program.signal(SIGTERM);
        EXPECT_EQ(0, program.end());
    }
    ASSERT_EQ(0, store({"backup", path("copy.db")}).code);
    constexpr uid_t kService = 65534;
    const auto ownerOf = [&](const std::string& name) {
        struct stat status {};
        EXPECT_EQ(0, ::lstat(path(name).c_str(), &status)) << name;
        return status.st_uid;
    };
    for (const char* const name : {"var", "var/p.db", "var/p.db.lock"})
        ASSERT_EQ(0, ::chown(path(name).c_str(), kService, kService)) << name;
    const Ran restored = store({"restore", path("copy.db"), "--force"});
    EXPECT_EQ(0, restored.code) << restored.err;
    for (const char* const name : {"var/p.db", "var/p.db.lock", "var/p.db.replaced"})
        EXPECT_EQ(kService, ownerOf(name)) << name;
    EXPECT_EQ(0u, ownerOf("copy.db")) << "the copy stays its owner's";

    fs::remove_all(path("var"));
    ASSERT_EQ(0, ::chown(folder_.path().c_str(), kService, kService));
    EXPECT_EQ(0, store({"restore", path("copy.db")}).code);
    for (const char* const name : {"var", "var/p.db", "var/p.db.lock"})
        EXPECT_EQ(kService, ownerOf(name)) << name << ", on a new machine";
}

TEST_F(StoreCommand, SpeaksFrench) {
    const Ran none = store({"check", "--lang", "fr"});
    EXPECT_THAT(none.err, HasSubstr("il n'y a pas de base ici"));
    EXPECT_EQ(1, none.code);
}

}  // namespace
