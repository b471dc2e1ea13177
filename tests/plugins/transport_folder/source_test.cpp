#include <fcntl.h>
#include <sys/stat.h>

#include "folder.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using support::FakeGateway;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class FolderSource : public testing::Test {
protected:
    using Options = std::vector<std::pair<std::string, std::string>>;

    std::unique_ptr<Source> source(const Options& options = {},
                                   const std::string& every = "10 ms") {
        std::vector<std::pair<std::string, ConfigNode>> items = {
            {"name", support::scalar("lab")},
            {"path", support::scalar(folder_.path())},
            {"every", support::scalar(every)}};
        for (const auto& [key, value] : options) items.emplace_back(key, support::scalar(value));
        return plugins_.source("folder", support::map(std::move(items)));
    }
    /// Waits until the folder holds these names and no others.
    bool untilNames(const std::set<std::string>& names) {
        return gateway_.until([&] { return folder_.names() == names; });
    }
    void setTime(const std::string& name, std::time_t seconds) {
        const timespec times[] = {{seconds, 0}, {seconds, 0}};
        utimensat(AT_FDCWD, (folder_.path() / name).c_str(), times, 0);
    }

    support::TemporaryFolder folder_;
    FakeGateway gateway_;
    support::Plugins plugins_{{"transport_folder"}};
};

TEST_F(FolderSource, TakesFilesInOrderOfTimeThenNameAndDeletesThem) {
    for (const char* name : {"c", "b", "a"}) folder_.put(name, name);
    setTime("c", 1000);
    setTime("a", 2000);
    setTime("b", 2000);
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(gateway_.untilTaken(3));
    EXPECT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_THAT(gateway_.bodies(), ElementsAre("c", "a", "b"));
    EXPECT_EQ(1U, gateway_.calls());
    const Arrival first = gateway_.arrivals().front();
    EXPECT_EQ("lab", first.source);
    EXPECT_FALSE(first.attended);
}

TEST_F(FolderSource, NeverTellsTheNameOfAFile) {
    folder_.put("DOE-JANE-245063199100109.hl7", "x");
    folder_.put("DOE-JOHN.hl7", std::string(200, 'x'));
    const auto source = this->source({{"max_size", "100 B"}});
    source->start(gateway_);
    ASSERT_TRUE(gateway_.untilTaken(1));
    ASSERT_TRUE(untilNames({"refused"}));
    source->stop(5s);
    const Arrival taken = gateway_.arrivals().front();
    EXPECT_FALSE(taken.facts.all().empty());
    for (const auto& [name, value] : taken.facts.all())
        EXPECT_THAT(value, Not(HasSubstr("DOE"))) << name;
    ASSERT_EQ(1U, gateway_.lines().size());
    EXPECT_THAT(gateway_.lines().front(), Not(HasSubstr("DOE")));
    EXPECT_THAT(gateway_.lines().front(), HasSubstr("larger than max_size"));
    EXPECT_THAT(folder_.names("refused"), UnorderedElementsAre("DOE-JOHN.hl7"));
}

TEST_F(FolderSource, LeavesTemporaryNamesLinksAndFoldersAlone) {
    folder_.write(".hidden", "x");
    folder_.write("a.tmp", "x");
    folder_.write("a.part", "x");
    std::filesystem::create_directory(folder_.path() / "sub");
    std::filesystem::create_symlink("/etc/hostname", folder_.path() / "link");
    folder_.write("a.txt", "x");
    folder_.put("last.hl7", "taken");
    const auto source = this->source({{"pattern", "*.hl7"}});
    source->start(gateway_);
    ASSERT_TRUE(untilNames({".hidden", "a.tmp", "a.part", "sub", "link", "a.txt"}));
    source->stop(5s);
    EXPECT_THAT(gateway_.bodies(), ElementsAre("taken"));
}

TEST_F(FolderSource, SeesAFileAtOnceAndNotOnlyAtTheNextLook) {
    const auto source = this->source({}, "1 h");
    source->start(gateway_);
    folder_.put("a", "x");
    EXPECT_TRUE(gateway_.untilTaken(1));
    source->stop(5s);
}

