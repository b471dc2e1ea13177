/// The admin interface over the network: who may do what, and what is written of it.
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "admin/admin.h"
#include "admin/rules.h"
#include "core/config_reader.h"
#include "core/json_text.h"
#include "gateway/error.h"
#include "http/client.h"
#include "raw_client.h"
#include "shown_store.h"
#include "support/tls_certs.h"

namespace {
using namespace gateway;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::pair<const char*, unsigned> kPeople[] = {
    {"vera", kViewer}, {"max", kMapper}, {"olga", kOperator}, {"ada", kAdmin}};

class AdminNetwork : public testing::Test {
protected:
    AdminNetwork() {
        MessageView message;
        message.id = "M1";
        message.state = MessageState::translated;
        message.received = currentTime();
        DeliveryView delivery;
        delivery.id = "D1";
        delivery.destination = "chu/plans";
        delivery.state = DeliveryState::setAside;
        delivery.answer = Answer{Bytes("PEERSWORDS"), "AE"};
        message.deliveries.push_back(delivery);
        const Reason said{"AE: PEERSWORDS: more", "AE: PEERSWORDS: more"};
        message.timeline.push_back({message.received, "D1", "answer", "chu", said});
        store_.messages.push_back(message);

        auto setup = std::make_shared<gateway::Setup>();
        setup->directory = std::make_shared<admin_test::NoPartners>();
        pipeline_.use(setup);

        AdminOptions options;
        options.socket = folder_ + "/admin.sock";
        options.audit = &audit_;
        options.edits = true;
        options.people = people();
        options.listen.emplace();
        options.listen->tls = std::make_shared<tls::Credentials>(
            tls::Role::server,
            tls::Options{.cert = own_.cert, .key = own_.key, .clients = authority_.file()});
        admin_ = std::make_unique<Admin>(store_, pipeline_, watch_, log_, options);
        admin_->start();
    }
    ~AdminNetwork() override {
        admin_->stop();
        std::filesystem::remove_all(folder_);
    }
    static std::string makeFolder() {
        std::string name = std::filesystem::temp_directory_path() / "admin-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        return name;
    }
    static std::shared_ptr<const People> people() {
        std::vector<Person> all;
        for (const auto& [name, role] : kPeople)
            all.push_back({name, {std::string("CN=") + name}, role});
        return std::make_shared<const People>(all);
    }
    /// "200 body" or what went wrong.
    std::string ask(const std::string& person, const std::string& method, const std::string& target,
                    const std::string& body = {}) {
        http::ClientOptions options;
        options.server = http::parsedUrl("https://" + admin_->address());
        auto [own, fresh] = certificates_.try_emplace(person);
        if (fresh) own->second = authority_.issue(person, 90);
        options.tls = std::make_shared<tls::Credentials>(
            tls::Role::client,
            tls::Options{
                .cert = own->second.cert, .key = own->second.key, .ca = authority_.file()});
        http::Client client(options);
        try {
            const http::Response answer =
                client.exchange({method, "", "", {}, Bytes::copy(body), {}}, target,
                                std::chrono::steady_clock::now() + std::chrono::seconds(10));
            return std::to_string(answer.status) + " " + std::string(answer.body.view());
        } catch (const Error& error) {
            return error.what();
        }
    }
    /// "who what about: why = result", in their order.
    std::vector<std::string> audited() {
        audit_.write({"test", "asks", {}, {}});  // what was told before is there then
        std::vector<std::string> all;
        readAudit(folder_ + "/audit.jsonl", {}, [&](const std::string& line) {
            const JsonValue one = parsedJson(line);
            std::string about;
            for (const auto& [none, id] : one["about"].items) about += " " + id.text;
            all.push_back(one["by"].text + " " + one["what"].text + about + ": " + one["why"].text +
                          " = " + one["result"].text);
        });
        return all;
    }

