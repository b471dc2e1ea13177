/// @file  What samples of a format have in common: names, order, how often, kinds of values. No
/// value of a sample is kept.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/tree.h"

namespace model {

/// What all values of an element have been so far.
struct Values {
    std::uint64_t count = 0;
    bool boolean = true, integer = true, decimal = true, date = true, dateTime = true, code = true;
    bool french = true;  ///< dates as DD/MM/YYYY

    void add(gateway::Node node);
    /// "string", or a narrower type of FHIR.
    std::string type() const;
    bool frenchDates() const { return count > 0 && french; }
};

class Shape {
public:
    struct Child {
        std::string name;
        std::unique_ptr<Shape> shape;
        std::uint64_t least = 0, most = 0;  ///< in one parent
        bool list = false;                  ///< an array, be it of one
    };

    void add(gateway::Node node);

    const std::vector<Child>& children() const { return children_; }
    const Values& values() const { return values_; }
    std::uint64_t seen() const { return seen_; }
    const std::string& space() const { return space_; }
    bool mixed() const { return mixed_; }

private:
    Child& child(const std::string& name, std::size_t after);

    std::uint64_t seen_ = 0;
    Values values_;
    std::vector<Child> children_;
    std::map<std::string, std::size_t> index_;
    std::string space_;  ///< the namespace that it says
    bool mixed_ = false;
};

}  // namespace model
