#include "shelf.h"

#include <stdexcept>

namespace support {
using namespace gateway;
namespace fact = care_circle::fact;
namespace label = care_circle::label;

void Shelf::put(Entry entry) {
    const bool isOpen = care_circle::isOpen(entry.state);
    std::vector<std::string> labels = entry.labels;
    const std::string network = entry.network, review(entry.fact(fact::kReview));
    labels.push_back(label::coordinator(network, entry.fact(fact::kCoordinatorId)));
    labels.push_back(label::sector(network, entry.fact(fact::kSector)));
    if (isOpen) labels.push_back(label::open(network));
    if (isOpen && !review.empty()) labels.push_back(label::review(review.substr(0, 7)));
    for (const std::string& one : labels) byLabel_[one].insert(entry.key);
    entries_[entry.key] = std::move(entry);
}

std::optional<Shelf::Entry> Shelf::find(std::string_view key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return {};
    return found->second;
}

std::vector<RegisterReceipt> Shelf::receipts(std::string_view key) const {
    const auto found = given.find(key);
    return found == given.end() ? std::vector<RegisterReceipt>() : found->second;
}

std::vector<Register::Waiting> Shelf::waiting(std::string_view key) const {
    const auto found = open.find(key);
    return found == open.end() ? std::vector<Waiting>() : found->second;
}

std::vector<Shelf::Entry> Shelf::known(std::string_view label, std::size_t most,
                                       std::string_view after) const {
    std::vector<Entry> some;
    const auto found = byLabel_.find(label);
    if (found == byLabel_.end()) return some;
    const std::set<std::string>& keys = found->second;
    for (auto key = keys.upper_bound(std::string(after)); key != keys.end() && some.size() < most;
         ++key)
        some.push_back(entries_.at(*key));
    read += some.size();
    return some;
}

std::vector<Shelf::Entry> Shelf::ofNetwork(std::string_view network, std::size_t most,
                                           std::string_view after) const {
    std::vector<Entry> some;
    for (auto entry = entries_.upper_bound(after); entry != entries_.end() && some.size() < most;
         ++entry)
        if (network.empty() || entry->second.network == network) some.push_back(entry->second);
    read += some.size();
    return some;
}

RegisterEntry plan(const std::string& network, const std::string& number,
                   std::vector<std::pair<std::string_view, std::string>> facts,
                   const std::string& state) {
    RegisterEntry entry;
    entry.key = care_circle::planKey(network, number);
    entry.network = network;
    entry.edition = "2";
    entry.state = state;
    entry.message = "M-" + number;
    entry.changed = timeFromText("2026-03-18T09:42:10.000Z");
    std::map<std::string, std::string> all{
        {"number", number}, {"coordinator", "FICTIVE Anne"}, {"coordinator-id", "c1"},
        {"sector", "Nord"}, {"opened", "2026-01-12"},        {"review", "2026-04-12"}};
    for (const auto& [name, value] : facts)
        if (name == fact::kApproach)
            entry.facts.emplace_back(name, value);
        else
            all[std::string(name)] = value;
    for (const auto& [name, value] : all)
        if (!value.empty()) entry.facts.emplace_back(name, value);
    return entry;
}

TwoPartners::TwoPartners()
    : partners_{{"gp", "gp", "Cabinet Exemple", {}, {}, {"plans"}},
                {"had", "had", "HAD Exemple", {}, {}, {"plans"}}} {}

const Partner* TwoPartners::find(std::string_view name) const {
    for (const Partner& partner : partners_)
        if (partner.name == name) return &partner;
    return nullptr;
}

std::optional<MessageView> Counter::message(std::string_view id) const {
    const auto found = messages.find(id);
    if (found == messages.end()) return {};
    return found->second;
}

std::string Counter::ask(const std::string&, std::string_view question, const Asked& words) {
    asked.push_back(words);
    std::optional<std::string> answer = policy_.answer(question, words, *this);
    if (!answer) throw std::runtime_error("nobody answers " + std::string(question));
    return *std::move(answer);
}

std::optional<std::string> Counter::line(const Reason& prompt, bool) {
    prompts.push_back(prompt.in(language_));
    if (typed.empty()) return {};
    std::string next = std::move(typed.front());
    typed.pop_front();
    return next;
}

namespace {
[[noreturn]] void none() { throw std::logic_error("these commands use no codec and no map"); }
}  // namespace

CommandHost::Chosen Counter::codec(const std::string&) { none(); }
CommandHost::Chosen Counter::codecOf(const Bytes&, const std::string&) { none(); }
CommandHost::Chosen Counter::codecFor(Node) { none(); }
Bytes Counter::read(const std::string&) { none(); }
const std::vector<const Model*>& Counter::models() { none(); }
const MapLanguage& Counter::language() { none(); }

}  // namespace support
