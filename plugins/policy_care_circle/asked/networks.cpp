#include "asked/networks.h"

#include <algorithm>

#include "gateway/error.h"

namespace care_circle {
using namespace gateway;

bool isPlanKey(std::string_view key) {
    const std::size_t end = key.find_first_of("/:");
    return end != key.npos && key[end] == '/';
}

std::string_view networkOf(std::string_view planKey) {
    return planKey.substr(0, planKey.find('/'));
}

std::string beforeNetwork(std::string_view network) { return std::string(network) + "/"; }

std::string behindNetwork(std::string_view network) {
    return std::string(network) + static_cast<char>('/' + 1);
}

void demandNetwork(std::string_view network, const std::vector<std::string>& networks) {
    if (network.empty() || std::find(networks.begin(), networks.end(), network) != networks.end())
        return;
    std::string all;
    for (const std::string& one : networks) all += (all.empty() ? "" : ", ") + one;
    throw Error(Fault::rejected, "network",
                say("no plan of a network of that name is known, expected one of: {0}",
                    "aucun plan connu d'un réseau de ce nom, attendu l'un de : {0}",
                    {all.empty() ? std::string("-") : all}));
}

std::vector<std::string> networksOf(const Register& plans) {
    std::vector<std::string> names;
    std::string after;
    for (;;) {
        const std::vector<RegisterEntry> first = plans.ofNetwork({}, 1, after);
        if (first.empty()) return names;
        const std::string& key = first.front().key;
        after = key.substr(0, key.find_first_of("/:"));
        if (isPlanKey(key)) {
            names.push_back(after);
            after += static_cast<char>('/' + 1);
        } else {
            after += static_cast<char>(':' + 1);
        }
    }
}

}  // namespace care_circle
