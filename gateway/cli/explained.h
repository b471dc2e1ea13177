/// @file  How a result came about, for people and scripts: `translate --trace --losses`. Names
/// places, rules and reasons; shows no value.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/json_text.h"
#include "gateway/codec.h"
#include "gateway/transformer.h"

namespace gateway {

/// What became of the values of a source.
struct Losses {
    struct Ignored {
        Node node;
        const Explanation::Ignored* why;
    };
    std::size_t carried = 0;
    std::vector<Ignored> ignored;
    std::vector<Node> lost;

    std::size_t values() const { return carried + ignored.size() + lost.size(); }
};

/// In order of the source; what is the format's own is none of its values.
Losses lossesOf(Node source, const Explanation& explanation, const Codec& codec);

/// One line for each value of the result: its place, what it was made from, rule and row.
void printTrace(std::ostream& out, Node result, const Explanation& explanation,
                const std::vector<MapPart>& parts, Spoken speaks);
/// One line for each value that was lost or ignored, then the sums.
void printLosses(std::ostream& out, const Losses& losses, const std::vector<MapPart>& parts,
                 Spoken speaks);

/// The same as members of the object that is open: "trace"; "losses", "ignored", "values", …
void writeTrace(JsonWriter& json, Node result, const Explanation& explanation,
                const std::vector<MapPart>& parts);
void writeLosses(JsonWriter& json, const Losses& losses, const std::vector<MapPart>& parts,
                 Spoken speaks);

}  // namespace gateway
