/// The time of day jumps: an administrator, a virtual machine that slept, a bad time server.
#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

void clockJumps(Run& run) {
    constexpr std::int64_t kHour = 3'600'000;
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    settings.layer = true;
    World world({&partner}, settings);
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
    load.stop();
    run.note("an hour, a day and a month, forward and back, with the partner there and away");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

}  // namespace faults