TEST_F(FolderSource, WaitsForTheDoneFile) {
    folder_.write("a", "x");
    folder_.write("b", "y");
    folder_.write("gone.done", "");
    folder_.write("b.done", "");
    const auto source = this->source({{"complete", "done-file"}});
    source->start(gateway_);
    ASSERT_TRUE(untilNames({"a"})) << "an orphan of an earlier run goes too";
    EXPECT_THAT(gateway_.bodies(), ElementsAre("y"));
    folder_.write("a.done", "");
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_THAT(gateway_.bodies(), ElementsAre("y", "x"));
}

TEST_F(FolderSource, WaitsUntilAFileIsStable) {
    folder_.write("a", "x");
    const auto source = this->source({{"complete", "stable"}, {"stable_for", "200 ms"}});
    const auto begin = std::chrono::steady_clock::now();
    source->start(gateway_);
    folder_.write("a", "xyz");
    ASSERT_TRUE(gateway_.untilTaken(1));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 200ms);
    source->stop(5s);
    EXPECT_THAT(gateway_.bodies(), ElementsAre("xyz"));
}

TEST_F(FolderSource, KeepsTheFileWhileTheInboxSaysLater) {
    folder_.put("a", "x");
    std::set<std::string> seen;
    int calls = 0;
    gateway_.answer([&](const Arrival&) {
        seen.merge(folder_.names());
        return ++calls < 3 ? FakeGateway::failed(Fault::unavailable) : FakeGateway::stored();
    });
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(gateway_.untilTaken(3));
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_THAT(seen, ElementsAre("a"));
    EXPECT_THAT(gateway_.bodies(), ElementsAre("x", "x", "x"));
}

TEST_F(FolderSource, KeepsAFileUntilEachOfItsMessagesIsStored) {
    folder_.put("a", "x");
    int calls = 0;
    gateway_.answer([&](const Arrival&) {
        Accepted accepted = FakeGateway::stored();
        if (++calls == 1)
            accepted.messages.push_back(FakeGateway::failed(Fault::unavailable).messages[0]);
        return accepted;
    });
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_EQ(2U, gateway_.bodies().size());
}

TEST_F(FolderSource, SetsAsideWhatTheStoreDoesNotHold) {
    folder_.put("a", "refused");
    folder_.put("b", "conflict");
    folder_.put("c", "repeat");
    gateway_.answer([&](const Arrival& arrival) {
        if (arrival.body.view() == "refused") return FakeGateway::failed(Fault::unsupported);
        return FakeGateway::stored(arrival.body.view() == "repeat" ? Receipt::Kind::repeat
                                                                   : Receipt::Kind::conflict);
    });
    std::filesystem::create_directory(folder_.path() / "refused");
    folder_.write("refused/a", "earlier");
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(untilNames({"refused"}));
    source->stop(5s);
    EXPECT_THAT(folder_.names("refused"), UnorderedElementsAre("a", "a.1", "b"));
    EXPECT_EQ("refused", support::fileText(folder_.path() / "refused/a.1"));
}

TEST_F(FolderSource, DoesNotDeleteAFileThatWasReplacedMeanwhile) {
    folder_.put("a", "first");
    gateway_.answer([&](const Arrival& arrival) {
        if (arrival.body.view() == "first") folder_.put("a", "second");
        return FakeGateway::stored();
    });
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_THAT(gateway_.bodies(), ElementsAre("first", "second"));
}

TEST_F(FolderSource, ArchivesOnlyWhenToldAndWarns) {
    const support::TemporaryFolder archive;
    archive.write("a", "earlier");
    folder_.put("a", "x");
    const auto source = this->source({{"archive", archive.path()}});
    source->start(gateway_);
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_THAT(archive.names(), UnorderedElementsAre("a", "a.1"));
    EXPECT_EQ("x", support::fileText(archive.path() / "a.1"));
    EXPECT_THAT(gateway_.lines(), ElementsAre(HasSubstr("outside the store")));
}

