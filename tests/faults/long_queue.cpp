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

struct Rates {
    double accept = 0, deliver = 0;  ///< a second

    void best(const Rates& other) {
        accept = std::max(accept, other.accept);
        deliver = std::max(deliver, other.deliver);
    }
};

/// A gateway with a partner that is away and one that is there; each message goes to both.
class Queue {
public:
    Queue() : away_(oracle_, 0), there_(oracle_, 1), world_({&away_, &there_}, {}) {
        away_.die();
        port_ = world_.start();
    }

    /// Sends, and waits until all of it is where it can be.
    Rates send(std::uint64_t messages) {
        LoadShape shape;
        shape.connections = 16;
        shape.lanes = 5000;
        shape.most = messages;
        shape.firstLane = lane_;
        lane_ += shape.lanes;
        const std::uint64_t before = there_.received();
        Load load(oracle_, shape);
        const auto begun = Clock::now();
        load.at(port_);
        within(3600s, [&] { return load.done(); });
        Rates rates;
        rates.accept = static_cast<double>(load.acknowledged()) / seconds(begun);
        within(600s, [&] { return there_.received() >= before + messages; });
        rates.deliver = static_cast<double>(there_.received() - before) / seconds(begun);
        return rates;
    }
    /// The one who was away takes all. @return delivered a second
    double drain() {
        const std::uint64_t before = away_.received();
        const auto begun = Clock::now();
        away_.rise();
        within(3600s, [&] { return oracle_.missing() == 0; });
        return static_cast<double>(away_.received() - before) / seconds(begun);
    }

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
    Oracle oracle_{2};
    Partner away_, there_;
    World world_;
    std::uint16_t port_ = 0;
    int lane_ = 0;
};

}  // namespace

void longQueue(Run& run) {
    const std::uint64_t waiting = run.pick(1'000u, 100'000u, 1'000'000u);
    const std::uint64_t sample = run.pick(300u, 10'000u, 30'000u);
    Queue empty, full;
    full.send(waiting);
    Rates ofEmpty, ofFull;
    // By turns, so that a busy machine does not decide; the best of each counts.
    for (int i = 0; i < run.pick(1, 3, 3); ++i) {
        ofEmpty.best(empty.send(sample));
        ofFull.best(full.send(sample));
    }
    run.note(std::to_string(waiting) + " waiting: accept " + whole(ofFull.accept) +
             "/s (empty store " + whole(ofEmpty.accept) + "), whole way to another partner " +
             whole(ofFull.deliver) + "/s (" + whole(ofEmpty.deliver) + ")");
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
        run.check(ofFull.accept >= 0.9 * ofEmpty.accept, "accept is slower by more than 10 %");
        run.check(ofFull.deliver >= 0.9 * ofEmpty.deliver, "delivery is slower by more than 10 %");
        run.check(start < 2, "the start takes more than 2 s");
        run.check(slowest < 50, "a page takes more than 50 ms");
    }
    Load none(full.oracle(), {1, 1, 600, 0, 1, 900'000});
    none.stop(0s);
    run.note("all delivered at " + whole(full.drain()) + "/s");
    run.finish(full.world(), full.oracle(), none, Run::Duplicates::allowed);
}

}  // namespace faults
