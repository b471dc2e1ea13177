/// What waits in mailboxes, searched for and read by FHIR.
#include "box_gateway.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using transport_http_test::Answered;
using transport_http_test::plan;

constexpr const char* kIns = "299999999999934";
constexpr const char* kOther = "188888888888857";

class MailboxRead : public transport_http_test::MailboxDoor {
protected:
    static std::vector<std::string> ids(const Answered& bundle, const std::string& type) {
        std::vector<std::string> found;
        const std::string mark = "\"fullUrl\":\"http://passerelle.example/fhir/" + type + "/";
        for (int n = 1; !bundle.after(mark, n).empty(); ++n) found.push_back(bundle.after(mark, n));
        return found;
    }
    /// It may send too, so that its batches are taken.
    void maySend() {
        close();
        gateway_.access_->rule = [rule = gateway_.access_->rule](const Who& who,
                                                                 const Wanted& wanted) {
            return wanted.act == Wanted::Act::send ? std::nullopt : rule(who, wanted);
        };
        open();
    }
    static std::string next(const Answered& bundle) {
        std::string url = bundle.after(R"("relation":"next","url":"http://passerelle.example)");
        return url.empty() ? url : url.substr(std::string("/fhir/").size());
    }
};

TEST_F(MailboxRead, FindsWhatWaitsForThePartnerAlone) {
    const std::string one = gateway_.lay(plan(kIns)), two = gateway_.lay(plan(kOther), "gp/more");
    const std::string foreign = gateway_.lay(plan(kIns), "other/plans");
    const Answered bundle = get("Bundle");
    EXPECT_EQ(200, bundle.status);
    EXPECT_THAT(bundle.body, AllOf(StartsWith(R"({"resourceType":"Bundle")"),
                                   HasSubstr(R"("type":"searchset","total":2)")));
    EXPECT_THAT(ids(bundle, "Bundle"), ElementsAre(one, two));
    EXPECT_THAT(bundle.body, HasSubstr(R"("resource":{"resourceType":"Bundle","id":")" + one));
    EXPECT_THAT(bundle.body, Not(HasSubstr("inner"))) << "its own id is the address's";
    EXPECT_THAT(ids(get("Bundle", {}, "other"), "Bundle"), ElementsAre(foreign));
    EXPECT_EQ(401, get("Bundle", {}, "forged").status);
    EXPECT_EQ(0, get("DocumentReference").times("fullUrl"));
}

TEST_F(MailboxRead, GivesTheVeryBytes) {
    const std::string body = plan(kIns) + "\n ";
    const std::string id = gateway_.lay(body);
    const Answered read = get("Bundle/" + id);
    EXPECT_EQ(200, read.status);
    EXPECT_EQ(body, read.body);
    EXPECT_THAT(read.field("ETag"), StartsWith("W/\""));
    EXPECT_EQ("no-store", read.field("Cache-Control"));
    EXPECT_EQ("Sun, 01 Mar 2026 08:00:00 GMT", read.field("Last-Modified"));
    for (const std::string& tags : {read.field("ETag"), "\"x\", " + read.field("ETag")}) {
        const Answered same = get("Bundle/" + id, "If-None-Match: " + tags + "\r\n");
        EXPECT_EQ(304, same.status);
        EXPECT_EQ("", same.body);
        EXPECT_EQ(read.field("ETag"), same.field("ETag"));
    }
    EXPECT_EQ(200, get("Bundle/" + id, "If-None-Match: W/\"1\"\r\n").status);
    const Answered xml = get("Bundle/" + id, "Accept: application/fhir+xml\r\n");
    EXPECT_THAT(xml.body, HasSubstr("<family value=\"INVENTEE\"/>"));
    EXPECT_EQ(404, get("CarePlan/" + id).status) << "it is a Bundle";
    EXPECT_EQ(404, get("Bundle/" + id, {}, "other").status) << "another's is as if there were none";
    EXPECT_EQ(404, get("Bundle/" + id + "9").status);
    EXPECT_EQ(404, get("Bundle/" + id + ".7").status);
    EXPECT_EQ(200, get("CarePlan/" + id + ".2").status);
    for (const char* const other : {".02", ".2x", ".", ".-2", ".2.2", ".4294967298"})
        EXPECT_EQ(404, get("CarePlan/" + id + other).status) << "one address: " << other;
    for (const char* const other : {".0", ".", ".x"})
        EXPECT_EQ(404, get("Bundle/" + id + other).status) << "one address: " << other;
}

TEST_F(MailboxRead, XmlAsItWasMadeIsGivenAsXmlAndAsJson) {
    const std::string body =
        "<CarePlan xmlns=\"http://hl7.org/fhir\"><status value=\"active\"/><intent "
        "value=\"plan\"/><subject><identifier><value value=\"299999999999934\"/></identifier>"
        "</subject></CarePlan>";
    const std::string id = gateway_.lay(body, "gp/plans", "application/fhir+xml");
    EXPECT_EQ(body, get("CarePlan/" + id, "Accept: application/fhir+xml\r\n").body);
    EXPECT_THAT(get("CarePlan/" + id).body,
                HasSubstr(R"({"resourceType":"CarePlan","status":"active")"));
    EXPECT_THAT(ids(form("CarePlan", "subject:identifier=299999999999934"), "CarePlan"),
                ElementsAre(id));
}

TEST_F(MailboxRead, ReadingIsRecordedBeforeTheContentGoesOut) {
    const std::string id = gateway_.lay(plan(kIns));
    get("Bundle/" + id);
    ASSERT_EQ(1u, gateway_.records.size());
    EXPECT_EQ("gp", gateway_.records[0].by);
    EXPECT_EQ("read", gateway_.records[0].what);
    EXPECT_THAT(gateway_.records[0].about, ElementsAre("relai/EXC-1", "1GZ79-1", id));
    get("Bundle");
    EXPECT_EQ(2u, gateway_.records.size());
    get("Task?code=pick-up");
    get("Bundle?_summary=count");
    get("Task/pickup-" + id);
    EXPECT_EQ(2u, gateway_.records.size()) << "that something waits is no content";
    gateway_.trailFails = true;
    EXPECT_EQ(503, get("Bundle/" + id).status);
    EXPECT_EQ(503, get("Bundle").status);
    EXPECT_EQ(503, get("CarePlan").status);
    EXPECT_EQ(200, get("Task?code=pick-up").status);
}

TEST_F(MailboxRead, WhatTellsOfAPersonIsSearchedForByPost) {
    const std::string one = gateway_.lay(plan(kIns));
    gateway_.lay(plan(kOther));
    for (const char* const query :
         {"patient.identifier=x", "patient:identifier=x", "patient=Patient/1", "subject=Patient/1",
          "subject.identifier=x", "patient.name=x", "identifier=299999999999934",
          "identifier=urn:oid:1.2.250.1.213.1.4.8%7Cx", "family=x", "_has:x:patient:_id=1"}) {
        const Answered refused = get(std::string("Bundle?") + query);
        EXPECT_EQ(400, refused.status) << query;
        EXPECT_THAT(refused.body, AllOf(HasSubstr("OperationOutcome"), HasSubstr("_search")));
    }
    EXPECT_THAT(get("Bundle?patient.identifier=x", "Accept-Language: fr\r\n").body,
                HasSubstr("les adresses finissent dans des journaux"));
    EXPECT_EQ(400, post("Bundle/_search?patient.identifier=x", "_count=1",
                        "application/x-www-form-urlencoded")
                       .status);
    EXPECT_THAT(ids(form("Bundle", std::string("patient.identifier=") + kIns), "Bundle"),
                ElementsAre(one));
    EXPECT_THAT(ids(form("Bundle", std::string("patient:identifier=") +
                                       transport_http_test::kInsSystem + "%7C" + kIns),
                    "Bundle"),
                ElementsAre(one));
    EXPECT_THAT(ids(form("CarePlan", std::string("subject:identifier=") + kIns), "CarePlan"),
                ElementsAre(one + ".2"));
    EXPECT_THAT(ids(form("Bundle", std::string("patient.identifier=urn:x%7C") + kIns), "Bundle"),
                IsEmpty());
    EXPECT_EQ(415, post("Bundle/_search", "{}", "application/json").status);
    EXPECT_THAT(gateway_.logged(), Not(HasSubstr(kIns)));
}

TEST_F(MailboxRead, WhatAFormSaysCountsAsWhatAnAddressSays) {
    EXPECT_EQ(422, form("CarePlan", std::string(1 << 20, '&')).status)
        << "no honest one is so long";
    gateway_.lay(plan(kIns));
    const Answered found = form("CarePlan", "status=active&_count=1&_format=xml");
    EXPECT_THAT(found.body,
                AllOf(StartsWith("<?xml"), HasSubstr("<url value=\"http://passerelle.example/fhir/"
                                                     "CarePlan?status=active&amp;_count=1\"/>")));
    EXPECT_THAT(
        post("CarePlan/_search?_count=1", "status=active", "application/x-www-form-urlencoded")
            .body,
        HasSubstr("CarePlan?_count=1&status=active\""));
}

TEST_F(MailboxRead, SearchesByStateIdentifierIdAndTime) {
    const std::string one = gateway_.lay(plan(kIns, "EXC-1", "active"));
    const std::string two = gateway_.lay(plan(kIns, "EXC-2", "completed"));
    const auto found = [&](const std::string& query) {
        return ids(get("CarePlan?" + query), "CarePlan");
    };
    EXPECT_THAT(found("status=completed"), ElementsAre(two + ".2"));
    EXPECT_THAT(found("status=completed,active"), ElementsAre(one + ".2", two + ".2"));
    EXPECT_THAT(found("identifier=urn:networks:relai%7CEXC-1"), ElementsAre(one + ".2"));
    EXPECT_THAT(found("identifier=EXC-2&status=active"), IsEmpty());
    EXPECT_THAT(found("_id=" + two + ".2"), ElementsAre(two + ".2"));
    EXPECT_THAT(ids(get("Bundle?status=completed"), "Bundle"), ElementsAre(two));
    EXPECT_THAT(found("_lastUpdated=2026-03-01"), ElementsAre(one + ".2", two + ".2"));
    EXPECT_THAT(found("_lastUpdated=gt2026-03-01T08:00:00.001Z"), ElementsAre(two + ".2"));
    EXPECT_THAT(found("_lastUpdated=le2026-03-01T09:00:00.001%2B01:00"), ElementsAre(one + ".2"));
    EXPECT_THAT(found("_lastUpdated=lt2026"), IsEmpty());
    EXPECT_EQ(400, get("CarePlan?_lastUpdated=yesterday").status);
    EXPECT_EQ(400, get("CarePlan?status:not=active").status)
        << "more would be found than was asked";
    EXPECT_EQ(400, get("CarePlan?_count=many").status);
}

TEST_F(MailboxRead, APlanThatCameInABundlePointsToIt) {
    const std::string id = gateway_.lay(plan(kIns));
    const Answered found = get("CarePlan");
    EXPECT_THAT(
        found.body,
        AllOf(HasSubstr(R"(.2","resourceType":"CarePlan",)"), Not(HasSubstr("INVENTEE")),
              HasSubstr(R"("relation":"collection","url":"http://passerelle.example/fhir/Bundle/)" +
                        id + "\"")));
    const Answered alone = get("CarePlan/" + id + ".2");
    EXPECT_EQ(200, alone.status);
    EXPECT_THAT(alone.body, StartsWith(R"({"resourceType":"CarePlan","identifier")"));
    EXPECT_EQ(404, get("Patient/" + id + ".1").status);
}

TEST_F(MailboxRead, PagesGoOnWhereTheLastOneEnded) {
    std::vector<std::string> all;
    for (int i = 0; i < 5; ++i)
        all.push_back(gateway_.lay(plan(kIns), i < 3 ? "gp/plans" : "gp/more"));
    Answered page = get("Bundle?_count=2");
    EXPECT_THAT(ids(page, "Bundle"), ElementsAre(all[0], all[1]));
    EXPECT_THAT(page.body, Not(HasSubstr("\"total\"")));
    const std::string second = next(page);
    gateway_.end(all[1], DeliveryState::delivered);  // where the page ended is gone
    page = get(second);
    EXPECT_THAT(ids(page, "Bundle"), ElementsAre(all[2], all[3]));
    gateway_.layAgain(all[3]);  // or stands behind
    page = get(next(page));
    EXPECT_THAT(ids(page, "Bundle"), Contains(all[4]));
    EXPECT_EQ("", next(page));
    EXPECT_EQ(410, get(second, {}, "other").status) << "another's";
    EXPECT_EQ(410, get(second + "x").status);
    EXPECT_EQ(410, get("CarePlan" + second.substr(second.find('?'))).status);
}

TEST_F(MailboxRead, ThePagesOfASearchForAPersonTellNothingOfIt) {
    for (int i = 0; i < 3; ++i) gateway_.lay(plan(i == 1 ? kOther : kIns));
    const Answered page = form("Bundle", std::string("_count=1&patient.identifier=") + kIns);
    EXPECT_EQ(1u, ids(page, "Bundle").size());
    EXPECT_THAT(page.body.substr(0, page.body.find("\"entry\"")), Not(HasSubstr(kIns)));
    const Answered last = get(next(page));
    EXPECT_THAT(ids(last, "Bundle"), ElementsAre("1GZ793"));
}

TEST_F(MailboxRead, WhatIsNotKnownIsPassedOverOrRefused) {
    gateway_.lay(plan(kIns));
    const Answered lenient = get("Bundle?_include=x&colour=blue");
    EXPECT_EQ(1, lenient.times("\"mode\":\"match\""));
    EXPECT_THAT(lenient.body,
                AllOf(HasSubstr("\"mode\":\"outcome\""), HasSubstr("colour"),
                      HasSubstr("\"url\":\"http://passerelle.example/fhir/Bundle\"")));
    EXPECT_EQ(400, get("Bundle?colour=blue", "Prefer: handling=strict\r\n").status);
    EXPECT_EQ(200, get("Bundle?_count=3", "Prefer: handling=strict\r\n").status);
}

TEST_F(MailboxRead, CountsWithoutShowing) {
    gateway_.lay(plan(kIns));
    gateway_.lay(plan(kOther));
    const Answered count = get("Bundle?_summary=count");
    EXPECT_THAT(count.body, AllOf(HasSubstr("\"total\":2"), Not(HasSubstr("entry"))));
    EXPECT_THAT(form("CarePlan", std::string("_count=0&patient.identifier=") + kOther).body,
                HasSubstr("\"total\":1"));
}

TEST_F(MailboxRead, WhatIsNoFhirIsABinary) {
    const std::string id = gateway_.lay("MSH|^~\\&|A\r", "gp/plans", "application/hl7-v2");
    const Answered raw = get("Binary/" + id);
    EXPECT_EQ("MSH|^~\\&|A\r", raw.body);
    EXPECT_EQ("application/hl7-v2", raw.field("Content-Type"));
    EXPECT_EQ("nosniff", raw.field("X-Content-Type-Options"));
    EXPECT_THAT(get("Binary/" + id, "Accept: application/fhir+json\r\n").body,
                AllOf(HasSubstr(R"("contentType":"application/hl7-v2")"),
                      HasSubstr(R"("data":"TVNIfF5+XCZ8QQ0=")")));
    EXPECT_THAT(ids(get("Binary"), "Binary"), ElementsAre(id));
    EXPECT_EQ(404, get("Bundle/" + id).status);
    const std::string broken = gateway_.lay("{\"resourceType\":", "gp/plans");
    EXPECT_EQ("{\"resourceType\":", get("Binary/" + broken).body) << "whatever it is, it is theirs";
}

TEST_F(MailboxRead, AReportIsABinaryToo) {
    const std::string report = R"({"resourceType":"OperationOutcome","issue":[]})";
    const std::string id = gateway_.lay(report, "gp/plans");
    EXPECT_THAT(get("Task/pickup-" + id).body, HasSubstr("\"Binary/" + id + "\""));
    const Answered raw = get("Binary/" + id);
    EXPECT_EQ(report, raw.body);
    EXPECT_EQ("application/fhir+json", raw.field("Content-Type"));
}

TEST_F(MailboxRead, InABatchWhatIsNoFhirIsABinaryToo) {
    maySend();
    const std::string id =
        gateway_.lay("MSH|^~\\&|\"}},{\"smuggled\":1", "gp/plans", "application/hl7-v2");
    const Answered answer = post("",
                                 R"({"resourceType":"Bundle","type":"batch","entry":[{"request":)"
                                 R"({"method":"GET","url":"Binary/)" +
                                     id + R"("}}]})",
                                 "application/fhir+json");
    EXPECT_EQ(200, answer.status);
    EXPECT_THAT(answer.body, AllOf(HasSubstr(R"({"resource":{"resourceType":"Binary","id":")" + id),
                                   HasSubstr(R"("contentType":"application/hl7-v2")"),
                                   Not(HasSubstr("smuggled"))));
}

