/// What is sent to a FHIR base, and how its sender is told.
#include "fhir_front.h"
#include "http/deflate.h"
#include "http/inflate.h"

namespace {
using namespace gateway;
using support::list;
using support::scalar;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kTask = R"({"resourceType": "Task", "id": "t1",  "status": "requested"})";
const std::string kEntries =
    R"("entry":[{"fullUrl":"urn:uuid:1","resource":{"id":"p","resourceType":"Patient"},)"
    R"("request":{"method":"POST","url":"Patient"}},)"
    R"({"resource":{"resourceType":"CarePlan","id":"c"},"request":{"method":"PUT","url":"CarePlan/c"}}])";
const std::string kTransaction =
    R"({"resourceType":"Bundle","type":"transaction",)" + kEntries + "}";

const std::string kCollection = R"({"resourceType":"Bundle","type":"collection"})";

class FhirSending : public transport_http_test::FhirFrontTest {
protected:
    /// The message that was stored last is at that state.
    MessageView& view(const std::string& id, const Who& who) {
        MessageView& view = gateway_.messages[id];
        view.id = id;
        view.source = "gp";
        view.state = MessageState::translated;
        view.received = view.changed = timeFromText("2026-11-28T08:00:00.000Z");
        note(view.facts, who);
        return view;
    }
};

TEST_F(FhirSending, ACreateIsStoredAsItCameAndItsStatusNamed) {
    gateway_.stored("M-1");
    const std::string address = startBase();
    const std::string answer = send(address, "POST /fhir/Task", kTask);
    EXPECT_THAT(answer,
                AllOf(StartsWith("HTTP/1.1 202 "),
                      HasSubstr("Content-Location: http://passerelle.example/fhir/$status/M-1\r\n"),
                      HasSubstr("\"resourceType\":\"OperationOutcome\""), HasSubstr("M-1")));
    ASSERT_EQ(1u, gateway_.arrivals.size());
    const Arrival& got = gateway_.arrivals.front();
    EXPECT_EQ("gp", got.source);
    EXPECT_EQ(kTask, got.body.view());
    EXPECT_EQ("create", got.facts.get("http.interaction"));
    EXPECT_EQ("/fhir/Task", got.facts.get("http.path"));
    EXPECT_TRUE(isFrom(got.facts, gp_));
}

TEST_F(FhirSending, AnUpdateHasTheIdOfItsPath) {
    gateway_.stored("M-1");
    const std::string address = startBase(Stage::translated);
    gateway_.progress.reached = true;
    EXPECT_THAT(
        send(address, "PUT /fhir/Task/t1", kTask),
        AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("ETag: W/\"M-1\"\r\n"),
              HasSubstr("Location: http://passerelle.example/fhir/Task/t1/_history/M-1\r\n")));
    EXPECT_EQ("update", gateway_.arrivals.front().facts.get("http.interaction"));
    EXPECT_THAT(send(address, "PUT /fhir/Task/t2", kTask), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(send(address, "POST /fhir/Bundle", kTask), StartsWith("HTTP/1.1 422 "));
    EXPECT_EQ(1u, gateway_.arrivals.size());
}

TEST_F(FhirSending, WhatNoSourceTakesIsNotFound) {
    const std::string address = startBase();
    EXPECT_THAT(send(address, "POST /fhir/Patient", R"({"resourceType":"Patient"})"),
                AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("see metadata")));
    EXPECT_THAT(send(address, "DELETE /fhir/Task/t1", ""),
                AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: ")));
    EXPECT_THAT(send(address, "POST /fhir/Task", "x", "", "text/plain"),
                StartsWith("HTTP/1.1 415 "));
    EXPECT_THAT(send(address, "POST /fhir/Task", "x", "", "application/fhir+json; charset=latin1"),
                StartsWith("HTTP/1.1 415 "));
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask, "Idempotency-Key: a b\r\n"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(gateway_.arrivals.empty());
}

TEST_F(FhirSending, WhoMayNotIsToldSoBeforeTheBodyIsRead) {
    const std::string address = startBase();
    const std::string head =
        "POST /fhir/Task HTTP/1.1\r\nHost: a\r\nContent-Type: "
        "application/fhir+json\r\nContent-Length: 1000000\r\n";
    EXPECT_THAT(support::converse(address, head + "\r\n"),
                AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Bearer"),
                      HasSubstr("nobody knows you")));
    EXPECT_THAT(support::converse(address, head + "Authorization: Bearer forged\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("invalid_token")));
    EXPECT_THAT(support::converse(address, head + "Authorization: Basic Z3A6Z3A=\r\n\r\n"),
                StartsWith("HTTP/1.1 401 "));
    gateway_.access_->rule = [](const Who&, const Wanted& wanted) {
        return wanted.type == "Task" ? std::optional(Reason{"no Task of yours", "pas de Task"})
                                     : std::nullopt;
    };
    EXPECT_THAT(support::converse(address, head + kToken + "\r\n"),
                AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("no Task of yours")));
    EXPECT_TRUE(gateway_.arrivals.empty());
    ASSERT_EQ(4u, gateway_.told.size());
    EXPECT_EQ("refusal", gateway_.told.back().what);
    EXPECT_EQ("saas-cabinets", gateway_.told.back().by);
}

TEST_F(FhirSending, OfSeveralSourcesTheFirstThatTakesItAndLetsOneInIsAsked) {
    listen();
    for (const char* const name : {"a", "b"})
        serve({name, {}, {}},
              support::map({{"fhir", scalar("/fhir")}, {"resources", scalar("Task")}}));
    gateway_.access_->rule = [](const Who&, const Wanted& wanted) {
        return wanted.source == "a" ? std::optional(Reason("no")) : std::nullopt;
    };
    gateway_.stored("M-1");
    EXPECT_THAT(send(start(), "POST /fhir/Task", kTask), StartsWith("HTTP/1.1 202 "));
    EXPECT_EQ("b", gateway_.arrivals.front().source);
}

TEST_F(FhirSending, ATransactionIsOneMessage) {
    gateway_.stored("M-1");
    EXPECT_THAT(send(startBase(), "POST /fhir", kTransaction), StartsWith("HTTP/1.1 202 "));
    ASSERT_EQ(1u, gateway_.arrivals.size());
    EXPECT_EQ(kTransaction, gateway_.arrivals.front().body.view());
    EXPECT_EQ("transaction", gateway_.arrivals.front().facts.get("http.interaction"));
}

TEST_F(FhirSending, OnceItIsTranslatedEachEntryHasItsAnswer) {
    gateway_.stored("M-1");
    gateway_.progress.reached = true;
    MessageView& message = view("M-1", gp_);
    message.timeline.push_back({message.received, "", "left-out", "had", {"refused it", "refusé"}});
    const std::string address = startBase(Stage::translated);
    const std::string answer = send(address, "POST /fhir/", kTransaction);
    EXPECT_THAT(answer,
                AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("$status/M-1>; rel=\"status\"")));
    EXPECT_THAT(
        bodyOf(answer),
        AllOf(StartsWith(R"({"resourceType":"Bundle","type":"transaction-response","entry":[)"),
              HasSubstr(R"("status":"201 Created","location":"Patient/M-1-1/_history/M-1",)"
                        R"("etag":"W/\"M-1\"","lastModified":"2026-11-28T08:00:00.000Z")"),
              HasSubstr(R"("status":"200 OK","location":"CarePlan/c/_history/M-1")"),
              HasSubstr("had: refused it")));
    EXPECT_THAT(send(address, "POST /fhir", kTransaction, "Prefer: return=representation\r\n"),
                HasSubstr(R"({"resource":{"id":"p","resourceType":"Patient"},"response")"));
    EXPECT_THAT(send(address, "POST /fhir", kTransaction, "Prefer: respond-async\r\n"),
                AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("Content-Location: ")));
    gateway_.progress = {false, true, {"held: no patient", "en attente : pas de patient"}};
    EXPECT_THAT(send(address, "POST /fhir", kTransaction, "Accept-Language: fr\r\n"),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("pas de patient")));
    gateway_.progress = {};
    EXPECT_THAT(send(address, "POST /fhir", kTransaction), StartsWith("HTTP/1.1 202 "));
}

