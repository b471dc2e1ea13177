/// @file  docs/demo on plain loopback: the gateway of a palliative network and its partners.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/gateway_process.h"

namespace support {

/// A simulated partner that keeps what it gets.
class SimulatedPartner {
public:
    /// @param kind  "hospital", "gp", "had"
    SimulatedPartner(const std::string& kind, const std::string& name, const std::string& folder,
                     std::vector<std::string> more = {}, const std::string& listen = "127.0.0.1:0");
    std::string port() const { return std::to_string(port_); }
    std::vector<std::string> got() const;
    /// Ends it. @return how it sums up what came in: "total 1 messages, 4711 bytes"
    std::string end();

private:
    const std::string kept_;
    Process process_;
    const std::uint16_t port_;
};

/// The gateway of docs/demo, its folders and ports replaced, TLS left out. The partners answer to
/// the identifiers of the demo's plans and of the corpus; the pharmacy is a FHIR server.
class RelaiWorld {
public:
    /// @param change  may change any file of the configuration: name, text; and write the partners
    /// relai, arpege, pluri, msp and department, whose text is empty
    using Change = std::function<void(const std::string& name, std::string& text)>;
    explicit RelaiWorld(const Change& change = {});

    SimulatedPartner& partner(const std::string& name) { return *partners_.at(name); }
    GatewayProcess& gateway() { return *gateway_; }
    const std::string& folder() const { return folder_.path(); }
    std::string plansUrl();
    /// kill -9, then another on the same store.
    void killAndRestart();
    /// Sends files as the portal would.
    Ran send(std::vector<std::string> files);
    /// Whether every message is done with: translated or held, no delivery waiting.
    bool settled() const;

private:
    void configure(const std::string& name, const Change& change);

    TemporaryFolder folder_;
    std::map<std::string, std::unique_ptr<SimulatedPartner>> partners_;
    std::unique_ptr<GatewayProcess> gateway_;
};

/// A feed of HL7 beside the portal, handed on as it is to somebody who listens on that port.
RelaiWorld::Change withFeed(std::uint16_t to);

/// Replaces what must be there; throws std::runtime_error when it is not.
std::string replaced(std::string text, const std::string& what, const std::string& by);

}  // namespace support
