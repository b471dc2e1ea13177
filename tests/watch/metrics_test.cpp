/// The text that Prometheus reads; tests/interop has its own parser judge a running gateway's.
#include "watch/metrics.h"

#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "sights.h"

namespace watch_test {
using testing::HasSubstr;

class OnePartner final : public Directory {
public:
    OnePartner() { all_.emplace_back().name = "pharmacy"; }
    const Partner* find(std::string_view) const override { return nullptr; }
    const Partner* byIdentifier(std::string_view, std::string_view) const override {
        return nullptr;
    }
    const std::vector<Partner>& all() const override { return all_; }

private:
    std::vector<Partner> all_;
};

Sight full() {
    Sight sight = wellSeen();
    sight.counts.messages["adt"]["translated"] = 3;
    sight.counts.deliveries["chu/plans"]["queued"] = 2;
    sight.counts.oldestWaiting["chu/plans"] = kNow - Milliseconds(1500);
    sight.counts.messages["strange \"name\"\\\n"]["held"] = 1;
    sight.in["adt"].accepted = 3;
    sight.out["chu/plans"].delivered = 1;
    sight.out["chu/plans"].answered = kNow;
    sight.gates["chu/plans"].broken = true;
    sight.pauses.push_back({"chu/plans", false, "anne", "because", kNow});
    Reconciled all;
    all.sources["adt"].in = 2;
    all.sources["adt"].states["translated"] = 3;
    all.destinations["pharmacy"].in = all.destinations["pharmacy"].leftOut = 4;
    all.destinations[""].in = all.destinations[""].leftOut = 1;
    sight.reconciled = all;
    sight.store.commits = 10;
    sight.store.commitMicroseconds = 25'000;
    sight.store.commitTimes = {{500, 4}, {1'000, 9}};
    sight.certificates = {{"chu/plans", {"certs/chu.crt", kNow + 40 * kDay}}};
    return sight;
}

TEST(Metrics, SayWhatIsSeen) {
    const std::string text = metricsText(full(), {}, {}, true);
    for (const char* const line :
         {"passerelle_ready 1", "passerelle_build_info{version=\"1.2.3\",config=\"v1\"} 1",
          "passerelle_messages{source=\"adt\",state=\"translated\"} 3",
          "passerelle_messages{source=\"strange \\\"name\\\"\\\\\\n\",state=\"held\"} 1",
          "passerelle_oldest_waiting_seconds{destination=\"chu/plans\"} 1.500",
          "passerelle_delivery_attempts_total{destination=\"chu/plans\",result=\"delivered\"} 1",
          "passerelle_breaker_open{destination=\"chu/plans\"} 1",
          "passerelle_paused{end=\"chu/plans\",kind=\"destination\"} 1",
          "passerelle_reconciliation_gap{end=\"adt\",kind=\"source\"} -1",
          "passerelle_left_out_by_partner{partner=\"pharmacy\"} 4",
          "passerelle_left_out_by_partner{partner=\"(not in the directory)\"} 1",
          "passerelle_commit_seconds_bucket{le=\"0.0005\"} 4",
          "passerelle_commit_seconds_bucket{le=\"+Inf\"} 10", "passerelle_commit_seconds_sum 0.025",
          "passerelle_commit_seconds_count 10",
          "passerelle_certificate_days_left{end=\"chu/plans\",file=\"certs/chu.crt\"} 40",
          "passerelle_destination_last_answered_timestamp_seconds{destination=\"chu/plans\"} "
          "1800000000.000"})
        EXPECT_THAT(text, HasSubstr(std::string("\n") + line + "\n")) << line;
}

/// To whoever computes an increase, what is not there yet has none.
TEST(Metrics, WhatIsConfiguredStandsThereFromTheStart) {
    Sight sight = wellSeen();
    sight.in.clear();
    auto with = std::make_shared<gateway::Setup>(*sight.setup);
    with->directory = std::make_shared<OnePartner>();
    sight.setup = with;
    const std::string text = metricsText(sight, {}, {}, true);
    for (const char* const line :
         {"passerelle_accepted_messages_total{source=\"adt\"} 0",
          "passerelle_conflicting_messages_total{source=\"adt\"} 0",
          "passerelle_delivery_attempts_total{destination=\"chu/plans\",result=\"uncertain\"} 0",
          "passerelle_reconciliation_gap{end=\"adt\",kind=\"source\"} 0",
          "passerelle_reconciliation_gap{end=\"chu/plans\",kind=\"destination\"} 0",
          "passerelle_left_out_by_partner{partner=\"pharmacy\"} 0",
          "passerelle_paused{end=\"adt\",kind=\"source\"} 0",
          "passerelle_paused{end=\"chu/plans\",kind=\"destination\"} 0",
          "passerelle_alerts_open{kind=\"reconciliation\"} 0"})
        EXPECT_THAT(text, HasSubstr(std::string("\n") + line + "\n")) << line;
}

TEST(Metrics, AClockThatWasPutBackMakesNoAgeNegative) {
    Sight sight = full();
    sight.counts.oldestWaiting["chu/plans"] = kNow + Milliseconds(1'005);
    EXPECT_THAT(metricsText(sight, {}, {}, true),
                HasSubstr("passerelle_oldest_waiting_seconds{destination=\"chu/plans\"} 0.000\n"));
}

/// The grammar of the format: each line, each family once and together, counters by their names.
TEST(Metrics, AreTheTextFormat) {
    const std::string text = metricsText(full(), {}, {}, false);
    const std::regex comment("# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)");
    const std::regex sample(
        R"re(([a-z_:][a-z0-9_:]*)(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? (-?[0-9.e+-]+))re");
    std::set<std::string> families, samples;
    std::string family, type;
    std::istringstream lines(text);
    EXPECT_EQ('\n', text.back());
    for (std::string line; std::getline(lines, line);) {
        std::smatch parts;
        if (line.starts_with("#")) {
            ASSERT_TRUE(std::regex_match(line, parts, comment)) << line;
            if (parts[1] == "HELP") {
                family = parts[2];
                EXPECT_TRUE(families.insert(family).second) << family << " comes twice";
            } else {
                EXPECT_EQ(family, parts[2].str());
                type = parts[3];
                EXPECT_EQ(type == "counter", family.ends_with("_total")) << family;
            }
            continue;
        }
        ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
        const std::string name = parts[1];
        EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
        if (type == "histogram")
            EXPECT_THAT(name,
                        testing::AnyOf(family + "_bucket", family + "_sum", family + "_count"));
        else
            EXPECT_EQ(family, name);
    }
    EXPECT_LT(30u, families.size());
    // Readers of OpenMetrics call a counter without its ending.
    for (const std::string& one : families)
        if (one.ends_with("_total")) {
            EXPECT_FALSE(families.contains(one.substr(0, one.size() - 6))) << one;
        }
}

}  // namespace watch_test
