#include "host/map_shelf.h"

#include "host/set_aside.h"

namespace gateway {
namespace {

/// What was compiled, together with the language that it may lean on.
template <class T>
std::shared_ptr<const T> kept(std::shared_ptr<const MapLanguage> language,
                              std::unique_ptr<T> thing) {
    struct Both {
        std::shared_ptr<const MapLanguage> language;
        std::unique_ptr<T> thing;
    };
    if (thing == nullptr) return nullptr;
    T* const raw = thing.get();
    return {std::make_shared<Both>(std::move(language), std::move(thing)), raw};
}

const Reason kNoLanguage{
    "no loaded plugin offers the language of maps and expressions ('fml')",
    "aucun greffon chargé n'offre le langage des transformations et expressions (« fml »)"};

}  // namespace

std::shared_ptr<const MapLanguage> mapLanguage(const PluginHost& host, Findings& findings) {
    const auto found = host.languages().find(kMapLanguage);
    if (found == host.languages().end()) return nullptr;
    static const ConfigNode none;
    Config options(none, {}, findings);
    return found->second(options);
}

MapShelf::MapShelf(std::shared_ptr<const MapLanguage> language, MapSurroundings around,
                   Networks networks, Findings& theirs)
    : language_(std::move(language)),
      around_(std::move(around)),
      networks_(std::move(networks)),
      theirs_(&theirs) {}

MapSetup MapShelf::take(Config& section, std::string_view key) {
    return take(section, key, networks_, section.findings());
}

MapSetup MapShelf::take(Config& section, std::string_view key, const Networks& networks,
                        Findings& broken) {
    if (!section.has(key)) return {};
    const std::string name = section.text(key);
    if (name.empty()) return {};
    return take(name, section.where(key), networks, section.findings(), broken);
}

MapSetup MapShelf::take(const std::string& name, const Place& where, Findings& findings) {
    return take(name, where, networks_, findings, findings);
}

std::string MapShelf::fileOf(const std::string& name, const Place& where,
                             Findings& findings) const {
    try {
        const std::string file = language_->locate(name, around_.library);
        if (file.empty())
            findings.error(where, say("there is no map '{0}' below {1}",
                                      "il n'y a pas de transformation « {0} » sous {1}",
                                      {name, around_.library}));
        return file;
    } catch (const Error& several) {
        findings.error(where, several.reason());
        return {};
    }
}

bool MapShelf::has(const std::string& name) const {
    Findings unheard;
    return language_ != nullptr && !fileOf(name, {}, unheard).empty();
}

MapSetup MapShelf::take(const std::string& name, const Place& where, const Networks& networks,
                        Findings& findings, Findings& broken) {
    if (language_ == nullptr) {
        findings.error(where, kNoLanguage);
        return {name, nullptr, {}};
    }
    const auto [found, fresh] = maps_.try_emplace(name, MapSetup{name, nullptr, {}});
    MapSetup& map = found->second;
    if (!fresh && map.map == nullptr) {
        broken.error(where,
                     say("the map '{0}' is broken, see above",
                         "la transformation « {0} » comporte une erreur, voir plus haut", {name}));
        return map;
    }
    const std::string file = fileOf(name, where, findings);
    if (file.empty()) return map;
    if (fresh) {
        Findings told;
        map.map = kept(language_, language_->compile(file, around_, told));
        tell(told, broken);
        if (map.map == nullptr)
            broken.error(where, say("the map '{0}' does not compile",
                                    "la transformation « {0} » ne se compile pas", {name}));
    }
    if (map.map)
        for (const std::string& network : networks) change(map, file, network, where);
    return map;
}

/// Compiles the map as that network changes it, if it does.
void MapShelf::change(MapSetup& map, const std::string& file, const std::string& network,
                      const Place& where) {
    MapSurroundings around = around_;
    around.network = network;
    if (network.empty() || !asked_.emplace(map.name, network).second ||
        !language_->overrides(file, around))
        return;
    Findings told;
    std::shared_ptr<const Transformer> made =
        kept(language_, language_->compile(file, around, told));
    tell(told, *theirs_);
    if (made && made->version() == map.map->version()) return;
    if (made == nullptr) {
        aside_.insert(network);
        theirs_->error(
            where, say("the map '{0}' does not compile as the network '{1}' changes it",
                       "la transformation « {0} » ne se compile pas telle que le réseau « {1} » "
                       "la modifie",
                       {map.name, network}));
        made = asideMap("network " + network);
    }
    map.changed.emplace(network, std::move(made));
}

/// Maps share files: each mistake is told once.
void MapShelf::tell(const Findings& told, Findings& to) {
    for (const Finding& finding : told.all()) {
        if (!told_.insert(finding.where.text() + "\n" + finding.text).second) continue;
        finding.severity < Severity::error ? to.warning(finding.where, {finding.text, finding.fr})
                                           : to.error(finding.where, {finding.text, finding.fr});
    }
}

std::shared_ptr<const Expression> MapShelf::expression(Config& section, std::string_view key) {
    if (!section.has(key)) return nullptr;
    const std::string text = section.text(key);
    if (text.empty()) return nullptr;
    if (language_ == nullptr) {
        section.fail(key, kNoLanguage);
        return nullptr;
    }
    return kept(language_,
                language_->expression(text, section.where(key), around_, section.findings()));
}

}  // namespace gateway
