#include "watch/smtp.h"

#include <Poco/Base64Encoder.h>
#include <Poco/Net/MailMessage.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timestamp.h>

#include <array>
#include <memory>
#include <sstream>

#include "gateway/error.h"
#include "gateway/guard.h"
#include "http/stream.h"
#include "net/resolve.h"
#include "watch/tellers.h"

namespace gateway {
namespace {

constexpr std::size_t kLineMost = 4096, kLinesMost = 100;

std::string base64(std::string_view bytes) {
    std::ostringstream text;
    Poco::Base64Encoder encoder(text);
    encoder.rdbuf()->setLineLength(0);
    encoder << bytes;
    encoder.close();
    return text.str();
}

/// RFC 2047: words of at most 75 characters, each of whole UTF-8 characters.
std::string encodedWords(std::string_view text) {
    constexpr std::size_t kBytes = 42;
    std::string out;
    while (!text.empty()) {
        std::size_t end = std::min(kBytes, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + base64(text.substr(0, end)) + "?=";
        text.remove_prefix(end);
    }
    return out;
}

/// What EHLO calls us: a whole name, or (RFC 5321 §4.1.3) an address in its place.
std::string ownName() {
    const std::string name = machineName();
    return name.find('.') == name.npos ? "[127.0.0.1]" : name;
}

struct Reply {
    int code = 0;
    std::vector<std::string> lines;  ///< without their codes
    bool good() const { return code >= 200 && code < 400; }
};

class Dialogue {
public:
    Dialogue(const SmtpServer& server, std::chrono::steady_clock::time_point deadline)
        : server_(server),
          where_(server.host + ":" + std::to_string(server.port)),
          deadline_(deadline) {}

    std::string send(const Mail& mail) {
        connect();
        signIn();
        ask("MAIL FROM:<" + mail.from + ">", Fault::rejected);
        const std::string refused = name(mail.to);
        ask("DATA", Fault::rejected);
        std::string text =
            mailText(mail);  // its lines are headers and base64: none begins with a dot
        const Reply taken = ask(text + ".", Fault::rejected);
        put("QUIT\r\n");  // it has the mail, whatever it says to that
        return std::to_string(taken.code) + (taken.lines.empty() ? "" : " " + taken.lines.front()) +
               refused;
    }

private:
    [[noreturn]] void fail(const Reason& what, Fault fault = Fault::unavailable) const {
        throw Error(fault, where_, what);
    }

    void connect() {
        const net::Resolved resolved = net::resolve(server_.host, server_.port, deadline_);
        std::optional<Error> last;
        std::size_t left = resolved.addresses.size();
        for (const net::SocketAddress& to : resolved.addresses) {
            try {
                stream_ = http::Stream::connect(
                    {to.get(), to.size()},
                    net::turn(std::chrono::steady_clock::now(), deadline_, left--));
                break;
            } catch (const Error& failed) {  // the next one may be better
                last.emplace(failed);
            }
        }
        if (!stream_) throw last ? *last : Error(Fault::unavailable, where_, resolved.cause);
        if (server_.security == SmtpServer::Security::tls) secure();
        expectGood(read(), Fault::unavailable);
        greet();
        if (server_.security != SmtpServer::Security::starttls) return;
        if (!offers("STARTTLS")) fail({"it offers no STARTTLS", "il ne propose pas STARTTLS"});
        ask("STARTTLS", Fault::unavailable);
        if (!buffer_.empty())  // said before it was encrypted: somebody else's words (RFC 3207 §6)
            fail({"it spoke before TLS began", "il a parlé avant le début de TLS"});
        secure();
        greet();
    }

    void secure() {
        const std::shared_ptr<const tls::Context> context =
            server_.tls ? server_.tls->current()
                        : std::make_shared<const tls::Context>(tls::Role::client, tls::Options{});
        if (!context)
            fail({"the files of its `tls` are not good",
                  "les fichiers de son `tls` ne sont pas bons"});
        const http::Io io = stream_->connectTls(*context, server_.host, deadline_);
        if (!io.ok()) fail(say("TLS handshake failed: {0}", "échec de TLS : {0}", {io.why}));
    }

    void greet() { offered_ = ask("EHLO " + ownName(), Fault::unavailable).lines; }

    bool offers(std::string_view word) const {
        for (const std::string& line : offered_)
            if (line.starts_with(word)) return true;
        return false;
    }

    void signIn() {
        if (server_.user.empty()) return;
        std::string mechanisms;
        for (const std::string& line : offered_)
            if (line.starts_with("AUTH ")) mechanisms += line.substr(4) + " ";
        if (mechanisms.find(" PLAIN ") != mechanisms.npos) {
            ask("AUTH PLAIN " + base64(std::string(1, '\0') + server_.user + std::string(1, '\0') +
                                       server_.password),
                Fault::unavailable);
        } else if (mechanisms.find(" LOGIN ") != mechanisms.npos) {
            ask("AUTH LOGIN", Fault::unavailable);
            ask(base64(server_.user), Fault::unavailable);
            ask(base64(server_.password), Fault::unavailable);
        } else {
            fail({"it offers no way to sign in that is known here (PLAIN, LOGIN)",
                  "il ne propose aucune identification connue ici (PLAIN, LOGIN)"});
        }
    }

    /// One who is not there any more keeps the others from nothing.
    /// @return who was refused, in the words of the protocol
    std::string name(const std::vector<std::string>& recipients) {
        std::string refused;
        std::size_t refusals = 0;
        std::optional<Reply> last;
        for (const std::string& one : recipients) {
            const std::string command = "RCPT TO:<" + one + ">";
            const Reply reply = exchange(command);
            if (reply.good()) continue;
            refused += "; " + command + " " + std::to_string(reply.code);
            // Who is to come later is a better reason than who is unknown: then it is tried again.
            if (!last || last->code >= 500) last = reply;
            ++refusals;
        }
        if (refusals == recipients.size()) expectGood(*last, Fault::rejected);
        return refused;
    }

    void put(const std::string& bytes) { stream_->write(bytes, deadline_); }

    Reply ask(const std::string& command, Fault onRefusal) {
        Reply reply = exchange(command);
        expectGood(reply, onRefusal);
        return reply;
    }

    Reply exchange(const std::string& command) {
        const http::Io io = stream_->write(command + "\r\n", deadline_);
        if (!io.ok()) fail({"connection lost", "connexion perdue"});
        return read();
    }

    /// Of what it says the code alone is told on: its words may repeat what was sent.
    void expectGood(const Reply& reply, Fault fault) const {
        if (reply.good()) return;
        const bool later = reply.code >= 400 && reply.code < 500;
        const bool signIn = reply.code >= 530 && reply.code <= 538;  // RFC 4954 §6
        fail(say("it answered {0}{1}", "il a répondu {0}{1}",
                 {std::to_string(reply.code),
                  signIn ? Reason(": it wants another user or password",
                                  " : il veut un autre utilisateur ou mot de passe")
                         : Reason()}),
             later ? Fault::unavailable : fault);
    }

    Reply read() {
        Reply reply;
        for (bool more = true; more;) {
            const std::string one = line();
            if (one.size() < 3 || one.find_first_not_of("0123456789") < 3 ||
                reply.lines.size() > kLinesMost)
                fail({"it speaks no SMTP", "il ne parle pas SMTP"});
            reply.code = std::stoi(one.substr(0, 3));
            reply.lines.push_back(one.size() > 4 ? one.substr(4) : std::string());
            more = one.size() > 3 && one[3] == '-';
        }
        return reply;
    }

    std::string line() {
        for (;;) {
            const std::size_t end = buffer_.find("\r\n");
            if (end != buffer_.npos) {
                std::string one = buffer_.substr(0, end);
                buffer_.erase(0, end + 2);
                return one;
            }
            if (buffer_.size() > kLineMost) fail({"it speaks no SMTP", "il ne parle pas SMTP"});
            std::array<char, 1024> bytes;
            const http::Io io = stream_->read(bytes.data(), bytes.size(), deadline_);
            if (io.kind == http::Io::Kind::timeout)
                fail({"no answer in time", "pas de réponse à temps"});
            if (!io.ok()) fail({"connection lost", "connexion perdue"});
            buffer_.append(bytes.data(), io.bytes);
        }
    }

    const SmtpServer& server_;
    const std::string where_;
    const std::chrono::steady_clock::time_point deadline_;
    std::unique_ptr<http::Stream> stream_;
    std::string buffer_;
    std::vector<std::string> offered_;
};

}  // namespace

std::string mailText(const Mail& mail) {
    using Poco::Net::MailMessage;
    MailMessage message;
    message.setSender(mail.from);
    for (const std::string& one : mail.to)
        message.addRecipient({Poco::Net::MailRecipient::PRIMARY_RECIPIENT, one});
    message.setSubject(encodedWords(guard::line(mail.subject)));
    message.setDate(
        Poco::Timestamp::fromEpochTime(std::chrono::system_clock::to_time_t(mail.date)));
    // Servers distrust an id whose domain is not the sender's.
    message.set("Message-ID", "<" + mail.id + mail.from.substr(mail.from.find('@')) + ">");
    message.set("Auto-Submitted", "auto-generated");
    message.set("MIME-Version", "1.0");  // it sets that for several parts alone
    message.setContentType("text/plain; charset=utf-8");
    std::string lines;
    for (const char c : mail.text) lines += c == '\n' ? std::string("\r\n") : std::string(1, c);
    message.setContent(lines, MailMessage::ENCODING_BASE64);
    std::ostringstream text;
    message.write(text);
    return text.str() + "\r\n";
}

std::string sendMail(const SmtpServer& server, const Mail& mail,
                     std::chrono::steady_clock::time_point deadline) {
    return Dialogue(server, deadline).send(mail);
}

}  // namespace gateway
