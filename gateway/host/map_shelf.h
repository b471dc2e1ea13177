/// @file  The maps and expressions of a configuration, each map compiled once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/plugin_host.h"
#include "pipeline/setup.h"

namespace gateway {

class MapShelf {
public:
    /// @param language  null when no plugin offers one: then each use is a finding
    MapShelf(std::shared_ptr<const MapLanguage> language, MapSurroundings around);

    /// The map that `key` names; none when the key is absent, or with findings when it is unknown
    /// or broken. What a broken map has to say is reported to its first user alone.
    MapSetup take(Config& section, std::string_view key);
    /// The map of that name, named at `where`.
    std::shared_ptr<const Transformer> take(const std::string& name, const Place& where,
                                            Findings& findings);
    /// The expression at `key`; null when absent or broken.
    std::shared_ptr<const Expression> expression(Config& section, std::string_view key);

    const std::map<std::string, std::shared_ptr<const Transformer>>& all() const { return maps_; }

private:
    std::shared_ptr<const MapLanguage> language_;
    MapSurroundings around_;
    std::map<std::string, std::shared_ptr<const Transformer>> maps_;  ///< null: broken
};

/// The name under which the language of maps and expressions is registered.
inline constexpr std::string_view kMapLanguage = "fml";

/// Makes it, or null when no plugin offers it.
std::shared_ptr<const MapLanguage> mapLanguage(const PluginHost& host, Findings& findings);

}  // namespace gateway
