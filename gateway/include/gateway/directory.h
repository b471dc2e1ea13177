/// @file  The directory of partners, as policies and plugins see it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/bytes.h"

namespace gateway {

/// Who receives or sends.
struct Partner {
    std::string name;      ///< of its file: "chu-toulouse"
    std::string category;  ///< "hospital", "gp", "had", "msp", …
    std::string label;     ///< for people
    /// scheme → value: {"finess", "310783055"}, {"rpps", "…"}, {"mss", "…"}; a scheme may occur
    /// more than once
    std::vector<std::pair<std::string, std::string>> identifiers;
    std::map<std::string, std::string> values;  ///< go into the Context of its maps
    std::vector<std::string> destinations;      ///< names, in file order
};

/// Immutable: one per configuration.
class GATEWAY_API Directory {
public:
    virtual ~Directory();
    virtual const Partner* find(std::string_view name) const = 0;
    virtual const Partner* byIdentifier(std::string_view scheme, std::string_view value) const = 0;
    virtual const std::vector<Partner>& all() const = 0;
};

}  // namespace gateway
