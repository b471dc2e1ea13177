/// The audit's chain: what was cut, changed or removed shows; a crash is told and mended.
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "audit_world.h"
#include "core/json_text.h"
#include "support/full_disk.h"

namespace {
using namespace audit_test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class AuditTest : public AuditWorld {
protected:
    /// With three records.
    void three() {
        open();
        for (const char* const what : {"replay", "close", "pause"}) write(what);
    }
};

TEST_F(AuditTest, EachRecordIsALineWithTheHashOfTheOneBefore) {
    three();
    const std::vector<std::string> all = lines();
    ASSERT_THAT(all, SizeIs(3));
    EXPECT_THAT(faults(), IsEmpty());
    const JsonValue second = parsedJson(all[1]);
    EXPECT_EQ("2", second["n"].text);
    EXPECT_EQ("2031-03-18T08:42:10.000Z", second["at"].text);
    EXPECT_EQ("anne", second["by"].text);
    EXPECT_EQ("close", second["what"].text);
    EXPECT_EQ("M1", second["about"].items.at(0).value.text);
    EXPECT_EQ("a reason", second["why"].text);
    EXPECT_EQ("done", second["result"].text);
    EXPECT_EQ(64u, second["before"].text.size());
    EXPECT_NE(second["before"].text, parsedJson(all[2])["before"].text);
    struct stat state {};
    ASSERT_EQ(0, ::stat(file_.c_str(), &state));
    EXPECT_EQ(0600u, state.st_mode & 0777u) << "its owner alone reads it";
}

TEST_F(AuditTest, ItGoesOnAfterARestart) {
    three();
    open();
    write("resume");
    EXPECT_THAT(lines(), SizeIs(4));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditTest, FindsAnEdit) {
    three();
    std::vector<std::string> all = lines();
    all[1].replace(all[1].find("anne"), 4, "luce");
    put(all);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("3: does not fit the line before it")));
}

TEST_F(AuditTest, FindsAnEditOfTheLast) {
    three();
    std::vector<std::string> all = lines();
    all[2].replace(all[2].find("anne"), 4, "luce");
    put(all);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("3: is not the one that was written")));
}

TEST_F(AuditTest, FindsARemoval) {
    three();
    std::vector<std::string> all = lines();
    all.erase(all.begin() + 1);
    put(all);
    EXPECT_THAT(faults(), ElementsAre("2: record 2: missing before it"));
}

TEST_F(AuditTest, FindsACutAtTheEnd) {
    three();
    std::vector<std::string> all = lines();
    all.resize(1);
    put(all);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("0: records 2 to 3: gone")));
    std::filesystem::remove(file_);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("0: records 1 to 3: gone")));
}

TEST_F(AuditTest, WhatWasGoneAtTheStartIsToldByARecordAndStaysAFault) {
    three();
    std::vector<std::string> all = lines();
    all.resize(1);
    put(all);
    open();
    write("resume");
    const JsonValue told = parsedJson(lines().at(1));
    EXPECT_EQ("missing", told["what"].text);
    EXPECT_EQ("2", told["details"]["from"].text);
    EXPECT_EQ("3", told["details"]["to"].text);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("2: tells that lines before it were gone")));
}

TEST_F(AuditTest, ALineThatACrashHasTornIsToldAndMendedWhereverItIsTorn) {
    three();
    const std::vector<std::string> all = lines();
    const std::size_t whole = all[2].size();
    for (const std::size_t at : {std::size_t{1}, whole / 2, whole - 1, whole}) {
        put({all[0], all[1]}, all[2].substr(0, at));
        notes_.text.clear();  // it was not durable, so the store does not know it
        open();
        write("resume");
        const std::vector<std::string> now = lines();
        ASSERT_THAT(now, SizeIs(5)) << at;
        EXPECT_EQ(all[2].substr(0, at), now[2]) << "what is there stays";
        EXPECT_EQ("mended", parsedJson(now[3])["what"].text);
        ASSERT_THAT(faults(), IsEmpty()) << at;
    }
}

TEST_F(AuditTest, ALineThatIsNoRecordIsAFaultUnlessTheNextTellsOfIt) {
    three();
    std::vector<std::string> all = lines();
    all.insert(all.begin() + 1, "nonsense");
    put(all);
    EXPECT_THAT(faults(), testing::Contains(HasSubstr("2: is no record")));
}

TEST_F(AuditTest, FindsTwoThatWereSwapped) {
    three();
    std::vector<std::string> all = lines();
    std::swap(all[0], all[1]);
    put(all);
    EXPECT_THAT(faults(), testing::AllOf(Contains(HasSubstr("1: record 1: missing before it")),
                                         Contains(HasSubstr("2: has the number 1"))));
}

TEST_F(AuditTest, FindsOneThatWasPutBetween) {
    three();
    std::vector<std::string> all = lines();
    std::string forged = all[1];
    forged.replace(forged.find("close"), 5, "pause");
    all.insert(all.begin() + 1, forged);
    put(all);
    EXPECT_THAT(faults(), Contains(HasSubstr("3: has the number 2, expected 3")));
}

TEST_F(AuditTest, FindsALineThatWasCutShort) {
    three();
    std::vector<std::string> all = lines();
    all[1].resize(all[1].size() / 2);
    put(all);
    EXPECT_THAT(faults(), Contains(HasSubstr("2: is no record")));
    put({all[0]}, all[1]);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("records 2 to 3: gone")));
}

TEST_F(AuditTest, ManyWriteAtATime) {
    open();
    std::vector<std::thread> all;
    for (int one = 0; one < 4; ++one)
        all.emplace_back([&] {
            for (int n = 0; n < 25; ++n) write("replay");
        });
    for (std::thread& one : all) one.join();
    EXPECT_THAT(lines(), SizeIs(100));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditTest, WhatCannotBeWrittenIsToldToWhoAsks) {
    file_ = "/dev/full";
    EXPECT_THROW(
        {
            open();
            write("replay");
        },
        Error);
}

TEST_F(AuditTest, OfAFullDiskHalfALineIsTakenBackAndItGoesOnOnceThereIsRoom) {
    open();
    write("replay");
    const auto before = std::filesystem::file_size(file_);
    {
        const support::FullDisk full(before + 20);
        EXPECT_THROW(write("close"), Error);
        EXPECT_EQ(before, std::filesystem::file_size(file_)) << "no half of a line";
        EXPECT_THROW(write("close"), Error);
    }
    write("edit");
    EXPECT_THAT(told({}), ElementsAre("replay", "edit"));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditTest, WhoIsAskedForIsFoundWhateverSignsTheNameHas) {
    open();
    for (const char* const name :
         {"CN=Dupont\\, Anne", "a \"quoted\" one", "caf\u00e9", "tab\tbed", "back\\slash"}) {
        audit_->write({name, "sign-in", {}, {}});
        AuditFilter filter;
        filter.by = name;
        EXPECT_THAT(told(filter), ElementsAre("sign-in")) << name;
    }
}

TEST_F(AuditTest, WhoGivesNoNameIsUnknown) {
    EXPECT_EQ("unknown", whoOf(""));
    EXPECT_EQ("anne", whoOf("anne"));
}

}  // namespace
