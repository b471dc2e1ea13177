/// @file  An XML schema (XSD 1.0), and what of a text does not keep to it. Nothing is fetched.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/error.h"

namespace xml {

/// Many threads may ask one schema.
class Schema {
public:
    /// @param file  the schema; what it includes or imports lies beside it
    /// @throws gateway::Error(rejected) with the line of what makes it no schema
    explicit Schema(const std::string& file);

    /// Adds an error for each thing that the schema does not allow, with its path as trees have it
    /// ("/cercle/membre[1]/@role"), and never the value. @param text  well-formed, UTF-8
    void check(std::string_view text, gateway::Issues& issues) const;

private:
    std::shared_ptr<void> schema_;  ///< libxml2's
};

}  // namespace xml
