/// @file  A scenario: a fault, a load through it, and what must hold.
#pragma once

#include <string>
#include <vector>

#include "load.h"
#include "world.h"

namespace faults {

enum class Form { smoke, brief, whole };

/// One run of a scenario: its size, and what it found.
class Run {
public:
    /// @param minutes  of what lasts as long as it is told; 0: as its form says
    explicit Run(Form form, int minutes = 0) : form_(form), minutes_(minutes) {}

    template <class T>
    T pick(T smoke, T brief, T whole) const {
        return form_ == Form::smoke ? smoke : form_ == Form::brief ? brief : whole;
    }
    std::chrono::milliseconds length(std::chrono::milliseconds smoke,
                                     std::chrono::milliseconds brief,
                                     std::chrono::milliseconds whole) const;
    bool is(Form form) const { return form_ == form; }

    /// @return good
    bool check(bool good, const std::string& otherwise);
    /// For the table: what was done and measured.
    void note(const std::string& text);

    enum class Duplicates { none, allowed };
    /// The oracle's verdict, without the partner that may have lost nothing only by luck.
    void judge(const Oracle& oracle, Duplicates duplicates, std::size_t without = SIZE_MAX);
    /// Waits until all that was acknowledged arrived and is settled, then judges everything: the
    /// oracle, the gateway's own count, what was planted. Ends the gateway.
    void finish(World& world, const Oracle& oracle, const Load& load, Duplicates duplicates,
                std::size_t without = SIZE_MAX);

    const std::vector<std::string>& failures() const { return failures_; }
    const std::string& notes() const { return notes_; }

private:
    const Form form_;
    const int minutes_;
    std::vector<std::string> failures_;
    std::string notes_;
};

struct Scenario {
    const char* name;
    const char* what;
    void (*run)(Run&);
};

void killAtRandom(Run& run);
void killAtEachCall(Run& run);
void powerCut(Run& run);
void failedSync(Run& run);
void brokenDisk(Run& run);
void fullDisk(Run& run);
void slowDisk(Run& run);
void badPartners(Run& run);
void httpPartners(Run& run);
void httpFuzz(Run& run);
void limitedPartner(Run& run);
void oneOfForty(Run& run);
void clockJumps(Run& run);
void fewDescriptors(Run& run);
void littleMemory(Run& run);
void poison(Run& run);
void reloads(Run& run);
void restored(Run& run);
void soak(Run& run);
void longQueue(Run& run);
void auditInStorm(Run& run);

}  // namespace faults
