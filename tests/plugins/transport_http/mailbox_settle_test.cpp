/// What waits in mailboxes is settled, once.
#include "box_gateway.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using transport_http_test::Answered;
using transport_http_test::plan;

class MailboxSettle : public transport_http_test::MailboxDoor {
protected:
    static std::string task(const std::string& delivery, const std::string& status,
                            const std::string& more = {}) {
        return R"({"resourceType":"Task","id":"pickup-)" + delivery + R"(","status":")" + status +
               "\"" + more + R"(,"intent":"order"})";
    }
    Answered settle(const std::string& delivery, const std::string& status,
                    const std::string& fields = {}, const std::string& who = "gp") {
        return put("Task/pickup-" + delivery, task(delivery, status), fields, who);
    }
    std::string tag(const std::string& delivery) {
        return get("Task/pickup-" + delivery).field("ETag");
    }
    const std::string id_ = gateway_.lay(plan("299999999999934"));
};

TEST_F(MailboxSettle, ATaskStandsForEachDeliveryThatWaits) {
    const Answered found = get("Task?status=requested");
    EXPECT_THAT(
        found.body,
        AllOf(HasSubstr("\"id\":\"pickup-" + id_ + "\""), HasSubstr("\"status\":\"requested\""),
              HasSubstr(R"("focus":{"reference":"Bundle/)" + id_ + R"(","type":"Bundle"})"),
              HasSubstr("\"value\":\"C" + id_ + "\""), HasSubstr("\"code\":\"pick-up\"")));
    EXPECT_EQ(1, get("Task?focus=Bundle/" + id_).times("\"focus\""));
    EXPECT_EQ(0, get("Task?focus=Bundle/x").times("\"focus\""));
    EXPECT_EQ(1, get("Task?identifier=C" + id_).times("\"focus\""));
    EXPECT_EQ(1, form("Task", "patient.identifier=299999999999934").times("\"focus\""));
    EXPECT_EQ(0, form("Task", "patient.identifier=299999999999935").times("\"focus\""));
    EXPECT_EQ(0, get("Task?status=completed").times("\"focus\""));
}

TEST_F(MailboxSettle, ATaskThatWasDeliveredIsAnotherThanTheOneThatStandsForIt) {
    const std::string own = gateway_.lay(
        R"({"resourceType":"Task","id":"t1","status":"requested","intent":"order"})", "gp/more");
    const Answered both = get("Task?status=requested&_id=" + own + ",pickup-" + own);
    EXPECT_THAT(both.body, AllOf(HasSubstr("\"id\":\"" + own + "\""),
                                 HasSubstr("\"id\":\"pickup-" + own + "\""),
                                 HasSubstr("\"reference\":\"Task/" + own + "\"")));
    EXPECT_EQ(2, get("Task?code=pick-up").times("fullUrl"));
    EXPECT_EQ(200, post("Task/" + own + "/$ack", "", "application/fhir+json").status);
    EXPECT_EQ(DeliveryState::delivered, gateway_.delivery(own).state);
}

TEST_F(MailboxSettle, CompletedItIsDeliveredWithItsPartnersWordsAsProof) {
    const Answered done = settle(id_, "completed", "If-Match: " + tag(id_) + "\r\n");
    EXPECT_EQ(200, done.status);
    EXPECT_THAT(done.body, HasSubstr("\"status\":\"completed\""));
    const auto delivery = gateway_.delivery(id_);
    EXPECT_EQ(DeliveryState::delivered, delivery.state);
    EXPECT_EQ("gp", delivery.by);
    EXPECT_EQ("completed", delivery.answer->summary);
    EXPECT_EQ(task(id_, "completed"), delivery.answer->body.view());
    EXPECT_EQ(410, get("Bundle/" + id_).status);
    EXPECT_EQ(0, get("Task?status=requested").times("fullUrl"));
    EXPECT_EQ("settle", gateway_.records.back().what);
}

TEST_F(MailboxSettle, ASecondTimeSaysTheSameAndDoesNothing) {
    const std::string before = tag(id_);
    settle(id_, "accepted");
    const auto first = gateway_.delivery(id_);
    const std::size_t told = gateway_.records.size();
    const Answered again = settle(id_, "accepted", "If-Match: " + before + "\r\n");
    EXPECT_EQ(200, again.status) << "its first answer was lost";
    EXPECT_THAT(again.body, HasSubstr("\"status\":\"accepted\""));
    EXPECT_EQ(first.changed, gateway_.delivery(id_).changed);
    EXPECT_EQ(told, gateway_.records.size());
    EXPECT_EQ(200, post("Bundle/" + id_ + "/$ack", "", "application/fhir+json").status);
    EXPECT_EQ(409, settle(id_, "rejected").status) << "not the opposite";
    EXPECT_EQ(DeliveryState::delivered, gateway_.delivery(id_).state);
}

