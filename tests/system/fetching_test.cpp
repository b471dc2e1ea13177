/// What waits for two practices is fetched by them: the command lines of docs/fhir-api.md, over
/// TLS, from a gateway of its own process.
#include <signal.h>

#include <filesystem>
#include <regex>

#include "asking.h"
#include "support/gateway_process.h"
#include "support/places.h"
#include "support/plugins.h"
#include "support/tls_certs.h"

namespace {
using namespace std::chrono_literals;
using support::Ran;
using support::within;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kIns = "299999999999934";

std::string plan(const std::string& number) {
    return R"({"resourceType":"Bundle","type":"collection","identifier":{"value":")" + number +
           R"("},"entry":[{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":)"
           R"({"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.250.1.213.1.4.8",)"
           R"("value":"299999999999934"}],"name":[{"family":"MARQUEE"}]}},)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":)"
           R"({"resourceType":"CarePlan","status":"active","intent":"plan","subject":)"
           R"({"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"}}}]})";
}

/// The practices "cabinet" and "voisin", each with a mailbox; plans come by a folder.
class Fetching : public testing::Test {
protected:
    Fetching() {
        for (const char* const made : {"/in", "/certs", "/post/cabinet", "/post/voisin"})
            std::filesystem::create_directories(folder_.path() + made);
        ca_ = std::make_unique<support::CertificateAuthority>(folder_.path() + "/certs", "ca");
        server_ = ca_->issue("portal");
        cabinet_ = ca_->issue("cabinet");
        voisin_ = ca_->issue("voisin");
        folder_.write("passerelle.yaml",
                      "store: {sqlite: var/passerelle.db}\n"
                      "listeners:\n  portal: {http: {listen: '127.0.0.1:0', tls: {cert: " +
                          server_.cert + ", key: " + server_.key + ", clients: " + ca_->file() +
                          "}}}\n"
                          "sources:\n"
                          "  plans: {folder: {path: in, every: 20 ms}, codec: fhir+json}\n"
                          "  gp: {listener: portal, fhir: /fhir, codec: fhir+json, from: "
                          "[cabinet, voisin]}\n"
                          "routes:\n  - {name: all, from: plans, to: [cabinet/plans, "
                          "voisin/plans]}\n  - {name: answers, from: gp, ignore: a test}\n");
        setUnreadAfter("cabinet", "30 d");
        setUnreadAfter("voisin", "30 d");
    }
    void setUnreadAfter(const std::string& partner, const std::string& wait) {
        folder_.write("partners/" + partner + ".yaml",
                      "category: gp\ndestinations:\n  plans: {mailbox: {unread_after: " + wait +
                          ", then: " + partner +
                          "/post}, codec: fhir+json}\n  post: {folder: {path: post/" + partner +
                          "}, codec: fhir+json}\n");
    }
    void start() {
        gateway_.reset();
        gateway_ = std::make_unique<support::GatewayProcess>(folder_.path());
        url_ = "https://127.0.0.1:" + std::to_string(gateway_->port("portal")) + "/fhir";
    }
    void send(const std::string& number) {
        folder_.write("in/" + number + ".part", plan(number));
        std::filesystem::rename(folder_.path() + "/in/" + number + ".part",
                                folder_.path() + "/in/" + number + ".json");
    }
    /// A command line in a shell in which `AS_GP` is that partner and `ID` that delivery.
    Ran shell(const std::string& line, const support::KeyPair& who, const std::string& id = {}) {
        return support::run({"/bin/sh", "-c",
                             "URL='" + url_ + "'; ID='" + id + "'; AS_GP='-s --cacert " +
                                 ca_->file() + " --cert " + who.cert + " --key " + who.key + "'; " +
                                 line});
    }
    std::string asCabinet(const std::string& line, const std::string& id = {}) {
        const Ran ran = shell(line, cabinet_, id);
        EXPECT_EQ(0, ran.code) << line << "\n" << ran.err;
        return ran.out;
    }
    std::string asVoisin(const std::string& line, const std::string& id = {}) {
        const Ran ran = shell(line, voisin_, id);
        EXPECT_EQ(0, ran.code) << line << "\n" << ran.err;
        return ran.out;
    }
    /// What the page shows under that heading, line by line.
    static std::vector<std::string> shown(const std::string& heading) {
        const std::string page =
            support::fileText(std::string(support::kSourceDir) + "/docs/fhir-api.md");
        std::size_t at = page.find("\n### " + heading);
        if (at == page.npos) throw std::runtime_error("the page has no heading " + heading);
        const std::size_t next = std::min(page.find("\n## ", at), page.find("\n### ", at + 1));
        const std::string part = page.substr(at, next - at);
        std::vector<std::string> lines;
        for (at = part.find("\n$ "); at != part.npos; at = part.find("\n$ ", at + 1)) {
            std::size_t end = at + 1;
            do end = part.find('\n', end + 1);
            while (part.compare(end + 1, 2, "  ") == 0);
            lines.push_back(part.substr(at + 3, end - at - 3));
        }
        return lines;
    }
    static std::string first(const std::string& body, const std::string& pattern) {
        std::smatch found;
        return std::regex_search(body, found, std::regex(pattern)) ? found[1].str() : std::string();
    }
    std::string waitsFor(const support::KeyPair& who) {
        std::string id;
        within(30s, [&] {
            id = first(shell("curl $AS_GP \"$URL/Task?status=requested\"", who).out,
                       "\"id\":\"pickup-([^\"]+)\"");
            return !id.empty();
        });
        return id;
    }

