/// @file  Listener "http": see plugin.cpp for its options.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/records/records.h"
#include "fhir_doors.h"
#include "gateway/transport.h"
#include "http/server.h"

namespace transport_http {

class HttpListener final : public gateway::Listener {
public:
    explicit HttpListener(gateway::Config& config);
    ~HttpListener() override;

    void serve(const gateway::SourceOptions& source, gateway::Config& options) override;
    std::string address() const override;
    void start(gateway::Gateway& gateway) override;
    void stop(gateway::Milliseconds grace) noexcept override;
    void refresh(gateway::Findings& findings) override;
    std::vector<gateway::Certificate> certificates() const override;

private:
    /// A source and where it is served.
    struct Served {
        gateway::SourceOptions options;
        std::string path;
        bool below = false;              ///< all paths below it too
        std::vector<std::string> types;  ///< media types taken; empty: all
        std::string network;             ///< may be empty
    };

    const Served* find(std::string_view path) const;
    /// The source whose sender asks what became of a message: GET path/ID.
    const Served* followed(const gateway::http::Request& head) const;
    std::optional<gateway::http::Response> gate(gateway::http::Request& head);
    std::optional<gateway::http::Response> refused(gateway::http::Request& head,
                                                   gateway::Wanted::Act act,
                                                   const std::string& source);
    std::optional<gateway::http::Response> unfit(const gateway::http::Request& head,
                                                 const Served& served) const;
    gateway::http::Response handle(const gateway::http::Request& request);
    gateway::http::Response take(const gateway::http::Request& request, const Served& served);
    gateway::http::Response tell(const gateway::http::Request& request, const Served& served);

    const gateway::http::ServerOptions options_;
    records::Door door_;
    FhirDoors fhir_;
    std::string issuers_;         ///< whose tokens are believed, by blanks; empty: nobody's
    std::vector<Served> served_;  ///< longest path first
    gateway::Gateway* gateway_ = nullptr;
    std::atomic<bool> stopping_ = false;
    std::unique_ptr<gateway::http::Server> server_;
};

}  // namespace transport_http
