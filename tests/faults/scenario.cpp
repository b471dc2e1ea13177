#include "scenario.h"

#include <signal.h>

namespace faults {
using namespace std::chrono_literals;

std::chrono::milliseconds Run::length(std::chrono::milliseconds smoke,
                                      std::chrono::milliseconds brief,
                                      std::chrono::milliseconds whole) const {
    return minutes_ > 0 ? std::chrono::minutes(minutes_) : pick(smoke, brief, whole);
}

bool Run::check(bool good, const std::string& otherwise) {
    if (!good) failures_.push_back(otherwise);
    return good;
}

void Run::note(const std::string& text) { notes_ += (notes_.empty() ? "" : "; ") + text; }

void Run::judge(const Oracle& oracle, Duplicates duplicates, std::size_t without) {
    const Verdict verdict = oracle.judge(without);
    const auto none = [&](std::uint64_t count, const std::string& what) {
        check(count == 0, std::to_string(count) + " " + what + " (" + verdict.example + ")");
    };
    none(verdict.lost, "acknowledged messages are lost");
    none(verdict.disorder, "times the order in a lane is broken");
    none(verdict.altered, "messages are altered");
    if (duplicates == Duplicates::none) none(verdict.duplicates, "duplicates without a cause");
    note(std::to_string(verdict.acknowledged) + " acknowledged, " +
         std::to_string(verdict.arrived) + " arrived, " + std::to_string(verdict.duplicates) +
         " twice");
}

void Run::finish(World& world, const Oracle& oracle, const Load& load, Duplicates duplicates,
                 std::size_t without) {
    within(60s, [&] { return oracle.missing(without) == 0; });
    if (without == SIZE_MAX)
        check(within(30s,
                     [&] {
                         return world.deliveriesIn("queued") == 0 &&
                                world.deliveriesIn("inflight") == 0 &&
                                world.deliveriesIn("uncertain") == 0 &&
                                world.messagesIn("waiting") == 0;
                     }),
              "something waits without a cause");
    const std::uint64_t accepted = world.messagesIn("accepted");
    check(accepted >= oracle.acknowledged(),
          "the gateway counts " + std::to_string(accepted) + " messages, " +
              std::to_string(oracle.acknowledged()) + " were acknowledged");
    judge(oracle, duplicates, without);
    world.ask({"messages", "list"});
    check(!world.metrics().empty(), "/metrics does not answer");
    check(load.leaked() == 0, "an answer to a sender held what was planted");
    for (const std::string& where : world.leaks()) check(false, "planted data in " + where);
    const int code = world.end(SIGTERM);
    check(code == 0, "SIGTERM ended it with " + std::to_string(code));
    for (const std::string& where : world.leaks()) check(false, "planted data in " + where);
}

}  // namespace faults
