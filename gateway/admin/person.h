/// @file  What is about one person, for a report of who had to do with their data.
#pragma once

#include <string>
#include <vector>

#include "core/json_text.h"
#include "gateway/store.h"
#include "pipeline/pipeline.h"

namespace gateway {

/// Numbers of plans ("NETWORK/NUMBER") and ids of messages and deliveries about a person.
/// @param asked  `who` (a plan's number, an identifier), or `name` and `born`, as the question
///               "where" of policies takes them; `by`, `why`
std::vector<std::string> aboutPerson(Store& store, const Pipeline& pipeline,
                                     const JsonValue& asked);

/// Keys of the plans that an answer tells of: its `plans`, with `network` and `number` each.
std::vector<std::string> plansIn(const std::string& answer);

/// What policies see when they answer.
class Looking final : public Answering {
public:
    Looking(Store& store, const Directory& directory) : store_(store), directory_(directory) {}
    const Register& plans() const override;
    const Directory& directory() const override { return directory_; }
    std::optional<MessageView> message(std::string_view id) const override;
    Time now() const override;

private:
    Store& store_;
    const Directory& directory_;
};

}  // namespace gateway
