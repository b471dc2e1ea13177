/// @file  The admin interface over the network, as the configuration has it.
#pragma once

#include "host/configuration.h"

namespace gateway {

/// Of the section `admin`: listen, tls, limits, people. Without `listen` there is none.
void readAdminListener(Config& admin, Configuration& made);
/// What a client passes over: it need not be able to read those files.
void passOverAdminListener(Config& admin);

}  // namespace gateway
