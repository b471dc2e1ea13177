#include "gateway/config.h"

#include "support/plugins.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using support::list;
using support::map;
using support::scalar;

TEST(Config, ReadsValuesWithTheirUnits) {
    const ConfigNode node = map({{"wait", scalar("5 min")},
                                 {"cap", scalar("64 MiB")},
                                 {"listen", scalar("[::1]:0")},
                                 {"on", scalar("true")},
                                 {"names", list({scalar("a"), scalar("b")})}});
    Findings findings;
    Config config(node, "/etc", findings);
    EXPECT_EQ(5min, config.duration("wait", 1s));
    EXPECT_EQ(64u << 20, config.size("cap", 0));
    EXPECT_EQ((std::pair<std::string, std::uint16_t>{"::1", 0}), config.address("listen"));
    EXPECT_TRUE(config.flag("on", false));
    EXPECT_EQ((std::vector<std::string>{"a", "b"}), config.texts("names"));
    config.finish();
    EXPECT_FALSE(findings.failed());
}

TEST(Config, ReportsEveryMistakeAndGoesOn) {
    const ConfigNode node =
        map({{"wait", scalar("5")}, {"lisen", scalar("x:1")}, {"secret", scalar("hunter2")}});
    Findings findings;
    Config config(node, "/etc", findings);
    EXPECT_EQ(1s, config.duration("wait", 1s));
    config.text("listen");
    EXPECT_EQ("", config.secret("secret"));
    config.finish();
    ASSERT_EQ(4u, findings.all().size());
    EXPECT_EQ("unknown key 'lisen'; did you mean 'listen'?", findings.all().back().text);
    for (const Finding& finding : findings.all())
        EXPECT_EQ(std::string::npos, finding.text.find("hunter2"));
}

}  // namespace
