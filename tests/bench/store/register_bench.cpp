/// What a full register costs: accepting and translating plans with few and with many of them in
/// the register, and each of its reads. Usage: register_bench [FOLDER] [PLANS] [MESSAGES]
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

#include "measure.h"
#include "store/sqlite_store.h"

namespace {

using namespace gateway;
using namespace store_bench;

constexpr int kNetworks = 40, kCoordinators = 1'000, kPartners = 3;

std::string keyOf(std::size_t plan) {
    return "network-" + std::to_string(plan % kNetworks) + "/2025-" + std::to_string(plan);
}

/// As large as the entry of a plan with a team of ten.
RegisterEntry entryOf(std::size_t plan) {
    const std::string number = std::to_string(plan);
    RegisterEntry entry;
    entry.key = keyOf(plan);
    entry.network = "network-" + std::to_string(plan % kNetworks);
    entry.edition = "1";
    entry.state = "open";
    entry.subjects = {"urn:oid:1.2.250|" + number, "urn:oid:1.2.251|" + number};
    entry.labels = {"coordinator|" + std::to_string(plan % kCoordinators), "open|" + entry.network,
                    "sector|" + entry.network + "|north", "traits|" + number};
    entry.facts = {
        {"number", number},  {"patient", "local " + number}, {"coordinator", "Anne Essai"},
        {"sector", "north"}, {"opened", "2025-03-18"},       {"review", "2025-06-18"},
        {"gp", "partner-0"}};
    for (int member = 0; member < 10; ++member)
        entry.facts.emplace_back("member",
                                 "partner-" + std::to_string(member) + " 2025-03-18 2026-03-18");
    entry.due = currentTime() + Milliseconds(90LL * 86'400'000);
    entry.dueReason = "review";
    return entry;
}

Incoming message(std::size_t plan, const Bytes& body) {
    static std::atomic<std::size_t> number{0};
    const std::string id = std::to_string(number++);
    Incoming in;
    in.source = "bench";
    in.codec = "lines";
    in.body = body;
    in.facts.set("plan", std::to_string(plan));
    in.received = currentTime();
    in.type = "note";
    in.orderKeys = {keyOf(plan)};
    in.subjects = {"subject/" + std::to_string(plan)};
    in.repeatKey = "bench sender " + id;
    in.content = std::string(32 - id.size(), '0') + id;
    return in;
}

void fill(Store& store, std::size_t from, std::size_t until) {
    for (std::size_t plan = from; plan < until;) {
        std::vector<Incoming> batch;
        for (; plan < until && batch.size() < 256; ++plan) {
            batch.push_back(message(plan, Bytes::copy("x")));
            batch.back().changes = {{entryOf(plan), 1, 0}};
        }
        store.put(batch);
        for (std::size_t done = 0; done < batch.size();) {
            std::vector<Translation> results;
            for (const MessageClaim& claim : store.claimMessages(256, {})) {
                results.push_back({});
                results.back().id = claim.id;
                results.back().epoch = claim.epoch;
            }
            store.translated(results);
            done += results.size();
        }
    }
}

void accept(Store& store, const std::vector<std::size_t>& plans, const Bytes& body) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> producers;
    for (int t = 0; t < 32; ++t)
        producers.emplace_back([&] {
            for (std::size_t i; (i = next++) < plans.size();)
                store.put(std::vector{message(plans[i], body)});
        });
    for (auto& producer : producers) producer.join();
}

/// What a policy asks of the register before it decides.
RegisterChange decide(const Register& known, std::size_t plan) {
    RegisterChange change;
    change.entry = entryOf(plan);
    const auto entry = known.find(change.entry.key);
    change.expected = entry ? entry->revision : 0;
    change.order = static_cast<std::int64_t>(*change.expected);
    known.receipts(change.entry.key);
    for (const std::string& subject : change.entry.subjects) known.known(subject, 10);
    known.known(change.entry.labels.back(), 10);
    return change;
}

std::size_t translateSome(Store& store, bool asPlans) {
    const auto claims = store.claimMessages(64, {});
    auto ids = store.reserve(claims.size() * kPartners);
    std::vector<Translation> batch(claims.size());
    for (std::size_t i = 0; i < claims.size(); ++i) {
        batch[i].id = claims[i].id;
        batch[i].epoch = claims[i].epoch;
        batch[i].configVersion = "v1";
        const std::size_t plan = std::strtoull(claims[i].facts.get("plan").data(), nullptr, 10);
        if (asPlans) batch[i].changes = {decide(store.plans(), plan)};
        for (int to = 0; to < kPartners; ++to) {
            auto& delivery = batch[i].deliveries.emplace_back();
            delivery.id = delivery.controlId = ids.back();
            ids.pop_back();
            delivery.partner = "partner-" + std::to_string(to);
            delivery.destination = delivery.partner + "/plans";
            delivery.lane = keyOf(plan);
            delivery.body = claims[i].body;
            if (asPlans) delivery.plan = keyOf(plan);
            if (asPlans) delivery.edition = "1";
        }
    }
    if (!batch.empty()) store.translated(batch);
    return batch.size();
}

