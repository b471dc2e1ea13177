/// @file  What one end of TLS shows and whom it believes, as its files have it now.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/log.h"
#include "gateway/transport.h"
#include "tls/context.h"
#include "tls/flaws.h"

namespace gateway::tls {

/// Files are read again when they have changed, which is looked at when a connection begins, every
/// two seconds at most, and once an hour in any case, so that no key of tickets lives longer. What
/// is wrong then is told, and the former stays. Many threads.
class Credentials {
public:
    /// @throws Error(rejected) naming the file that is not good
    Credentials(Role role, Options options);
    /// Of a section. What is wrong is reported at its key; then there is nothing to use.
    /// @param resume  see Options
    Credentials(Role role, Config section, bool resume = false);

    /// For a connection that begins now; null when the files have never been good. May read them.
    std::shared_ptr<const Context> current();
    /// The same without a look.
    std::shared_ptr<const Context> inForce() const;
    /// Reads the files, changed or not. What is wrong is a finding at the section's place.
    void refresh(Findings& findings);
    /// From now on what a look finds is told there. The log outlives this.
    void tell(Log& log) { log_ = &log; }
    /// When what it uses ends, be it good or not.
    std::vector<Certificate> certificates();

    const Options& options() const { return options_; }
    /// Whether peers must show a certificate of `clients`.
    bool demandsClients() const { return !options_.clients.empty() && !options_.optional; }

private:
    using Clock = std::chrono::steady_clock;

    /// @param before  errors among the findings before the section was read
    Credentials(Role role, Config section, bool resume, std::size_t before);

    void look();
    bool renew(Findings& findings);
    std::string stamps() const;

    const Role role_;
    const Options options_;
    std::atomic<Log*> log_ = nullptr;
    std::atomic<Clock::rep> nextLook_;
    std::mutex looking_;  ///< guards stamps_, made_; held before mutex_
    std::string stamps_;  ///< of the files as they were read last
    Clock::time_point made_;
    mutable std::mutex mutex_;  ///< guards the rest
    std::shared_ptr<const Context> context_;
    std::vector<Certificate> certificates_;
};

}  // namespace gateway::tls
