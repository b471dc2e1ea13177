/// The process dies: at random instants, and at each of its calls.
#include <signal.h>

#include <random>

#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

void killAtRandom(Run& run) {
    const int kills = run.pick(3, 200, 5000);
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, {});
    std::mt19937 random(20260301);
    std::uniform_int_distribution<int> microseconds(0, 120'000);
    Load load(oracle, {});
    int crashes = 0;
    for (int kill = 0; kill < kills; ++kill) {
        load.at(world.start());
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
        load.at(0);
        // A crash of its own ends it no otherwise, but may say or leave more.
        const int signal = kill % 8 == 5 ? SIGSEGV : kill % 8 == 2 ? SIGABRT : SIGKILL;
        crashes += signal == SIGKILL ? 0 : 1;
        run.check(world.end(signal) == -signal, "it ended by itself");
    }
    for (const std::string& where : world.leaks()) run.check(false, "planted data in " + where);
    load.at(world.start());
    load.stop();
    run.note(std::to_string(kills) + " kills, " + std::to_string(crashes) + " of them crashes");
    run.check(load.refused() == 0 && load.later() == 0, "good messages were refused");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

namespace {

/// Sends `messages` until all are acknowledged and settled or the gateway is dead.
void script(World& world, Oracle& oracle, Load& load) {
    while (world.runs() && !load.done()) std::this_thread::sleep_for(200us);
    while (world.runs() && oracle.missing() > 0) std::this_thread::sleep_for(200us);
}

}  // namespace

void killAtEachCall(Run& run) {
    constexpr std::uint64_t kMessages = 50;
    const std::uint64_t runs = run.pick(3, 60, 0);
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    settings.layer = true;
    World world({&partner}, settings);
    std::uint64_t all = 0, deaths = 0, acknowledged = 0, leaked = 0;
    int lane = 0;
    const auto once = [&](std::uint64_t at) {
        const std::uint16_t port = world.start();
        // What an earlier death left behind is brought to its end first.
        within(20s, [&] { return oracle.missing() == 0; });
        const std::uint64_t before = world.control().calls;
        world.control().crashAt = at == 0 ? 0 : before + at;
        LoadShape shape{2, 4, 600, 0, kMessages, lane};
        lane += shape.lanes;
        Load load(oracle, shape);
        load.at(port);
        script(world, oracle, load);
        all = std::max(all, world.control().calls - before);
        const bool died = !world.runs();
        world.control().crashAt = 0;
        if (died) {
            ++deaths;
            run.check(world.end(SIGKILL) == -SIGKILL, "it ended by itself");
            load.at(world.start());
        }
        load.stop();
        within(20s, [&] { return oracle.missing() == 0; });
        acknowledged += load.acknowledged();
        leaked += load.leaked();
        if (oracle.missing() > 0) run.check(false, "lost after the call " + std::to_string(at));
        world.end(SIGKILL);
    };
    once(0);
    const std::uint64_t calls = all,
                        step = runs == 0 ? 1 : std::max<std::uint64_t>(1, calls / runs);
    for (std::uint64_t at = 1; at <= calls; at += step) once(at);
    run.note(std::to_string(deaths) + " deaths at every " + std::to_string(step) + ". of " +
             std::to_string(calls) + " calls");
    run.check(deaths > 0, "nothing died");
    run.check(leaked == 0, "an answer to a sender held what was planted");
    Load last(oracle, {2, 4, 600, 0, kMessages, lane});
    last.at(world.start());
    within(20s, [&] { return last.done(); });
    last.stop();
    run.finish(world, oracle, last, Run::Duplicates::allowed);
}

}  // namespace faults
