/// faults [--smoke | --long] [NAME…]: runs scenarios, prints a table, fails when one fails.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <iostream>

#include "scenario.h"

namespace {
using namespace faults;

constexpr Scenario kScenarios[] = {
    {"kill", "kill -9 at random instants", &killAtRandom},
    {"calls", "kill -9 at each write, fsync and send of 50 messages", &killAtEachCall},
    {"power", "power cut: what was not synced is gone, or half there", &powerCut},
    {"fsync", "fsync fails; then a kill, then a power cut", &failedSync},
    {"io", "writes fail with an I/O error or in the middle", &brokenDisk},
    {"full", "the disk fills up and gets room again", &fullDisk},
    {"slow", "each fsync takes long", &slowDisk},
    {"partners", "slow, dead, silent, resetting, confused partners", &badPartners},
    {"forty", "1 of 40 partners is dead", &oneOfForty},
    {"clock", "the clock jumps forward and back", &clockJumps},
    {"descriptors", "64 file descriptors", &fewDescriptors},
    {"memory", "little memory, documents of 64 MB", &littleMemory},
    {"poison", "messages that make a map loop", &poison},
    {"reload", "reloads under load", &reloads},
    {"soak", "a steady load for long", &soak},
    {"queue", "many messages wait", &longQueue},
};

bool runOne(const Scenario& scenario, Form form) {
    const auto begun = std::chrono::steady_clock::now();
    Run run(form);
    try {
        scenario.run(run);
    } catch (const std::exception& failure) {
        run.check(false, std::string("it ended: ") + failure.what());
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const bool good = run.failures().empty();
    std::cout << "| " << scenario.name << " | " << scenario.what << " | "
              << (good ? "pass" : "**FAIL**") << " | " << static_cast<int>(took.count()) << " s | "
              << run.notes() << " |" << std::endl;
    for (const std::string& failure : run.failures())
        std::cerr << scenario.name << ": " << failure << std::endl;
    return good;
}

int usage() {
    std::cerr << "faults [--smoke | --long] [NAME...]\n";
    for (const Scenario& one : kScenarios)
        std::cerr << "  " << one.name << ": " << one.what << "\n";
    return 2;
}

}  // namespace

int main(int count, char** words) {
    signal(SIGPIPE, SIG_IGN);
    Form form = Form::brief;
    std::vector<const Scenario*> chosen;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto* const named =
            std::find_if(std::begin(kScenarios), std::end(kScenarios),
                         [&](const Scenario& one) { return word == one.name; });
        if (word == "--long")
            form = Form::whole;
        else if (word == "--smoke")
            form = Form::smoke;
        else if (named != std::end(kScenarios))
            chosen.push_back(named);
        else
            return usage();
    }
    if (chosen.empty())
        for (const Scenario& one : kScenarios) chosen.push_back(&one);
    std::cout << "| scenario | fault | result | time | |\n|---|---|---|---|---|" << std::endl;
    bool good = true;
    for (const Scenario* one : chosen) good = runOne(*one, form) && good;
    return good ? 0 : 1;
}
