/// @file  A mail handed to a server (RFC 5321), over TLS where that is wanted (RFC 3207, 8314).
///
/// The mail is written by Poco, the dialogue is ours: Poco::Net::SMTPClientSession (1.11) resolves
/// the host without a deadline and has one for each read alone, so that a server that drips keeps a
/// stop waiting; gives up the mail when one of several recipients is refused; and checks
/// certificates by rules and in words of its own beside http::Stream, in English. Its
/// MailMessage::encodeWord cuts UTF-8 characters in two and may write a line of blanks alone.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/time.h"
#include "tls/credentials.h"

namespace gateway {

struct SmtpServer {
    enum class Security { starttls, tls, none };
    std::string host;
    std::uint16_t port = 587;
    Security security = Security::starttls;
    std::shared_ptr<tls::Credentials> tls;  ///< null: believes whom the system does
    std::string user, password;             ///< empty: nobody signs in
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

/// @return the server's last word, and whom of several it did not want  @throws Error(unavailable)
/// naming the server, Error(rejected) when it wants this mail for nobody
std::string sendMail(const SmtpServer& server, const Mail& mail,
                     std::chrono::steady_clock::time_point deadline);

}  // namespace gateway
