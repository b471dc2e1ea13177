/// Little of what a process needs: descriptors, memory.
#include <signal.h>

#include "scenario.h"
#include "support/mllp_peers.h"

namespace faults {
using namespace std::chrono_literals;

constexpr std::size_t kDocument = (std::size_t{64} << 20) - 4096;

void fewDescriptors(Run& run) {
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    settings.under = {"/usr/bin/prlimit", "--nofile=64"};
    World world({&partner}, settings);
    LoadShape shape;
    shape.perSecond = 200;
    Load load(oracle, shape);
    const std::uint16_t port = world.start();
    load.at(port);
    const auto accepts = [&] {
        const std::uint64_t before = load.acknowledged();
        return within(20s, [&] { return load.acknowledged() > before + 50; });
    };
    run.check(accepts(), "nothing is accepted before the crowd");
    for (int i = 0; i < run.pick(1, 3, 50); ++i) {
        std::vector<std::unique_ptr<support::Client>> crowd;
        for (int n = 0; n < 200; ++n) crowd.push_back(std::make_unique<support::Client>(port));
        run.check(accepts(), "who is connected is not served while a crowd waits");
        partner.die();  // its connections have to be made anew, with no descriptor left
        partner.rise();
        run.check(accepts(), "accept stops when a partner has to be reached anew");
        crowd.clear();
        run.check(accepts(), "nothing is accepted after the crowd");
        run.check(within(20s, [&] { return oracle.missing() < 50; }),
                  "deliveries do not go on after the crowd");
        support::Client late(port);
        const Numbered one{1000 + i, 1};
        const std::string body = admissionOf(one, 600);
        oracle.sent(one.id(), body);
        run.check(late.exchange(body).find("MSA|AA|") != std::string::npos,
                  "nobody new is let in after the crowd");
    }
    load.stop();
    run.check(world.runs(), "it ended");
    run.check(load.refused() == 0, "senders heard another no than 'try later'");
    run.note("crowds of 200 connections, " + std::to_string(load.broken()) + " broken, " +
             std::to_string(load.later()) + " times 'try later'");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

namespace {

Settings withMemory(std::size_t mebibytes) {
    Settings settings;
    settings.under = {"/usr/bin/prlimit", "--data=" + std::to_string(mebibytes << 20)};
    settings.destination = ", answer_within: 60 s";
    return settings;
}

/// At most one large document is in memory at a time. Its successors are
/// told to come later until there is room, and nobody else waits. Nothing is configured for it.
void tooLittleForTwo(Run& run) {
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, withMemory(128));
    const std::uint16_t port = world.start();
    Load small(oracle, {4, 8, 600, 50});
    small.at(port);
    LoadShape shape{2, 4, kDocument, 0, run.pick<std::uint64_t>(2, 6, 100), 5000};
    Load large(oracle, shape);
    large.at(port);
    run.check(within(std::chrono::seconds(run.pick(60, 240, 3600)),
                     [&] { return large.done() || !world.runs(); }) &&
                  large.done(),
              "with 128 MB large documents do not get in");
    if (!run.check(world.runs(), "it ended: " + world.output())) {
        small.stop(0s);
        return;
    }
    large.stop(0s);
    small.stop();
    run.check(small.refused() == 0 && large.refused() == 0,
              "senders heard another no than 'try later'");
    run.check(small.later() == 0, "senders of small messages were told to come later");
    run.check(percentile(small.latencies(), 0.99) < 5000, "small messages wait for large ones");
    within(120s, [&] { return oracle.missing() == 0; });
    run.check(world.deliveriesIn("held") == 0 && world.messagesIn("held") == 0,
              "something is held for want of memory");
    run.note("with 128 MB: " + std::to_string(shape.most) + " documents of 64 MB, " +
             std::to_string(large.later() + small.later()) + " times 'try later', at most " +
             std::to_string(world.peak()) + " MiB");
    run.finish(world, oracle, small, Run::Duplicates::none);
}

}  // namespace

void littleMemory(Run& run) {
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings = withMemory(1024);
    settings.listener = ", memory: 80 MiB";
    settings.limits = "{large_messages: 64 MiB, translators: 1}";
    World world({&partner}, settings);
    const std::uint16_t port = world.start();
    Load small(oracle, {4, 8, 600, 50});
    small.at(port);
    LoadShape shape{2, 4, kDocument, 0, run.pick<std::uint64_t>(1, 4, 200), 5000};
    Load large(oracle, shape);
    large.at(port);
    run.check(within(std::chrono::seconds(run.pick(60, 240, 3600)),
                     [&] { return large.done() || !world.runs(); }) &&
                  large.done(),
              "large documents do not get in");
    if (!run.check(world.runs(), "it ended: " + world.output())) {
        small.stop(0s);
        return;
    }
    large.stop(0s);
    small.stop();
    run.check(small.refused() == 0 && large.refused() == 0,
              "senders heard another no than 'try later'");
    within(120s, [&] { return oracle.missing() == 0; });
    run.note(std::to_string(shape.most) + " documents of 64 MB, " +
             std::to_string(large.later() + small.later()) + " times 'try later', at most " +
             std::to_string(world.peak()) + " MiB in memory");
    run.finish(world, oracle, small, Run::Duplicates::none);
    tooLittleForTwo(run);
}

}  // namespace faults
