/// @file  Certificates made for one run of tests, with the openssl command.
#pragma once

#include <filesystem>
#include <string>

namespace support {

/// In a temporary folder that goes with it: ca, server (localhost, 127.0.0.1), client (CN relai),
/// expired (a server's), and foreign-ca with foreign-client that nobody trusts; NAME.pem, NAME.key.
class TestCerts {
public:
    TestCerts();
    ~TestCerts();
    std::string pem(const std::string& name) const { return folder_ / (name + ".pem"); }
    std::string key(const std::string& name) const { return folder_ / (name + ".key"); }
    /// Made once for the process.
    static const TestCerts& shared();

private:
    void authority(const std::string& name);
    void issue(const std::string& name, const std::string& ca, const std::string& options);

    std::filesystem::path folder_;
};

}  // namespace support
