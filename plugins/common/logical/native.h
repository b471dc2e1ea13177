/// @file  The options `model` and `check` of the codecs of native formats.
#pragma once

#include <optional>
#include <string>

#include "common/check/check.h"
#include "common/logical/check.h"
#include "common/logical/files.h"

namespace logical {

class NativeModel {
public:
    /// Reads both options. @param otherwise  the name when no model is said
    /// @param own  a check that the codec makes itself
    NativeModel(gateway::Config& config, const std::string& otherwise, std::string_view own = {});

    const std::string& name() const { return asked_.name; }
    /// Of the model's document; null without a model file.
    const gateway::ModelType* type() const { return asked_.type; }
    const gateway::Checker* checker() const { return checker_ ? &*checker_ : nullptr; }
    /// Checks what is read or written, when that is asked for.
    /// @throws gateway::Error(rejected) at the first mistake, unless findings are warnings only
    void judge(const gateway::Document& document, gateway::Issues& issues) const;
    /// What is done about the codec's own check; `ignore` when another one is asked for, or none.
    check::OnError onOwn() const { return onOwn_; }

private:
    Asked asked_;
    std::optional<ModelChecker> checker_;
    check::OnError onError_ = check::OnError::ignore, onOwn_ = check::OnError::ignore;
};

}  // namespace logical
