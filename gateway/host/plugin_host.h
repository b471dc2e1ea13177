/// @file  Loads plugins and knows what they offer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/plugin.h"

namespace gateway {

/// One thing that a plugin offers: {"codec", "lines"}.
struct Offer {
    std::string kind;
    std::string name;
};

struct LoadedPlugin {
    std::string name;
    std::string version;
    std::string file;
    std::vector<Offer> offers;  ///< in the order of registration
};

/// What is offered under a kind, by name. Iterates in order of names.
template <class T>
using Offered = std::map<std::string, Registry::Make<T>, std::less<>>;

/// Reads each plugin's handshake before any call into it, and never unloads. Not for several
/// threads until all is loaded; read-only after that.
class PluginHost final : private Registry {
public:
    /// Loads one plugin. @return why it was refused, in one sentence; a refused plugin offers
    /// nothing
    std::optional<Reason> load(const std::string& file);
    /// Loads every *.so of a folder in order of names. @return why some were refused
    std::vector<Reason> loadFolder(const std::string& folder);

    /// "plugins" beside the executable, else ../lib/passerelle/plugins.
    static std::string defaultFolder();

    const std::vector<LoadedPlugin>& plugins() const { return plugins_; }
    const Offered<Codec>& codecs() const { return codecs_; }
    const Offered<Source>& sources() const { return sources_; }
    const Offered<Listener>& listeners() const { return listeners_; }
    const Offered<Destination>& destinations() const { return destinations_; }
    const Offered<MapLanguage>& languages() const { return languages_; }
    const Offered<Policy>& policies() const { return policies_; }
    const Offered<Store>& stores() const { return stores_; }
    const Offered<Sender>& senders() const { return senders_; }
    const std::map<std::string, Command, std::less<>>& commands() const { return commands_; }
    /// Names of codecs in the order in which plugins registered them.
    std::vector<std::string> codecOrder() const;

private:
    void codec(const std::string& name, Make<Codec> make) override;
    void source(const std::string& name, Make<Source> make) override;
    void listener(const std::string& name, Make<Listener> make) override;
    void destination(const std::string& name, Make<Destination> make) override;
    void language(const std::string& name, Make<MapLanguage> make) override;
    void policy(const std::string& name, Make<Policy> make) override;
    void store(const std::string& name, Make<Store> make) override;
    void sender(const std::string& scheme, Make<Sender> make) override;
    void command(Command command) override;

    template <class All, class Thing>
    void offer(std::string_view kind, const std::string& name, All& all, Thing thing);
    std::optional<Reason> accept(const GatewayPlugin& plugin, const std::string& file);
    void takeBack(const LoadedPlugin& plugin);

    std::vector<LoadedPlugin> plugins_;
    LoadedPlugin loading_;  ///< the one whose load function runs
    Reason refusal_;        ///< why loading_ cannot be taken
    Offered<Codec> codecs_;
    Offered<Source> sources_;
    Offered<Listener> listeners_;
    Offered<Destination> destinations_;
    Offered<MapLanguage> languages_;
    Offered<Policy> policies_;
    Offered<Store> stores_;
    Offered<Sender> senders_;
    std::map<std::string, Command, std::less<>> commands_;
};

}  // namespace gateway
