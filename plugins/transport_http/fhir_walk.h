/// @file  A resource, read once from its beginning to its end, whatever it is written in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir_request.h"

namespace transport_http {

/// Elements are named as in JSON; the root has no name. May throw: then reading ends.
class FhirEvents {
public:
    virtual ~FhirEvents() = default;
    virtual void begin(std::string_view name) = 0;
    virtual void end() = 0;
    /// A primitive of what is open.
    virtual void value(std::string_view name, std::string_view text) = 0;
    /// What is open is a resource of that type, which begins at that byte.
    /// @param inherits  namespaces of XML that it uses and does not declare itself
    virtual void resource(std::string_view type, std::uint32_t at, const std::string& inherits) = 0;
    virtual void resourceEnds(std::uint32_t end) = 0;
};

/// @param text  UTF-8
/// @throws gateway::Error(malformed)
void walk(std::string_view text, FhirFormat format, FhirEvents& events);

}  // namespace transport_http
