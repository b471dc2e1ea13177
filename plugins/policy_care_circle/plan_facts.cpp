#include "plan_facts.h"

namespace care_circle {
namespace {
using gateway::RegisterEntry;

/// Values with '|' between them; a '|' or '\' of a value has a '\' before it.
std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        if (&value != &values.front()) text += '|';
        for (const char c : value) {
            if (c == '|' || c == '\\') text += '\\';
            text += c;
        }
    }
    return text;
}

std::vector<std::string> parted(std::string_view text) {
    std::vector<std::string> values(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '|')
            values.emplace_back();
        else
            values.back() += text[i] == '\\' && i + 1 < text.size() ? text[++i] : text[i];
    }
    return values;
}

template <class T>
std::vector<T> readAll(const RegisterEntry& entry, std::string_view name,
                       std::optional<T> (*read)(std::string_view)) {
    std::vector<T> all;
    for (const std::string_view value : factsOf(entry, name))
        if (std::optional<T> one = read(value)) all.push_back(*std::move(one));
    return all;
}

}  // namespace

namespace label {

std::string coordinator(std::string_view network, std::string_view id) {
    return joined({"coordinator", std::string(network), std::string(id)});
}
std::string sector(std::string_view network, std::string_view name) {
    return joined({"sector", std::string(network), std::string(name)});
}
std::string open(std::string_view network) { return joined({"open", std::string(network)}); }
std::string review(std::string_view month) { return joined({"review", std::string(month)}); }
std::string named(std::string_view family, std::string_view born) {
    return joined({"named", std::string(family), std::string(born)});
}
std::string traits(const std::vector<std::string>& traits) { return "traits|" + joined(traits); }
std::string identifier(std::string_view system, std::string_view number) {
    return std::string(system) + "|" + std::string(number);
}
std::string ins(std::string_view oid, std::string_view number) {
    return joined({"ins", std::string(oid), std::string(number)});
}

}  // namespace label

std::string planKey(std::string_view network, std::string_view number) {
    return std::string(network) + "/" + std::string(number);
}

bool isOpen(std::string_view state) {
    return state == "draft" || state == "active" || state == "on-hold";
}

std::string written(const Membership& member) {
    return joined({member.partner, member.since, member.until, member.ended});
}

std::string written(const Approach& one) {
    return joined({one.code, one.carer ? "carer" : "person", one.planned, one.done, one.unitCost,
                   one.payer, one.rest, one.evaluated ? "evaluated" : "", one.asked,
                   joined(one.dates)});
}

std::string written(const ComingSession& one) {
    return joined({one.url, one.id, one.from, one.to, one.what, one.action, one.actionId,
                   one.carer ? "carer" : "person", one.gone});
}

std::optional<Membership> membership(std::string_view fact) {
    const std::vector<std::string> parts = parted(fact);
    if (parts.size() != 4) return {};
    return Membership{parts[0], parts[1], parts[2], parts[3]};
}

std::optional<Approach> approach(std::string_view fact) {
    const std::vector<std::string> parts = parted(fact);
    if (parts.size() != 10) return {};
    Approach one{parts[0], parts[1] == "carer",     parts[2], parts[3], parts[4], parts[5],
                 parts[6], parts[7] == "evaluated", parts[8], {}};
    if (!parts[9].empty()) one.dates = parted(parts[9]);
    return one;
}

std::optional<ComingSession> comingSession(std::string_view fact) {
    const std::vector<std::string> parts = parted(fact);
    if (parts.size() != 9) return {};
    return ComingSession{parts[0], parts[1], parts[2], parts[3],
                         parts[4], parts[5], parts[6], parts[7] == "carer",
                         parts[8]};
}

std::vector<std::string_view> factsOf(const RegisterEntry& entry, std::string_view name) {
    std::vector<std::string_view> all;
    for (const auto& [known, value] : entry.facts)
        if (known == name) all.push_back(value);
    return all;
}

std::vector<Membership> membersOf(const RegisterEntry& entry) {
    return readAll<Membership>(entry, fact::kMember, membership);
}

std::vector<Approach> approachesOf(const RegisterEntry& entry) {
    return readAll<Approach>(entry, fact::kApproach, approach);
}

std::vector<ComingSession> sessionsOf(const RegisterEntry& entry) {
    return readAll<ComingSession>(entry, fact::kSession, comingSession);
}

}  // namespace care_circle
