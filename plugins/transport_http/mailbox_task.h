/// @file  The Task that stands for a delivery in a mailbox: by it a partner says that it has it, or
/// that it will not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/store.h"
#include "mailbox_content.h"

namespace transport_http {

inline constexpr std::string_view kPickUpCode = "pick-up";
inline constexpr std::string_view kPickUpSystem =
    "https://passerelle.example/fhir/CodeSystem/task-code";
inline constexpr std::string_view kControlIdSystem =
    "https://passerelle.example/fhir/NamingSystem/control-id";

/// How it is with a delivery that was laid out.
struct PickUpState {
    std::string id;  ///< of the delivery
    std::string controlId;
    std::string focus;  ///< "Bundle/1GZ791"; empty: its content is not shown any more
    std::string status = "requested";  ///< of Task
    gateway::Reason why;               ///< of the status
    gateway::Time since{};             ///< it is so
    gateway::Time until{};             ///< it waits; zero: for ever
};

/// "pickup-1GZ791", and the delivery of such an id; empty: it is none.
std::string pickUpId(std::string_view delivery);
std::string_view deliveryOf(std::string_view pickUpId);

/// The weak entity tag of what has been so since then.
std::string tagOf(gateway::Time since);
/// Whether a list of tags (If-Match, If-None-Match) names it. Weak and strong are alike here: what
/// is so never changes but with its tag.
bool namesTag(std::string_view tags, gateway::Time since);

gateway::Bytes taskJson(const PickUpState& state, gateway::Spoken spoken);
/// As a search sees it.
HeldResource heldTask(const HeldContent& content, const std::string& controlId);

/// As the store tells it; nothing: it never waited in a mailbox, or does not yet.
std::optional<PickUpState> pickUpState(const gateway::MessageView& message,
                                       const gateway::DeliveryView& delivery);

}  // namespace transport_http
