/// @file  A mail handed to a server (RFC 5321), over TLS where that is wanted (RFC 3207, 8314).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gateway/time.h"
#include "http/tls.h"

namespace gateway {

struct SmtpServer {
    enum class Security { starttls, tls, none };
    std::string host;
    std::uint16_t port = 587;
    Security security = Security::starttls;
    http::ClientTls tls;
    std::string user, password;  ///< empty: nobody signs in
};

struct Mail {
    std::string from;
    std::vector<std::string> to;
    std::string subject;  ///< UTF-8
    std::string text;     ///< UTF-8, lines ending with LF
    Time date{};
    std::string id;  ///< unique, without brackets and '@'
};

/// The mail as it goes over the wire, without the dot that ends it (RFC 5322, 2045, 2047).
std::string mailText(const Mail& mail);

/// @return the server's last word  @throws Error(unavailable) naming the server, Error(rejected)
/// when it does not want this mail
std::string sendMail(const SmtpServer& server, const Mail& mail,
                     std::chrono::steady_clock::time_point deadline);

}  // namespace gateway
