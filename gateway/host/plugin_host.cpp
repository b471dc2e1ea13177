#include "host/plugin_host.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>

#include "words/system_fault.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

/// Why a plugin's handshake does not fit this gateway; nothing when it does.
std::optional<Reason> mismatch(const GatewayPlugin& plugin, const std::string& file) {
    if (plugin.abi != kAbi)
        return say(
            "{0}: built for SDK {1}, this gateway needs SDK {2}; rebuild it against the SDK of "
            "this version",
            "{0} : construit pour le SDK {1}, cette passerelle demande le SDK {2} ; le "
            "reconstruire avec le SDK de cette version",
            {file, std::to_string(plugin.abi), std::to_string(kAbi)});
    if (plugin.toolchain == nullptr || std::string_view(plugin.toolchain) != GATEWAY_TOOLCHAIN)
        return say("{0}: built with {1}, this gateway with {2}; rebuild it with the same toolchain",
                   "{0} : construit avec {1}, cette passerelle avec {2} ; le reconstruire avec le "
                   "même compilateur",
                   {file,
                    plugin.toolchain ? Reason(plugin.toolchain)
                                     : Reason("an unknown toolchain", "un compilateur inconnu"),
                    GATEWAY_TOOLCHAIN});
    if (plugin.name == nullptr || plugin.version == nullptr || plugin.load == nullptr)
        return say("{0}: its handshake 'gatewayPlugin' lacks a name, a version or a load function",
                   "{0} : sa poignée de main « gatewayPlugin » n'a pas de nom, de version ou de "
                   "fonction de chargement",
                   {file});
    return std::nullopt;
}

}  // namespace

std::string PluginHost::defaultFolder() {
    std::error_code error;
    const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path();
    const fs::path built = beside / "plugins";
    if (fs::is_directory(built, error)) return built.string();
    return (beside / "../" PASSERELLE_LIBDIR "/passerelle/plugins").lexically_normal().string();
}

std::vector<Reason> PluginHost::loadFolder(const std::string& folder) {
    std::vector<std::string> files;
    std::vector<Reason> refused;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".so") files.push_back(entry->path().string());
    if (error)
        refused.push_back(say("{0}: no folder of plugins ({1})",
                              "{0} : pas de dossier de greffons ({1})",
                              {folder, systemFault(error.value())}));
    std::sort(files.begin(), files.end());
    for (const std::string& file : files)
        if (auto why = load(file)) refused.push_back(std::move(*why));
    return refused;
}

std::optional<Reason> PluginHost::load(const std::string& file) {
    std::error_code error;
    if (!fs::exists(file, error))
        return say("{0}: there is no such library", "{0} : cette bibliothèque n'existe pas",
                   {file});
    // Lazily first: a plugin of another SDK may lack symbols, and its ABI number says so better
    // than the linker does.
    void* const library = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    const auto unloadable = [&] {
        return say("{0}: not a loadable library: {1}",
                   "{0} : pas une bibliothèque chargeable : {1}", {file, dlerror()});
    };
    if (library == nullptr) return unloadable();
    const auto* const plugin = static_cast<const GatewayPlugin*>(dlsym(library, "gatewayPlugin"));
    if (plugin == nullptr)
        return say("{0}: no plugin of this gateway: it exports no 'gatewayPlugin' (GATEWAY_PLUGIN)",
                   "{0} : pas un greffon de cette passerelle : il n'exporte pas « gatewayPlugin » "
                   "(GATEWAY_PLUGIN)",
                   {file});
    if (auto why = mismatch(*plugin, file)) return why;
    if (dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) return unloadable();
    return accept(*plugin, file);
}

std::optional<Reason> PluginHost::accept(const GatewayPlugin& plugin, const std::string& file) {
    for (const LoadedPlugin& other : plugins_)
        if (other.name == plugin.name)
            return say("{0}: a plugin named '{1}' is loaded already, from {2}",
                       "{0} : un greffon nommé « {1} » est déjà chargé, de {2}",
                       {file, other.name, other.file});
    loading_ = {plugin.name, plugin.version, file, {}};
    refusal_ = {};
    try {
        plugin.load(*this);
    } catch (const std::exception& error) {
        refusal_ = say("its load function failed: {0}", "sa fonction de chargement a échoué : {0}",
                       {error.what()});
    }
    if (refusal_.empty()) {
        plugins_.push_back(std::move(loading_));
        return std::nullopt;
    }
    takeBack(loading_);
    return say("{0}: {1}", "{0} : {1}", {file, refusal_});
}

template <class All, class Thing>
void PluginHost::offer(std::string_view kind, const std::string& name, All& all, Thing thing) {
    if (all.contains(name)) {
        std::string by = loading_.name;
        for (const LoadedPlugin& other : plugins_)
            for (const Offer& offer : other.offers)
                if (offer.kind == kind && offer.name == name) by = other.name;
        if (refusal_.empty())
            refusal_ =
                say("it offers the {0} '{1}', which plugin '{2}' offers already",
                    "il offre : {0} « {1} », que le greffon « {2} » offre déjà", {kind, name, by});
        return;
    }
    all.emplace(name, std::move(thing));
    loading_.offers.push_back({std::string(kind), name});
}

void PluginHost::takeBack(const LoadedPlugin& plugin) {
    for (const auto& [kind, name] : plugin.offers) {
        if (kind == "codec") codecs_.erase(name);
        if (kind == "source") sources_.erase(name);
        if (kind == "listener") listeners_.erase(name);
        if (kind == "destination") destinations_.erase(name);
        if (kind == "language") languages_.erase(name);
        if (kind == "policy") policies_.erase(name);
        if (kind == "store") stores_.erase(name);
        if (kind == "sender") senders_.erase(name);
        if (kind == "command") commands_.erase(name);
    }
}

std::vector<std::string> PluginHost::codecOrder() const {
    std::vector<std::string> names;
    for (const LoadedPlugin& plugin : plugins_)
        for (const Offer& offer : plugin.offers)
            if (offer.kind == "codec") names.push_back(offer.name);
    return names;
}

void PluginHost::codec(const std::string& name, Make<Codec> make) {
    offer("codec", name, codecs_, std::move(make));
}
void PluginHost::source(const std::string& name, Make<Source> make) {
    offer("source", name, sources_, std::move(make));
}
void PluginHost::listener(const std::string& name, Make<Listener> make) {
    offer("listener", name, listeners_, std::move(make));
}
void PluginHost::destination(const std::string& name, Make<Destination> make) {
    offer("destination", name, destinations_, std::move(make));
}
void PluginHost::language(const std::string& name, Make<MapLanguage> make) {
    offer("language", name, languages_, std::move(make));
}
void PluginHost::policy(const std::string& name, Make<Policy> make) {
    offer("policy", name, policies_, std::move(make));
}
void PluginHost::store(const std::string& name, Make<Store> make) {
    offer("store", name, stores_, std::move(make));
}
void PluginHost::sender(const std::string& scheme, Make<Sender> make) {
    offer("sender", scheme, senders_, std::move(make));
}
void PluginHost::command(Command command) {
    const std::string name = command.name;
    offer("command", name, commands_, std::move(command));
}

}  // namespace gateway
