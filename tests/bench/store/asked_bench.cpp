/// How long `plans list`, `where` and `indicators` take to answer with many plans in the register.
/// Usage: asked_bench [FOLDER] [PLANS]
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "plan_facts.h"
#include "store/sqlite_store.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
namespace fact = care_circle::fact;
namespace label = care_circle::label;

constexpr std::size_t kNetworks = 40, kActiveFile = 125;

RegisterEntry entryOf(std::size_t plan) {
    const std::string number = "2025-" + std::to_string(plan);
    const std::string network = "network-" + std::to_string(plan % kNetworks);
    const std::string coordinator = "c" + std::to_string(plan / kNetworks / kActiveFile);
    const std::string month = "2026-" + std::string(plan % 3 ? "12" : "11");
    RegisterEntry entry;
    entry.key = care_circle::planKey(network, number);
    entry.network = network;
    entry.edition = "1";
    entry.state = "active";
    entry.subjects = {"urn:oid:1.2.250|" + number};
    entry.labels = {label::coordinator(network, coordinator), label::sector(network, "Nord"),
                    label::open(network), label::review(month),
                    label::named("INVENTEE-" + number, "1948-05-17")};
    entry.facts = {{std::string(fact::kNumber), number},
                   {std::string(fact::kCoordinator), "FICTIVE Anne"},
                   {std::string(fact::kCoordinatorId), coordinator},
                   {std::string(fact::kSector), "Nord"},
                   {std::string(fact::kOpened), "2026-01-12"},
                   {std::string(fact::kReview), month + "-15"}};
    for (int i = 0; i < 10; ++i)
        entry.facts.emplace_back(fact::kMember, "partner-" + std::to_string(i) + "|2026-01-12||");
    return entry;
}

void fill(Store& store, std::size_t plans) {
    for (std::size_t plan = 0; plan < plans;) {
        std::vector<Incoming> batch;
        for (; plan < plans && batch.size() < 512; ++plan) {
            Incoming& in = batch.emplace_back();
            in.source = "bench";
            in.codec = "lines";
            in.body = Bytes::copy("x");
            in.received = currentTime();
            in.orderKeys = {std::to_string(plan)};
            in.content = std::string(32, 'c');
            in.changes = {{entryOf(plan), 1, 0}};
        }
        store.put(batch);
    }
}

class Nobody final : public Directory {
public:
    const Partner* find(std::string_view) const override { return nullptr; }
    const Partner* byIdentifier(std::string_view, std::string_view) const override {
        return nullptr;
    }
    const std::vector<Partner>& all() const override { return none_; }

private:
    std::vector<Partner> none_;
};

class Looking final : public Answering {
public:
    explicit Looking(Store& store) : store_(store) {}
    const Register& plans() const override { return store_.plans(); }
    const Directory& directory() const override { return nobody_; }
    std::optional<MessageView> message(std::string_view id) const override {
        return store_.show(id);
    }
    Time now() const override { return currentTime(); }

private:
    Store& store_;
    const Nobody nobody_;
};

/// The middle one of eleven.
double milliseconds(const Policy& policy, const std::string& question, const Asked& asked,
                    const Answering& with) {
    std::vector<double> times;
    for (int i = 0; i < 11; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        policy.answer(question, asked, with);
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                .count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path folder = argc > 1 ? argv[1] : "asked_bench.tmp";
    const std::size_t plans = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    {
        SqliteOptions options;
        options.path = (folder / "bench.db").string();
        const std::unique_ptr<Store> opened = openSqliteStore(options, nullptr);
        Store& store = *opened;
        fill(store, plans);
        support::Plugins plugins({"policy_care_circle"});
        const std::unique_ptr<Policy> policy = plugins.policy("care_circle");
        const Looking with(store);
        const std::string number = "2025-" + std::to_string(plans / 2);
        const std::pair<std::string, Asked> questions[] = {
            {"where", {{"who", number}, {"why", "bench"}}},
            {"where", {{"name", "Inventée-" + number}, {"born", "17/05/1948"}, {"why", "bench"}}},
            {"plans", {}},
            {"plans", {{"network", "network-7"}}},
            {"plans", {{"coordinator", "c3"}, {"network", "network-7"}}},
            {"plans", {{"due", "30"}}},
            {"plans", {{"due", "overdue"}, {"network", "network-7"}}},
            {"plans", {{"sector", "Nord"}, {"state", "on-hold"}}},
            {"indicators", {{"from", "2026-01-01"}, {"to", "2026-12-31"}}}};
        for (const auto& [question, asked] : questions) {
            std::cout << milliseconds(*policy, question, asked, with) << " ms  " << question;
            for (const auto& [name, value] : asked) std::cout << ' ' << name << '=' << value;
            std::cout << std::endl;
        }
    }
    std::filesystem::remove_all(folder);
}
