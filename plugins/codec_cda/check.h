/// @file  What CDA R2 demands of a document.
#pragma once

#include "gateway/codec.h"

namespace cda {

/// Elements that must be there, elements that stand once, and what CDA does not have.
class SchemaChecker final : public gateway::Checker {
public:
    void check(const gateway::Document& tree, gateway::Issues& issues) const override;
};

}  // namespace cda
