/// The machine dies: of what was not synced the disk holds nothing, a part, or half a page. And
/// the disk that says so itself: a failed fsync, after which memory and disk differ.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "disk/pages.h"
#include "scenario.h"
#include "support/plugins.h"

namespace faults {
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Random = std::mt19937;

constexpr std::size_t kSector = 512;

void put(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// What the disk holds of one file becomes the file. Of what was written since the last sync each
/// page is there with that chance, the last of them perhaps in part.
void cutFile(const std::string& path, double chance, Random& random) {
    if (!fs::exists(path + ".disk")) {
        fs::remove(path);
        return;
    }
    if (!fs::exists(path + ".pages")) return;  // nothing was written since the last cut
    std::string disk = support::fileText(path + ".disk");
    const std::string memory = support::fileText(path), states = support::fileText(path + ".pages");
    std::bernoulli_distribution written(chance), torn(0.2);
    std::uniform_int_distribution<std::size_t> sectors(1, kPage / kSector);
    for (std::size_t at = 0; at < memory.size(); at += kPage) {
        if (static_cast<PageState>(states[at / kPage]) == PageState::clean || !written(random))
            continue;
        const std::size_t size =
            std::min({torn(random) ? sectors(random) * kSector : kPage, kPage, memory.size() - at});
        if (disk.size() < at + size) disk.resize(at + size);
        disk.replace(at, size, memory, at, size);
    }
    put(path, disk);
    put(path + ".disk", disk);
    fs::remove(path + ".pages");
}

void cut(World& world, Random& random) {
    constexpr double chances[] = {0, 0, 0.5, 0.9};
    const double chance = chances[random() % std::size(chances)];
    for (const char* const end : {"", "-wal"}) cutFile(world.store() + end, chance, random);
    fs::remove(world.store() + "-shm");
}

Settings onPages() {
    Settings settings;
    settings.layer = true;
    return settings;
}

}  // namespace

void powerCut(Run& run) {
    const int cuts = run.pick(3, 60, 1000);
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, onPages());
    world.control().keepsPages = 1;
    Random random(20260302);
    Load load(oracle, {});
    for (int i = 0; i < cuts; ++i) {
        load.at(world.start());
        if (i % 2 == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 150'000));
            world.end(SIGKILL);
        } else {
            world.control().crashAt = world.control().calls + 1 + random() % 3000;
            run.check(within(20s, [&] { return !world.runs(); }), "it did not die at a call");
            world.end(SIGKILL);
            world.control().crashAt = 0;
        }
        load.at(0);
        cut(world, random);
    }
    load.at(world.start());
    load.stop();
    run.note(std::to_string(cuts) + " cuts");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

void failedSync(Run& run) {
    const int rounds = run.pick(2, 20, 200);
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, onPages());
    Control& control = world.control();
    control.keepsPages = 1;
    Random random(20260303);
    Load load(oracle, {});
    for (int i = 0; i < rounds; ++i) {
        load.at(world.start());
        const std::uint64_t before = load.acknowledged(), met = control.met;
        run.check(within(20s, [&] { return load.acknowledged() > before + 20; }),
                  "nothing is accepted before the fault");
        control.syncsToFail = 1 + static_cast<std::uint32_t>(random() % 2);
        control.syncs = SyncFault::error;
        run.check(within(10s, [&] { return control.met > met; }), "no fsync failed");
        if (i % 2 == 0) {
            // Memory now holds frames that the disk has not; whoever reads them believes too much.
            if (i % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
            load.at(0);
            world.end(SIGKILL);
            control.syncs = SyncFault::none;
            load.at(world.start());
        }
        const std::uint64_t after = load.acknowledged();
        run.check(within(20s, [&] { return load.acknowledged() > after + 20; }),
                  "it does not recover from a failed fsync");
        load.at(0);
        world.end(SIGKILL);
        control.syncs = SyncFault::none;
        cut(world, random);
    }
    load.at(world.start());
    load.stop();
    run.note(std::to_string(rounds) + " failed fsyncs, each followed by a power cut");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

}  // namespace faults
