/// @file  Which files of a configuration changed from one reading to the next, for the audit.
#pragma once

#include <map>
#include <string>

#include "gateway/trail.h"
#include "host/config_files.h"

namespace gateway {

/// Name below the configuration's folder → SHA-256 of the content: what is read as configuration,
/// map or table. A file that cannot be read is left out.
std::map<std::string, std::string> configHashes(const ConfigFiles& files);

/// What it is about: each file that is new, gone or another; in the details its hash "before
/// after",
/// "-" where there is none.
void tellChange(AuditRecord& record, const std::map<std::string, std::string>& before,
                const std::map<std::string, std::string>& after);

}  // namespace gateway
