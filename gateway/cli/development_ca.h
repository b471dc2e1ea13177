/// @file  Certificates for development and demos: never for patients' data.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace gateway {

/// A certificate and its private key, as PEM.
struct KeyPair {
    std::string certificate;
    std::string key;
};

/// A fresh authority whose key exists as long as the object, or as long as its file.
class DevelopmentCa {
public:
    /// @throws Error(internal) when the library fails, here and below
    DevelopmentCa();
    ~DevelopmentCa();

    KeyPair own() const;
    /// For a server and a client of that name on this machine (localhost, 127.0.0.1, ::1), one
    /// year.
    KeyPair issue(const std::string& name) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// An authority's list of revoked certificates, as PEM, good for 30 days.
/// @param former  its list until now; empty: none
/// @param more  certificates to be revoked too, as PEM
/// @throws Error(rejected) when something of it cannot be read
std::string revoked(const KeyPair& authority, const std::string& former,
                    const std::vector<std::string>& more);

}  // namespace gateway
