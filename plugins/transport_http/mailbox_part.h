/// @file  What waits in mailboxes, by FHIR: searched for, read, settled.
#pragma once

#include <memory>

#include "fhir_interactions.h"
#include "mailbox_index.h"
#include "mailbox_subscriptions.h"

namespace transport_http {

class MailboxPart final : public FhirPart {
public:
    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities& all, gateway::Gateway& gateway) const override;
    void start(gateway::Gateway& gateway) override;
    void release() noexcept override;

private:
    using Response = std::optional<gateway::http::Response>;
    Response search(const FhirRequest& asked);
    Response read(const FhirRequest& request);
    Response readTask(const FhirRequest& request);
    Response readContent(const FhirRequest& request);
    Response putTask(const FhirRequest& request);
    Response ack(const FhirRequest& request);

    MailboxIndex& index() { return shared_ ? shared_->index() : own_; }

    std::shared_ptr<Subscriptions> shared_;  ///< null: nobody can be told here
    MailboxIndex own_;
};

}  // namespace transport_http
