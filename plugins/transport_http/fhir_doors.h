/// @file  The FHIR bases of one listener, and the sources that take what is sent to them.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "fhir_base.h"
#include "fhir_sending.h"
#include "mailbox_subscriptions.h"

namespace transport_http {

class FhirDoors {
public:
    /// @param door  outlives this
    FhirDoors(bool overTls, SmartOptions smart, HookOptions hooks, records::Door& door)
        : overTls_(overTls), smart_(std::move(smart)), hooks_(std::move(hooks)), door_(door) {}

    /// A source with the option `fhir`: its base, and `resources` that it takes.
    void serve(const gateway::SourceOptions& source, gateway::Config& options);
    void start(gateway::Gateway& gateway);
    void stop() noexcept;
    /// After the last request.
    void release() noexcept;
    /// The base at or above that path; null: there is none.
    const FhirBase* find(std::string_view path) const;

private:
    struct Door {
        std::unique_ptr<FhirBase> base;
        FhirSending* sending;  ///< a part of it
    };
    Door& at(const std::string& path);

    const bool overTls_;
    const SmartOptions smart_;
    const HookOptions hooks_;
    records::Door& door_;
    std::vector<Door> doors_;
};

/// A text of a source that another part of the gateway reads and checks; empty: it is not there.
/// Of {NAME: {options}} the name.
std::string toldElsewhere(const gateway::Config& options, std::string_view key);

/// Keys of a listener: tokens, smart {token_endpoint, issuer, jwks}.
SmartOptions smartOptions(gateway::Config& config);

}  // namespace transport_http
