/// The disk is lost, and a backup that was made under load takes its place.
#include <signal.h>

#include <filesystem>

#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

void loseDisk(const World& world) {
    for (const auto& entry : fs::directory_iterator(world.folder() + "/var"))
        fs::remove_all(entry.path());
}

bool store(const World& world, const char* what, const std::string& file) {
    return support::passerelle({"store", what, file, "-c", world.folder()}).code == 0;
}

}  // namespace

void restored(Run& run) {
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, {});
    LoadShape shape;
    shape.perSecond = 300;
    Load load(oracle, shape);
    load.at(world.start());
    const auto more = [&](std::uint64_t count) {
        const std::uint64_t before = load.acknowledged();
        return within(20s, [&] { return load.acknowledged() >= before + count; });
    };
    const int rounds = run.pick(1, 5, 100);
    std::uint64_t lost = 0;
    for (int i = 0; i < rounds; ++i) {
        if (i % 2 == 0) partner.die();  // what is in the backup is still to be delivered
        run.check(more(60), "accept stops");
        const std::set<std::string> safe = oracle.allAcknowledged();
        const std::string copy = world.folder() + "/copy" + std::to_string(i);
        if (!run.check(store(world, "backup", copy), "no backup under load")) break;
        run.check(more(30), "accept stops after the backup");
        load.at(0);
        world.end(SIGKILL);
        loseDisk(world);
        lost += oracle.acknowledged() - safe.size();
        oracle.onlyAcknowledged(safe);
        if (!run.check(store(world, "restore", copy), "the backup cannot be restored")) break;
        fs::remove(copy);
        load.at(world.start());
        if (i % 2 == 0) partner.rise();
        run.check(within(20s, [&] { return oracle.missing() < 50; }),
                  "deliveries do not go on after the restore");
    }
    load.stop();
    run.note(std::to_string(rounds) + " disks lost and restored from a backup made under load; " +
             std::to_string(lost) +
             " messages that were acknowledged after their backup went with their disks");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

}  // namespace faults
