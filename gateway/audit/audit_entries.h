/// @file  The audit as people ask for it: one entry for each thing that was done, also where one
/// line of the file tells of many.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gateway {

struct AuditEntry {
    std::uint64_t number = 0;  ///< of its line
    std::string at, by, what;
    std::vector<std::string> about;
    std::string why, result;
    std::map<std::string, std::string> details;
};

/// Which entries; empty: whatever.
struct AuditFilter {
    std::string since, until;  ///< UTC, as text; `until` itself is out
    std::string by, what, about;
};

/// Calls `each` with every entry that fits. Files are read as they are, fit or not.
/// @param file  the open one
/// @throws Error(unavailable)
void eachAuditEntry(const std::string& file, const AuditFilter& filter,
                    const std::function<void(const AuditEntry&)>& each);

/// One object: members as in the file, without its chain.
std::string auditJson(const AuditEntry& entry);

}  // namespace gateway
