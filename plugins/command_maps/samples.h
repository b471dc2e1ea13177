/// @file  The fields that sample messages have.
#pragma once

#include <string>
#include <vector>

#include "gateway/tree.h"

namespace maps {

/// One distinct field of the source, repetitions taken together.
struct SampleField {
    std::vector<std::string> names;   ///< from below the root
    std::vector<std::string> values;  ///< distinct ones, the first first; a few dozen at most
    std::size_t distinct = 0;         ///< how many there were; more than `values` holds
    std::size_t seen = 0;             ///< how often it had a value
};

/// Takes in one sample after the other.
class Samples {
public:
    void add(const gateway::Document& sample);
    /// In the order met.
    const std::vector<SampleField>& fields() const { return fields_; }
    /// "problemes[]/objectifs[]/etat".
    std::string path(const SampleField& field) const;
    /// Whether what the names lead to stood several times in one place, in any sample.
    bool repeated(const std::vector<std::string>& names) const;

private:
    void walk(gateway::Node node, std::vector<std::string>& names);
    void value(gateway::Node node, const std::vector<std::string>& names);

    std::vector<SampleField> fields_;
    std::vector<std::vector<std::string>> repeated_;
};

}  // namespace maps
