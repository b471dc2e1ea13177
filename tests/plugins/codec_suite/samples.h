/// @file  What the shared suite asks of each codec: invented messages that look invented.
#pragma once

#include <ostream>
#include <string>
#include <vector>

struct Sample {
    std::string plugin, codec;
    std::string whole;  ///< one message, with a marked value
    /// A message of that many parts.
    std::string (*many)(int parts);
    /// A message nested that deep; empty: the format does not nest.
    std::string (*deep)(int levels);
    bool anyCut = false;       ///< a message cut short may be a message
    bool sharesSource = true;  ///< an untouched tree is written without a copy of its bytes
};

inline void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.codec; }

/// A value that stands in each `whole`, and never in an error.
inline constexpr const char* kMark = "DUFICTIF";

const std::vector<Sample>& samples();
