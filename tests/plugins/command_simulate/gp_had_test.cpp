#include <filesystem>

#include "simulated.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using support::scalar;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kTransaction =
    R"({"resourceType":"Bundle","type":"transaction","entry":[)"
    R"({"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},)"
    R"({"resource":{"resourceType":"CarePlan"},"request":{"method":"PUT","url":"CarePlan/1"}}]})";

class SimulateFhir : public testing::Test {
protected:
    SimulateFhir() { std::filesystem::create_directories(folder_); }
    ~SimulateFhir() override { std::filesystem::remove_all(folder_); }

    Answer deliver(const std::string& url, const std::string& body = kTransaction,
                   std::vector<std::pair<std::string, ConfigNode>> options = {}) {
        options.emplace_back("url", scalar(url));
        auto destination = plugins_.destination("http", support::map(std::move(options)));
        const Delivery delivery{
            "D1", "C1", "gp", "application/fhir+json", "json", Bytes::copy(body), 1};
        return destination->deliver(delivery, currentTime() + Milliseconds(2000));
    }
    Fault faultOf(const std::string& how) {
        Simulated partner("gp", {"--answer", how});
        try {
            deliver("http://" + partner.address + "/fhir");
        } catch (const Error& error) {
            return error.fault;
        }
        ADD_FAILURE() << "delivered";
        return Fault::internal;
    }

    support::Plugins plugins_{{"transport_http"}};
    const std::string folder_ =
        std::filesystem::temp_directory_path() / ("simulate-fhir-" + std::to_string(::getpid()));
};

TEST_F(SimulateFhir, TakesATransactionAndKeepsIt) {
    Simulated gp("gp", {"--record", folder_ + "/"});
    const Answer answer = deliver("http://" + gp.address + "/fhir");
    EXPECT_EQ("200", answer.summary);
    EXPECT_EQ(R"({"resourceType":"Bundle","type":"transaction-response","entry":[)"
              R"({"response":{"status":"201 Created","location":"Patient/1/_history/1"}},)"
              R"({"response":{"status":"200 OK","location":"CarePlan/2/_history/1"}}]})",
              answer.body.view());
    EXPECT_EQ(kTransaction, support::fileText(folder_ + "/00000001.json"));
    const std::string size = std::to_string(kTransaction.size());
    EXPECT_THAT(gp.stop(),
                ElementsAre("received C1 " + size, "total 1 messages, " + size + " bytes"));
    EXPECT_EQ(0, gp.code);
}

TEST_F(SimulateFhir, RefusesWhatIsNoTransaction) {
    Simulated had("had", {});
    const std::pair<const char*, const char*> all[] = {
        {"no JSON", "line 1"},
        {"{}", "resourceType"},
        {R"({"resourceType":"Bundle","type":"batch"})", "Bundle.type"},
        {R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Task"}}]})",
         "Bundle.entry[0].request.method"},
    };
    for (const auto& [body, where] : all) {
        try {
            deliver("http://" + had.address, body);
            ADD_FAILURE() << body;
        } catch (const Refused& refused) {
            EXPECT_EQ("400", refused.answer.summary);
            EXPECT_THAT(std::string(refused.answer.body.view()),
                        testing::AllOf(HasSubstr("OperationOutcome"), HasSubstr(where)));
        }
    }
}

TEST_F(SimulateFhir, BehavesBadlyWhenTold) {
    EXPECT_EQ(Fault::rejected, faultOf("400"));
    EXPECT_EQ(Fault::rejected, faultOf("422"));
    EXPECT_EQ(Fault::unavailable, faultOf("401"));
    EXPECT_EQ(Fault::unavailable, faultOf("500"));
    EXPECT_EQ(Fault::uncertain, faultOf("garbage"));
    EXPECT_EQ(Fault::uncertain, faultOf("close"));
    EXPECT_EQ(Fault::uncertain, faultOf("none"));
}

TEST_F(SimulateFhir, EndsAfterSoMany) {
    Simulated gp("gp", {"--count", "2"});
    deliver("http://" + gp.address);
    deliver("http://" + gp.address);
    EXPECT_THAT(gp.rest(), ElementsAre(StartsWith("received"), StartsWith("received"),
                                       StartsWith("total 2 messages")));
}

TEST_F(SimulateFhir, SpeaksTlsWithThoseWhomItKnows) {
    support::CertificateAuthority known(folder_, "known"), foreign(folder_, "foreign");
    const support::KeyPair server = known.issue("server");
    const support::KeyPair client = known.issue("client");
    const support::KeyPair stranger = foreign.issue("stranger");
    Simulated gp(
        "gp", {"--tls-cert", server.cert, "--tls-key", server.key, "--tls-clients", known.file()});
    const auto with = [&](const support::KeyPair& pair) {
        return std::vector<std::pair<std::string, ConfigNode>>{
            {"tls", support::map({{"ca", scalar(known.file())},
                                  {"cert", scalar(pair.cert)},
                                  {"key", scalar(pair.key)}})}};
    };
    EXPECT_EQ("200", deliver("https://" + gp.address, kTransaction, with(client)).summary);
    EXPECT_THROW(deliver("https://" + gp.address, kTransaction, with(stranger)), Error);
    EXPECT_THAT(gp.stop(), testing::Contains(StartsWith("total 1 messages")));
}

TEST_F(SimulateFhir, WrongUsageIsTold) {
    EXPECT_EQ(2, support::Plugins({"command_simulate"}).run("simulate gp", {}));
    EXPECT_EQ(2,
              support::Plugins({"command_simulate"}).run("simulate gp", {"--listen", "nowhere"}));
    EXPECT_EQ(2, support::Plugins({"command_simulate"})
                     .run("simulate had", {"--listen", "127.0.0.1:0", "--answer", "tea"}));
}

}  // namespace