TEST_F(MailboxSettle, RejectedItIsSetAside) {
    const std::string body = task(id_, "rejected", R"(,"statusReason":{"text":"not our patient"})");
    EXPECT_EQ(200, put("Task/pickup-" + id_, body).status);
    const auto delivery = gateway_.delivery(id_);
    EXPECT_EQ(DeliveryState::setAside, delivery.state);
    EXPECT_THAT(std::string(delivery.answer->body.view()), HasSubstr("not our patient"));
    EXPECT_THAT(get("Task/pickup-" + id_).body, HasSubstr("\"status\":\"rejected\""));
    EXPECT_THAT(gateway_.logged(), Not(HasSubstr("not our patient")));
    gateway_.layAgain(id_);
    EXPECT_EQ(200, settle(id_, "completed").status) << "a person has laid it out again";
}

TEST_F(MailboxSettle, OnlyTheVersionThatWasSeenIsSettled) {
    EXPECT_EQ(412, settle(id_, "completed", "If-Match: W/\"7\"\r\n").status);
    EXPECT_EQ(DeliveryState::offered, gateway_.delivery(id_).state);
    EXPECT_EQ(200, settle(id_, "completed", "If-Match: W/\"7\", " + tag(id_) + "\r\n").status);
}

TEST_F(MailboxSettle, AnothersIsNotFoundWhateverIsAsked) {
    for (const char* const status : {"completed", "rejected"})
        EXPECT_EQ(404, settle(id_, status, {}, "other").status);
    EXPECT_EQ(404, post("Bundle/" + id_ + "/$ack", "", "application/fhir+json", "other").status);
    EXPECT_EQ(404, get("Task/pickup-" + id_, {}, "other").status);
    EXPECT_EQ(404, settle("nothing", "completed").status);
    EXPECT_EQ(DeliveryState::offered, gateway_.delivery(id_).state);
}

TEST_F(MailboxSettle, WhatMayBeReadNeedNotBeSettled) {
    close();
    gateway_.access_->rule = [](const Who&, const Wanted& wanted) -> std::optional<Reason> {
        if (wanted.act == Wanted::Act::settle) return Reason{"no such scope", "hors portée"};
        return std::nullopt;
    };
    open();
    EXPECT_EQ(200, get("Bundle/" + id_).status);
    EXPECT_EQ(403, settle(id_, "completed").status);
    EXPECT_EQ(DeliveryState::offered, gateway_.delivery(id_).state);
}

TEST_F(MailboxSettle, WhatItDoesNotUnderstandChangesNothing) {
    EXPECT_EQ(422, settle(id_, "in-progress").status);
    EXPECT_EQ(400, put("Task/pickup-" + id_, task("x", "completed")).status) << "another id";
    EXPECT_EQ(400, put("Task/pickup-" + id_, R"({"resourceType":"Bundle"})").status);
    EXPECT_EQ(400, put("Task/pickup-" + id_, "{").status);
    EXPECT_EQ(422,
              put("Task/pickup-" + id_, task(id_, "completed") + std::string(2 << 20, ' ')).status)
        << "so much is kept of what nobody says";
    EXPECT_EQ(422, post("Bundle/" + id_ + "/$ack",
                        R"({"resourceType":"Parameters","parameter":[{"name":"why"}]})",
                        "application/fhir+json")
                       .status);
    EXPECT_EQ(404, post("CarePlan/" + id_ + "/$ack", "", "application/fhir+json").status);
    EXPECT_EQ(DeliveryState::offered, gateway_.delivery(id_).state);
}

TEST_F(MailboxSettle, ParametersSayYesOrNoAndXmlDoesToo) {
    const std::string no =
        R"({"resourceType":"Parameters","parameter":[{"name":"accepted","valueBoolean":false},)"
        R"({"name":"reason","valueString":"twice"}]})";
    EXPECT_EQ(200, post("Bundle/" + id_ + "/$ack", no, "application/fhir+json").status);
    EXPECT_EQ(DeliveryState::setAside, gateway_.delivery(id_).state);
    EXPECT_EQ(no, gateway_.delivery(id_).answer->body.view());
    const std::string two = gateway_.lay(plan("299999999999934"));
    const Answered xml = ask("PUT", "/fhir/Task/pickup-" + two,
                             "<Task xmlns=\"http://hl7.org/fhir\"><status value=\"completed\"/>"
                             "<intent value=\"order\"/></Task>",
                             "Content-Type: application/fhir+xml\r\n");
    EXPECT_EQ(200, xml.status);
    EXPECT_THAT(xml.body, HasSubstr("<status value=\"completed\"/>"));
    const std::string three = gateway_.lay(plan("299999999999934"));
    EXPECT_EQ(200, post("CarePlan/" + three + ".2/$ack", "", "application/fhir+json").status);
    EXPECT_EQ(DeliveryState::delivered, gateway_.delivery(three).state);
}

TEST_F(MailboxSettle, WhatWasClosedOrNotFetchedInTimeIsGone) {
    gateway_.end(id_, DeliveryState::setAside);
    const Answered late = settle(id_, "completed");
    EXPECT_EQ(410, late.status);
    EXPECT_THAT(late.body, HasSubstr("not offered any more"));
    EXPECT_THAT(get("Task/pickup-" + id_).body, HasSubstr("\"status\":\"cancelled\""));
    EXPECT_EQ(DeliveryState::setAside, gateway_.delivery(id_).state);
}

}  // namespace
