#include "pipeline/unmapped_seen.h"

#include <algorithm>

#include "fixture.h"

namespace {
using namespace pipeline_test;

const Time kThen = timeFromText("2025-03-18T08:00:00.000Z");
const Time kLater = timeFromText("2025-03-18T09:00:00.000Z");

TEST(UnmappedSeen, CountsByMapTableAndCode) {
    UnmappedSeen seen;
    seen.note("m", {{"t", "A"}, {"t", "B"}, {"u", "A"}}, kThen);
    seen.note("m", {{"t", "B"}}, kLater);
    seen.note("n", {{"t", "A"}}, kLater);
    seen.note("n", {}, kLater);
    const auto all = seen.all();
    ASSERT_EQ(4u, all.size());
    EXPECT_EQ("B", all[0].code);
    EXPECT_EQ(2u, all[0].count);
    EXPECT_EQ(kLater, all[0].last);
    EXPECT_EQ("A", all[1].code);
    EXPECT_EQ(1u, all[1].count);
    EXPECT_EQ(kThen, all[1].last);
    EXPECT_EQ("u", all[2].table);
    EXPECT_EQ("n", all[3].map);
}

TEST(UnmappedSeen, IsBounded) {
    UnmappedSeen seen;
    for (std::size_t i = 0; i < UnmappedSeen::kCodes + 10; ++i)
        seen.note("m", {{"t", std::to_string(i)}}, kThen);
    seen.note("m", {{"t", "0"}}, kLater);
    auto all = seen.all();
    ASSERT_EQ(UnmappedSeen::kCodes + 1, all.size());
    EXPECT_EQ("0", all[0].code);
    EXPECT_TRUE(all.back().others);
    EXPECT_EQ(10u, all.back().count);
    for (std::size_t i = 0; i < UnmappedSeen::kTables; ++i)
        seen.note("m", {{"table " + std::to_string(i), "A"}}, kThen);
    EXPECT_EQ(UnmappedSeen::kCodes + 1 + UnmappedSeen::kTables - 1, seen.all().size());

    UnmappedSeen wide;
    wide.note("m", {{"t", std::string(UnmappedSeen::kLength - 1, 'x') + "éé"}}, kThen);
    EXPECT_EQ(std::string(UnmappedSeen::kLength - 1, 'x'), wide.all()[0].code);
}

/// A map that has no row for the first line of any tree.
class GappyMap final : public Transformer {
public:
    Document transform(const Document& in, const Context& with, Report& report) const override {
        report.unmapped.push_back({"states", std::string(in.root().firstChild().text())});
        return FakeMap("").transform(in, with, report);
    }
    std::string_view version() const override { return "1"; }
};

TEST_F(PipelineTest, CodesWithoutARowAreCountedWhateverBecomesOfTheMessage) {
    const auto with = setup({"a"});
    with->routes[0].map = {"up", std::make_shared<GappyMap>(), {}};
    with->destinations["a/d"].map = {"down", std::make_shared<GappyMap>(), {}};
    run(with);
    for (const char* const text : {"k:1\n", "k:1\nmore\n", "k:2\n"})
        reach(acceptId(text), Stage::translated);
    const auto seen = pipeline_->unmapped();
    ASSERT_EQ(4u, seen.size());
    EXPECT_EQ("down", seen[0].map);
    EXPECT_EQ("states", seen[0].table);
    EXPECT_EQ("k:1", seen[0].code);
    EXPECT_EQ(2u, seen[0].count);
    EXPECT_EQ("k:2", seen[1].code);
    EXPECT_EQ("up", seen[2].map);
}

/// A map that cannot go on without a row for the first line, and says which.
class StrictMap final : public Transformer {
public:
    Document transform(const Document& in, const Context& with, Report& report) const override {
        const std::string code(in.root().firstChild().text());
        report.unmapped.push_back({"states", code, {"add " + code, "ajouter " + code}});
        report.unmapped.push_back({"states", code, {"add " + code, "ajouter " + code}});
        return FakeMap(code).transform(in, with, report);
    }
    std::string_view version() const override { return "1"; }
};

std::ptrdiff_t remedies(const MessageView& shown) {
    return std::count_if(shown.timeline.begin(), shown.timeline.end(), [&](const EventView& one) {
        return one.text.fr ==
               "ajouter k:1, recharger (systemctl reload passerelle, ou kill -HUP), puis : "
               "passerelle messages replay " +
                   shown.id;
    });
}

TEST_F(PipelineTest, WhatATableLacksStandsOnTheTimelineOfWhatItHolds) {
    const auto with = setup({"a"});
    with->routes[0].map = {"strict", std::make_shared<StrictMap>(), {}};
    run(with);
    const std::string id = acceptId("k:1\n");
    reach(id, Stage::translated);
    const std::optional<MessageView> shown = store_->show(id);
    EXPECT_EQ(MessageState::held, shown->state);
    EXPECT_EQ(1, remedies(*shown));
}

TEST_F(PipelineTest, WhatATableLacksStandsOnTheTimelineOfADeliveryThatItHolds) {
    const auto with = setup({"a"});
    with->destinations["a/d"].map = {"strict", std::make_shared<StrictMap>(), {}};
    run(with);
    const std::string id = acceptId("k:1\n");
    reach(id, Stage::translated);
    const std::optional<MessageView> shown = store_->show(id);
    EXPECT_EQ(DeliveryState::held, shown->deliveries.at(0).state);
    EXPECT_EQ(1, remedies(*shown));
}

}  // namespace
