/// @file  Subscriptions by FHIR: made, shown, changed, deleted by who wants to be told.
#pragma once

#include <memory>

#include "fhir_interactions.h"
#include "mailbox_subscriptions.h"

namespace transport_http {

class SubscriptionPart final : public FhirPart {
public:
    SubscriptionPart(std::string base, HookOptions hooks)
        : base_(std::move(base)), hooks_(std::move(hooks)) {}

    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities& all, gateway::Gateway& gateway) const override;
    void start(gateway::Gateway& gateway) override;
    void release() noexcept override;

private:
    using Response = std::optional<gateway::http::Response>;
    Response create(const FhirRequest& request);
    Response list(const FhirRequest& request);
    Response show(const FhirRequest& request);
    Response status(const FhirRequest& request);
    Response change(const FhirRequest& request);
    Response remove(const FhirRequest& request);
    Response notAllowed(const FhirRequest& request, const std::string& address) const;
    gateway::http::Response answer(const FhirRequest& request, int status,
                                   const Subscription& subscription) const;

    const std::string base_;
    const HookOptions hooks_;
    std::shared_ptr<Subscriptions> all_;  ///< null: this gateway has no mailboxes
};

}  // namespace transport_http
