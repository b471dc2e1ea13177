#include "directory/partner_directory.h"

#include <algorithm>

namespace gateway {
namespace {

std::string joined(std::string_view scheme, std::string_view value) {
    std::string key(scheme);
    key += '\n';
    key += value;
    return key;
}

}  // namespace

std::size_t PartnerDirectory::Hash::operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
}

PartnerDirectory::PartnerDirectory(std::vector<Partner> partners) : partners_(std::move(partners)) {
    byName_.reserve(partners_.size());
    byIdentifier_.reserve(partners_.size());
    for (std::size_t i = 0; i < partners_.size(); ++i) {
        byName_.emplace(partners_[i].name, i);
        for (const auto& [scheme, value] : partners_[i].identifiers) {
            const auto [found, fresh] = byIdentifier_.emplace(joined(scheme, value), i);
            if (!fresh && found->second != i)
                clashes_.push_back({scheme, partners_[found->second].name, partners_[i].name});
        }
    }
}

const Partner* PartnerDirectory::find(std::string_view name) const {
    const auto found = byName_.find(name);
    return found == byName_.end() ? nullptr : &partners_[found->second];
}

const Partner* PartnerDirectory::byIdentifier(std::string_view scheme,
                                              std::string_view value) const {
    const auto found = byIdentifier_.find(joined(scheme, value));
    return found == byIdentifier_.end() ? nullptr : &partners_[found->second];
}

PartnerHead readPartner(const std::string& name, Config& config) {
    const std::size_t before = config.findings().errors();
    Partner partner;
    partner.name = name;
    partner.label = config.text("label", name);
    partner.category = config.text("category", "");
    config.text("contact", "");  // for people
    Config values = config.section("values");
    for (const auto& [key, node] : values.node().items) partner.values[key] = values.text(key, "");
    std::string endpoint = config.text("endpoint", "");
    std::string shared;
    static const ConfigNode none;
    const bool named =
        std::any_of(config.node().items.begin(), config.node().items.end(), [](const auto& item) {
            return item.first == "destinations" && item.second.kind == ConfigNode::Kind::scalar;
        });
    if (named) shared = config.text("destinations");
    Config destinations =
        named ? Config(none, config.folder(), config.findings()) : config.section("destinations");

    const std::size_t beforeIdentifiers = config.findings().errors();
    Config identifiers = config.section("identifiers");
    for (const auto& [scheme, node] : identifiers.node().items)
        for (std::string& value : identifiers.texts(scheme)) {
            if (value.empty())
                identifiers.fail(scheme, {"an identifier is empty", "un identifiant est vide"});
            partner.identifiers.emplace_back(scheme, std::move(value));
        }
    const bool clear = config.findings().errors() == beforeIdentifiers;
    config.finish();
    const bool flawless = config.findings().errors() == before;
    const bool recognisable = clear && (flawless || !partner.identifiers.empty());
    return {std::move(partner),  std::move(destinations),  std::move(shared),
            std::move(endpoint), config.where("endpoint"), recognisable};
}

}  // namespace gateway
