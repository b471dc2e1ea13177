#include "host/running_gateway.h"

#include <mutex>

#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* kMain =
    "store: {sqlite: p.db}\n"
    "listeners: {portal: {wire: {listen: 'here'}}}\n"
    "sources: {net: {listener: portal, codec: plain}}\n"
    "routes: [{name: all, from: net, to: chu/plans}]\n";
constexpr const char* kGood =
    "destinations: {plans: {wire: {host: a}, codec: plain, retry: {first: 10 ms, most: 20 ms}}}\n";
constexpr const char* kBroken =
    "destinations: {plans: {wire: {hots: a}, codec: plain, retry: {first: 10 ms, most: 20 ms}}}\n";
constexpr const char* kOther = "destinations: {plans: {wire: {host: b}, codec: plain}}\n";

/// Keeps what was logged.
class Lines final : public Log {
public:
    void write(Level, std::string_view event, std::initializer_list<Field> fields) override {
        std::string line(event);
        for (const Field& field : fields) line += " " + std::string(field.name) + "=" + field.text;
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
    }
    std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;  // guards lines_
    std::vector<std::string> lines_;
};

class RunningGatewayTest : public testing::Test {
protected:
    RunningGatewayTest() {
        if (auto why =
                host_.load(std::string(support::kBuildDir) + "/tests/house_plugins/house.so"))
            throw std::runtime_error(why->en);
        folder_.write("passerelle.yaml", kMain);
        folder_.write("partners/chu.yaml", kGood);
    }

    Configuration read() { return configure(readConfigFiles(folder_.path()), host_); }
    std::unique_ptr<RunningGateway> started() {
        Configuration configuration = read();
        auto store = openStore(readConfigFiles(folder_.path()), configuration, host_, log_);
        auto gateway =
            std::make_unique<RunningGateway>(std::move(configuration), std::move(store), log_);
        gateway->start();
        return gateway;
    }
    static std::string accepted(RunningGateway& gateway) {
        const Arrival arrival{"net", Bytes::copy("text"), {}, true};
        return gateway.inbox().accept({&arrival, 1}).at(0).messages.at(0).receipt.value().id;
    }
    static bool reaches(RunningGateway& gateway, const std::string& id, Stage stage) {
        return gateway.inbox().wait(id, stage, currentTime() + std::chrono::seconds(20)).reached;
    }
    std::vector<std::string> refusals(RunningGateway& gateway) {
        std::vector<std::string> texts;
        const Findings refused = gateway.reload(read());
        for (const Finding& finding : refused.all()) texts.push_back(finding.text);
        return texts;
    }

    Lines log_;
    PluginHost host_;
    support::ConfigFolder folder_;
};

TEST_F(RunningGatewayTest, TakesMessagesOnceItHasStarted) {
    const auto gateway = started();
    EXPECT_THAT(log_.all(), Contains("listening listener=portal address=here"));
    EXPECT_EQ("portal", gateway->listeners().at(0).first);
    EXPECT_TRUE(reaches(*gateway, accepted(*gateway), Stage::delivered));
    gateway->stop(std::chrono::seconds(5));
}

TEST_F(RunningGatewayTest, SendersAreAnsweredAfterAReloadAsBefore) {
    folder_.write(
        "passerelle.yaml",
        "store: {sqlite: p.db}\n"
        "listeners: {portal: {wire: {listen: 'here', answers: true}}}\n"
        "sources: {net: {listener: portal, codec: plain, application_answers: chu/acks}}\n"
        "routes: [{name: all, from: net, to: chu/plans}]\n");
    const std::string partner =
        "destinations:\n  plans: {wire: {host: a}, codec: plain}\n"
        "  acks: {wire: {host: a}, codec: plain}\n";
    folder_.write("partners/chu.yaml", partner);
    const auto gateway = started();
    for (int round = 0; round < 2; ++round) {
        Arrival arrival{"net", Bytes::copy("text"), {}, true};
        arrival.facts.set(kReplyFact, kReplyApart);
        const std::string id =
            gateway->inbox().accept({&arrival, 1}).at(0).messages.at(0).receipt.value().id;
        EXPECT_TRUE(reaches(*gateway, id, Stage::delivered));
        const MessageView message = gateway->store().show(id).value();
        ASSERT_EQ(2u, message.deliveries.size());
        EXPECT_EQ("chu/acks", message.deliveries[1].destination);
        EXPECT_EQ("answer " + message.deliveries[1].controlId,
                  gateway->store().body(message.deliveries[1].id).value().view());
        folder_.write("partners/chu.yaml", "label: changed\n" + partner);
        EXPECT_TRUE(refusals(*gateway).empty());
    }
}

TEST_F(RunningGatewayTest, MessagesOfAPartnerSetAsideWaitUntilItIsMended) {
    folder_.write("partners/chu.yaml", kBroken);
    const auto gateway = started();
    EXPECT_THAT(log_.all(), Contains(HasSubstr("partner-set-aside partner=chu")));
    const std::string id = accepted(*gateway);
    EXPECT_TRUE(reaches(*gateway, id, Stage::translated));

    EXPECT_THAT(refusals(*gateway), Contains(HasSubstr("unknown key 'hots'")));

    folder_.write("partners/chu.yaml", kGood);
    EXPECT_TRUE(refusals(*gateway).empty());
    EXPECT_TRUE(reaches(*gateway, id, Stage::delivered));
    gateway->stop(std::chrono::seconds(5));
}

TEST_F(RunningGatewayTest, KeepsADestinationForWhichDeliveriesWait) {
    folder_.write("partners/chu.yaml", kBroken);
    {
        const auto gateway = started();
        EXPECT_TRUE(reaches(*gateway, accepted(*gateway), Stage::translated));
        std::filesystem::remove(folder_.path() + "/partners/chu.yaml");
        folder_.write("partners/other.yaml", kOther);
        std::string text = kMain;
        folder_.write("passerelle.yaml", text.replace(text.find("chu/"), 4, "other/"));
        EXPECT_THAT(refusals(*gateway),
                    Contains("the destination 'chu/plans' is gone, but 1 of its deliveries wait"));
    }
    started();  // nobody could ask a person before the start: it says so and goes on
    EXPECT_THAT(log_.all(), Contains("destination-missing destination=chu/plans waiting=1"));
}

TEST_F(RunningGatewayTest, WhatOnlyARestartCanChangeIsRefused) {
    const auto gateway = started();
    const std::string version = gateway->pipeline().setup()->version;
    folder_.write("passerelle.yaml", std::string(kMain) + "limits: {translators: 2}\n");
    EXPECT_THAT(refusals(*gateway), Contains("changes to 'limits' need a restart"));
    folder_.write("passerelle.yaml", "zone: Europe/London\n" + std::string(kMain));
    EXPECT_TRUE(refusals(*gateway).empty()) << "places in the file are no change";
    EXPECT_NE(version, gateway->pipeline().setup()->version);
    EXPECT_EQ("Europe/London", gateway->pipeline().setup()->zone);
}

TEST_F(RunningGatewayTest, StopsAgainWhenAListenerCannotStart) {
    std::string text = kMain;
    folder_.write("passerelle.yaml",
                  text.replace(text.find("'here'"), 6, "'here', unavailable: true"));
    EXPECT_THROW(started(), Error);
    folder_.write("passerelle.yaml", kMain);
    EXPECT_NO_THROW(started()) << "the store is free again";
}

}  // namespace
