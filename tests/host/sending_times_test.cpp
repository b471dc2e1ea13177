/// `quiet_hours` and `rate` of partners and destinations.
#include "host/config_folder.h"
#include "host/configuration.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class SendingTimesTest : public testing::Test {
protected:
    SendingTimesTest() {
        if (auto why =
                host_.load(std::string(support::kBuildDir) + "/tests/house_plugins/house.so"))
            throw std::runtime_error(why->en);
        folder_.write("passerelle.yaml",
                      "store: {sqlite: var/p.db}\n"
                      "zone: Europe/Paris\n"
                      "sources: {files: {drop: {path: in}, codec: {plain: {model: x}}}}\n"
                      "routes: [{name: all, from: files, map: up, to: [chu/plans]}]\n");
        folder_.write("mappings/up.map", "map");
        folder_.write("mappings/down.map", "map");
    }
    Configuration read(const std::string& ofPartner, const std::string& ofDestination = {}) {
        folder_.write("partners/chu.yaml", ofPartner +
                                               "\ndestinations:\n  plans:\n    wire: {host: a}\n"
                                               "    codec: plain\n    map: down\n    " +
                                               ofDestination + "\n");
        return configure(readConfigFiles(folder_.path()), host_);
    }
    /// What is found in the partner's file, in one language.
    std::vector<std::string> findings(const std::string& ofPartner,
                                      Spoken language = Spoken::english) {
        std::vector<std::string> texts;
        const Configuration made = read(ofPartner);
        for (const Finding& finding : made.findings.all())
            if (finding.where.file.ends_with("chu.yaml"))
                texts.push_back(std::to_string(finding.where.line) + ":" +
                                std::to_string(finding.where.column) + ": " + finding.in(language));
        return texts;
    }
    const DestinationSetup& plans(const Configuration& made) {
        EXPECT_FALSE(made.findings.failed())
            << (made.findings.all().empty() ? "" : made.findings.all().front().text);
        return made.setup->destinations.at("chu/plans");
    }
    static std::string shown(const QuietHours& quiet, const std::string& now) {
        const Time at = timeFromText(now + ":00.000Z");
        const auto until = quiet.until(at);
        return until ? quiet.shown(*until, at) : "";
    }

    PluginHost host_;
    support::ConfigFolder folder_;
};

TEST_F(SendingTimesTest, QuietHoursAreOnTheGatewaysClock) {
    const Configuration made =
        read("quiet_hours: [{days: mon-fri, from: \"22:00\", to: \"06:00\"}]");
    const QuietHours& quiet = plans(made).quiet;
    EXPECT_EQ("06:00", shown(quiet, "2027-01-05T03:00"));
    EXPECT_EQ("", shown(quiet, "2027-01-05T05:00"));
}

TEST_F(SendingTimesTest, OrOnThePartnersOwn) {
    const Configuration made = read("zone: Indian/Reunion\nquiet_hours: {from: 22:00, to: 06:00}");
    const QuietHours& quiet = plans(made).quiet;
    EXPECT_EQ("06:00", shown(quiet, "2027-01-05T01:30"));
    EXPECT_EQ("", shown(quiet, "2027-01-05T02:00"));
}

TEST_F(SendingTimesTest, DaysAreWrittenInManyWays) {
    for (const char* weekend : {"[sat, sun]", "sat-sun", "\"sat,sun\"", "samedi-dimanche",
                                "[sam, dim]", "\"sat, dim\""}) {
        const Configuration made = read(std::string("quiet_hours: [{days: ") + weekend +
                                        ", from: \"00:00\", to: \"24:00\"}]");
        const QuietHours& quiet = plans(made).quiet;
        EXPECT_EQ("00:00 (2027-01-11)", shown(quiet, "2027-01-09T12:00")) << weekend;
        EXPECT_EQ("", shown(quiet, "2027-01-11T12:00")) << weekend;
    }
    const Configuration made = read("quiet_hours: [{days: fri-mon, from: 00:00, to: 24:00}]");
    EXPECT_EQ("00:00 (2027-01-12)", shown(plans(made).quiet, "2027-01-08T12:00"));
}

TEST_F(SendingTimesTest, ADestinationsOwnStandInsteadOfItsPartners) {
    const std::string night = "quiet_hours: [{from: 22:00, to: 06:00}]";
    const Configuration never = read(night, "quiet_hours: []");
    EXPECT_TRUE(plans(never).quiet.empty());
    const Configuration noon = read(night, "quiet_hours: [{from: 12:00, to: 13:00}]");
    EXPECT_EQ("", shown(plans(noon).quiet, "2027-01-05T03:00"));
    EXPECT_EQ("13:00", shown(plans(noon).quiet, "2027-01-05T11:30"));
}

TEST_F(SendingTimesTest, BothRatesHold) {
    const Configuration made = read("rate: {per: 1m, most: 20}", "rate: {most: 3, per: 2 s}");
    EXPECT_EQ((Rate{20, Milliseconds(60'000)}), plans(made).partnerRate);
    EXPECT_EQ((Rate{3, Milliseconds(2'000)}), plans(made).rate);
    const Configuration second = read("rate: {most: 5}");
    EXPECT_EQ((Rate{5, Milliseconds(1'000)}), plans(second).partnerRate);
    EXPECT_FALSE(plans(second).rate);
}

TEST_F(SendingTimesTest, SaysWhereAndWhatIsWrong) {
    const std::pair<const char*, const char*> cases[] = {
        {"quiet_hours: [{days: mon-frid, from: 22:00, to: 06:00}]", "1:22: 'days': expected days"},
        {"quiet_hours: [{days: [], from: 22:00, to: 06:00}]", "1:22: 'days': expected days"},
        {"quiet_hours: [{from: 24:00, to: 06:00}]", "1:22: 'from': expected a time of day"},
        {"quiet_hours: [{from: 22:00, to: 25:00}]", "1:33: 'to': expected a time of day"},
        {"quiet_hours: [{from: 22:60, to: 06:00}]", "1:22: 'from': expected a time of day"},
        {"quiet_hours: [{from: 8h, to: 06:00}]", "1:22: 'from': expected a time of day"},
        {"quiet_hours: [{from: 22:00}]", "1:15: 'to' is missing"},
        {"quiet_hours: [{from: 22:00, to: 22:00}]", "1:33: 'to': is the same as 'from'"},
        {"quiet_hours: [{from: 22:00, to: 06:00, day: mon}]", "1:40: unknown key 'day'"},
        {"quiet_hours: [{from: 00:00, to: 24:00}]", "1:14: 'quiet_hours': leaves no minute"},
        {"quiet_hours: nights", "1:14: 'quiet_hours': expected a list of sections"},
        {"rate: {most: 0}", "1:14: 'most': expected"},
        {"rate: {per: 1 s}", "1:7: needs 'most'"},
        {"rate: {most: 3, per: 1 ms}", "1:22: 'per': expected one second"},
        {"rate: {most: 3, per: quickly}", "1:22: 'per': expected a duration"},
        {"rate: 20", "1:7: 'rate': expected"},
        {"zone: Europe/Atlantide", "1:7: 'zone': this system knows no time zone"}};
    for (const auto& [text, expected] : cases) {
        EXPECT_THAT(findings(text), ElementsAre(StartsWith(expected))) << text;
        const auto english = findings(text), french = findings(text, Spoken::french);
        EXPECT_NE(english, french) << text;
    }
}

}  // namespace
