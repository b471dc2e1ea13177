/// @file  One FHIR base of a listener ("/fhir"): finds the interaction that a request asks for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/records/records.h"
#include "fhir_interactions.h"

namespace transport_http {

/// How clients get tokens for a listener that takes them: for /metadata and smart-configuration.
struct SmartOptions {
    bool tokens = false;        ///< it takes bearer tokens
    std::string tokenEndpoint;  ///< empty: it is not told
    std::string issuer, jwks;
};

class FhirBase {
public:
    FhirBase(std::string path, bool overTls, SmartOptions smart, records::Door& door);

    const std::string& path() const { return path_; }
    bool overTls() const { return overTls_; }
    const SmartOptions& smart() const { return smart_; }
    /// What the audit is told of those who come.
    records::Door& door() const { return door_; }
    /// Earlier parts are asked first.
    void add(std::unique_ptr<FhirPart> part);
    void start(gateway::Gateway& gateway);
    void stop() noexcept;
    /// After the last request.
    void release() noexcept;

    /// Who asks, whether there is such an interaction, whether it may be; noted for handle().
    std::optional<gateway::http::Response> gate(gateway::http::Request& head) const;
    gateway::http::Response handle(const gateway::http::Request& request) const;
    /// A request within another one: an entry of a batch. Its gate is asked too.
    gateway::http::Response within(const FhirRequest& outer,
                                   const gateway::http::Request& inner) const;

    Capabilities capabilities(gateway::Gateway& gateway) const;

private:
    struct Found;
    Found find(const gateway::http::Request& request) const;
    FhirRequest read(const gateway::http::Request& request, const Found& found) const;
    std::optional<gateway::http::Response> misread(const FhirRequest& request) const;
    std::optional<gateway::http::Response> unserved(const FhirRequest& request,
                                                    const Found& found) const;
    gateway::http::Response unknown(const FhirRequest& request, const gateway::Unproven& why) const;
    std::optional<gateway::http::Response> refusedByAll(const FhirRequest& request,
                                                        const Found& found) const;
    gateway::http::Response perform(const FhirRequest& request, const Found& found) const;

    const std::string path_;
    const bool overTls_;
    const SmartOptions smart_;
    records::Door& door_;
    gateway::Gateway* gateway_ = nullptr;
    std::vector<std::unique_ptr<FhirPart>> parts_;
    std::vector<FhirInteraction> table_;
};

}  // namespace transport_http
