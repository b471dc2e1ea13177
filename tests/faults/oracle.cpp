#include "oracle.h"

#include <algorithm>
#include <charconv>

namespace faults {

bool leaks(std::string_view text) {
    return text.find(kPlantedName) != text.npos || text.find(kPlantedIns) != text.npos;
}

std::string Numbered::id() const {
    return "L" + std::to_string(lane) + "N" + std::to_string(serial);
}

bool Numbered::read(std::string_view id, Numbered& into) {
    const std::size_t at = id.find('N');
    if (!id.starts_with('L') || at == id.npos) return false;
    const char* const end = id.data() + id.size();
    return std::from_chars(id.data() + 1, id.data() + at, into.lane).ptr == id.data() + at &&
           std::from_chars(id.data() + at + 1, end, into.serial).ptr == end;
}

std::string admissionOf(const Numbered& one, std::size_t bytes) {
    std::string text =
        "MSH|^~\\&|FAULTS|CH_EXEMPLE|PASSERELLE|RESEAU|20260301101500||"
        "ADT^A01^ADT_A01|" +
        one.id() + "|T|2.5|||||FRA|UNICODE UTF-8\rEVN||20260301101500\rPID|1||" +
        std::to_string(100000 + one.lane) + "^^^CH_EXEMPLE^PI~";
    text.append(kPlantedIns).append("^^^INS^NH||").append(kPlantedName);
    text += "^Prénom^^^^^L||19500101|F\rPV1|1|I\rNTE|1||";
    std::uint32_t noise = static_cast<std::uint32_t>(one.lane * 7919 + one.serial);
    while (text.size() + 1 < bytes) {
        noise = noise * 1664525u + 1013904223u;
        text += static_cast<char>('a' + (noise >> 24) % 26);
    }
    return text + "\r";
}

std::string controlIdOf(std::string_view message) {
    std::size_t at = 0;
    for (int field = 0; field < 9 && at != message.npos; ++field) at = message.find('|', at + 1);
    if (at == message.npos) return {};
    return std::string(message.substr(at + 1, message.find_first_of("|\r", at + 1) - at - 1));
}

void Oracle::sent(const std::string& id, std::string_view body) {
    const std::lock_guard lock(mutex_);
    sent_[id] = {std::hash<std::string_view>()(body), Clock::now()};
}

void Oracle::acknowledged(const std::string& id) {
    const std::lock_guard lock(mutex_);
    Message& message = sent_.at(id);
    if (message.acknowledged) return;
    message.acknowledged = true;
    ++acknowledged_;
    for (Arrived& at : arrivals_) at.awaited += at.times.contains(id) ? 1 : 0;
}

std::set<std::string> Oracle::allAcknowledged() const {
    const std::lock_guard lock(mutex_);
    std::set<std::string> ids;
    for (const auto& [id, message] : sent_)
        if (message.acknowledged) ids.insert(id);
    return ids;
}

void Oracle::onlyAcknowledged(const std::set<std::string>& ids) {
    const std::lock_guard lock(mutex_);
    acknowledged_ = 0;
    for (Arrived& at : arrivals_) at.awaited = 0;
    for (auto& [id, message] : sent_) {
        message.acknowledged = ids.contains(id);
        if (!message.acknowledged) continue;
        ++acknowledged_;
        for (Arrived& at : arrivals_) at.awaited += at.times.contains(id) ? 1 : 0;
    }
}

void Oracle::arrived(std::size_t partner, std::string_view id, std::string_view body) {
    const std::lock_guard lock(mutex_);
    Arrived& at = arrivals_.at(partner);
    const std::string key(id);
    const auto known = sent_.find(key);
    Numbered one;
    if (known == sent_.end() || !Numbered::read(id, one) ||
        known->second.hash != std::hash<std::string_view>()(body)) {
        ++at.altered;
        at.example = key;
        return;
    }
    if (++at.times[key] > 1) {
        ++at.duplicates;
        return;
    }
    at.awaited += known->second.acknowledged ? 1 : 0;
    if (partner > 0)
        latencies_.push_back(
            std::chrono::duration<double, std::milli>(Clock::now() - known->second.sent).count());
    const auto [newest, first] = at.newest.emplace(one.lane, one.serial);
    if (!first && newest->second > one.serial) {
        ++at.disorder;
        at.example = key;
    }
    newest->second = std::max(newest->second, one.serial);
}

std::uint64_t Oracle::acknowledged() const {
    const std::lock_guard lock(mutex_);
    return acknowledged_;
}

std::uint64_t Oracle::arrived() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t all = 0;
    for (const Arrived& at : arrivals_) all += at.times.size();
    return all;
}

std::uint64_t Oracle::missing(std::size_t without) const {
    const std::lock_guard lock(mutex_);
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < arrivals_.size(); ++i)
        if (i != without) all += acknowledged_ - arrivals_[i].awaited;
    return all;
}

std::vector<double> Oracle::latencies() {
    const std::lock_guard lock(mutex_);
    std::vector<double> all;
    all.swap(latencies_);
    std::sort(all.begin(), all.end());
    return all;
}

Verdict Oracle::judge(std::size_t without) const {
    const std::lock_guard lock(mutex_);
    Verdict verdict;
    verdict.acknowledged = acknowledged_;
    for (std::size_t i = 0; i < arrivals_.size(); ++i) {
        const Arrived& at = arrivals_[i];
        verdict.arrived += at.times.size();
        verdict.disorder += at.disorder;
        verdict.altered += at.altered;
        verdict.duplicates += at.duplicates;
        if (!at.example.empty()) verdict.example = at.example;
        if (i == without) continue;
        for (const auto& [id, message] : sent_) {
            if (!message.acknowledged || at.times.contains(id)) continue;
            ++verdict.lost;
            verdict.example = id;
        }
    }
    return verdict;
}

}  // namespace faults
