#include <gmock/gmock.h>

#include "gateway/transport.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;

class MailboxPlugin : public testing::Test {
protected:
    std::unique_ptr<Destination> mailbox(
        std::vector<std::pair<std::string, ConfigNode>> options = {}) {
        return plugins_.destination("mailbox", support::map(std::move(options)));
    }

    support::Plugins plugins_{{"transport_mailbox"}};
};

TEST_F(MailboxPlugin, OffersForAMonthUnlessToldOtherwise) {
    EXPECT_EQ(std::chrono::hours(24 * 30), mailbox()->offers().value().wait);
    EXPECT_EQ(36h, mailbox({{"unread_after", support::scalar("36 h")}})->offers().value().wait);
    EXPECT_EQ(0ms, mailbox({{"unread_after", support::scalar("0 s")}})->offers().value().wait)
        << "for ever";
    EXPECT_EQ("", mailbox()->offers().value().then);
    EXPECT_EQ("gp/mail", mailbox({{"then", support::scalar("gp/mail")}})->offers().value().then);
}

TEST_F(MailboxPlugin, SendsNothing) {
    try {
        mailbox()->deliver({}, currentTime() + 1s);
        FAIL() << "it sent something";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::internal, error.fault);
        EXPECT_FALSE(error.fr.empty());
    }
}

}  // namespace
