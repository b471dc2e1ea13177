#include "host/plugin_host.h"

#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::HasSubstr;

std::string sample(const std::string& name) {
    return std::string(support::kBuildDir) + "/tests/sample_plugins/" + name + ".so";
}

TEST(PluginHost, LoadsAPluginAndKnowsWhatItOffers) {
    PluginHost host;
    EXPECT_EQ(std::nullopt, host.load(std::string(support::kBuildDir) + "/plugins/codec_lines.so"));
    ASSERT_EQ(1u, host.plugins().size());
    EXPECT_EQ("codec_lines", host.plugins()[0].name);
    EXPECT_EQ("1.0.0", host.plugins()[0].version);
    ASSERT_EQ(1u, host.plugins()[0].offers.size());
    EXPECT_EQ("codec", host.plugins()[0].offers[0].kind);
    EXPECT_TRUE(host.codecs().contains("lines"));
}

TEST(PluginHost, SaysWhichLibraryIsMissing) {
    PluginHost host;
    EXPECT_THAT(host.load("/nonexistent/x.so").value_or("").en,
                AllOf(HasSubstr("/nonexistent/x.so"), HasSubstr("no such library")));
}

TEST(PluginHost, RefusesALibraryWithoutHandshake) {
    PluginHost host;
    EXPECT_THAT(host.load(sample("no_handshake")).value_or("").en,
                HasSubstr("exports no 'gatewayPlugin'"));
}

TEST(PluginHost, RefusesAFileThatIsNoLibrary) {
    PluginHost host;
    EXPECT_THAT(host.load(std::string(support::kSourceDir) + "/CMakeLists.txt").value_or("").en,
                HasSubstr("not a loadable library"));
}

TEST(PluginHost, RefusesAnotherAbiNamingBothNumbers) {
    PluginHost host;
    EXPECT_THAT(host.load(sample("other_abi")).value_or("").en,
                AllOf(HasSubstr("SDK 4711"), HasSubstr("needs SDK " + std::to_string(kAbi)),
                      HasSubstr("rebuild it against the SDK of this version")));
}

TEST(PluginHost, RefusesAnotherToolchainNamingBoth) {
    PluginHost host;
    EXPECT_THAT(host.load(sample("other_toolchain")).value_or("").en,
                AllOf(HasSubstr("g++ 4,"), HasSubstr(GATEWAY_TOOLCHAIN)));
}

TEST(PluginHost, RefusesTheSameNameTwice) {
    PluginHost host;
    EXPECT_EQ(std::nullopt, host.load(sample("good")));
    EXPECT_THAT(host.load(sample("same_name")).value_or("").en,
                AllOf(HasSubstr("'good' is loaded already"), HasSubstr(sample("good"))));
}

TEST(PluginHost, ARefusedPluginOffersNothing) {
    PluginHost host;
    EXPECT_EQ(std::nullopt, host.load(sample("good")));
    EXPECT_THAT(host.load(sample("same_offer")).value_or("").en,
                HasSubstr("offers the command 'echo', which plugin 'good' offers already"));
    EXPECT_EQ(1u, host.plugins().size());
    EXPECT_TRUE(host.commands().contains("echo"));
    EXPECT_FALSE(host.commands().contains("sample same_offer"));
}

TEST(PluginHost, SurvivesALoadFunctionThatThrows) {
    PluginHost host;
    EXPECT_THAT(host.load(sample("throws")).value_or("").en, HasSubstr("the sample cannot start"));
}

TEST(PluginHost, LoadsWhatIsGoodInAFolder) {
    PluginHost host;
    const std::vector<Reason> refused =
        host.loadFolder(std::string(support::kBuildDir) + "/tests/sample_plugins");
    EXPECT_EQ(6u, refused.size());
    ASSERT_EQ(1u, host.plugins().size());
    EXPECT_EQ("good", host.plugins()[0].name);
    EXPECT_EQ(1u, host.loadFolder("/nonexistent").size());
}

}  // namespace
