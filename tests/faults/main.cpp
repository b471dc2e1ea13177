/// faults [--smoke | --long] [--minutes N] [--results FILE] [NAME…]: runs scenarios, prints a
/// table, fails when one fails.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>

#include "scenario.h"

namespace {
using namespace faults;

constexpr Scenario kScenarios[] = {
    {"kill", "kill -9 at random instants", &killAtRandom},
    {"calls", "kill -9 at each write, fsync and send of 50 messages", &killAtEachCall},
    {"audit", "kill -9 with deliveries and acts of people to be recorded", &auditInStorm},
    {"power", "power cut: what was not synced is gone, or half there", &powerCut},
    {"fsync", "fsync fails; then a kill, then a power cut", &failedSync},
    {"io", "writes fail with an I/O error or in the middle", &brokenDisk},
    {"full", "the disk fills up and gets room again", &fullDisk},
    {"slow", "each fsync takes long", &slowDisk},
    {"partners", "slow, dead, silent, resetting, confused partners", &badPartners},
    {"http", "partners over HTTP that are away, confused or late", &httpPartners},
    {"http_fuzz", "requests by no grammar and by one, broken on purpose, slow, cut", &httpFuzz},
    {"rate", "a partner that wants so many in a second", &limitedPartner},
    {"forty", "1 of 40 partners is dead", &oneOfForty},
    {"clock", "the clock jumps forward and back", &clockJumps},
    {"descriptors", "64 file descriptors", &fewDescriptors},
    {"memory", "little memory, documents of 64 MB", &littleMemory},
    {"poison", "messages that make a map loop", &poison},
    {"reload", "reloads under load", &reloads},
    {"restore", "the disk is lost, a backup made under load takes its place", &restored},
    {"soak", "a steady load for long", &soak},
    {"queue", "many messages wait", &longQueue},
};

struct Options {
    Form form = Form::brief;
    int minutes = 0;
    std::string results;  ///< file; empty: none
    std::vector<const Scenario*> chosen;
};

constexpr const char* kHead = "| scenario | fault | result | time | |\n|---|---|---|---|---|";

/// Whether a table that was written before says that it passed.
bool passedBefore(const std::string& file, const char* name) {
    std::ifstream before(file);
    const std::string begin = std::string("| ") + name + " | ";
    for (std::string line; std::getline(before, line);)
        if (line.starts_with(begin) && line.find(" | pass | ") != line.npos) return true;
    return false;
}

void write(const std::string& file, const std::string& line) {
    if (file.empty()) return;
    std::ofstream out(file, std::ios::app);
    if (out.tellp() == 0) out << kHead << '\n';
    out << line << std::endl;
}

bool runOne(const Scenario& scenario, const Options& options) {
    const auto begun = std::chrono::steady_clock::now();
    Run run(options.form, options.minutes);
    try {
        scenario.run(run);
    } catch (const std::exception& failure) {
        run.check(false, std::string("it ended: ") + failure.what());
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const bool good = run.failures().empty();
    const std::string line = std::string("| ") + scenario.name + " | " + scenario.what + " | " +
                             (good ? "pass" : "**FAIL**") + " | " +
                             std::to_string(static_cast<int>(took.count())) + " s | " +
                             run.notes() + " |";
    std::cout << line << std::endl;
    for (const std::string& failure : run.failures())
        std::cerr << scenario.name << ": " << failure << std::endl;
    write(options.results, line);
    for (const std::string& failure : run.failures())
        write(options.results, std::string(scenario.name) + ": " + failure);
    return good;
}

int usage() {
    std::cerr
        << "faults [--smoke | --long] [--minutes N] [--results FILE] [NAME...]\n"
           "  --minutes N     of what lasts as long as it is told (soak, audit)\n"
           "  --results FILE  each row goes there too; what passed there before is left out\n";
    for (const Scenario& one : kScenarios)
        std::cerr << "  " << one.name << ": " << one.what << "\n";
    return 2;
}

/// @return whether the words could be read
bool read(int count, char** words, Options& into) {
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto* const named =
            std::find_if(std::begin(kScenarios), std::end(kScenarios),
                         [&](const Scenario& one) { return word == one.name; });
        const bool more = i + 1 < count;
        if (word == "--long")
            into.form = Form::whole;
        else if (word == "--smoke")
            into.form = Form::smoke;
        else if (word == "--minutes" && more)
            into.minutes = std::atoi(words[++i]);
        else if (word == "--results" && more)
            into.results = words[++i];
        else if (named != std::end(kScenarios))
            into.chosen.push_back(named);
        else
            return false;
    }
    if (into.chosen.empty())
        for (const Scenario& one : kScenarios) into.chosen.push_back(&one);
    return true;
}

}  // namespace

int main(int count, char** words) {
    signal(SIGPIPE, SIG_IGN);
    Options options;
    if (!read(count, words, options)) return usage();
    std::cout << kHead << std::endl;
    bool good = true;
    for (const Scenario* one : options.chosen)
        if (options.results.empty() || !passedBefore(options.results, one->name))
            good = runOne(*one, options) && good;
    return good ? 0 : 1;
}