TEST_F(FhirSending, ATransactionMayNotReadDeleteOrCompare) {
    const std::string address = startBase();
    const auto of = [&](const std::string& request, const std::string& rest) {
        return send(address, "POST /fhir",
                    R"({"resourceType":"Bundle","type":"transaction","entry":[{"request":)" +
                        request + rest + "}]}");
    };
    const std::string patient = R"(,"resource":{"resourceType":"Patient"})";
    EXPECT_THAT(of(R"({"method":"DELETE","url":"Patient/1"})", ""),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("Bundle.entry[0].request.method")));
    EXPECT_THAT(of(R"({"method":"POST"})", patient), StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(of(R"({"method":"POST","url":"Patient"})", ""), StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(of(R"({"method":"PUT","url":"Patient/1","ifMatch":"W/\"1\""})", patient),
                AllOf(StartsWith("HTTP/1.1 412 "), HasSubstr("ifMatch")));
    EXPECT_THAT(of(R"({"method":"PUT","url":"Task/pickup-1GZ791"})", patient),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("settled alone")));
    EXPECT_THAT(send(address, "POST /fhir", kCollection),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("goes to Bundle")));
    EXPECT_THAT(send(address, "POST /fhir", kTask), StartsWith("HTTP/1.1 422 "));
    EXPECT_TRUE(gateway_.arrivals.empty());
    gateway_.refused(Fault::malformed, "line 1, column 2", "no JSON");
    EXPECT_THAT(send(address, "POST /fhir", "{"), StartsWith("HTTP/1.1 400 "));
    EXPECT_EQ(1u, gateway_.arrivals.size()) << "the inbox notes what it refuses";
}

