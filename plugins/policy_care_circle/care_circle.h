/// @file  The policy "care_circle": each question goes to the rules of what it is about.
#pragma once

#include "gateway/policy.h"
#include "rules.h"

namespace care_circle {

class CareCircle final : public gateway::Policy {
public:
    explicit CareCircle(gateway::Config& config) : rules_(rulesOf(config)) {}

    gateway::Decisions decide(const gateway::Document& pivot, const gateway::Context& about,
                              const gateway::Directory& directory,
                              const gateway::Register& plans) const override;
    gateway::Decision recheck(const gateway::DeliveryHead& delivery,
                              const gateway::Directory& directory,
                              const gateway::Register& plans) const override;
    std::vector<gateway::DueMessage> due(gateway::Time now, const gateway::Register& plans,
                                         std::size_t most) const override;
    std::optional<std::string> answer(std::string_view question, const gateway::Asked& asked,
                                      const gateway::Answering& with) const override;

private:
    const Rules rules_;
};

}  // namespace care_circle
