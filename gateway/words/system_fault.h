/// @file  What the system says of a call that failed, for people.
#pragma once

#include "gateway/error.h"

namespace gateway {

/// Of a disk or a process. @param code  errno
Reason systemFault(int code);

/// Of a connection.
Reason connectionFault(int code);

}  // namespace gateway
