#include "plan/first_seen.h"

#include <algorithm>

namespace care_circle {
namespace {
using namespace gateway;

constexpr std::size_t kDay = 10;  ///< "2026-03-02"

/// Short, since a plan has dozens: the last 12 digits of a UUID of the name.
std::string keyOf(const std::string& name) { return urnOf(name).substr(33); }

/// Each further one of a name, the second participation of somebody who came back, is another
/// thing.
std::string numbered(std::string_view name, std::map<std::string_view, int>& seen) {
    const int number = ++seen[name];
    return std::string(name) + (number == 1 ? "" : "#" + std::to_string(number));
}

}  // namespace

FirstSeen::FirstSeen(const Edition& edition) : edition_(edition) {
    if (edition.known)
        for (std::string_view line : factsOf(*edition.known, fact::kSeen)) {
            const std::string_view seenOn = line.substr(0, kDay);
            for (std::size_t at = kDay; at < line.size();) {
                const std::size_t end = std::min(line.find(' ', at + 1), line.size());
                before_.emplace(line.substr(at + 1, end - at - 1), seenOn);
                at = end;
            }
        }
    for (const Node team : edition.bundle.all("CareTeam")) participants(team);
    resources("Goal", "start");
    resources("Condition", "recordedDate");
}

const std::string& FirstSeen::day(const std::string& name) {
    const std::string key = keyOf(name);
    const auto known = before_.find(key);
    const std::string_view first =
        known == before_.end() ? edition_.question.today() : std::string_view(known->second);
    return now_.emplace(key, first).first->second;
}

void FirstSeen::participants(Node team) {
    std::map<std::string_view, int> seen;
    for (const Node one : team.children()) {
        if (one.name() != "participant") continue;
        const Node period = one.child("period");
        const std::string& first =
            day(numbered(one.child("member").child("reference").text(), seen));
        // What had ended before it was seen began nobody knows when.
        const std::string_view end = period.child("end").text();
        if (period.child("start") || (!end.empty() && end < first.substr(0, end.size()))) continue;
        undated_.push_back({period ? period : one, period ? "start" : "period", first});
    }
}

void FirstSeen::resources(std::string_view type, std::string_view element) {
    std::map<std::string_view, int> seen;
    for (const Node one : edition_.bundle.all(type)) {
        const std::string& first = day(numbered(one.parent().child("fullUrl").text(), seen));
        if (!one.child(element)) undated_.push_back({one, element, first});
    }
}

std::vector<std::string> FirstSeen::facts() const {
    std::map<std::string, std::string> lines;
    for (const auto& [key, first] : now_)
        lines.try_emplace(first, first).first->second += ' ' + key;
    std::vector<std::string> all;
    for (auto& [first, line] : lines) all.push_back(std::move(line));
    return all;
}

}  // namespace care_circle
