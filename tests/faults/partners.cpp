/// Partners that do what partners do.
#include <signal.h>

#include <algorithm>

#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

void badPartners(Run& run) {
    struct Case {
        const char* what;
        Manner manner;
        bool once;  ///< only every seventh message
        Run::Duplicates duplicates;
    };
    using Kind = Manner::Kind;
    constexpr auto none = Run::Duplicates::none, allowed = Run::Duplicates::allowed;
    const Case cases[] = {
        {"slow", {Kind::answers, 150ms}, false, none},
        {"silent", {Kind::silent, 0ms}, true, allowed},
        {"resets", {Kind::resets, 0ms}, true, allowed},
        {"resets in the middle of its answer", {Kind::resetsMid, 0ms}, true, allowed},
        {"late", {Kind::answers, 700ms}, true, allowed},
        {"answers for another", {Kind::otherId, 0ms}, true, allowed},
        {"answers twice", {Kind::twice, 0ms}, false, none},
        {"answers twice, later", {Kind::twiceApart, 0ms}, true, none},
        {"refuses, naming the person", {Kind::refuses, 0ms}, true, none},
    };
    std::string duplicates;
    for (const Case& one : cases) {
        if (run.is(Form::smoke) && one.manner.kind != Kind::resetsMid &&
            one.manner.kind != Kind::twiceApart && one.manner.kind != Kind::refuses)
            continue;
        Oracle oracle;
        Partner partner(oracle, 0);
        Settings settings;
        settings.destination = ", answer_within: 500 ms";
        World world({&partner}, settings);
        Load load(oracle, {4, 16, 600, 200, run.pick<std::uint64_t>(40, 200, 4000)});
        partner.behave([&](std::uint64_t number) {
            return !one.once || number % 7 == 3 ? one.manner : Manner{};
        });
        load.at(world.start());
        run.check(within(300s, [&] { return load.done(); }),
                  one.what + std::string(": accept stops"));
        load.stop();
        // In the long form a slow one, which takes 27 a second, needs 148 s for its 4,000.
        const bool slow = one.manner.kind == Kind::answers && !one.once;
        const auto patience = slow ? run.pick(60s, 120s, 240s) : run.pick(60s, 120s, 120s);
        run.check(within(patience, [&] { return oracle.missing() == 0; }),
                  one.what + std::string(": it does not arrive"));
        partner.behave(Kind::answers);
        duplicates += std::string(duplicates.empty() ? "" : ", ") + one.what + " " +
                      std::to_string(oracle.judge().duplicates);
        Run inner = Run(Form::smoke);
        inner.finish(world, oracle, load, one.duplicates);
        for (const std::string& failure : inner.failures())
            run.check(false, one.what + std::string(": ") + failure);
    }
    run.note("sent twice: " + duplicates);
    // Away and back, several times.
    Oracle oracle;
    Partner partner(oracle, 0);
    World world({&partner}, {});
    Load load(oracle, {4, 16, 600, 200});
    load.at(world.start());
    for (int i = 0; i < run.pick(1, 5, 100); ++i) {
        partner.die();
        const std::uint64_t before = load.acknowledged();
        run.check(within(10s, [&] { return load.acknowledged() > before + 20; }),
                  "a dead partner stops accept");
        partner.rise();
        run.check(within(20s, [&] { return oracle.missing() < 50; }), "its lanes do not go on");
    }
    load.stop();
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

void limitedPartner(Run& run) {
    constexpr int kMost = 40;  // a second
    const auto count = run.pick<std::uint64_t>(80, 600, 20'000);
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    settings.partners = {"rate: {most: " + std::to_string(kMost) + ", per: 1 s}\n"};
    World world({&partner}, settings);
    Load load(oracle, {4, 16, 600, 0, count});
    load.at(world.start());
    run.check(within(120s, [&] { return load.done(); }), "accept stops");
    load.stop();
    within(60s, [&] { return partner.received() >= count / 2; });
    world.end(SIGKILL);
    world.start();
    const auto seconds = std::chrono::seconds(count / kMost * 5 / 4 + 10);
    run.check(within(seconds, [&] { return oracle.missing() == 0; }), "less comes than may");
    const auto times = partner.times();
    std::size_t most = 0;  // in any second
    for (std::size_t first = 0, after = 0; first < times.size(); ++first) {
        while (after < times.size() && times[after] - times[first] < 1s) ++after;
        most = std::max(most, after - first);
    }
    run.check(most <= kMost + kMost / 10, std::to_string(most) + " messages came within a second");
    run.note(std::to_string(kMost) + " a second allowed, at most " + std::to_string(most) +
             " came, a kill -9 in the middle");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

namespace {

/// Milliseconds from accept to arrival, of many slices of time together.
class Latency {
public:
    void add(const std::vector<double>& slice) {
        all_.insert(all_.end(), slice.begin(), slice.end());
        slices_.push_back(percentile(slice, 0.99));
    }
    double p(double part) const {
        std::vector<double> sorted = all_;
        std::sort(sorted.begin(), sorted.end());
        return percentile(sorted, part);
    }
    std::string text() const {
        const auto [least, most] = std::minmax_element(slices_.begin(), slices_.end());
        return "p50 " + ms(p(0.5)) + ", p99 " + ms(p(0.99)) + " (" + ms(*least) + " to " +
               ms(*most) + ")";
    }

private:
    static std::string ms(double value) { return std::to_string(value).substr(0, 4) + " ms"; }

    std::vector<double> all_, slices_;
};

}  // namespace

void oneOfForty(Run& run) {
    const std::size_t count = run.pick<std::size_t>(4, 40, 40);
    Oracle oracle(static_cast<int>(count));
    std::vector<std::unique_ptr<Partner>> partners;
    std::vector<Partner*> all;
    for (std::size_t i = 0; i < count; ++i) {
        partners.push_back(std::make_unique<Partner>(oracle, i));
        all.push_back(partners.back().get());
    }
    Settings settings;
    settings.concurrency = 2;
    settings.retry = "{first: 200 ms, most: 2 s}";
    settings.destination = ", answer_within: 2 s";
    World world(all, settings);
    LoadShape shape;
    shape.perSecond = run.pick(20.0, 100.0, 100.0);
    Load load(oracle, shape);
    load.at(world.start());
    const auto measure = [&](std::chrono::milliseconds length) {
        oracle.latencies();
        std::this_thread::sleep_for(length);
        return oracle.latencies();
    };
    const auto length = run.pick(500ms, 2500ms, 10'000ms);
    measure(length);
    // Many slices by turns, each side's taken together: 1 % of a single one is a handful of
    // messages, and what the machine does meanwhile would decide.
    Latency well, ill;
    for (int i = 0; i < run.pick(1, 12, 36); ++i) {
        well.add(measure(length));
        if (i % 2 == 0)
            partners[0]->die();  // nobody listens
        else
            partners[0]->behave(Manner::Kind::silent);
        ill.add(measure(length));
        partners[0]->behave(Manner::Kind::answers);
        if (i % 2 == 0) partners[0]->rise();
        run.check(within(30s, [&] { return oracle.missing() < 100; }), "its lanes do not go on");
    }
    load.stop();
    run.note("accept to arrival at the 39 others: " + well.text() + " with all alive; " +
             ill.text() + " with one dead");
    if (!run.is(Form::smoke))
        run.check(ill.p(0.99) <= well.p(0.99) * 1.1, "the others' p99 is more than 10 % higher");
    run.finish(world, oracle, load, Run::Duplicates::allowed);
}

}  // namespace faults
