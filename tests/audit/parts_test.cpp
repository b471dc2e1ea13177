/// Parts of an audit: closed, packed, verified over all of them, removed after their time.
#include "audit_world.h"
#include "core/json_text.h"

namespace {
using namespace audit_test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace fs = std::filesystem;

class Parts : public AuditWorld {
protected:
    /// Each month's records in a part of its own, the last month's in the open file.
    void months(int count) {
        open();
        for (int month = 0; month < count; ++month) {
            now_ = timeFromText("2031-0" + std::to_string(month + 1) + "-11T10:00:00.000Z");
            for (const char* const what : {"replay", "close"}) write(what);
        }
    }
    std::string part(std::size_t index) const { return closedAuditParts(file_).at(index).path; }
};

TEST_F(Parts, AMonthIsAPartAndTheChainGoesOverAll) {
    months(3);
    ASSERT_EQ(2u, parts());
    EXPECT_THAT(fs::path(part(0)).filename().string(), "audit-2031-01-000000000001.jsonl.zst");
    EXPECT_THAT(fs::path(part(1)).filename().string(), "audit-2031-02-000000000003.jsonl.zst");
    EXPECT_EQ("part", parsedJson(lines()[0])["what"].text);
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_THAT(told({}), SizeIs(8));
    open();  // goes on where it was
    write("resume");
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_EQ(0600, static_cast<int>(fs::status(part(0)).permissions())) << "its owner alone";
}

TEST_F(Parts, ALargeOneIsClosedInTheMiddleOfAMonth) {
    options_.part = 1000;
    open();
    for (int i = 0; i < 40; ++i) write("replay");
    EXPECT_GT(parts(), 5u);
    EXPECT_THAT(told({"", "", "anne", "", ""}), SizeIs(40));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Parts, AStartAfterAPartWasClosedAndNothingWrittenGoesOn) {
    months(2);
    close();
    const std::vector<std::string> open2 = lines();
    fs::remove(file_);  // the crash came before its first line
    notes_.text = "2 " + parsedJson(open2[0])["before"].text;
    open();
    write("resume");
    EXPECT_EQ("3", parsedJson(lines()[0])["n"].text);
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Parts, FindsAPartThatIsGone) {
    months(3);
    close();
    fs::remove(part(1));
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("1: records 3 to 5: missing before it")));
    fs::remove(part(0));
    EXPECT_THAT(faults(), ElementsAre("1: records 1 to 5: missing before it"));
}

TEST_F(Parts, FindsAnEditInAPackedPart) {
    months(3);
    close();
    std::string text, line;
    for (AuditLines in(part(0)); in.next(line);) text += line + "\n";
    text.replace(text.find("anne"), 4, "luce");
    std::ofstream(folder_ + "/audit-2031-01-000000000001.jsonl") << text;
    fs::remove(folder_ + "/audit-2031-01-000000000001.jsonl.zst");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("000001.jsonl:2: does not fit the line before")));
}

TEST_F(Parts, FindsADamagedPartAndReadsThoseBehindIt) {
    months(3);
    close();
    std::fstream(part(0), std::ios::in | std::ios::out).seekp(20).put('\x7f');
    EXPECT_THAT(faults(), Contains(HasSubstr("audit-2031-01")));
    std::vector<std::string> whats;
    EXPECT_THROW(whats = told({}), Error) << "who lists is not told half of it as if it were all";
    fs::resize_file(part(1), fs::file_size(part(1)) / 2);
    EXPECT_THAT(faults(), Contains(HasSubstr("audit-2031-02")));
}

TEST_F(Parts, APartOfWhichACrashLeftBothFormsIsReadOnceAndPackedAgain) {
    months(2);
    close();
    std::string text, line;
    for (AuditLines in(part(0)); in.next(line);) text += line + "\n";
    std::ofstream(folder_ + "/audit-2031-01-000000000001.jsonl") << text;
    std::ofstream(folder_ + "/audit-2031-01-000000000001.jsonl.packing") << "half";
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_THAT(told({"", "", "", "replay", ""}), SizeIs(2));
    open();
    write("resume");
    EXPECT_THAT(part(0), HasSubstr(".zst"));
    EXPECT_EQ(1u, parts());
    EXPECT_FALSE(fs::exists(folder_ + "/audit-2031-01-000000000001.jsonl"));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Parts, OldOnesAreRemovedOnlyBySettingAndAreToldOf) {
    months(4);
    EXPECT_EQ(3u, parts());
    options_.keep = std::chrono::hours(24 * 30);
    open();
    write("resume");
    ASSERT_EQ(1u, parts());
    EXPECT_THAT(faults(), IsEmpty()) << "the record that tells of it stands for them";
    EXPECT_THAT(told({"", "", "", "removed", ""}), SizeIs(2));
    // Another cannot be taken away in their name.
    close();
    fs::remove(part(0));
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("missing before it")));
}

TEST_F(Parts, ARemovalThatIsNotToldOfIsAFault) {
    months(3);
    close();
    fs::remove(part(0));
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("1: records 1 to 2: missing before it")));
}

}  // namespace
