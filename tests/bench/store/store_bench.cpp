/// How fast the store takes, hands out, settles and opens: prints one line per measurement, with
/// its settings. Usage: store_bench [FOLDER] [MESSAGES] [WAITING] [GROWING]
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "measure.h"
#include "store/sqlite_store.h"

namespace {

using namespace gateway;
using namespace store_bench;

constexpr int kDestinations = 4;
constexpr int kKeys = 5'000;

Incoming message(std::size_t number, const Bytes& body, std::size_t keys) {
    Incoming in;
    in.source = "bench";
    in.codec = "lines";
    in.body = body;
    in.facts.set("peer", "127.0.0.1:4711");
    in.received = currentTime();
    in.type = "note";
    const std::string text = std::to_string(number);
    in.orderKeys = {"bench/" + std::to_string(number % keys)};
    in.subjects = {"subject/" + std::to_string(number % keys)};
    in.repeatKey = "bench sender " + text;
    in.content = std::string(32 - text.size(), '0') + text;
    return in;
}

void produce(Store& store, std::size_t count, int threads, const Bytes& body, std::size_t keys,
             std::size_t batch = 1, std::size_t first = 0) {
    std::atomic<std::size_t> next{first};
    std::vector<std::thread> producers;
    for (int t = 0; t < threads; ++t)
        producers.emplace_back([&] {
            std::vector<Incoming> some;
            for (;;) {
                const std::size_t from = next.fetch_add(batch);
                if (from >= count) return;
                some.clear();
                for (std::size_t i = from; i < std::min(from + batch, count); ++i)
                    some.push_back(message(i, body, keys));
                store.put(some);
            }
        });
    for (auto& producer : producers) producer.join();
}

std::string endOf(std::size_t number) {
    return "partner/" + std::to_string(number % kDestinations);
}

std::size_t translateSome(Store& store, std::size_t most, Milliseconds wait,
                          std::size_t lanes = kKeys) {
    const auto claims = store.claimMessages(most, {Milliseconds(60'000), wait});
    const auto ids = store.reserve(claims.size());
    std::vector<Translation> batch(claims.size());
    for (std::size_t i = 0; i < claims.size(); ++i) {
        batch[i].id = claims[i].id;
        batch[i].epoch = claims[i].epoch;
        batch[i].configVersion = "v1";
        auto& delivery = batch[i].deliveries.emplace_back();
        delivery.id = delivery.controlId = ids[i];
        delivery.partner = "partner";
        delivery.destination = endOf(std::hash<std::string>()(claims[i].id));
        delivery.mediaType = "text/plain";
        delivery.extension = "txt";
        delivery.lane = claims[i].facts.get("peer");
        delivery.lane += std::to_string(std::hash<std::string>()(claims[i].id) % lanes);
        delivery.body = claims[i].body;
    }
    if (!batch.empty()) store.translated(batch);
    return batch.size();
}

std::size_t deliverSome(Store& store, std::size_t end, std::size_t lanes, Milliseconds wait) {
    std::vector<ClaimId> ids;
    std::vector<Outcome> outcomes;
    for (const auto& lane : store.claimLanes(endOf(end), lanes, 16, {Milliseconds(60'000), wait}))
        for (const auto& claim : lane.deliveries) {
            ids.push_back({claim.id, claim.epoch});
            Outcome& outcome = outcomes.emplace_back();
            outcome.id = claim.id;
            outcome.epoch = claim.epoch;
            outcome.answer = Answer{Bytes::copy(std::string(120, 'a')), "AA"};
        }
    if (ids.empty()) return 0;
    store.inflight(ids);
    store.settle(outcomes);
    return ids.size();
}

void phases(Store& store, std::size_t count, const Bytes& body) {
    {
        const Measure measure;
        produce(store, count, 32, body, kKeys);
        measure.print("put, 32 producers, batches of 1", count);
    }
    {
        const Measure measure;
        std::size_t done = 0;
        while (done < count) done += translateSome(store, 64, {});
        measure.print("claim + translated, 1 thread, 64 at once", count);
    }
    {
        const Measure measure;
        std::atomic<std::size_t> done{0};
        std::vector<std::thread> workers;
        for (std::size_t end = 0; end < kDestinations; ++end)
            workers.emplace_back([&, end] {
                while (done < count) done += deliverSome(store, end, 16, Milliseconds(5));
            });
        for (auto& worker : workers) worker.join();
        measure.print("claim + inflight + settle, 4 destinations", count);
    }
}

void wholeCycle(Store& store, std::size_t count, const Bytes& body) {
    const Measure measure;
    std::atomic<std::size_t> done{0};
    std::vector<std::thread> workers;
    workers.emplace_back([&] { produce(store, count, 32, body, kKeys); });
    workers.emplace_back([&] {
        while (done < count) translateSome(store, 64, Milliseconds(5));
    });
    for (std::size_t end = 0; end < kDestinations; ++end)
        workers.emplace_back([&, end] {
            while (done < count) done += deliverSome(store, end, 16, Milliseconds(5));
        });
    for (auto& worker : workers) worker.join();
    measure.print("whole cycle, all at once", count);
}

SqliteOptions options(const std::string& folder, const std::string& name) {
    SqliteOptions options;
    options.path = folder + "/" + name;
    return options;
}

void waiting(const std::string& folder, std::size_t count) {
    const auto where = options(folder, "waiting.db");
    {
        const auto store = openSqliteStore(where, nullptr);
        const Measure measure;
        produce(*store, count, 4, Bytes::copy("small"), count, 256);
        measure.print("put, 4 producers, batches of 256, own key each", count);
    }
    {
        const double before = residentMegabytes();
        const Measure measure;
        const auto store = openSqliteStore(where, nullptr);
        measure.print("open with so many messages waiting", count);
        std::printf("%-46s %8.0f MB\n", "memory for them", residentMegabytes() - before);
        for (std::size_t done = 0; done < count;)
            done += translateSome(*store, 256, {}, std::numeric_limits<std::size_t>::max());
    }
    malloc_trim(0);
    const double before = residentMegabytes();
    const Measure measure;
    const auto store = openSqliteStore(where, nullptr);
    measure.print("open with so many deliveries, own lane each", count);
    std::printf("%-46s %8.0f MB\n", "memory for them", residentMegabytes() - before);
    const auto start = Clock::now();
    store->counts();
    std::printf("%-46s %8.0f ms\n", "counts() of them", seconds(start) * 1e3);
}

/// Whether what lies in the store makes the next message dearer: by tenths of what is put.
void growing(const std::string& folder, std::size_t count, const Bytes& body) {
    const auto store = openSqliteStore(options(folder, "growing.db"), nullptr);
    for (std::size_t tenth = 0; tenth < 10; ++tenth) {
        const std::size_t from = count * tenth / 10, until = count * (tenth + 1) / 10;
        const Measure measure;
        produce(*store, until, 32, body, count, 1, from);
        measure.print(("put, " + std::to_string(from) + " waiting").c_str(), until - from);
    }
}

/// How long put() of one message takes, 1,000 a second from 8 producers, while `beside` runs.
void accepting(Store& store, const char* what, const Bytes& body,
               const std::function<void(const std::atomic<bool>&)>& beside) {
    constexpr int kProducers = 8, kEach = 1'000;
    constexpr std::chrono::milliseconds kPace{8};
    std::atomic<bool> ended{false};
    std::thread other([&] { beside(ended); });
    std::vector<std::vector<double>> took(kProducers);
    std::vector<std::thread> producers;
    static std::atomic<std::size_t> number{10'000'000};
    for (auto& mine : took)
        producers.emplace_back([&] {
            auto turn = Clock::now();
            for (int i = 0; i < kEach; ++i) {
                std::this_thread::sleep_until(turn += kPace);
                store.put(std::vector{message(number++, body, kKeys)});
                mine.push_back(seconds(turn) * 1e3);  // from when it was due
            }
        });
    for (auto& producer : producers) producer.join();
    ended = true;
    other.join();
    std::vector<double> all;
    for (const auto& mine : took) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    const auto at = [&](double part) {
        return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))];
    };
    std::printf("%-46s p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest %.1f ms\n", what, at(0.5),
                at(0.99), at(0.999), all.back());
    std::fflush(stdout);
}

/// What retention and a copy cost whoever sends.
void beside(const std::string& folder, std::size_t count, const Bytes& body) {
    const auto store = openSqliteStore(options(folder, "beside.db"), nullptr);
    produce(*store, count, 32, body, kKeys);
    for (std::size_t done = 0; done < count;) done += translateSome(*store, 64, {});
    for (std::size_t end = 0; end < kDestinations; ++end)
        while (deliverSome(*store, end, 64, {}) != 0) {
        }
    const auto nothing = [](const std::atomic<bool>&) {};
    accepting(*store, "accept at 1,000/s", body, nothing);
    accepting(
        *store, "accept at 1,000/s, beside retention", body, [&](const std::atomic<bool>& ended) {
            const std::vector<Keep> keep{{"bench", Milliseconds(1), {}}};
            while (!ended) {
                const auto start = Clock::now();
                if (store->purge(currentTime(), keep, 64) < 64) return;
                std::this_thread::sleep_for(3 * (Clock::now() - start));  // as the gateway does
            }
        });
    accepting(*store, "accept at 1,000/s, beside a backup", body, [&](const std::atomic<bool>&) {
        const auto start = Clock::now();
        store->backup(folder + "/copy.db");
        std::printf("%-46s %8.2f s\n", "the backup took", seconds(start));
    });
    accepting(*store, "accept at 1,000/s, again", body, nothing);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "store_bench.tmp";
    const std::size_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
    const std::size_t many = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1'000'000;
    const std::size_t growth = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 0;
    std::filesystem::create_directories(folder);
    std::printf("bodies of 1 KB, %d order keys, %d destinations; every call durable\n", kKeys,
                kDestinations);
    std::string text(1024, 'x');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
    if (growth != 0) growing(folder, growth, Bytes::copy(text));
    if (count != 0) {
        const auto store = openSqliteStore(options(folder, "phases.db"), nullptr);
        phases(*store, count, Bytes::copy(text));
    }
    if (count != 0) {
        const auto store = openSqliteStore(options(folder, "cycle.db"), nullptr);
        wholeCycle(*store, count, Bytes::copy(text));
    }
    if (count != 0) beside(folder, count, Bytes::copy(text));
    if (many != 0) waiting(folder, many);
    std::filesystem::remove_all(folder);
    return 0;
}
