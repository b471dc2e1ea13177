/// @file  A tree against a logical model.
#pragma once

#include "gateway/codec.h"
#include "gateway/model.h"

namespace logical {

/// Elements that the model does not have, that are missing, that stand more than once, and values
/// that are not of their types.
class ModelChecker final : public gateway::Checker {
public:
    explicit ModelChecker(const gateway::ModelType& document) : document_(document) {}
    void check(const gateway::Document& tree, gateway::Issues& issues) const override;

private:
    const gateway::ModelType& document_;
};

/// The tree with its arrays as the model has them, and numbers and booleans as such: for codecs
/// that write such differences. What the model does not know stays as it is.
gateway::Document typed(const gateway::Document& tree, const gateway::ModelType& document);

}  // namespace logical
