/// @file  What a text was written as, in a form that goes through other formats.
///
/// Node's spare field says how a value was written (escape sequences kept in it, empty repetitions
/// before it), and is lost in JSON. So the few values that have such a mark have it twice: beside
/// the nodes "5" stands one node "_5" whose text tells of each by its ordinal: "2:empty=1,kept".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "place.h"

namespace gateway::hl7v2 {

struct Mark {
    std::uint32_t number = 0, ordinal = 0;  ///< the ordinal-th node of that number, from 1
    Spare spare;
};

/// Appends what `spare` says of the ordinal-th node.
void tell(std::uint32_t ordinal, Spare spare, std::string& text);

/// Marks of the children of one node.
class Marks {
public:
    /// The number that a name such as "_5" is about; 0 if it is none.
    static std::uint32_t about(std::string_view name);
    static std::string nameFor(std::uint32_t number) { return "_" + std::to_string(number); }
    /// Reads the text of a node "_5"; what is not understood is passed over.
    void read(std::uint32_t number, std::string_view text);
    /// Once, after the last read().
    void sort();
    /// What is told of `node` and of those beside it that have its name.
    static Marks beside(Node node);
    /// What the node itself says, else what is told of it.
    Spare of(Node node, std::uint32_t number, std::uint32_t ordinal) const;

private:
    std::vector<Mark> marks_;
};

}  // namespace gateway::hl7v2
