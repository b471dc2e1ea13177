/// A mail as it goes over the wire; tests/interop has a real server take it.
#include <gmock/gmock.h>

#include "watch/smtp.h"

namespace {
using namespace gateway;
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
    EXPECT_THAT(text, HasSubstr("To: anne@example.org,\r\n bob@example.org\r\n"));
    EXPECT_THAT(text, HasSubstr("Date: Sun, 01 Mar 2026 07:05:09 +0000\r\n"));
    EXPECT_THAT(text, HasSubstr("Message-ID: <1.2@"));
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

}  // namespace
