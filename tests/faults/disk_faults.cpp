/// The disk is full, broken or slow: the sender hears "try later", nothing is acknowledged that is
/// not durable, and all goes on when the disk does.
#include <signal.h>

#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

/// A gateway on the layer with a load of 200 a second.
struct OnDisk {
    explicit OnDisk(double perSecond = 200, const std::string& store = {})
        : partner(oracle, 0), world({&partner}, settings(store)), load(oracle, shape(perSecond)) {
        load.at(world.start());
    }
    static Settings settings(const std::string& store) {
        Settings made;
        made.layer = true;
        made.store = store;
        return made;
    }
    static LoadShape shape(double perSecond) {
        LoadShape made;
        made.perSecond = perSecond;
        return made;
    }
    bool accepts(std::uint64_t more = 20) {
        const std::uint64_t before = load.acknowledged();
        return within(20s, [&] { return load.acknowledged() >= before + more; });
    }

    Oracle oracle;
    Partner partner;
    World world;
    Load load;
};

/// While it strikes nothing is acknowledged and senders hear "try later"; a kill meanwhile changes
/// nothing; afterwards it goes on by itself.
void strike(Run& run, OnDisk& on, const std::string& what, const std::function<void(bool)>& fault,
            std::chrono::milliseconds length, bool kill) {
    Control& control = on.world.control();
    run.check(on.accepts(), what + ": nothing is accepted before it");
    const std::uint64_t met = control.met;
    fault(true);
    run.check(within(10s, [&] { return control.met > met; }), what + ": it never struck");
    std::this_thread::sleep_for(20ms);  // what was durable already is being acknowledged
    const std::uint64_t before = on.load.acknowledged(), later = on.load.later();
    std::this_thread::sleep_for(length);
    const std::uint64_t wrongly = on.load.acknowledged() - before;
    run.check(wrongly == 0, what + ": " + std::to_string(wrongly) + " acknowledged all the same");
    run.check(on.load.later() > later, what + ": nobody heard 'try later'");
    run.check(on.world.runs(), what + ": it ended");
    if (kill) {
        on.load.at(0);
        on.world.end(SIGKILL);
        fault(false);
        on.load.at(on.world.start());
    } else {
        fault(false);
    }
    run.check(on.accepts(), what + ": it does not recover by itself");
    run.check(on.load.refused() == 0, what + ": senders heard another no than 'try later'");
}

}  // namespace

void brokenDisk(Run& run) {
    OnDisk on;
    Control& control = on.world.control();
    const auto writes = [&](WriteFault fault) {
        return [&control, fault](bool strikes) {
            control.writes = strikes ? fault : WriteFault::none;
        };
    };
    const int rounds = run.pick(1, 3, 50);
    for (int i = 0; i < rounds; ++i) {
        const bool kill = i % 2 == 1;
        strike(run, on, "EIO", writes(WriteFault::error), 300ms, kill);
        strike(run, on, "a write ends in the middle", writes(WriteFault::shortThenFull), 300ms,
               kill);
        strike(
            run, on, "every fsync fails",
            [&](bool strikes) { control.syncs = strikes ? SyncFault::error : SyncFault::none; },
            300ms, kill);
    }
    on.load.stop();
    run.note(std::to_string(3 * rounds) + " faults, " + std::to_string(on.load.later()) +
             " times 'try later'");
    run.finish(on.world, on.oracle, on.load, Run::Duplicates::allowed);
}

void fullDisk(Run& run) {
    OnDisk on(200, ", reserve: 100 MiB");
    Control& control = on.world.control();
    const int rounds = run.pick(1, 3, 50);
    for (int i = 0; i < rounds; ++i) {
        strike(
            run, on, "ENOSPC",
            [&](bool strikes) { control.writes = strikes ? WriteFault::full : WriteFault::none; },
            300ms, i % 2 == 1);
        // The reserve is reached: nothing more is accepted, what is there is still delivered.
        run.check(on.accepts(), "nothing is accepted with room on the disk");
        on.partner.die();
        run.check(on.accepts(), "nothing is accepted while the partner is away");
        control.freeBytes = 90u << 20;
        const std::uint64_t later = on.load.later();
        run.check(within(10s, [&] { return on.load.later() > later + 20; }),
                  "the reserve is used up by what is accepted");
        const std::uint64_t before = on.load.acknowledged();
        on.partner.rise();
        run.check(within(20s, [&] { return on.oracle.missing() == 0; }),
                  "what was accepted is not delivered out of the reserve");
        run.check(on.load.acknowledged() == before, "accepted below the reserve");
        control.freeBytes = 0;
        run.check(on.accepts(), "it does not accept again when space returns");
    }
    on.load.stop();
    run.note(std::to_string(rounds) + " times ENOSPC and below the reserve, " +
             std::to_string(on.load.later()) + " times 'try later'");
    run.finish(on.world, on.oracle, on.load, Run::Duplicates::allowed);
}

void slowDisk(Run& run) {
    OnDisk on(100);
    Control& control = on.world.control();
    run.check(on.accepts(), "nothing is accepted before it");
    for (const std::uint32_t delay : {20u, 200u, 1000u}) {
        if (run.is(Form::smoke) && delay > 20) break;
        control.syncDelayMs = delay;
        std::this_thread::sleep_for(run.pick(300ms, 2000ms, 30'000ms));
        run.check(on.accepts(8),
                  "nothing is accepted at " + std::to_string(delay) + " ms an fsync");
    }
    control.syncDelayMs = 0;
    run.check(on.accepts(100), "it stays slow");
    on.load.stop();
    run.check(on.load.refused() == 0 && on.load.broken() == 0, "senders were refused or cut off");
    run.note("up to 1 s an fsync");
    run.finish(on.world, on.oracle, on.load, Run::Duplicates::none);
}

}  // namespace faults