TEST_F(FhirSending, EachEntryOfABatchIsAMessageOfItsOwn) {
    gateway_.stored("M-1");
    const std::string task = R"({ "resourceType":"Task", "id":"t1" })";
    const std::string batch =
        R"({"resourceType":"Bundle","type":"batch","entry":[)"
        R"({"resource":)" +
        task +
        R"(,"request":{"method":"POST","url":"Task"}},)"
        R"({"resource":)" +
        task +
        R"(,"request":{"method":"PUT","url":"Task/t1"}},)"
        R"({"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},)"
        R"({"request":{"method":"GET","url":"metadata"}},)"
        R"({"request":{"method":"PUT","url":"Task/t1","ifMatch":"W/\"1\""},"resource":)" +
        task + "}]}";
    const std::string answer =
        send(startBase(), "POST /fhir", batch, "Idempotency-Key: k\r\nPrefer: respond-async\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(
        bodyOf(answer),
        AllOf(StartsWith(R"({"resourceType":"Bundle","type":"batch-response","entry":[{"response":)"
                         R"({"status":"202 Accepted","location":"$status/M-1")"),
              HasSubstr(R"("status":"404 Not Found")"),
              HasSubstr(R"({"resource":{"resourceType":"CapabilityStatement")"),
              HasSubstr(R"("status":"412 Precondition Failed")")));
    ASSERT_EQ(2u, gateway_.arrivals.size());
    std::set<std::string> keys;
    for (const Arrival& arrival : gateway_.arrivals) {
        EXPECT_EQ(task, arrival.body.view());
        keys.emplace(arrival.facts.get("http.idempotency-key"));
    }
    EXPECT_EQ((std::set<std::string>{"k#1", "k#2"}), keys);
}

TEST_F(FhirSending, NoBatchIsWithinABatch) {
    const std::string inner = R"({"resourceType":"Bundle","type":"batch","entry":[{"resource":)" +
                              kTask + R"(,"request":{"method":"POST","url":"Task"}}]})";
    const std::string address = startBase();
    for (const char* const url : {"?", "?_format=json", "/"}) {
        const std::string answer =
            send(address, "POST /fhir",
                 R"({"resourceType":"Bundle","type":"batch","entry":[{"resource":)" + inner +
                     R"(,"request":{"method":"POST","url":")" + url + R"("}}]})");
        EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 "),
                                  HasSubstr(R"("status":"422 Unprocessable Content")"),
                                  HasSubstr("Bundle.entry[0].request.url")))
            << url;
    }
    EXPECT_TRUE(gateway_.arrivals.empty());
}

