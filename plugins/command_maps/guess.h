/// @file  Which target a field of the source may be meant for: by its name, in French or English,
/// by what it lies in, and by the shape of its values. A guess is for a person to look at: where
/// nothing speaks for a target there is none.
#pragma once

#include <string>
#include <vector>

#include "fields.h"
#include "samples.h"

namespace maps {

struct Guess {
    const Field* field = nullptr;
    int score = 0;
    std::string rewrite;  ///< for the column "table": "date JJ/MM/AAAA"; empty: nothing to do
    bool table = false;   ///< the values are codes that want a table
};

class Guesser {
public:
    Guesser(const Catalogue& catalogue, const Samples& samples, gateway::Spoken language)
        : catalogue_(catalogue), samples_(samples), language_(language), oneTable_(oneTable()) {}

    /// One for each field of the samples; a target that stands once is given once in each place.
    std::vector<Guess> all() const;

private:
    Guess best(const SampleField& sample, bool references) const;
    bool refers(const SampleField& sample, const std::string& kind,
                const std::vector<Guess>& guesses) const;
    /// Whether the samples are one list of lines without parts, as a flat CSV is.
    bool oneTable() const;
    int score(const SampleField& sample, const Field& field) const;
    void rewrite(const SampleField& sample, Guess& guess) const;
    std::string place(const SampleField& sample) const;

    const Catalogue& catalogue_;
    const Samples& samples_;
    const gateway::Spoken language_;
    const bool oneTable_;
};

/// The code of that list that a source's code means by its words; empty if none.
std::string guessedCode(const Catalogue& catalogue, const std::string& list,
                        std::string_view value);

}  // namespace maps
