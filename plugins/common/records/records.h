/// @file  What listeners have in common about those who come: whether they can be told apart, what
/// the audit is told of them.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "gateway/trail.h"
#include "gateway/transport.h"

namespace records {

/// What a listener can know of who sends.
struct Listening {
    bool beyond;  ///< this machine
    bool plain;   ///< an address may prove who it is
    bool asks;    ///< for certificates, or takes tokens
};
/// Who may send to a source is the gateway's `from`: whether that may be left out, and whether it
/// can be checked.
/// @return whether anyone may, as it says
bool checkFrom(gateway::Config& source, const Listening& listening);

/// Who connects, whatever it says of for whom; unknown when that cannot be said.
gateway::Who connected(const gateway::Access& access, gateway::Shown shown) noexcept;

/// Of one listener. Many threads; nothing here throws for what the audit does.
class Door {
public:
    /// Before the first use.
    void open(gateway::Gateway& gateway, std::string listener);

    /// Somebody known is there. Told once for each connection and partner.
    void entered(const gateway::Facts& shown, const gateway::Who& who);
    /// Somebody was refused.
    /// @param about  a source, a mailbox; empty: the listener as a whole
    void refused(const gateway::Facts& shown, const gateway::Who& who, const std::string& about,
                 const gateway::Reason& why);

private:
    void tell(gateway::AuditRecord record, const gateway::Facts& shown, const gateway::Who& who);

    gateway::Trail* trail_ = nullptr;  ///< null: there is no audit
    std::string listener_;
    std::mutex mutex_;  // guards seen_
    std::unordered_set<std::string> seen_;
};

}  // namespace records