TEST_F(MailboxRead, OneBatchDoesNotReadWithoutEnd) {
    maySend();
    std::string large = plan(kIns);
    large.insert(large.find("\"type\""), "\"_pad\":\"" + std::string(5 << 20, 'x') + "\",");
    std::string entries;
    for (int i = 0; i < 4; ++i)
        entries += std::string(i > 0 ? "," : "") + R"({"request":{"method":"GET","url":"Bundle/)" +
                   gateway_.lay(large) + "\"}}";
    const Answered answer =
        post("", R"({"resourceType":"Bundle","type":"batch","entry":[)" + entries + "]}",
             "application/fhir+json");
    EXPECT_EQ(2, answer.times(R"("status":"200 OK")"));
    EXPECT_EQ(2, answer.times(R"("status":"413 Content Too Large")"));
    EXPECT_THAT(answer.body, HasSubstr("too-costly"));
    EXPECT_EQ(2u, gateway_.records.size()) << "what was not read is not recorded";
}

TEST_F(MailboxRead, ABundleOfVeryManyIsFoundAndReadInTime) {
    std::string entries;
    for (int i = 0; i < 20'000; ++i) {
        const std::string n = std::to_string(i);
        entries += std::string(i > 0 ? "," : "") + R"({"fullUrl":"urn:x:)" + n +
                   R"(","resource":{"resourceType":"Patient","identifier":[{"value":"P)" + n +
                   R"("}]}},{"resource":{"resourceType":"CarePlan","status":"active","subject":)"
                   R"({"reference":"urn:x:)" +
                   n + "\"}}}";
    }
    const std::string id =
        gateway_.lay(R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}");
    EXPECT_THAT(ids(form("Bundle", "patient.identifier=P19999"), "Bundle"), ElementsAre(id));
    gateway_.reads = 0;
    EXPECT_EQ(200u, ids(get("CarePlan?_count=200"), "CarePlan").size());
    EXPECT_EQ(1, gateway_.reads) << "once for all that is shown of it";
    EXPECT_THAT(get("CarePlan?_summary=count").body, HasSubstr("\"total\":1000"))
        << "the others are in the Bundle";
}

