/// @file  Whose mailboxes a request is about, and what of them it may have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir_respond.h"
#include "gateway/mailbox.h"
#include "gateway/trail.h"
#include "mailbox_task.h"

namespace transport_http {

/// The destinations of the partner for whom it is asked that may be had for that act; an answer
/// when there is none.
struct OwnMailboxes {
    std::vector<std::string> destinations;
    std::optional<gateway::http::Response> refused;
};
/// @param address  to be told at; empty: nobody is
OwnMailboxes ownMailboxes(const FhirRequest& request, gateway::Wanted::Act act,
                          std::string_view type, const std::string& address = {});

/// A delivery of that partner's that waits or waited in a mailbox. Another's is not found, as if
/// there were none.
struct OwnDelivery {
    std::string message, destination, plan;
    PickUpState state;
    bool waits() const { return state.status == "requested"; }
};
std::optional<OwnDelivery> ownDelivery(const FhirRequest& request, std::string_view id);

/// What its partner is told of what does not wait any more.
gateway::http::Response notWaiting(const FhirRequest& request, const OwnDelivery& delivery);
gateway::http::Response notFound(const FhirRequest& request);

/// For the audit and for the timeline: "gp", or "gp (saas)" when another connects for it.
std::string nameOf(const gateway::Who& who);
gateway::AuditRecord recordOf(const FhirRequest& request, std::string what);

}  // namespace transport_http