TEST_F(FhirSending, ATransactionIsBounded) {
    const std::string address = startBase();
    const auto bundle = [](const std::string& type, int entries, const std::string& entry) {
        std::string text = R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entry;
        for (int i = 1; i < entries; ++i) text += "," + entry;
        return text + "]}";
    };
    const std::string asked =
        R"({"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient",)"
        R"("ifNoneExist":"identifier=s|1"}})";
    for (const std::string& body :
         {bundle("transaction", 10'001, "{}"), bundle("batch", 1'001, "{}"),
          bundle("transaction", 101, asked)})
        EXPECT_THAT(send(address, "POST /fhir", body),
                    AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("too-costly")));
    std::string declared = "<Bundle xmlns=\"http://hl7.org/fhir\"";
    for (int i = 0; i < 100; ++i)
        declared += " xmlns:n" + std::to_string(i) + "=\"" + std::string(100, 'n') + "\"";
    EXPECT_THAT(send(address, "POST /fhir",
                     declared + "><type value=\"batch\"/><entry><resource><Task/></resource>"
                                "<request><method value=\"POST\"/><url value=\"Task\"/></request>"
                                "</entry></Bundle>",
                     "", "application/fhir+xml"),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("xmlns")));
    EXPECT_TRUE(gateway_.arrivals.empty());
    gateway_.stored("M-1");
    EXPECT_THAT(send(address, "POST /fhir/Bundle", bundle("collection", 20'000, "{}")),
                StartsWith("HTTP/1.1 202 "))
        << "what a resource holds is for the codec to bound";
}

TEST_F(FhirSending, XmlIsTakenAndAnswered) {
    gateway_.stored("M-1");
    const std::string batch =
        "<?xml version=\"1.0\"?><f:Bundle xmlns:f=\"http://hl7.org/fhir\" xmlns:x=\"urn:x\">"
        "<f:type value=\"batch\"/><f:entry><f:resource><f:Task><f:id "
        "value=\"t1\"/></f:Task></f:resource>"
        "<f:request><f:method value=\"POST\"/><f:url "
        "value=\"Task\"/></f:request></f:entry></f:Bundle>";
    const std::string address = startBase();
    const std::string answer =
        send(address, "POST /fhir", batch, "", "application/fhir+xml; charset=utf-8");
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("application/fhir+xml"),
                              HasSubstr("<Bundle xmlns=\"http://hl7.org/fhir\"><type "
                                        "value=\"batch-response\"/><entry><response><status "
                                        "value=\"202 Accepted\"/>")));
    ASSERT_EQ(1u, gateway_.arrivals.size());
    EXPECT_EQ(
        "<f:Task xmlns:x=\"urn:x\" xmlns:f=\"http://hl7.org/fhir\"><f:id value=\"t1\"/></f:Task>",
        gateway_.arrivals.front().body.view());
    const std::string task = "<Task xmlns=\"http://hl7.org/fhir\"><id value=\"t1\"/></Task>";
    EXPECT_THAT(send(address, "POST /fhir/Task", task, "Accept: application/json\r\n",
                     "application/fhir+xml"),
                AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("{\"resourceType\"")));
    EXPECT_EQ(task, gateway_.arrivals.back().body.view());
}

TEST_F(FhirSending, AFormatThatTheCodecDoesNotReadIsNotTaken) {
    const std::string address = startBase({}, {{"codec", scalar("fhir+xml")}});
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask), StartsWith("HTTP/1.1 415 "));
}

TEST_F(FhirSending, PreferSaysWhatComesBack) {
    gateway_.stored("M-1");
    gateway_.progress.reached = true;
    const std::string address = startBase(Stage::translated);
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask),
                AllOf(StartsWith("HTTP/1.1 201 "), HasSubstr("OperationOutcome"),
                      HasSubstr("Location: http://passerelle.example/fhir/Task/M-1/_history/M-1")));
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask, "Prefer: return=minimal\r\n"),
                AllOf(StartsWith("HTTP/1.1 201 "), HasSubstr("Content-Length: 0\r\n")));
    EXPECT_EQ(kTask,
              bodyOf(send(address, "POST /fhir/Task", kTask, "Prefer: return=representation\r\n")));
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask,
                     "Prefer: return=OperationOutcome, respond-async\r\n"),
                StartsWith("HTTP/1.1 202 "));
}

TEST_F(FhirSending, IfMatchIsRefusedWithAReason) {
    EXPECT_THAT(send(startBase(), "PUT /fhir/Task/t1", kTask, "If-Match: W/\"1\"\r\n"),
                AllOf(StartsWith("HTTP/1.1 412 "), HasSubstr("Tasks of a mailbox alone")));
    EXPECT_TRUE(gateway_.arrivals.empty());
}

