/// A practice in whose mailbox very much waits: pages, searches by time and by person, one read.
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

#include "front_world.h"

namespace fhir_front {
namespace {
using namespace gateway;
using namespace std::chrono_literals;

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kIns = "urn:oid:1.2.250.1.213.1.4.8|";

std::string insOf(int number) { return std::to_string(100'000'000'000'000 + number); }

/// The plan of one person, of about that size.
std::string planOf(int number, int bytes) {
    std::string text =
        R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:p","resource":)"
        R"({"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.250.1.213.1.4.8",)"
        R"("value":")" +
        insOf(number) +
        R"("}]}},{"fullUrl":"urn:uuid:c","resource":{"resourceType":"CarePlan","status":"active",)"
        R"("intent":"plan","identifier":[{"system":"urn:bench","value":")" +
        std::to_string(number) + R"("}],"subject":{"reference":"urn:uuid:p"}}})";
    while (static_cast<int>(text.size()) < bytes)
        text += R"(,{"resource":{"resourceType":"Goal","lifecycleStatus":"active","description":)"
                R"({"text":"Retrouver un sommeil de six heures, objectif inventé"},"subject":)"
                R"({"reference":"urn:uuid:p"}}})";
    return text + "]}";
}

http::Response ask(http::Client& client, const std::string& method, const std::string& target,
                   const std::string& body, const char* type) {
    http::Request request{method, "", "", {}, Bytes(body), {}, {}};
    if (!body.empty()) request.headers.add("Content-Type", type);
    return client.exchange(request, target, Clock::now() + 60s);
}

void layOut(const World& world, const Settings& settings) {
    std::atomic<int> next = 0;
    std::vector<std::thread> senders;
    for (int i = 0; i < 8; ++i)
        senders.emplace_back([&] {
            http::Client client = world.client();
            for (int number; (number = next++) < settings.waiting;)
                ask(client, "POST", "/fhir/Bundle", planOf(number, settings.bytes),
                    "application/fhir+json");
        });
    for (std::thread& sender : senders) sender.join();
    http::Client client = world.client();
    const std::string all = "\"total\":" + std::to_string(settings.waiting) + ",";
    const auto end = Clock::now() + 10min;
    while (ask(client, "GET", "/fhir/Task?_summary=count", {}, kForm).body.view().find(all) ==
           std::string_view::npos) {
        if (Clock::now() > end) throw std::runtime_error("they do not all wait");
        std::this_thread::sleep_for(200ms);
    }
}

/// How many entries it must have is part of what is measured.
struct Asked {
    const char* what;
    std::string method, target, body;
    std::size_t entries;
};

bool measure(http::Client& client, const Asked& asked, int times) {
    Measured all;
    for (int i = 0; i < times; ++i) {
        const auto begun = Clock::now();
        const http::Response answer = ask(client, asked.method, asked.target, asked.body, kForm);
        all.milliseconds.push_back(millisecondsSince(begun));
        std::size_t entries = 0;
        const std::string_view body = answer.body.view();
        for (std::size_t at = 0; (at = body.find("\"fullUrl\":\"https:", at)) != body.npos; ++at)
            ++entries;
        if (answer.status != 200 || entries != asked.entries) ++all.failed;
    }
    std::printf("%-44s ms p50 %7.2f  p95 %7.2f  max %7.2f   failed %llu\n", asked.what,
                at(all.milliseconds, 0.5), at(all.milliseconds, 0.95), at(all.milliseconds, 1),
                static_cast<unsigned long long>(all.failed));
    return all.failed == 0;
}

std::string between(std::string_view text, const std::string& mark) {
    const std::size_t begin = text.find(mark);
    if (begin == text.npos) throw std::runtime_error("no " + mark);
    const std::size_t from = begin + mark.size();
    return std::string(text.substr(from, text.find('"', from) - from));
}

}  // namespace

int measureMailbox(World& world, const Settings& settings) {
    std::printf("%d plans of %zu bytes wait in one mailbox\n", settings.waiting,
                planOf(0, settings.bytes).size());
    layOut(world, settings);
    const std::string last = kIns + insOf(settings.waiting - 1);
    const Asked person{"one person's plans (_search)", "POST", "/fhir/CarePlan/_search",
                       "patient.identifier=" + last, 1};
    const Asked tasks{
        "first page of 50 Tasks", "GET", "/fhir/Task?status=requested&code=pick-up", {}, 50};
    bool good = true;
    std::printf("the first after a start, when nothing is known yet:\n");
    for (const Asked& asked : {tasks, person}) {
        world.restart();
        http::Client client = world.client();
        good = measure(client, asked, 1) && good;
    }
    std::printf("and then:\n");
    http::Client client = world.client();
    const http::Response page = ask(client, "GET", "/fhir/Task?status=requested", {}, kForm);
    const std::string link = between(page.body.view(), R"("relation":"next","url":")");
    const std::string since = between(page.body.view(), R"("lastUpdated":")");
    const std::string id = between(page.body.view(), R"("reference":")");
    const std::vector<Asked> all{
        tasks,
        {"the next page", "GET", link.substr(link.find("/fhir")), {}, 50},
        {"first page of 50 plans, with content", "GET", "/fhir/CarePlan?status=active", {}, 50},
        {"Tasks by _lastUpdated, nothing new", "GET", "/fhir/Task?_lastUpdated=gt2999", {}, 0},
        {"Tasks by _lastUpdated, a page",
         "GET",
         "/fhir/Task?_lastUpdated=ge" + since.substr(0, 10),
         {},
         50},
        person,
        {"nobody's plans (_search)", "POST", "/fhir/CarePlan/_search", "patient.identifier=0", 0},
        {"how many there are", "GET", "/fhir/Task?_summary=count", {}, 0},
        {"one plan read", "GET", "/fhir/" + id, {}, 0}};
    for (const Asked& asked : all) good = measure(client, asked, 20) && good;
    return good ? 0 : 1;
}

}  // namespace fhir_front