TEST_F(MailboxRead, WhatCannotBeMeantIsNotReadForASearch) {
    std::vector<std::string> all;
    for (int i = 0; i < 100; ++i) all.push_back(gateway_.lay(plan(kIns)));
    const std::string since = get("Task/pickup-" + all[97]).after("\"lastUpdated\":\"");
    gateway_.reads = 0;
    EXPECT_THAT(ids(get("Task?_lastUpdated=gt" + since), "Task"),
                ElementsAre("pickup-" + all[98], "pickup-" + all[99]));
    EXPECT_LE(gateway_.reads, 4) << "each once for what it holds, once before it is shown";
    gateway_.reads = 0;
    EXPECT_THAT(ids(get("CarePlan?_id=" + all[50] + ".2," + all[3]), "CarePlan"),
                ElementsAre(all[50] + ".2"));
    EXPECT_THAT(ids(get("Task?_id=pickup-" + all[50]), "Task"), ElementsAre("pickup-" + all[50]));
    EXPECT_LE(gateway_.reads, 5);
    EXPECT_THAT(get("Task?_summary=count&_lastUpdated=gt" + since).body, HasSubstr("\"total\":2"));
}

TEST_F(MailboxRead, WhatNoLongerWaitsIsGone) {
    const std::string id = gateway_.lay(plan(kIns)), two = gateway_.lay(plan(kIns));
    get("Bundle");  // it is known by now
    gateway_.end(id, DeliveryState::closed);
    EXPECT_EQ(410, get("Bundle/" + id).status);
    EXPECT_EQ(404, get("Bundle/" + id, {}, "other").status);
    EXPECT_THAT(ids(get("Bundle"), "Bundle"), ElementsAre(two));
    EXPECT_THAT(get("Bundle?_summary=count").body, HasSubstr("\"total\":1"));
    EXPECT_THAT(get("Task/pickup-" + id).body, HasSubstr("\"status\":\"cancelled\""));
}

