/// @file  What libxml2 does not bound or does not tell: where attributes stand, and how many.
#pragma once

#include <string_view>

#include "gateway/bytes.h"

namespace xml {

/// Refuses a text with a tag of more than kMostAttributes attributes: libxml2 compares each with
/// each. @throws gateway::Error(malformed)
void boundAttributes(std::string_view text);

/// Steps through the attributes and declarations of a well-formed tag.
class AttributeWalk {
public:
    /// @param tag  from its `<`
    AttributeWalk(std::string_view text, std::uint32_t tag);
    /// Whether there was one more.
    bool next();
    std::string_view name() const { return name_; }  ///< with its prefix
    gateway::Span value() const { return value_; }

private:
    const std::string_view text_;
    std::uint32_t at_;
    std::string_view name_;
    gateway::Span value_;
};

}  // namespace xml
