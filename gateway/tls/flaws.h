/// @file  What is wrong with the files of one end of TLS, or will be soon.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/transport.h"
#include "tls/options.h"

namespace gateway::tls {

struct Flaw {
    std::string key;  ///< of the section: "cert"
    std::string file;
    Severity severity = Severity::error;  ///< a warning: it can be used as it is
    Reason text;
};

/// Dates of certificates and lists, and whether the lists are of the authorities that are believed.
/// A list that has expired, and an authority without one, are warnings: whoever such an authority
/// has certified is refused.
std::vector<Flaw> flawsOf(Role role, const Options& options);

/// When they end, as far as the files can be read: of several authorities the first that still has
/// time to go.
std::vector<Certificate> certificatesOf(Role role, const Options& options);

}  // namespace gateway::tls