    support::TemporaryFolder folder_;
    std::unique_ptr<support::CertificateAuthority> ca_;
    support::KeyPair server_, cabinet_, voisin_;
    std::unique_ptr<support::GatewayProcess> gateway_;
    std::string url_;
};

TEST_F(Fetching, WhatThePageShowsIsSo) {
    start();
    send("EXC-1");
    const std::string id = waitsFor(cabinet_);
    ASSERT_NE("", id);
    const auto waits = shown("What waits");
    ASSERT_EQ(1u, waits.size());
    EXPECT_THAT(asCabinet(waits[0]), AllOf(HasSubstr("Bundle/" + id), Not(HasSubstr("MARQUEE"))));
    const auto reading = shown("Reading");
    ASSERT_EQ(3u, reading.size());
    EXPECT_EQ(plan("EXC-1"), asCabinet(reading[0], id));
    EXPECT_THAT(asCabinet(reading[1], id), HasSubstr("<family value=\"MARQUEE\"/>"));
    EXPECT_THAT(asCabinet(reading[2]), HasSubstr("\"id\":\"" + id + ".2\""));
    const auto searching = shown("Searching");
    ASSERT_EQ(1u, searching.size());
    EXPECT_THAT(asCabinet(searching[0]), HasSubstr("\"id\":\"" + id + ".2\""));
    const auto settling = shown("Settling");
    ASSERT_EQ(2u, settling.size());
    EXPECT_THAT(asCabinet(settling[0], id), HasSubstr("\"status\":\"completed\""));
    EXPECT_THAT(asCabinet(settling[1], id), HasSubstr("\"status\":\"completed\"")) << "again";
    EXPECT_THAT(asCabinet(waits[0]), Not(HasSubstr("pickup-")));
    const auto told = shown("Being told");
    ASSERT_EQ(2u, told.size());
    EXPECT_THAT(asCabinet(told[0]), HasSubstr("may be told at that address"))
        << "no `notify:` of this one allows it";
    EXPECT_THAT(asCabinet(told[1]), HasSubstr("\"total\":0"));
    EXPECT_EQ(0, gateway_->end(SIGTERM));
    EXPECT_THAT(gateway_->output(), AllOf(Not(HasSubstr("MARQUEE")), Not(HasSubstr(kIns))));
}

TEST_F(Fetching, EachSeesItsOwnAloneAndEachReadIsInTheAudit) {
    start();
    send("EXC-1");
    const std::string mine = waitsFor(cabinet_), theirs = waitsFor(voisin_);
    ASSERT_NE(mine, theirs);
    const std::string status = "curl $AS_GP -o /dev/null -w '%{http_code}' ";
    EXPECT_EQ("404", asCabinet(status + "\"$URL/Bundle/$ID\"", theirs));
    EXPECT_EQ("404", asCabinet(status + "-X POST \"$URL/Bundle/$ID/\\$ack\"", theirs));
    EXPECT_EQ("200", asVoisin(status + "\"$URL/Bundle/$ID\"", theirs));
    EXPECT_EQ("400", asCabinet(status + "\"$URL/CarePlan?patient.identifier=1\""));
    const Ran audit =
        support::passerelle({"audit", "list", "-c", folder_.path(), "--json", "--what", "read"});
    EXPECT_THAT(audit.out, AllOf(HasSubstr("\"read\""), HasSubstr("voisin"), HasSubstr(theirs)));
    EXPECT_THAT(audit.out, Not(HasSubstr(mine)));
    EXPECT_EQ("200", asCabinet(status + "-X POST \"$URL/Bundle/$ID/\\$ack\"", mine));
    gateway_->end(SIGKILL);
    start();
    EXPECT_EQ("200", asCabinet(status + "-X POST \"$URL/Bundle/$ID/\\$ack\"", mine))
        << "it knows after a kill";
    EXPECT_THAT(asVoisin("curl $AS_GP \"$URL/Task?status=requested\""), HasSubstr(theirs));
}

TEST_F(Fetching, WhatNobodyFetchesIsPostedOnceWhateverIsKilled) {
    setUnreadAfter("cabinet", "400 ms");
    start();
    constexpr int kPlans = 12;
    for (int i = 0; i < kPlans; ++i) send("EXC-" + std::to_string(i));
    const auto posted = [&] {
        std::multiset<std::string> numbers;
        const std::string post = folder_.path() + "/post/cabinet";
        if (!std::filesystem::exists(post)) return numbers;
        for (const auto& file : std::filesystem::directory_iterator(post))
            if (file.path().extension() == ".json")
                numbers.insert(first(support::fileText(file.path().string()), "(EXC-[0-9]+)"));
        return numbers;
    };
    // A reload has it look at once at what is over.
    const auto lookedAt = [&] { return ::kill(gateway_->id(), SIGHUP) == 0; };
    // Whenever some have gone, all that runs is killed.
    for (std::size_t some = 0; some < kPlans; some += 3) {
        EXPECT_TRUE(within(30s, [&] { return lookedAt() && posted().size() > some; }));
        gateway_->end(SIGKILL);
        start();
    }
    EXPECT_TRUE(within(30s, [&] {
        lookedAt();
        const auto numbers = posted();
        return std::set<std::string>(numbers.begin(), numbers.end()).size() == kPlans;
    }));
    EXPECT_EQ(std::size_t{kPlans}, posted().size()) << "a file for each delivery: none went twice";
    EXPECT_THAT(asCabinet("curl $AS_GP \"$URL/Task?_summary=count\""), HasSubstr("\"total\":0"));
    EXPECT_THAT(asVoisin("curl $AS_GP \"$URL/Task?_summary=count\""),
                HasSubstr("\"total\":" + std::to_string(kPlans)));
}

}  // namespace
