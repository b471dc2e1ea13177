/// @file  Where two trees differ, for people.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"

namespace gateway {

struct Difference {
    enum class Kind { missing, unexpected, other, order };
    Kind kind = Kind::other;
    std::string path;
    std::string expected, found;  ///< what stands there, shortened: holds values of both trees

    /// "/entry[2]/status: expected 'active', found 'draft'".
    Reason text() const;
    /// The same without the values.
    Reason discreet() const;
};

struct Comparison {
    bool ordered = true;      ///< whether siblings have an order; `@names`, attributes, have none
    bool emptyCounts = true;  ///< whether a null or an empty list is other than nothing at all
    std::size_t most = 50;    ///< differences that are kept; all are counted
};

struct Differences {
    std::vector<Difference> all;
    std::size_t count = 0;
    bool empty() const { return count == 0; }
};

/// Repetitions are matched so that one too many is told as one, and those after it are not.
Differences differences(Node expected, Node found, const Comparison& how = {});

}  // namespace gateway
