#include "host/map_shelf.h"

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

constexpr const char* kNoLanguage =
    "no loaded plugin offers the language of maps and expressions ('fml')";

}  // namespace

std::shared_ptr<const MapLanguage> mapLanguage(const PluginHost& host, Findings& findings) {
    const auto found = host.languages().find(kMapLanguage);
    if (found == host.languages().end()) return nullptr;
    static const ConfigNode none;
    Config options(none, {}, findings);
    return found->second(options);
}

MapShelf::MapShelf(std::shared_ptr<const MapLanguage> language, MapSurroundings around)
    : language_(std::move(language)), around_(std::move(around)) {}

MapSetup MapShelf::take(Config& section, std::string_view key) {
    if (!section.has(key)) return {};
    const std::string name = section.text(key);
    if (name.empty()) return {};
    return {name, take(name, section.where(key), section.findings())};
}

std::shared_ptr<const Transformer> MapShelf::take(const std::string& name, const Place& where,
                                                  Findings& findings) {
    const auto found = maps_.find(name);
    if (found != maps_.end() && found->second) return found->second;
    if (language_ == nullptr) {
        findings.error(where, kNoLanguage);
        return nullptr;
    }
    if (found != maps_.end()) {
        findings.error(where, "the map '" + name + "' is broken, see above");
        return nullptr;
    }
    const std::string file = language_->locate(name, around_.library);
    if (file.empty()) {
        findings.error(where, "there is no map '" + name + "' below " + around_.library);
        return nullptr;
    }
    auto map = kept(language_, language_->compile(file, around_, findings));
    if (map == nullptr) findings.error(where, "the map '" + name + "' does not compile");
    return maps_[name] = std::move(map);
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
