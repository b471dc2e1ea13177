/// @file  The shipped gateway as a process of its own, on a configuration of the benchmark.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "support/gateway_process.h"

namespace bench {

class Gateway {
public:
    /// @param mapped  24 fields of an ADT to another; else what comes goes on unchanged
    Gateway(std::uint16_t sink, int translators, bool mapped);
    ~Gateway();

    std::uint16_t port() const { return port_; }
    double startMs() const { return startMs_; }
    /// "VmRSS" or "VmHWM", in MiB.
    double memory(const std::string& what) const;
    double cpuSeconds() const;
    /// Deliveries that the store knows as delivered.
    std::uint64_t delivered() const { return number("\"delivered\":"); }
    std::uint64_t commits() const { return number("\"commits\":"); }

private:
    std::uint64_t number(const std::string& member) const;

    support::TemporaryFolder folder_;
    std::unique_ptr<support::GatewayProcess> process_;
    std::uint16_t port_ = 0;
    double startMs_ = 0;
};

}  // namespace bench
