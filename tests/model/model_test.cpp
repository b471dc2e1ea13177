/// The promise of docs/decisions/0001-states-and-order.md, on the model: every order of steps and
/// misfortunes in small worlds, and proof that the explorer would see it broken.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "model/explorer.h"

namespace model {

namespace {

// Three messages of one patient to one partner.
Scenario oneKey() {
    Scenario s;
    s.name = "one key";
    s.messages = 3;
    s.keys = {1, 1, 1};
    s.lanes = {{{0, -1}, {0, -1}, {0, -1}}};
    return s;
}

// Two patients and a message about both (a merge), then one of the second.
Scenario merge() {
    Scenario s;
    s.name = "merge";
    s.messages = 3;
    s.keys = {1, 3, 2};
    s.lanes = {{{0, -1}, {0, -1}, {1, -1}}};
    s.otherLanes = {{{0, 0}, {2, 0}, {0, 0}}};
    return s;
}

// One patient, another, then a message about both.
Scenario mergeLast() {
    Scenario s = merge();
    s.name = "merge at the end";
    s.keys = {2, 1, 3};
    s.lanes = {{{1, -1}, {0, -1}, {0, -1}}};
    s.otherLanes = {{{0, 0}, {0, 0}, {2, 0}}};
    return s;
}

// Two patients to one partner.
Scenario twoLanes() {
    Scenario s;
    s.name = "two lanes";
    s.messages = 2;
    s.keys = {1, 2, 0};
    s.lanes = {{{0, -1}, {1, -1}, {-1, -1}}};
    return s;
}

// Two messages of one patient laid out for a partner; the second says that he gets no more.
Scenario mailbox(bool refused) {
    Scenario s;
    s.name = "mailbox";
    s.messages = 2;
    s.keys = {1, 1, 0};
    s.lanes = {{{0, -1}, {0, -1}, {-1, -1}}};
    s.mailboxes = 1;
    if (refused) s.bars = {0, 1, 0};
    return s;
}

// Two messages of one patient, each to two partners.
Scenario twoPartners() {
    Scenario s;
    s.name = "two partners";
    s.messages = 2;
    s.keys = {1, 1, 0};
    s.lanes = {{{0, 1}, {0, 1}, {-1, -1}}};
    return s;
}

// An edition goes out to two partners, the next one says that the first of them is refused.
Scenario laterRefusal() {
    Scenario s = twoPartners();
    s.name = "later refusal";
    s.lanes = {{{0, 1}, {-1, 1}, {-1, -1}}};
    s.bars = {0, 1, 0};
    return s;
}

// What is refused to one partner stands in the lane before what another gets.
Scenario refusalInLane() {
    Scenario s;
    s.name = "refusal inside a lane";
    s.messages = 3;
    s.keys = {1, 2, 1};
    s.lanes = {{{0, -1}, {-1, 1}, {-1, 0}}};
    s.bars = {0, 1, 0};
    return s;
}

// Two messages about one plan whose identifiers have nothing in common, and one behind the first.
Scenario onePlan() {
    Scenario s;
    s.name = "one plan";
    s.messages = 3;
    s.keys = {1, 1, 2};
    s.lanes = {{{0, -1}, {0, -1}, {1, -1}}};
    s.remembers = {true, true, true};
    return s;
}

// As a later refusal, of messages that come by two ways; what waits for who is refused is closed.
Scenario ends(bool mailboxes) {
    Scenario s = laterRefusal();
    s.keys = {1, 2, 0};
    s.ends = {0, 1, 0};
    s.mailboxes = mailboxes ? 1 : 0;
    s.remembers = {true, true, false};
    return s;
}

// A new edition closes what still waits of the former one, in the same lane.
Scenario newEdition() {
    Scenario s = twoPartners();
    s.name = "a new edition";
    s.lanes = {{{0, -1}, {0, -1}, {-1, -1}}};
    s.ends = {0, 1, 0};
    return s;
}

Scenario with(Scenario scenario, const char* name, Luck luck) {
    scenario.name = name;
    scenario.luck = luck;
    return scenario;
}

Scenario oneLane() {
    Scenario s = oneKey();
    s.messages = 2;
    return s;
}

/// Small worlds first.
std::vector<Scenario> all() {
    return {
        with(oneKey(), "one key, given back", {.givenBack = 1, .unreachable = 1}),
        with(oneKey(), "one key, a lost lease", {.expiries = 1}),
        with(oneKey(), "one key, a crash", {.crashes = 1}),
        with(laterRefusal(), "later refusal, held, replayed",
             {.holds = 1, .unreachable = 1, .persons = 1}),
        with(laterRefusal(), "later refusal, set aside, silent, replayed",
             {.refusals = 1, .noAnswers = 1, .persons = 1}),
        with(merge(), "merge, given back, a crash", {.crashes = 1, .givenBack = 1}),
        with(merge(), "merge, held and blocking, a lost lease",
             {.expiries = 1, .holds = 1, .persons = 1, .holdBlocks = true}),
        with(refusalInLane(), "later refusal inside a lane, a crash", {.crashes = 1}),
        with(laterRefusal(), "later refusal, a crash, a lost lease", {.crashes = 1, .expiries = 1}),
        with(oneLane(), "one lane that blocks on refusal and doubt",
             {.crashes = 1,
              .expiries = 1,
              .refusals = 1,
              .noAnswers = 1,
              .persons = 2,
              .refusalBlocks = true,
              .uncertainHolds = true}),
        with(merge(), "merge, held, replayed, a crash", {.crashes = 1, .holds = 1, .persons = 1}),
        with(oneLane(), "one lane, everything but a crash",
             {.expiries = 2, .refusals = 1, .noAnswers = 1, .unreachable = 1, .persons = 1}),
        with(twoPartners(), "two partners, a delivery held, made again, a crash",
             {.crashes = 1, .holds = 1, .persons = 1}),
        with(twoPartners(), "two partners, two crashes", {.crashes = 2}),
        with(twoPartners(), "two partners, one away, one silent, a crash",
             {.crashes = 1, .noAnswers = 1, .unreachable = 1}),
        with(twoPartners(), "two partners, set aside, replayed, a crash",
             {.crashes = 1, .refusals = 1, .persons = 1}),
        with(oneLane(), "one lane, refused later, replayed, a crash",
             {.crashes = 1, .persons = 1, .lateRefusals = 1}),
        with(oneLane(), "one lane, refused later, silent, a lost lease",
             {.expiries = 1, .noAnswers = 1, .lateRefusals = 2}),
        with(oneLane(), "one lane, paused, silent, a crash",
             {.crashes = 1, .noAnswers = 1, .pauses = 1}),
        with(twoPartners(), "two partners, one paused, a lost lease", {.expiries = 1, .pauses = 1}),
        with(mergeLast(), "merge at the end, silent, a crash", {.crashes = 1, .noAnswers = 1}),
        with(mergeLast(), "merge at the end, refused and blocking, replayed, a lost lease",
             {.expiries = 1, .refusals = 1, .persons = 1, .refusalBlocks = true}),
        with(merge(), "merge, unreachable, a lost lease", {.expiries = 1, .unreachable = 1}),
        with(twoLanes(), "two lanes, one blocked",
             {.refusals = 1, .persons = 1, .refusalBlocks = true}),
        with(twoLanes(), "two lanes of one partner that is away, a crash",
             {.crashes = 1, .unreachable = 2}),
        with(twoLanes(), "two lanes of one partner that is away, one paused",
             {.unreachable = 1, .pauses = 1}),
        with(laterRefusal(), "later refusal, a partner away", {.unreachable = 2, .persons = 1}),
        with(mailbox(false), "mailbox, a crash, a lost lease", {.crashes = 1, .expiries = 1}),
        with(mailbox(false), "mailbox, nobody fetches, replayed or closed, a crash",
             {.crashes = 1, .persons = 2, .unread = 2}),
        with(mailbox(true), "mailbox, a later refusal, a crash",
             {.crashes = 1, .persons = 1, .unread = 1}),
        with(mailbox(false), "mailbox, paused, a crash", {.crashes = 1, .pauses = 1}),
        with(oneLane(), "one lane, accepted meanwhile, silent, a crash",
             {.crashes = 1, .noAnswers = 1, .lateYes = 1}),
        with(oneLane(), "one lane, accepted and refused meanwhile, a lost lease",
             {.expiries = 1, .noAnswers = 1, .lateRefusals = 1, .lateYes = 1}),
        with(merge(), "merge, ignored, held, a crash",
             {.crashes = 1, .holds = 1, .persons = 1, .ignores = 1}),
        with(oneLane(), "one lane, refused, translated anew, a crash",
             {.crashes = 1, .refusals = 1, .persons = 2, .anew = true}),
        with(oneLane(), "one lane that blocks, translated anew, a lost lease",
             {.expiries = 1, .refusals = 1, .persons = 2, .anew = true, .refusalBlocks = true}),
        with(onePlan(), "one plan, overtaken, a crash", {.crashes = 1}),
        with(onePlan(), "one plan, overtaken, a lost lease", {.expiries = 1}),
        with(onePlan(), "one plan, overtaken, given back, held",
             {.givenBack = 1, .holds = 1, .persons = 1}),
        with(ends(false), "ends, a crash, a lost lease", {.crashes = 1, .expiries = 1}),
        with(ends(false), "ends, held or refused, silent, replayed",
             {.holds = 1, .refusals = 1, .noAnswers = 1, .persons = 1}),
        with(ends(true), "ends in a mailbox, nobody fetches, a crash",
             {.crashes = 1, .persons = 1, .unread = 1}),
        with(newEdition(), "ends before a new edition, silent, away, a crash",
             {.crashes = 1, .noAnswers = 1, .unreachable = 1}),
        with(newEdition(), "ends before a new edition, refused and blocking, a lost lease",
             {.expiries = 1, .refusals = 1, .persons = 1, .anew = true, .refusalBlocks = true}),
    };
}

class Promise : public testing::TestWithParam<int> {};

TEST_P(Promise, HoldsInEveryOrderOfSteps) {
    const Scenario scenario = all()[static_cast<std::size_t>(GetParam())];
    const Found found = explore(scenario);
    std::printf("%-55s %8zu states %9zu steps %7zu ends\n", scenario.name, found.states,
                found.steps, found.quiet);
    EXPECT_EQ("", found.broken) << found.text();
    EXPECT_GT(found.quiet, 0u);
}

INSTANTIATE_TEST_SUITE_P(Model, Promise, testing::Range(0, static_cast<int>(all().size())));

struct Broken {
    Mutation mutation;
    const char* name;
    const char* says;
    const char* where = "";  ///< in the name of the scenarios to look at first
};

/// Those that are named, then the others.
std::vector<Scenario> fromThere(std::string_view where) {
    std::vector<Scenario> scenarios = all();
    std::stable_partition(scenarios.begin(), scenarios.end(), [&](const Scenario& one) {
        return std::string_view(one.name).find(where) != std::string_view::npos;
    });
    return scenarios;
}

class Mutated : public testing::TestWithParam<Broken> {};

/// The explorer sees each fault that is put in, in some scenario, and says what it breaks.
TEST_P(Mutated, IsFound) {
    std::string broken;
    std::string story;
    for (const Scenario& scenario : fromThere(GetParam().where)) {
        const Found found = explore(scenario, GetParam().mutation);
        if (found.broken.empty()) continue;
        broken = found.broken;
        story = scenario.name + std::string(": ") + found.text();
        if (broken.find(GetParam().says) != broken.npos) break;
    }
    EXPECT_NE(broken.npos, broken.find(GetParam().says)) << story;
    std::printf("%s\n", story.c_str());
}

INSTANTIATE_TEST_SUITE_P(
    Model, Mutated,
    testing::Values(
        Broken{Mutation::ackBeforeCommit, "ackBeforeCommit", "it is gone"},
        Broken{Mutation::noRepeatCheck, "noRepeatCheck", "stored twice"},
        Broken{Mutation::claimIgnoresKeys, "claimIgnoresKeys", "overtook"},
        Broken{Mutation::translatePastGap, "translatePastGap", "overtook"},
        Broken{Mutation::lateTranslation, "lateTranslation", "translated twice"},
        Broken{Mutation::noInflightCommit, "noInflightCommit", "duplicate"},
        Broken{Mutation::crashMakesQueued, "crashMakesQueued", "duplicate"},
        Broken{Mutation::crashForgetsInflight, "crashForgetsInflight", "in flight for ever"},
        Broken{Mutation::expiryMakesQueued, "expiryMakesQueued", "duplicate"},
        Broken{Mutation::twoOwners, "twoOwners", "two workers"},
        Broken{Mutation::lateSettle, "lateSettle", "state.h does not allow"},
        Broken{Mutation::sendPastTrouble, "sendPastTrouble", "overtook an older one of its lane"},
        Broken{Mutation::noRecheck, "noRecheck", "barred", "later refusal"},
        Broken{Mutation::closeLate, "closeLate", "overtook an older one of its lane",
               "inside a lane"},
        Broken{Mutation::heldDropsOut, "heldDropsOut", "it is gone"},
        Broken{Mutation::inflightStaysWhenUnsent, "inflightStaysWhenUnsent", "in flight for ever"},
        Broken{Mutation::wordForgotten, "wordForgotten", "refused later", "refused later"},
        Broken{Mutation::pauseIgnored, "pauseIgnored", "paused lane was given out", "paused"},
        Broken{Mutation::pauseForgotten, "pauseForgotten", "paused lane was given out", "paused"},
        Broken{Mutation::sendPastPause, "sendPastPause", "sent in a paused lane", "paused"},
        Broken{Mutation::yesForgotten, "yesForgotten", "its partner accepted",
               "accepted meanwhile"},
        Broken{Mutation::mergeInOneLane, "mergeInOneLane", "two workers own one lane",
               "merge at the end"},
        Broken{Mutation::blockStopsOthers, "blockStopsOthers", "nobody will take it",
               "one blocked"},
        Broken{Mutation::pickUpUnasked, "pickUpUnasked", "barred", "mailbox"},
        Broken{Mutation::offersPastOthers, "offersPastOthers", "overtook an older one of its lane",
               "mailbox"},
        Broken{Mutation::endsInSilence, "endsInSilence", "its timeline does not tell it"},
        Broken{Mutation::expiryInSilence, "expiryInSilence", "its timeline does not tell it",
               "nobody fetches"},
        Broken{Mutation::probeKept, "probeKept", "nobody will take it", "one partner that is away"},
        Broken{Mutation::allProbe, "allProbe", "two try a partner that is away",
               "one partner that is away"},
        Broken{Mutation::anewAtTheEnd, "anewAtTheEnd", "overtook an older one of its lane",
               "translated anew"},
        Broken{Mutation::overtakenCommits, "overtakenCommits", "changed since", "overtaken"},
        Broken{Mutation::overtakenHalf, "overtakenHalf", "translated twice", "overtaken"},
        Broken{Mutation::pastOvertaken, "pastOvertaken", "overtook", "overtaken"},
        Broken{Mutation::endForgets, "endForgets", "never made", "ends"},
        Broken{Mutation::endOfInflight, "endOfInflight", "state.h does not allow", "ends"},
        Broken{Mutation::endLeavesClaim, "endLeavesClaim", "state.h does not allow", "ends"},
        Broken{Mutation::endsItsOwn, "endsItsOwn", "closed what it brought", "ends"}),
    [](const auto& broken) { return std::string(broken.param.name); });

}  // namespace

}  // namespace model
