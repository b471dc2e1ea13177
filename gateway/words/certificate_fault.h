/// @file  Why a certificate is not believed, for people.
#pragma once

#include "gateway/error.h"

namespace gateway {

/// @param code  of OpenSSL: X509_V_ERR_…
Reason certificateFault(long code);

}  // namespace gateway
