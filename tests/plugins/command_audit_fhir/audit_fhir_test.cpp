/// Records of every kind as AuditEvents; that they are good FHIR is asked of others
/// (tests/interop/audit_pleases_others).
#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "cli/program.h"
#include "core/json_text.h"
#include "support/places.h"

namespace {
using namespace gateway;
using testing::SizeIs;

class AuditAsFhir : public testing::Test {
protected:
    AuditAsFhir() {
        const support::Ran ran =
            support::run({"audit-as", "fhir",
                          std::string(support::kSourceDir) +
                              "/tests/plugins/command_audit_fhir/data/entries.jsonl"});
        EXPECT_EQ(0, ran.code) << ran.err;
        std::istringstream lines(ran.out);
        for (std::string line; std::getline(lines, line);) {
            JsonValue event = parsedJson(line);
            const std::string what =
                item(event["subtype"], event["subtype"].items.size() - 1)["code"].text;
            events_.emplace(what, std::move(event));
        }
    }
    static const JsonValue& item(const JsonValue& list, std::size_t index) {
        return list.items.at(index).value;
    }
    std::map<std::string, JsonValue> events_;  ///< the first of each word
};

TEST_F(AuditAsFhir, ADeliveryNamesBothEndsThePlanAndTheProof) {
    const JsonValue& event = events_.at("delivered");
    EXPECT_EQ("110106", event["type"]["code"].text);
    EXPECT_EQ("R", event["action"].text);
    EXPECT_EQ("0", event["outcome"].text);
    ASSERT_THAT(event["agent"].items, SizeIs(2));
    EXPECT_EQ("passerelle", item(event["agent"], 0)["who"]["display"].text);
    EXPECT_EQ("true", item(event["agent"], 0)["requestor"].text);
    EXPECT_EQ("chu", item(event["agent"], 1)["who"]["display"].text);
    EXPECT_EQ("RELAI/RPG-2031-00012", item(event["entity"], 0)["what"]["identifier"]["value"].text);
}

TEST_F(AuditAsFhir, WhoSignedInAndFromWhere) {
    const JsonValue& agent = item(events_.at("sign-in")["agent"], 0);
    EXPECT_EQ("110114", events_.at("sign-in")["type"]["code"].text);
    EXPECT_EQ("10001234567", agent["altId"].text);
    EXPECT_EQ("192.0.2.8", agent["network"]["address"].text);
    EXPECT_EQ("2", agent["network"]["type"].text);
}

TEST_F(AuditAsFhir, ARefusalIsAnAlertThatFailed) {
    EXPECT_EQ("8", events_.at("refused")["outcome"].text);
    EXPECT_EQ("PID-3.1", events_.at("refused")["outcomeDesc"].text);
    EXPECT_EQ("192.0.2.7", item(events_.at("refused")["agent"], 0)["network"]["address"].text);
    EXPECT_EQ("2001:db8::1", item(events_.at("refusal")["agent"], 0)["network"]["address"].text);
    EXPECT_EQ("4", events_.at("uncertain")["outcome"].text);
}

TEST_F(AuditAsFhir, AReportForThePersonSaysItsPurpose) {
    const JsonValue& purpose = item(events_.at("access-report")["purposeOfEvent"], 0);
    EXPECT_EQ("PATRQT", item(purpose["coding"], 0)["code"].text);
    EXPECT_EQ("demande n° 31", purpose["text"].text);
}

TEST_F(AuditAsFhir, AWordThatItDoesNotKnowIsAnActivity) {
    EXPECT_EQ("110100", events_.at("something-new")["type"]["code"].text);
    EXPECT_EQ(34u, events_.size());
}

}  // namespace