TEST_F(FolderSource, TakesALargeFileInACallOfItsOwn) {
    folder_.put("a", "x");
    folder_.put("b", std::string(2u << 20, 'y'));
    folder_.put("c", "z");
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(gateway_.untilTaken(3));
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    EXPECT_EQ(3U, gateway_.calls());
    EXPECT_EQ(2u << 20, gateway_.bodies()[1].size());
}

TEST_F(FolderSource, TakesMoreFilesThanOnePassLists) {
    for (int i = 0; i < 5000; ++i) folder_.write(std::to_string(i), std::to_string(i));
    const auto source = this->source();
    source->start(gateway_);
    ASSERT_TRUE(gateway_.untilTaken(5000));
    ASSERT_TRUE(untilNames({}));
    source->stop(5s);
    const auto bodies = gateway_.bodies();
    EXPECT_EQ(5000U, std::set<std::string>(bodies.begin(), bodies.end()).size());
}

TEST_F(FolderSource, StopsPromptlyAndStartsAgain) {
    const auto source = this->source({}, "1 h");
    for (int i = 0; i < 3; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        source->start(gateway_);
        source->stop(5s);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    }
    folder_.put("a", "x");
    source->start(gateway_);
    EXPECT_TRUE(gateway_.untilTaken(1));
}

TEST_F(FolderSource, SaysWhatIsWrongWithItsOptions) {
    EXPECT_THROW(source({{"complete", "guess"}}), std::runtime_error);
    EXPECT_THROW(source({{"stable_for", "1 s"}}), std::runtime_error);
    EXPECT_THROW(source({{"colour", "red"}}), std::runtime_error);
}

/// A network folder may not be there yet when the gateway starts.
TEST_F(FolderSource, StartsWithoutItsFolderSaysSoOnceAndTakesFilesWhenItAppears) {
    std::filesystem::remove_all(folder_.path());
    const auto source = this->source();
    source->start(gateway_);
    EXPECT_TRUE(gateway_.until([&] { return !gateway_.note("trouble/lab").empty(); }));
    EXPECT_THAT(gateway_.note("trouble/lab"), HasSubstr("cannot open the folder"));
    EXPECT_THAT(gateway_.note("trouble/lab"), HasSubstr("dossier impossible à ouvrir"));
    std::filesystem::create_directory(folder_.path());
    folder_.put("a", "x");
    EXPECT_TRUE(gateway_.untilTaken(1));
    EXPECT_TRUE(untilNames({}));
    EXPECT_EQ("", gateway_.note("trouble/lab"));
    std::size_t told = 0;
    for (const std::string& line : gateway_.lines()) told += line.starts_with("folder-unavailable");
    EXPECT_EQ(1U, told);
}

/// A share that was mounted anew is another folder under the same path.
TEST_F(FolderSource, TakesFilesOutOfAFolderThatTookThePlaceOfTheFirst) {
    const auto source = this->source();
    source->start(gateway_);
    folder_.put("a", "x");
    EXPECT_TRUE(gateway_.untilTaken(1));
    std::filesystem::rename(folder_.path(), folder_.path().string() + ".away");
    std::filesystem::create_directory(folder_.path());
    folder_.put("b", "y");
    EXPECT_TRUE(gateway_.untilTaken(2));
    EXPECT_TRUE(untilNames({}));
    std::filesystem::remove_all(folder_.path().string() + ".away");
}

TEST_F(FolderSource, TakesNothingWhileTheArchiveIsMissing) {
    const std::filesystem::path archive = folder_.path() / "archive";
    const auto source = this->source({{"archive", archive.string()}});
    source->start(gateway_);
    folder_.put("a", "x");
    EXPECT_TRUE(gateway_.until([&] { return !gateway_.note("trouble/lab").empty(); }));
    EXPECT_EQ(0U, gateway_.bodies().size());
    std::filesystem::create_directory(archive);
    EXPECT_TRUE(gateway_.untilTaken(1));
    EXPECT_TRUE(untilNames({"archive"}));
    EXPECT_EQ(std::set<std::string>{"a"}, folder_.names("archive"));
}

}  // namespace