void deliverAll(Store& store) {
    for (int to = 0; to < kPartners; ++to)
        for (;;) {
            std::vector<ClaimId> ids;
            std::vector<Outcome> outcomes;
            const std::string end = "partner-" + std::to_string(to) + "/plans";
            for (const auto& lane : store.claimLanes(end, 64, 4, {}))
                for (const auto& claim : lane.deliveries) {
                    ids.push_back({claim.id, claim.epoch});
                    Outcome& outcome = outcomes.emplace_back();
                    outcome.id = claim.id;
                    outcome.epoch = claim.epoch;
                }
            if (ids.empty()) break;
            store.inflight(ids);
            store.settle(outcomes);
        }
}

void phase(Store& store, const std::string& what, const std::vector<std::size_t>& plans,
           const Bytes& body, bool asPlans = true) {
    {
        const Measure measure;
        accept(store, plans, body);
        measure.print(("accept, " + what).c_str(), plans.size());
    }
    {
        const Measure measure;
        for (std::size_t done = 0; done < plans.size();) done += translateSome(store, asPlans);
        measure.print(("translate, " + what).c_str(), plans.size());
    }
    {
        const Measure measure;
        deliverAll(store);
        measure.print(("deliver to 3, " + what).c_str(), plans.size() * kPartners);
    }
}

/// `count` numbers from `from` on of so many, in no order.
std::vector<std::size_t> some(std::size_t from, std::size_t of, std::size_t count) {
    std::vector<std::size_t> plans;
    for (std::size_t i = 0; i < count; ++i) plans.push_back(from + i * 7'919 % of);
    return plans;
}

void read(const char* what, std::size_t times, const std::function<std::size_t(std::size_t)>& one) {
    std::size_t found = 0;
    const double cpu = cpuSeconds();
    const auto start = Clock::now();
    for (std::size_t i = 0; i < times; ++i) found += one(i);
    const double each = 1e6 / static_cast<double>(times);
    std::printf("%-46s %8.1f us CPU, %8.1f us  (%.1f found)\n", what, (cpuSeconds() - cpu) * each,
                seconds(start) * each, static_cast<double>(found) / static_cast<double>(times));
    std::fflush(stdout);
}

void reads(const Register& known, std::size_t plans) {
    const auto at = [&](std::size_t i) { return i * 7'919 % plans; };
    read("find()", 20'000,
         [&](std::size_t i) { return known.find(keyOf(at(i))).has_value() ? 1u : 0u; });
    read("find() of what is not there", 20'000,
         [&](std::size_t i) { return known.find("other/" + keyOf(at(i))).has_value() ? 1u : 0u; });
    read("known() by an identifier", 20'000, [&](std::size_t i) {
        return known.known("urn:oid:1.2.250|" + std::to_string(at(i)), 10).size();
    });
    read("known(): nobody", 20'000, [&](std::size_t i) {
        return known.known("urn:oid:1.2.999|" + std::to_string(at(i)), 10).size();
    });
    read("known() by coordinator, at most 130", 500, [&](std::size_t i) {
        return known.known("coordinator|" + std::to_string(i % kCoordinators), 130).size();
    });
    read("ofNetwork(), a page of 100 from the middle", 500, [&](std::size_t i) {
        return known.ofNetwork("network-" + std::to_string(i % kNetworks), 100, keyOf(at(i)))
            .size();
    });
    read("dueBefore(), the next 100", 500, [&](std::size_t) {
        return known.dueBefore(currentTime() + Milliseconds(91LL * 86'400'000), 100).size();
    });
    read("dueBefore(), none", 20'000,
         [&](std::size_t) { return known.dueBefore(currentTime(), 100).size(); });
    read("receipts()", 20'000, [&](std::size_t i) { return known.receipts(keyOf(at(i))).size(); });
    read("waiting()", 20'000, [&](std::size_t i) { return known.waiting(keyOf(at(i))).size(); });
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "register_bench.tmp";
    const std::size_t plans = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
    const std::size_t count = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 10'000;
    std::filesystem::create_directories(folder);
    const Bytes body = Bytes::copy(std::string(1024, 'x'));
    const auto open = [&](const char* name) {
        SqliteOptions options;
        options.path = folder + "/" + name;
        return openSqliteStore(options, nullptr);
    };
    std::printf(
        "bodies of 1 KB, 3 deliveries each, entries with 17 facts, 2 subjects, 4 labels;"
        " every call durable\n");
    {
        const auto store = open("empty.db");
        phase(*store, "no plan", some(0, count, count), body, false);
        phase(*store, "new plans, empty register", some(0, count, count), body);
        phase(*store, "editions, small register", some(0, count, count), body);
    }
    auto store = open("full.db");
    {
        const Measure measure;
        fill(*store, 0, plans);
        measure.print("plans put into the register", plans);
    }
    phase(*store, "no plan, full register", some(0, count, count), body, false);
    phase(*store, "new plans, full register", some(plans, count, count), body);
    phase(*store, "editions, full register", some(0, plans, count), body);
    reads(store->plans(), plans);
    store.reset();
    std::filesystem::remove_all(folder);
    return 0;
}
