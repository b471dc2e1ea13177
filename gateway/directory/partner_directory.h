/// @file  The directory of partners: found by name or identifier in constant time.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/config.h"
#include "gateway/directory.h"

namespace gateway {

class PartnerDirectory final : public Directory {
public:
    explicit PartnerDirectory(std::vector<Partner> partners);

    const Partner* find(std::string_view name) const override;
    /// Of two partners with the same identifier, the first.
    const Partner* byIdentifier(std::string_view scheme, std::string_view value) const override;
    const std::vector<Partner>& all() const override { return partners_; }

    /// Two partners that claim the same identifier.
    struct Clash {
        std::string scheme;
        std::string first;   ///< name of the partner that is found by it
        std::string second;  ///< name of the partner that is not
    };
    const std::vector<Clash>& clashes() const { return clashes_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const;
    };
    using Index = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

    std::vector<Partner> partners_;
    Index byName_;        ///< → index in partners_
    Index byIdentifier_;  ///< scheme, line feed, value → index in partners_
    std::vector<Clash> clashes_;
};

/// A partner's file, its destinations unread.
struct PartnerHead {
    Partner partner;
    Config destinations;
    std::string shared;    ///< the file of destinations/ that it names instead; empty: none
    std::string endpoint;  ///< that acts for it, as it says itself; empty: says nothing
    Place endpointWhere;
    /// Whether a message for it can still be recognised as such, whatever else is wrong in the
    /// file.
    bool recognisable = false;
};

/// Reads label, category, contact, endpoint, identifiers and values, and reports unknown keys.
PartnerHead readPartner(const std::string& name, Config& config);

}  // namespace gateway
