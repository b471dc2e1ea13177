/// The configuration changes while messages come.
#include <signal.h>

#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

void reloads(Run& run) {
    const int count = run.pick(3, 100, 1000);
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, {});
    LoadShape shape;
    shape.perSecond = 300;
    Load load(oracle, shape);
    load.at(world.start());
    const auto inForce = [&] {
        const std::string output = world.output();
        int times = 0;
        for (std::size_t at = 0; (at = output.find("configuration-in-force", at)) != output.npos;
             ++at)
            ++times;
        return times;
    };
    int before = inForce();
    std::size_t early = 0;
    for (int i = 0; i < count; ++i) {
        world.write("partners/partner0.yaml",
                    "category: hospital\ndestinations:\n  adt: {mllp: {host: 127.0.0.1, port: " +
                        std::to_string(partner.port()) + "}, codec: hl7v2, concurrency: " +
                        std::to_string(1 + i % 6) + ", retry: {first: 10 ms}" +
                        (i % 3 == 1 ? ", rate: {most: 1000, per: 1 s}" : "") + "}\n");
        kill(world.id(), SIGHUP);
        if (!run.check(within(20s, [&] { return inForce() > before; }), "a reload has no effect"))
            break;
        ++before;
        if (i == count / 4) early = world.resident();
    }
    load.stop();
    run.check(load.refused() == 0 && load.later() == 0 && load.broken() == 0,
              "senders were refused or cut off");
    const std::size_t late = world.resident();
    run.check(late < early + 32, "memory grows with reloads: " + std::to_string(early) + " to " +
                                     std::to_string(late) + " MiB");
    run.note(std::to_string(count) + " reloads, " + std::to_string(early) + " to " +
             std::to_string(late) + " MiB");
    run.finish(world, oracle, load, Run::Duplicates::none);
}

}  // namespace faults
