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

}  // namespace gateway
