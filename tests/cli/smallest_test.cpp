/// The test of the architecture: with two plugins that know nothing of care, the gateway accepts,
/// routes, delivers and replays.
#include <csignal>
#include <thread>

#include "cli/drop_folder.h"
#include "cli/program.h"
#include "support/plugins.h"

namespace {
using support::Program;
using support::Ran;
using support::run;
using testing::HasSubstr;

class Smallest : public support::DropFolder {
protected:
    /// What `passerelle messages list --json` says once it holds `text`; empty after 20 s.
    std::string listed(const std::string& text) const {
        for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
             std::chrono::steady_clock::now() < end;
             std::this_thread::sleep_for(std::chrono::milliseconds(20))) {
            const Ran list = run({"messages", "list", "--json", "-c", folder_.path()});
            if (list.out.find(text) != std::string::npos) return list.out;
        }
        return {};
    }

    std::vector<std::string> delivered() const {
        std::vector<std::string> texts;
        for (const auto& file : std::filesystem::directory_iterator(folder_.path() + "/out"))
            if (!file.path().filename().string().starts_with("."))
                texts.push_back(support::fileText(file.path()));
        return texts;
    }
};

TEST_F(Smallest, AcceptsRoutesDeliversAndReplays) {
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    drop("a.txt", "one\ntwo\n");
    const std::string held = listed("\"held\"");
    ASSERT_THAT(held, HasSubstr("\"id\""));
    EXPECT_TRUE(delivered().empty());

    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    program.signal(SIGHUP);
    ASSERT_NE("", program.line("\"configuration-in-force\""));
    const std::size_t at = held.find("\"id\":\"") + 6;
    const std::string id = held.substr(at, held.find('"', at) - at);
    const Ran replayed = run({"messages", "replay", "-c", folder_.path(), id});
    EXPECT_EQ(0, replayed.code) << replayed.err;
    EXPECT_NE("", listed("\"delivered\""));
    EXPECT_THAT(delivered(), testing::ElementsAre("one\ntwo\n"));

    program.signal(SIGTERM);
    EXPECT_EQ(0, program.end());
}

}  // namespace
