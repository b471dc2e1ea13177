/// @file  What the process may do, and who may look into it.
#pragma once

#include <string>

namespace gateway {

/// What is in memory are messages and keys: no crash leaves them on the disk or says them, no other
/// process of the same user reads them there.
void keepMemoryPrivate();

/// Goes on as that user, with its groups and nobody else's rights, for good. For a start by root
/// without a service manager, which does that better.
/// @throws Error(rejected) when there is no such user, this is not root, or it cannot be done whole
void becomeUser(const std::string& name);

/// Whether everything on this machine is open to the process.
bool hasAllRights();

}  // namespace gateway
