/// @file  Peers that TLS has turned away.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "gateway/error.h"
#include "gateway/log.h"
#include "tls/pem.h"

namespace gateway::http {

struct TlsRefusal {
    std::string peer;  ///< "address:port"
    Reason why;
    tls::Identity shown;  ///< empty when it has shown no certificate
};

/// Counts and logs them: a flood of connections is no flood of lines. Any thread.
class TlsRefusals {
public:
    using Told = std::function<void(const TlsRefusal&)>;

    /// @param told  of each one too; may be empty
    TlsRefusals(Log& log, Told told) : log_(log), told_(std::move(told)) {}
    void note(const std::string& listen, const TlsRefusal& refusal);

private:
    struct Tally {
        std::uint64_t count = 0;
        std::chrono::steady_clock::time_point logged{};
    };
    Log& log_;
    const Told told_;
    std::mutex mutex_;                      ///< guards tallies_
    std::map<std::string, Tally> tallies_;  ///< by cause
};

}  // namespace gateway::http
