/// @file  What is sent to a FHIR base: each create, update, transaction and entry of a batch
/// becomes a message of one of its sources.
#pragma once

#include <atomic>
#include <string>
#include <variant>
#include <vector>

#include "fhir_interactions.h"
#include "fhir_outline.h"
#include "fhir_sent.h"
#include "fhir_sources.h"

namespace transport_http {

class FhirSending final : public FhirPart {
public:
    void add(FhirSource source) { sources_.add(std::move(source)); }
    const FhirSources& sources() const { return sources_; }

    std::vector<FhirInteraction> interactions() override;
    void describe(Capabilities& all, gateway::Gateway& gateway) const override;
    void stop() noexcept override { stopping_ = true; }

private:
    using Response = gateway::http::Response;

    /// A message to be.
    struct Planned {
        const FhirSource* source = nullptr;
        gateway::Arrival arrival;
        std::string resource;  ///< "TYPE/ID" of an update, "TYPE" of a create; else empty
        bool created = true;
    };
    using Decided = std::variant<Planned, FhirSent, Response>;

    /// A create or an update.
    Response alone(const FhirRequest& request);
    Response conclude(const FhirRequest& request, Decided decided, const gateway::Bytes& resource);

    /// A resource on its own, in a request or in an entry of a batch.
    Decided plan(const FhirRequest& request, const FhirPiece& piece, gateway::Bytes body,
                 std::size_t number) const;
    gateway::Arrival arrival(const FhirRequest& request, const FhirSource& source,
                             gateway::Bytes body, std::string_view type,
                             std::string_view interaction, std::size_t number) const;
    /// @param since  when it was accepted: the wait begins there
    FhirSent sent(const FhirRequest& request, const Planned& planned,
                  const gateway::Accepted& accepted, gateway::Time since) const;

    // fhir_bundles.cpp
    Response bundle(const FhirRequest& request);
    Response unreadable(const FhirRequest& request);
    Response transaction(const FhirRequest& request, const FhirOutline& outline);
    Response batch(const FhirRequest& request, const FhirOutline& outline);
    Decided planEntry(const FhirRequest& request, const FhirOutline& outline,
                      std::size_t index) const;

    FhirSources sources_;
    std::atomic<bool> stopping_ = false;
};

/// If-Match is honoured for Tasks that wait in a mailbox alone.
std::optional<gateway::http::Response> refuseIfMatch(const FhirRequest& request);

}  // namespace transport_http
