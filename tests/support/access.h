/// @file  The access control of a configuration, for tests of listeners. Its user links
/// gateway_access and gateway_directory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "access/accesses.h"
#include "directory/partner_directory.h"

namespace support {

/// `from:` of sources, by name; an empty one: whoever comes.
using From = std::map<std::string, std::vector<std::string>>;

inline std::shared_ptr<const gateway::Access> accessOf(
    const From& from, std::vector<gateway::Partner> partners = {},
    std::vector<gateway::Endpoint> endpoints = {},
    std::shared_ptr<gateway::TokenReader> tokens = nullptr) {
    std::map<std::string, gateway::Senders> sources;
    for (const auto& [source, names] : from) {
        gateway::Senders& senders = sources[source];
        senders.names = {names.begin(), names.end()};
        senders.anyone = names.empty() || senders.names.contains("anyone");
    }
    return std::make_shared<gateway::Accesses>(
        std::make_shared<gateway::PartnerDirectory>(std::move(partners)), std::move(endpoints),
        std::move(sources), std::move(tokens));
}

}  // namespace support
