/// The gateway knows no health format: it works with two plugins that know none, and its sources
/// name none.
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "asking.h"
#include "support/gateway_process.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using support::asked;
using support::itemsAt;
using support::Json;
using support::textAt;
using support::within;

constexpr const char* kSources =
    "store: {sqlite: var/lines.db}\nplugins: {folder: plugins}\nsources:\n"
    "  drop: {folder: {path: in, every: 20 ms}, codec: lines}\n"
    "  stray: {folder: {path: stray, every: 20 ms}, codec: lines}\n";

class WithoutHealth : public testing::Test {
protected:
    WithoutHealth() {
        for (const char* const name : {"/in", "/stray", "/out", "/plugins"})
            fs::create_directory(folder_.path() + name);
        for (const char* const name : {"/plugins/codec_lines.so", "/plugins/transport_folder.so"})
            fs::copy(std::string(support::kBuildDir) + name, folder_.path() + name);
        folder_.write("partners/archive.yaml",
                      "destinations: {lines: {folder: {path: out}, codec: lines, retry: "
                      "{first: 20 ms, most: 100 ms}}}\n");
        route("drop");
    }

    void route(const std::string& from) {
        folder_.write("passerelle.yaml", kSources + ("routes: [{name: all, from: [" + from +
                                                     "], to: archive/lines}]\n"));
    }

    /// Complete by rename, as the folder asks for.
    void drop(const std::string& name, const std::string& text) {
        const fs::path path = folder_.path() + "/" + name;
        const fs::path hidden = path.parent_path() / ("." + path.filename().string());
        folder_.write(fs::relative(hidden, folder_.path()), text);
        fs::rename(hidden, path);
    }

    std::size_t count(const std::string& state) const {
        return asked({"messages", "list", "--state", state}, folder_.path())["messages"].Size();
    }
    std::string onlyId(const std::string& state, const std::string& source) const {
        const Json list =
            asked({"messages", "list", "--state", state, "--source", source}, folder_.path());
        return list["messages"].Size() == 1 ? textAt(list["messages"][0], "id") : "";
    }
    support::Ran replay(const std::string& id) const {
        return support::passerelle({"messages", "replay", id, "-c", folder_.path()});
    }
    Json shown(const std::string& id) const {
        return asked({"messages", "show", id}, folder_.path());
    }
    std::vector<std::string> out() const { return support::textsIn(folder_.path() + "/out"); }

    support::TemporaryFolder folder_;
};

TEST_F(WithoutHealth, AcceptsRoutesDeliversHoldsAndReplays) {
    const support::Ran plugins =
        support::passerelle({"plugins", "--plugins", folder_.path() + "/plugins", "--json"});
    ASSERT_EQ(0, plugins.code) << plugins.err;
    for (const char* const other : {"hl7v2", "fhir", "json", "fml", "mllp", "http"})
        EXPECT_THAT(plugins.out, testing::Not(testing::HasSubstr(other)));

    support::GatewayProcess gateway(folder_.path());
    ASSERT_TRUE(within(10s, [&] { return gateway.output().find("started") != std::string::npos; }));
    drop("in/good.txt", "one\ntwo\n");
    ASSERT_TRUE(within(10s, [&] { return count("delivered") == 1; })) << gateway.output();
    EXPECT_THAT(out(), testing::ElementsAre("one\ntwo\n"));
    EXPECT_EQ("translated", textAt(shown(onlyId("delivered", "drop")), "state"));

    drop("in/cut.txt", "one\ntwo");
    drop("stray/stray.txt", "three\n");
    ASSERT_TRUE(within(10s, [&] { return count("held") == 2; })) << gateway.output();
    const std::string cut = onlyId("held", "drop"), stray = onlyId("held", "stray");
    for (const std::string& id : {cut, stray}) {
        const Json before = shown(id);
        EXPECT_NE("", textAt(before["reason"], "en"));
        EXPECT_NE(textAt(before["reason"], "en"), textAt(before["reason"], "fr"));
        EXPECT_EQ(0, replay(id).code);
        ASSERT_TRUE(within(10s, [&] { return textAt(shown(id), "state") == "held"; }));
        EXPECT_EQ(textAt(before["reason"], "en"), textAt(shown(id)["reason"], "en"));
    }
    EXPECT_THAT(textAt(shown(cut)["reason"], "en"), testing::HasSubstr("byte 4"));

    route("drop, stray");
    kill(gateway.id(), SIGHUP);
    ASSERT_TRUE(within(
        10s, [&] { return gateway.output().find("configuration-in-force") != std::string::npos; }));
    EXPECT_EQ(0, replay(stray).code);
    ASSERT_TRUE(within(10s, [&] { return out().size() == 2; })) << gateway.output();
    EXPECT_THAT(out(), testing::UnorderedElementsAre("one\ntwo\n", "three\n"));
    EXPECT_TRUE(within(10s, [&] { return textAt(shown(stray), "state") == "translated"; }));
    const Json status = asked({"status"}, folder_.path());
    EXPECT_EQ(3u, status["messages"]["accepted"].GetUint64());
    EXPECT_EQ(2u, status["messages"]["translated"].GetUint64());
    EXPECT_EQ(1u, status["messages"]["held"].GetUint64());
    EXPECT_EQ(2u, support::deliveriesIn(status, "delivered"));
    EXPECT_EQ(0, gateway.end(SIGTERM)) << gateway.output();
}

TEST_F(WithoutHealth, WhatWaitsForAFolderIsThereAfterARestart) {
    fs::remove(folder_.path() + "/out");
    {
        support::GatewayProcess gateway(folder_.path());
        drop("in/a.txt", "a\n");
        ASSERT_TRUE(within(10s, [&] {
            return gateway.output().find("started") != std::string::npos && count("queued") == 1;
        })) << gateway.output();
        gateway.end(SIGKILL);
    }
    fs::create_directory(folder_.path() + "/out");
    support::GatewayProcess gateway(folder_.path());
    EXPECT_TRUE(within(10s, [&] { return out().size() == 1; })) << gateway.output();
    EXPECT_THAT(out(), testing::ElementsAre("a\n"));
}

TEST(WithoutHealthWords, TheCoreNamesNoHealthFormat) {
    const std::set<std::string> foreign{"msh",
                                        "msa",
                                        "pid",
                                        "obx",
                                        "hl7",
                                        "fhir",
                                        "er7",
                                        "careplan",
                                        "patient",
                                        "bundle",
                                        "operationoutcome"};
    std::size_t files = 0;
    for (const char* const part :
         {"access", "core", "store", "pipeline", "host", "directory", "admin", "cli"})
        for (const auto& entry : fs::recursive_directory_iterator(std::string(support::kSourceDir) +
                                                                  "/gateway/" + part)) {
            if (!entry.is_regular_file()) continue;
            ++files;
            std::string word;
            std::string text = support::fileText(entry.path()) + " ";
            // The name of an option that people type; what it holds is a subject.
            for (std::size_t at; (at = text.find("\"--patient\"")) != text.npos;)
                text.erase(at, 11);
            for (const char c : text) {
                if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
                    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                    continue;
                }
                EXPECT_FALSE(foreign.contains(word)) << entry.path() << " names " << word;
                word.clear();
            }
        }
    EXPECT_GT(files, 80u) << "the sources are not where this test looks";
}

}  // namespace