TEST_F(MailboxRead, NewOnesAreFoundWhateverIsRemembered) {
    std::vector<std::string> all;
    for (int i = 0; i < 4; ++i) all.push_back(gateway_.lay(plan(kIns)));
    get("Bundle");
    gateway_.end(all[3], DeliveryState::setAside);
    const std::string between = gateway_.lay(plan(kIns));
    gateway_.layAgain(all[3]);
    EXPECT_THAT(ids(get("Bundle"), "Bundle"), ElementsAre(all[0], all[1], all[2], between, all[3]));
    gateway_.layAgain(all[2]);
    const std::string last = gateway_.lay(plan(kIns));
    EXPECT_THAT(ids(get("Bundle"), "Bundle"),
                ElementsAre(all[0], all[1], between, all[3], all[2], last));
}

TEST_F(MailboxRead, WhatIsRememberedIsReadAgainOnlyWhenItIsShown) {
    for (int i = 0; i < 1'000; ++i) gateway_.lay(plan(i == 700 ? kOther : kIns));
    const std::string query = std::string("patient.identifier=") + kOther;
    EXPECT_EQ(1u, ids(form("Bundle", query), "Bundle").size());
    EXPECT_EQ(1'001, gateway_.reads);
    gateway_.lay(plan(kOther));
    EXPECT_EQ(2u, ids(form("Bundle", query), "Bundle").size());
    EXPECT_EQ(1'004, gateway_.reads) << "the new one, and the two that are shown";
}

TEST_F(MailboxRead, WhoIsAnsweredWhileItStopsIsAnsweredWhole) {
    gateway_.lay(plan(kIns));
    for (int round = 0; round < 5; ++round) {
        const std::string address = listener_->address();
        std::atomic<int> answered{0};
        std::vector<std::thread> asking;
        for (int i = 0; i < 4; ++i)
            asking.emplace_back([&] {
                const std::string request =
                    "GET /fhir/Bundle HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    "Authorization: Bearer gp\r\n\r\n";
                try {
                    for (;;) {
                        const std::string got = support::converse(address, request);
                        if (!got.starts_with("HTTP/1.1 ")) return;
                        EXPECT_THAT(got, AnyOf(testing::EndsWith("]}"), HasSubstr(" 503 ")));
                        ++answered;
                    }
                } catch (const std::exception&) {  // nobody listens there any more
                }
            });
        while (answered < 20) std::this_thread::yield();
        close();
        for (std::thread& one : asking) one.join();
        open();
    }
}

TEST_F(MailboxRead, APausedMailboxAsksForPatience) {
    const std::string id = gateway_.lay(plan(kIns));
    gateway_.paused = true;
    EXPECT_EQ(503, get("Bundle").status);
    EXPECT_EQ(503, get("Bundle/" + id).status);
    EXPECT_NE("", get("Bundle").field("Retry-After"));
}

TEST_F(MailboxRead, EveryRuleIsInMetadata) {
    const std::string metadata = get("metadata").body;
    EXPECT_THAT(metadata, AllOf(HasSubstr("patient.identifier"), HasSubstr("search-type"),
                                HasSubstr("OperationDefinition/ack"), HasSubstr("Subscription")));
}

}  // namespace
