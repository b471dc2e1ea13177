/// @file  A Subscription of FHIR R4, in its own form or that of the R5 backport: who wants to be
/// told where that something waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir_request.h"

namespace transport_http {

/// The one topic of the backport form: something was laid out in a mailbox.
inline constexpr std::string_view kMailboxTopic =
    "https://passerelle.example/fhir/SubscriptionTopic/mailbox";

struct Subscription {
    enum class Status { requested, active, error, off };
    std::string id;
    gateway::Who who;      ///< who asked for it, asked again before each notification
    std::string criteria;  ///< as it was given
    std::string filter;    ///< of the backport form; as it was given
    std::string type;      ///< of what is told of; empty: all
    bool backport = false;
    bool empty = false;  ///< backport: not even ids are told
    bool xml = false;    ///< backport: in XML
    std::string endpoint;
    std::vector<std::string> headers;  ///< "Name: value"; secrets of their owner
    std::string reason;
    std::string base;  ///< "https://passerelle.example/fhir", as its owner calls us
    std::string home;  ///< path of the base at which it was made
    gateway::Time end{};
    Status status = Status::requested;
    gateway::Reason error;
    gateway::Time changed{};
    std::uint64_t events = 0;  ///< told since it began
};

std::string_view codeOf(Subscription::Status status);

/// @throws gateway::Error(unsupported, malformed) naming the element that is not taken
Subscription subscriptionOf(const FhirRequest& request);

/// Values of its headers are not told.
gateway::Bytes subscriptionJson(const Subscription& subscription, gateway::Spoken spoken);

/// As a note, and back; nothing when it is none.
std::string written(const Subscription& subscription);
std::optional<Subscription> readSubscription(std::string_view note);

/// The name and value of a header that may be sent; nothing for one that may not.
std::optional<std::pair<std::string, std::string>> hookHeader(std::string_view line);

}  // namespace transport_http
