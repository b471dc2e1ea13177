/// @file  Elements that must stand in what a map makes, and that none of its rules sets.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fml_types.h"
#include "gateway/error.h"

namespace fml {

/// Notes what rules do while they are compiled. An element counts as set when any rule of the
/// program sets it on any variable of its type: what is reported can never stand in any result.
class Mandatory {
public:
    /// A rule sets that element of a variable; of a variable without a known type: null.
    void set(const ModelType* of, Name element);
    /// Something of that type is made.
    void made(const ModelType& type, const gateway::Place& where);
    /// Something is copied into a variable of that type: what it sets is not known.
    void copied(const ModelType* into);

    void report(gateway::Findings& findings) const;

private:
    bool mayBeSet(const ModelType& type, Name element) const;

    std::vector<std::pair<const ModelType*, gateway::Place>> made_;
    std::vector<const ModelType*> copied_;
    std::set<std::pair<const ModelType*, std::string>> set_;
};

}  // namespace fml
