/// The audit through a storm of kills: its chain whole, each delivery in it once, each act of a
/// person that was acknowledged.
#include <signal.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "raw_client.h"
#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;

namespace {

/// Pauses and resumes the partner as one person after the other, and remembers what was answered.
class People {
public:
    explicit People(const World& world) : socket_(world.folder() + "/var/admin.sock") {}

    /// Pauses and resumes, if the gateway lives so long. @return whether it goes on
    bool act() {
        const std::string by = "keeper" + std::to_string(++number_);
        if (post("/pause", by)) done_.insert(by + " pause");
        const bool resumed = post("/resume", by);
        if (resumed) done_.insert(by + " resume");
        return resumed;
    }
    const std::set<std::string>& done() const { return done_; }

private:
    bool post(const std::string& path, const std::string& by) {
        const std::string body = R"({"end":"partner0/adt","by":")" + by + R"(","why":"a storm"})";
        try {
            return support::converse(socket_, "POST " + path +
                                                  " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                                  "Content-Length: " +
                                                  std::to_string(body.size()) + "\r\n\r\n" + body)
                .starts_with("HTTP/1.1 200 ");
        } catch (const std::exception&) {  // it was killed: not acknowledged
            return false;
        }
    }

    const std::string socket_;
    int number_ = 0;
    std::set<std::string> done_;
};

std::string member(const std::string& line, const std::string& name) {
    const std::string mark = "\"" + name + "\":\"";
    const std::size_t at = line.find(mark);
    if (at == line.npos) return {};
    return line.substr(at + mark.size(), line.find('"', at + mark.size()) - at - mark.size());
}

struct Told {
    std::map<std::string, int> delivered, received;  ///< id → how often
    std::set<std::string> acts;                      ///< "WHO WHAT"
};

Told toldBy(World& world) {
    Told told;
    std::istringstream lines(world.ask({"audit", "list", "--most", "0"}).out);
    for (std::string line; std::getline(lines, line);) {
        const std::string what = member(line, "what");
        if (what == "delivered") ++told.delivered[member(line, "delivery")];
        if (what == "received") ++told.received[member(line, "message")];
        told.acts.insert(member(line, "by") + " " + what);
    }
    return told;
}

std::uint64_t twice(const std::map<std::string, int>& times) {
    return static_cast<std::uint64_t>(
        std::count_if(times.begin(), times.end(), [](const auto& one) { return one.second != 1; }));
}

}  // namespace

void auditInStorm(Run& run) {
    const int most = run.pick(4, 100, 3000);
    const auto until = std::chrono::steady_clock::now() + run.length(24h, 24h, 24h);
    int kills = 0;
    Oracle oracle;
    Partner partner(oracle, 0);
    Settings settings;
    settings.more = "admin: {audit: {part: 64 KiB}}\n";
    World world({&partner}, settings);
    People people(world);
    std::mt19937 random(20260301);
    std::uniform_int_distribution<int> milliseconds(0, 400);
    Load load(oracle, {});
    for (; kills < most && std::chrono::steady_clock::now() < until; ++kills) {
        load.at(world.start());
        const auto end =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds(random));
        std::thread acting([&] {
            while (std::chrono::steady_clock::now() < end) people.act();
        });
        std::this_thread::sleep_until(end);
        load.at(0);
        run.check(world.end(SIGKILL) == -SIGKILL, "it ended by itself");
        acting.join();
    }
    load.at(world.start());
    run.check(within(20s, [&] { return people.act(); }), "it stays paused");
    load.stop();
    within(60s, [&] { return oracle.missing() == 0; });
    within(30s, [&] { return world.deliveriesIn("queued") + world.deliveriesIn("inflight") == 0; });
    const std::uint64_t delivered = world.deliveriesIn("delivered");
    const std::uint64_t accepted = world.messagesIn("accepted");
    run.finish(world, oracle, load, Run::Duplicates::allowed);

    run.check(world.ask({"audit", "verify"}).code == 0, "the chain of the audit is not whole");
    const Told told = toldBy(world);
    run.check(told.delivered.size() == delivered, std::to_string(delivered) +
                                                      " were delivered, the audit has " +
                                                      std::to_string(told.delivered.size()));
    run.check(told.received.size() == accepted, std::to_string(accepted) +
                                                    " were accepted, the audit has " +
                                                    std::to_string(told.received.size()));
    run.check(twice(told.delivered) == 0 && twice(told.received) == 0,
              "the audit tells of one twice");
    for (const std::string& act : people.done())
        run.check(told.acts.contains(act), "the audit has not: " + act);
    run.note(std::to_string(kills) + " kills, " + std::to_string(people.done().size()) +
             " acts acknowledged, " + std::to_string(told.delivered.size()) +
             " deliveries told once each");
}

}  // namespace faults
