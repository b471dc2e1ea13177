/// @file  The maps and expressions of a configuration, each map compiled once, and once more for
/// each network that changes something in it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host/plugin_host.h"
#include "pipeline/setup.h"

namespace gateway {

class MapShelf {
public:
    using Networks = std::set<std::string>;

    /// @param language  null when no plugin offers one: then each use is a finding
    /// @param networks  those of the sources
    /// @param theirs    takes what is wrong with the changes of a network
    MapShelf(std::shared_ptr<const MapLanguage> language, MapSurroundings around, Networks networks,
             Findings& theirs);

    /// The map that `key` names; none when the key is absent, or with findings when it is unknown
    /// or broken. What a broken map has to say is reported to its first user alone.
    MapSetup take(Config& section, std::string_view key);
    /// The same for messages of these networks alone.
    /// @param broken  takes what a broken map has to say
    MapSetup take(Config& section, std::string_view key, const Networks& networks,
                  Findings& broken);
    /// The map of that name, named at `where`.
    MapSetup take(const std::string& name, const Place& where, Findings& findings);
    /// Whether the library has a map of that name.
    bool has(const std::string& name) const;
    /// The expression at `key`; null when absent or broken.
    std::shared_ptr<const Expression> expression(Config& section, std::string_view key);

    const std::map<std::string, MapSetup>& all() const { return maps_; }
    /// Networks whose changes are broken: their messages are held.
    const Networks& aside() const { return aside_; }

private:
    MapSetup take(const std::string& name, const Place& where, const Networks& networks,
                  Findings& findings, Findings& broken);
    std::string fileOf(const std::string& name, const Place& where, Findings& findings) const;
    void change(MapSetup& map, const std::string& file, const std::string& network,
                const Place& where);
    void tell(const Findings& told, Findings& to);

    std::shared_ptr<const MapLanguage> language_;
    MapSurroundings around_;
    Networks networks_, aside_;
    Findings* theirs_;
    std::map<std::string, MapSetup> maps_;                 ///< without a map: broken
    std::set<std::pair<std::string, std::string>> asked_;  ///< map and network
    std::set<std::string> told_;                           ///< what was found in maps
};

/// The name under which the language of maps and expressions is registered.
inline constexpr std::string_view kMapLanguage = "fml";

/// Makes it, or null when no plugin offers it.
std::shared_ptr<const MapLanguage> mapLanguage(const PluginHost& host, Findings& findings);

}  // namespace gateway
