/// @file  The audit, as transports see it: who did what, apart from messages and their retention.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/bytes.h"

namespace gateway {

/// What somebody asked, changed, sent, fetched or was refused. Never patient data: what it is about
/// is named by numbers of plans and by our ids.
struct AuditRecord {
    std::string by;                  ///< who; never empty
    std::string what;                ///< "replay", "ask", "read", "refusal", "sign-in", …
    std::vector<std::string> about;  ///< plans ("NETWORK/NUMBER"), messages, deliveries, ends
    std::string why;                 ///< in the words of who did it
    std::string result = "done";     ///< or "refused", "partly"
    std::map<std::string, std::string> details = {};
};

class GATEWAY_API Trail {
public:
    virtual ~Trail();
    /// Durable on return: for what shows content. @throws Error(unavailable): then nothing may be
    /// shown
    virtual void write(const AuditRecord& record) = 0;
    /// Soon durable, never blocks, never throws: for what was refused at the door or begun there.
    /// What comes faster than it can be written is counted in one record.
    virtual void tell(AuditRecord record) noexcept = 0;
};

}  // namespace gateway
