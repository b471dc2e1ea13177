/// Benchmark of the FHIR front: the shipped gateway as a process of its own, senders with mutual
/// TLS on the same cores, each answer durable. Prints figures with their settings.
///   fhir_front_bench [--connections N] [--seconds N] [--warm-up N] [--bytes N] [--handshakes N]
///                    [--translators N]
///   fhir_front_bench --waiting N [--bytes N]   a mailbox in which so many wait, instead
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "front_world.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using namespace fhir_front;

/// A transaction of that size: a plan, its goals.
std::string plan(int bytes) {
    std::string text =
        R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:0","resource":)"
        R"({"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"display":"x"}},)"
        R"("request":{"method":"POST","url":"CarePlan"}})";
    for (int goal = 1; static_cast<int>(text.size()) < bytes; ++goal)
        text +=
            R"(,{"fullUrl":"urn:uuid:)" + std::to_string(goal) +
            R"(","resource":{"resourceType":"Goal","lifecycleStatus":"active","priority":)"
            R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/goal-priority",)"
            R"("code":"high-priority"}]},"description":{"text":"Retrouver un sommeil de six )"
            R"(heures, objectif inventé"},"subject":{"display":"x"},"target":[{"detailString":)"
            R"("six heures","dueDate":"2026-06-30"}]},"request":{"method":"POST","url":"Goal"}})";
    return text + "]}";
}

/// One request; whether it was taken.
bool send(http::Client& client, const Bytes& body, const std::string& key) {
    http::Request request{"POST", "", "", {}, body, {}, {}};
    request.headers.add("Content-Type", "application/fhir+json");
    request.headers.add("Idempotency-Key", key);
    return client.exchange(request, "/fhir", Clock::now() + 30s).status == 202;
}

Measured closedLoop(const World& world, const Settings& settings, const Bytes& body) {
    Measured all;
    std::mutex mutex;
    std::vector<std::thread> senders;
    const auto begun = Clock::now() + std::chrono::seconds(settings.warmUp);
    const auto end = begun + std::chrono::seconds(settings.seconds);
    for (int i = 0; i < settings.connections; ++i)
        senders.emplace_back([&, i] {
            http::Client client = world.client();
            Measured own;
            for (int n = 0; Clock::now() < end; ++n) {
                const auto sent = Clock::now();
                const bool taken = send(client, body, std::to_string(i) + "-" + std::to_string(n));
                if (sent < begun) continue;
                own.milliseconds.push_back(millisecondsSince(sent));
                own.failed += taken ? 0 : 1;
            }
            const std::lock_guard lock(mutex);
            all.milliseconds.insert(all.milliseconds.end(), own.milliseconds.begin(),
                                    own.milliseconds.end());
            all.failed += own.failed;
        });
    for (std::thread& sender : senders) sender.join();
    all.seconds = millisecondsSince(begun) / 1000;
    return all;
}

/// Connection, both certificates, one durable answer.
Measured handshakes(const World& world, const Settings& settings, const Bytes& body) {
    Measured all;
    for (int i = 0; i < settings.handshakes; ++i) {
        http::Client client = world.client();
        const auto begun = Clock::now();
        if (!send(client, body, "h-" + std::to_string(i))) ++all.failed;
        all.milliseconds.push_back(millisecondsSince(begun));
    }
    return all;
}

Settings read(int count, char** words) {
    Settings settings;
    const std::pair<const char*, int*> known[] = {
        {"--connections", &settings.connections}, {"--seconds", &settings.seconds},
        {"--warm-up", &settings.warmUp},          {"--bytes", &settings.bytes},
        {"--handshakes", &settings.handshakes},   {"--translators", &settings.translators},
        {"--waiting", &settings.waiting}};
    for (int i = 1; i + 1 < count; i += 2)
        for (const auto& [name, value] : known)
            if (std::strcmp(words[i], name) == 0) *value = std::atoi(words[i + 1]);
    return settings;
}

}  // namespace

int main(int count, char** words) {
    Settings settings = read(count, words);
    if (settings.waiting > 0 && settings.translators == 0) settings.translators = 2;
    World world(settings);
    if (settings.waiting > 0) return measureMailbox(world, settings);
    const Bytes body(plan(settings.bytes));
    std::printf(
        "transactions of %zu bytes, HTTPS with client certificates, %d connections, %d s "
        "after %d s, %d translators\n",
        body.size(), settings.connections, settings.seconds, settings.warmUp, settings.translators);
    Measured kept = closedLoop(world, settings, body);
    std::printf(
        "keep-alive, durable 202     %8.0f/s   ms p50 %.2f  p95 %.2f  p99 %.2f   failed %llu\n",
        static_cast<double>(kept.milliseconds.size()) / kept.seconds, at(kept.milliseconds, 0.5),
        at(kept.milliseconds, 0.95), at(kept.milliseconds, 0.99),
        static_cast<unsigned long long>(kept.failed));
    Measured fresh = handshakes(world, settings, body);
    std::printf(
        "handshake and first answer            ms p50 %.2f  p95 %.2f  p99 %.2f   failed %llu\n",
        at(fresh.milliseconds, 0.5), at(fresh.milliseconds, 0.95), at(fresh.milliseconds, 0.99),
        static_cast<unsigned long long>(fresh.failed));
    return kept.failed + fresh.failed == 0 ? 0 : 1;
}