TEST_F(FhirSending, IfNoneExistLooksIntoTheRegister) {
    gateway_.stored("M-2");
    RegisterEntry plan;
    plan.key = "relai/N1";
    plan.network = "relai";
    plan.message = "M-1";
    gateway_.register_["urn:oid:1.2|N1"] = {plan};
    const std::string address = startBase({}, {{"network", scalar("relai")}});
    const auto create = [&](const std::string& condition) {
        return send(address, "POST /fhir/Bundle", kCollection, "If-None-Exist: " + condition);
    };
    const std::string known = "identifier=urn:oid:1.2%7CN1\r\n";
    EXPECT_THAT(create(known), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Location: "),
                                     HasSubstr("known already")));
    EXPECT_TRUE(gateway_.arrivals.empty());
    gateway_.register_["urn:oid:1.2|N1"].push_back(plan);
    EXPECT_THAT(create(known), StartsWith("HTTP/1.1 412 "));
    EXPECT_THAT(create("name=x\r\n"), StartsWith("HTTP/1.1 412 "));
    EXPECT_THAT(create("identifier=N1\r\n"), StartsWith("HTTP/1.1 412 "));
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask, "If-None-Exist: " + known),
                AllOf(StartsWith("HTTP/1.1 412 "), HasSubstr("Idempotency-Key")))
        << "nobody knows Tasks by their identifiers";
    EXPECT_TRUE(gateway_.arrivals.empty());
    EXPECT_THAT(create("identifier=urn:oid:1.2|N2\r\n"), StartsWith("HTTP/1.1 202 "));
}

TEST_F(FhirSending, WhatOthersSentIsNotFoundByIfNoneExist) {
    gateway_.stored("M-2");
    RegisterEntry plan;
    plan.key = "other/N1";
    plan.network = "other";
    plan.message = "M-1";
    gateway_.register_["s|N1"] = {plan};
    const std::string address = startBase({}, {{"network", scalar("relai")}});
    const std::string header = "If-None-Exist: identifier=s|N1\r\n";
    EXPECT_THAT(send(address, "POST /fhir/Bundle", kCollection, header),
                StartsWith("HTTP/1.1 202 "));
    view("M-1", gp_);
    EXPECT_THAT(send(address, "POST /fhir/Bundle", kCollection, header),
                StartsWith("HTTP/1.1 200 "));
}

TEST_F(FhirSending, ATransactionIsStoredUnlessAllOfItIsKnown) {
    gateway_.stored("M-2");
    RegisterEntry plan;
    plan.network = "relai";
    plan.message = "M-1";
    gateway_.register_["s|P"] = {plan, plan};
    gateway_.register_["s|N"] = {plan};
    const auto entry = [](const std::string& type, const std::string& identifier) {
        return R"({"resource":{"resourceType":")" + type +
               R"("},"request":{"method":"POST","url":")" + type +
               R"(","ifNoneExist":"identifier=)" + identifier + R"("}})";
    };
    const auto bundle = [](const std::string& entries) {
        return R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}";
    };
    const std::string address = startBase({}, {{"network", scalar("relai")}});
    const std::string known = send(
        address, "POST /fhir", bundle(entry("Patient", "s|P") + "," + entry("CarePlan", "s|N")));
    EXPECT_THAT(known, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("transaction-response"),
                             HasSubstr("CarePlan/M-1/_history/M-1")));
    EXPECT_TRUE(gateway_.arrivals.empty());
    EXPECT_THAT(
        send(address, "POST /fhir", bundle(entry("CarePlan", "s|P"))),
        AllOf(StartsWith("HTTP/1.1 412 "), HasSubstr("Bundle.entry[0].request.ifNoneExist")));
    EXPECT_THAT(send(address, "POST /fhir",
                     bundle(entry("Patient", "s|P") + "," + entry("CarePlan", "s|X"))),
                StartsWith("HTTP/1.1 202 "));
    EXPECT_EQ(1u, gateway_.arrivals.size());
    EXPECT_THAT(send(address, "POST /fhir",
                     bundle(entry("Organization", "s|N") + "," + entry("CarePlan", "s|X"))),
                StartsWith("HTTP/1.1 202 "))
        << "what the register does not hold is not looked for there";
    EXPECT_EQ(2u, gateway_.arrivals.size());
}

