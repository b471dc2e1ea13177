/// The time of day jumps: an administrator, a virtual machine that slept, a bad time server.
#include <thread>

#include "gateway/time.h"
#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kHour = 3'600'000;

/// "17:00", so many hours from now, UTC.
std::string hourFromNow(int hours) {
    return gateway::toText(gateway::currentTime() + std::chrono::hours(hours)).substr(11, 2) +
           ":00";
}

/// A jump into quiet hours stops one partner and no other, and a jump out of them starts it.
void jumpIntoQuietHours(Run& run, World& world, const Oracle& oracle, const Load& load,
                        const Partner& quiet) {
    world.control().clockShiftMs = 4 * kHour;
    // What was in hand ends.
    std::uint64_t before = 0;
    const auto still = [&] {
        before = quiet.received();
        std::this_thread::sleep_for(300ms);
        return quiet.received() == before;
    };
    run.check(within(10s, still), "quiet hours do not begin with a jump into them");
    const std::uint64_t accepted = load.acknowledged();
    within(10s, [&] { return load.acknowledged() > accepted + 100; });
    run.check(quiet.received() == before, "something is sent in quiet hours");
    run.check(within(10s, [&] { return oracle.missing(1) < 20; }),
              "quiet hours of one partner stop another");
    world.control().clockShiftMs = 0;
    run.check(within(40s, [&] { return oracle.missing() < 50; }),
              "deliveries do not go on after a jump out of quiet hours");
}

}  // namespace

void clockJumps(Run& run) {
    Oracle oracle(2);
    Partner partner(oracle, 0), quiet(oracle, 1);
    Settings settings;
    settings.layer = true;
    // Retention sees each jump; what waits is not its to take.
    settings.source = ", keep: {body: 2 d, metadata: 10 d}";
    settings.partners = {"", "zone: UTC\nquiet_hours: {from: \"" + hourFromNow(3) + "\", to: \"" +
                                 hourFromNow(6) + "\"}\n"};
    World world({&partner, &quiet}, settings);
    LoadShape shape;
    shape.perSecond = 200;
    Load load(oracle, shape);
    load.at(world.start());
    const auto goesOn = [&](const std::string& when) {
        const std::uint64_t before = load.acknowledged();
        run.check(within(10s, [&] { return load.acknowledged() > before + 20; }),
                  "accept stops after " + when);
        run.check(within(10s, [&] { return oracle.missing() < 20; }),
                  "delivery stops after " + when);
    };
    goesOn("the start");
    struct Jump {
        const char* name;
        std::int64_t to;
    };
    const Jump jumps[] = {{"an hour forward", kHour},       {"an hour back", 0},
                          {"a day back", -24 * kHour},      {"a day forward", 0},
                          {"a month forward", 720 * kHour}, {"a month back", 0}};
    for (int i = 0; i < run.pick(1, 1, 50); ++i)
        for (const Jump& jump : jumps) {
            if (run.is(Form::smoke) && &jump > jumps + 1) break;
            world.control().clockShiftMs = jump.to;
            goesOn(std::string("a jump of ") + jump.name);
            // With lanes that wait for their next try at a time that the jump moves.
            partner.die();
            const std::uint64_t before = load.acknowledged();
            within(10s, [&] { return load.acknowledged() > before + 50; });
            world.control().clockShiftMs = jump.to == 0 ? kHour / 2 : 0;
            partner.rise();
            goesOn(std::string("a jump while the partner was away, of ") + jump.name);
            world.control().clockShiftMs = jump.to;
            goesOn(std::string("a jump back after ") + jump.name);
        }
    for (int i = 0; i < run.pick(1, 2, 50); ++i)
        jumpIntoQuietHours(run, world, oracle, load, quiet);
    load.stop();
    run.note(
        "an hour, a day and a month, forward and back, with the partner there and away, with "
        "retention; into quiet hours and out of them");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

}  // namespace faults
