/// A mail as it goes over the wire, and to whom; tests/interop has a real server take it.
#include <Poco/Base64Decoder.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <gmock/gmock.h>

#include <iterator>
#include <sstream>
#include <thread>

#include "support/plugins.h"
#include "watch/causes.h"
#include "watch/messenger.h"
#include "watch/smtp.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::HasSubstr;

TEST(MailText, HasItsHeadersAndLinesThatAreShortEnough) {
    Mail mail;
    mail.from = "passerelle@example.org";
    mail.to = {"anne@example.org", "bob@example.org"};
    mail.subject = "[Passerelle] ALERTE : réseau éloigné, réessayé de très nombreuses fois déjà";
    mail.text = std::string(300, 'x') + "\n.\nété\n";
    mail.date = timeFromText("2026-03-01T07:05:09.000Z");
    mail.id = "1.2";
    const std::string text = mailText(mail);
    EXPECT_THAT(text, HasSubstr("\r\nTo: <anne@example.org>, <bob@example.org>\r\n"));
    EXPECT_THAT(text, HasSubstr("Date: Sun, 1 Mar 2026 07:05:09 GMT\r\n"));
    EXPECT_THAT(text, HasSubstr("Message-ID: <1.2@"));
    EXPECT_THAT(text, testing::Not(HasSubstr("\r\n \r\n"))) << "a line of blanks";
    EXPECT_THAT(text, HasSubstr("\r\nMIME-Version: 1.0\r\n"));
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find("\r\n", at);
        ASSERT_NE(std::string::npos, end);
        longest = std::max(longest, end - at);
        EXPECT_NE('.', text[at]) << "it would end the mail";
        at = end + 2;
    }
    EXPECT_LE(longest, 78u);
    for (const char c : text) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

/// Takes one mail; knows nobody whose name begins with "gone".
class MailServer {
public:
    MailServer() : thread_([this] { serve(); }) {}
    ~MailServer() { done(); }
    /// What the client said.
    const std::string& done() {
        if (thread_.joinable()) thread_.join();
        return heard_;
    }
    SmtpServer address() const {
        SmtpServer server;
        server.host = "127.0.0.1";
        server.port = socket_.address().port();
        server.security = SmtpServer::Security::none;
        return server;
    }

private:
    static std::string answer(const std::string& line, bool& data) {
        if (data) return line == "." ? (data = false, "250 taken\r\n") : "";
        if (line.starts_with("RCPT TO:<gone")) return "550 nobody of that name\r\n";
        if (line != "DATA") return "250 yes\r\n";
        data = true;
        return "354 go on\r\n";
    }
    void serve() {
        Poco::Net::StreamSocket peer = socket_.acceptConnection();
        const auto say = [&](const std::string& text) {
            peer.sendBytes(text.data(), static_cast<int>(text.size()));
        };
        say("220 here\r\n");
        std::string line;
        bool data = false;
        for (char c = 0; peer.receiveBytes(&c, 1) == 1;) {
            line += c;
            if (!line.ends_with("\r\n")) continue;
            heard_ += line;
            line.resize(line.size() - 2);
            if (line == "QUIT") return;
            say(answer(line, data));
            line.clear();
        }
    }

    Poco::Net::ServerSocket socket_{Poco::Net::SocketAddress("127.0.0.1", 0)};
    std::string heard_;
    std::thread thread_;
};

/// The words of RFC 2047 and the body, as a reader of mail shows them.
std::string decoded(std::string text) {
    std::string out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t word = line.find("=?UTF-8?B?");
        if (word != line.npos) line = line.substr(word + 10, line.find("?=") - word - 10);
        std::istringstream in(line);
        Poco::Base64Decoder decoder(in);
        if (line.find_first_of(":@<>. ") == line.npos)
            out.append(std::istreambuf_iterator<char>(decoder), {});
    }
    return out;
}

TEST(MailedAlert, SaysInItsReadersLanguageWhatItIsAbout) {
    Notice notice;
    notice.kind = "breaker";
    notice.end = "chu/plans";
    notice.gateway = "vm";
    notice.since = notice.at = timeFromText("2026-03-01T07:05:09.000Z");
    const auto told = [&](Spoken language, const char* text) {
        notice.language = language;
        notice.text = text;
        MailServer server;
        const SmtpServer address = server.address();
        Findings findings;
        const ConfigNode node =
            support::map({{"server", support::scalar("127.0.0.1:" + std::to_string(address.port))},
                          {"security", support::scalar("none")},
                          {"from", support::scalar("passerelle@example.org")},
                          {"to", support::scalar("anne@example.org")}});
        const auto mailer = mailMessenger(Config(node, ".", findings));
        mailer->tell(notice, std::chrono::steady_clock::now() + std::chrono::seconds(20));
        EXPECT_THAT(server.done(), HasSubstr("@example.org>\r\nAuto-Submitted"));
        return decoded(server.done());
    };
    EXPECT_THAT(told(Spoken::french, "chu/plans : le partenaire est injoignable"),
                AllOf(HasSubstr("[Passerelle vm] ALERTE : partenaire injoignable, chu/plans"),
                      HasSubstr("Depuis : 2026-03-01 07:05:09 UTC")));
    notice.state = Notice::State::over;
    EXPECT_THAT(told(Spoken::english, "over"),
                AllOf(HasSubstr("[Passerelle vm] OVER: partner out of reach, chu/plans"),
                      HasSubstr("Told: 2026-03-01 07:05:09 UTC")));
    for (const std::string_view kind : kCauseKinds) {
        notice.kind = kind;
        notice.end.clear();
        const std::string mail = told(Spoken::french, "");
        EXPECT_TRUE(kind == "silence" || kind == "configuration" || kind == "source" ||
                    mail.find(kind) == std::string::npos)
            << kind << " is no word of a person";
    }
}

TEST(SendMail, OneAddressThatIsGoneKeepsTheOthersFromNothing) {
    Mail mail;
    mail.from = "passerelle@example.org";
    mail.to = {"gone@example.org", "anne@example.org"};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    EXPECT_EQ("250 taken; RCPT TO:<gone@example.org> 550",
              sendMail(MailServer().address(), mail, deadline));
    mail.to = {"gone@example.org", "gone.too@example.org"};
    try {
        sendMail(MailServer().address(), mail, deadline);
        ADD_FAILURE() << "nobody got it";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::rejected, error.fault);
        EXPECT_EQ("il a répondu 550", error.reason().fr);
    }
}

}  // namespace
