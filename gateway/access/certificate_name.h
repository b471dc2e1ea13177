/// @file  How a configuration names a certificate, and how a transport does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// A certificate as somebody wrote it: one of the three.
struct CertificateName {
    std::string fingerprint;  ///< SHA-256, 64 hexadecimal digits
    std::string commonName;   ///< of "CN=gateway.example" alone
    std::string subject;      ///< "CN=x,O=y", as RFC 2253 writes it

    /// A fingerprint as OpenSSL prints it or without colons, a subject in RFC 2253's order, blanks
    /// around its signs allowed. Nothing when it is neither.
    static std::optional<CertificateName> parsed(std::string_view text);
};

/// The one CN of a subject as RFC 2253 writes it; what is escaped stays so. Empty when there is
/// none or more than one: then it does not say who that is.
std::string_view commonNameOf(std::string_view subject);

}  // namespace gateway
