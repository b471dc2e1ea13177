/// A partner is away for long, and what waits for it slows nobody down.
#include <signal.h>

#include "scenario.h"
#include "system/asking.h"

namespace faults {
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

double seconds(Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
}

std::string whole(double number) { return std::to_string(static_cast<long>(number)); }

/// A gateway whose partner is away, or comes back to be measured.
class Queue {
public:
    Queue() : partner_(oracle_, 0), world_({&partner_}, {}) {
        partner_.die();
        port_ = world_.start();
    }

    /// @return accepted a second
    double accept(std::uint64_t messages) {
        LoadShape shape;
        shape.connections = 16;
        shape.lanes = 5000;
        shape.most = messages;
        shape.firstLane = lane_;
        lane_ += shape.lanes;
        Load load(oracle_, shape);
        const auto begun = Clock::now();
        load.at(port_);
        within(3600s, [&] { return load.done(); });
        const double rate = static_cast<double>(load.acknowledged()) / seconds(begun);
        // What was accepted is translated before anything else is measured.
        within(600s, [&] { return world_.messagesIn("waiting") == 0; });
        return rate;
    }
    /// @return delivered a second, while `messages` of what waits are delivered
    double deliver(std::uint64_t messages) {
        const std::uint64_t before = partner_.received();
        partner_.rise();
        within(60s, [&] { return partner_.received() >= before + messages / 5; });
        const std::uint64_t first = partner_.received();
        const auto begun = Clock::now();
        within(600s, [&] { return partner_.received() >= before + messages; });
        const double rate = static_cast<double>(partner_.received() - first) / seconds(begun);
        return rate;
    }
    void away() { partner_.die(); }

    Oracle& oracle() { return oracle_; }
    World& world() { return world_; }
    /// @return seconds until it listens again after a kill
    double restart() {
        world_.end(SIGKILL);
        const auto begun = Clock::now();
        port_ = world_.start();
        return seconds(begun);
    }
    /// Milliseconds of the best of some.
    double list(const std::vector<std::string>& words) {
        double best = 1e9;
        for (int i = 0; i < 5; ++i) {
            const auto begun = Clock::now();
            std::vector<std::string> all{"messages", "list"};
            all.insert(all.end(), words.begin(), words.end());
            if (world_.ask(all).code != 0) return 1e9;
            best = std::min(best, seconds(begun) * 1000);
        }
        return best;
    }
    std::string oneInTheMiddle() {
        const support::Ran ran = world_.ask({"messages", "list", "--most", "1"});
        return support::textAt(support::itemsAt(support::jsonOf(ran.out), "messages")[0], "id");
    }

private:
    Oracle oracle_;
    Partner partner_;
    World world_;
    std::uint16_t port_ = 0;
    int lane_ = 0;
};

}  // namespace

void longQueue(Run& run) {
    const std::uint64_t waiting = run.pick(1'000u, 100'000u, 1'000'000u);
    const std::uint64_t sample = run.pick(300u, 10'000u, 30'000u);
    Queue empty, full;
    full.accept(waiting);
    double acceptEmpty = 0, acceptFull = 0, deliverEmpty = 0, deliverFull = 0;
    // By turns, so that a busy machine does not decide; the best of each counts.
    for (int i = 0; i < run.pick(1, 3, 3); ++i) {
        acceptEmpty = std::max(acceptEmpty, empty.accept(sample));
        acceptFull = std::max(acceptFull, full.accept(sample));
        deliverEmpty = std::max(deliverEmpty, empty.deliver(sample));
        within(60s, [&] { return empty.oracle().missing() == 0; });
        empty.away();
        deliverFull = std::max(deliverFull, full.deliver(sample));
        full.away();
    }
    run.note(std::to_string(waiting) + " waiting: accept " + whole(acceptFull) + "/s (empty " +
             whole(acceptEmpty) + "), deliver " + whole(deliverFull) + "/s (empty " +
             whole(deliverEmpty) + ")");
    const double start = full.restart();
    run.note("start " + std::to_string(start).substr(0, 4) + " s");
    std::string pages;
    double slowest = 0;
    const std::vector<std::vector<std::string>> lists{{},
                                                      {"--state", "queued"},
                                                      {"--state", "delivered"},
                                                      {"--state", "set-aside"},
                                                      {"--state", "held"},
                                                      {"--partner", "partner0"},
                                                      {"--partner", "nobody"},
                                                      {"--source", "adt"},
                                                      {"--before", full.oneInTheMiddle()},
                                                      {"--since", "2026-01-01T00:00:00Z"}};
    for (const auto& words : lists) {
        const double took = full.list(words);
        slowest = std::max(slowest, took);
        pages +=
            (pages.empty() ? "" : ", ") +
            (words.empty()
                 ? std::string("all")
                 : words[0].substr(2) +
                       (words[0] == "--before" || words[0] == "--since" ? "" : " " + words[1])) +
            " " + whole(took);
    }
    run.note("messages list, ms: " + pages);
    if (!run.is(Form::smoke)) {
        run.check(acceptFull >= 0.9 * acceptEmpty, "accept is slower by more than 10 %");
        run.check(deliverFull >= 0.9 * deliverEmpty, "delivery is slower by more than 10 %");
    }
    run.check(start < 2, "the start takes more than 2 s");
    run.check(slowest < 50, "a page takes more than 50 ms");
    Load none(full.oracle(), {1, 1, 600, 0, 1, 900'000});
    none.stop(0s);
    full.deliver(1);
    within(std::chrono::seconds(run.pick(30, 300, 3600)),
           [&] { return full.oracle().missing() == 0; });
    run.finish(full.world(), full.oracle(), none, Run::Duplicates::allowed);
}

}  // namespace faults
