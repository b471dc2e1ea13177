/// @file  What the benchmarks of the FHIR front share: the shipped gateway as a process of its own,
/// clients with mutual TLS on the same cores.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/client.h"
#include "support/gateway_process.h"
#include "support/tls_certs.h"

namespace fhir_front {
using Clock = std::chrono::steady_clock;

struct Settings {
    int connections = 32, seconds = 15, warmUp = 3, bytes = 18'000, handshakes = 200;
    int translators = 0;  ///< 0: nothing translates, what is measured is the front
    int waiting = 0;      ///< more: what is measured is a mailbox in which so many wait
};

double millisecondsSince(Clock::time_point begun);

/// What the gateway and its senders need, in a folder of their own.
struct World {
    explicit World(const Settings& settings);
    ~World();
    /// The gateway, anew on what it has kept.
    void restart();

    gateway::http::Client client() const;

    support::TemporaryFolder folder;
    support::CertificateAuthority authority{folder.path(), "authority"};
    support::KeyPair server = authority.issue("gateway"), own = authority.issue("sender");
    std::shared_ptr<gateway::tls::Credentials> credentials =
        std::make_shared<gateway::tls::Credentials>(
            gateway::tls::Role::client,
            gateway::tls::Options{own.cert, own.key, authority.file(), {}, {}});
    std::unique_ptr<support::Process> process;
    std::uint16_t port = 0;
};

struct Measured {
    std::vector<double> milliseconds;
    std::uint64_t failed = 0;
    double seconds = 0;
};

double at(std::vector<double>& all, double part);

/// Lays `settings.waiting` plans out for the practice and searches among them. @return 0, or 1 when
/// something was not answered as it must be
int measureMailbox(World& world, const Settings& settings);

}  // namespace fhir_front
