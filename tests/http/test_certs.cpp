#include "test_certs.h"

#include <cstdlib>
#include <stdexcept>

namespace support {
namespace {

void run(const std::string& command) {
    if (std::system((command + " >/dev/null 2>&1").c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

const std::string kNewKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";

}  // namespace

TestCerts::TestCerts() {
    std::string folder = std::filesystem::temp_directory_path() / "certs-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    const std::string server = "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -subj /CN=server";
    authority("ca");
    issue("server", "ca", server + " -days 30");
    issue("expired", "ca", server + " -days -1");
    issue("client", "ca", "-subj /CN=relai -days 30");
    authority("foreign-ca");
    issue("foreign-client", "foreign-ca", "-subj /CN=relai -days 30");
    issue("foreign-server", "foreign-ca", server + " -days 30");
}

TestCerts::~TestCerts() { std::filesystem::remove_all(folder_); }

const TestCerts& TestCerts::shared() {
    static const TestCerts certs;
    return certs;
}

void TestCerts::authority(const std::string& name) {
    run("openssl req -x509 " + kNewKey + "-days 30 -subj /CN=" + name + " -keyout " + key(name) +
        " -out " + pem(name));
}

void TestCerts::issue(const std::string& name, const std::string& ca, const std::string& options) {
    const std::size_t days = options.find("-days");
    const std::string request = folder_ / "request";
    run("openssl req -new " + kNewKey + options.substr(0, days) + " -keyout " + key(name) +
        " -out " + request);
    run("openssl x509 -req -in " + request + " -CA " + pem(ca) + " -CAkey " + key(ca) +
        " -CAcreateserial -copy_extensions copy " + options.substr(days) + " -out " + pem(name));
}

}  // namespace support
