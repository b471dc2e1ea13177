#include "plan/recipients.h"

#include <algorithm>

namespace care_circle {
using namespace gateway;

const Reason kRefused{"left out: the person refused this recipient",
                      "écarté : la personne a refusé ce destinataire"};

bool isNetwork(const Partner& partner) { return partner.category == "network"; }

bool hasLeft(const std::vector<Membership>& members, std::string_view partner) {
    return std::any_of(members.begin(), members.end(), [&](const Membership& one) {
        return one.partner == partner && one.hasLeft();
    });
}

const Alias* aliasOf(const Member& member, const Edition& edition) {
    const Aliases& aliases = edition.question.rules.aliases;
    const std::string_view network = edition.question.network();
    for (const auto& [scheme, value] : member.identifiers)
        if (const Alias* const alias = aliases.find(network, scheme + "|" + value)) return alias;
    for (const std::string& words : {member.personName, member.structureName})
        if (!words.empty())
            if (const Alias* const alias = aliases.find(network, words)) return alias;
    return nullptr;
}

const Partner* reachedAs(const Member& member, const Edition& edition) {
    if (const Partner* const partner = partnerOf(member, edition.question.partners)) return partner;
    const Alias* const alias = aliasOf(member, edition);
    return alias ? edition.question.partners.find(alias->partner) : nullptr;
}

std::string rowName(const Member& member) {
    if (member.identifiers.empty()) return {};
    for (const std::string_view scheme : {"rpps", "finess", "https://sirene.fr", "mss"})
        for (const auto& [known, value] : member.identifiers)
            if (known == scheme) return known + "|" + value;
    return member.identifiers.front().first + "|" + member.identifiers.front().second;
}

std::string rowWords(const Member& member) {
    const std::string name = rowName(member);
    const bool national = name.starts_with("rpps|") || name.starts_with("finess|") ||
                          name.starts_with("https://sirene.fr|") || name.starts_with("mss|");
    if (national) return name;
    if (!member.personName.empty()) return member.personName;
    return member.structureName.empty() ? name : member.structureName;
}

}  // namespace care_circle
