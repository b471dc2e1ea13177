/// @file  Certificates and lists of revoked ones, as files hold them.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/time.h"

namespace gateway::tls {

struct Free {
    void operator()(X509* one) const { X509_free(one); }
    void operator()(X509_CRL* one) const { X509_CRL_free(one); }
};
using CertificatePtr = std::unique_ptr<X509, Free>;
using RevocationsPtr = std::unique_ptr<X509_CRL, Free>;

/// All of a PEM file in their order, at least one.
/// @throws Error(rejected) naming the file when it cannot be read, to its end
std::vector<CertificatePtr> certificatesIn(const std::string& file);
/// The same of lists; a file may also be one list in DER, as authorities publish it.
std::vector<RevocationsPtr> revocationsIn(const std::string& file);

/// What was not given has no end.
Time timeOf(const ASN1_TIME* time);

/// "CN=CA,O=Example" (RFC 2253), in UTF-8.
std::string textOf(const X509_NAME* name);

/// Who somebody is, by a certificate; all empty when none was shown.
struct Identity {
    std::string subject;      ///< "CN=chu-toulouse,O=CHU" (RFC 2253), in UTF-8
    std::string commonName;   ///< of the subject
    std::string fingerprint;  ///< SHA-256 of the certificate, 64 hexadecimal digits
};
Identity identityOf(X509* certificate);

}  // namespace gateway::tls
