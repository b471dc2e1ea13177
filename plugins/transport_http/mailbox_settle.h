/// @file  A partner says that it has what waited for it, or that it will not: by the Task that
/// stands for it, or by $ack.
#pragma once

#include <optional>
#include <string>

#include "fhir_respond.h"
#include "mailbox_index.h"
#include "mailbox_owner.h"

namespace transport_http {

/// What was asked to be so from now on.
struct Settlement {
    std::string status;    ///< "completed", "accepted" or "rejected"
    gateway::Bytes words;  ///< the partner's, kept as its proof
};

/// Reads a Task as it shall be. @throws gateway::Error naming what is wrong
Settlement taskSettlement(const FhirRequest& request);
/// Reads the Parameters of $ack: `accepted` (true), `reason`; an empty body accepts.
/// @throws gateway::Error naming what is wrong
Settlement ackSettlement(const FhirRequest& request);

/// Settles it once; the same again changes nothing and says the same.
/// @return the Task as it stands then
gateway::http::Response settle(const FhirRequest& request, MailboxIndex& index,
                               const OwnDelivery& delivery, const Settlement& settlement);

/// With ETag and Last-Modified of what has been so since then; 304 where who reads has it already
/// (If-None-Match).
gateway::http::Response stamped(const FhirRequest& request, gateway::http::Response response,
                                gateway::Time since);
/// 200 with the Task.
gateway::http::Response showTask(const FhirRequest& request, const PickUpState& state);

}  // namespace transport_http
