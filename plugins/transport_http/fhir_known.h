/// @file  If-None-Exist: whether the register knows a business identifier already.
#pragma once

#include <optional>
#include <string_view>

#include "fhir_sent.h"

namespace transport_http {

/// What the register knows by an identifier: plans and whom they are about.
bool isLookedFor(std::string_view type);

/// Looks for what the sender may know of: plans of its network, plans that its partner got, plans
/// that it sent itself.
/// @param query  "identifier=SYSTEM|VALUE", as If-None-Exist has it
/// @param network  of the source; may be empty
/// @return nothing: it is to be created; 200 with its location; 412 when several are there or the
/// query is another one
std::optional<FhirSent> knownAlready(const FhirRequest& request, std::string_view type,
                                     std::string_view query, std::string_view network);

}  // namespace transport_http
