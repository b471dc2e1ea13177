/// A steady load: memory and disk grow with what is kept, and with nothing else.
#include <filesystem>

#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

/// Bytes of a message that stay for ever; half of them are room in pages that were full once.
constexpr std::uint64_t kProof = 600;

}  // namespace

void soak(Run& run) {
    const auto length = run.length(2000ms, 60'000ms, 3'600'000ms);
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    // So that the store has all of a steady state after a third of the time.
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
    settings.source = ", keep: {body: " + std::to_string(std::max(1l, seconds / 12)) +
                      " s, metadata: " + std::to_string(std::max(1l, seconds / 6)) + " s}";
    World world({&partner}, settings);
    LoadShape shape;
    shape.connections = 16;
    shape.lanes = 500;
    shape.bytes = 1500;
    shape.perSecond = 500;
    const std::uint16_t port = world.start();
    Load load(oracle, shape);
    load.at(port);
    const auto disk = [&](const char* end) {
        return std::filesystem::file_size(world.store() + end) >> 20;
    };
    const auto size = [](std::uintmax_t mebibytes) { return std::to_string(mebibytes) + " MiB"; };
    std::this_thread::sleep_for(length / 3);  // caches fill
    const std::size_t early = world.resident();
    const std::uintmax_t storeEarly = disk("");
    const std::uint64_t acknowledgedEarly = load.acknowledged();
    std::uintmax_t log = 0;
    std::uint64_t behind = 0, scraped = 0;
    for (int i = 0; i < 20; ++i) {
        std::this_thread::sleep_for(length / 30);
        log = std::max(log, disk("-wal"));
        behind = std::max(behind, oracle.missing());
        scraped += world.metrics().empty() ? 0 : 1;
    }
    const std::size_t late = world.resident();
    const double perSecond =
        static_cast<double>(load.acknowledged()) / std::chrono::duration<double>(length).count();
    const std::vector<double> latencies = load.latencies();
    load.stop();
    within(10s, [&] { return oracle.missing() == 0; });
    run.note(std::to_string(static_cast<int>(perSecond)) + " a second, ACK p50 " +
             std::to_string(percentile(latencies, 0.5)).substr(0, 4) + " ms, p99 " +
             std::to_string(percentile(latencies, 0.99)).substr(0, 5) + " ms; memory " +
             size(early) + " to " + size(late) + ", log at most " + size(log) + ", store " +
             size(storeEarly) + " to " + size(disk("")) + " with retention on, at most " +
             std::to_string(behind) + " behind");
    run.check(late <= early + 24, "memory grows from " + size(early) + " to " + size(late));
    // Proof lines stay, of the message, its delivery and its hashes.
    const auto proofs = (load.acknowledged() - acknowledgedEarly) * kProof >> 20;
    if (!run.is(Form::smoke))
        run.check(disk("") <= storeEarly + proofs + 32,
                  "the store grows from " + size(storeEarly) + " to " + size(disk("")) +
                      ", proof lines are " + size(proofs) + " of it");
    run.check(scraped == 20, "/metrics answered " + std::to_string(scraped) + " times of 20");
    run.check(log < 64, "the write-ahead log grew to " + size(log));
    run.check(behind < 2500, "deliveries fall behind");
    if (!run.is(Form::smoke)) run.check(perSecond > 450, "it does not keep up");
    run.check(load.refused() == 0 && load.later() == 0 && load.broken() == 0,
              "senders were refused or cut off");
    run.finish(world, oracle, load, Run::Duplicates::none);
}

}  // namespace faults