    const std::string folder_ = makeFolder();
    support::CertificateAuthority authority_{folder_, "authority"};
    const support::KeyPair own_ = authority_.issue("gateway", 90);
    std::map<std::string, support::KeyPair> certificates_;
    support::KeptLog log_;
    admin_test::ShownStore store_;
    Pipeline pipeline_{store_, log_};
    Watch watch_{store_, pipeline_, log_, {}};
    Audit audit_{folder_ + "/audit.jsonl", nullptr, log_};
    std::unique_ptr<Admin> admin_;
};

/// A request that goes as far as its role lets it.
std::pair<std::string, std::string> sample(const AdminRule& rule) {
    std::string target(rule.path);
    if (const std::size_t star = target.find('*'); star != target.npos)
        target.replace(star, 1, rule.path == "/ask/*" ? "where" : "M1");
    const bool edit = rule.path == "/messages/*/edit";
    if (edit || rule.path == "/messages/*/body") target += "?why=a+call";
    const bool post = rule.method == "POST" && !edit;
    return {target, post ? R"({"why":"a call","ids":["M1"],"by":"somebody"})" : ""};
}

TEST_F(AdminNetwork, TheTableDecidesForEachRoleAndEachWayIn) {
    for (const AdminRule& rule : adminRules()) {
        const auto [target, body] = sample(rule);
        for (const auto& [name, role] : kPeople) {
            const std::string answer = ask(name, std::string(rule.method), target, body);
            const bool may = (rule.roles & role) != 0;
            EXPECT_EQ(!may, answer.starts_with("403"))
                << name << " " << rule.method << " " << target << ": " << answer;
        }
        EXPECT_NE(0u, rule.roles & kAdmin) << rule.path << ": an admin may do everything";
    }
}

TEST_F(AdminNetwork, WhatIsInNoTableIsRefusedToAll) {
    for (const auto& [method, target] : {std::pair("GET", "/"),
                                         {"GET", "/store/backup"},
                                         {"DELETE", "/messages/M1"},
                                         {"PUT", "/pause"},
                                         {"GET", "/messages/M1/edit"},
                                         {"GET", "/messages/M1/body/more"},
                                         {"POST", "/messages/"},
                                         {"GET", "/ask/where"},
                                         {"HEAD", "/status"}})
        EXPECT_THAT(ask("ada", method, target), StartsWith("403")) << method << target;
}

TEST_F(AdminNetwork, ACertificateThatIsNobodysSeesNothing) {
    for (const char* const target : {"/status", "/health/live", "/messages/M1"})
        EXPECT_THAT(ask("mallory", "GET", target),
                    AllOf(StartsWith("403"), HasSubstr("nobody's"), Not(HasSubstr("M1"))));
    EXPECT_THAT(audited(),
                Contains(StartsWith("CN=mallory refusal: this certificate is nobody's")));
    EXPECT_THAT(log_.text(), HasSubstr("admin-refused"));
}

TEST_F(AdminNetwork, WithoutACertificateThereIsNoConnection) {
    http::ClientOptions options;
    options.server = http::parsedUrl("https://" + admin_->address());
    options.tls = std::make_shared<tls::Credentials>(tls::Role::client,
                                                     tls::Options{.ca = authority_.file()});
    http::Client client(options);
    EXPECT_THROW(client.exchange({"GET", "", "", {}, {}, {}}, "/status",
                                 std::chrono::steady_clock::now() + std::chrono::seconds(10)),
                 Error);
    EXPECT_THAT(log_.text(), HasSubstr("tls-refused"));
    EXPECT_THAT(audited(), Contains("unknown refusal: the peer shows no certificate = refused"));
}

TEST_F(AdminNetwork, ContentOnlyBehindGlass) {
    // Without a reason: states, no words; and no bytes.
    for (const char* const name : {"vera", "olga"})
        EXPECT_THAT(
            ask(name, "GET", "/messages/M1"),
            AllOf(StartsWith("200"), HasSubstr(R"("what":"answer")"),
                  HasSubstr(R"("text":{"en":"AE","fr":"AE"})"), Not(HasSubstr("PEERSWORDS"))));
    EXPECT_THAT(ask("olga", "GET", "/messages/M1/body"),
                AllOf(StartsWith("403"), HasSubstr("a reason must be given")));
    EXPECT_THAT(ask("olga", "GET", "/messages/M1/body?why=%20"), StartsWith("403"));
    // A viewer sees none, whatever the reason.
    for (const char* const target : {"/messages/M1?why=a+call", "/messages/M1/body?why=a+call"})
        EXPECT_THAT(ask("vera", "GET", target), AllOf(StartsWith("403"), Not(HasSubstr("PEERS"))));
    for (const std::string& one : audited()) EXPECT_THAT(one, Not(HasSubstr("break-glass")));
    EXPECT_TRUE(watch_.look().glass.empty());

    EXPECT_THAT(ask("olga", "GET", "/messages/M1?why=the+GP+called"),
                AllOf(StartsWith("200"), HasSubstr("AE: PEERSWORDS: more")));
    EXPECT_EQ("200 raw bytes", ask("olga", "GET", "/messages/M1/body?why=a+call&by=somebody+else"));
    EXPECT_THAT(audited(), AllOf(Contains("olga break-glass M1: the GP called = done"),
                                 Contains("olga break-glass M1: a call = done"),
                                 Contains("olga show M1: a call = done")));
    EXPECT_THAT(ask("olga", "GET", "/messages/NOBODY/body?why=a+call"), StartsWith("404"));
    EXPECT_THAT(ask("olga", "GET", "/messages/M1/body?why=a+call&why="), StartsWith("400"));
    const Sight sight = watch_.look();
    ASSERT_EQ(1u, sight.glass.size());
    EXPECT_EQ("olga", sight.glass.begin()->first);
    Causes causes;
    std::vector<std::string> kinds;
    for (const Cause& one :
         causes.of(sight, AlertSetup(), {}, [](const Cause::Key&) { return false; }))
        kinds.push_back(one.kind + " " + one.end);
    EXPECT_THAT(kinds, Contains("break-glass olga"));
}

TEST_F(AdminNetwork, WhoActsIsWhoHasProvenIt) {
    EXPECT_THAT(ask("olga", "POST", "/messages/close",
                    R"({"ids":["D1"],"why":"a test","by":"somebody else"})"),
                StartsWith("200"));
    EXPECT_THAT(store_.changed, ElementsAre("close by olga because a test: D1"));
    EXPECT_THAT(audited(),
                AllOf(Contains("olga sign-in:  = done"), Contains("olga close D1: a test = done")));
}

TEST_F(AdminNetwork, AnIdentifierOfAPersonIsNotForViewers) {
    const std::string wish = R"({"subject":"an identifier"})";
    EXPECT_THAT(ask("vera", "POST", "/messages/find", wish), StartsWith("403"));
    EXPECT_THAT(ask("max", "POST", "/messages/replay", R"({"filter":{"subject":"an identifier"}})"),
                StartsWith("403"));
    EXPECT_THAT(ask("vera", "POST", "/messages/find", R"({"source":"relai"})"), StartsWith("200"));
    EXPECT_THAT(ask("olga", "POST", "/messages/find", wish), StartsWith("200"));
    EXPECT_THAT(audited(), Contains("olga search M1:  = done"));
    // However it is written, none comes through.
    store_.asked = {};
    for (const char* const body :
         {R"({"subject":"","subject":"an identifier"})",
          R"({"subject":"an identifier","subject":""})", R"({"s\u0075bject":"an identifier"})",
          R"({"subject":["an identifier"]})", R"({"subject":{"a":"an identifier"}})",
          R"({"subject":7})", R"([{"subject":"an identifier"}])"}) {
        EXPECT_THAT(ask("vera", "POST", "/messages/find", body), StartsWith("40")) << body;
        EXPECT_FALSE(store_.asked.subject) << body;
    }
    for (const char* const body :
         {R"({"filter":{"subject":"","subject":"an identifier"}})",
          R"({"filter":{"state":"held"},"filter":{"subject":"an identifier"}})"}) {
        EXPECT_THAT(ask("max", "POST", "/messages/replay", body), StartsWith("40")) << body;
        EXPECT_FALSE(store_.asked.subject) << body;
    }
    EXPECT_THAT(ask("vera", "GET", "/messages?subject=an+identifier"), StartsWith("400"));
}

/// Whatever people type, in whichever place: the reason alone is kept, which they are told to write
/// without names.
TEST_F(AdminNetwork, WhatPeopleTypeStandsInNoLogNoAuditAndNoRefusal) {
    const std::string mark = "ZZMARKED";
    const std::vector<std::array<std::string, 3>> requests{
        {"GET", "/" + mark, ""},
        {"GET", "/messages/" + mark, ""},
        {"GET", "/messages/" + mark + "?why=a+call", ""},
        {"GET", "/messages/" + mark + "/body?why=a+call", ""},
        {"GET", "/messages?" + mark + "=1", ""},
        {"GET", "/messages?state=" + mark, ""},
        {"GET", "/messages?since=" + mark, ""},
        {"GET", "/messages?most=" + mark, ""},
        {"GET", "/refusals?" + mark + "=" + mark, ""},
        {"GET", "/status?" + mark, ""},
        {"POST", "/messages/find", mark},
        {"POST", "/messages/find", "{\"" + mark + "\":1}"},
        {"POST", "/messages/find", "{\"state\":\"" + mark + "\"}"},
        {"POST", "/messages/find", "{\"since\":\"" + mark + "\"}"},
        {"POST", "/messages/find", "{\"subject\":\"" + mark + "\"}"},
        {"POST", "/messages/find", "{\"" + mark + "\":1,\"" + mark + "\":2}"},
        {"POST", "/messages/close", "{\"ids\":[\"M1\"],\"on\":\"" + mark + "\"}"},
        {"POST", "/messages/" + mark + "/edit?why=a+call", mark},
        {"POST", "/pause", "{\"end\":\"" + mark + "\"}"},
        {"POST", "/ask/" + mark, "{\"why\":\"a call\",\"name\":\"" + mark + "\"}"},
        {"POST", "/audit/person", "{\"why\":\"a call\",\"who\":\"" + mark + "\"}"},
        {"POST", "/alerts/test", "{\"receiver\":\"" + mark + "\"}"},
        {"POST", "/store/backup", "{\"file\":\"" + mark + "\"}"},
        {mark, "/status", ""}};
    for (const auto& [method, target, body] : requests)
        for (const char* const person : {"vera", "max", "olga", "ada", "mallory"})
            EXPECT_THAT(ask(person, method, target, body), Not(HasSubstr(mark)))
                << person << " " << method << " " << target << " " << body;
    // A list says of each id what became of it: to who has typed it, and to nobody else.
    ask("olga", "POST", "/messages/replay", "{\"ids\":[\"" + mark + "\"]}");
    ask("olga", "POST", "/messages/close", "{\"ids\":[\"" + mark + "\"],\"why\":\"a test\"}");
    audited();
    std::ifstream in(folder_ + "/audit.jsonl");
    for (std::string line; std::getline(in, line);) EXPECT_THAT(line, Not(HasSubstr(mark)));
    EXPECT_THAT(log_.text(), Not(HasSubstr(mark)));
}

TEST_F(AdminNetwork, WhoIsNoLongerAmongThePeopleIsRefusedAtOnce) {
    EXPECT_THAT(ask("ada", "GET", "/pauses"), StartsWith("200"));
    admin_->use(
        std::make_shared<const People>(std::vector<Person>{{"olga", {"CN=olga"}, kViewer}}));
    EXPECT_THAT(ask("ada", "GET", "/pauses"), StartsWith("403"));
    EXPECT_THAT(ask("olga", "GET", "/pauses"), StartsWith("200"));
    EXPECT_THAT(ask("olga", "POST", "/pause", "{}"), StartsWith("403"));
}

TEST(People, AreReadFromASectionOrAFile) {
    std::string folder = std::filesystem::temp_directory_path() / "people-XXXXXX";
    ASSERT_NE(nullptr, ::mkdtemp(folder.data()));
    const std::string print(64, 'a');
    std::ofstream(folder + "/admins.yaml")
        << "anne: {certificate: 'AA:" << std::string(62, 'a') << "', roles: [viewer, operator]}\n"
        << "bob: {certificate: ['CN=bob', 'CN=bob,O=new'], roles: admin}\n";
    const auto read = [&](const std::string& text) {
        Findings findings;
        const ConfigNode root = parseConfig(text, "passerelle.yaml", findings);
        Config admin(root, folder, findings);
        auto people = readPeople(admin);
        std::vector<std::string> wrong;
        for (const Finding& one : findings.all()) wrong.push_back(one.text);
        return std::pair(people, wrong);
    };
    const auto [people, wrong] = read("people: admins.yaml");
    EXPECT_THAT(wrong, testing::IsEmpty());
    Facts facts;
    facts.set("tls.fingerprint", print);
    facts.set("tls.subject", "CN=other");
    ASSERT_NE(nullptr, people->of(facts));
    EXPECT_EQ("viewer, operator", textOf(people->of(facts)->roles));
    facts.set("tls.fingerprint", std::string(64, 'b'));
    EXPECT_EQ(nullptr, people->of(facts));
    for (const char* const subject : {"CN=bob,O=new", "CN=bob", "O=other,CN=bob"}) {
        facts.set("tls.subject", subject);
        ASSERT_NE(nullptr, people->of(facts)) << subject;
        EXPECT_EQ("bob", people->of(facts)->name);
    }
    for (const char* const subject : {"CN=bobby", "O=bob", "CN=bob,CN=anne", "CN=b\\00ob",
                                      "CN=a\\,CN\\=bob", "OU=CN\\=bob", ""}) {
        facts.set("tls.subject", subject);
        EXPECT_EQ(nullptr, people->of(facts)) << subject;
    }
    EXPECT_EQ(nullptr, people->of(Facts()));

    EXPECT_THAT(read("people: {anne: {certificate: CN=a, roles: chief}}").second,
                ElementsAre(HasSubstr("expected viewer, mapper, operator or admin")));
    EXPECT_THAT(read("people: {anne: {certificate: CN=a}}").second,
                ElementsAre(HasSubstr("at least one of viewer")));
    EXPECT_THAT(read("people: {anne: {certificate: CN=a, roles: viewer}, "
                     "bob: {certificate: CN=a, roles: admin}}")
                    .second,
                ElementsAre(HasSubstr("certificate of anne already")));
    for (const char* const odd : {"anne", "AB:CD:EF", "''"})  // a name, a SHA-1, nothing
        EXPECT_THAT(
            read("people: {anne: {certificate: " + std::string(odd) + ", roles: viewer}}").second,
            Contains(HasSubstr("expected its SHA-256, its subject, or its CN")))
            << odd;
    EXPECT_THAT(read("people: none.yaml").second,
                Contains(HasSubstr("there is no file none.yaml")));
    std::filesystem::remove_all(folder);
}

}  // namespace