TEST_F(FhirSending, OnlyItsSenderSeesTheStatusOfAMessage) {
    const std::string address = startBase();
    MessageView& message = view("M-1", gp_);
    message.deliveries.resize(2);
    message.deliveries[0].destination = "had/plans";
    message.deliveries[0].state = DeliveryState::delivered;
    message.deliveries[1].destination = "chu/plans";
    message.timeline.push_back({message.received, "", "left-out", "kine", {"refused", "refusé"}});
    const std::string task = get(address, "/fhir/$status/M-1", kToken);
    EXPECT_THAT(task, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr(R"("status":"in-progress")"),
                            HasSubstr(R"({"type":{"text":"had/plans"},"valueString":"delivered"})"),
                            HasSubstr("kine: left-out: refused")));
    EXPECT_THAT(get(address, "/fhir/$status/M-1",
                    std::string(kToken) + "Accept-Language: fr\r\nAccept: text/xml\r\n"),
                AllOf(HasSubstr("<valueString value=\"remis\"/>"), HasSubstr("refusé")));
    message.state = MessageState::received;
    EXPECT_THAT(get(address, "/fhir/$status/M-1", kToken),
                AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("X-Progress: ")));
    Who other = gp_;
    other.partner = "cabinet-autre";
    gateway_.access_->shown["other"] = other;
    const std::string hidden = get(address, "/fhir/$status/M-1", "Authorization: Bearer other\r\n");
    EXPECT_THAT(hidden, StartsWith("HTTP/1.1 404 "));
    EXPECT_EQ(bodyOf(hidden), bodyOf(get(address, "/fhir/$status/M-9", kToken)));
    EXPECT_THAT(get(address, "/fhir/$status/M-1"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(FhirSending, ValidateAsksAndStoresNothing) {
    const std::string address = startBase();
    auto& one = gateway_.examined.messages.emplace_back();
    EXPECT_THAT(send(address, "POST /fhir/Task/$validate", kTask),
                AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("nothing stands against it")));
    one.error.emplace(Fault::rejected, "Task.status", Reason{"not a code", "pas un code"});
    one.issues.add({Severity::warning, "Task.note", {"odd", "étrange"}, "", "value"});
    const std::string parameters =
        R"({"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"create"},)"
        R"({"name":"resource","resource":)" +
        kTask + "}]}";
    EXPECT_THAT(send(address, "POST /fhir/$validate", parameters, "Accept-Language: fr\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("pas un code"), HasSubstr("Task.note"),
                      Not(HasSubstr("rien ne s"))));
    EXPECT_EQ(kTask, gateway_.arrivals.back().body.view());
    EXPECT_THAT(send(address, "POST /fhir/$validate", "{"),
                AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("line 1, column")));
    EXPECT_THAT(send(address, "POST /fhir/Bundle/$validate", kTask), StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(send(address, "POST /fhir/Patient/$validate", "{}"), StartsWith("HTTP/1.1 404 "));
    EXPECT_EQ(2u, gateway_.arrivals.size());
}

TEST_F(FhirSending, GzipComesInAndGoesOut) {
    gateway_.stored("M-1");
    const std::string address = startBase();
    const std::string packed = http::deflated(kTask);
    EXPECT_THAT(send(address, "POST /fhir/Task", packed, "Content-Encoding: gzip\r\n"),
                StartsWith("HTTP/1.1 202 "));
    EXPECT_EQ(kTask, gateway_.arrivals.back().body.view());
    EXPECT_THAT(send(address, "POST /fhir/Task", packed, "Content-Encoding: x-gzip\r\n"),
                StartsWith("HTTP/1.1 202 "));
    EXPECT_EQ(kTask, gateway_.arrivals.back().body.view());
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask, "Content-Encoding: identity\r\n"),
                StartsWith("HTTP/1.1 202 "));
    EXPECT_THAT(send(address, "POST /fhir/Task", packed,
                     "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"),
                StartsWith("HTTP/1.1 415 "));
    const std::string plain = get(address, "/fhir/metadata");
    const std::string answer = get(address, "/fhir/metadata", "Accept-Encoding: br, gzip\r\n");
    EXPECT_THAT(answer, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_EQ(bodyOf(plain), http::inflated(bodyOf(answer), {}));
    EXPECT_EQ(bodyOf(plain),
              bodyOf(get(address, "/fhir/metadata", "Accept-Encoding: gzip;q=0\r\n")));
    EXPECT_THAT(send(address, "POST /fhir/Task", kTask, "Content-Encoding: gzip\r\n"),
                StartsWith("HTTP/1.1 400 "));
    const std::string bomb = http::deflated(std::string(8 << 20, ' '));
    EXPECT_THAT(send(address, "POST /fhir/Task", bomb, "Content-Encoding: gzip\r\n"),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_EQ(3u, gateway_.arrivals.size());
}

TEST_F(FhirSending, NothingOfARequestGetsIntoTheLog) {
    const std::string address = startBase();
    gateway_.refused(Fault::malformed, "/", "no JSON");
    send(address, "POST /fhir/Task?MARKED=MARKED", "MARKED", "If-None-Exist: MARKED\r\n");
    send(address, "PUT /fhir/Task/MARKED", R"({"resourceType":"Task","id":"MARKED"})");
    get(address, "/fhir/$status/MARKED", "X-Acts-For: MARKED\r\n");
    EXPECT_THAT(gateway_.logged(), Not(HasSubstr("MARKED")));
}

}  // namespace
