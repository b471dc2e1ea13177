#include "fhir_doors.h"

#include <algorithm>

#include "common/fhir/r4_model.h"
#include "fhir_metadata.h"
#include "fhir_status.h"
#include "fhir_validate.h"
#include "mailbox_part.h"
#include "mailbox_subscription_part.h"

namespace transport_http {
using namespace gateway;

namespace {

std::vector<std::string> resourceTypes() {
    std::vector<std::string> names;
    for (const std::string_view name : fhir::R4::get().typeNames())
        if (const fhir::Type* const type = fhir::R4::get().type(name);
            type->resource() && !type->abstract)
            names.emplace_back(name);
    return names;
}

std::vector<std::string> resourcesOf(Config& options) {
    if (!options.has("resources")) return {"Bundle"};
    static const std::vector<std::string> known = resourceTypes();
    std::vector<std::string> named = options.texts("resources");
    for (const std::string& type : named)
        if (std::find(known.begin(), known.end(), type) == known.end())
            options.fail("resources", say("found '{0}', expected resource types of FHIR R4{1}",
                                          "trouvé « {0} », attendu des types de ressource de FHIR "
                                          "R4{1}",
                                          {type, didYouMean(type, known)}));
    return named;
}

}  // namespace

std::string toldElsewhere(const Config& options, std::string_view key) {
    for (const auto& [name, node] : options.node().items)
        if (name == key)
            return node.kind == ConfigNode::Kind::map && !node.items.empty() ? node.items[0].first
                                                                             : node.text;
    return {};
}

SmartOptions smartOptions(Config& config) {
    SmartOptions smart;
    smart.tokens = config.has("tokens");
    if (!config.has("smart")) return smart;
    Config section = config.section("smart");
    smart.tokenEndpoint = section.text("token_endpoint");
    smart.issuer = section.text("issuer", "");
    smart.jwks = section.text("jwks", "");
    section.finish();
    if (!smart.tokens)
        config.fail("smart", {"goes with 'tokens': nobody's token is believed here",
                              "va avec « tokens » : aucun jeton n'est cru ici"});
    return smart;
}

FhirDoors::Door& FhirDoors::at(const std::string& path) {
    for (Door& door : doors_)
        if (door.base->path() == path) return door;
    auto sending = std::make_unique<FhirSending>();
    Door door{std::make_unique<FhirBase>(path, overTls_, smart_, door_), sending.get()};
    door.base->add(std::make_unique<FhirMetadata>());
    door.base->add(std::make_unique<FhirStatus>());
    door.base->add(std::make_unique<FhirValidate>(sending->sources()));
    door.base->add(std::make_unique<MailboxPart>());
    door.base->add(std::make_unique<SubscriptionPart>(path, hooks_));
    door.base->add(std::move(sending));
    doors_.push_back(std::move(door));
    return doors_.back();
}

void FhirDoors::serve(const SourceOptions& source, Config& options) {
    FhirSource served{source, {}, resourcesOf(options)};
    std::string path = options.text("fhir");
    while (path.ends_with('/')) path.pop_back();
    if (path.empty() || path.front() != '/' || path.find_first_of("?#*%") != path.npos) {
        options.fail("fhir", {"expected the path of a base, such as /fhir",
                              "attendu le chemin d'une base, comme /fhir"});
        return;
    }
    if (options.has("path"))
        options.fail("path", {"does not go with 'fhir': one source has one of them",
                              "ne va pas avec « fhir » : une source a l'un ou l'autre"});
    served.network = toldElsewhere(options, "network");
    const std::string codec = toldElsewhere(options, "codec");
    served.json = codec != "fhir+xml";
    served.xml = codec != "fhir+json";
    at(path).sending->add(std::move(served));
}

void FhirDoors::start(Gateway& gateway) {
    for (const Door& door : doors_) door.base->start(gateway);
}

void FhirDoors::stop() noexcept {
    for (const Door& door : doors_) door.base->stop();
}

void FhirDoors::release() noexcept {
    for (const Door& door : doors_) door.base->release();
}

const FhirBase* FhirDoors::find(std::string_view path) const {
    const FhirBase* found = nullptr;
    for (const Door& door : doors_) {
        const std::string& base = door.base->path();
        if (!path.starts_with(base) || (path.size() > base.size() && path[base.size()] != '/'))
            continue;
        if (found == nullptr || base.size() > found->path().size()) found = door.base.get();
    }
    return found;
}

}  // namespace transport_http
