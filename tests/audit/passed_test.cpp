/// What a store did, in the audit: all of it, once, over a kill at each step.
#include "audit/audit_entries.h"
#include "audit_world.h"
#include "core/json_text.h"

namespace {
using namespace audit_test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Passed : public AuditWorld {
protected:
    Passed() { options_.happenings = &did_; }
    /// Deliveries in the order of the audit.
    std::vector<std::string> deliveries() const {
        std::vector<std::string> all;
        AuditFilter filter;
        filter.what = "delivered";
        eachAuditEntry(file_, filter, [&](const AuditEntry& entry) {
            all.push_back(entry.details.at("delivery"));
        });
        return all;
    }
};

TEST_F(Passed, EachDeliveryIsAnEntryWithWhatItIsAbout) {
    open();
    did_.commit(2);
    close();
    AuditFilter filter;
    filter.about = "RELAI/2";
    std::vector<AuditEntry> found;
    eachAuditEntry(file_, filter, [&](const AuditEntry& entry) { found.push_back(entry); });
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ("passerelle", found[0].by);
    EXPECT_EQ("delivered", found[0].what);
    EXPECT_EQ("2031-03-18T08:42:09.000Z", found[0].at);
    EXPECT_THAT(found[0].about, ElementsAre("RELAI/2", "M2", "D2", "chu/plans", "chu"));
    EXPECT_EQ("2", found[0].details.at("edition"));
    EXPECT_EQ(0u, did_.pending()) << "what is written waits no more";
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Passed, WhatACrashLeftUntoldIsWrittenOnce) {
    open();
    did_.commit(2);
    close();
    did_.deaf = true;  // written, and the store does not hear of it any more
    open();
    did_.commit();
    did_.commit();
    close();
    EXPECT_EQ(2u, did_.pending());
    did_.commit(1, 7);  // and another life begins
    did_.deaf = false;
    open();
    did_.commit(1, 7);
    close();
    EXPECT_THAT(deliveries(), ElementsAre("D1", "D2", "D3", "D4", "D5", "D6"));
    EXPECT_EQ(0u, did_.pending());
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Passed, ATornLineOfACrashLosesNone) {
    open();
    did_.commit(3);
    close();
    did_.deaf = true;
    open();
    did_.commit(2);
    close();
    std::vector<std::string> all = lines();
    const std::string torn = all.back().substr(0, all.back().size() / 2);
    all.pop_back();
    put(all, torn);
    did_.deaf = false;
    open();
    close();
    EXPECT_THAT(deliveries(), ElementsAre("D1", "D2", "D3", "D4", "D5"));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Passed, AStoreThatWasPutBackGivesItsNumbersAgainAndNothingIsTakenForWritten) {
    open();
    for (int i = 0; i < 5; ++i) did_.commit();
    const std::string before = notes_.text;
    close();
    notes_.text = before.empty() ? "" : notes_.text;
    Did again(notes_);  // from a copy made before all that
    notes_.text.clear();
    options_.happenings = &again;
    again.commit(1, 99);
    open();
    close();
    EXPECT_THAT(deliveries(), SizeIs(6)) << "another life's commit 1 is another one";
    EXPECT_EQ(0u, again.pending());
}

TEST_F(Passed, ManyCommitsWhileOthersWriteAreAllThereInOrder) {
    open();
    std::thread other([&] {
        for (int i = 0; i < 50; ++i) write("replay");
    });
    for (int i = 0; i < 200; ++i) did_.commit();
    other.join();
    close();
    const std::vector<std::string> all = deliveries();
    ASSERT_THAT(all, SizeIs(200));
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ("D" + std::to_string(i + 1), all[i]);
    EXPECT_THAT(told({"", "", "anne", "", ""}), SizeIs(50));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Passed, WhatIsToldFromTheDoorIsCountedWhenItIsTheSame) {
    options_.happenings = nullptr;
    options_.gather = Milliseconds(60'000);  // written by the end, in one go
    open();
    for (int i = 0; i < 5; ++i)
        audit_->tell({"unknown",
                      "refusal",
                      {"portal"},
                      {},
                      "refused",
                      {{"peer", "192.0.2.7:" + std::to_string(40000 + i)}}});
    audit_->tell({"192.0.2.8", "refusal", {"portal"}, {}, "refused", {{"place", "token"}}});
    close();
    ASSERT_THAT(lines(), SizeIs(2));
    EXPECT_EQ("5", parsedJson(lines()[0])["details"]["count"].text);
    EXPECT_EQ("192.0.2.8", parsedJson(lines()[1])["by"].text);
}

TEST_F(Passed, WhatComesFasterThanItCanBeWrittenIsCountedInOneRecord) {
    options_.happenings = nullptr;
    options_.gather = Milliseconds(60'000);
    open();
    constexpr int kMany = 10'000;
    for (int i = 0; i < kMany; ++i) audit_->tell({"p" + std::to_string(i), "refusal", {}, {}});
    close();
    const auto written = static_cast<int>(lines().size()) - 1;
    const JsonValue last = parsedJson(lines().back());
    EXPECT_EQ("overflow", last["what"].text);
    EXPECT_EQ(std::to_string(kMany - written), last["details"]["refusal"].text);
    EXPECT_THAT(faults(), IsEmpty());
}

}  // namespace
